"""Numbers that both sides make from one nonce, byte for byte the same everywhere. Travels to the site with the probes.

Counter mode: word i of a stream is SplitMix64's finaliser applied to key + (i + 1) · 0x9E3779B97F4A7C15 mod 2⁶⁴, the
key being the first 8 bytes of a SHA-256 over the named parts. No generator of a library is used, so no version of one
can change a byte. Nothing here needs to be secret: what must not be known early is the nonce.
"""

import hashlib

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Signed = npt.NDArray[np.int64]
SUITE = "gridtie-probe/1"
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_CHUNK_WORDS = 1 << 20


def seed(*parts: object) -> bytes:
    """32 bytes that depend on every part and on where one ends and the next begins."""
    state = hashlib.sha256(SUITE.encode())
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        state.update(len(raw).to_bytes(8, "little") + raw)
    return state.digest()


def words(key: bytes, count: int, *, start: int = 0) -> Words:
    """Words start … start + count − 1 of the stream of `key`."""
    first = np.uint64(int.from_bytes(key[:8], "little"))
    z = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    z *= _STEP
    z += first
    z ^= z >> np.uint64(30)
    z *= _MIX_1
    z ^= z >> np.uint64(27)
    z *= _MIX_2
    z ^= z >> np.uint64(31)
    return z


def residues(key: bytes, count: int, modulus: int) -> npt.NDArray[np.int16]:
    """`count` residues modulo an odd `modulus` < 2¹⁶, in the symmetric range −(m−1)/2 … (m−1)/2."""
    out = np.empty(count, np.int16)
    for at in range(0, count, _CHUNK_WORDS):
        size = min(_CHUNK_WORDS, count - at)
        out[at : at + size] = (words(key, size, start=at) % np.uint64(modulus)).astype(np.int32) - modulus // 2
    return out


def units(key: bytes, count: int, modulus: int) -> npt.NDArray[np.int16]:
    """Like residues, none of them 0: what may stand on the diagonal of an invertible matrix."""
    half = modulus // 2
    raw = (words(key, count) % np.uint64(modulus - 1)).astype(np.int32) - half  # −half … half − 1
    return np.where(raw >= 0, raw + 1, raw).astype(np.int16)


def fractions(key: bytes, count: int) -> npt.NDArray[np.float64]:
    """Full-mantissa numbers in (−1, 1): multiples of 2⁻⁵², exact in float64."""
    return (words(key, count) >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0


# ── matrix chains ─────────────────────────────────────────────────────────────────────────────────────────────────
# Residues modulo these primes, in floating point, multiply exactly. With uniform entries an n-term dot product has a
# standard deviation of (m²−1)/12 · √n; eight of them stay within the integers that the result type holds exactly:
#   fp64 2⁵³ · fp32, tf32 2²⁴ (n ≤ 8,192) · fp16 2¹¹ (n ≤ 16,384) · bf16 2⁸ (n ≤ 2,048) · int8 into int32, always.
MODULUS = {"fp64": 65521, "fp32": 521, "tf32": 521, "fp16": 5, "bf16": 3, "int8": 251}
INNER_MAX = {"fp64": 8192, "fp32": 8192, "tf32": 8192, "fp16": 8192, "bf16": 2048, "int8": 8192}
EXACT_MAX = {"fp64": 2.0**53, "fp32": 2.0**24, "tf32": 2.0**24, "fp16": 2.0**11, "bf16": 2.0**8, "int8": 2.0**31}
WITNESS_N = 192
SIZES = (256, 384, 512, 640, 768, 1024, 1536, 2048, 4096, 8192)  # of the matrices, from which the program chooses


def chain_seed(nonce: bytes, precision: str, rank: int, n: int, links: int, steps: int) -> bytes:
    """The shape is part of the seed: a chain of one shape says nothing about another."""
    return seed(nonce, "matrix", precision, rank, n, links, steps)


def link_key(chain: bytes, link: int, previous_digest: bytes) -> bytes:
    """`previous_digest`: SHA-256 of the bytes of the last link's result (32 zero bytes before the first)."""
    return seed(chain, "link", link, previous_digest)


def diagonal(key: bytes, step: int, n: int, modulus: int) -> npt.NDArray[np.int16]:
    return units(seed(key, "diagonal", step), n, modulus)


# ── memory fill ───────────────────────────────────────────────────────────────────────────────────────────────────
CAPACITY_CHUNK_WORDS = 1 << 17  # 1 MiB


def capacity_streams(nonce: bytes, rank: int) -> tuple[Signed, Signed]:
    """(base block, weights) of the fill, as int64, because that is what accelerators' frameworks have."""
    base, weights = (
        words(seed(nonce, "capacity", rank, name), CAPACITY_CHUNK_WORDS).view(np.int64) for name in ("base", "weights")
    )
    return base, weights


def capacity_chunk(base: Signed, index: int) -> Signed:
    """Chunk `index` of the fill; wraps modulo 2⁶⁴. The shift makes it non-linear, so a checksum needs every word."""
    with np.errstate(over="ignore"):
        mixed = base * np.int64(2 * index + 1) + np.int64(index)
        mixed ^= mixed >> np.int64(29)
        mixed *= np.int64(0x14D049BB133111EB)
        mixed ^= mixed >> np.int64(32)
    return mixed


def capacity_checksum(chunk: Signed, weights: Signed) -> int:
    with np.errstate(over="ignore"):
        return int((chunk * weights).sum(dtype=np.int64))

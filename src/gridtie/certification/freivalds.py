"""Checking a chain of matrix products in O(n²) per product, without doing one.

The task. From the nonce come A and X = Y₀ (n × n) modulo a prime m, and from each link's key the diagonal matrices D.
Link l computes Y_l = A·D_{l,r} ⋯ A·D_{l,1} · Y_{l−1} mod m, and Y_l is uploaded. The key of link l + 1 contains the
SHA-256 of Y_l, so link l + 1 cannot begin before link l is known: links cannot be skipped, reordered or run side by
side, and nothing can be prepared before the nonce is known. Every link is checked, not a sample, because a sample that
the prover can foresee (by hashing his own answers) can be ground for.

The check. After the upload the verifier draws an n × k matrix V, uniform modulo m, and tests Y_l·V ≡ A·D_{l,r} ⋯
A·D_{l,1}·Y_{l−1}·V from right to left: r·k·n² multiplications instead of r·n³.

Soundness. If any entry of Y_l is wrong modulo m, a uniform column of V passes with probability at most 1/m (Freivalds
1977), so k independent columns let it pass with at most m^−k; k is chosen so that this is below 2⁻⁴⁰ per link (m = 3: k
= 26). The verifier's coins must be drawn after the results are fixed by their digests: whoever knows V beforehand needs
only r·k·n² multiplications to forge an answer.

What it does not prove. (1) That the products were done in the type that is claimed: small integers also multiply
exactly on narrower units; the accuracy witness tells those apart by their rounding, and only for the call that made it.
(2) That nothing below n³ was used: Strassen's method counts as the site's own cleverness. (3) How long it took: that is
the tester's clock (verdict.py). (4) That the D within one link were applied one after another: r products are needed,
but their order may be changed, so borrowing a second machine for a link is not excluded.
"""

import math

import numpy as np
import numpy.typing as npt

from gridtie.certification.generator import MODULUS, chain_seed, diagonal, link_key, residues, seed

Columns = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.int16] | npt.NDArray[np.float64]
SOUNDNESS_BITS = 40
_WIDENED_MAX = 1024  # up to here A is kept as float64, 8 MiB, instead of being widened for every product
_ROWS = 256  # rows of A turned to float64 at a time: bounds memory to 256 · n · 8 bytes


def columns_needed(modulus: int) -> int:
    return math.ceil(SOUNDNESS_BITS / math.log2(modulus))


def wrong_link(
    *,
    nonce: bytes,
    precision: str,
    rank: int,
    n: int,
    steps: int,
    results: list[bytes],
    digests: list[bytes],
    coins: bytes,
) -> int | None:
    """Index of the first link whose result is wrong; None: every product of the chain was done.

    `results`: little-endian int16 symmetric residues, n·n each. `digests`: their SHA-256, already compared with what
    was committed. `coins`: fresh randomness of the verifier. Memory: 2·n² bytes for A, the same for two links' results.
    """
    modulus = MODULUS[precision]
    chain = chain_seed(nonce, precision, rank, n, len(results), steps)
    a: Matrix = residues(seed(chain, "A"), n * n, modulus).reshape(n, n)
    if n <= _WIDENED_MAX:
        a = a.astype(np.float64)
    previous: Matrix = residues(seed(chain, "X"), n * n, modulus).reshape(n, n)
    k = columns_needed(modulus)
    v = residues(seed(coins, "columns"), n * k, modulus).reshape(n, k).astype(np.float64)
    before = bytes(32)
    for link, raw in enumerate(results):
        if len(raw) != 2 * n * n:
            return link
        claimed = np.frombuffer(raw, "<i2").reshape(n, n)
        key = link_key(chain, link, before)
        expected = _times(previous, v, modulus)
        for step in range(steps):
            d = diagonal(key, step, n, modulus).astype(np.float64)
            expected = _times(a, _reduced(d[:, None] * expected, modulus), modulus)
        if np.any(_reduced(_times(claimed, v, modulus) - expected, modulus) != 0):
            return link
        previous, before = claimed, digests[link]
    return None


def _times(matrix: Matrix, columns: Columns, modulus: int) -> Columns:
    """Exact: n · (2¹⁵)² < 2⁵³ for every n that a plan allows."""
    out = np.empty((matrix.shape[0], columns.shape[1]))
    for at in range(0, matrix.shape[0], _ROWS):
        out[at : at + _ROWS] = matrix[at : at + _ROWS].astype(np.float64, copy=False) @ columns
    return _reduced(out, modulus)


def _reduced(values: Columns, modulus: int) -> Columns:
    """Into the symmetric range; exact for |values| < 2⁵²."""
    reduced: Columns = values - modulus * np.rint(values / modulus)
    return reduced

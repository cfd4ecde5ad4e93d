"""The challenge of one certification, and the nonce-seeded numbers that both sides derive from it.

The program that travels to a site derives the same numbers by code of its own (it cannot import this package); a test
holds the two together.
"""

from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridtie.certification.plan import TestPlan

FORMAT = "gridtie-challenge/1"
NONCE_BYTES = 32
PORTS = 16  # consecutive ports from `port`, one per rank and purpose
# Entries are small whole numbers, so that every sum of products is exact in the precision under test:
# dense ones span -8…7; the half precisions and int8 take -1, 0, 0, 1, whose sums stay below 2⁸ (bf16 counts to 256).
DENSE, SIGNS = "dense", "signs"
ALPHABET = {"fp64": DENSE, "fp32": DENSE, "tf32": DENSE, "fp16": SIGNS, "bf16": SIGNS, "int8": SIGNS}
LARGEST = {DENSE: 8, SIGNS: 1}
_SIGN_TABLE = np.array([-1, 0, 0, 1], dtype=np.int8)


def make(challenge_id: str, plan: TestPlan, nonce: bytes, *, port: int = 0) -> dict[str, Any]:
    """challenge.json. `nonce`: 32 fresh secret bytes. `port`: first of the ports for tests between machines; 0: derived."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    chosen = port or 20_000 + int.from_bytes(sha256(nonce + b"port").digest()[:2], "big") % 10_000
    return {
        "format": FORMAT,
        "challenge": challenge_id,
        "nonce": nonce.hex(),
        "port": chosen,
        "plan": plan.to_json(),
    }


def seed(nonce: bytes, item: str, rank: int, device: int = 0) -> bytes:
    """The first seed of an item on one device of one machine."""
    return sha256(b"gridtie/challenge\n" + nonce + f"{item}/{rank}/{device}".encode()).digest()


def next_seed(current: bytes, result_digest: bytes) -> bytes:
    """Repetition i+1 cannot be prepared before the result of repetition i is known."""
    return sha256(current + result_digest).digest()


def opened(last_seed: bytes, repetitions: int, count: int) -> list[int]:
    """Which results must be shown, known only after the last one: always the last, and `count`-1 others."""
    order = sorted(range(repetitions - 1), key=lambda i: sha256(last_seed + i.to_bytes(4, "big")).digest())
    return sorted([*order[: count - 1], repetitions - 1])


class Stream:
    """Philox 4x64 in counter mode under a key from a seed: any place of it can be had without what is before."""

    def __init__(self, key_seed: bytes, label: bytes) -> None:
        key = int.from_bytes(sha256(key_seed + label).digest()[:16], "little")
        self._bits = np.random.Philox(key=key)

    def skip_words(self, count: int) -> None:
        """`count` is a multiple of 4, one step of the counter."""
        self._bits.advance(count // 4)

    def words(self, count: int) -> NDArray[np.uint64]:
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def entries(self, count: int, alphabet: str) -> NDArray[np.int8]:
        """The next `count` matrix entries, one per byte; `count` is a multiple of 8."""
        raw = self.words(count // 8).astype("<u8").view(np.uint8)
        if alphabet == SIGNS:
            return _SIGN_TABLE[raw & 3]
        return (raw & 15).astype(np.int8) - np.int8(8)

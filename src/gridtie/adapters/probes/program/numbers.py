"""Numbers from the nonce (Philox in counter mode, keyed by SHA-256), and the shape of one measured item."""

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIGN_TABLE = np.array([-1, 0, 0, 1], dtype=np.int8)
SIGNS = ("fp16", "bf16", "int8")  # precisions that count exactly only a little way


class NotMeasured(Exception):
    """This item cannot be measured here; the text says why."""


def first_seed(nonce: bytes, item: str, rank: int, device: int = 0) -> bytes:
    return sha256(b"gridtie/challenge\n" + nonce + f"{item}/{rank}/{device}".encode()).digest()


def words(seed: bytes, label: bytes, count: int) -> NDArray[np.uint64]:
    key = int.from_bytes(sha256(seed + label).digest()[:16], "little")
    return np.asarray(np.random.Philox(key=key).random_raw(count), dtype=np.uint64)


def matrix(seed: bytes, label: bytes, n: int, precision: str) -> NDArray[np.int8]:
    raw = words(seed, label, n * n // 8).astype("<u8").view(np.uint8)
    values = SIGN_TABLE[raw & 3] if precision in SIGNS else (raw & 15).astype(np.int8) - np.int8(8)
    return values.reshape(n, n)


def timed(work: Callable[[], Any]) -> tuple[Any, int]:
    """(what it gave, nanoseconds)."""
    start = time.perf_counter_ns()
    result = work()
    return result, max(1, time.perf_counter_ns() - start)


def item(name: str, samples_ns: list[int], work: float, unit: str, *, device: int = 0, **data: Any) -> dict[str, Any]:
    """`work` done in each sample, counted in `unit`s: rate = work / time."""
    return {"name": name, "device": device, "samples_ns": samples_ns, "work": work, "unit": unit, "data": data}


def missing(name: str, reason: str, *, device: int = 0) -> dict[str, Any]:
    return {"name": name, "device": device, "not_measured": reason}

"""Whether what a program computed is what the challenge asked for: Freivalds on products, tags of memory, sums.

Freivalds (1977): C = A·B iff (A·B − C)·r = 0 for all r. With r drawn after C was fixed, each entry uniform from 2²⁰
values, a wrong C passes one vector with probability at most 2⁻²⁰; three independent vectors give at most 2⁻⁶⁰. All
sums stay below 2⁵³, so float64 computes them exactly and BLAS may be used. Memory: a few row blocks, whatever the size.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridtie.certification.challenge import ALPHABET, LARGEST, Stream, next_seed, opened, seed
from gridtie.certification.evidence import Measured
from gridtie.certification.plan import Item
from gridtie.errors import InvalidEvidence

VECTORS = 3
_RANGE_BITS = 20
_ROWS = 256  # rows per block; divides every size of every plan
_WORDS_MAX = 1 << 20

Results = Mapping[str, bytes]
Reason = str | None


def product_chain(item: Item, found: Measured, nonce: bytes, results: Results, randomness: bytes) -> Reason:
    """Why this chain of products is rejected; None when it holds."""
    repetitions, count = int(item.params["repetitions"]), int(item.params["opened"])
    digests, n = found.hashes("digests"), found.integer("n")
    if n not in item.params["sizes"]:
        return f"size {n} is not one of the plan's"
    if len(digests) != repetitions or len(found.samples_ns) != repetitions:
        return f"{len(digests)} results and {len(found.samples_ns)} times for {repetitions} repetitions"
    if found.work != 2.0 * n**3:
        return "it counts more operations than a product has"
    seeds = [seed(nonce, item.name, found.rank, found.device)]
    for digest in digests:
        seeds.append(next_seed(seeds[-1], bytes.fromhex(digest)))
    for index in opened(seeds[-1], repetitions, count):
        content = results.get(digests[index])
        if content is None:
            return f"the result of repetition {index} was asked for and not shown"
        if sha256(content).hexdigest() != digests[index]:
            return f"the result of repetition {index} is not the one that was announced"
        chance = sha256(randomness + f"{item.name}/{found.rank}/{found.device}/{index}".encode()).digest()
        if not is_product(seeds[index], n, str(item.params["precision"]), content, chance):
            return f"the result of repetition {index} is wrong"
    return None


def is_product(inputs: bytes, n: int, precision: str, content: bytes, randomness: bytes) -> bool:
    """Whether `content` (row-major little-endian int16) is the product of the matrices that `inputs` seeds."""
    if len(content) != 2 * n * n:
        return False
    alphabet = ALPHABET[precision]
    chance = Stream(randomness, b"freivalds").words(n * VECTORS) >> np.uint64(64 - _RANGE_BITS)
    r = chance.astype(np.float64).reshape(n, VECTORS)
    claimed = np.frombuffer(content, dtype="<i2").reshape(n, n)
    if int(np.abs(claimed.astype(np.int32)).max()) > n * LARGEST[alphabet] ** 2:
        return False
    right = _times(Stream(inputs, b"B"), n, alphabet, r)
    left = Stream(inputs, b"A")
    for start in range(0, n, _ROWS):
        rows = min(_ROWS, n - start)
        block = left.entries(rows * n, alphabet).reshape(rows, n).astype(np.float64)
        if not np.array_equal(block @ right, claimed[start : start + rows].astype(np.float64) @ r):
            return False
    return True


def _times(stream: Stream, n: int, alphabet: str, r: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.empty_like(r)
    for start in range(0, n, _ROWS):
        rows = min(_ROWS, n - start)
        out[start : start + rows] = stream.entries(rows * n, alphabet).reshape(rows, n).astype(np.float64) @ r
    return out


def memory_walk(item: Item, found: Measured, nonce: bytes) -> Reason:
    """The walk over tagged pages, done again without the pages: any tag can be computed alone."""
    pages = found.integer("pages")
    if found.work != pages * 4096.0:
        return "it counts more bytes than pages"
    if found.integer("own_bytes") > item.params["bytes"] or pages * 4096 > item.params["bytes"]:
        return "it counts more memory than the plan asks for"
    if not item.params["whole"] and found.integer("own_bytes"):
        return "it counts its own memory where only a part was asked for"
    start = seed(nonce, item.name, found.rank, found.device)
    state = sha256(start + b"walk").digest()
    for _ in range(int(item.params["walk"]) if pages else 0):
        state = sha256(state + _tag(start, int.from_bytes(state[:8], "big") % pages).to_bytes(8, "big")).digest()
    return None if found.data.get("answer") == (state.hex() if pages else "") else "the walk over the memory is wrong"


def _tag(start: bytes, page: int) -> int:
    stream = Stream(start, b"tags")
    stream.skip_words(page // 4 * 4)
    return int(stream.words(4)[page % 4])


def received(item: Item, found: Measured, nonce: bytes, machines: int) -> Reason:
    """What a machine says it received is what the one before it had to send."""
    size = int(item.params["bytes"])
    if found.work != float(size):
        return "it counts other bytes than it was asked to send"
    sender = seed(nonce, item.name, (found.rank - 1) % machines)
    digest = sha256(Stream(sender, b"data").words(size // 8).astype("<u8").tobytes()).hexdigest()
    return None if found.data.get("received") == digest else "it received other bytes than were sent"


def all_reduced(item: Item, machines: int, nonce: bytes) -> tuple[str, float]:
    """(digest of the right sum, bus bytes per machine)."""
    count = int(item.params["bytes"]) // 8 // machines * machines
    streams = [Stream(seed(nonce, item.name, rank), b"data") for rank in range(machines)]
    digest, left = sha256(), count
    while left:
        size = min(left, _WORDS_MAX)
        total = np.zeros(size, dtype=np.uint64)
        for stream in streams:
            total += stream.words(size) >> np.uint64(8)
        digest.update(total.astype("<u8").tobytes())
        left -= size
    return digest.hexdigest(), 2.0 * (machines - 1) / machines * count * 8


def learned(item: Item, found: Measured) -> Reason:
    """A model that starts knowing nothing and then knows more; losses are the program's word, not proven."""
    first, last = found.data.get("first_loss"), found.data.get("last_loss")
    if not isinstance(first, float) or not isinstance(last, float):
        return "it says no losses"
    naive = float(np.log(item.params["vocabulary"]))
    if not 0.8 * naive < first < 1.2 * naive:
        return f"the first loss {first:.2f} is not that of a model that knows nothing ({naive:.2f})"
    return None if 0 <= last < first else "the model did not learn"


def tokens(item: Item, found: Measured) -> Reason:
    each = float(item.params["batch"] * item.params["context"])
    return None if found.work == each else "it counts more tokens than a step has"


def guarded(check: Callable[[], Reason]) -> Reason:
    """A check on data of the wrong shape rejects like any other."""
    try:
        return check()
    except InvalidEvidence as error:
        return str(error.params["reason"])


def number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0

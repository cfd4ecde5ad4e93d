"""Memory and storage: how fast, and whether what is claimed is really there."""

import os
import resource
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compute import Backend
from .numbers import NotMeasured, first_seed, item, timed, words

PAGE_WORDS = 512  # 4 KiB
CHUNK = 32 << 20


def bandwidth(params: dict[str, Any], *, name: str, nonce: bytes, rank: int) -> dict[str, Any]:
    """Triad a = b + s·c. NumPy makes two passes of it: five array transfers, all of them counted."""
    count = int(params["array_bytes"]) // 8
    seed = first_seed(nonce, name, rank)
    row = (words(seed, b"row", 4096) & np.uint64(7)).astype(np.float64)
    b = np.resize(row, count)
    c = np.ones(count)
    a = np.zeros(count)

    def work() -> None:
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)

    work()
    samples = [timed(work)[1] for _ in range(int(params["repetitions"]))]
    if not np.array_equal(a[:4096], (row + 3.0)[: min(count, 4096)]):
        raise NotMeasured("the memory gave back other numbers than were written")
    return item(name, samples, 40.0 * count, "B", array_bytes=count * 8)


def capacity(params: dict[str, Any], *, name: str, nonce: bytes, rank: int) -> dict[str, Any]:
    """Fills memory page by page with tags from the nonce and then walks it in an order that the tags decide.

    For the whole memory, what this program itself occupies counts too: it is memory that the machine has.
    """
    own = _resident() if params["whole"] else 0
    wanted = max(0, int(params["bytes"]) - own)
    pages = wanted // 4096 // 4 * 4
    seed = first_seed(nonce, name, rank)
    start = time.perf_counter_ns()
    chunks = _fill(seed, pages)
    held = sum(len(chunk) for chunk in chunks)
    answer = _walk(seed, chunks, held, int(params["walk"])) if held else ""
    spent = max(1, time.perf_counter_ns() - start)
    return item(name, [spent], float(held * 4096), "B", pages=held, own_bytes=own, answer=answer)


def _fill(seed: bytes, pages: int) -> list[NDArray[np.uint64]]:
    """Every page filled with its own tag; fewer pages than asked when memory ends."""
    key = int.from_bytes(sha256(seed + b"tags").digest()[:16], "little")
    tags = np.random.Philox(key=key)
    chunks: list[NDArray[np.uint64]] = []
    left = pages
    while left:
        size = min(left, CHUNK // 4096)
        try:
            chunk = np.empty((size, PAGE_WORDS), dtype=np.uint64)
        except MemoryError:
            break
        chunk[:] = np.asarray(tags.random_raw(size), dtype=np.uint64)[:, None]
        chunks.append(chunk)
        left -= size
    return chunks


def _walk(seed: bytes, chunks: list[NDArray[np.uint64]], pages: int, steps: int) -> str:
    state, per_chunk = sha256(seed + b"walk").digest(), CHUNK // 4096
    for _ in range(steps):
        index = int.from_bytes(state[:8], "big") % pages
        page = chunks[index // per_chunk][index % per_chunk]
        if page.min() != page.max():
            raise NotMeasured("the memory gave back other numbers than were written")
        state = sha256(state + int(page[0]).to_bytes(8, "big")).digest()
    return state.hex()


def _resident() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def device_bandwidth(backend: Backend, params: dict[str, Any], *, name: str, device: int) -> dict[str, Any]:
    """A copy within the device's memory: each byte is read once and written once."""
    torch, place = _device(backend, device)
    source = torch.ones(int(params["array_bytes"]) // 4, dtype=torch.float32, device=place)
    target = torch.empty_like(source)

    def work() -> None:
        target.copy_(source)
        backend.wait(device)

    work()
    samples = [timed(work)[1] for _ in range(int(params["repetitions"]))]
    return item(name, samples, 2.0 * source.numel() * 4, "B", device=device)


def device_capacity(
    backend: Backend, params: dict[str, Any], *, name: str, nonce: bytes, rank: int, device: int
) -> dict[str, Any]:
    """Chunks of the device's memory, each holding its own tag; all are read back before any is let go."""
    torch, place = _device(backend, device)
    total = int(torch.cuda.mem_get_info(device)[1]) if backend.kind == "cuda" else 0
    if params["whole"] and not total:
        raise NotMeasured(f"torch does not say how much memory a {backend.kind} has")
    wanted = total * int(params["percent"]) // 100 if params["whole"] else int(params["bytes"])
    tags = words(first_seed(nonce, name, rank, device), b"tags", max(4, wanted // CHUNK)) >> np.uint64(1)
    start = time.perf_counter_ns()
    chunks = []
    for tag in tags[: wanted // CHUNK]:
        try:
            chunks.append(torch.full((CHUNK // 8,), int(tag), dtype=torch.int64, device=place))
        except RuntimeError:  # out of memory
            break
    backend.wait(device)
    for tag, chunk in zip(tags, chunks, strict=False):
        if not bool((chunk == int(tag)).all()):
            raise NotMeasured("the device's memory gave back other numbers than were written")
    spent = max(1, time.perf_counter_ns() - start)
    return item(name, [spent], float(len(chunks) * CHUNK), "B", device=device, total_bytes=total)


def _device(backend: Backend, device: int) -> tuple[Any, Any]:
    if backend.torch is None or backend.kind == "cpu":
        raise NotMeasured(backend.reason or "there is no accelerator")
    return backend.torch, backend.torch.device(f"{backend.kind}:{device}")


def storage(params: dict[str, Any], *, name: str, nonce: bytes, rank: int, folder: Path) -> list[dict[str, Any]]:
    """Writes with fsync, then reads after asking the kernel to forget; the content is from the nonce and compared."""
    size, path = int(params["bytes"]), folder / ".gridtie-storage-probe"
    seed = first_seed(nonce, name, rank)
    block = words(seed, b"block", (1 << 20) // 8).tobytes()
    written, read = [], []
    try:
        for _ in range(int(params["repetitions"])):
            written.append(timed(lambda: _write(path, block, size))[1])
            same, spent = timed(lambda: _read(path, block))
            if not same:
                raise NotMeasured("the disk gave back other bytes than were written")
            read.append(spent)
    except OSError as cause:
        raise NotMeasured(f"storage: {cause.strerror}") from None
    finally:
        path.unlink(missing_ok=True)
    return [item(f"{name}-write", written, float(size), "B"), item(f"{name}-read", read, float(size), "B")]


def _write(path: Path, block: bytes, size: int) -> None:
    with path.open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, block: bytes) -> bool:
    with path.open("rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return all(part == block for part in iter(lambda: file.read(len(block)), b""))

"""The job's own disk: written through to the medium, and read back past the cache where the kernel allows."""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

from gridtie.adapters.probes.program.recorder import NotMeasured, Test
from gridtie.certification.generator import seed, words


def content(nonce: bytes, rank: int, round_: int, size: int) -> bytes:
    return words(seed(nonce, "storage", rank, round_), size // 8).astype("<u8").tobytes()


def write(test: Test, plan: dict[str, Any], nonce: bytes, rank: int, folder: Path) -> None:
    size = plan["storage_bytes"]
    for round_ in range(plan["storage_rounds"]):
        data = content(nonce, rank, round_, size)
        path = folder / f"storage-{round_}.tmp"

        def put(path: Path = path, data: bytes = data) -> None:
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

        test.time(put)
    test.unit, test.amount = "B/s", float(size)
    test.details = {"fsync": True, "rounds": plan["storage_rounds"]}


def read(test: Test, plan: dict[str, Any], folder: Path) -> None:
    digests = []
    for round_ in range(plan["storage_rounds"]):
        path = folder / f"storage-{round_}.tmp"
        if not path.exists():
            raise NotMeasured("nothing could be written")
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            data = test.time(partial(_all, descriptor, plan["storage_bytes"]))
        finally:
            os.close(descriptor)
            path.unlink()
        digests.append(hashlib.sha256(data).hexdigest())
    test.unit, test.amount = "B/s", float(plan["storage_bytes"])
    test.details = {"digests": digests}


def _all(descriptor: int, size: int) -> bytes:
    parts = []
    while size > 0:
        part = os.read(descriptor, min(size, 4 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

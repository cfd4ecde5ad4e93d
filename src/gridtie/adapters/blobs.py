"""Files kept under the SHA-256 of their content, uploaded in parts that survive a cut line and a restart."""

import errno
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gridtie.errors import (
    InputTooLarge,
    InvalidInput,
    NotFound,
    OffsetMismatch,
    Problem,
    StorageFull,
    StorageUnwritable,
)

_NAME = re.compile(r"[0-9a-f]{64}")
_READ = 1 << 20


class FileBlobs:
    """A blob is visible only when it is whole, right and on disk; parts wait in `partial/` until then."""

    def __init__(
        self, folder: Path, *, limit_bytes: int, reserve_bytes: int, free: Callable[[Path], int] | None = None
    ) -> None:
        """`free` answers the free bytes of the disk; a test hands in a small one."""
        self._folder = folder
        self._partial = folder / "partial"
        self._limit, self._reserve = limit_bytes, reserve_bytes
        self._free = free or (lambda path: shutil.disk_usage(path).free)
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._partial.mkdir(parents=True, exist_ok=True, mode=0o700)

    def size(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def partial(self, sha256: str) -> int:
        try:
            return (self._partial / _checked(sha256)).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, sha256: str, offset: int, total: int, part: bytes) -> tuple[int, bool]:
        """Adds a part; (next offset, complete). Raises OffsetMismatch, InputTooLarge, InvalidInput, StorageFull."""
        target = self._path(sha256)
        if total > self._limit:
            raise InputTooLarge(source=f"blob {sha256[:12]}…", limit=f"{self._limit} bytes")
        if offset < 0 or total < 0 or offset + len(part) > total:
            raise InvalidInput(source="blob", problems=[Problem("the part reaches beyond the size that was stated")])
        if (size := self.size(sha256)) is not None:
            return size, True
        with self._lock:
            if sha256 in self._busy:  # two uploads of one file: the slower one asks again and finds it whole
                raise OffsetMismatch(expected=self.partial(sha256), given=offset)
            self._busy.add(sha256)
        try:
            return self._append(sha256, target, offset, total, part)
        except OSError as cause:
            if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StorageFull(reason=cause.strerror, path=self._folder) from cause
            raise StorageUnwritable(path=self._folder, reason=cause.strerror) from cause
        finally:
            with self._lock:
                self._busy.discard(sha256)

    def open(self, sha256: str) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound(noun="blob", key=sha256)
        return path

    def _append(self, sha256: str, target: Path, offset: int, total: int, part: bytes) -> tuple[int, bool]:
        if self._free(self._folder) - len(part) < self._reserve:
            raise StorageFull(reason="the disk is nearly full", path=self._folder)
        fresh = self._partial / sha256
        held = self.partial(sha256)
        if offset > held:
            raise OffsetMismatch(expected=held, given=offset)
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            file.seek(offset)
            file.write(part)
            file.flush()
            end = max(held, offset + len(part))
            if end < total:
                return end, False
            os.ftruncate(descriptor, total)
            if _digest(file) != sha256:
                fresh.unlink()
                raise InvalidInput(source="blob", problems=[Problem("the bytes received have another SHA-256")])
            os.fsync(descriptor)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        fresh.replace(target)
        _sync_folder(target.parent)
        return total, True

    def _path(self, sha256: str) -> Path:
        return self._folder / _checked(sha256)[:2] / sha256


def _checked(sha256: str) -> str:
    if not _NAME.fullmatch(sha256):
        raise InvalidInput(source="blob", problems=[Problem("a blob is named by 64 lower-case hexadecimal digits")])
    return sha256


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(_READ):
        digest.update(part)
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

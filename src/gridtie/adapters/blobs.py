"""Files kept under the SHA-256 of their content, uploaded in parts that survive a cut line and a restart.

A content is stored once, whoever brings it. Who may know of it is written beside it: an owner (an organisation or a
site) has a claim once he has sent every byte himself, or was given the content by somebody who has it. Without a
claim nothing shows whether it is there: not its size, not a shorter upload, not another one's half-finished upload.
"""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from gridtie.errors import (
    NO_ROOM,
    InputTooLarge,
    InvalidInput,
    NotFound,
    OffsetMismatch,
    Problem,
    StorageFull,
    StorageUnwritable,
)
from gridtie.wholefile import sync_folder

_NAME = re.compile(r"[0-9a-f]{64}")
_OWNER = re.compile(r"[a-z]+_[0-9A-Za-z]+")
_READ = 1 << 20


class FileBlobs:
    """A blob is visible only when it is whole, right and on disk; parts wait in `partial/` until then."""

    def __init__(
        self, folder: Path, *, limit_bytes: int, reserve_bytes: int, free: Callable[[Path], int] | None = None
    ) -> None:
        """`free` answers the free bytes of the disk; a test hands in a small one."""
        self._folder = folder
        self._partial = folder / "partial"
        self._claims = folder / "claims"
        self._limit, self._reserve = limit_bytes, reserve_bytes
        self._free = free or (lambda path: shutil.disk_usage(path).free)
        self._partial.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claims.mkdir(exist_ok=True, mode=0o700)

    def size(self, sha256: str, owner: str | None = None) -> int | None:
        path = self._path(sha256)
        if owner is not None and not self._claim(owner, sha256).exists():
            return None
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None

    def partial(self, sha256: str, owner: str | None = None) -> int:
        try:
            return self._fresh(sha256, owner).stat().st_size
        except FileNotFoundError:
            return 0

    def grant(self, owner: str, names: Iterable[str]) -> None:
        """Claims on contents that somebody else sent, on disk when it returns. Raises StorageFull."""
        try:
            folder = self._claims / owned(owner)
            if not folder.exists():
                folder.mkdir(exist_ok=True, mode=0o700)
                sync_folder(self._claims)
            fresh = [path for name in names if not (path := folder / checked(name)).exists()]
            for path in fresh:
                path.touch(mode=0o600)
            if fresh:
                sync_folder(folder)
        except OSError as cause:
            raise self._fault(cause) from cause

    def append(self, sha256: str, offset: int, total: int, part: bytes, owner: str | None = None) -> tuple[int, bool]:
        """Adds a part; (next offset, complete). Raises OffsetMismatch, InputTooLarge, InvalidInput, StorageFull."""
        target = self._path(sha256)
        check_part(sha256, offset, total, part, self._limit)
        if (size := self.size(sha256, owner)) is not None:
            return size, True
        try:
            following, complete = self._append(sha256, self._fresh(sha256, owner), target, offset, total, part)
        except OSError as cause:
            raise self._fault(cause) from cause
        if complete and owner is not None:
            self.grant(owner, [sha256])
        return following, complete

    def open(self, sha256: str, owner: str | None = None) -> Path:
        if self.size(sha256, owner) is None:
            raise NotFound(noun="blob", key=sha256)
        return self._path(sha256)

    def _append(self, sha256: str, fresh: Path, target: Path, offset: int, total: int, part: bytes) -> tuple[int, bool]:
        if self._free(self._folder) - len(part) < self._reserve:
            raise StorageFull(reason="the disk is nearly full", path=self._folder)
        try:
            descriptor = os.open(fresh, os.O_RDWR | os.O_NOFOLLOW | (0 if offset else os.O_CREAT), 0o600)
        except FileNotFoundError:
            raise OffsetMismatch(expected=0, given=offset) from None
        with os.fdopen(descriptor, "r+b") as file:
            held = os.fstat(descriptor).st_size
            if not _alone(descriptor, fresh) or offset > held:
                raise OffsetMismatch(expected=held, given=offset)
            file.seek(offset)
            file.write(part)
            file.flush()
            end = max(held, offset + len(part))
            if end < total:
                return end, False
            os.ftruncate(descriptor, total)
            if _digest(file) != sha256:
                fresh.unlink()
                raise other_digest()
            os.fsync(descriptor)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            # Still ours: who took it between this and the last look would write into a whole file.
            fresh.replace(target)
        sync_folder(target.parent)
        return total, True

    def _path(self, sha256: str) -> Path:
        return self._folder / checked(sha256)[:2] / sha256

    def _fresh(self, sha256: str, owner: str | None) -> Path:
        """Each owner has a half-finished upload of his own."""
        name = checked(sha256)
        return self._partial / (name if owner is None else f"{owned(owner)}.{name}")

    def _claim(self, owner: str, sha256: str) -> Path:
        return self._claims / owned(owner) / checked(sha256)

    def _fault(self, cause: OSError) -> StorageFull | StorageUnwritable:
        if cause.errno in NO_ROOM:
            return StorageFull(reason=cause.strerror, path=self._folder)
        return StorageUnwritable(path=self._folder, reason=cause.strerror)


def check_part(sha256: str, offset: int, total: int, part: bytes, limit: int) -> None:
    """Raises InputTooLarge, InvalidInput."""
    if total > limit:
        raise InputTooLarge(source=f"blob {sha256[:12]}…", limit=f"{limit} bytes")
    if offset < 0 or total < 0 or offset + len(part) > total:
        raise InvalidInput(source="blob", problems=[Problem("the part reaches beyond the size that was stated")])


def other_digest() -> InvalidInput:
    return InvalidInput(source="blob", problems=[Problem("the bytes received have another SHA-256")])


def owned(owner: str) -> str:
    assert _OWNER.fullmatch(owner), f"{owner!r} is not the id of an organisation or a site"
    return owner


def checked(sha256: str) -> str:
    if not _NAME.fullmatch(sha256):
        raise InvalidInput(source="blob", problems=[Problem("a blob is named by 64 lower-case hexadecimal digits")])
    return sha256


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(_READ):
        digest.update(part)
    return digest.hexdigest()


def _alone(descriptor: int, path: Path) -> bool:
    """Whether nobody else, in any process, writes this file until it is closed, and it still is what `path` names. Of
    two uploads of one file the slower one asks again and finds it whole; one that wrote on would change it then."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except (BlockingIOError, FileNotFoundError):
        return False

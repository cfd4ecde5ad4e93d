"""Output of runs, one file per rank, appended at offsets that both sides know."""

import os
from pathlib import Path

from gridtie.errors import NO_ROOM, OffsetMismatch, StorageFull, StorageUnwritable, UnsafePath
from gridtie.values.ids import is_id


class FileLogs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def append(self, run: str, rank: int, offset: int, part: bytes) -> int:
        """The next offset. What overlaps must be equal. Raises OffsetMismatch on a hole or on a difference.

        An agent repeats what was not acknowledged, so a lost page cache costs a repetition, not a line of output.
        """
        path = self._path(run, rank)
        try:
            path.parent.mkdir(exist_ok=True, mode=0o700, parents=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                size = os.fstat(descriptor).st_size
                if offset > size:
                    raise OffsetMismatch(expected=size, given=offset)
                overlap = min(size - offset, len(part))
                if overlap:
                    file.seek(offset)
                    if file.read(overlap) != part[:overlap]:
                        raise OffsetMismatch(expected=size, given=offset)
                file.seek(size)  # not where others may have got to: a second writer of the same part changes nothing
                file.write(part[overlap:])
                return size + len(part) - overlap
        except OSError as cause:
            raise storage_error(cause, path) from cause

    def size(self, run: str, rank: int) -> int:
        try:
            return self._path(run, rank).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, run: str, rank: int, offset: int, count: int) -> bytes:
        try:
            with self._path(run, rank).open("rb") as file:
                file.seek(offset)
                return file.read(count)
        except FileNotFoundError:
            return b""

    def ranks(self, run: str) -> list[int]:
        folder = self._path(run, 0).parent
        if not folder.is_dir():
            return []
        return sorted(int(path.stem) for path in folder.iterdir() if path.suffix == ".log")

    def _path(self, run: str, rank: int) -> Path:
        if not is_id("run", run) or rank < 0:
            raise UnsafePath(path=run)
        # The last characters of an id are random: folders stay small however many runs there are.
        return self._folder / run[-2:] / run / f"{rank}.log"


def storage_error(cause: OSError, path: Path) -> StorageFull | StorageUnwritable:
    if cause.errno in NO_ROOM:
        return StorageFull(reason=cause.strerror, path=path.parent)
    return StorageUnwritable(path=path, reason=cause.strerror)

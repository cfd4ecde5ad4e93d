"""Files that travel by content: names that stay inside, and what a manifest may hold."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from gridtie.dispatch.run import BlobFile
from gridtie.errors import UnsafePath

PATH_MAX = 1024
DEPTH_MAX = 64
FILES_MAX = 20_000  # of a job, and of one manifest of it
_SHELF = re.compile(r"rank-(\d+)/")


def safe_path(text: str) -> str:
    """The same relative path, normalised. Raises UnsafePath for anything that could leave its directory.

    Refused: absolute paths, '..', empty or '.' parts, NUL and control characters, backslashes, a drive or a tilde in
    front, too long or too deep. What remains is joined to a directory and opened without following links.
    """
    shown = text[:80]
    if not text or len(text.encode("utf-8", "surrogatepass")) > PATH_MAX:
        raise UnsafePath(path=shown)
    if text.startswith(("/", "~")) or "\\" in text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise UnsafePath(path=shown)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsafePath(path=shown.encode("ascii", "replace").decode()) from None
    parts = text.removeprefix("./").rstrip("/").split("/")
    if len(parts) > DEPTH_MAX or any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts):
        raise UnsafePath(path=shown)
    return "/".join(parts)


def shelved(files: Sequence[BlobFile], rank: int) -> tuple[BlobFile, ...]:
    """A rank's checkpoint as part of its job's: rank 0 at the top, rank N below rank-N/.

    A file of rank 0 that would be taken for another rank's goes below rank-0/, so that `of_rank` gives each its own.
    """
    return tuple(
        replace(file, path=f"rank-{rank}/{file.path}") if rank or _SHELF.match(file.path) else file for file in files
    )


def of_rank(files: Sequence[BlobFile], rank: int) -> tuple[BlobFile, ...]:
    """The inverse of `shelved`: what `rank` published, under its own names."""
    return tuple(
        replace(file, path=file.path.removeprefix(f"rank-{rank}/")) for file in files if rank_of(file.path) == rank
    )


def handed_on(own: Sequence[BlobFile], left: Sequence[BlobFile]) -> tuple[BlobFile, ...]:
    """What a job of a chain starts with: its own files, and those that the job before `left`, which win."""
    taken = {file.path for file in left}
    folders = {above for path in taken for above in accumulate(path.split("/")[:-1], "{}/{}".format)}
    kept = [file for file in own if file.path not in taken | folders
            and not any(above in taken for above in accumulate(file.path.split("/")[:-1], "{}/{}".format))]  # fmt: skip
    return (*kept, *left)


def rank_of(path: str) -> int:
    """Whose file of a job's checkpoint this is."""
    shelf = _SHELF.match(path)
    return int(shelf[1]) if shelf else 0

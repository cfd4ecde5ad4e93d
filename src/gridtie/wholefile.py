"""A small file that is there whole or not at all, and on the disk when its writer goes on."""

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, text: str, *, over: bool = True) -> None:
    """Readable by its owner alone. Of several who write the same at once the last stays, or, where what is there must
    not be written over, the first. Raises OSError; FileExistsError for all but the first."""
    fresh = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if over:
            fresh.replace(path)
        else:
            _link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # there are file systems that cannot be asked
        sync_folder(path.parent)


def _link(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: there the last stays
        fresh.replace(path)


def sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What lies below a folder that a hostile job may be changing: by descriptors, no link followed, no deeper than said.

Used by the keeper: only the standard library, and nothing that is slow to import.
"""

import os
import stat
from collections.abc import Iterator

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def walk(root: int, *, depth_max: int) -> Iterator[tuple[str, os.stat_result | None]]:
    """(path below `root`, its status) of everything; then, for a folder that lies too deep or cannot be read, None.

    Only the way down is held open, so memory and descriptors are bounded by `depth_max`, not by what lies there.
    """
    way = [(os.dup(root), "", os.scandir(root))]
    try:
        while way:
            folder, path, entries = way[-1]
            try:
                entry = next(entries, None)
            except OSError:
                entry = None
            if entry is None:
                entries.close()
                os.close(folder)
                way.pop()
                continue
            name = path + entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile
                continue
            yield name, status
            if stat.S_ISDIR(status.st_mode):
                try:
                    if len(way) >= depth_max:
                        raise OSError
                    deeper = _enter(entry.name, folder)
                    way.append((deeper, name + "/", os.scandir(deeper)))
                except OSError:
                    yield name, None
    finally:
        for folder, _, entries in way:
            entries.close()
            os.close(folder)


def _enter(name: str, folder: int) -> int:
    """A job without a user id of its own may have locked its folder, to hide what is in it: we share its id."""
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except PermissionError:
        handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        try:
            os.chmod(f"/proc/self/fd/{handle}", 0o700)
        finally:
            os.close(handle)
        return os.open(name, FOLDER, dir_fd=folder)

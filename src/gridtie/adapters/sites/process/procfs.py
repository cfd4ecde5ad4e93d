"""What /proc says of processes and what the disk says of a folder. Only the standard library: the keeper uses it."""

import contextlib
import os

from gridtie.adapters.sites.process.tree import FOLDER, walk

DEPTH_MAX = 256
ENTRY_BYTES = 4096


def descendants(pid: int) -> list[int]:
    """Everything below a process that has not been collected yet; zombies of others do not count."""
    found: list[int] = []
    stack = [pid]
    while stack:
        number = stack.pop()
        try:
            for thread in os.listdir(f"/proc/{number}/task"):
                with open(f"/proc/{number}/task/{thread}/children", encoding="ascii") as file:
                    children = [int(text) for text in file.read().split()]
                found += children
                stack += children
        except OSError:
            continue
    return found


def resident(pid: int) -> int:
    """Bytes of memory, shared pages counted in part; as /proc says it."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def size_of(folder: str) -> int | None:
    """Bytes on disk below `folder`, links not followed; None when folders nest too deeply to be measured.

    An empty file takes an inode, of which a disk has as few as it has blocks: it counts as one block.
    """
    total = 0
    try:
        root = os.open(folder, FOLDER)
    except OSError:
        return 0
    try:
        for _, status in walk(root, depth_max=DEPTH_MAX):
            if status is None:
                return None
            total += max(ENTRY_BYTES, status.st_blocks * 512)
    finally:
        os.close(root)
    return total


def unlinked(pids: list[int], device: int) -> int:
    """Bytes on a disk that no folder shows any more, because processes hold deleted files open or mapped."""
    found: dict[int, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{pid}/fd/{name}")
                    if status.st_nlink == 0 and status.st_dev == device:
                        found[status.st_ino] = status.st_blocks * 512
            with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
                for line in file:
                    if line.endswith(" (deleted)\n"):
                        span, _, _, where, inode, _ = line.split(maxsplit=5)
                        if where == f"{os.major(device):02x}:{os.minor(device):02x}":
                            start, _, end = span.partition("-")
                            found.setdefault(int(inode), int(end, 16) - int(start, 16))
    return sum(found.values())


def start_time(pid: int) -> int:
    """Clock ticks after boot at which a process started: with its pid it names a process for good. 0: not there."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])

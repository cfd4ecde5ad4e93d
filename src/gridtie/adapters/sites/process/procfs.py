"""What /proc says of processes and what the disk says of a folder. Only the standard library: the keeper uses it."""

import contextlib
import os


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


def size_of(folder: str) -> int:
    """Bytes on disk below `folder`, links not followed."""
    total, stack = 0, [folder]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            stack.append(entry.path)
        except OSError:
            continue
    return total


def start_time(pid: int) -> int:
    """Clock ticks after boot at which a process started: with its pid it names a process for good. 0: not there."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])

"""Which limits this host lets us set: control groups version 2 or 1 where they are writable, else rlimits alone."""

import os
from pathlib import Path
from typing import Any

ROOT = Path("/sys/fs/cgroup")
PIDS_MAX = 1024
FILES_MAX = 4096
UID_FIRST, UID_COUNT = 420_000, 20_000


def cgroup_base(site: str) -> dict[str, Any] | None:
    """Where a run's group may be made: {version, root, path}; None when this user may not."""
    if (ROOT / "cgroup.controllers").exists():
        own = _own_group()
        folder = ROOT / own / "gridtie"
        try:
            folder.mkdir(exist_ok=True)
            for base in (ROOT / own, folder):
                (base / "cgroup.subtree_control").write_text("+memory +cpu +pids")
        except OSError:
            return None
        return {"version": 2, "root": str(ROOT), "path": f"{own}/gridtie".lstrip("/")}
    wanted = [ROOT / name for name in ("memory", "cpu", "cpuacct", "pids", "freezer")]
    if all(path.is_dir() and os.access(path, os.W_OK) for path in wanted):
        return {"version": 1, "root": str(ROOT), "path": f"gridtie/{site}"}
    return None


def _own_group() -> str:
    """The group this process is in, relative to the root, version 2."""
    try:
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            number, _, path = line.split(":", 2)
            if number == "0":
                return path.strip("/")
    except (OSError, ValueError):
        pass
    return ""


def rlimits(*, memory_bytes: int, disk_bytes: int, caged: bool) -> dict[str, int]:
    """Per process. Without a control group also the writable memory of each process and the number of processes."""
    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": disk_bytes, "RLIMIT_NOFILE": FILES_MAX}
    if not caged:
        limits["RLIMIT_DATA"] = memory_bytes
        limits["RLIMIT_NPROC"] = _own_processes() + PIDS_MAX
    return limits


def _own_processes() -> int:
    """Processes and threads of this user now: RLIMIT_NPROC counts them too."""
    uid, count = os.getuid(), 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
            except OSError:
                continue
    return count


def free_uid(used: set[int]) -> int | None:
    """A user id of its own for a run, when we are root; None otherwise."""
    if os.getuid() != 0:
        return None
    return next(uid for uid in range(UID_FIRST, UID_FIRST + UID_COUNT) if uid not in used)

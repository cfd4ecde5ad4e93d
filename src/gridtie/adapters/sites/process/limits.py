"""Which limits this host lets us set: control groups version 2 or 1 where they are writable, else rlimits alone."""

import fcntl
import os
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.process.cage import V1_CONTROLLERS, Cage
from gridtie.errors import SiteRefused

ROOT = Path("/sys/fs/cgroup")
PIDS_MAX = 1024
FILES_MAX = 4096
UID_FIRST, UID_COUNT = 420_000, 20_000
UID_LOCKS = Path("/run/gridtie/uids")


def cgroup_base(site: str, *, root: Path = ROOT) -> dict[str, Any] | None:
    """Where a run's group may be made: {version, root, path}; None when this user may not.

    Version 2 asks that a group which hands out controllers has no process of its own, so a service with
    `Delegate=yes` is moved into a child group first.
    """
    if (root / "cgroup.controllers").exists():
        own = _own_group()
        base: dict[str, Any] = {"version": 2, "root": str(root), "path": f"{own}/gridtie".lstrip("/")}
        try:
            _delegate(root / own)
            (root / own / "gridtie").mkdir(exist_ok=True)
            (root / own / "gridtie" / "cgroup.subtree_control").write_text("+memory +cpu +pids")
        except OSError:
            return None
    elif all(os.access(root / name, os.W_OK) for name in V1_CONTROLLERS):
        base = {"version": 1, "root": str(root), "path": f"gridtie/{site}"}
    else:
        return None
    return base if _works(base) else None


def _delegate(group: Path) -> None:
    try:
        (group / "cgroup.subtree_control").write_text("+memory +cpu +pids")
    except OSError:
        if (group / "cgroup.procs").read_text(encoding="ascii").split() != [str(os.getpid())]:
            raise
        (group / "agent").mkdir(exist_ok=True)
        (group / "agent" / "cgroup.procs").write_text("0")
        (group / "cgroup.subtree_control").write_text("+memory +cpu +pids")


def _works(base: dict[str, Any]) -> bool:
    cage = Cage(base, f"probe-{os.getpid()}")
    try:
        cage.make(memory_bytes=64 << 20, cpus=1, pids_max=8)
    except OSError:
        return False
    cage.remove()
    return True


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


def rlimits(*, memory_bytes: int, disk_bytes: int, pids_max: int, caged: bool, own_user: bool) -> dict[str, int]:
    """Per process. Without a control group also the writable memory of each process and the number of processes;
    the keeper then adds up what the rank uses and ends it at its limit, so one process may go a little above."""
    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": disk_bytes, "RLIMIT_NOFILE": FILES_MAX}
    if not caged:
        limits["RLIMIT_DATA"] = memory_bytes + memory_bytes // 4
        limits["RLIMIT_NPROC"] = pids_max + (0 if own_user else _own_processes())
    return limits


def _own_processes() -> int:
    """Processes and threads of this user now: RLIMIT_NPROC counts them too, where a run has no user id of its own."""
    uid, count = os.getuid(), 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == uid:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
            except OSError:
                continue
    return count


def any_uid() -> int | None:
    """A user id that no run has by chance; None when this user cannot give one."""
    return UID_FIRST + UID_COUNT if os.getuid() == 0 else None


def take_uid(hint: int) -> tuple[int, int] | None:
    """(user id, locked descriptor) for one run, unique among all live runs of this host; None when we are not root.

    The lock belongs to whoever holds the descriptor: the keeper. It ends with it, however it ends.
    """
    if os.getuid() != 0:
        return None
    UID_LOCKS.mkdir(parents=True, exist_ok=True, mode=0o700)
    for step in range(UID_COUNT):
        uid = UID_FIRST + (hint + step) % UID_COUNT
        descriptor = os.open(UID_LOCKS / str(uid), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            continue
        return uid, descriptor
    raise SiteRefused(reason=f"all {UID_COUNT} user ids for runs are in use")

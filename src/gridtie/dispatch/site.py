"""The contract between an agent and whatever runs processes at its site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gridtie.dispatch.run import RunPlan, RunTask


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStart:
    """One rank, ready to start: its files are staged below `home`, its records go into `folder`."""

    plan: RunPlan
    task: RunTask
    home: Path
    folder: Path
    secrets: Mapping[str, str]
    peers: tuple[str, ...]  # address of each rank
    devices: tuple[int, ...]  # indices of its accelerators on this host
    resumed: bool
    lease_until: float  # on the boot clock


@dataclass(frozen=True, slots=True)
class TaskState:
    """`running`, `ready` (waits for `release`), `ended` (with the rest filled in) or `gone`: neither alive nor ended.

    `reason` when it ended: '' (exit code 0), exit, setup, signal, out_of_memory, time_limit, disk_limit, cancel; and,
    by the site's doing: lease, sandbox, preempted. `ended` is on the boot clock.
    """

    state: str
    exit_code: int | None = None
    reason: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0
    ended: float = 0.0

    @property
    def alive(self) -> bool:
        return self.state in ("running", "ready")


class Bell(Protocol):
    def wait(self, seconds: float) -> None:
        """Returns when a rank printed or changed, and after `seconds` at the latest."""
        ...

    def close(self) -> None: ...


class Site(Protocol):
    """Runs ranks. Every call may come twice, late, or for something that is gone, and must then do no harm.

    A rank that was started is found again by its folder alone, also by another process after a crash. Nothing of a
    rank may outlive its end as `states` tells it, its lease, or a `kill`. `isolation` is what its jobs get today.
    """

    isolation: str

    def start(self, tasks: Sequence[TaskStart]) -> None:
        """Starts all of them or raises SiteRefused; starting a folder that was started before does nothing.

        Secrets reach the rank's environment and nothing else: no argv, no file. More than one rank: each does its
        setup, says `ready`, and waits for `release`.
        """
        ...

    def release(self, folders: Sequence[Path]) -> None:
        """Lets ranks that are ready go on to their command."""
        ...

    def states(self, folders: Sequence[Path]) -> list[TaskState]: ...

    def listen(self, folders: Sequence[Path]) -> Bell: ...

    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        """`cancel`: SIGTERM, grace, SIGKILL. `evict`: the same, at the site's own wish. `kill`: at once.

        A rank that ended already stays as it ended.
        """
        ...

    def renew(self, folders: Sequence[Path], until: float) -> None:
        """Allows the ranks to go on until `until` on the boot clock."""
        ...

    def remove(self, folder: Path, home: Path) -> None:
        """Deletes scratch and records of an ended rank, and whatever a broken end left of it."""
        ...

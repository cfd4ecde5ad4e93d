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


@dataclass(frozen=True, slots=True)
class TaskState:
    """`running`, `ended` (with the rest filled in) or `gone`: neither alive nor with a result."""

    state: str
    exit_code: int | None = None
    reason: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0


class Site(Protocol):
    """Runs ranks. Every call may come twice, late, or for something that is gone, and must then do no harm.

    A rank that was started is found again by its folder alone, also by another process after a crash.
    """

    isolation: str

    def start(self, tasks: Sequence[TaskStart]) -> None:
        """Starts all of them or raises SiteRefused; starting a folder that was started before does nothing."""
        ...

    def states(self, folders: Sequence[Path]) -> list[TaskState]: ...

    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        """`cancel`: SIGTERM, grace, SIGKILL. `kill`: at once. A rank that ended already stays as it ended."""
        ...

    def renew(self, folders: Sequence[Path], until: float) -> None:
        """Allows the ranks to go on until `until` on the boot clock."""
        ...

    def remove(self, folder: Path, home: Path) -> None:
        """Deletes scratch and records of an ended rank."""
        ...

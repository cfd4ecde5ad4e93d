"""The contract between an agent and whatever runs work at its site: processes under keepers, or a scheduler.

A site that hands runs to a scheduler is `agent.scheduled.ScheduledSite`, which does everything here once for
all of them; what differs from one scheduler to the next is the smaller `Scheduler` below.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

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
    """`waiting` (for the site's scheduler), `running`, `ready` (waits for `release`), `ended` (with the rest filled
    in), `refused` (ended without ever having run) or `gone`: neither alive nor ended.

    `reason` when it ended: '' (exit code 0), exit, setup, signal, out_of_memory, time_limit, disk_limit, cancel; and,
    by the site's doing: lease, sandbox, preempted, site. `ended` is on the boot clock. `detail`: why it waits or
    ended, in the site's own words.
    """

    state: str
    exit_code: int | None = None
    reason: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0
    ended: float = 0.0
    detail: str = ""

    @property
    def alive(self) -> bool:
        return self.state in ("waiting", "running", "ready")


@dataclass(frozen=True, slots=True)
class Room:
    """What a machine can give to runs of the exchange, those it runs already included; 0 of all while it is drained."""

    cpus: int
    memory_bytes: int
    accelerators: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCapacity:
    """What a site shared with others can lend at this moment. `queue_wait_s`: how long a run that came now would wait
    for its own scheduler; None where that cannot be known. `note`: what is out of use, in words."""

    machines: Mapping[str, Room]
    queue_wait_s: int | None = None
    note: str = ""


class Bell(Protocol):
    def wait(self, seconds: float) -> None:
        """Returns when a rank printed or changed, and after `seconds` at the latest."""
        ...

    def close(self) -> None: ...


class Guest(Protocol):
    """A command that runs beside a rank's own."""

    def fileno(self) -> int:
        """Readable once it has ended."""
        ...

    def ended(self) -> int:
        """Its exit code. Raises SiteRefused when it could not be started, or the rank ended."""
        ...

    def close(self) -> None:
        """Ends it, if it has not ended."""
        ...


@runtime_checkable
class Enterable(Protocol):
    """A site that can run a command inside a running rank, beside what runs there."""

    def enter(self, folder: Path, command: str, streams: Sequence[int], *, tty: bool, term: str) -> Guest:
        """`command` for a shell; `streams` are its input, output and errors. Raises SiteRefused."""
        ...


class Site(Protocol):
    """Runs ranks. Every call may come twice, late, or for something that is gone, and must then do no harm.

    A rank that was started is found again by its folder alone, also by another process after a crash. Nothing of a
    rank may outlive its end as `states` tells it, its lease, or a `kill`. `isolation` is what its jobs get today.
    """

    isolation: str

    def capacity(self) -> SiteCapacity | None:
        """None where the exchange's own runs are all that takes anything, as on a process site."""
        ...

    def start(self, tasks: Sequence[TaskStart]) -> None:
        """Starts all of them or raises SiteRefused; starting a folder that was started before does nothing.

        Secrets reach the rank's environment and nothing else: no argv, no file. More than one rank: each does its
        setup, says `ready`, and waits for `release`; a site that starts ranks together itself never says `ready`.
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


# ── schedulers ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a scheduler says of one run: `waiting`, `running`, `ended`, `refused` (ended without ever having run), or
    `forgotten`: certainly neither queued nor running, and how it ended cannot be learnt now.

    `reason`, `exit_code` and `detail` as in TaskState; a rank's own result, where there is one, says more.
    """

    phase: str
    reason: str = ""
    exit_code: int | None = None
    detail: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One run that is asked for. `asked`: how it was told to end ('', cancel, evict, kill). `patient`: it may wait."""

    plan: RunPlan
    asked: str = ""
    patient: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RankResult:
    """What a rank left behind of itself when it ended."""

    exit_code: int
    reason: str = ""
    cpu_us: int = 0
    memory_peak_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Machines of one chip, as the scheduler's own records have them: name, cpus, memory_bytes, disk_bytes,
    accelerators."""

    chip: str
    machines: tuple[Mapping[str, str | int], ...]
    chip_memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """What is declared of a cluster. `identity` is what tells it from any other, wherever its agent runs; `cpus` and
    `memory_bytes` are all that it has, lent or not."""

    identity: Mapping[str, str]
    cpus: int
    memory_bytes: int
    pools: tuple[Pool, ...]
    notes: tuple[str, ...] = ()  # machines left out, and why


class Scheduler(Protocol):
    """A back end that queues. `name` is a run's deterministic name there: `gridtie-<run>-e<epoch>`.

    Each call ends within its own time limit and raises SchedulerAway when it cannot tell: for `submit` that means that
    it may or may not have been taken, and the caller looks the name up before anything else. Called by one thread.
    """

    isolation: str
    images: bool  # whether a run may name a container image; one that does is never submitted where none runs

    def facts(self) -> ClusterFacts: ...

    def prepare(self, name: str, tasks: Sequence[TaskStart]) -> None:
        """Lays out what the ranks need. Talks to nobody; may come twice. Raises SiteRefused, NotIsolated."""
        ...

    def submit(self, name: str, plan: RunPlan) -> None:
        """Raises SiteRefused, in the scheduler's words, for a certain no. Of two with one name only one may work."""
        ...

    def look(self, runs: Mapping[str, Looked]) -> Mapping[str, Seen]:
        """All of them in one call. A name that is not in the answer is certainly neither queued nor running."""
        ...

    def cancel(self, names: Collection[str], *, at_once: bool) -> None:
        """SIGTERM, the scheduler's grace, SIGKILL; `at_once` without the grace. What is gone is no error."""
        ...

    def collect(self, name: str, plan: RunPlan, folders: Sequence[Path]) -> Sequence[RankResult | None]:
        """Brings what each rank printed so far into folder/"log", and its result, once it has one."""
        ...

    def renew(self, name: str, seconds: float) -> None:
        """The ranks may go on for so long from now, and end by themselves when nothing more comes."""
        ...

    def capacity(self, running: Sequence[RunPlan]) -> SiteCapacity:
        """`running`: ours that run there now; what they take counts as usable."""
        ...

    def remove(self, name: str, home: Path) -> None: ...

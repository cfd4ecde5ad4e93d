"""What runs jobs at a simulated site: ranks as facts of the host, which outlive the agent and end by their own clock.

A command is `sleep SECONDS; exit CODE`. A rank saves how far it came every half minute and goes on from there, so what
a checkpoint is worth shows in when it ends. Moods are what a scheduler below us can do wrong.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults.weave import Fiber, Process, Weave
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import TaskStart, TaskState
from gridtie.errors import SiteRefused
from gridtie.values.ids import RunId

COMMAND = re.compile(r"sleep (\d+); exit (\d+)")
SETUP_S, GRACE_S, SAVE_S = 0.5, 2.0, 30


@dataclass
class Rank:
    """Times on the host's boot clock. `began` is when the command did; None while it waits for the others."""

    start: TaskStart
    seconds: int
    exit_code: int
    lease: float
    born: float
    began: float | None
    done_before: int = 0  # seconds, from the checkpoint it was given
    ended: float | None = None
    reason: str = ""
    code: int = 0
    saved: int = 0
    stop_at: float | None = None
    stop_reason: str = ""

    def ends(self) -> tuple[float, str]:
        """When and why it will end, as far as is known now."""
        own = float("inf") if self.began is None else self.began + self.seconds - self.done_before
        limit = self.start.plan.time_limit_us
        causes = [(own, "exit" if self.exit_code else ""), (self.lease, "lease")]
        if limit is not None:
            causes.append((self.born + limit / 1e6, "time_limit"))
        if self.stop_at is not None:
            causes.append((self.stop_at, self.stop_reason))
        return min(causes)


@dataclass(frozen=True, slots=True)
class Spell:
    """What truly ran: one rank's command. Times in the loop's seconds."""

    plan: RunPlan
    rank: int
    devices: tuple[int, ...]
    born: float  # when its setup began
    began: float
    ended: float
    reason: str


@dataclass
class Host:
    """One site's hardware. `power_cycle` ends everything on it; `mood` is what its next start meets."""

    weave: Weave
    name: str
    drift: float = 0.0
    mood: str = ""
    offset_s: float = 0.0  # by which somebody set its wall clock off
    ranks: dict[Path, Rank] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    # Of each rank, and for how many seconds it had one.
    places: list[tuple[RunPlan, float]] = field(default_factory=list)
    struck: set[RunId] = field(default_factory=set)  # runs that lost ranks by more than silence
    waiters: dict[Fiber, None] = field(default_factory=dict)
    rung: int = 0
    started: int = 0

    def clock(self) -> float:
        return self.weave.loop.time() * (1.0 + self.drift)

    def process(self) -> Process:
        made = Process(self.weave, f"{self.name} agent", drift=self.drift)
        made.offset_s = lambda: self.offset_s
        return made

    def settle(self) -> None:
        """Whatever has ended by now has ended."""
        for rank in self.ranks.values():
            if rank.ended is None:
                at, reason = rank.ends()
                if at <= self.clock():
                    self._end(rank, at, reason)

    def power_cycle(self) -> None:
        """The ranks are gone, and nobody writes down how they ended."""
        self.settle()
        for rank in list(self.ranks.values()):
            self.struck.add(rank.start.plan.run)
            if rank.ended is None:
                self._end(rank, self.clock(), "power")
        self.ranks.clear()
        self.ring()

    def ring(self) -> None:
        self.rung += 1
        for fiber in list(self.waiters):
            fiber.wake()

    def _end(self, rank: Rank, at: float, reason: str) -> None:
        rank.ended, rank.reason = at, reason
        rank.code = {"": 0, "exit": rank.exit_code}.get(reason, 137)
        self._save(rank, at)
        if not reason:
            folder = rank.start.home / "sky_workdir"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "done.txt").write_text(f"{rank.start.plan.run}\n")
        true = 1.0 + self.drift
        self.places.append((rank.start.plan, (at - rank.born) / true))
        if rank.began is not None:
            self.spells.append(
                Spell(
                    rank.start.plan,
                    rank.start.task.rank,
                    rank.start.devices,
                    rank.born / true,
                    rank.began / true,
                    at / true,
                    reason,
                )
            )

    def _save(self, rank: Rank, at: float) -> None:
        """Its last checkpoint, as a rename into the folder leaves it."""
        if rank.began is None or rank.reason == "power":
            return
        done = rank.done_before + int(max(0.0, at - rank.began)) // SAVE_S * SAVE_S
        if done > rank.saved:
            folder = rank.start.home / "checkpoints"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "progress.new").write_text(str(done))
            (folder / "progress.new").replace(folder / "progress")
            with (rank.start.folder / "log").open("a") as log:
                log.write(f"at {done}\n")
            rank.saved = done


class SimulatedSite:
    """The Site of one agent's life: every call is of no effect once that agent was killed."""

    isolation = "sandbox"

    def __init__(self, host: Host) -> None:
        self._host = host

    def capacity(self) -> None:
        """All of it is the exchange's."""

    def start(self, tasks: Sequence[TaskStart]) -> None:
        host = self._look()
        mood, host.mood = host.mood, ""
        if mood == "slow":
            host.weave.sleep(20.0)
            self._look()
        for number, start in enumerate(tasks):
            if start.folder in host.ranks:
                continue
            if mood == "half" and number:
                raise SiteRefused(reason="the scheduler took a part of it and then said no")
            host.ranks[start.folder] = self._rank(start, barrier=len(tasks) > 1)
            host.started += 1
            self._plan(host.ranks[start.folder])
        if mood == "half":
            raise SiteRefused(reason="the scheduler took it and then did not answer")
        if mood == "gone":
            for start in tasks:
                del host.ranks[start.folder]
                host.struck.add(start.plan.run)

    def release(self, folders: Sequence[Path]) -> None:
        host = self._look()
        for folder in folders:
            rank = host.ranks.get(folder)
            if rank is not None and rank.ended is None and rank.began is None:
                rank.began = host.clock()
                self._plan(rank)

    def states(self, folders: Sequence[Path]) -> list[TaskState]:
        return [self._state(folder) for folder in folders]

    def listen(self, folders: Sequence[Path]) -> "Bell":
        return Bell(self._look())

    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        host = self._look()
        for folder in folders:
            rank = host.ranks.get(folder)
            if rank is None or rank.ended is not None:
                continue
            if how == "kill":
                host._end(rank, host.clock(), "lease")
                host.ring()
            elif rank.stop_at is None:
                rank.stop_at = host.clock() + GRACE_S
                rank.stop_reason = {"cancel": "cancel", "evict": "preempted"}[how]
                self._plan(rank)

    def renew(self, folders: Sequence[Path], until: float) -> None:
        host = self._look()
        for folder in folders:
            if folder in host.ranks:
                host.ranks[folder].lease = max(host.ranks[folder].lease, until)

    def remove(self, folder: Path, home: Path) -> None:
        """Also removes what a rank that was killed left, as the real one does."""
        host = self._look()
        rank = host.ranks.pop(folder, None)
        assert rank is None or rank.ended is not None, f"{folder} is removed under a rank at work"
        for path in (folder, home):
            shutil.rmtree(path, ignore_errors=True)

    def _look(self) -> Host:
        self._host.weave.process.check()
        self._host.settle()
        return self._host

    def _rank(self, start: TaskStart, *, barrier: bool) -> Rank:
        match = COMMAND.search(start.plan.command)
        assert match is not None, start.plan.command
        now = self._host.clock()
        before = start.home / "checkpoints" / "progress"
        done = int(before.read_text()) if before.exists() else 0
        return Rank(start, int(match[1]), int(match[2]), start.lease_until, now, None if barrier else now + SETUP_S,
                    done_before=min(done, int(match[1])), saved=done)  # fmt: skip

    def _state(self, folder: Path) -> TaskState:
        rank = self._look().ranks.get(folder)
        if rank is None:
            return TaskState("gone")
        if rank.ended is not None:
            return TaskState("ended", rank.code, rank.reason, cpu_us=1000, memory_peak_bytes=1 << 20, ended=rank.ended)
        self._host._save(rank, self._host.clock())
        return TaskState("ready" if rank.began is None else "running")

    def _plan(self, rank: Rank) -> None:
        """Rings when it will end, as far as is known."""
        at, _ = rank.ends()
        delay = (at - self._host.clock()) / (1.0 + self._host.drift)
        if delay < float("inf"):
            self._host.weave.loop.call_later(max(0.0, delay) + 1e-4, self._host.ring)


class Bell:
    def __init__(self, host: Host) -> None:
        self._host, self._heard = host, host.rung

    def wait(self, seconds: float) -> None:
        host = self._host
        host.weave.wait_until(lambda: host.rung > self._heard, seconds, host.waiters)
        self._heard = host.rung

    def close(self) -> None: ...

"""A site whose runs go through a scheduler: one thread asks it about all of them, and nothing waits for its answers.

What a run needs to be found again lies in the folder of its first rank: `queue.json` (its name, written before the
first submission), `cancel`, `evict`, `kill` (how it was told to end), `end.json` (how each rank ended).
"""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from gridtie.agent.keeper import boot_clock
from gridtie.dispatch.placement import plan_from_json, plan_to_json
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import (
    Looked,
    RankResult,
    Scheduler,
    Seen,
    SiteCapacity,
    TaskStart,
    TaskState,
)
from gridtie.errors import GridtieError, SchedulerAway, SiteRefused

log = logging.getLogger("gridtie.agent")

PREFIX = "gridtie-"
CAPACITY_EVERY = 5  # looks at the queue: what there is to lend is asked more rarely
CANCEL_AGAIN_S = 5.0
LOST_LOOKS = 3  # answers in a row without a run that was there, and LOST_AFTER_S, until it counts as gone
LOST_AFTER_S = 10.0
OWN_DOING = ("", "exit", "signal")  # ends that are the run's own, as far as the scheduler can tell
_ORDERS = ("kill", "evict", "cancel")  # the hardest first


@dataclass
class Entry:
    """One run. `lock` guards nothing but `collect`, which copies what is new."""

    name: str
    plan: RunPlan
    folders: list[Path]
    submitted: bool = False  # the scheduler once showed it, or said yes
    seen: Seen = field(default_factory=lambda: Seen(phase="waiting", detail="not handed to the scheduler yet"))
    began_waiting: float = field(default_factory=time.monotonic)
    tries: int = 0  # of handing it in
    missed: int = 0
    missed_since: float = 0.0
    cancelled_at: float = float("-inf")
    lease_until: float = 0.0
    ended: list[TaskState] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> str:
        return next((order for order in _ORDERS if (self.folders[0] / order).exists()), "")


class ScheduledSite:
    """`every`: seconds between two looks; `patience`: how long a run may wait in the queue before it is refused, and
    the exchange finds it another place. `close` ends the thread; what runs goes on."""

    def __init__(self, scheduler: Scheduler, *, every: float, patience: float) -> None:
        self.isolation = scheduler.isolation
        self._scheduler, self._every, self._patience = scheduler, every, patience
        self._entries: dict[str, Entry] = {}
        self._changed = threading.Condition()
        self._work = threading.Event()
        self._closing = threading.Event()
        self._away = ""
        self._capacity: SiteCapacity | None = None
        self._capacity_at = float("-inf")
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._work.set()
        self._thread.join(5)

    # ── the agent's calls ─────────────────────────────────────────────────────────────────────────────────────────
    def capacity(self) -> SiteCapacity | None:
        return self._capacity

    def start(self, tasks: Sequence[TaskStart]) -> None:
        """Lays everything out and writes down what is to be done; the thread does it. Refusals come as states."""
        plan, folders = tasks[0].plan, [start.folder for start in tasks]
        name = name_of(plan)
        if plan.image and not self._scheduler.images:
            raise SiteRefused(reason=f"it runs in the image {plan.image[:100]}, and this site runs no images")
        if not (folders[0] / "queue.json").exists():
            self._scheduler.prepare(name, tasks)
            _write(folders[0] / "queue.json", {"name": name, "plan": plan_to_json(plan)})
        entry = self._entry(folders)
        if entry is None:
            raise SiteRefused(reason="its record could not be written")
        self.renew(folders, tasks[0].lease_until)
        self._work.set()

    def release(self, folders: Sequence[Path]) -> None:
        """Never asked for: the scheduler starts all ranks of a run together."""

    def states(self, folders: Sequence[Path]) -> list[TaskState]:
        entry = self._entry(folders)
        if entry is None:
            return [TaskState("gone") for _ in folders]
        if entry.ended is not None:
            return entry.ended
        if entry.seen.phase == "running":
            self._collect(entry)
        detail = f"{self._away}; {entry.seen.detail}" if self._away else entry.seen.detail
        state = "running" if entry.seen.phase == "running" else "waiting"
        return [TaskState(state, detail=detail) for _ in folders]

    def listen(self, folders: Sequence[Path]) -> "Changes":  # noqa: ARG002  one bell for all
        return Changes(self._changed)

    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        for folder in folders[:1]:
            with contextlib.suppress(OSError):
                (folder.parent / "rank-0" / how).touch()
        self._work.set()

    def renew(self, folders: Sequence[Path], until: float) -> None:
        entry = self._entry(folders)
        if entry is not None and entry.asked != "kill":
            entry.lease_until = max(entry.lease_until, until)
            with contextlib.suppress(OSError):
                self._scheduler.renew(entry.name, max(0.0, until - boot_clock()))

    def remove(self, folder: Path, home: Path) -> None:
        name = PREFIX + folder.parent.name
        if folder.name == "rank-0":
            self._entries.pop(name, None)
        self._scheduler.remove(name, home)
        for path in sorted(folder.glob("*")):
            with contextlib.suppress(OSError):
                path.unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()

    def _entry(self, folders: Sequence[Path]) -> Entry | None:
        """From memory, or, after a restart of the agent, from the disk. None: it was never to be started here."""
        if not folders:
            return None
        name = PREFIX + folders[0].parent.name
        if name in self._entries:
            return self._entries[name]
        first = folders[0].parent / "rank-0"
        try:
            document = json.loads((first / "queue.json").read_text(encoding="utf-8"))
            plan = plan_from_json(document["plan"])
        except (OSError, ValueError, KeyError, GridtieError):
            return None
        entry = Entry(name, plan, [first.parent / f"rank-{task.rank}" for task in plan.tasks])
        entry.submitted = (first / "submitted").exists()
        with contextlib.suppress(OSError, ValueError, TypeError):
            entry.ended = [TaskState(**one) for one in json.loads((first / "end.json").read_text(encoding="utf-8"))]
        return self._entries.setdefault(name, entry)

    def _collect(self, entry: Entry) -> Sequence[RankResult | None]:
        with entry.lock:
            return self._scheduler.collect(entry.name, entry.plan, entry.folders)

    # ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────
    def _loop(self) -> None:
        while not self._closing.is_set():
            try:
                self._round()
                self._say_away("")
            except SchedulerAway as away:
                self._say_away(away.message)
            except Exception:
                log.exception("the scheduler's thread: unexpected")
            with self._changed:
                self._changed.notify_all()
            self._work.wait(self._every)
            self._work.clear()

    def _say_away(self, words: str) -> None:
        if words != self._away:
            log.log(logging.WARNING if words else logging.INFO, "%s", words or "the scheduler answers again")
        self._away = words

    def _round(self) -> None:
        """Orders first, then one look at all, then what follows from it."""
        live = {name: entry for name, entry in list(self._entries.items()) if entry.ended is None}
        now = time.monotonic()
        if live:
            self._carry_orders(live, now)
            seen = self._scheduler.look({name: self._looked(entry, now) for name, entry in live.items()})
            # A submission without an answer ends the round: it comes last, and next time after the others that wait.
            for name, entry in sorted(live.items(), key=lambda one: (one[0] not in seen, one[1].tries)):
                self._take(entry, seen.get(name))
        if now - self._capacity_at >= CAPACITY_EVERY * self._every or any(e.ended is not None for e in live.values()):
            running = [e.plan for e in live.values() if e.ended is None and e.seen.phase == "running"]
            self._capacity = self._scheduler.capacity(running)
            self._capacity_at = now

    def _looked(self, entry: Entry, now: float) -> Looked:
        return Looked(plan=entry.plan, asked=entry.asked, patient=now - entry.began_waiting < self._patience)

    def _carry_orders(self, live: Mapping[str, Entry], now: float) -> None:
        for at_once in (True, False):
            names = [
                name
                for name, entry in live.items()
                if (order := entry.asked) and (order == "kill") is at_once
                and (now - entry.cancelled_at > CANCEL_AGAIN_S or (at_once and entry.lease_until))
            ]  # fmt: skip
            if names:
                for name in names:
                    if at_once:
                        live[name].lease_until = 0.0
                        self._scheduler.renew(name, 0.0)  # it ends itself, also where the scheduler does not hear us
                self._scheduler.cancel(names, at_once=at_once)
                for name in names:
                    live[name].cancelled_at = now

    def _take(self, entry: Entry, seen: Seen | None) -> None:
        if seen is None or seen.phase == "forgotten":
            if seen is not None and seen.detail:
                entry.seen = replace(entry.seen, detail=seen.detail)
            self._absent(entry, seen.detail if seen else "")
            return
        entry.missed, entry.seen = 0, seen
        self._mark_submitted(entry)
        if seen.phase in ("ended", "refused"):
            self._end(entry, seen)

    def _absent(self, entry: Entry, why: str) -> None:
        """The scheduler does not know it: not submitted yet, or lost by the scheduler."""
        if entry.asked and not entry.submitted:
            reason = {"cancel": "cancel", "evict": "preempted"}.get(entry.asked, "lease")
            self._end(entry, Seen(phase="refused", reason=reason, detail="ended before the scheduler had it"))
        elif not entry.submitted and entry.tries and time.monotonic() - entry.began_waiting > self._patience:
            self._scheduler.renew(entry.name, 0.0)  # should it have been taken all the same, it ends itself
            words = "handed in, and not there, for longer than this site lets a run wait"
            self._end(entry, Seen(phase="refused", reason="site", detail=words))
        elif not entry.submitted:
            entry.tries += 1
            try:
                self._scheduler.submit(entry.name, entry.plan)
            except SiteRefused as refusal:
                self._end(entry, Seen(phase="refused", reason="site", detail=str(refusal.params["reason"])))
                return
            entry.seen = Seen(phase="waiting", detail="submitted")
            self._mark_submitted(entry)
            self._work.set()
        else:
            self._miss(entry, why)

    def _miss(self, entry: Entry, why: str) -> None:
        """Once there, and now unknown. All results at hand: it ended and was forgotten. Else it is lost, in the end."""
        now, why = time.monotonic(), f"; {why}" if why else ""
        entry.missed += 1
        if entry.missed == 1:
            entry.missed_since = now
        results = self._collect(entry)
        if results and all(result is not None for result in results):
            self._end(entry, Seen(phase="ended", detail=f"the scheduler has forgotten it{why}"))
        elif entry.missed >= LOST_LOOKS and now - entry.missed_since >= LOST_AFTER_S:
            self._scheduler.renew(entry.name, 0.0)  # should it run all the same, it ends itself
            self._end(entry, Seen(phase="ended", reason="site", detail=f"the scheduler does not know it any more{why}"))

    def _mark_submitted(self, entry: Entry) -> None:
        if not entry.submitted:
            entry.submitted = True
            with contextlib.suppress(OSError):
                (entry.folders[0] / "submitted").touch()

    def _end(self, entry: Entry, seen: Seen) -> None:
        results = self._collect(entry)
        if seen.exit_code and not any(result is not None and result.exit_code for result in results):
            results = [None for _ in results]  # it failed beside its ranks, or they do not tell the truth
        failed = [result for result in results if result is not None and result.exit_code]
        if failed and not entry.asked and seen.reason in OWN_DOING and all(map(_terminated, failed)):
            seen = replace(seen, reason="site", exit_code=None, detail=f"{seen.detail}; it was told to end, not by us")
        each = replace(seen, cpu_us=seen.cpu_us // len(results))  # all ranks' together, as the scheduler counts it
        now = boot_clock()
        ended = [  # who was told to end ended after the one that it was ended for, and whose failure counts
            end_of(each, result, asked=entry.asked, at=now + 1e-6 * (result is not None and _terminated(result)))
            for result in results
        ]
        with contextlib.suppress(OSError):
            _write(entry.folders[0] / "end.json", [asdict(state) for state in ended])
        entry.seen, entry.ended = seen, ended
        log.info("%s: %s %s", entry.name, seen.phase, seen.detail)


class Changes:
    def __init__(self, condition: threading.Condition) -> None:
        self._condition = condition

    def wait(self, seconds: float) -> None:
        with self._condition:
            self._condition.wait(seconds)

    def close(self) -> None:
        pass


def name_of(plan: RunPlan) -> str:
    return f"{PREFIX}{plan.run}-e{plan.epoch}"


def end_of(seen: Seen, result: RankResult | None, *, asked: str, at: float) -> TaskState:
    """One rank's end, from what the scheduler says of the run and what the rank said of itself.

    The scheduler decides whose doing it was; the rank knows its own exit code, and that its lease or its time was over.
    """
    if seen.phase == "refused":
        return TaskState("refused", reason=seen.reason, detail=seen.detail, ended=at)
    code, reason = seen.exit_code, seen.reason
    cpu_us, peak = seen.cpu_us, seen.memory_peak_bytes
    if result is not None:
        cpu_us, peak = cpu_us or result.cpu_us, max(peak, result.memory_peak_bytes)  # Slurm only looks now and then
        own = "" if result.reason == "terminated" else result.reason
        if reason in OWN_DOING:
            code, reason = result.exit_code, own or ("signal" if result.reason else "")
        if own in ("lease", "time_limit") and not asked:
            code, reason = result.exit_code, own
    return TaskState("ended", code, reason, cpu_us, peak, at, seen.detail)


def _terminated(result: RankResult) -> bool:
    return result.reason == "terminated"


def _write(path: Path, document: Any) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document), encoding="utf-8")
    fresh.replace(path)

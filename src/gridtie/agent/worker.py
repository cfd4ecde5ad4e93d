"""One thread per run: take it, stage it, start it, carry its output out, and say how it ended."""

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gridtie.agent.data import stage_data
from gridtie.agent.keeper import boot_clock
from gridtie.agent.shipment import RETRY_MAX_S, Shipment
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.staging import checkpoint_of, listing_digest, stage_in
from gridtie.agent.verdict import verdict
from gridtie.client.agent import AgentClient
from gridtie.clock import SystemClock
from gridtie.dispatch.placement import report_to_json
from gridtie.dispatch.run import RunReport
from gridtie.dispatch.site import Site, TaskStart, TaskState
from gridtie.errors import (
    NO_ROOM,
    AgentRejected,
    DataDenied,
    GridtieError,
    InvalidInput,
    NotSignedIn,
    OffsetMismatch,
    SchedulerAway,
    StaleEpoch,
    StorageFull,
    Unreachable,
)
from gridtie.registry.resource import CUTS_NETWORK

log = logging.getLogger("gridtie.agent")
CLOCK = SystemClock()

WATCH_S = 1.0  # how long a quiet run is left alone; its keeper rings when something moves
GATHER_MIN_S, GATHER_MAX_S = 0.01, 0.15  # between two parts of output: soon at first, then more at a time
END_PATIENCE_S = 30.0
NOTE_MAX = 400
FINAL = ("reject", "succeed", "fail", "cancel", "lose")


class RunWorker(threading.Thread):
    """`settings` are the exchange's, as the last hello brought them. Ends when the run is over, no longer ours, or
    the agent stops (`pause`); in the last case the next start of the agent takes it up again."""

    def __init__(
        self, run: RunFolder, *, client: AgentClient, site: Site, spool: Spool, settings: dict[str, Any],
        done: Callable[["RunWorker"], None], lease_until: float, datasets: Path | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name=run.path.name, daemon=True)
        self.folder = run
        self.plan = run.plan
        self._client, self._site, self._spool = client, site, spool
        self._done, self._datasets = done, datasets
        self._lease_until = lease_until
        self._fenced = threading.Event()  # the exchange says: not yours any more
        self._cancelled = threading.Event()
        self._paused = threading.Event()
        self._note = ""  # why it waits, in the site's words
        self._shipment = Shipment(
            run, client=client, site=site, spool=spool, settings=settings, write_down=self._write_down, fence=self.fence
        )

    # ── called by the agent's other threads ───────────────────────────────────────────────────────────────────────
    @property
    def held(self) -> dict[str, Any]:
        held = {"run": self.plan.run, "epoch": self.plan.epoch, "state": self.folder.phase}
        return {**held, "note": self._note[:NOTE_MAX]} if self._note else held

    @property
    def over(self) -> bool:
        """Nothing is left to do or to say: the exchange has heard of its end."""
        return self.folder.phase in ("ended", "done") and not self.folder.unsent

    def renew(self, sent_at: float) -> None:
        """The exchange renewed our lease; `sent_at` is when we asked, on the boot clock."""
        self._lease_until = max(self._lease_until, sent_at + self.plan.lease_stop_us / 1_000_000)
        self._site.renew(self.folder.ranks, self._lease_until)

    def cancel(self) -> None:
        if not self._cancelled.is_set():
            self._cancelled.set()
            self._site.stop(self.folder.ranks, how="cancel")

    def evict(self) -> None:
        """The site wants its machines back: the job may save itself, and goes on elsewhere."""
        self._site.stop(self.folder.ranks, how="evict")

    def fence(self) -> None:
        """Kill it and say nothing: a newer epoch has its place."""
        self._fenced.set()
        self._site.stop(self.folder.ranks, how="kill")

    def pause(self) -> None:
        """Let go without touching the ranks."""
        self._paused.set()

    # ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────
    def run(self) -> None:
        try:
            try:
                self._carry()
            except StaleEpoch as stale:
                log.info("%s: let go: %s", self.name, stale.message)
                self.fence()
                self._give_up()
            except _Paused:
                pass
            except Exception as cause:
                log.exception("%s: unexpected", self.name)
                self._fail_honestly(cause)
        finally:
            self._done(self)

    def _carry(self) -> None:
        if self.folder.phase == "new":
            self._take()
        if self.folder.phase == "staged":
            self._start()
        if self.folder.phase == "submitted":
            self._await_start()
        if self.folder.phase in ("started", "finishing"):
            self._accompany()
        self._send_reports()
        if self.folder.phase == "ended":
            self.folder.phase = "done"
            self._write_down()

    def _take(self) -> None:
        if not self._keeps_data():
            return
        if not self.folder.next_seq:
            self._report("accept")
        try:
            self._patiently(self._stage)
        except StaleEpoch:
            if self._fenced.is_set() or not self._cancelled.is_set():
                raise
        except (GridtieError, OSError) as cause:
            why = self._named(cause)
            if isinstance(why, StorageFull):
                self._spool.make_room(self.folder)
            self._end("reject", reason="site", detail=f"its files could not be staged: {why}")
            return
        for task in self.plan.tasks:  # what it goes on from is no progress of its own: not to be published again
            restored = checkpoint_of(self._spool.home(self.folder, task.rank), room=task.disk_bytes)
            if restored:
                self.folder.checkpoints[str(task.rank)] = listing_digest(restored)
        self.folder.phase = "staged"
        self._write_down()

    def _stage(self) -> None:
        client, spool, folder, wanted = self._client, self._spool, self.folder, lambda: not self._unwanted
        stage_in(client, spool, folder, part_bytes=self._shipment.part_bytes, wanted=wanted)
        stage_data(client, spool, folder, datasets=self._datasets, part_bytes=self._shipment.part_bytes, wanted=wanted)

    def _keeps_data(self) -> bool:
        """Whether this site can run it, when it comes to data that may not leave."""
        if self.plan.release is None or self._site.isolation in CUTS_NETWORK:
            return True
        words = f"its data may not leave, and this site isolates by {self._site.isolation}: it has a network"
        self._end("reject", reason="site", detail=words)
        return False

    @property
    def _unwanted(self) -> bool:
        return self._cancelled.is_set() or self._fenced.is_set()

    def _start(self) -> None:
        if self._fenced.is_set():
            raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer")
        if self._cancelled.is_set():
            self._end("cancel", reason="cancelled")
            return
        if not self._keeps_data():
            return
        secrets: dict[str, str] = {}
        if self.plan.secret_names:
            secrets = self._patiently(lambda: self._client.secrets(self.plan.run, self.plan.epoch))
        if boot_clock() >= self._lease_until:  # staging took longer than the exchange was to be heard
            self._end("lose", reason="lease", detail="its lease ended before it started")
            return
        peers = tuple("127.0.0.1" for _ in self.plan.tasks)
        starts = [
            TaskStart(
                plan=self.plan, task=task, home=self._spool.home(self.folder, task.rank),
                folder=self.folder.rank(task.rank), secrets=secrets, peers=peers,
                devices=tuple(self.folder.devices[number] if self.folder.devices else ()),
                resumed=bool(self.plan.checkpoint), lease_until=self._lease_until,
            )
            for number, task in enumerate(self.plan.tasks)
        ]  # fmt: skip
        try:
            self._hand_over(starts)
        except StaleEpoch:
            raise
        except GridtieError as cause:
            self._give_up_ranks()
            self._end("reject", reason="site", detail=cause.message)
            return
        self.folder.phase = "submitted"
        self._write_down()

    def _hand_over(self, starts: list[TaskStart]) -> None:
        """A scheduler that is away is waited for, as long as the run is wanted."""
        while True:
            try:
                self._site.start(starts)
                return
            except SchedulerAway as away:
                self._note = away.message
                if self._unwanted:
                    raise
                if self._paused.wait(WATCH_S):
                    raise _Paused from away

    def _await_start(self) -> None:
        """Until the site's scheduler has started it; at once where there is none. Money is counted from the start."""
        ranks = self.folder.ranks
        bell = self._site.listen(ranks)
        try:
            while True:
                states = self._site.states(ranks)
                if self._fenced.is_set():
                    raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer")
                if not any(state.state == "waiting" for state in states):
                    break
                if self._paused.is_set():
                    raise _Paused
                self._note = states[0].detail
                bell.wait(WATCH_S)
        finally:
            bell.close()
            self._note = ""
        if any(state.state == "refused" for state in states):
            self._never_started(states)
            return
        self.folder.phase = "started"
        self._report("start")
        self._shipment.put_notice(over=False)

    def _never_started(self, states: list[TaskState]) -> None:
        first = next(state for state in states if state.state == "refused")
        if self._cancelled.is_set() or first.reason == "cancel":
            self._end("cancel", reason="cancelled", detail=first.detail)
        elif first.reason in ("lease", "preempted"):
            self._end("lose", reason=first.reason, detail=first.detail)
        else:
            self._end("reject", reason="site", detail=first.detail)

    def _accompany(self) -> None:
        """Until every rank has ended. Output leaves as it comes; one failed rank ends the others."""
        ranks = self.folder.ranks
        bell = self._site.listen(ranks)
        gather = GATHER_MIN_S
        try:
            while True:
                states = self._site.states(ranks)
                moved = self._shipment.logs()
                if self._fenced.is_set():
                    raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer")
                if not any(state.alive for state in states):
                    break
                self._stop_together(states)
                if self._paused.is_set():
                    raise _Paused
                if all(state.state == "ready" for state in states):
                    self._site.release(ranks)
                self._shipment.look_for_checkpoints()
                gather = min(gather * 1.5, GATHER_MAX_S) if moved else GATHER_MIN_S
                if moved:
                    time.sleep(gather)
                else:
                    bell.wait(min(WATCH_S, self.plan.checkpoint_sync_us / 1_000_000))
        finally:
            bell.close()
        self._conclude(states)

    def _stop_together(self, states: list[TaskState]) -> None:
        if any(s.state == "gone" or (s.state == "ended" and (s.exit_code or s.reason)) for s in states):
            left = [rank for rank, s in zip(self.folder.ranks, states, strict=True) if s.alive]
            self._site.stop(left, how="cancel")

    def _conclude(self, states: list[TaskState]) -> None:
        """Everything out first, the verdict last: who hears of success finds the results there."""
        event, reason, code = verdict(states, cancelled=self._cancelled.is_set())
        detail = "" if event == "succeed" else next((state.detail for state in states if state.detail), "")
        if event != "lose" and self.folder.phase == "started":
            self.folder.phase = "finishing"
            self._report("finish", states=states)
        if self.plan.release is None:
            detail = self._ship_rest() or detail
        if event != "lose":
            try:
                self._shipment.await_publisher()
                self._patiently(self._shipment.checkpoints)
                left_out = self._patiently(self._shipment.outputs)
                detail = "; ".join(self._shipment.refused) or detail
                if left_out:
                    detail = f"{left_out:,} more output files, or larger ones, than one run may send were left out"
                elif event == "succeed" and (missing := self._shipment.missing_outputs()):
                    detail = f"outputs that were not there: {', '.join(missing)[:500]}"
            except StaleEpoch:
                raise
            except DataDenied as denied:  # by the terms of its data: no fault of this site, and nothing to do elsewhere
                detail = f"its results stay here: {denied.message}"
                if event == "succeed":
                    event, reason, code = "cancel", "cancelled", None
            except (GridtieError, OSError) as cause:
                detail = f"its results could not be sent: {self._named(cause)}"
                log.warning("%s: %s", self.name, detail)
                if event == "succeed":
                    event, reason, code = "lose", "site", None
        if self.plan.release is not None:
            self._shipment.put_notice(over=True)
            detail = self._ship_rest() or detail
        self._end(event, reason=reason, exit_code=code, detail=detail, states=states)

    def _ship_rest(self) -> str:
        """The rest of its output; what went wrong."""
        try:
            self._patiently(self._shipment.all_logs)
        except (OffsetMismatch, InvalidInput, OSError) as cause:
            return f"the end of its output could not be sent: {cause}"
        return ""

    def _give_up(self) -> None:
        """After fencing: nothing of the run may be left when we forget it, and there is nothing more to say."""
        self._give_up_ranks()
        self.folder.unsent.clear()
        self.folder.phase = "done"
        with contextlib.suppress(OSError):
            self.folder.save()

    def _give_up_ranks(self) -> None:
        self._site.stop(self.folder.ranks, how="kill")
        deadline = time.monotonic() + END_PATIENCE_S
        while any(s.alive for s in self._site.states(self.folder.ranks)) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _fail_honestly(self, cause: Exception) -> None:
        """Something we did not foresee: the run is lost by this site, and it must be told so."""
        self._give_up_ranks()
        event = "lose" if self.folder.next_seq else "reject"
        try:
            self._end(event, reason="site", detail=f"the agent failed: {type(cause).__name__}")
        except Exception as again:  # noqa: BLE001  the exchange finds out by the lease then
            log.error("%s: could not be reported either: %s", self.name, again)
        self.folder.phase = "done"

    # ── reports ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _report(self, event: str, *, states: list[TaskState] | None = None, **fields: Any) -> None:
        """Written down before it is sent, so that a crash neither loses nor doubles it."""
        used = states or []
        ended = max((state.ended for state in used), default=0.0)  # perhaps long ago, when the line was down
        late_s = max(0.0, boot_clock() - ended) if ended else 0.0
        at, marks = CLOCK.now() - timedelta(seconds=late_s), self.folder.marks
        if ended and "begun_at" in marks:  # an agent that began again may have another wall clock: not so this one
            at = datetime.fromtimestamp(marks["begun_at"] + ended - marks["begun_min"], UTC)
        report = RunReport(
            seq=self.folder.next_seq,
            event=event,
            at=at,
            cpu_us=sum(s.cpu_us for s in used),
            memory_peak_bytes=max((s.memory_peak_bytes for s in used), default=0),
            **fields,
        )
        self.folder.unsent.append(report_to_json(report))
        self.folder.next_seq += 1
        if event == "start":
            self.folder.marks |= {"begun_min": boot_clock(), "begun_at": report.at.timestamp()}
        if event in ("finish", *FINAL):
            self.folder.marks.setdefault("ended_min", boot_clock() - late_s)
        self._write_down()
        self._send_reports()

    def _named(self, cause: GridtieError | OSError) -> GridtieError | OSError:
        """A full disk by the name that says what to do."""
        full = isinstance(cause, OSError) and cause.errno in NO_ROOM
        return StorageFull(reason=str(cause), path=self._spool.folder) if full else cause

    def _write_down(self) -> None:
        """Waits for room on a full disk, for what is not written may not be said; the ranks go on meanwhile."""
        told = False
        while True:
            try:
                self.folder.save()
                break
            except OSError as cause:
                if cause.errno not in NO_ROOM:
                    raise
                self._note = str(self._named(cause))
                if not told:
                    log.warning("%s: waits: %s", self.name, self._note)
                told = True
                if self._fenced.is_set():
                    raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer") from cause
                if self._paused.wait(WATCH_S):
                    raise _Paused from cause
        if told:
            self._note = ""

    def _end(self, event: str, *, states: list[TaskState] | None = None, **fields: Any) -> None:
        self.folder.phase = "ended"
        self._report(event, states=states, **fields)
        log.info("%s: %s %s", self.name, event, fields.get("detail") or fields.get("reason", ""))

    def _send_reports(self) -> None:
        """Until the exchange has them all, or says that the run is not ours."""

        def once() -> None:
            while self.folder.unsent:
                sent = {event["event"] for event in self.folder.unsent}
                following = self._client.report(self.plan.run, self.plan.epoch, self.folder.unsent)
                self.folder.unsent = [event for event in self.folder.unsent if event["seq"] >= following]
                if "start" in sent:
                    self.folder.marks["begun_max"] = boot_clock()
                if sent & {"finish", *FINAL}:
                    self.folder.marks.setdefault("ended_max", boot_clock())
            self._write_down()

        if self.folder.unsent:
            self._patiently(once)

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """Again and again while the exchange cannot be reached, with full jitter; other errors are the caller's."""
        pause = 0.2
        while True:
            try:
                return work()
            except (Unreachable, NotSignedIn) as cause:
                if isinstance(cause, AgentRejected):
                    raise
                if self._fenced.is_set():
                    raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer") from cause
                wait = random.uniform(0.05, pause)  # noqa: S311  jitter
                log.info("%s: waits %.1f s: %s", self.name, wait, cause.message)
                if self._paused.wait(wait):
                    raise _Paused from cause
                pause = min(pause * 2, RETRY_MAX_S)


class _Paused(Exception):
    """The agent stops; the run goes on under its keepers."""

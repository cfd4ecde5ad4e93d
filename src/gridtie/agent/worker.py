"""One thread per run: take it, stage it, start it, carry its output out, and say how it ended."""

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gridtie.agent.keeper import boot_clock
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.staging import checkpoint_of, listing_digest, outputs_of, send, stage_in
from gridtie.client.agent import AgentClient
from gridtie.dispatch.placement import report_to_json
from gridtie.dispatch.run import RunReport
from gridtie.dispatch.site import Site, TaskStart, TaskState
from gridtie.errors import GridtieError, OffsetMismatch, StaleEpoch, Unreachable

log = logging.getLogger("gridtie.agent")

SITE_FAULTS = frozenset({"lease", "sandbox", "site", "agent_restart"})
PAUSE_MIN_S, PAUSE_MAX_S = 0.01, 0.25
RETRY_MAX_S = 10.0


class RunWorker(threading.Thread):
    """`settings` are the exchange's, as the last hello brought them. Ends when the run is done or no longer ours."""

    def __init__(
        self, run: RunFolder, *, client: AgentClient, site: Site, spool: Spool, settings: dict[str, Any],
        done: Callable[["RunWorker"], None],
    ) -> None:  # fmt: skip
        super().__init__(name=run.path.name, daemon=True)
        self.folder = run
        self.plan = run.plan
        self._client, self._site, self._spool, self._settings = client, site, spool, settings
        self._done = done
        self._fenced = threading.Event()  # the exchange says: not yours any more
        self._cancelled = threading.Event()
        self._wake = threading.Event()
        self._checkpointed = 0.0

    # ── called by the agent's main thread ─────────────────────────────────────────────────────────────────────────
    @property
    def held(self) -> dict[str, Any]:
        return {"run": self.plan.run, "epoch": self.plan.epoch, "state": self.folder.phase}

    @property
    def over(self) -> bool:
        """Nothing is left to do or to say: the exchange has heard of its end."""
        return self.folder.phase in ("ended", "done") and not self.folder.unsent

    def renew(self, sent_at: float) -> None:
        """The exchange renewed our lease; `sent_at` is when we asked, on the boot clock."""
        self._site.renew(self._ranks(), sent_at + self.plan.lease_stop_us / 1_000_000)

    def cancel(self) -> None:
        if not self._cancelled.is_set():
            self._cancelled.set()
            self._site.stop(self._ranks(), how="cancel")
            self._wake.set()

    def fence(self) -> None:
        """Kill it and say nothing: a newer epoch has its place."""
        self._fenced.set()
        self._site.stop(self._ranks(), how="kill")
        self._wake.set()

    # ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────
    def run(self) -> None:
        try:
            self._carry()
        except StaleEpoch as stale:
            log.info("%s: %s", self.name, stale.message)
            self.fence()
            self._await_end()
        except Exception:  # the outermost loop of a run: its fault must not take the agent along
            log.exception("%s: unexpected", self.name)
            self._site.stop(self._ranks(), how="kill")
        finally:
            self._done(self)

    def _carry(self) -> None:
        if self.folder.phase == "new":
            self._take()
        if self.folder.phase == "staged":
            self._start()
        if self.folder.phase == "started":
            self._accompany()
        self._send_reports()
        if self.folder.phase == "ended" and not self.folder.unsent:
            self.folder.phase = "done"
            self.folder.save()

    def _take(self) -> None:
        self._report("accept")
        try:
            self._patiently(lambda: stage_in(self._client, self._spool, self.folder, part_bytes=self._part))
        except StaleEpoch:
            raise
        except (GridtieError, OSError) as cause:
            self._end("reject", reason="site", detail=f"its files could not be staged: {cause}")
            return
        self.folder.phase = "staged"
        self.folder.save()

    def _start(self) -> None:
        if self._cancelled.is_set():
            self._end("cancel", reason="cancelled")
            return
        secrets: dict[str, str] = {}
        if self.plan.secret_names:
            secrets = self._patiently(lambda: self._client.secrets(self.plan.run, self.plan.epoch))
        peers = tuple("127.0.0.1" for _ in self.plan.tasks)
        starts = [
            TaskStart(
                plan=self.plan, task=task, home=self._spool.home(self.folder, task.rank),
                folder=self.folder.rank(task.rank), secrets=secrets, peers=peers,
                devices=tuple(self.folder.devices[task.rank] if self.folder.devices else ()),
                resumed=bool(self.plan.checkpoint),
            )
            for task in self.plan.tasks
        ]  # fmt: skip
        self.renew(boot_clock())
        try:
            self._site.start(starts)
        except GridtieError as cause:
            self._site.stop(self._ranks(), how="kill")
            self._end("reject", reason="site", detail=cause.message)
            return
        self.folder.phase = "started"
        self.folder.begun = datetime.now(UTC).isoformat()
        self.folder.save()
        self._report("start")

    def _accompany(self) -> None:
        """Until every rank has ended. Output leaves as it comes; one failed rank ends the others."""
        pause = PAUSE_MIN_S
        while True:
            states = self._site.states(self._ranks())
            moved = self._ship_logs()
            if not self._fenced.is_set():
                self._ship_checkpoints()
            failed = [s for s in states if s.state == "gone" or (s.state == "ended" and (s.exit_code or s.reason))]
            if failed and any(s.state == "running" for s in states):
                self._site.stop(
                    [f for f, s in zip(self._ranks(), states, strict=True) if s.state == "running"], how="cancel"
                )
            if all(s.state != "running" for s in states):
                break
            pause = PAUSE_MIN_S if moved else min(pause * 1.3, PAUSE_MAX_S)
            self._wake.wait(pause)
            self._wake.clear()
        if self._fenced.is_set():
            self.folder.phase = "ended"
            self.folder.unsent.clear()
            self.folder.save()
            return
        self._conclude(states)

    def _conclude(self, states: list[TaskState]) -> None:
        """Everything out first, the verdict last: who hears of success finds the results there."""
        event, reason, code = verdict(states, cancelled=self._cancelled.is_set())
        if event in ("succeed", "fail", "cancel"):
            self._report("finish", states=states)
        while self._ship_logs():
            pass
        if event != "lose":
            try:
                self._ship_checkpoints(now=True)
                self._patiently(self._ship_outputs)
            except StaleEpoch:
                raise
            except (GridtieError, OSError) as cause:
                if event == "succeed":
                    event, reason, code = "lose", "site", 0
                log.warning("%s: results could not be sent: %s", self.name, cause)
        self._end(event, reason=reason, exit_code=code, states=states)

    def _await_end(self) -> None:
        """After fencing: nothing of the run may be left when we forget it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if all(s.state != "running" for s in self._site.states(self._ranks())):
                break
            time.sleep(0.05)
        self.folder.phase = "done"
        self.folder.unsent.clear()
        self.folder.save()

    # ── what travels ──────────────────────────────────────────────────────────────────────────────────────────────
    def _ship_logs(self) -> bool:
        """Sends what each rank printed since the last time; True when there was anything."""
        moved = False
        for task in self.plan.tasks:
            rank, path = str(task.rank), self.folder.rank(task.rank) / "log"
            offset = self.folder.log_offsets.get(rank, 0)
            try:
                with path.open("rb") as file:
                    file.seek(offset)
                    part = file.read(self._settings["log_chunk_bytes"])
            except OSError:
                continue
            if not part:
                continue
            try:
                following = self._client.log(self.plan.run, task.rank, self.plan.epoch, offset, part)
            except OffsetMismatch as mismatch:
                following = int(str(mismatch.params["expected"]))
            except (Unreachable, OSError):
                time.sleep(0.2)
                return False
            self.folder.log_offsets[rank] = following
            moved = True
        return moved

    def _ship_checkpoints(self, *, now: bool = False) -> None:
        """Publishes what changed in the checkpoint folders, every so often."""
        every = self.plan.checkpoint_sync_us / 1_000_000
        if not now and time.monotonic() - self._checkpointed < every:
            return
        self._checkpointed = time.monotonic()
        for task in self.plan.tasks:
            files = checkpoint_of(self._spool.home(self.folder, task.rank))
            state = listing_digest(files)
            if not files or self.folder.checkpoints.get(str(task.rank)) == state:
                continue
            try:
                rows = send(self._client, self._spool, files, part_bytes=self._part)
                if rows:
                    self.folder.checkpoint_sequence += 1
                    self._publish("checkpoint", task.rank, self.folder.checkpoint_sequence, rows)
                    self.folder.checkpoints[str(task.rank)] = state
                    self.folder.save()
            except (Unreachable, OSError) as cause:
                log.warning("%s: checkpoint not sent yet: %s", self.name, cause)

    def _ship_outputs(self) -> None:
        for task in self.plan.tasks:
            files = outputs_of(self._spool.home(self.folder, task.rank), self.plan.outputs)
            if files:
                rows = send(self._client, self._spool, files, part_bytes=self._part)
                self._publish("output", task.rank, 0, rows)

    def _publish(self, kind: str, rank: int, sequence: int, rows: list[dict[str, Any]]) -> None:
        document = {"epoch": self.plan.epoch, "kind": kind, "rank": rank, "sequence": sequence, "files": rows}
        self._client.publish(self.plan.run, document)

    # ── reports ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _report(self, event: str, *, states: list[TaskState] | None = None, **fields: Any) -> None:
        """Written down before it is sent, so that a crash neither loses nor doubles it."""
        used = states or []
        report = RunReport(
            seq=self.folder.next_seq,
            event=event,
            at=datetime.now(UTC),
            cpu_us=sum(s.cpu_us for s in used),
            memory_peak_bytes=max((s.memory_peak_bytes for s in used), default=0),
            **fields,
        )
        self.folder.unsent.append(report_to_json(report))
        self.folder.next_seq += 1
        self.folder.save()
        self._send_reports()

    def _end(self, event: str, *, states: list[TaskState] | None = None, **fields: Any) -> None:
        self.folder.phase = "ended"
        self._report(event, states=states, **fields)
        log.info("%s: %s %s", self.name, event, fields.get("detail") or fields.get("reason", ""))

    def _send_reports(self) -> None:
        """Until the exchange has them all, or says that the run is not ours."""

        def once() -> None:
            while self.folder.unsent:
                following = self._client.report(self.plan.run, self.plan.epoch, self.folder.unsent)
                self.folder.unsent = [event for event in self.folder.unsent if event["seq"] >= following]
            self.folder.save()

        self._patiently(once)

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """Again and again while the exchange cannot be reached, with full jitter; other errors are the caller's."""
        pause = 0.1
        while True:
            try:
                return work()
            except Unreachable as cause:
                if self._fenced.is_set():
                    raise StaleEpoch(noun="run", key=self.plan.run, given=self.plan.epoch, current="newer") from cause
                log.info("%s: waits for the exchange: %s", self.name, cause.message)
                time.sleep(random.uniform(0, pause))  # noqa: S311  jitter
                pause = min(pause * 2, RETRY_MAX_S)

    def _ranks(self) -> list[Any]:
        return [self.folder.rank(task.rank) for task in self.plan.tasks]

    @property
    def _part(self) -> int:
        return int(self._settings.get("blob_part_bytes", 4 << 20))


def verdict(states: list[TaskState], *, cancelled: bool) -> tuple[str, str, int | None]:
    """(event, reason, exit code) of a run from how its ranks ended. A fault of the site outweighs all others."""
    if any(state.state == "gone" for state in states):
        return "lose", "agent_restart", None
    faults = [state for state in states if state.reason in SITE_FAULTS]
    if faults:
        return "lose", faults[0].reason, None
    own = [state for state in states if (state.exit_code or state.reason) and state.reason != "cancel"]
    if own and not cancelled:
        return "fail", own[0].reason or "exit", own[0].exit_code
    if cancelled or any(state.reason == "cancel" for state in states):
        return "cancel", "cancelled", states[0].exit_code
    return "succeed", "", 0

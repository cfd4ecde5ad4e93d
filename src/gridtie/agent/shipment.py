"""What leaves a run: its output, its checkpoints and its results, or a notice where its data may not leave."""

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from gridtie.agent.gate import Gate, notice
from gridtie.agent.keeper import boot_clock
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.staging import STABLE_TRIES, checkpoint_of, listing_digest, outputs_of, send
from gridtie.agent.threads import begin
from gridtie.client.agent import AgentClient
from gridtie.dispatch.run import RunTask
from gridtie.dispatch.site import Site
from gridtie.errors import AgentRejected, GridtieError, LocalFault, OffsetMismatch, StaleEpoch

log = logging.getLogger("gridtie.agent")

RETRY_MAX_S = 10.0


class Shipment:
    """`write_down` keeps what was sent, so that it is not sent again after a crash; `fence` is called when the exchange
    says in the middle of it that the run is not ours any more."""

    def __init__(
        self, run: RunFolder, *, client: AgentClient, site: Site, spool: Spool, settings: dict[str, Any],
        write_down: Callable[[], None], fence: Callable[[], None],
    ) -> None:  # fmt: skip
        self._folder, self._plan, self._name = run, run.plan, run.path.name
        self._client, self._site, self._spool, self._settings = client, site, spool, settings
        self._write_down, self._fence = write_down, fence
        self._publisher: threading.Thread | None = None
        self._checkpointed = time.monotonic()
        self._saved: dict[int, tuple[str, int | None]] = {}  # rank → newest checkpoint seen, and how long it had run
        self._log_after = 0.0
        self._log_pause = 0.0
        self.refused: list[str] = []  # what of its outputs may not leave

    @property
    def part_bytes(self) -> int:
        return int(self._settings.get("blob_part_bytes", 4 << 20))

    def logs(self) -> bool:
        """Sends what each rank printed since the last time; True when there was anything. Waits for nobody."""
        if time.monotonic() < self._log_after:
            return False
        try:
            moved = self._log_part()
            self._log_pause = 0.0
            return moved
        except (StaleEpoch, AgentRejected):
            raise
        except (GridtieError, OSError) as cause:
            self._log_pause = min(max(0.2, self._log_pause * 2), RETRY_MAX_S)
            self._log_after = time.monotonic() + random.uniform(0.1, self._log_pause)  # noqa: S311  jitter
            log.info("%s: its output waits: %s", self._name, cause)
            return False

    def all_logs(self) -> None:
        while self._log_part():
            pass

    def _log_part(self) -> bool:
        moved = False
        for task in self._plan.tasks:
            file_name = "log" if self._plan.release is None else "notice"
            rank, path = str(task.rank), self._folder.rank(task.rank) / file_name
            offset = self._folder.log_offsets.get(rank, 0)
            try:
                with path.open("rb") as file:
                    file.seek(offset)
                    part = file.read(int(self._settings["log_chunk_bytes"]))
            except FileNotFoundError:
                continue
            if not part:
                continue
            try:
                following = self._client.log(self._plan.run, task.rank, self._plan.epoch, offset, part)
            except OffsetMismatch as mismatch:
                following = int(str(mismatch.params["expected"]))
                if following == offset:
                    raise
            self._folder.log_offsets[rank] = following
            moved = True
        return moved

    def look_for_checkpoints(self) -> None:
        """Every so often, in a thread of its own while one is sent: a large checkpoint must not hold up the output."""
        if self._plan.release is not None:
            return
        if time.monotonic() - self._checkpointed < self._plan.checkpoint_sync_us / 1_000_000:
            return
        if self._publisher is not None and self._publisher.is_alive():
            return
        self._checkpointed = time.monotonic()
        if any(self._fresh_checkpoint(task) for task in self._plan.tasks):
            publisher = threading.Thread(target=self._publish_quietly, name=f"{self._name}-files", daemon=True)
            try:
                begin(publisher)
            except LocalFault as cause:
                log.warning("%s: checkpoint not sent yet: %s", self._name, cause)
            else:
                self._publisher = publisher

    def _publish_quietly(self) -> None:
        try:
            self.checkpoints()
        except StaleEpoch:
            self._fence()
        except (GridtieError, OSError) as cause:
            log.warning("%s: checkpoint not sent yet: %s", self._name, cause)

    def await_publisher(self) -> None:
        if self._publisher is not None:
            self._publisher.join()

    def _fresh_checkpoint(self, task: RunTask) -> bool:
        files = checkpoint_of(self._spool.home(self._folder, task.rank), room=task.disk_bytes)
        return bool(files) and self._folder.checkpoints.get(str(task.rank)) != listing_digest(files)

    def checkpoints(self) -> None:
        """Publishes what changed in the checkpoint folders; a listing that changes under our hands is read again. None
        of data that may not leave: it goes on from where it began."""
        if self._plan.release is not None:
            return
        for task in self._plan.tasks:
            home = self._spool.home(self._folder, task.rank)
            for _ in range(STABLE_TRIES):
                if not self._fresh_checkpoint(task):
                    break
                ran_us = self._ran_us(task)
                files = checkpoint_of(home, room=task.disk_bytes)
                state = listing_digest(files)
                if self._saved.get(task.rank, ("", None))[0] != state:  # else it was saved when we first saw it
                    self._saved[task.rank] = state, ran_us
                rows = send(self._client, self._spool, home / "checkpoints", files, part_bytes=self.part_bytes)
                if not rows or listing_digest(checkpoint_of(home, room=task.disk_bytes)) != state:
                    continue
                self._folder.checkpoint_sequence += 1
                self._publish("checkpoint", task.rank, self._folder.checkpoint_sequence, rows)
                self._folder.checkpoints[str(task.rank)] = state
                self._write_down()
                log.info(
                    "%s: rank %d checkpoint %d published",
                    self._name,
                    task.rank,
                    self._folder.checkpoint_sequence,
                )

    def _ran_us(self, task: RunTask) -> int | None:
        """How long the run has run for this rank; what it saved by now was saved by then. None when nobody knows, for
        an older agent began it."""
        if "begun_min" not in self._folder.marks:
            return None
        until = boot_clock()
        [state] = self._site.states([self._folder.rank(task.rank)])
        if state.state == "ended":
            until = min(until, state.ended)
        return max(0, round((until - self._folder.marks["begun_min"]) * 1_000_000))

    def outputs(self) -> int:
        """How many files were too many."""
        left_out = 0
        gate = None if self._plan.release is None else Gate(self._plan.release, self._plan.outputs)
        for task in self._plan.tasks:
            home = self._spool.home(self._folder, task.rank)
            files, more = outputs_of(home, self._plan.outputs, room=task.disk_bytes)
            left_out += more
            if files:
                rows = send(
                    self._client, self._spool, home / "sky_workdir", files, part_bytes=self.part_bytes, gate=gate
                )
                self._publish("output", task.rank, 0, rows)
        self.refused = [] if gate is None else gate.refused
        return left_out

    def missing_outputs(self) -> list[str]:
        """What the job declared as output and no rank left anything of."""
        places = [(self._spool.home(self._folder, task.rank), task.disk_bytes) for task in self._plan.tasks]
        left = {
            name: any(outputs_of(home, [name], room=room)[0] for home, room in places) for name in self._plan.outputs
        }
        return [name for name, any_of_it in left.items() if not any_of_it]

    def _publish(self, kind: str, rank: int, sequence: int, rows: list[dict[str, Any]]) -> None:
        document = {
            "epoch": self._plan.epoch, "kind": kind, "rank": rank, "sequence": sequence, "files": rows, "final": True
        }  # fmt: skip
        if kind == "checkpoint":
            document["ran_us"] = self._saved[rank][1]
        self._client.publish(self._plan.run, document)

    def put_notice(self, *, over: bool) -> None:
        """What is sent instead of the output of a rank whose data may not leave."""
        if self._plan.release is None:
            return
        for rank in self._folder.ranks:
            text = notice([rank / "log"] if over else [], self.refused)
            with contextlib.suppress(OSError):
                (rank / "notice").write_text(text, encoding="utf-8")

"""The agent: says hello, then syncs for as long as it lives. It only ever calls out."""

import contextlib
import fcntl
import logging
import os
import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gridtie import __version__
from gridtie.adapters.signers.ed25519 import verify
from gridtie.agent.declaration import SiteConfig
from gridtie.agent.keeper import boot_clock
from gridtie.agent.receipts import objection
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.threads import begin
from gridtie.agent.visit import Visit
from gridtie.agent.worker import NOTE_MAX, RunWorker
from gridtie.client.agent import AgentClient
from gridtie.client.transport import Transport
from gridtie.dispatch.placement import plan_from_json
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import Site
from gridtie.errors import AgentRejected, CallRepeated, GridtieError, LocalFault, NotSignedIn, StorageFull, Unreachable
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, Signer, decode
from gridtie.metering.receipt import check_receipt
from gridtie.registry.parts import share_of
from gridtie.registry.site import PROTOCOL, boot_of

log = logging.getLogger("gridtie.agent")

PENDING_POLL_S = 2.0
BACKOFF_FIRST_S, BACKOFF_MAX_S = 1.0, 60.0
REPEATED_MAX_S = 1.0  # the exchange is there: a longer rest would only cost leases
UNEXPECTED_S = 1.0
UNSIGNED_MAX = 3  # refused signatures in a row after which we stop: our key or clock of calls is wrong
STOP_PATIENCE_S = 5.0
EVICT_PATIENCE_S = 60.0


@dataclass
class Agent:
    """One site's agent. `run` returns after `stop`; what runs stays under its keepers then, or is evicted first."""

    config: SiteConfig
    transport: Transport
    signer: Signer
    site: Site
    spool: Spool
    declare: Callable[[], dict[str, Any]] | None = None  # what every hello says; None: the host, as configured

    def __post_init__(self) -> None:
        boot = boot_of(self.spool.count_start(), secrets.token_hex(16))
        self._client = AgentClient(self.transport, self.signer, site=self.config.site, boot=boot)
        self._workers: dict[tuple[str, int], RunWorker] = {}
        self._lock = threading.Lock()
        self._settings: dict[str, Any] = {"log_chunk_bytes": 65536, "blob_part_bytes": 4 << 20}
        self._stopping = threading.Event()
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._adopted: list[RunFolder] = []
        self._refused: set[str] = set()
        self._visits: set[str] = set()
        self._cards: dict[str, int] = {}  # of machines that are a card which is lent in parts

    def stop(self) -> None:
        self._stopping.set()

    def run(self, *, once: bool = False, stop_jobs: bool = False) -> None:
        """Hello until the site is active, then sync after sync. Raises AgentRejected when the exchange is done with us.

        The syncing is done in a thread, so that a held call never delays a stop. It renews the leases, and so it is
        the last to end.
        """
        self._adopted = self._left_behind()
        syncing = threading.Thread(target=self._talk, args=(once,), name="sync", daemon=True)
        syncing.start()
        while not self._stopping.wait(0.5 if once else 3600.0) and not self._over.is_set():
            pass
        if stop_jobs:
            self._evict()
        self._let_go()
        if self._failure is not None:
            raise self._failure

    # ── talking ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _talk(self, once: bool) -> None:
        try:
            self._talk_until_stopped(once)
        except BaseException as cause:  # noqa: BLE001  carried to the main thread, which raises it
            self._failure = cause
        finally:
            self._over.set()
            self._stopping.set()

    def _talk_until_stopped(self, once: bool) -> None:
        greeted, unsigned, pause = False, 0, BACKOFF_FIRST_S
        while not self._over.is_set():
            try:
                if greeted:
                    self._sync(hold=not once)
                else:
                    greeted = self._greet()
                unsigned, pause = 0, BACKOFF_FIRST_S
                if once and greeted and not self._workers:
                    return
                if once:
                    self._over.wait(0.2)
            except AgentRejected:
                log.error("the exchange refuses this agent; it stops. Runs end when their leases do")
                raise
            except CallRepeated as twice:  # not held against us: the next call has a new number
                wait = random.uniform(0.05, REPEATED_MAX_S)  # noqa: S311  full jitter
                log.warning("waits %.1f s: %s", wait, twice.message)
                self._over.wait(wait)
            except NotSignedIn as refused:
                unsigned += 1
                if unsigned >= UNSIGNED_MAX:
                    raise
                log.warning("%s; says hello again", refused.message)
                greeted = False
            except (Unreachable, OSError) as away:
                wait = random.uniform(0.05, pause)  # noqa: S311  full jitter
                log.warning("waits %.1f s: %s; %d run(s) go on", wait, away, len(self._workers))
                self._over.wait(wait)
                pause = min(pause * 2, BACKOFF_MAX_S)
            except GridtieError as error:
                log.warning("waits 1 s: %s (%s)", error.message, error.code)
                self._over.wait(1.0)
            except Exception:
                if once:
                    raise
                log.exception("unexpected; waits %.0f s, %d run(s) go on", UNEXPECTED_S, len(self._workers))
                self._over.wait(UNEXPECTED_S)  # a fault of ours in one call must not end every run of this site

    def _greet(self) -> bool:
        """True once the site is active; until then the operator has still to compare our fingerprint."""
        sent = boot_clock()
        declared = self.declare() if self.declare is not None else self.config.declaration()
        self._cards = {
            machine["name"]: card
            for pool in declared["resources"]
            if share_of(pool["chip"]) > 1
            for card, machine in enumerate(pool["machines"])
        }
        answer = self._client.hello({"version": __version__, "protocol": PROTOCOL, **declared, "held": self._held()})
        self._settings.update(answer["settings"])
        self._obey(answer, sent)
        if answer["state"] in ("active", "draining"):
            log.info("site %s is %s, isolation %s", answer["site_name"], answer["state"], self.site.isolation)
            return True
        why = f": {answer['reason']}" if answer.get("reason") else ""
        log.info("site %s is %s%s; waits until it is let in", answer["site_name"], answer["state"], why)
        self._over.wait(PENDING_POLL_S if answer["state"] == "pending" else 10.0)
        return False

    def _sync(self, *, hold: bool) -> None:
        sent = boot_clock()
        answer = self._client.sync(self._held(), hold=hold, capacity=self._capacity())
        self._obey(answer, sent)
        for order in answer["cancel"]:
            self._attempt("cancel", partial(self._with, order, RunWorker.cancel))
        if not self._stopping.is_set():
            for plan in answer["assignments"]:
                self._attempt("assignment", partial(self._take, plan, sent))
        for order in answer.get("sessions", ()):
            self._attempt("session", partial(self._admit, order))
        for envelope in answer["receipts"]:
            self._attempt("receipt", partial(self._sign, envelope))

    def _capacity(self) -> dict[str, Any] | None:
        """What a site shared with others can lend now; None where the exchange can reckon it itself."""
        found = self.site.capacity()
        if found is None:
            return None
        machines = {name: [r.cpus, r.memory_bytes, r.accelerators] for name, r in found.machines.items()}
        return {"machines": machines, "queue_wait_s": found.queue_wait_s, "note": found.note[:NOTE_MAX]}

    def _obey(self, answer: dict[str, Any], sent: float) -> None:
        """What is not ours any more ends; what is goes on, also what an earlier life of this agent began."""
        for order in answer["kill"]:
            log.info("%s epoch %s: not ours any more: %s", order["run"], order["epoch"], order["reason"])
            for folder in [f for f in self._adopted if f.plan.run == order["run"] and f.plan.epoch == order["epoch"]]:
                self._attempt("its end", partial(self._take_up, folder, 0.0))
            self._with(order, RunWorker.fence)
        keep = set(answer["keep"])
        with self._lock:
            workers = [worker for worker in self._workers.values() if worker.plan.run in keep]
        for worker in workers:
            worker.renew(sent)
        for folder in [folder for folder in self._adopted if folder.plan.run in keep]:
            log.info("%s: taken up again (%s)", folder.path.name, folder.phase)
            lease_until = sent + folder.plan.lease_stop_us / 1_000_000
            self._attempt("taking it up", partial(self._take_up, folder, lease_until))

    def _take_up(self, folder: RunFolder, lease_until: float) -> None:
        """What cannot be begun stays among the adopted: the next sync tries again."""
        self._begin(folder, lease_until)
        self._adopted.remove(folder)

    def _attempt(self, what: str, act: Callable[[], None]) -> None:
        """One order that cannot be carried out must not hold up the others."""
        try:
            act()
        except (AgentRejected, NotSignedIn, Unreachable):
            raise
        except (GridtieError, OSError) as cause:
            log.warning("%s not carried out: %s", what, cause)

    def _held(self) -> list[dict[str, Any]]:
        with self._lock:
            held = [worker.held for worker in self._workers.values() if not worker.over]
        return held + [{"run": f.plan.run, "epoch": f.plan.epoch, "state": f.phase} for f in self._adopted]

    def _with(self, order: dict[str, Any], act: Callable[[RunWorker], None]) -> None:
        with self._lock:
            worker = self._workers.get((order["run"], order["epoch"]))
        if worker is not None:
            act(worker)

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _left_behind(self) -> list[RunFolder]:
        """Runs of an earlier life of this agent. They are taken up once the exchange has said what to keep."""
        found = []
        for folder in self.spool.all():
            if folder.phase == "done":
                self._forget(folder)
            else:
                found.append(folder)
        return found

    def _take(self, assignment: dict[str, Any], sent: float) -> None:
        plan = plan_from_json(assignment)
        with self._lock:
            if (plan.run, plan.epoch) in self._workers:
                return
        if self.spool.finished(plan.run):  # an answer that was long under way: it would run a second time
            return
        log.info("%s: assigned, %d rank(s) of %s", plan.run, len(plan.tasks), plan.job_name)
        try:
            folder = self.spool.open(plan)
        except OSError as cause:
            raise StorageFull(reason=str(cause), path=self.spool.folder) from cause
        if folder.next_seq == 0:
            folder.devices = self._devices(plan)
        self._begin(folder, sent + plan.lease_stop_us / 1_000_000)

    def _admit(self, order: dict[str, Any]) -> None:
        """Somebody enters a run of ours; a session that is worked on already is told of until its first call."""
        if order["session"] in self._visits:
            return
        with self._lock:
            worker = self._workers.get((order["run"], order["epoch"]))
        closed = worker is None or worker.plan.release is not None  # nobody enters beside data that may not leave
        folder = None if worker is None or closed else worker.folder.rank(int(order["rank"]))
        self._visits.add(order["session"])
        visit = Visit(order, folder, client=self._client, site=self.site, done=self._visits.discard)
        try:
            begin(visit)
        except LocalFault:
            self._visits.discard(order["session"])
            raise

    def _begin(self, folder: RunFolder, lease_until: float) -> RunWorker:
        worker = RunWorker(
            folder, client=self._client, site=self.site, spool=self.spool, settings=self._settings,
            done=self._ended, lease_until=lease_until, datasets=self.config.datasets_folder,
        )  # fmt: skip
        if lease_until:
            self.site.renew(folder.ranks, lease_until)
        with self._lock:
            self._workers[folder.plan.run, folder.plan.epoch] = worker
        try:
            begin(worker)
        except LocalFault:
            with self._lock:
                self._workers.pop((folder.plan.run, folder.plan.epoch))
            raise
        return worker

    def _ended(self, worker: RunWorker) -> None:
        try:
            if worker.folder.phase == "done":
                self._forget(worker.folder)
        except OSError as cause:
            log.warning("%s: its folder could not be removed: %s", worker.name, cause)
        with self._lock:
            self._workers.pop((worker.plan.run, worker.plan.epoch), None)

    def _forget(self, folder: RunFolder) -> None:
        """Scratch goes, first, for it may be what fills the disk; what ran stays a while, to check receipts against."""
        for task in folder.plan.tasks:
            self.site.remove(folder.rank(task.rank), self.spool.home(folder, task.rank))
        self.spool.remember(folder)
        with contextlib.suppress(FileNotFoundError):
            (folder.path / "state.json").unlink()
        folder.path.rmdir()
        self.spool.trim()

    def _devices(self, plan: RunPlan) -> list[list[int]]:
        """Free accelerators for each rank: the lowest indices that no live run has."""
        with self._lock:
            live = [worker.folder for worker in self._workers.values() if not worker.over]
        taken = {index for folder in (*live, *self._adopted) for indices in folder.devices for index in indices}
        chosen: list[list[int]] = []
        for task in plan.tasks:
            # A part of the card that is its machine; of one that is not lent so any more it sees none.
            if task.share > 1:
                chosen.append([card for name, card in self._cards.items() if name == task.machine])
                continue
            free = (index for index in range(4096) if index not in taken)
            mine = [next(free) for _ in range(task.accelerators)]
            taken |= set(mine)
            chosen.append(mine)
        return chosen

    # ── stopping ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _evict(self) -> None:
        """Asks every run to end; the leases are renewed meanwhile, and what the runs save is sent."""
        self._each(RunWorker.evict)
        deadline = boot_clock() + EVICT_PATIENCE_S
        while self._workers and boot_clock() < deadline and self._failure is None:
            threading.Event().wait(0.1)

    def _let_go(self) -> None:
        """Threads end at their next safe point; the last renewal comes after all of them."""
        self._each(RunWorker.pause)
        with self._lock:
            workers = list(self._workers.values())
        deadline = boot_clock() + STOP_PATIENCE_S
        for worker in workers:
            worker.join(max(0.0, deadline - boot_clock()))
        self._over.set()
        if workers and self._failure is None:
            with contextlib.suppress(GridtieError, OSError, KeyError):
                sent = boot_clock()
                keep = set(self._client.sync([worker.held for worker in workers], hold=False)["keep"])
                for worker in workers:
                    if worker.plan.run in keep:
                        worker.renew(sent)

    def _each(self, act: Callable[[RunWorker], None]) -> None:
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            act(worker)

    # ── signatures ────────────────────────────────────────────────────────────────────────────────────────────────
    def _sign(self, document: dict[str, Any]) -> None:
        """Countersigns a receipt or a certificate that the exchange itself signed and that agrees with what we saw."""
        kind = document.get("kind", "")
        if kind not in ("receipt", "certificate"):
            return
        envelope = Envelope.from_json(document, kind=kind)
        exchange_key = decode(self.config.exchange_key, length=PUBLIC_KEY_BYTES, subject="exchange key")
        envelope.check("exchange", exchange_key, verify)
        key = envelope.payload.get(kind)
        if not isinstance(key, str) or key in self._refused:
            return
        why = "" if envelope.payload.get("site") == self.config.site else "it is not of this site"
        if kind == "receipt" and not why:
            receipt = check_receipt(envelope, {"exchange": exchange_key}, verify)
            plan, marks = self.spool.remembered(receipt.run) or (None, {})
            why = objection(receipt, plan, marks)
        if why:
            self._refused.add(key)
            log.error("does not sign %s: %s", key, why)
            return
        self._client.sign(key, envelope.sign("site", self.signer).to_json())
        log.info("%s signed", key)


def lock_home(folder: Path) -> Any:
    """One agent per home. Raises LocalFault when another one runs there; keep the handle while running."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = open(folder / "agent.lock", "a+", encoding="ascii")  # noqa: SIM115  kept open while the agent lives
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        pid = handle.read().strip() or "unknown"
        handle.close()
        raise LocalFault(reason=f"another agent (pid {pid}) runs in {folder}; stop it first") from None
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
    return handle

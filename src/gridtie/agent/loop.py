"""The agent: says hello, then syncs for as long as it lives. It only ever calls out."""

import contextlib
import fcntl
import json
import logging
import os
import random
import secrets
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie import __version__
from gridtie.adapters.signers.ed25519 import verify
from gridtie.agent.declaration import SiteConfig
from gridtie.agent.keeper import boot_clock
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.worker import RunWorker
from gridtie.client.agent import AgentClient
from gridtie.client.transport import Transport
from gridtie.dispatch.placement import plan_from_json
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import Site
from gridtie.errors import AgentRejected, GridtieError, LocalFault, NotSignedIn, Unreachable
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, Signer, decode

log = logging.getLogger("gridtie.agent")

PENDING_POLL_S = 2.0
BACKOFF_MAX_S = 30.0
CACHE_BYTES_MAX = 20 << 30


@dataclass
class Agent:
    """One site's agent. `run` returns only after `stop`; runs stay under their keepers then."""

    config: SiteConfig
    transport: Transport
    signer: Signer
    site: Site
    spool: Spool

    def __post_init__(self) -> None:
        self._client = AgentClient(self.transport, self.signer, site=self.config.site, boot=secrets.token_hex(16))
        self._workers: dict[tuple[str, int], RunWorker] = {}
        self._lock = threading.Lock()
        self._settings: dict[str, Any] = {}
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self, *, once: bool = False) -> None:
        """Hello until the site is active, then sync after sync. Raises AgentRejected when we are not wanted."""
        self._adopt()
        greeted = False
        pause = 0.2
        while not self._stopping.is_set():
            try:
                if not greeted:
                    greeted = self._greet()
                else:
                    self._sync(hold=not once)
                pause = 0.2
                if once and greeted and not self._workers:
                    return
            except (AgentRejected, NotSignedIn) as refused:
                log.error("the exchange refuses this agent: %s", refused.message)
                raise
            except (Unreachable, OSError) as away:
                wait = random.uniform(0.1, pause)  # noqa: S311  jitter
                log.warning("waits %.1f s: %s; %d run(s) go on", wait, away, len(self._workers))
                self._stopping.wait(wait)
                pause = min(pause * 2, BACKOFF_MAX_S)
            except GridtieError as error:
                log.warning("%s (%s)", error.message, error.code)
                self._stopping.wait(1.0)

    # ── talking ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _greet(self) -> bool:
        """True once the site is active; until then the operator has still to compare our fingerprint."""
        sent = boot_clock()
        answer = self._client.hello(
            {"version": __version__, "protocol": 1, **self.config.declaration(), "held": self._held()}
        )
        self._settings.update(answer["settings"])
        for order in answer["kill"]:
            self._fence(order)
        self._renew(answer["keep"], sent)
        if answer["state"] in ("active", "draining"):
            log.info("site %s is %s, isolation %s", answer["site_name"], answer["state"], self.site.isolation)
            return True
        log.info("site %s is %s; waits until it is let in", answer["site_name"], answer["state"])
        self._stopping.wait(PENDING_POLL_S if answer["state"] == "pending" else 10.0)
        return False

    def _sync(self, *, hold: bool) -> None:
        sent = boot_clock()
        answer = self._client.sync(self._held(), hold=hold)
        for order in answer["kill"]:
            self._fence(order)
        self._renew(answer["keep"], sent)
        for order in answer["cancel"]:
            self._with(order, RunWorker.cancel)
        for plan in answer["assignments"]:
            self._take(plan_from_json(plan))
        for envelope in answer["receipts"]:
            self._sign(envelope)

    def _held(self) -> list[dict[str, Any]]:
        with self._lock:
            return [worker.held for worker in self._workers.values() if not worker.over]

    def _renew(self, keep: list[str], sent: float) -> None:
        with self._lock:
            workers = [worker for worker in self._workers.values() if worker.plan.run in keep]
        for worker in workers:
            worker.renew(sent)

    def _fence(self, order: dict[str, Any]) -> None:
        log.info("%s epoch %s: stopped, %s", order["run"], order["epoch"], order["reason"])
        self._with(order, RunWorker.fence)

    def _with(self, order: dict[str, Any], act: Any) -> None:
        with self._lock:
            worker = self._workers.get((order["run"], order["epoch"]))
        if worker is not None:
            act(worker)

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _adopt(self) -> None:
        """Takes up every run of an earlier life of this agent."""
        for folder in self.spool.all():
            if folder.phase == "done":
                self._forget(folder)
            else:
                log.info("%s: taken up again (%s)", folder.path.name, folder.phase)
                self._begin(folder)

    def _take(self, plan: RunPlan) -> None:
        with self._lock:
            if (plan.run, plan.epoch) in self._workers:
                return
        log.info("%s: assigned, %d rank(s) of %s", plan.run, len(plan.tasks), plan.job_name)
        folder = self.spool.open(plan)
        folder.devices = self._devices(plan)
        self._begin(folder)

    def _begin(self, folder: RunFolder) -> None:
        worker = RunWorker(
            folder, client=self._client, site=self.site, spool=self.spool, settings=self._defaults(), done=self._ended
        )
        with self._lock:
            self._workers[folder.plan.run, folder.plan.epoch] = worker
        worker.start()

    def _defaults(self) -> dict[str, Any]:
        for name, value in (("log_chunk_bytes", 65536), ("blob_part_bytes", 4 << 20)):
            self._settings.setdefault(name, value)
        return self._settings

    def _ended(self, worker: RunWorker) -> None:
        with self._lock:
            self._workers.pop((worker.plan.run, worker.plan.epoch), None)
        if worker.folder.phase == "done":
            self._forget(worker.folder)

    def _forget(self, folder: RunFolder) -> None:
        """Scratch goes; a line of what ran stays, to check receipts against."""
        record = {
            "run": folder.plan.run,
            "epoch": folder.plan.epoch,
            "ranks": len(folder.plan.tasks),
            "begun": folder.begun,
        }
        with (self.spool.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for task in folder.plan.tasks:
            self.site.remove(folder.rank(task.rank), self.spool.home(folder, task.rank))
        shutil.rmtree(folder.path, ignore_errors=True)
        self._trim_cache()

    def _trim_cache(self) -> None:
        """Oldest files first, when the cache outgrows its limit."""
        entries = [(p.stat().st_atime, p.stat().st_size, p) for p in self.spool.cache.iterdir() if p.is_file()]
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= CACHE_BYTES_MAX:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _devices(self, plan: RunPlan) -> list[list[int]]:
        """Free accelerators for each rank: the lowest indices that no live run of its machine has."""
        with self._lock:
            live = [w for w in self._workers.values() if w.folder.phase != "done"]
        taken = {
            (task.machine, index)
            for worker in live
            for task, indices in zip(worker.plan.tasks, worker.folder.devices, strict=False)
            for index in indices
        }
        chosen: list[list[int]] = []
        for task in plan.tasks:
            free = (i for i in range(4096) if (task.machine, i) not in taken)
            mine = [next(free) for _ in range(task.accelerators)]
            taken |= {(task.machine, index) for index in mine}
            chosen.append(mine)
        return chosen

    # ── signatures ────────────────────────────────────────────────────────────────────────────────────────────────
    def _sign(self, document: dict[str, Any]) -> None:
        """Countersigns a receipt or a certificate that the exchange itself signed and that names this site."""
        kind = document.get("kind", "")
        if kind not in ("receipt", "certificate"):
            return
        envelope = Envelope.from_json(document, kind=kind)
        exchange_key = decode(self.config.exchange_key, length=PUBLIC_KEY_BYTES, subject="exchange key")
        envelope.check("exchange", exchange_key, verify)
        payload = envelope.payload
        key = payload.get("receipt") or payload.get("certificate")
        if payload.get("site") != self.config.site or not isinstance(key, str):
            log.error("refused to sign a %s that is not of this site", kind)
            return
        if kind == "receipt" and not self._ran(str(payload.get("run"))):
            log.error("refused to sign %s: %s never ran here", key, payload.get("run"))
            return
        self._client.sign(key, envelope.sign("site", self.signer).to_json())

    def _ran(self, run: str) -> bool:
        with self._lock:
            if any(name == run for name, _ in self._workers):
                return True
        with contextlib.suppress(OSError):
            for line in (self.spool.folder / "history.jsonl").read_text(encoding="utf-8").splitlines():
                if json.loads(line)["run"] == run:
                    return True
        return False


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
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle

"""One world: an exchange, sites with agents, people who submit and cancel; and a list of faults that befall it."""

import asyncio
import gc
import hashlib
import json
import logging
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import structlog

import gridtie.wiring
from faults.machines import Link, LoopDatabase, Server, Signatures, WorldClock, load_agent, loop_time
from faults.site import Host, SimulatedSite
from faults.weave import START_S, Process, Weave
from gridtie.errors import AgentRejected, Unreachable
from gridtie.flow.issue_token import new_token
from gridtie.identity.signing import Signer, encode
from gridtie.registry.resource import to_json
from gridtie.settings import Settings, load
from gridtie.simulator.system_world import INVENTORY, World, pool_of
from gridtie.values.ids import RunId
from gridtie.values.money import parse_money
from gridtie.values.period import to_text

ACCELERATORS, MACHINES = 8, 2  # of each site
DRIFT_MAX = 0.002  # of a site's clocks, either way


@dataclass(frozen=True, slots=True)
class Job:
    """`at` in seconds from the beginning; cancelled `cancel_after` seconds later, if at all. `book_ahead`: it books
    its place for so many seconds later, or for any start in the `book_within` seconds from then on."""

    at: float
    seconds: int
    accelerators: int
    nodes: int = 1
    exit_code: int = 0
    on_disconnect: str = "wait"
    retries: int = 0
    cancel_after: float | None = None
    book_ahead: int | None = None
    book_within: int | None = None

    @property
    def expected_s(self) -> int:
        return self.seconds + 60

    def text(self, now: datetime) -> str:
        booked = {}
        if self.book_ahead is not None:
            booked = {"start_at": to_text(now + timedelta(seconds=self.book_ahead))}
            if self.book_within is not None:
                booked["start_by"] = to_text(now + timedelta(seconds=self.book_ahead + self.book_within))
        return json.dumps(
            {
                "name": "work",
                "num_nodes": self.nodes,
                "resources": {"accelerators": {"A100-80GB": self.accelerators}, "cpus": self.accelerators},
                "run": f"sleep {self.seconds}; exit {self.exit_code}",
                "gridtie": {
                    **booked,
                    "outputs": ["done.txt"],
                    "expected": f"{self.expected_s}s",
                    "on_disconnect": self.on_disconnect,
                    "retry": {"max": self.retries, "on": ["failure", "site_lost", "preempted"]},
                },
            }
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` of inject.KINDS, on the site or server `where`, from `at` for `length` seconds. `how` says more."""

    at: float
    kind: str
    where: int
    length: float
    how: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    seed: int
    sites: int
    jobs: tuple[Job, ...]
    faults: tuple[Fault, ...]
    horizon: float = 3600.0  # until which faults may come; then everything heals


@dataclass
class SiteMachine:
    """A site's host and the agent on it, life after life."""

    host: Host
    link: Link
    config: Any
    signer: Signer
    folder: Path
    process: Process
    lives: int = 0


@dataclass
class Customer:
    """What somebody outside knows: which submits were acknowledged, as which jobs."""

    key: str
    job: Job
    acknowledged: str = ""
    cancelled_at: float | None = None  # when that was acknowledged, from the beginning
    not_before: float = 0.0  # of the loop's time


class Complaints(logging.Handler):
    """What the server and the agents of a world logged as an error: none of them has a reason to."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())

    def of_the_server(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        """A processor of structlog that keeps what the exchange logged and prints nothing."""
        self.heard.append(", ".join(f"{key} {value!r}" for key, value in event.items()))
        raise structlog.DropEvent

    def of_the_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error in a timer or callback of the world, which the loop would else print and go on."""
        if "handle" in context:
            self.heard.append(f"{context['message']}: {context.get('exception')!r}")
        else:
            loop.default_exception_handler(context)


class Play:
    """Holds a case while it is played. `trace` is a hash of everything that happened, in order."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.weave = Weave(case.seed)
        self.loop = self.weave.loop
        self.clock = WorldClock(self.loop, case.seed)
        self.settings = _settings(folder, self.clock)
        self.signatures = Signatures()
        self.server = Server(self.weave, self.settings, self.clock)
        self.server.on_open.append(self._open)
        self.sites: list[SiteMachine] = []
        self.crowd = Process(self.weave, "people")
        self.customers: list[Customer] = []
        self.agent: ModuleType = load_agent(self.weave)
        self.notes: list[Any] = []
        self.opened: list[float] = []  # when a life of the exchange began, by the loop's time
        self.complaints = Complaints()
        self.loop.set_exception_handler(self.complaints.of_the_loop)
        self.crash_next: tuple[str, float] | None = None  # at which side of the next commit, for how long
        self._hash = hashlib.sha256()
        self.commits = 0

    # ── beginning ─────────────────────────────────────────────────────────────────────────────────────────────────
    def found(self) -> None:
        exchange = self.server.open()
        exchange_key = encode(exchange.signer.public_key)
        world = World(exchange, self.clock, timedelta(days=40))
        self.buyer = world.party("buyer", parse_money("1000000"))
        issued = world.write(
            lambda unit: new_token(unit, exchange, "user", timedelta(days=30), label="buyer", member=self.buyer.member)
        )
        self._bearer = {"Authorization": f"Bearer {issued.text}", "Content-Type": "application/json"}
        for number in range(self.case.sites):
            owner = world.party(f"owner-{number}", parse_money("0"))
            site = world.site(f"site-{number}", owner.organisation, ACCELERATORS, machines=MACHINES)
            world.offer(site, owner.organisation, parse_money(f"{10 + number}"))
            drift = Random(f"{self.case.seed} {number}").uniform(-DRIFT_MAX, DRIFT_MAX)
            host = Host(self.weave, f"site-{number}", drift=drift)
            config = _Config(site.id, exchange_key, [to_json(pool_of(f"site-{number}", ACCELERATORS, MACHINES))])
            link = Link(self.weave, self.server, name=host.name)
            folder = self.settings.home.parent / host.name
            signer = self.signatures.signer(site.signer)
            self.sites.append(SiteMachine(host, link, config, signer, folder, host.process()))
        self.link = Link(self.weave, self.server, name="people")
        self.server.serve()

    def start_agent(self, site: SiteMachine) -> None:
        site.process = site.host.process()
        site.lives += 1

        def work() -> None:
            spool = self.agent.Spool(site.folder)
            agent = self.agent.Agent(site.config, site.link, site.signer, SimulatedSite(site.host), spool)
            with suppress(AgentRejected):  # it logged an error already
                agent.run()

        site.process.spawn(work, f"{site.host.name} main {site.lives}")

    def people(self) -> None:
        for number, job in enumerate(self.case.jobs):
            customer = Customer(f"key-{self.case.seed}-{number}", job)
            self.customers.append(customer)
            self.crowd.spawn(partial(self._submit, customer), f"customer {number}")

    def _submit(self, customer: Customer) -> None:
        self.weave.sleep(customer.job.at)
        key, booked = customer.key, customer.job.book_ahead
        while True:
            customer.not_before = self.loop.time() + (booked or 0)
            text = customer.job.text(self.clock.now())
            body = {"source": "job", "text": text, "envs": {}, "secrets": {}, "files": []}
            answer = self._insist("POST", "/v1/jobs", body, key)
            if answer.status == 201:
                break
            too_late = booked is not None and b"gridtie.start_" in answer.body  # the exchange was away until that time
            assert too_late, answer.body
            key += "-later"
        customer.acknowledged = json.loads(answer.body)["jobs"][0]["id"]
        if customer.job.cancel_after is not None:
            self.weave.sleep(customer.job.cancel_after)
            answer = self._insist("POST", f"/v1/jobs/{customer.acknowledged}/cancel", {}, customer.key + "-cancel")
            assert answer.status in (200, 202, 409), answer.body
            customer.cancelled_at = self.elapsed if answer.status < 300 else None

    def _insist(self, method: str, path: str, body: Any, key: str) -> Any:
        """Again with the same key until there is an answer, as a careful client does."""
        while True:
            try:
                answer = self.link.request(
                    method, path, body=json.dumps(body).encode(), headers={**self._bearer, "Idempotency-Key": key}
                )
                if answer.status < 500 and answer.status != 429:
                    return answer
            except Unreachable:
                pass
            self.weave.sleep(self.weave.dice.uniform(0.5, 5.0))

    # ── going on ──────────────────────────────────────────────────────────────────────────────────────────────────
    def until(self, seconds: float, *, look: Callable[[], None] = lambda: None, every: float = 60.0) -> None:
        """Plays on to `seconds` from the beginning."""
        while self.elapsed < seconds:
            self.loop.run_until_complete(_sleep(max(1e-6, min(every, seconds - self.elapsed))))
            if self.weave.fault is not None:
                raise self.weave.fault
            look()

    @property
    def all_commits(self) -> int:
        return self.commits + (self.server.database.commits if self.server.up else 0)

    @property
    def elapsed(self) -> float:
        return self.loop.time() - START_S

    def tell(self, *words: object) -> None:
        self._hash.update(repr((round(self.elapsed, 6), *words)).encode())

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def _open(self, exchange: Any) -> None:
        self.opened.append(self.loop.time())
        exchange.database.crash = self._crash
        exchange.database.on_commit(self._heard)

    def _heard(self, notes: list[Any]) -> None:
        for note in notes:
            self.notes.append((self.elapsed, note.kind, note.subject))
            self.tell(note.kind, note.subject)

    def _crash(self, side: str) -> bool:
        if self.crash_next is None or self.crash_next[0] != side:
            return False
        (_, away), self.crash_next = self.crash_next, None
        self.crash_server(away)
        return True

    def crash_server(self, away: float) -> None:
        if self.server.up:
            self.commits += self.server.database.commits
            self.tell("server down")
            self.server.crash()
            self.loop.call_later(away, self.server.restart)

    def machine(self, site: str) -> SiteMachine:
        return next(one for one in self.sites if one.config.site == site)

    def last_heard(self, run: RunId, site: str, before: float) -> float:
        """When the exchange last heard of a run, was told of it or began anew: it counts silence from then. From the
        beginning, as `before`."""
        heard = self.machine(site).link.heard[run]
        known = [*heard[: bisect_right(heard, before + START_S)][-1:], *self.opened]
        assigned = [at for at, kind, subject in self.notes if kind == "run.assigned" and subject == run]
        return max(at for at in [*(at - START_S for at in known), *assigned] if at <= before)

    def last_renewed(self, run: RunId, site: str) -> float:
        """When its site last asked for its lease and had it, from the beginning."""
        return max(self.machine(site).link.renewed[run], default=START_S) - START_S

    def heal(self) -> None:
        """Whatever is still broken is not, from now on."""
        self.crash_next = None
        self.clock.offset_s = 0.0
        self.server.restart()
        for site in self.sites:
            site.process.go_on()
            site.host.offset_s = 0.0
            if not site.process.alive:
                self.start_agent(site)
            for link in (site.link, self.link):
                link.calm()

    def close(self) -> None:
        """Everybody's threads and tasks end, those of earlier lives too, which nobody cancelled when they died."""
        for process in (self.crowd, *(site.process for site in self.sites)):
            process.kill()
        self.server.crash()
        self.loop.run_until_complete(_sleep(0.001))
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(_end_of(left))
        self.loop.close()


@dataclass(frozen=True)
class _Config:
    """What an agent reads of its own home, without a device to probe."""

    site: str
    exchange_key: str
    resources: list[dict[str, Any]] = field(default_factory=list)
    datasets_folder: None = None  # it holds no data of its own

    def declaration(self) -> dict[str, Any]:
        return {"inventory": {}, "inventory_digest": INVENTORY, "resources": self.resources}


async def _end_of(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _settings(folder: Path, clock: WorldClock) -> Settings:
    home = folder / "exchange"
    home.mkdir(mode=0o700, parents=True)
    for name in ("exchange.key", "secrets.key", "pepper.key"):
        (home / name).write_text(clock.random_bytes(32).hex() + "\n")
        (home / name).chmod(0o600)
    return load(home, {}, disk_reserve_bytes=0)


@contextmanager
def played(case: Case) -> Iterator[Play]:
    """A world that is founded, with its agents started and its people on their way."""
    with ExitStack() as stack:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # what a world writes survives no crash of ours
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gridtie-faults-", dir=memory)))
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(50_000)  # a world is young: little of what is looked at so seldom is garbage earlier
        kept, gridtie.wiring.Database = gridtie.wiring.Database, LoopDatabase  # type: ignore[misc]
        stack.callback(setattr, gridtie.wiring, "Database", kept)
        stack.callback(setattr, gridtie.wiring, "verify", gridtie.wiring.verify)
        log = logging.getLogger("gridtie.agent")
        stack.callback(setattr, log, "propagate", log.propagate)
        stack.callback(log.setLevel, log.level)
        log.propagate = False
        log.setLevel(logging.ERROR)
        play = Play(case, folder)
        structlog.configure(
            processors=[play.complaints.of_the_server],
            wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        )
        stack.callback(structlog.reset_defaults)
        gridtie.wiring.verify = play.signatures.verify
        stack.callback(play.close)
        stack.callback(log.removeHandler, play.complaints)
        log.addHandler(play.complaints)
        stack.enter_context(loop_time(play.weave))
        play.found()
        for site in play.sites:
            play.start_agent(site)
        play.people()
        yield play

"""System depth: a small trace through the whole exchange, from its first offer to its last countersigned receipt.

The verbs, the store and the agent protocol are the ones that serve; time, ids and keys follow from a seed, so the same
case leaves the same journal, byte for byte. What stands still in between is left out, and changes nothing: an idle
agent's sync writes no row, and a duty of the timetable that finds nothing new writes none either.

Left out as well, as at book depth: node shapes inside a site, data to move, failures, and work that is really done.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gridtie.dispatch.job import Budget, JobDocument, JobSpec
from gridtie.errors import InvalidInput, Problem
from gridtie.flow.exchange import Exchange
from gridtie.flow.submit_job import Submission, completed, submit_document
from gridtie.flow.timetable import DUTIES, Duty
from gridtie.flow.unit import Unit
from gridtie.ledger.account import CASH, FEES, ROUNDING, balance_of, earnings_of
from gridtie.market.request import Alternative
from gridtie.metering.receipt import from_payload
from gridtie.settings import load
from gridtie.simulator.system_site import MICROSECOND, SimulatedSite, sleep_for
from gridtie.simulator.system_world import CHIP, OrderedClock, Party, World
from gridtie.store import journal
from gridtie.values.ids import JobId, RunId, SiteId
from gridtie.values.money import MICROS_MAX, ZERO, Micros, format_money, parse_money, price_for
from gridtie.values.period import to_us
from gridtie.values.rule_names import BEST_WELFARE, UNIFORM_PRICE
from gridtie.views.receipt import verification
from gridtie.wiring import close_exchange, simulated_exchange

MODES = ("posted", "auction", "welfare")
START = timedelta(hours=1)  # after the founding: when the trace begins
GRACE = timedelta(days=30)  # by which offers and certificates outlast the case's own horizon
MARKET_DUTY = {"posted": "clear posted prices", "auction": "call auction", "welfare": "call auction"}
AUCTION_RULE = {"posted": UNIFORM_PRICE, "auction": UNIFORM_PRICE, "welfare": BEST_WELFARE}


@dataclass(frozen=True, slots=True)
class Work:
    """One job of a trace. Times in whole microseconds from the trace's origin; `bid` per accelerator-hour.

    `home` and `sites` are places in the case's pools: where it would run alone (-1: nowhere), and where it may run.
    """

    organisation: str
    submit_us: int
    duration_us: int
    accelerators: int
    home: int = -1
    sites: tuple[int, ...] | None = None  # None: anywhere
    bid: Micros | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """One site: all of its accelerators are alike. `price` is asked per accelerator-hour."""

    organisation: str
    accelerators: int
    price: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCase:
    """`jobs` in the order in which they are served when they come at the same time."""

    jobs: tuple[Work, ...]
    pools: tuple[Pool, ...]
    mode: str = "posted"  # posted: clears on arrival; per tick auction: at one price, or welfare: by the large engine
    tick_s: float = 30.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job. Times in microseconds from the trace's origin; None: it never got a place."""

    start_us: int | None
    end_us: int | None
    pool: int | None  # index into the case's pools
    paid: Micros
    receipts: int
    price: Micros = ZERO  # per accelerator-hour
    reason: str = ""  # why it still waits


@dataclass(frozen=True, slots=True)
class Invariant:
    """A law that the books of the run were held against."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemResult:
    """Plain figures; equal for equal cases. `prices`: (time in µs, highest price of a round, its trades)."""

    case: SystemCase
    outcomes: tuple[Outcome, ...]
    earned: Mapping[str, Micros]  # organisation → what its sites earned
    prices: tuple[tuple[int, Micros, int], ...]
    invariants: tuple[Invariant, ...]
    journal_sha256: str
    facts: int
    transfers: int
    rounds: int

    @property
    def waits_us(self) -> tuple[int, ...]:
        """Of the jobs that started, in the order of the case."""
        pairs = zip(self.case.jobs, self.outcomes, strict=True)
        return tuple(one.start_us - job.submit_us for job, one in pairs if one.start_us is not None)

    @property
    def paid(self) -> dict[str, Micros]:
        """Organisation → what its jobs paid."""
        spent: Counter[str] = Counter({job.organisation: 0 for job in self.case.jobs})
        for job, one in zip(self.case.jobs, self.outcomes, strict=True):
            spent[job.organisation] += one.paid
        return {name: Micros(spent[name]) for name in sorted(spent)}

    @property
    def sound(self) -> bool:
        return all(invariant.holds for invariant in self.invariants)


def simulate_system(case: SystemCase) -> SystemResult:
    """Raises InvalidInput, with every problem, for a case that cannot be played."""
    check_case(case)
    with TemporaryDirectory(prefix="gridtie-system-") as folder:  # for blobs and logs; these jobs have none
        clock = OrderedClock(seed=case.seed)
        exchange = simulated_exchange(
            load(Path(folder), {}, tick_s=case.tick_s, auction_rule=AUCTION_RULE[case.mode]), clock
        )
        try:
            horizon = max(job.submit_us for job in case.jobs) + sum(job.duration_us for job in case.jobs)
            world = World(exchange, clock, START + horizon * MICROSECOND + GRACE)
            play = _Play(case, world)
            play.run()
            return play.result()
        finally:
            close_exchange(exchange)


def check_case(case: SystemCase) -> None:
    problems = []
    if case.mode not in MODES:
        problems.append(Problem(f"mode: one of {', '.join(MODES)}, not {case.mode!r}", path="mode"))
    if not case.jobs or not case.pools:
        problems.append(Problem("a case has at least one job and one site"))
    for number, pool in enumerate(case.pools):
        if pool.accelerators < 1 or not 0 <= pool.price <= MICROS_MAX // 3_600_000_000:
            problems.append(Problem(f"site {number}: at least one accelerator, at a price that can be booked"))
    for number, job in enumerate(case.jobs):
        if job.accelerators < 1 or job.duration_us < 1 or job.submit_us < 0:
            problems.append(Problem(f"job {number}: at least one accelerator and 1 µs, submitted at 0 or later"))
        if not all(0 <= at < len(case.pools) for at in (job.sites or ())) or not -1 <= job.home < len(case.pools):
            problems.append(Problem(f"job {number}: it names a site that is not in the case"))
        if job.bid is not None and job.bid < 0:
            problems.append(Problem(f"job {number}: its bid is below zero"))
        if len(problems) > 20:
            break
    if problems:
        raise InvalidInput(source="system case", problems=problems)


@dataclass
class _Play:
    """One run of a case. Events of one instant are taken together; the market decides after them."""

    case: SystemCase
    world: World
    parties: dict[str, Party] = field(default_factory=dict)
    sites: dict[SiteId, SimulatedSite] = field(default_factory=dict)
    pool_of: dict[SiteId, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the sites, in the order of the case's pools
    jobs: dict[int, JobId] = field(default_factory=dict)  # by their place in the case
    prices: list[tuple[int, Micros, int]] = field(default_factory=list)
    rounds: int = 0
    origin_us: int = 0

    def __post_init__(self) -> None:
        self._events: list[tuple[int, int, int, Any]] = []  # (at µs, kind, number, what): ends before arrivals
        self._numbers = count()
        self._tick_at: int | None = None
        [self._duty] = [duty for duty in DUTIES if duty.name == MARKET_DUTY[self.case.mode]]
        [posted] = [duty for duty in DUTIES if duty.name == MARKET_DUTY["posted"]]
        self._moves = frozenset(posted.on)

    def run(self) -> None:
        self._set_up()
        for number, job in enumerate(self.case.jobs):
            self._put(job.submit_us, 1, number)
        while self._events:
            at = self._events[0][0]
            self._go_to(at)
            while self._events and self._events[0][0] == at:
                _, kind, _, what = heapq.heappop(self._events)
                (self._end, self._submit, self._tick)[kind](what)
            self._settle_down()

    # ── setting up ────────────────────────────────────────────────────────────────────────────────────────────────
    def _set_up(self) -> None:
        """Organisations and sites get plain names: those of a trace may be anything, and stay outside."""
        names = sorted({job.organisation for job in self.case.jobs} | {pool.organisation for pool in self.case.pools})
        budgets = self._budgets()
        for number, name in enumerate(names):
            self.parties[name] = self.world.party(f"org-{number}", budgets.get(name, ZERO))
        for number, pool in enumerate(self.case.pools):
            owner = self.parties[pool.organisation].organisation
            site = self.world.site(f"site-{number}", owner, pool.accelerators)
            self.world.offer(site, owner, pool.price)
            self.sites[site.id], self.pool_of[site.id] = site, number
            self.names.append(site.name)
        self.origin_us = to_us(self.world.clock.start + START)
        self.world.heard.clear()

    def _budgets(self) -> dict[str, Micros]:
        """Enough for every job at the highest price it could be asked: money is not what this experiment is about."""
        highest = max(pool.price for pool in self.case.pools)
        needed: Counter[str] = Counter()
        for job in self.case.jobs:
            price = Micros(max(highest, job.bid or 0))
            needed[job.organisation] += price_for(price, job.accelerators, job.duration_us)[0] + 1
        return {name: Micros(amount) for name, amount in needed.items()}

    # ── events ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _put(self, at_us: int, kind: int, what: Any) -> None:
        heapq.heappush(self._events, (at_us, kind, next(self._numbers), what))

    def _go_to(self, at_us: int) -> None:
        here = to_us(self.world.clock.now())
        self.world.clock.advance((self.origin_us + at_us - here) * MICROSECOND)
        for site in self.sites.values():
            site.heartbeat()

    def _submit(self, number: int) -> None:
        job = self.case.jobs[number]
        party = self.parties[job.organisation]
        sites = () if job.sites is None else tuple(self.names[at] for at in job.sites) or ("nowhere",)
        spec = _spec(job, number, self.case.mode, sites)
        given = Submission(organisation=party.organisation, member=party.member, envs={}, secrets={})
        document = JobDocument(jobs=(spec,))
        specs = completed(document, given, "trace")
        exchange = self.world.exchange
        [self.jobs[number]] = self.world.write(
            lambda unit: submit_document(unit, exchange, document, specs, given), actor=party.member
        )

    def _end(self, what: tuple[SiteId, RunId]) -> None:
        site, run = what
        self.sites[site].finish(run)

    def _tick(self, _: None) -> None:
        self._tick_at = None
        self._clear()

    def _settle_down(self) -> None:
        """Whoever a commit rings for is heard, until nothing is news any more."""
        while self.world.heard:
            notes, self.world.heard[:] = list(self.world.heard), []
            if any(note.kind in self._moves for note in notes):
                if self.case.mode == "posted":
                    self._clear()
                else:
                    self._plan_tick()
            for key in dict.fromkeys(str(note.data["site"]) for note in notes if note.data.get("site")):
                self._sync(self.sites[SiteId(key)])

    def _sync(self, site: SimulatedSite) -> None:
        site.sync()
        for run, end in site.starts:
            self._put(to_us(end) - self.origin_us, 0, (site.id, run))
        site.starts.clear()

    def _plan_tick(self) -> None:
        """The next call auction; without news in between the one after it would decide the same."""
        if self._tick_at is None:
            length = round(self.case.tick_s * 1_000_000)
            now = to_us(self.world.clock.now()) - self.origin_us
            self._tick_at = (now // length + 1) * length
            self._put(self._tick_at, 2, None)

    def _clear(self) -> None:
        duty: Duty = self._duty
        self.world.write(partial(_run_duty, duty, self.world.exchange), actor="timetable")
        at = to_us(self.world.clock.now()) - self.origin_us
        for note in self.world.heard:
            if note.kind == "market.cleared":
                self.rounds += 1
                if note.data["trades"]:
                    highest = max(int(price["price"]) for price in note.data["prices"])
                    self.prices.append((at, Micros(highest), int(note.data["trades"])))

    # ── what came of it ───────────────────────────────────────────────────────────────────────────────────────────
    def result(self) -> SystemResult:
        return self.world.read(self._result)

    def _result(self, unit: Unit) -> SystemResult:
        outcomes = tuple(self._outcome(unit, self.jobs[number]) for number in range(len(self.case.jobs)))
        earned = {
            name: Micros(unit.ledger.balance(earnings_of(party.organisation)).posted)
            for name, party in sorted(self.parties.items())
        }
        proof = verification(unit, self.world.exchange)
        return SystemResult(
            case=self.case,
            outcomes=outcomes,
            earned=earned,
            prices=tuple(self.prices),
            invariants=tuple(self._invariants(unit, proof, outcomes, earned)),
            journal_sha256=journal.head(unit.connection),
            facts=journal.last_seq(unit.connection),
            transfers=proof["height"],
            rounds=self.rounds,
        )

    def _outcome(self, unit: Unit, key: JobId) -> Outcome:
        runs, row = unit.runs.of_job(key), unit.jobs.row(key)
        amounts = unit.receipts.amounts(key)
        if not runs or runs[-1].state != "succeeded":
            return Outcome(None, None, None, Micros(sum(amounts)), len(amounts), reason=row.reason)
        run = runs[-1]
        return Outcome(
            run.started_us - self.origin_us, run.finished_us - self.origin_us, self.pool_of[SiteId(run.site)],
            Micros(sum(amounts)), len(amounts), Micros(run.price),
        )  # fmt: skip

    def _invariants(
        self, unit: Unit, proof: Mapping[str, Any], outcomes: Sequence[Outcome], earned: Mapping[str, Micros]
    ) -> list[Invariant]:
        done = [one for one in outcomes if one.start_us is not None]
        over = oversold(self.case, outcomes)
        odd = [number for number, one in enumerate(outcomes) if one.receipts != (one.start_us is not None)]
        receipts = unit.receipts.all()
        unsigned = sum(row.state == "awaiting-site" for row in receipts)
        objections = sum(len(site.objections) for site in self.sites.values())
        billed = sum(one.paid for one in outcomes)
        fees = sum(unit.ledger.balance(code).posted for code in (FEES, ROUNDING))
        held = sum(balance.held for balance in unit.ledger.balances(None).values())
        spent = sum(unit.ledger.balance(balance_of(party.organisation)).posted for party in self.parties.values())
        paid_in = -unit.ledger.balance(CASH).posted
        wrong = [row.id for row in receipts if _recomputed(row) != row.amount]
        return [
            Invariant("books balance", bool(proof["ok"]), "; ".join(proof["lines"])),
            Invariant("nothing is sold twice", not over, "; ".join(over) or f"{len(done)} runs within every site"),
            Invariant("each job that ran has exactly one receipt", not odd,
                      f"{len(receipts)} receipts, {len(odd)} jobs with another number"),
            Invariant("both sides signed every receipt", not unsigned and not objections,
                      f"{unsigned} unsigned, {objections} objections"),
            Invariant("every receipt follows from its intervals", not wrong, f"{len(wrong)} that do not"),
            Invariant("what buyers paid is what sellers and the exchange got",
                      billed == sum(earned.values()) + fees, format_money(billed)),
            Invariant("no money was made or lost", paid_in == spent + sum(earned.values()) + fees and not held,
                      f"{format_money(paid_in)} paid in, {format_money(held)} still held"),
        ]  # fmt: skip


def _run_duty(duty: Duty, exchange: Exchange, unit: Unit) -> Any:
    return duty.verb(unit, exchange)


def _spec(job: Work, number: int, mode: str, sites: tuple[str, ...]) -> JobSpec:
    """At book depth run times are known, so here each job expects exactly what it will take."""
    shape = Alternative(chip=CHIP, accelerators=job.accelerators, cpus=job.accelerators, sites=sites)
    return JobSpec(
        name=f"job-{number}",
        run=sleep_for(job.duration_us),
        alternatives=(shape,),
        expected=job.duration_us * MICROSECOND,
        budget=Budget(max_price=job.bid),
        mode="posted" if mode == "posted" else "auction",
    )


def _recomputed(row: Any) -> int:
    """The amount of a receipt from the lines both sides signed, by nothing but price × units × time."""
    receipt = from_payload(journal.load(row.envelope)["payload"])
    price = parse_money(format_money(receipt.price))
    return sum(price_for(price, line.units, line.period.duration_us)[0] for line in receipt.lines)


def oversold(case: SystemCase, outcomes: Sequence[Outcome]) -> list[str]:
    """Sentences for every site that had more accelerators at work at one time than it has."""
    changes: dict[int, list[tuple[int, int]]] = {}
    for job, one in zip(case.jobs, outcomes, strict=True):
        if one.pool is not None and one.start_us is not None and one.end_us is not None:
            changes.setdefault(one.pool, []).extend(((one.start_us, job.accelerators), (one.end_us, -job.accelerators)))
    found = []
    for pool, moves in sorted(changes.items()):
        busy = most = 0
        for _, change in sorted(moves):  # at one instant what ends goes first
            busy += change
            most = max(most, busy)
        if most > case.pools[pool].accelerators:
            found.append(f"site {pool} has {case.pools[pool].accelerators} accelerators and ran {most} at once")
    return found

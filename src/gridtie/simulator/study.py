"""A study: one trace replayed under every way of sharing and policy asked for, and what each organisation gains.

`Study` is the record that everything else reads: `as_json` writes it, `report_data` makes the page's series of it.
No clock and no chance but the seeds named in it: the same arguments give the same bytes.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from gridtie.errors import InvalidInput, Problem
from gridtie.simulator.capacity import Sites, demand, scaled
from gridtie.simulator.metrics import (
    POINTS,
    Figures,
    Played,
    SizeWait,
    figures,
    mean_of,
    paid,
    resampled,
    sample,
    size_waits,
    usage,
)
from gridtie.simulator.policies import (
    ARRANGEMENTS,
    NEEDS_DEADLINES,
    POLICIES,
    Assumptions,
    draw,
)
from gridtie.simulator.replay import Path, replay
from gridtie.simulator.report_data import Bar, PricePath, UsageSeries
from gridtie.simulator.trace import NONE, Ints, Trace
from gridtie.values.money import Micros

SCHEMA = "gridtie-study/1"
SEARCH_STEPS = 8  # of the capacity at equal wait, at most
CLOSE = 0.02  # of the silos' capacity: how far from what another policy needed a search begins
SEEDS_MAX = 100

# Student's t at 97.5 % for 1, 2, … degrees of freedom; beyond, the normal distribution's.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to replay. `gains` compares silos with the first arrangement that is none, under the last policy."""

    arrangements: tuple[str, ...] = ARRANGEMENTS
    policies: tuple[str, ...] = ("fifo", "easy", "market")
    mobility: tuple[float, ...] = (1.0,)  # shares of jobs that may leave home, when federated
    factors: tuple[float, ...] = (1.0,)  # of the capacity
    equal_wait: bool = False
    seeds: int = 1
    step: int = 1  # units in which capacity is scaled
    tick_s: int = 60  # of the market's clearings
    assumed: Assumptions = field(default_factory=Assumptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One arrangement, policy, capacity and mobility over all seeds: means of the figures, and the 95 % confidence
    interval of the mean wait (None: one seed, or chance plays no part). `log_low_s` and `log_high_s`: of the first
    seed, if the log were other weeks like its own; `sizes`: its waits by size."""

    arrangement: str
    policy: str
    capacity: int
    factor: float
    mobility: float
    low_s: float | None
    high_s: float | None
    figures: Figures
    log_low_s: float | None = None
    log_high_s: float | None = None
    sizes: tuple[SizeWait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualWait:
    """The least share of the silos' capacity found at which `arrangement` waits no longer than they do."""

    arrangement: str
    policy: str
    silo_policy: str
    silo_mean_s: float
    silo_capacity: int
    capacity: int
    share: float
    mean_s: float
    utilisation: float
    silo_utilisation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationGain:
    """Of one organisation, with the first seed: the mean wait of its jobs that ran (None: none did) and how many never
    ran. Money over the whole trace: for running away from home, and for others that ran at the site that bears its
    name; None where none does."""

    organisation: str
    jobs: int
    unit_hours: float
    alone_s: float | None
    connected_s: float | None
    alone_never: int
    connected_never: int
    paid: Micros
    earned: Micros | None

    @property
    def change(self) -> int | None:
        """Of the wait: -1 shorter, 0 the same, 1 longer; None where one side has none to compare."""
        if self.alone_s is None or self.connected_s is None:
            return None
        return (self.connected_s > self.alone_s) - (self.connected_s < self.alone_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    site: str
    units: int
    speed: float
    price: Micros
    jobs: int
    demand: float  # mean units at work if nobody waited
    earned: Micros  # from those who ran there away from home, in the replay that `gains` shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything found. Waits are in seconds, shares of 1, money in micro-units of the exchange's currency."""

    title: str
    unit: str
    jobs: int
    span_s: int
    skipped: tuple[tuple[str, int], ...]
    capacity_rule: str
    sites: tuple[SiteRow, ...]
    plan: Plan
    cells: tuple[Cell, ...]
    equal_wait: tuple[EqualWait, ...]
    compared: tuple[str, str]  # silo and the arrangement that `gains`, `usage`, `prices` and `sample` compare it with
    gains: tuple[OrganisationGain, ...]
    usage: tuple[UsageSeries, ...]
    prices: tuple[PricePath, ...]
    sample: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The replay that begins: how many are done, and which policies those at most still to come have, itself first."""

    done: int
    what: str
    policies: tuple[str, ...]


Progress = Callable[[Step], None]


def run_study(trace: Trace, sites: Sites, plan: Plan, *, progress: Progress | None = None) -> Study:
    """Replays all that is planned; raises InvalidInput, before anything runs, for what cannot be."""
    check(trace, plan)
    return _Runner(trace, sites, plan, progress or (lambda _step: None)).study()


def check(trace: Trace, plan: Plan) -> None:
    problems = []
    for name, given, known in (
        ("--arrangements", plan.arrangements, ARRANGEMENTS),
        ("--policies", plan.policies, tuple(POLICIES)),
    ):
        problems += [Problem(f"{name}: no {one!r}; there are: {', '.join(known)}") for one in given if one not in known]
        if not given:
            problems.append(Problem(f"{name}: at least one is needed"))
        if len(set(given)) < len(given):
            problems.append(Problem(f"{name}: one stands there twice"))
    if plan.policies == ("market",) and plan.arrangements == ("silo",):
        problems.append(Problem("market: who trades with nobody has none; add federated or merged to --arrangements"))
    if len(trace.step_after) == 0:
        late = [name for name in plan.policies if name in NEEDS_DEADLINES]
        problems += [
            Problem(f"{name} needs deadlines; this trace has none: --deadline 3 assumes 3 times a job's run time")
            for name in late
        ]
    if plan.assumed.estimates == "limits" and (trace.limit < 0).all():
        problems.append(Problem("--estimates limits: the trace has no limits that were asked for"))
    if plan.assumed.bids == "log" and trace.bid is None:
        problems.append(Problem("--bids log: no column of the log is its bids; name it with --map bid=COLUMN"))
    problems += [
        Problem(f"--mobility: {share} is no share from 0 to 1") for share in plan.mobility if not 0 <= share <= 1
    ]
    problems += [Problem(f"--factors: {of} is not above 0 and at most 10") for of in plan.factors if not 0 < of <= 10]
    if not 1 <= plan.seeds <= SEEDS_MAX:
        problems.append(Problem(f"--seeds: {plan.seeds} is not from 1 to {SEEDS_MAX}"))
    if problems:
        raise InvalidInput(source="the study", problems=problems)


class _Runner:
    def __init__(self, trace: Trace, sites: Sites, plan: Plan, progress: Progress) -> None:
        self.trace, self.sites, self.plan, self.progress = trace, sites, plan, progress
        self.draws = [draw(trace, plan.assumed, seed) for seed in range(1, plan.seeds + 1)]
        self.sizes = {factor: scaled(trace, sites, factor, step=plan.step) for factor in (1.0, *plan.factors)}
        self.alone = next((one for one in reversed(plan.policies) if one != "market"), "easy")  # what silos do
        self.kept: dict[tuple[str, str], tuple[Played, Path | None]] = {}  # first seed, all capacity
        self.done = 0
        self.left: list[str] = []  # policies of the replays to come
        self.found: dict[str, float] = {}  # the least share found last, by arrangement

    def study(self) -> Study:
        plan = self.plan
        wanted, searches = self._wanted(), self._searches()
        self.left = [one[1] for one in wanted for _ in range(self._seeds(*one[:2], one[3]))]
        self.left += [policy for _, policy in searches for _ in range(SEARCH_STEPS)]
        cells = {one: self._cell(*one) for one in wanted}
        equal = [self._equal(cells, *search) for search in searches]
        detail = self._detail()
        alone, other = self.kept["silo", self.alone], self.kept[detail]
        labels = (f"silo · {self.alone}", " · ".join(detail))
        amounts = np.zeros(self.trace.jobs, np.int64)
        if detail[0] == "federated":  # in one pool nobody is away
            amounts = paid(self.trace, other[0])
        earned = [0] * len(self.trace.sites)
        for job in np.flatnonzero(amounts):  # Python's integers do not overflow
            earned[other[0].site[job]] += int(amounts[job])
        names = ("merged",) if detail[0] == "merged" else self.trace.sites
        return Study(
            title=self.trace.name, unit=self.trace.unit, jobs=self.trace.jobs, span_s=self.trace.span,
            skipped=self.trace.skipped, capacity_rule=self.sites.rule, sites=self._sites(earned), plan=plan,
            cells=tuple(cells.values()), equal_wait=tuple(one for one in equal if one is not None),
            compared=labels, gains=self._gains(alone[0], other[0], amounts, earned),
            usage=tuple(
                usage(self.trace, run, label=label, capacity=self.sites.total)
                for label, (run, _) in dict(zip(labels, (alone, other), strict=True)).items()
            ),
            prices=self._prices(), sample=sample(self.trace, other[0], names),
        )  # fmt: skip

    def _detail(self) -> tuple[str, str]:
        """The arrangement and policy that is shown in detail, and compared with the silos."""
        shared = next((one for one in self.plan.arrangements if one != "silo"), "silo")
        return (shared, self.plan.policies[-1]) if shared != "silo" else ("silo", self.alone)

    def _wanted(self) -> list[tuple[str, str, float, float]]:
        """Every arrangement under every policy at every capacity; mobility varies at full capacity only."""
        top = max(self.plan.mobility)
        out = [
            (arrangement, policy, factor, top if arrangement == "federated" else 1.0)
            for factor in sorted({1.0, *self.plan.factors}, reverse=True)
            for policy in self.plan.policies
            for arrangement in self.plan.arrangements
            if (arrangement, policy) != ("silo", "market")  # one that trades with nobody has no market
        ]
        if "federated" in self.plan.arrangements:
            rest = sorted(set(self.plan.mobility) - {top})
            out += [("federated", policy, 1.0, share) for policy in self.plan.policies for share in rest]
        out = list(dict.fromkeys(out))
        alone = ("silo", self.alone, 1.0, 1.0)  # what everything is compared with, asked for or not
        return out if alone in out else [alone, *out]

    def _searches(self) -> list[tuple[str, str]]:
        if not self.plan.equal_wait:
            return []
        others = [one for one in self.plan.arrangements if one != "silo"]
        return [(arrangement, policy) for arrangement in others for policy in self.plan.policies]

    def _seeds(self, arrangement: str, policy: str, mobility: float) -> int:
        """How many seeds make a difference there."""
        chance = (
            self.plan.assumed.estimates == "error"
            or POLICIES[policy].order == "bid"
            or (arrangement == "federated" and 0 < mobility < 1)
        )
        return self.plan.seeds if chance else 1

    def _play(
        self, arrangement: str, policy: str, sites: Sites, mobility: float, seed: int, most_s: float = math.inf
    ) -> tuple[Played, Path | None]:
        what = f"{arrangement} {policy}, {sites.total:,} {self.trace.unit}"
        self.progress(Step(done=self.done, what=what, policies=tuple(self.left)))
        self.done += 1
        self.left.pop(0)
        return replay(
            self.trace, sites, self.draws[seed], self.plan.assumed, arrangement=arrangement, policy=policy,
            mobility=mobility, tick_s=self.plan.tick_s, most_mean_s=most_s,
        )  # fmt: skip

    def _cell(self, arrangement: str, policy: str, factor: float, mobility: float) -> Cell:
        sites = self.sizes[factor]
        found = []
        for seed in range(self._seeds(arrangement, policy, mobility)):
            run, path = self._play(arrangement, policy, sites, mobility, seed)
            if seed == 0 and factor == 1 and mobility in (1.0, max(self.plan.mobility)):
                self.kept[arrangement, policy] = (run, path)
            found.append(figures(self.trace, sites.total, run, arrangement=arrangement))
            if seed == 0:
                sizes, (log_low, log_high) = size_waits(self.trace, run), resampled(self.trace, run)
        waits = [one.mean_s for one in found if one.mean_s is not None]
        low, high = interval(waits) if len(waits) == len(found) else (None, None)
        return Cell(
            arrangement=arrangement, policy=policy, capacity=sites.total, factor=factor, mobility=mobility,
            low_s=None if low is None else max(low, 0.0), high_s=high,
            figures=_mean(found), log_low_s=log_low, log_high_s=log_high, sizes=sizes,
        )  # fmt: skip

    def _equal(
        self, cells: dict[tuple[str, str, float, float], Cell], arrangement: str, policy: str
    ) -> EqualWait | None:
        """Narrows the interval of shares that holds the least one; waits need not fall evenly with capacity, so what
        is reported is a share that was replayed and sufficed: as many jobs ran, and waited no longer. It begins beside
        what the policy before needed, then halves, until no other size lies between. None: not even all suffices."""
        own = policy if ("silo", policy, 1.0, 1.0) in cells else self.alone
        silo = cells["silo", own, 1.0, 1.0]
        mobility = max(self.plan.mobility) if arrangement == "federated" else 1.0
        least = 0.9 * float(demand(self.trace).sum()) / self.sites.total  # less could not carry the work
        low, high, best = min(least, 1.0), 1.0, cells[arrangement, policy, 1.0, mobility]
        if not suffices(best.figures, silo.figures):
            del self.left[:SEARCH_STEPS]
            return None
        near, after = self.found.get(arrangement), len(self.left) - SEARCH_STEPS
        guesses = [] if near is None else [near - CLOSE, near + CLOSE]
        tried = {best.capacity}
        while len(self.left) > after:
            middle = next((share for share in guesses if low < share < high), (low + high) / 2)
            guesses = guesses[1:]
            sites = scaled(self.trace, self.sites, middle, step=self.plan.step)
            if sites.total in tried:  # several sites grow at once, so that some sizes are never met
                low, high = (low, middle) if sites.total >= best.capacity else (middle, high)
                if (high - low) * self.sites.total < 1:
                    break
                continue
            tried.add(sites.total)
            run, _ = self._play(arrangement, policy, sites, mobility, 0, silo.figures.mean_s or 0.0)
            found = figures(self.trace, sites.total, run, arrangement=arrangement)
            if not (run.site == NONE).any() and suffices(found, silo.figures):
                high = middle
                best = Cell(
                    arrangement=arrangement, policy=policy, capacity=sites.total, factor=middle, mobility=mobility,
                    low_s=None, high_s=None, figures=found,
                )  # fmt: skip
            else:
                low = middle
        del self.left[: max(len(self.left) - after, 0)]
        self.found[arrangement] = best.capacity / silo.capacity
        return EqualWait(
            arrangement=arrangement, policy=policy, silo_policy=own, silo_mean_s=silo.figures.mean_s or 0.0,
            silo_capacity=silo.capacity, capacity=best.capacity, share=best.capacity / silo.capacity,
            mean_s=best.figures.mean_s or 0.0, utilisation=best.figures.utilisation,
            silo_utilisation=silo.figures.utilisation,
        )  # fmt: skip

    def _prices(self) -> tuple[PricePath, ...]:
        """Where there is a market, until the last submission at least; a path holds until its next moment."""
        out = []
        for (arrangement, policy), (_, path) in self.kept.items():
            if path is not None:
                moments, prices = path.moments - self.trace.submit[0], path.prices
                if moments[-1] < self.trace.span:
                    moments, prices = np.append(moments, self.trace.span), np.append(prices, prices[-1])
                times, thin = thinned(moments, prices, POINTS)
                out.append(PricePath(label=f"{arrangement} · {policy}", times_s=times, prices=thin))
        return tuple(out)

    def _sites(self, earned: Sequence[int]) -> tuple[SiteRow, ...]:
        count = np.bincount(self.trace.site, minlength=len(self.trace.sites))
        wanted = demand(self.trace)
        return tuple(
            SiteRow(
                site=name, units=int(self.sites.units[i]), speed=float(self.sites.speed[i]),
                price=Micros(int(self.sites.price[i])), jobs=int(count[i]), demand=float(wanted[i]),
                earned=Micros(earned[i]),
            )
            for i, name in enumerate(self.trace.sites)
        )  # fmt: skip

    def _gains(
        self, alone: Played, other: Played, amounts: Ints, earned: Sequence[int]
    ) -> tuple[OrganisationGain, ...]:
        trace = self.trace
        count = len(trace.organisations)
        waits = [mean_of(run.wait, trace.organisation, count) for run in (alone, other)]
        never = [np.bincount(trace.organisation[~run.ran], minlength=count) for run in (alone, other)]
        jobs = np.bincount(trace.organisation, minlength=count)
        hours = np.bincount(trace.organisation, weights=trace.units * trace.run / 3600, minlength=count)
        spent, got = [0] * count, dict(zip(trace.sites, map(Micros, earned), strict=True))
        for job in np.flatnonzero(amounts):
            spent[trace.organisation[job]] += int(amounts[job])
        return tuple(
            OrganisationGain(
                organisation=name, jobs=int(jobs[i]), unit_hours=round(float(hours[i]), 3),
                alone_s=waits[0][i], connected_s=waits[1][i], alone_never=int(never[0][i]),
                connected_never=int(never[1][i]),
                paid=Micros(spent[i]), earned=got.get(name),
            )
            for i, name in enumerate(trace.organisations)
        )  # fmt: skip


def suffices(found: Figures, silo: Figures) -> bool:
    """Whether as many run as alone, and wait no longer on average. Who gives jobs up shortens the wait of the rest."""
    return found.ran >= max(silo.ran, 1) and (found.mean_s or 0.0) <= (silo.mean_s or 0.0)


def without_equal(study: Study) -> tuple[tuple[str, str], ...]:
    """Which of the searched (arrangement, policy) wait longer than the silos, or run fewer jobs, at all capacity."""
    if not study.plan.equal_wait:
        return ()
    found = {(one.arrangement, one.policy) for one in study.equal_wait}
    wanted = ((one, policy) for one in study.plan.arrangements if one != "silo" for policy in study.plan.policies)
    return tuple(one for one in wanted if one not in found)


def thinned(moments: Ints, prices: Ints, most: int) -> tuple[tuple[float, ...], tuple[Micros, ...]]:
    """A path as it stands, or what held at `most` equally spaced moments of it."""
    if len(moments) > most:
        at = np.searchsorted(moments, np.linspace(moments[0], moments[-1], most), side="right") - 1
        at = np.unique(at)
        moments, prices = moments[at], prices[at]
    return tuple(float(moment) for moment in moments), tuple(Micros(int(price)) for price in prices)


def interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """95 % confidence interval of the mean (Student's t), or None where there is one value."""
    count = len(values)
    if count < 2:
        return None, None
    mean = math.fsum(values) / count
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
    half = (_T[count - 2] if count - 2 < len(_T) else 1.96) * deviation / math.sqrt(count)
    return mean - half, mean + half


def _mean(found: Sequence[Figures]) -> Figures:
    """Field by field; counts to the nearest whole."""
    if len(found) == 1:
        return found[0]
    means: dict[str, Any] = {}
    for name, first in asdict(found[0]).items():
        values = [getattr(one, name) for one in found]
        mean = None if None in values else math.fsum(values) / len(values)
        means[name] = round(mean) if isinstance(first, int) and mean is not None else mean
    return Figures(**means)


def as_json(study: Study, *, command: str) -> str:
    """The record, field by field, under its schema's name; the same study gives the same bytes."""
    content = {"schema": SCHEMA, "command": command, **asdict(study)}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

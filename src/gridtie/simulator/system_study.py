"""A trace through the whole exchange twice, each site alone and connected, in the figures of book depth."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from gridtie.errors import InvalidInput, Problem
from gridtie.simulator.capacity import Sites
from gridtie.simulator.metrics import Figures, Played, figures, mean_of, sample, usage
from gridtie.simulator.policies import Draws
from gridtie.simulator.report_data import (
    ACCELERATORS,
    CORES,
    Gain,
    Law,
    PricePath,
    ReportData,
    WaitPoint,
    Words,
)
from gridtie.simulator.report_names import capacity, explained, lasting, named
from gridtie.simulator.system import Invariant, Pool, SystemCase, SystemResult, Work, simulate_system
from gridtie.simulator.system_book import Agreement, agreement
from gridtie.simulator.trace import Trace
from gridtie.values.money import Micros

SCHEMA = "gridtie-system-study/1"
JOBS_MAX = 20_000  # at some tens of milliseconds each
UNPLACED = -3  # as the event loop marks a job that fits nowhere

ASSUMPTIONS = (
    Words(
        "System depth: real verbs, store, agent protocol, ledger and signatures; virtual time; the work itself is not "
        "done, and certificates stand for no measurement.",
        "系统深度：真实的业务动作、存储、代理协议、账本与签名；时间为虚拟；作业并未真正执行，证书不代表测量。",
    ),
    Words(
        "Run times are known beforehand, what capacity counts is all alike, node shapes, data transfer and failures "
        "are left out; every organisation has money enough. Prices over time are the highest paid in each round.",
        "运行时长事先已知，各计量单位全部相同，不计节点形态、数据搬运与故障；各组织资金充足。价格走势取每轮成交的最高价。",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SystemStudy:
    """Both runs of one trace. What they say of book depth: None under auctions, which it does not have."""

    trace: Trace
    sites: Sites
    mobility: float
    alone: SystemResult
    connected: SystemResult

    @property
    def runs(self) -> tuple[tuple[str, SystemResult], ...]:
        return ("silo", self.alone), ("federated", self.connected)

    @property
    def sound(self) -> bool:
        return all(law.holds for law in self.laws())

    def laws(self) -> list[Invariant]:
        """Alone, no job has a choice of site: under posted prices both depths must then say the same."""
        found = [replace(law, name=f"{scope}: {law.name}") for scope, run in self.runs for law in run.invariants]
        if self.alone.case.mode == "posted":
            same = agreement(self.alone)
            name = "silo: book depth starts every job at the same moment"
            found.append(Invariant(name, same.alike == same.jobs, f"{same.alike} of {same.jobs}"))
        return found

    def figures(self) -> tuple[Figures, Figures]:
        alone, connected = (
            figures(self.trace, self.sites.total, played(self.trace, run), arrangement=scope)
            for scope, run in self.runs
        )
        return alone, connected

    def by_book(self) -> tuple[Agreement, Agreement] | None:
        return (agreement(self.alone), agreement(self.connected)) if self.alone.case.mode == "posted" else None

    def gains(self) -> tuple[Gain, ...]:
        """Money for what ran away from home, as at book depth: what stays at home is paid to oneself."""
        trace, waits = self.trace, [played(self.trace, run).wait for _, run in self.runs]
        count = len(trace.organisations)
        means = [mean_of(wait, trace.organisation, count) for wait in waits]
        jobs = np.bincount(trace.organisation, minlength=count)
        spent, got = dict.fromkeys(trace.organisations, 0), dict.fromkeys(trace.organisations, 0)
        for job, one in zip(self.connected.case.jobs, self.connected.outcomes, strict=True):
            if one.pool is not None and one.pool != job.home:
                owner = trace.sites[one.pool]
                spent[job.organisation] += one.paid
                got[owner] = got.get(owner, 0) + one.paid
        return tuple(
            Gain(organisation=name, jobs=int(jobs[i]), alone_s=means[0][i], connected_s=means[1][i],
                 paid=Micros(spent[name]), earned=Micros(got[name]))
            for i, name in enumerate(trace.organisations)
        )  # fmt: skip


def study_system(
    trace: Trace, sites: Sites, draws: Draws, *, mobility: float = 1.0, mode: str = "posted", tick_s: int = 30,
    seed: int = 0, eligible: str = "all",
) -> SystemStudy:  # fmt: skip
    """Raises InvalidInput for what the whole exchange cannot play."""
    case = system_case(trace, sites, draws, mobility=mobility, mode=mode, tick_s=tick_s, seed=seed, eligible=eligible)
    return study_case(trace, sites, case, mobility=mobility)


def study_case(trace: Trace, sites: Sites, case: SystemCase, *, mobility: float) -> SystemStudy:
    """`case` is that of this trace, these sites and this mobility."""
    return SystemStudy(
        trace=trace, sites=sites, mobility=mobility, alone=simulate_system(alone(case)), connected=simulate_system(case)
    )


def system_case(
    trace: Trace, sites: Sites, draws: Draws, *, mobility: float, mode: str, tick_s: int, seed: int = 0,
    eligible: str = "all",
) -> SystemCase:  # fmt: skip
    """A site belongs to the organisation of its name; a job may leave home if the draw of its seed lets it, for any
    site, or (`observed`) for those at which its organisation runs in this trace."""
    problems = []
    if trace.jobs > JOBS_MAX:
        problems.append(
            Problem(f"{trace.jobs:,} jobs; at most {JOBS_MAX:,} go through the whole exchange: give --days")
        )
    if not np.all(sites.speed == 1.0):
        problems.append(Problem("sites of different speeds are for --depth book: a run takes as long as it takes"))
    if not 0 <= mobility <= 1:
        problems.append(Problem(f"a mobility of {mobility} is no share from 0 to 1"))
    if problems:
        raise InvalidInput(source="--depth system", problems=problems)
    moves = draws.moves < mobility
    everywhere: list[tuple[int, ...] | None] = [None] * len(trace.organisations)
    if eligible == "observed":
        pairs = sorted(set(zip(trace.organisation.tolist(), trace.site.tolist(), strict=True)))
        everywhere = [tuple(site for owner, site in pairs if owner == at) for at in range(len(trace.organisations))]
    jobs = tuple(
        Work(
            organisation=trace.organisations[trace.organisation[at]],
            submit_us=int(trace.submit[at] - trace.submit[0]) * 1_000_000,
            duration_us=int(trace.run[at]) * 1_000_000,
            accelerators=int(trace.units[at]),
            home=int(trace.site[at]),
            sites=everywhere[trace.organisation[at]] if moves[at] else (int(trace.site[at]),),
            bid=None if mode == "posted" else Micros(int(draws.bid[at])),
        )
        for at in range(trace.jobs)
    )
    pools = tuple(
        Pool(name, int(units), Micros(int(price)))
        for name, units, price in zip(trace.sites, sites.units, sites.price, strict=True)
    )
    return SystemCase(jobs=jobs, pools=pools, mode=mode, tick_s=tick_s, seed=seed)


def alone(case: SystemCase) -> SystemCase:
    """The same trace when nothing may leave home."""
    jobs = tuple(replace(job, sites=(job.home,) if job.home >= 0 else ()) for job in case.jobs)
    return replace(case, jobs=jobs)


def played(trace: Trace, result: SystemResult) -> Played:
    """A run of the exchange in the form of book depth's, in seconds; fractions, of which there are none, would go."""
    first = int(trace.submit[0])

    def seconds(at_us: int | None) -> int:
        return -1 if at_us is None else first + at_us // 1_000_000

    start = np.array([seconds(one.start_us) for one in result.outcomes], np.int64)
    ran = np.array([one.pool is not None for one in result.outcomes])
    return Played(
        site=np.array([UNPLACED if one.pool is None else one.pool for one in result.outcomes], np.int64),
        start=start,
        end=np.array([seconds(one.end_us) for one in result.outcomes], np.int64),
        wait=np.where(ran, start - trace.submit, -1),
        price=np.array([one.price for one in result.outcomes], np.int64),
    )


def as_json(study: SystemStudy, *, command: str) -> str:
    """Figures, laws and the hashes that a rerun must meet; the same study gives the same bytes."""
    book = study.by_book()
    content = {
        "schema": SCHEMA,
        "command": command,
        "title": study.trace.name,
        "jobs": study.trace.jobs,
        "unit": study.trace.unit,
        "capacity_rule": study.sites.rule,
        "capacity": study.sites.total,
        "mode": study.alone.case.mode,
        "mobility": study.mobility,
        "seed": study.alone.case.seed,
        "runs": [
            {
                "arrangement": scope,
                "figures": asdict(found),
                "journal_sha256": run.journal_sha256,
                "facts": run.facts,
                "transfers": run.transfers,
                "rounds": run.rounds,
                "book_depth": None if book is None else asdict(book[at]),
            }
            for at, ((scope, run), found) in enumerate(zip(study.runs, study.figures(), strict=True))
        ],
        "laws": [asdict(law) for law in study.laws()],
        "gains": [asdict(gain) for gain in study.gains()],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def report_data(study: SystemStudy, *, command: str, currency: str = "CNY") -> ReportData:
    mode, capacity = study.alone.case.mode, study.sites.total
    runs = [(f"{scope} · {mode}", run) for scope, run in study.runs]
    return ReportData(
        title=study.trace.name,
        command=command,
        currency=currency,
        unit=CORES if study.trace.unit == "cores" else ACCELERATORS,
        facts=_facts(study),
        assumptions=ASSUMPTIONS,
        names=tuple(map(explained, ("silo", "federated", mode))),
        waits=tuple(
            WaitPoint(scope=scope, policy=mode, capacity=capacity, mean_s=found.mean_s, median_s=found.median_s,
                      p95_s=found.p95_s, p99_s=found.p99_s, utilisation=found.utilisation, moved_share=found.moved,
                      never=study.trace.jobs - found.ran)
            for (scope, _), found in zip(study.runs, study.figures(), strict=True)
        ),
        usage=tuple(
            usage(study.trace, played(study.trace, run), label=label, capacity=capacity) for label, run in runs
        ),
        prices=tuple(
            path([(at / 1e6, price) for at, price, _ in run.prices], label=label) for label, run in runs if run.prices
        ),
        sample=sample(study.trace, played(study.trace, study.connected), study.trace.sites),
        gains=study.gains(),
        compared=(runs[0][0], runs[1][0]),
        laws=tuple(Law(law.name, law.holds, law.detail) for law in study.laws()),
    )  # fmt: skip


def _facts(study: SystemStudy) -> tuple[tuple[Words, str | Words], ...]:
    unit = CORES if study.trace.unit == "cores" else ACCELERATORS
    counts = [sum(one.pool is None for one in run.outcomes) for _, run in study.runs]
    facts: list[tuple[Words, str | Words]] = [
        (Words("Jobs", "作业数"), f"{study.trace.jobs:,}"),
        (Words("Sites", "站点数"), f"{len(study.trace.sites):,}"),
        (Words("Days of submissions", "提交跨度（天）"), f"{study.trace.span / 86_400:.1f}"),
        (Words("Capacity", "总容量"), capacity(study.sites.total, unit, study.sites.rule)),
        (Words("May leave home", "可迁移"), f"{100 * study.mobility:.3g} %"),
        (Words("Seed", "随机种子"), str(study.alone.case.seed)),
        (Words("Never placed, alone / connected", "未获资源：单独 / 互联"), f"{counts[0]:,} / {counts[1]:,}"),
    ]
    if (book := study.by_book()) is not None:
        what = Words("Mean wait at book depth, alone / connected", "订单簿深度的平均等待：单独 / 互联")
        facts.append((what, lasting(" / ".join(f"{one.book_mean_s:,.1f} s" for one in book))))
    facts += [
        (
            Words(f"Journal, {scope}", f"日志账（{named(scope).zh}）"),
            Words(
                f"{run.facts:,} facts, {run.journal_sha256[:16]}…", f"{run.facts:,} 条记录，{run.journal_sha256[:16]}…"
            ),
        )
        for scope, run in study.runs
    ]
    return tuple(facts)


def path(points: Sequence[tuple[float, Micros]], *, label: str) -> PricePath:
    """Only where the price changes, and the end."""
    kept = [*points[:1], *(new for old, new in pairwise(points) if new[1] != old[1])]
    if kept and kept[-1] != points[-1]:
        kept.append(points[-1])
    return PricePath(label=label, times_s=tuple(at for at, _ in kept), prices=tuple(price for _, price in kept))

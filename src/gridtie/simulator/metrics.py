"""What came of a run, read off where and when every job started and ended."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridtie.simulator.events import Ints, Jobs, State
from gridtie.simulator.report_data import Bar, UsageSeries
from gridtie.simulator.trace import NONE, WEEK_S, Trace

SHORTEST_S = 10  # bounded slowdown counts a shorter job as this long (D. Feitelson)
POINTS = 240  # of a series over time
BARS = 300  # of a sample of runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of the jobs that ran; waits in seconds, from submission until work began (None: none ran). Shares are of 1."""

    ran: int
    unplaceable: int  # larger than any site they may use
    dropped: int
    mean_s: float | None
    median_s: float | None
    p95_s: float | None
    p99_s: float | None
    weighted_s: float | None  # by units
    slowdown: float | None  # bounded, mean
    utilisation: float  # units at work over units there, from the first submission to the last
    moved: float | None  # None where nothing can move
    missed: float | None  # of the jobs with a deadline, those worth nothing at their end; None: none has one
    value: float | None  # obtained of the value of all jobs, each ended in time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Played:
    """One replay: [J] site (-1 or less: it did not run), when its place was taken and left, and the wait."""

    site: Ints
    start: Ints
    end: Ints
    wait: Ints  # -1 where it did not run
    price: Ints  # micro-units per unit and hour that it pays where it runs away from home

    @property
    def ran(self) -> npt.NDArray[np.bool_]:
        return self.site >= 0


def played(jobs: Jobs, state: State, price: Ints) -> Played:
    ran = state.site >= 0
    away = ran & (jobs.home >= 0) & (state.site != jobs.home)
    begun = state.start + np.where(away, jobs.delay, 0)
    return Played(
        site=state.site, start=state.start, end=state.end, wait=np.where(ran, begun - jobs.submit, NONE), price=price
    )


def figures(trace: Trace, capacity: int, run: Played, *, arrangement: str) -> Figures:
    ran = run.ran
    since, until = int(trace.submit[0]), int(trace.submit[0]) + trace.span
    inside = np.clip(run.end[ran], since, until) - np.clip(run.start[ran], since, until)
    missed, value = _deadlines(trace, run)
    return Figures(
        ran=int(ran.sum()),
        unplaceable=int((run.site == -3).sum()),
        dropped=int((run.site == -2).sum()),
        **_waits(trace, run),
        utilisation=float(inside @ trace.units[ran]) / (capacity * trace.span),
        moved=float((run.site != trace.site)[ran].mean()) if arrangement == "federated" and ran.any() else None,
        missed=missed, value=value,
    )  # fmt: skip


def _waits(trace: Trace, run: Played) -> dict[str, float | None]:
    ran = run.ran
    if not ran.any():
        return dict.fromkeys(("mean_s", "median_s", "p95_s", "p99_s", "weighted_s", "slowdown"))
    wait, length = run.wait[ran].astype(np.float64), np.maximum((run.end - run.start)[ran], 1)
    median, p95, p99 = (float(of) for of in np.percentile(wait, (50, 95, 99)))
    return {
        "mean_s": float(wait.mean()), "median_s": median, "p95_s": p95, "p99_s": p99,
        "weighted_s": float(np.average(wait, weights=trace.units[ran])),
        "slowdown": float(np.maximum((wait + length) / np.maximum(length, SHORTEST_S), 1).mean()),
    }  # fmt: skip


def _deadlines(trace: Trace, run: Played) -> tuple[float | None, float | None]:
    has = np.diff(trace.step_first) > 0
    if not has.any():
        return None, None
    owner = np.repeat(np.arange(trace.jobs), np.diff(trace.step_first))
    in_time = run.ran[owner] & (run.end[owner] <= trace.submit[owner] + trace.step_after)
    got = np.zeros(trace.jobs, np.int64)
    np.maximum.at(got, owner[in_time], trace.step_value[in_time])
    weight = (trace.units * trace.run).astype(np.float64)
    most = np.zeros(trace.jobs, np.int64)
    most[has] = trace.step_value[trace.step_first[:-1][has]]
    return float((got[has] == 0).mean()), float((got * weight).sum() / max((most * weight).sum(), 1.0))


def paid(trace: Trace, run: Played) -> Ints:
    """[J] micro-units for running away from home, rounded half up per job; the sum over jobs is exact in Python."""
    away = run.ran & (run.site != trace.site)
    out = np.zeros(trace.jobs, np.int64)
    for job in np.flatnonzero(away):  # Python's integers do not overflow
        exact = int(run.price[job]) * int(trace.units[job]) * int(run.end[job] - run.start[job])
        out[job] = (2 * exact + 3600) // 7200
    return out


def usage(trace: Trace, run: Played, *, label: str, capacity: int) -> UsageSeries:
    """Means over equal stretches of the time of submissions."""
    edges = np.linspace(trace.submit[0], trace.submit[0] + trace.span, POINTS + 1)
    ran = run.ran
    units = trace.units[ran].astype(np.float64)
    width = np.diff(edges)
    busy = _integral(edges, run.start[ran], run.end[ran], units) / width
    waiting = _integral(edges, trace.submit[ran], run.start[ran], units) / width
    return UsageSeries(
        label=label, capacity=capacity, times_s=tuple(float(at) for at in edges - edges[0]),
        busy=(*_rounded(busy), _rounded(busy)[-1]), waiting=(*_rounded(waiting), _rounded(waiting)[-1]),
    )  # fmt: skip


def _rounded(values: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _integral(
    edges: npt.NDArray[np.float64], start: Ints, end: Ints, units: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Unit-seconds in each stretch: the difference of what lies before its edges."""

    def before(moments: Ints) -> npt.NDArray[np.float64]:
        order = np.argsort(moments, kind="stable")
        weight = np.concatenate(([0.0], np.cumsum(units[order])))
        moment = np.concatenate(([0.0], np.cumsum(units[order] * moments[order])))
        at = np.searchsorted(moments[order], edges)
        return edges * weight[at] - moment[at]

    return np.diff(before(start) - before(end))


def sample(trace: Trace, run: Played, names: tuple[str, ...]) -> tuple[Bar, ...]:
    """The runs that start from the moment on at which the most units wait: a bounded number, in order of start."""
    ran = np.flatnonzero(run.ran)
    if not len(ran):
        return ()
    edges = np.linspace(trace.submit[0], trace.submit[0] + trace.span, POINTS + 1)
    waiting = _integral(edges, trace.submit[ran], run.start[ran], trace.units[ran].astype(np.float64))
    since = edges[int(np.argmax(waiting))]
    later = ran[run.start[ran] >= since]
    first = later[np.lexsort((later, run.start[later]))][:BARS]
    origin = int(trace.submit[0])
    return tuple(
        Bar(
            site=names[run.site[job]], organisation=trace.organisations[trace.organisation[job]],
            start_s=float(run.start[job] - origin), end_s=float(run.end[job] - origin),
            accelerators=int(trace.units[job]), home=len(names) == 1 or bool(run.site[job] == trace.site[job]),
        )
        for job in first
    )  # fmt: skip


CLASSES = (1, 4, 8, 32, 128, 512, 2**40)  # the largest job of each class of sizes
RESAMPLED = 1000  # times


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWait:
    """Jobs of `least` to `most` units that ran, and their mean wait."""

    least: int
    most: int
    jobs: int
    mean_s: float


def size_waits(trace: Trace, run: Played) -> tuple[SizeWait, ...]:
    """By classes of sizes, those that some job has."""
    size_class = np.searchsorted(CLASSES, trace.units)
    out = []
    for at in np.unique(size_class[run.ran]):
        mine = run.ran & (size_class == at)
        units = trace.units[size_class == at]
        out.append(
            SizeWait(
                least=int(units.min()), most=int(units.max()), jobs=int(mine.sum()), mean_s=float(run.wait[mine].mean())
            )
        )
    return tuple(out)


def resampled(trace: Trace, run: Played) -> tuple[float | None, float | None]:
    """95 % interval of the mean wait if the log were other weeks like its own (other days, below four weeks): whole
    ones are drawn with replacement, as many as there are, RESAMPLED times. None below four days. B. Efron, 1979.

    A queue reaches from one block into the next; so these are too narrow where waits outlast a block.
    """
    block_s = next((of for of in (WEEK_S, 86_400) if trace.span >= 4 * of), 0)
    if not block_s or not run.ran.any():
        return None, None
    block = (trace.submit[run.ran] - trace.submit[0]) // block_s
    count = np.bincount(block).astype(np.float64)
    total = np.bincount(block, weights=run.wait[run.ran])
    drawn = np.random.default_rng(1).integers(0, len(count), (RESAMPLED, len(count)))
    means = total[drawn].sum(axis=1) / np.maximum(count[drawn].sum(axis=1), 1.0)
    low, high = (float(of) for of in np.percentile(means, (2.5, 97.5)))
    return low, high


def mean_of(values: Ints, by: Ints, count: int) -> tuple[float | None, ...]:
    """[count] means of the values that are not -1; None where there is none."""
    valid = values >= 0
    total, of = (np.bincount(by[valid], weights=w, minlength=count) for w in (values[valid], None))
    return tuple(float(total[i] / of[i]) if of[i] else None for i in range(count))

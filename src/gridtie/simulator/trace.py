"""A trace as arrays: what came when, how long it ran, on how many accelerators, and whose it was."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from gridtie.errors import InvalidInput, Problem

Ints = npt.NDArray[np.int64]
NONE = -1
WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """J jobs by submission, equal times in the order of their files. Seconds are whole, from the trace's origin.

    `site` is where a job stayed at home, `organisation` whose it was. `skipped` counts the rows that were left out.
    """

    name: str
    unit: str  # what `units` counts: accelerators or cores
    submit: Ints
    run: Ints  # at least 1
    units: Ints  # at least 1
    limit: Ints  # seconds that were asked for, or -1
    waited: Ints  # seconds that it really waited, or -1
    organisation: Ints  # into `organisations`
    site: Ints  # into `sites`
    organisations: tuple[str, ...]
    sites: tuple[str, ...]
    step_first: Ints  # [J + 1] the job's steps of value
    step_after: Ints  # seconds after submission; ascending within a job
    step_value: Ints  # per unit and second, if it has ended by then; falling within a job
    bid: Ints | None = None  # micro-units per unit and hour that running elsewhere is worth at most; None: no column
    skipped: tuple[tuple[str, int], ...] = ()

    @property
    def jobs(self) -> int:
        return len(self.submit)

    @property
    def span(self) -> int:
        """From the first to the last submission, at least a second."""
        return max(int(self.submit[-1] - self.submit[0]), 1) if self.jobs else 1

    @property
    def last_step(self) -> Ints:
        """[J] seconds after submission from which it is worth nothing, or -1: no deadline."""
        has = np.diff(self.step_first) > 0
        last = np.full(self.jobs, NONE, np.int64)
        last[has] = self.step_after[self.step_first[1:][has] - 1]
        return last

    @property
    def first_step(self) -> Ints:
        """[J] seconds after submission until which it is worth all, or -1: no deadline."""
        has = np.diff(self.step_first) > 0
        first = np.full(self.jobs, NONE, np.int64)
        first[has] = self.step_after[self.step_first[:-1][has]]
        return first


def chosen(trace: Trace, keep: npt.NDArray[np.bool_], reason: str) -> Trace:
    """The jobs of `keep`; the others are counted under `reason`. Names that nobody bears any more go."""
    if keep.all():
        return trace
    steps = np.repeat(keep, np.diff(trace.step_first))
    sites, site = np.unique(trace.site[keep], return_inverse=True)
    owners, owner = np.unique(trace.organisation[keep], return_inverse=True)
    left = int((~keep).sum())
    return replace(
        trace,
        submit=trace.submit[keep], run=trace.run[keep], units=trace.units[keep], limit=trace.limit[keep],
        waited=trace.waited[keep], site=site.astype(np.int64), organisation=owner.astype(np.int64),
        sites=tuple(trace.sites[i] for i in sites), organisations=tuple(trace.organisations[i] for i in owners),
        step_first=np.concatenate(([0], np.cumsum(np.diff(trace.step_first)[keep]))).astype(np.int64),
        step_after=trace.step_after[steps], step_value=trace.step_value[steps],
        bid=None if trace.bid is None else trace.bid[keep],
        skipped=(*trace.skipped, (reason, left)),
    )  # fmt: skip


def in_days(trace: Trace, first: float, last: float) -> Trace:
    """Only what was submitted from day `first` up to before day `last`: of the trace's own time, or where it gives
    dates, since the midnight before its first job."""
    origin = _origin(trace)
    since, until = origin + round(first * 86_400), origin + round(last * 86_400)
    return chosen(trace, (trace.submit >= since) & (trace.submit < until), "submitted outside --days")


def days(trace: Trace) -> tuple[float, float]:
    """Of its first and its last submission, as `in_days` counts them."""
    origin = _origin(trace)
    return (int(trace.submit.min()) - origin) / 86_400, (int(trace.submit.max()) - origin) / 86_400


def _origin(trace: Trace) -> int:
    return int(trace.submit.min()) // 86_400 * 86_400 if _dated(trace) else 0


def _dated(trace: Trace) -> bool:
    """Whether its seconds are those of the epoch."""
    return trace.jobs > 0 and int(trace.submit.min()) > 10**8


def of_sites(trace: Trace, *, least: int) -> Trace:
    """Only sites with at least `least` jobs."""
    count = np.bincount(trace.site, minlength=len(trace.sites))
    return chosen(trace, count[trace.site] >= least, "its site has fewer jobs than --min-jobs")


def with_deadlines(trace: Trace, factor: float) -> Trace:
    """Every job is worth something only if it ends within `factor` times its run time, whatever the log says."""
    if not 1 <= factor <= 10**6:
        raise InvalidInput(
            source="--deadline", problems=[Problem("a job needs at least its own run time: give 1 to 1,000,000")]
        )
    after = np.ceil(trace.run * factor).astype(np.int64)
    return replace(
        trace, step_first=np.arange(trace.jobs + 1), step_after=after, step_value=np.ones(trace.jobs, np.int64)
    )


def joined(traces: list[Trace]) -> Trace:
    """Several traces as one, each file's jobs at its own sites, on one clock.

    Raises InvalidInput where they count different things.
    """
    if len(traces) == 1:
        return _by_submission(traces[0])
    units = sorted({trace.unit for trace in traces})
    if len(units) > 1:
        raise InvalidInput(
            source="the traces", problems=[Problem(f"they count {' and '.join(units)}; give one kind at a time")]
        )
    dated = [trace for trace in traces if _dated(trace)]
    if 0 < len(dated) < len(traces):
        plain = next(trace.name for trace in traces if not _dated(trace))
        message = f"{dated[0].name} gives dates and {plain} seconds from its own start: there is no common clock"
        raise InvalidInput(source="the traces", problems=[Problem(message)])
    if len({trace.bid is None for trace in traces}) > 1:
        plain = next(trace.name for trace in traces if trace.bid is None)
        raise InvalidInput(source="the traces", problems=[Problem(f"{plain} has no bids, others have")])
    _check_overlap(traces)
    sites = tuple(dict.fromkeys(name for trace in traces for name in trace.sites))
    owners = tuple(dict.fromkeys(name for trace in traces for name in trace.organisations))
    site_at, owner_at = {name: i for i, name in enumerate(sites)}, {name: i for i, name in enumerate(owners)}
    counts: dict[str, int] = {}
    for trace in traces:
        for reason, count in trace.skipped:
            counts[reason] = counts.get(reason, 0) + count

    def both(field: str) -> Ints:
        return np.concatenate([getattr(trace, field) for trace in traces])

    return _by_submission(
        Trace(
            name=" + ".join(trace.name for trace in traces),
            unit=units[0],
            submit=both("submit"), run=both("run"), units=both("units"), limit=both("limit"), waited=both("waited"),
            site=np.concatenate([np.array([site_at[n] for n in t.sites], np.int64)[t.site] for t in traces]),
            organisation=np.concatenate(
                [np.array([owner_at[n] for n in t.organisations], np.int64)[t.organisation] for t in traces]
            ),
            sites=sites, organisations=owners,
            step_first=np.concatenate(([0], np.cumsum(np.concatenate([np.diff(t.step_first) for t in traces])))),
            step_after=both("step_after"), step_value=both("step_value"),
            bid=None if traces[0].bid is None else both("bid"),
            skipped=tuple(sorted(counts.items())),
        )
    )  # fmt: skip


def once(traces: list[Trace]) -> list[Trace]:
    """Exports of one cluster may overlap, and a log be given twice: a job that an earlier log of its site has goes, as
    often as it stands there."""
    out, known = traces[:1], _jobs(traces[0])
    for trace in traces[1:]:
        there = _jobs(trace)
        keep = np.ones(trace.jobs, bool)
        for job in there.keys() & known.keys():
            keep[there[job][: len(known[job])]] = False
        for job, rows in there.items():
            known[job] = max(known.get(job, []), rows, key=len)
        if keep.any():
            out.append(chosen(trace, keep, "stands in another log too"))
        else:
            out[0] = replace(out[0], skipped=(*out[0].skipped, ("stands in another log too", trace.jobs)))
    return out


def _jobs(trace: Trace) -> dict[tuple[object, ...], list[int]]:
    """The rows of each job by all that a log says of it."""
    found: dict[tuple[object, ...], list[int]] = {}
    said = (trace.submit, trace.waited, trace.run, trace.units, trace.limit)
    for row, numbers in enumerate(zip(*(of.tolist() for of in said), strict=True)):
        key = (trace.sites[trace.site[row]], trace.organisations[trace.organisation[row]], *numbers)
        found.setdefault(key, []).append(row)
    return found


def aligned(traces: list[Trace]) -> list[Trace]:
    """All but the first moved by whole weeks to begin within half a week of it: weekdays and hours stay."""
    out = traces[:1]
    for trace in traces[1:]:
        weeks = round((int(out[0].submit.min()) - int(trace.submit.min())) / WEEK_S)
        out.append(replace(trace, submit=trace.submit + weeks * WEEK_S))
    return out


def _check_overlap(traces: list[Trace]) -> None:
    """Logs that share no moment have nothing to share: no job of one can meet idle places of the other."""
    spans = [(int(trace.submit.min()), int((trace.submit + trace.run).max())) for trace in traces]
    for at, (trace, (since, until)) in enumerate(zip(traces, spans, strict=True)):
        if all(until < first or last < since for first, last in spans[:at] + spans[at + 1 :]):
            began, ended = (
                f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}" if 10**8 < moment < 10**11 else f"second {moment:,}"
                for moment in (since, until)
            )
            message = (
                f"{trace.name} runs from {began} to {ended}, when no other log does: they would only be "
                "replayed one after another; give logs of one time, or --align to move them by whole weeks onto it"
            )
            raise InvalidInput(source="the traces", problems=[Problem(message)])


def _by_submission(trace: Trace) -> Trace:
    order = np.argsort(trace.submit, kind="stable")
    sizes = np.diff(trace.step_first)[order]
    first = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    at = np.repeat(trace.step_first[:-1][order] - first[:-1], sizes) + np.arange(len(trace.step_after))
    return replace(
        trace,
        submit=trace.submit[order], run=trace.run[order], units=trace.units[order], limit=trace.limit[order],
        waited=trace.waited[order], site=trace.site[order], organisation=trace.organisation[order],
        step_first=first, step_after=trace.step_after[at], step_value=trace.step_value[at],
        bid=None if trace.bid is None else trace.bid[order],
    )  # fmt: skip

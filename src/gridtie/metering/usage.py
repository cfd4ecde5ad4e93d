"""What of a run is paid for: server-observed time × allocation, less what the site lost.

- Only time the exchange observed counts, from the arrival of the report that the run started to the arrival of the
  one that its processes ended. The site's own figure may lower it, never raise it: a finish that was reported late,
  because the line was down, is billed as the site says.
- A run that succeeded, failed by its own fault or was cancelled is paid for until its processes ended.
- A run the site lost is paid for until its last published checkpoint was saved: that is what the buyer has of it. The
  rest is a lost interval.
- So is a run that a higher bid displaced before it was done.
- Nothing after the run should have ended: its job's time limit, or a wish to stop it, each with some time to obey.
- Nothing while the run was interrupted. Beyond a lease nothing counts as saved: see `saved_at`.
- A run that never started, was rejected, or is not the job's newest costs nothing; but a booking that is cancelled
  later than its terms allow costs the part of its time that they name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridtie.dispatch.run import RunReport
from gridtie.values.period import Period

PAID_ENDS = frozenset({"succeeded", "failed", "cancelled"})
_ENDS = frozenset({"finish", "succeed", "fail", "cancel"})


@dataclass(frozen=True, slots=True)
class Billed:
    """`units` accelerators or cores for a time."""

    period: Period
    units: int


@dataclass(frozen=True, slots=True)
class Waived:
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """`billed` and `waived` never overlap, and together cover the run from its start to its end. Both in time order."""

    billed: tuple[Billed, ...] = ()
    waived: tuple[Waived, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What the exchange knows of a run that is over. Times are its own clock's."""

    state: str  # of lifecycle.RUN
    units: int
    started_at: datetime | None
    finished_at: datetime | None = None  # its processes ended
    ended_at: datetime
    checkpoint_at: datetime | None = None  # the last one published, as `saved_at` counts it
    limit_until: datetime | None = None  # the end of the job's time limit, and the time a site has to obey it
    stop_until: datetime | None = None  # the same after it was asked to stop the run
    reported_us: int | None = None  # how long it ran by its site's own clock
    changes: tuple[tuple[datetime, int], ...] = ()  # from when on it had other units
    interruptions: tuple[Waived, ...] = ()
    stale: bool = False
    displaced: bool = False  # by a higher bid
    owed: Period | None = None  # what is paid of a booking that was cancelled too late


def reported_us(reports: Iterable[RunReport]) -> int | None:
    """How long a run ran by its site's clock, in whichever order and however often its reports arrive.

    None when start or end are not reported, or the clock stepped back between them: then it says nothing.
    """
    by_seq: dict[int, RunReport] = {}
    for report in sorted(reports, key=lambda report: (report.seq, report.at, report.event)):
        by_seq.setdefault(report.seq, report)
    started = [report.at for report in by_seq.values() if report.event == "start"]
    ended = [report.at for report in by_seq.values() if report.event in _ENDS]
    if not started or not ended or min(ended) < min(started):
        return None
    return (min(ended) - min(started)) // timedelta(microseconds=1)


def saved_at(*, arrived: datetime, started: datetime | None, ran_us: int | None, lease_until: datetime) -> datetime:
    """The time on the exchange's clock at which a checkpoint counts as saved: the earliest of what either side knows.

    It was saved before it `arrived`, and while its run may have run at all: `lease_until` is how long the site could
    have been told by then to go on. The site's own word, `ran_us`, how long the run had run, only lowers it; None when
    it says nothing.
    """
    known = [arrived, lease_until]
    if started is not None and ran_us is not None:
        known.append(started + timedelta(microseconds=ran_us))
    return min(known)


def billable(facts: RunFacts) -> Usage:
    """Decides by how the run ended. The same facts give the same usage; see the top of this file for the policy."""
    if facts.started_at is None and facts.state == "cancelled" and facts.owed is not None and not facts.stale:
        return Usage((Billed(facts.owed, facts.units),))
    if facts.started_at is None or facts.state == "rejected":
        return Usage()
    start = facts.started_at
    ends = [facts.ended_at, facts.finished_at or facts.ended_at]
    if facts.reported_us is not None:
        ends.append(start + timedelta(microseconds=facts.reported_us))
    end = max(start, min(ends))
    stop, why = min(_cuts(facts, start), default=(end, ""))
    stop = min(max(start, stop), end)
    holes = [hole for hole in facts.interruptions if hole.period.start < stop]
    if stop < end:
        holes.append(Waived(Period(stop, end), why))
    billed: list[Billed] = []
    waived: list[Waived] = []
    at = start
    for hole in (*_apart(holes, Period(start, end), stop), Waived(Period(end, end), "")):
        for piece in _pieces(Period(at, hole.period.start), facts):
            if piece.units:
                billed.append(piece)
            else:
                waived.append(Waived(piece.period, "nothing was allocated"))
        if hole.period.duration_us:
            waived.append(hole)
        at = hole.period.end
    return Usage(tuple(billed), tuple(waived))


def _cuts(facts: RunFacts, start: datetime) -> Iterable[tuple[datetime, str]]:
    """Where billing may stop before the run did, each with its reason; the earliest counts."""
    if facts.stale:
        yield start, "a newer run of the job had its place"
    if facts.state not in PAID_ENDS:
        yield facts.checkpoint_at or start, "lost by the site; nothing later was saved"
    elif facts.displaced and facts.state != "succeeded":
        yield facts.checkpoint_at or start, "displaced by a higher bid; nothing later was saved"
    if facts.limit_until is not None:
        yield facts.limit_until, "its time limit had passed"
    if facts.stop_until is not None:
        yield facts.stop_until, "it had been asked to stop"


def _apart(holes: Sequence[Waived], whole: Period, stop: datetime) -> tuple[Waived, ...]:
    """Clipped to the run, in order, and where two overlap the earlier keeps the time they share."""
    kept: list[Waived] = []
    at = whole.start
    for hole in sorted(holes, key=lambda hole: (hole.period.start, hole.period.end, hole.reason)):
        first, last = max(at, hole.period.start), min(whole.end, hole.period.end)
        if hole.period.start < stop:
            last = min(last, stop)
        if first < last:
            kept.append(Waived(Period(first, last), hole.reason))
            at = last
    return tuple(kept)


def _pieces(period: Period, facts: RunFacts) -> Iterable[Billed]:
    """`period` split where the units changed."""
    units, at = facts.units, period.start
    for change, after in sorted(facts.changes):
        until = min(change, period.end)
        if until > at:
            yield Billed(Period(at, until), units)
            at = until
        units = after
    if at < period.end:
        yield Billed(Period(at, period.end), units)

"""What of a run is paid for: server-observed time, less what the site lost.

- Only time the exchange observed counts, from the report that the run started to the one that it ended; the site's own
  figures never lengthen it.
- A run that succeeded, failed by its own fault or was cancelled is paid for until its processes ended.
- A run the site lost is paid for until its last published checkpoint: that is what the buyer has of it. The rest is a
  lost interval.
- A run that never started, was rejected, or is not the job's newest costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from gridtie.values.period import Period

PAID_ENDS = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Waived:
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """`billed` and `waived` never overlap, and together cover the run from start to end."""

    billed: Period | None
    waived: tuple[Waived, ...] = ()


def usage_of(
    *,
    state: str,
    started_at: datetime | None,
    finished_at: datetime | None,
    ended_at: datetime,
    checkpoint_at: datetime | None,
    stale: bool = False,
) -> Usage:
    """Decides by how the run ended. `finished_at` is when its processes ended, `ended_at` when it was over."""
    if started_at is None or state == "rejected":
        return Usage(None)
    end = max(started_at, min(ended_at, finished_at or ended_at))
    whole = Period(started_at, end)
    if stale:
        return Usage(None, (Waived(whole, "a newer run of the job had its place"),))
    if state in PAID_ENDS:
        return Usage(whole)
    kept = min(max(checkpoint_at, started_at), end) if checkpoint_at is not None else started_at
    billed = Period(started_at, kept) if kept > started_at else None
    lost = Period(kept, end)
    waived = (Waived(lost, "the site lost it"),) if lost.duration_us else ()
    return Usage(billed, waived)

"""Jobs and runs as the exchange remembers them, and what each report of a site means for both."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridtie.dispatch.job import JobSpec
from gridtie.dispatch.run import BlobFile, RunPlan
from gridtie.values.ids import JobId, MemberId, OrganisationId, ResourceId, RunId, SiteId, TradeId
from gridtie.values.money import Micros
from gridtie.values.period import EPOCH, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: JobId
    organisation: OrganisationId
    member: MemberId
    name: str
    purpose: str  # user | certification
    state: str
    epoch: int
    run: RunId | None
    spec: JobSpec
    files: tuple[BlobFile, ...]
    checkpoint: tuple[BlobFile, ...]
    after: JobId | None
    retries: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Capacity promised from `starts_at` to `ends_at`, and what it costs to give it back late.

    Until `notice` before its start for nothing, then `late_percent` of what all its time costs.
    """

    starts_at: datetime
    ends_at: datetime
    notice: timedelta
    late_percent: int

    def owed(self, cancelled_at: datetime) -> Period | None:
        """The time that is paid for when it is cancelled then, before its run has started."""
        if not self.late_percent or cancelled_at < self.starts_at - self.notice:
            return None
        return Period(self.starts_at, self.starts_at + (self.ends_at - self.starts_at) * self.late_percent / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    id: RunId
    job: JobId
    organisation: OrganisationId
    epoch: int
    site: SiteId
    resource: ResourceId
    trade: TradeId
    state: str
    plan: RunPlan
    unit: str  # accelerator-hour | core-hour
    units: int
    price: Micros
    next_seq: int
    cancel_at: datetime | None
    assigned_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ended_at: datetime | None
    checkpoint_at: datetime | None
    exit_code: int | None
    reason: str
    preemptible: bool = False  # a higher bid may displace it
    displaced: int | None = None  # the round in which one did
    waits_for: tuple[RunId, ...] = ()  # runs that hold its machines still; its site is not told of it before
    until: datetime | None = None  # when it has left its machines; None: nobody knows
    booking: Booking | None = None  # its site is not told of it before that starts

    @property
    def ahead(self) -> bool:
        """Its time has not come: it is promised machines, and holds none."""
        return self.state == "assigned" and self.booking is not None and self.assigned_at < self.booking.starts_at


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an ended run means for its job: `event` of the job's lifecycle, and why, in words."""

    event: str  # succeed | fail | cancel | requeue
    reason_code: str
    reason: str
    counts: bool = False  # uses up one of the job's retries
    exclude_site: bool = False  # the next run goes elsewhere if anything else fits


REJECTIONS_MAX = 8
PAUSE_S, PAUSE_MAX_S = 10, 600
DISPLACED = "a higher bid took its place; it goes on from its checkpoint when it finds another"
_LOST_WORDS = {"lease": "the site lost contact", "preempted": "the site took its machines back"}
_FAIL_WORDS = {
    "exit": "its command ended with exit code {code}",
    "setup": "its setup ended with exit code {code}",
    "signal": "it was ended by signal {code}",
    "out_of_memory": "it used more memory than it asked for",
    "time_limit": "it ran into its time limit",
    "disk_limit": "it filled its disk",
}


def judge_end(
    job: Job, state: str, reason: str, exit_code: int | None, *, rejections: int, detail: str = "",
    displaced: bool = False,
) -> Verdict:  # fmt: skip
    """Decides what becomes of `job` when its run ended in `state`. `detail`: the site's own words, where it had any.

    A fault of the job (exit code, limits) is final unless its retry policy names it; a fault of the site
    sends the job to another place, `retry.limit` times. A rejection costs no retry, but not endlessly. Who was
    displaced goes back to the market, however his run ended before it was done.
    """
    if state == "succeeded":
        return Verdict("succeed", "", "")
    if displaced:
        return Verdict("requeue", "displaced", DISPLACED)
    if state == "cancelled":
        return Verdict("cancel", "cancelled", reason or "cancelled by its owner")
    retry = job.spec.retry
    if state == "rejected" and reason == "booking":
        return Verdict(
            "requeue", "booking-lost", f"its booking is lost: {detail}; it is placed again", exclude_site=True
        )
    if state == "rejected":
        if rejections >= REJECTIONS_MAX:
            return Verdict(
                "fail", "rejected", f"it was refused {rejections} times in a row, at last because: {detail or reason}"
            )
        return Verdict("requeue", "rejected", f"the site refused it: {detail or reason}", exclude_site=True)
    if state == "lost":
        cause = "preempted" if reason == "preempted" else "site_lost"
        words = _LOST_WORDS.get(reason, "the site lost it")
        if cause not in retry.on:
            return Verdict("fail", cause, f"{words}, and its retry policy does not go on after that")
        if job.retries < retry.limit:
            return Verdict("requeue", cause, f"{words}; it goes on elsewhere", counts=True, exclude_site=True)
        return Verdict("fail", cause, f"{words}, and its {retry.limit} retries are used up")
    # The site's own words are text, never a template.
    words = _FAIL_WORDS[reason].format(code=exit_code) if reason in _FAIL_WORDS else reason or "it failed"
    kinds = {"failure", reason}
    if kinds & set(retry.on) and job.retries < retry.limit:
        return Verdict("requeue", reason or "failed", f"{words}; tried again", counts=True)
    return Verdict("fail", reason or "failed", words)


def rest_until(rejections: int, at: datetime) -> datetime:
    """When a site that refused a job at `at`, the `rejections`-th refusal in a row, may be asked again.

    The pause doubles from 10 s to 10 min, so that the eighth refusal comes 20 minutes after the first. The end is a
    whole multiple of 10 s: a site that refuses thousands at once leaves the market a few kinds of need, not thousands.
    """
    pause = timedelta(seconds=min(PAUSE_S << (rejections - 1), PAUSE_MAX_S))
    step = timedelta(seconds=PAUSE_S)
    beyond = (at + pause - EPOCH) % step
    return at + pause + (step - beyond if beyond else timedelta())


def lease_length(
    on_disconnect: str, *, stop: timedelta, replace: timedelta, wait: timedelta
) -> tuple[timedelta, timedelta]:
    """(when the site's keeper must have stopped it, when the exchange gives it up) after the last renewal.

    The exchange waits longer than the keeper by a margin, so that an honest site has always stopped first.
    """
    if on_disconnect == "wait":
        return wait, wait + stop
    if on_disconnect == "replace":
        return stop, replace
    return stop, max(replace, stop * 2)

"""When a book of the same rows may be decided otherwise, by the passing of time alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gridtie.market.bookings import SLACK, Calendar
from gridtie.market.request import Request
from gridtie.market.start_window import LEAD

_NONE = timedelta()
_FAR = timedelta(days=365)


def next_moment(requests: Sequence[Request], calendar: Calendar, at: datetime) -> datetime:
    """At `at` or after it; until then a round at posted prices of these requests says what it says at `at`.

    A round compares the times of its book with its own time, with a start that it may pick, and with the end of what
    would begin at either; what a site lends begins and ends as they do. On the safe side: not each of these moments
    changes anything. What is true of capacities at `at` (connected, admitted, what a shared site lends) is for the
    caller to look at again.
    """
    marks = set[datetime]()
    for request in requests:
        marks |= {mark for mark in (request.deadline, request.start_at, request.start_by) if mark is not None}
        marks |= {rest.until for rest in request.needs.resting}
    marks |= {mark for offer in calendar.offers for mark in (offer.window.start, offer.window.end)}
    openings = [capacity.opening for capacity in calendar.capacities.values() if capacity.opening is not None]
    marks |= {mark for one in openings for mark in (one.begins, one.ends) if mark is not None and mark > at}
    marks |= {mark for some in calendar.promises.values() for _, one in some for mark in (one.start, one.end)}
    lengths = {request.limit_us for request in requests} | {r.expected_us for r in requests if r.start_by is not None}
    ends = {timedelta(microseconds=length) + SLACK for length in lengths if length is not None}
    queues = {
        timedelta(seconds=one.queue_wait_s or 0) for one in calendar.capacities.values() if one.opening is not None
    }
    leads = {LEAD} if any(request.start_by is not None for request in requests) else set()
    aheads = {_NONE} | ends | leads | {lead + end for lead in leads for end in ends}
    aheads |= {end + queue for end in ends for queue in queues}
    return min((mark - ahead for mark in marks for ahead in aheads if mark - ahead >= at), default=at + _FAR)

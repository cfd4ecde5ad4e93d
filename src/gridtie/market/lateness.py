"""A deadline is the latest start. Who reads 'done by then' in it is told where a run would end after it."""

from datetime import datetime, timedelta

from gridtie.market.offer import Capacity
from gridtie.market.request import Request
from gridtie.values.period import to_the_second

_SECOND = timedelta(seconds=1)


def end_of(request: Request, start: datetime, run_us: int) -> datetime:
    """When a run that begins then is expected to be over, to the second: no later than its time limit or its booking
    allows."""
    limits = (request.limit_us, None if request.start_at is None else request.expected_us)
    return to_second(start + timedelta(microseconds=min([run_us, *(limit for limit in limits if limit is not None)])))


def to_second(at: datetime) -> datetime:
    """The begun second as a whole one: of what is expected, more is not known."""
    return at.replace(microsecond=0) + _SECOND if at.microsecond else at


def begins_late(request: Request, start: datetime) -> bool:
    return request.deadline is not None and start >= request.deadline


def ends_late(request: Request, start: datetime, run_us: int) -> bool:
    """It would end after its deadline."""
    return request.deadline is not None and end_of(request, start, run_us) > request.deadline


def after_queue(capacity: Capacity, at: datetime) -> datetime:
    """When its site's own scheduler starts what is placed there `at` that time, as far as the site says."""
    return at + timedelta(seconds=capacity.queue_wait_s or 0)


def meaning(request: Request) -> str:
    """Of the deadline, for somebody whose run would end after it."""
    assert request.deadline is not None
    return f"a deadline is the latest start: who runs by {to_the_second(request.deadline)} runs on after it"

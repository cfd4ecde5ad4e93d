"""A job whose deadline passed before it found a place ends, and says so."""

from collections.abc import Callable

from gridtie.flow.exchange import Exchange
from gridtie.flow.reopen_request import start_followers
from gridtie.store.unit import Unit
from gridtie.values.period import to_the_second

NO_ROUND = "no round of the market was held in that time; hand it in again with a later start"


def expire_requests(exchange: Exchange) -> Callable[[Unit, Exchange], int]:
    """Looks beside the writer for what is overdue; the verb returned ends what still is, and says how many."""
    overdue, unbooked = exchange.database.read(lambda unit: (unit.market.overdue(), unit.market.unbooked()))

    def write(unit: Unit, _: Exchange) -> int:
        ended = 0
        for key in dict.fromkeys((*unbooked, *overdue)):
            request = unit.market.request_of(key)
            job = unit.jobs.get(request.job)
            if request.state != "open":
                continue
            if key in unbooked and request.start_at is not None and request.run_before is None:
                start, row, code = to_the_second(request.start_at), unit.jobs.row(key), "not-booked"
                why = row.reason if row.reason_code else NO_ROUND
                times = "on" if request.start_by is None else f"to {to_the_second(request.start_by)}"
                words = f"nothing could be booked for it from {start} {times}: {why}"
            elif request.deadline is not None and unit.at >= request.deadline:
                words, code = (
                    f"its deadline, {to_the_second(request.deadline)}, passed before it found a place",
                    "deadline",
                )
            else:
                continue
            unit.market.move_request(request.id, "expire")
            unit.jobs.move(job.id, job.state, "fail", reason=words, reason_code=code)
            unit.jobs.set(job.id, ended_us=unit.at_us)
            start_followers(unit, job.id, succeeded=False)
            unit.note("job.failed", job.id, organisation=job.organisation, reason=words)
            ended += 1
        return ended

    return write

"""A job whose deadline passed before it found a place ends, and says so."""

from collections.abc import Callable

from gridtie.flow.exchange import Exchange
from gridtie.flow.reopen_request import start_followers
from gridtie.store.unit import Unit
from gridtie.values.period import to_text


def expire_requests(exchange: Exchange) -> Callable[[Unit, Exchange], int]:
    """Looks beside the writer for what is overdue; the verb returned ends what still is, and says how many."""
    overdue = exchange.database.read(lambda unit: unit.market.overdue())

    def write(unit: Unit, _: Exchange) -> int:
        ended = 0
        for key in overdue:
            request = unit.market.request_of(key)
            if request.state != "open" or request.deadline is None or unit.at < request.deadline:
                continue
            job = unit.jobs.get(request.job)
            words = f"its deadline, {to_text(request.deadline)}, passed before it found a place"
            unit.market.move_request(request.id, "expire")
            unit.jobs.move(job.id, job.state, "fail", reason=words, reason_code="deadline")
            unit.jobs.set(job.id, ended_us=unit.at_us)
            start_followers(unit, job.id, succeeded=False)
            unit.note("job.failed", job.id, organisation=job.organisation, reason=words)
            ended += 1
        return ended

    return write

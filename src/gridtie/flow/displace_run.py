"""Work that accepts it may have to go for a higher bid: what of it takes part in a round, and how it is told to go."""

from collections.abc import Sequence
from typing import Any

from gridtie.flow.cancel_job import STOPPING
from gridtie.market.book import request_from_json
from gridtie.market.clearing import Book, Displaced, Running, Trade
from gridtie.market.displacement import may_be_displaced
from gridtie.market.request import Request
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import OfferId, RequestId, ResourceId, RunId
from gridtie.values.money import Micros


def accepts(request: Request, trade: Trade) -> bool:
    """Whether the run of this trade may be displaced; what is paid in hours of the bank has no bid to compare."""
    return request.mode != "bank" and may_be_displaced(request, trade.alternative)


def bidding(unit: Unit, offers: set[OfferId], *, restart_us: int) -> tuple[Running, ...]:
    """The runs that take part in a round: their offers are open still, and their jobs go on after it."""
    found = (_running(unit, row, restart_us) for row in unit.runs.displaceable() if "preempted" in _retried(row))
    return tuple(running for running in found if running.offer in offers)


def _retried(row: Any) -> list[str]:
    causes: list[str] = load(row.spec)["retry"]["on"]
    return causes


def _running(unit: Unit, row: Any, restart_us: int) -> Running:
    trade = load(row.trade)
    return Running(
        run=RunId(row.id),
        request=request_from_json(load(row.request)),
        offer=OfferId(trade["offer"]),
        resource=ResourceId(trade["resource"]),
        alternative=trade["alternative"],
        machines=tuple(trade["machines"]),
        price=Micros(row.price),
        lost_us=max(unit.at_us - row.checkpoint_us, 0) + restart_us,
    )


def displace_run(unit: Unit, book: Book, out: Displaced) -> None:
    """Its site is asked to stop it; when it has, the job goes back to the market and who waited for it may start."""
    run, number = unit.runs.get(out.run), int(book.round)
    reason = f"a higher bid takes its place at {book.capacities[run.resource].site_name}"
    unit.runs.set(run.id, cancel_us=unit.at_us, displaced=number)
    unit.jobs.set(run.job, reason=f"{STOPPING}{reason}", reason_code="displaced")
    unit.market.refuse({out.request: {"code": "displaced", "reason": reason, "counts": {"displaced": 1}, "change": ""}},
                       number)  # fmt: skip
    unit.note("run.displaced", run.id, organisation=run.organisation, job=run.job, site=run.site, round=number)


def held_by(displaced: Sequence[Displaced], request: RequestId) -> tuple[RunId, ...]:
    """The runs that have to end before this request can start."""
    return tuple(out.run for out in displaced if request in out.by)

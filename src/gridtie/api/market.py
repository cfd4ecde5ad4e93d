"""The market over HTTP: products and prices now, past rounds, and why an order stands where it stands."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from gridtie.access import Actor, may
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read
from gridtie.api.deps import Allow
from gridtie.api.jobs import own_job
from gridtie.api.offers import instant
from gridtie.errors import InvalidInput, NotAllowed, NotFound, Problem, UnknownChip
from gridtie.flow.exchange import Exchange
from gridtie.flow.unit import Unit
from gridtie.registry.chips import CPU
from gridtie.registry.parts import SHARES, is_part, part_of, whole_of
from gridtie.values.ids import RequestId
from gridtie.values.period import EPOCH, Period
from gridtie.views.index import index_view
from gridtie.views.market import explain_job, market_view, round_full, round_view, rounds_page

router = APIRouter(prefix="/v1/market", tags=["market"])
Number = Annotated[int, Path(ge=1, le=1 << 40)]
INDEX_DEFAULT = timedelta(days=7)


@router.get("", summary="Every product with its price and what is free")
async def now(request: Request, actor: Annotated[Actor, Depends(Allow("market.read"))]) -> Response:
    exchange = exchange_of(request)
    return answer(read(request, lambda unit: market_view(unit, exchange)))


def _product(exchange: Exchange, text: str) -> str:
    """Raises UnknownChip, also for a part that nobody can lend."""
    name = whole_of(text)
    whole = name if name == CPU else exchange.chips.find(name).id
    found = whole + text.removeprefix(name)
    if found != whole and not is_part(found, {whole}):
        raise UnknownChip(name=text, nearest=", ".join([whole, *(part_of(whole, n) for n in SHARES if whole != CPU)]))
    return found


@router.get("/index", summary="Price index from executed trades, and why each of them counts or does not")
async def index(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("market.read"))],
    chip: Annotated[str | None, Query(max_length=64)] = None,
    hub: Annotated[str | None, Query(max_length=64)] = None,
    start: Annotated[str | None, Query(alias="from", max_length=64)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=64)] = None,
    trades: bool = False,
) -> Response:
    """Of the last week, unless `from` and `to` say otherwise. Trades of a product that is too thin to be published are
    only for those who run the exchange, and its auditors."""
    exchange = exchange_of(request)
    if chip is not None:
        chip = _product(exchange, chip)
    if hub is not None:
        exchange.places.hub(hub)
    finish = instant(end, "to") if end else exchange.clock.now()
    usual = finish - INDEX_DEFAULT if finish - EPOCH > INDEX_DEFAULT else EPOCH
    begin = instant(start, "from") if start else usual
    if finish < begin:
        raise InvalidInput(source="request", problems=[Problem("to lies before from", path="to")])

    def look(unit: Unit) -> dict[str, Any]:
        return index_view(unit, exchange, Period(begin, finish), chip=chip, hub=hub, trades=trades,
                          all_trades=actor.of_exchange)  # fmt: skip

    return answer(await apart(lambda: read(request, look)))


@router.get("/rounds", summary="Past rounds, newest first")
async def rounds(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("market.read"))],
    cursor: Annotated[int | None, Query(ge=1, le=1 << 40)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    return answer(await apart(lambda: read(request, lambda unit: rounds_page(unit, before=cursor, limit=limit))))


@router.get("/rounds/{number}", summary="One round; in full for those who may replay it")
async def one_round(
    number: Number, request: Request, actor: Annotated[Actor, Depends(Allow("market.read"))], full: bool = False
) -> Response:
    """The full book names every buyer: it is for those who run the exchange, and its auditors."""
    if full and not actor.of_exchange:
        raise NotAllowed(role="a member", action="read a round's whole book", needed="auditor")
    return answer(
        await apart(lambda: read(request, lambda u: round_full(u, number) if full else round_view(u, number)))
    )


@router.get("/why/{order}", summary="Why a job or request stands where it stands")
async def why(order: str, request: Request, actor: Annotated[Actor, Depends(Allow("market.why"))]) -> Response:
    def look(unit: Unit) -> dict[str, Any]:
        if not order.startswith("req_"):
            return explain_job(unit, exchange_of(request), own_job(unit, actor, order, "market.why"))
        job = unit.market.job_of_request(RequestId(order))
        if job is None or not may(actor, "market.why", unit.jobs.row(job).organisation):
            raise NotFound(noun="request", key=order)  # never the job's id: it belongs to whoever it is hidden from
        return explain_job(unit, exchange_of(request), job)

    return answer(await apart(lambda: read(request, look)))

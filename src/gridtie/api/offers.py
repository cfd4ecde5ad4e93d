"""Offers over HTTP."""

import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.errors import Ambiguous, InvalidInput, NotFound, NotSignedIn, Problem
from gridtie.flow.move_offer import move_offer
from gridtie.flow.post_offer import OfferTerms, import_offers, post_offer
from gridtie.flow.unit import Unit
from gridtie.lifecycle import OFFER
from gridtie.market.offer import Offer, Tranche
from gridtie.market.pricelist import PROBLEMS_SHOWN, parse_price_list
from gridtie.values.money import Micros, parse_money
from gridtie.values.period import Period, from_text
from gridtie.views.market import offer_named, offer_view, offers_view

router = APIRouter(prefix="/v1/offers", tags=["offers"])
TRANCHES_MAX = 16
WINDOW_DEFAULT = timedelta(days=30)


class TrancheIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    after: Annotated[int, Field(ge=1, le=1_000_000)]
    price: Annotated[str, Field(min_length=1, max_length=40)]


class OfferIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    resource: Annotated[str, Field(min_length=1, max_length=128)]
    price: Annotated[str, Field(min_length=1, max_length=40)]
    tranches: Annotated[list[TrancheIn], Field(max_length=TRANCHES_MAX)] = []
    units_min: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    units_max: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    start: Annotated[str | None, Field(alias="from", max_length=64)] = None
    until: Annotated[str | None, Field(max_length=64)] = None
    spot: bool = False
    terms: Annotated[str, Field(max_length=1000)] = ""


def money(text: str, path: str) -> Micros:
    """Raises InvalidInput for anything that is not an amount from zero."""
    try:
        value = parse_money(text)
    except ValueError as cause:
        raise InvalidInput(source="request", problems=[Problem(str(cause), path=path)]) from None
    if value < 0:
        raise InvalidInput(source="request", problems=[Problem("below zero", path=path)])
    return value


def instant(text: str, path: str) -> Any:
    try:
        return from_text(text)
    except (ValueError, OverflowError) as cause:
        problem = f"{path}: {cause}; write a time such as 2026-05-01T20:00:00Z"
        raise InvalidInput(source="request", problems=[Problem(problem, path=path)]) from None


def window(start: str | None, end: str | None, now: Any, length: timedelta) -> Period:
    begin = instant(start, "from") if start else now
    try:
        finish = instant(end, "until") if end else begin + length
    except OverflowError:
        problem = Problem("from: no time is left for it in the calendar; say until when", path="from")
        raise InvalidInput(source="request", problems=[problem]) from None
    if finish <= begin:
        raise InvalidInput(source="request", problems=[Problem("until lies before from", path="until")])
    return Period(begin, finish)


@router.post("", status_code=201, summary="Offer a resource at a price")
async def post(request: Request, body: OfferIn, actor: Annotated[Actor, Depends(Allow("offer.post"))]) -> Response:
    """The price is per accelerator-hour, or per core-hour for CPUs; of the first units where there are tranches: beyond
    `after` units in use at once, the price of the tranche holds."""
    exchange = exchange_of(request)
    terms = OfferTerms(
        price=money(body.price, "price"),
        window=window(body.start, body.until, exchange.clock.now(), WINDOW_DEFAULT),
        units_min=body.units_min,
        units_max=body.units_max,
        spot=body.spot,
        terms=body.terms,
        tranches=tuple(
            Tranche(after=one.after, price=money(one.price, f"tranches[{place}].price"))
            for place, one in enumerate(body.tranches)
        ),
    )
    own = scope(actor, "offer.post")
    return await idempotent_write(
        request,
        actor,
        lambda unit: offers_view(unit, exchange_of(request), [post_offer(unit, actor, own, body.resource, terms)])[0],
        required=True,
    )


@router.get("", summary="Offers, newest first")
async def list_offers(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("offer.read"))],
    chip: Annotated[str | None, Query(max_length=64)] = None,
    hub: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[str, Query(max_length=20)] = "open",
    mine: bool = False,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    """What is for sale is known to every member; what is not open any more only to its owner."""
    if state not in OFFER.states:
        return answer({"items": [], "next": None})
    owner = actor.organisation if mine or (state != "open" and not actor.of_exchange) else None

    def look(unit: Unit) -> list[dict[str, Any]]:
        return offers_view(unit, exchange_of(request), unit.market.offers(
            states=[state], chip=chip, hub=hub, organisation=owner, before=cursor, limit=limit + 1
        ))  # fmt: skip

    found = read(request, look)
    following = found[limit - 1]["id"] if len(found) > limit else None
    return answer({"items": found[:limit], "next": following})


def _visible(unit: Unit, actor: Actor, key: str) -> Offer:
    try:
        offer = offer_named(unit, key)
    except Ambiguous as several:
        if actor.of_exchange:
            raise
        raise Ambiguous(noun="offer", key=key, matches="more than one offer") from several  # some may not be his to see
    if offer.state != "open" and offer.owner != actor.organisation and not actor.of_exchange:
        raise NotFound(noun="offer", key=key)
    return offer


@router.get("/{offer}", summary="One offer")
async def show(offer: str, request: Request, actor: Annotated[Actor, Depends(Allow("offer.read"))]) -> Response:
    return answer(
        read(request, lambda unit: offers_view(unit, exchange_of(request), [_visible(unit, actor, offer)])[0])
    )


async def _move(request: Request, actor: Actor, key: str, event: str) -> Response:
    def work(unit: Unit) -> dict[str, Any]:
        found = _visible(unit, actor, key)
        authorize(actor, "offer.manage", found.owner, noun="offer", key=key)
        return offers_view(unit, exchange_of(request), [move_offer(unit, found, event)])[0]

    return answer(await write(request, actor, work))


@router.post("/{offer}/withdraw", summary="Take it back; what runs goes on")
async def withdraw(offer: str, request: Request, actor: Annotated[Actor, Depends(Allow("offer.manage"))]) -> Response:
    return await _move(request, actor, offer, "withdraw")


@router.post("/{offer}/pause", summary="Hold it back for now")
async def pause(offer: str, request: Request, actor: Annotated[Actor, Depends(Allow("offer.manage"))]) -> Response:
    return await _move(request, actor, offer, "pause")


@router.post("/{offer}/resume", summary="Sell it again")
async def resume(offer: str, request: Request, actor: Annotated[Actor, Depends(Allow("offer.manage"))]) -> Response:
    return await _move(request, actor, offer, "resume")


@router.post(
    "/import",
    summary="Read a cloud's price list as listed offers",
    openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def import_list(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("offer.import"))],
    source: Annotated[str, Query(max_length=200)] = "price list",
    dry_run: bool = False,
    cloud: Annotated[str | None, Query(max_length=64)] = None,
    currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$")] = None,
    skip: bool = False,
) -> Response:
    """CSV: cloud, region, instance, accelerator, count, vCPU, memory, price, spot. All of it, or nothing, unless rows
    that cannot be listed may be skipped. `cloud` and `currency` stand where no column says them."""
    exchange = exchange_of(request)
    raw = await request.body()
    name = re.sub(r"[^\w .:/-]", "_", source)
    own, table = exchange.settings.currency, exchange.settings.rate_table()
    rates = {code: rate for code, (rate, _) in table.items()}
    listed = await apart(
        lambda: parse_price_list(
            raw, source=name, chips=exchange.chips, currency=own, rates=rates, cloud=cloud, listed_in=currency,
            skip=skip,
        )
    )  # fmt: skip
    skipped = {
        "skipped": listed.skipped_rows,
        "skipped_because": [str(problem) for problem in listed.skipped[:PROBLEMS_SHOWN]],
    }
    if dry_run:
        return answer({"imported": len(listed.rows), "items": [], **skipped})
    if actor.organisation is None:
        raise NotSignedIn(reason="only a member can import offers")
    owner, until = actor.organisation, exchange.clock.now() + WINDOW_DEFAULT

    def work(unit: Unit) -> dict[str, Any]:
        words = {code: f"1 {code} = {rate} {own} since {day}" for code, (rate, day) in table.items()}
        made = import_offers(unit, owner, listed.rows, until=until, source=name, conversions=words)
        return {"imported": len(made), "items": [offer_view(offer) for offer in made[:50]], **skipped}

    return await idempotent_write(request, actor, work, status=200)

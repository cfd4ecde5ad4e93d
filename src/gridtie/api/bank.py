"""The compute bank over HTTP: rates, deposits, loans, statements. A withdrawal is a job with `pay_with: [bank]`."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.ledger import Amount, Name, positive
from gridtie.api.offers import WINDOW_DEFAULT, instant, window
from gridtie.errors import InvalidInput, Problem
from gridtie.flow.deposit_capacity import close_deposit, deposit_capacity
from gridtie.flow.lend_hours import lend_hours
from gridtie.flow.unit import Unit
from gridtie.lifecycle import DEPOSIT
from gridtie.registry.chips import CPU
from gridtie.values.period import EPOCH, Period
from gridtie.views.bank import bank_statement, deposit_view, rates_view

router = APIRouter(prefix="/v1/bank", tags=["compute bank"])
Chip = Annotated[str | None, Query(max_length=64)]


class DepositIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    resource: Annotated[str, Field(min_length=1, max_length=128)]
    units_max: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    start: Annotated[str | None, Field(alias="from", max_length=64)] = None
    until: Annotated[str | None, Field(max_length=64)] = None


class LoanIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    organisation: Name
    chip: Name
    hours: Amount


@router.get("/rates", summary="What a unit-hour of each certified resource earns and costs in the bank, and why")
async def rates(request: Request, actor: Annotated[Actor, Depends(Allow("bank.read"))], chip: Chip = None) -> Response:
    return answer({"items": read(request, lambda unit: rates_view(unit, chip=chip))})


@router.post("/deposits", status_code=201, summary="Let others withdraw idle capacity of a certified resource")
async def deposit(
    request: Request, body: DepositIn, actor: Annotated[Actor, Depends(Allow("bank.deposit"))]
) -> Response:
    """What others use of it earns reference hours at its rate, which its owner withdraws elsewhere later."""
    period = window(body.start, body.until, exchange_of(request).clock.now(), WINDOW_DEFAULT)
    own = scope(actor, "bank.deposit")
    return await idempotent_write(
        request, actor,
        lambda unit: deposit_view(deposit_capacity(unit, actor, own, body.resource, period, body.units_max)),
        required=True,
    )  # fmt: skip


@router.get("/deposits", summary="Deposits, newest first")
async def deposits(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("bank.read"))],
    state: Annotated[str, Query(max_length=20)] = "open",
    mine: bool = False,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    """What is open is known to every member; what is over only to its owner."""
    if state not in DEPOSIT.states:
        return answer({"items": [], "next": None})
    owner = actor.organisation if mine or (state != "open" and not actor.of_exchange) else None
    found = read(request, lambda unit: unit.bank.page(state=state, owner=owner, before=cursor, limit=limit + 1))
    following = found[limit - 1].id if len(found) > limit else None
    return answer({"items": [deposit_view(one) for one in found[:limit]], "next": following})


@router.post("/deposits/{deposit}/close", summary="Take a deposit back; what runs goes on and earns")
async def close(deposit: str, request: Request, actor: Annotated[Actor, Depends(Allow("bank.close"))]) -> Response:
    def work(unit: Unit) -> dict[str, Any]:
        found = unit.bank.find(deposit, scope(actor, "bank.close").organisation)
        authorize(actor, "bank.close", found.owner, noun="deposit", key=deposit)
        return deposit_view(close_deposit(unit, found))

    return await idempotent_write(request, actor, work, status=200)


@router.post("/loans", status_code=201, summary="Lend an organisation hours, so that somebody can begin")
async def loan(request: Request, body: LoanIn, actor: Annotated[Actor, Depends(Allow("bank.lend"))]) -> Response:
    """It pays back first out of what it earns with deposits."""
    amount = positive(body.hours, "hours")
    chip = CPU if body.chip == CPU else exchange_of(request).chips.find(body.chip).id

    def work(unit: Unit) -> dict[str, Any]:
        return lend_hours(unit, unit.parties.find(body.organisation, scope(actor, "bank.lend")), chip, amount)

    return await idempotent_write(request, actor, work, required=True)


@router.get("/statements", summary="Hours earned, withdrawn and owed in a period")
async def statements(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("bank.statement"))],
    organisation: Annotated[str | None, Query(max_length=200)] = None,
    chip: Chip = None,
    start: Annotated[str | None, Query(alias="from", max_length=64)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=64)] = None,
) -> Response:
    begin = instant(start, "from") if start else EPOCH
    finish = instant(end, "to") if end else exchange_of(request).clock.now() + timedelta(microseconds=1)
    if finish < begin:
        raise InvalidInput(source="request", problems=[Problem("to lies before from", path="to")])

    def look(unit: Unit) -> dict[str, Any]:
        text = organisation or actor.organisation or ""
        found = unit.parties.find(text, scope(actor, "bank.statement"))
        return bank_statement(unit, found, Period(begin, finish), chip=chip)

    return answer(await apart(lambda: read(request, look)))

"""Money over HTTP: accounts, transfers, proof, top-ups, statements, receipts, vouchers."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.offers import instant, money, window
from gridtie.api.patient import patient_answer
from gridtie.errors import InvalidInput, NotFound, Problem
from gridtie.flow.fund_account import issue_voucher, revoke_voucher, top_up
from gridtie.flow.refund_receipt import refund_receipt
from gridtie.flow.unit import Unit
from gridtie.values.ids import OrganisationId, ReceiptId
from gridtie.values.period import EPOCH, Period
from gridtie.views.receipt import (
    account_codes,
    accounts_view,
    hour_codes,
    receipt_view,
    statement_csv,
    statement_view,
    transfer_view,
    verification,
    voucher_view,
)

router = APIRouter(prefix="/v1", tags=["money"])
Name = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[str, Field(min_length=1, max_length=40)]
VOUCHER_DEFAULT = timedelta(days=365)


class TopUpIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    organisation: Name
    amount: Amount
    memo: Annotated[str, Field(max_length=500)] = ""


class VoucherIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    holder: Name
    amount: Amount
    max_unit_price: Amount | None = None
    chips: Annotated[list[Name], Field(max_length=100)] = []
    hubs: Annotated[list[Name], Field(max_length=100)] = []
    start: Annotated[str | None, Field(alias="from", max_length=64)] = None
    until: Annotated[str | None, Field(max_length=64)] = None


class RefundIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    start: Annotated[str | None, Field(alias="from", max_length=64)] = None
    until: Annotated[str | None, Field(max_length=64)] = None


def positive(text: str, path: str) -> int:
    amount = money(text, path)
    if amount <= 0:
        raise InvalidInput(source="request", problems=[Problem("must be above zero", path=path)])
    return amount


@router.post("/ledger/topups", status_code=201, summary="Book money that came in")
async def topup(request: Request, body: TopUpIn, actor: Annotated[Actor, Depends(Allow("ledger.topup"))]) -> Response:
    amount = positive(body.amount, "amount")

    def work(unit: Unit) -> dict[str, Any]:
        organisation = unit.parties.find(body.organisation, scope(actor, "ledger.topup"))
        return top_up(unit, organisation, amount, memo=body.memo)

    return await idempotent_write(request, actor, work, required=True)


@router.get("/ledger/accounts", summary="Balances you may see")
async def accounts(request: Request, actor: Annotated[Actor, Depends(Allow("ledger.read"))]) -> Response:
    own = scope(actor, "ledger.read").organisation

    return answer({"items": read(request, lambda unit: accounts_view(unit, own)), "next": None})


@router.get("/ledger/transfers", summary="Postings, newest first")
async def transfers(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("ledger.read"))],
    account: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[int | None, Query(ge=1, le=1 << 50)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    own = scope(actor, "ledger.read").organisation

    def look(unit: Unit) -> list[Any]:
        if own is None and account is None:
            return list(unit.ledger.newest(before=cursor, limit=limit + 1))
        owned = [*account_codes(unit, own), *hour_codes(unit, own)] if own else []
        codes = [account] if account else owned
        if own is not None and not set(codes) <= set(owned):
            raise NotFound(noun="account", key=account)
        return list(unit.ledger.newest_of(codes, before=cursor, limit=limit + 1))

    rows = read(request, look)
    following = str(rows[limit - 1].seq) if len(rows) > limit else None
    return answer({"items": [transfer_view(row) for row in rows[:limit]], "next": following})


@router.get("/ledger/verify", summary="Recompute every balance and the whole chain")
async def verify(request: Request, actor: Annotated[Actor, Depends(Allow("ledger.verify"))]) -> Response:
    """One is at work at a time, and who asks meanwhile shares the next. A `Problem` may come with 200, where it took
    longer than ten seconds before it failed."""
    exchange = exchange_of(request)
    found = request.app.state.verifying.ask(lambda: read(request, lambda unit: verification(unit, exchange)))
    return await patient_answer(request, found)


@router.get("/receipts/{receipt}", summary="One receipt with both signatures")
async def receipt(receipt: str, request: Request, actor: Annotated[Actor, Depends(Allow("receipt.read"))]) -> Response:
    """Its buyer may read it, its seller, and who runs the exchange."""

    def look(unit: Unit) -> dict[str, Any]:
        row = unit.receipts.row(receipt)
        seller = OrganisationId(unit.sites.get(row.site).organisation)
        owner = seller if actor.organisation == seller else OrganisationId(row.organisation)
        authorize(actor, "receipt.read", owner, noun="receipt", key=receipt)
        return receipt_view(row)

    return answer(read(request, look))


@router.post("/receipts/{receipt}/refunds", status_code=201, summary="Give back what a receipt bills for lost time")
async def refund(
    receipt: str, request: Request, body: RefundIn, actor: Annotated[Actor, Depends(Allow("receipt.refund"))]
) -> Response:
    """Its seller may give back, and who runs the exchange. Without `from` and `until`: all of it."""
    lost = None
    if body.start is not None or body.until is not None:
        begin = instant(body.start, "from") if body.start else EPOCH
        finish = instant(body.until, "until") if body.until else exchange_of(request).clock.now()
        if finish <= begin:
            raise InvalidInput(source="request", problems=[Problem("until lies before from", path="until")])
        lost = Period(begin, finish)

    def work(unit: Unit) -> dict[str, Any]:
        seller = OrganisationId(unit.sites.get(unit.receipts.row(receipt).site).organisation)
        authorize(actor, "receipt.refund", seller, noun="receipt", key=receipt)
        return refund_receipt(unit, ReceiptId(receipt), lost=lost, reason=body.reason)

    return await idempotent_write(request, actor, work, required=True)


@router.get("/statements", summary="A period read off the ledger")
async def statements(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("statement.read"))],
    organisation: Annotated[str | None, Query(max_length=200)] = None,
    start: Annotated[str | None, Query(alias="from", max_length=64)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=64)] = None,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """As JSON, or as CSV with the columns of FOCUS."""
    exchange = exchange_of(request)
    begin = instant(start, "from") if start else EPOCH
    finish = instant(end, "to") if end else exchange.clock.now() + timedelta(microseconds=1)
    if finish < begin:
        raise InvalidInput(source="request", problems=[Problem("to lies before from", path="to")])

    def look(unit: Unit) -> Response:
        text = organisation or actor.organisation or ""
        found = unit.parties.find(text, scope(actor, "statement.read"))
        asked, currency = Period(begin, finish), exchange.settings.currency
        if form == "csv":
            return Response(statement_csv(unit, found, asked, currency=currency), media_type="text/csv")
        return answer(statement_view(unit, found, asked, currency=currency))

    return await apart(lambda: read(request, look))


@router.post("/vouchers", status_code=201, summary="Give an organisation earmarked money")
async def issue(
    request: Request, body: VoucherIn, actor: Annotated[Actor, Depends(Allow("voucher.issue"))]
) -> Response:
    exchange = exchange_of(request)
    amount = positive(body.amount, "amount")
    highest = None if body.max_unit_price is None else money(body.max_unit_price, "max_unit_price")
    period = window(body.start, body.until, exchange.clock.now(), VOUCHER_DEFAULT)

    def work(unit: Unit) -> dict[str, Any]:
        holder = unit.parties.find(body.holder, scope(actor, "voucher.issue"))
        made = issue_voucher(
            unit, issuer=actor.organisation or holder, holder=holder, name=body.name, amount=amount,
            max_unit_price=highest, window=period, chips=tuple(body.chips), hubs=tuple(body.hubs),
        )  # fmt: skip
        return voucher_view(unit, made)

    return await idempotent_write(request, actor, work, required=True)


@router.get("/vouchers", summary="Vouchers you may see, newest first")
async def vouchers(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("voucher.read"))],
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    own = scope(actor, "voucher.read").organisation

    def look(unit: Unit) -> dict[str, Any]:
        found = unit.vouchers.page(holder=own, before=cursor, limit=limit + 1)
        following = found[limit - 1].id if len(found) > limit else None
        return {"items": [voucher_view(unit, v) for v in found[:limit]], "next": following}

    return answer(read(request, look))


@router.get("/vouchers/{voucher}", summary="One voucher and what is left of it")
async def voucher(voucher: str, request: Request, actor: Annotated[Actor, Depends(Allow("voucher.read"))]) -> Response:
    def look(unit: Unit) -> dict[str, Any]:
        found = unit.vouchers.find(voucher)
        authorize(actor, "voucher.read", found.holder, noun="voucher", key=voucher)
        return voucher_view(unit, found)

    return answer(read(request, look))


@router.post("/vouchers/{voucher}/revoke", summary="End a voucher now")
async def revoke(voucher: str, request: Request, actor: Annotated[Actor, Depends(Allow("voucher.revoke"))]) -> Response:
    """What is free of it goes back to where grants come from; what runs is still paid by what is held."""

    def work(unit: Unit) -> dict[str, Any]:
        found = unit.vouchers.find(voucher)
        authorize(actor, "voucher.revoke", found.holder, noun="voucher", key=voucher)
        return voucher_view(unit, revoke_voucher(unit, found))

    return await idempotent_write(request, actor, work, status=200)

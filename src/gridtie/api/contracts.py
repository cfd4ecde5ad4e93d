"""Contracts on data over HTTP: propose, sign, suspend, end; and the log of what was delivered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.catalogue import address_of
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, exchange_of, read, write
from gridtie.api.datasets import visible
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.offers import instant
from gridtie.data.contract import Contract
from gridtie.data.odrl import agreement
from gridtie.errors import InvalidInput, NotSignedIn, NotTheirs, Problem
from gridtie.flow.make_contract import (
    BY_EXCHANGE,
    Proposal,
    envelope_of,
    move_contract,
    propose_contract,
    sign_contract,
    stopped_by_exchange,
)
from gridtie.flow.unit import Unit
from gridtie.lifecycle import CONTRACT
from gridtie.views.dataset import contract_view, delivery_view

router = APIRouter(tags=["data"])


class ContractIn(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    dataset: Annotated[str, Field(min_length=3, max_length=129, description="owner/name")]
    purpose: Annotated[str, Field(max_length=64)] = ""
    place: Annotated[str, Field(max_length=64, description="The hub or place where you use it")] = ""
    start: Annotated[str | None, Field(alias="from", max_length=64)] = None
    until: Annotated[str | None, Field(max_length=64)] = None


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(max_length=500)] = ""


@router.post("/v1/contracts", status_code=201, summary="Propose a contract on data, signed by your side")
async def propose(
    request: Request, body: ContractIn, actor: Annotated[Actor, Depends(Allow("contract.make"))]
) -> Response:
    """Terms and price are those of the dataset now. The provider's signature makes it agreed."""
    given = Proposal(purpose=body.purpose, place=body.place, start=_time(body.start, "from"),
                     end=_time(body.until, "until"))  # fmt: skip
    owner, slash, name = body.dataset.partition("/")
    if not slash:
        raise InvalidInput(source="contract", problems=[Problem("dataset is written owner/name", path="dataset")])

    def work(unit: Unit) -> dict[str, Any]:
        found = visible(unit, actor, owner, name)
        return contract_view(propose_contract(unit, exchange_of(request), actor.organisation, found, given))

    return await idempotent_write(request, actor, work, required=True)


@router.get("/v1/contracts", summary="Contracts on data that you are a side of, newest first")
async def contracts(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("contract.read"))],
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    if state and state not in CONTRACT.states:
        return answer({"items": [], "next": None})
    party, states = scope(actor, "contract.read").organisation, [state] if state else []
    found = read(request, lambda unit: unit.contracts.page(party=party, states=states, before=cursor, limit=limit + 1))
    following = found[limit - 1].id if len(found) > limit else None
    return answer({"items": [contract_view(one) for one in found[:limit]], "next": following})


@router.get("/v1/contracts/{contract}", summary="One contract, and what both sides signed")
async def one_contract(
    contract: str, request: Request, actor: Annotated[Actor, Depends(Allow("contract.read"))]
) -> Response:
    """`policy`: what it allows, as an ODRL agreement."""
    base, currency = address_of(request), exchange_of(request).settings.currency

    def look(unit: Unit) -> dict[str, Any]:
        found = unit.contracts.find(contract, scope(actor, "contract.read").organisation)
        policy = agreement(found, base=base, currency=currency)
        return {**contract_view(found), "envelope": envelope_of(unit, found).to_json(), "policy": policy}

    return answer(read(request, look))


@router.post("/v1/contracts/{contract}/sign", summary="Agree to it, with the key kept for your side")
async def sign(contract: str, request: Request, actor: Annotated[Actor, Depends(Allow("contract.make"))]) -> Response:
    exchange = exchange_of(request)

    def work(unit: Unit) -> dict[str, Any]:
        found = _mine(unit, actor, contract)
        assert actor.organisation is not None
        return contract_view(sign_contract(unit, exchange, found, actor.organisation))

    return answer(await write(request, actor, work))


async def _move(request: Request, actor: Actor, key: str, event: str, reason: str) -> Response:
    def work(unit: Unit) -> dict[str, Any]:
        found = unit.contracts.find(key, scope(actor, "contract.make").organisation)
        by = _side(unit, actor, found, event)
        return contract_view(move_contract(unit, found, event, by=by, reason=reason))

    return answer(await write(request, actor, work))


@router.post("/v1/contracts/{contract}/decline", summary="Do not agree to it")
async def decline(
    contract: str, body: ReasonIn, request: Request, actor: Annotated[Actor, Depends(Allow("contract.make"))]
) -> Response:
    return await _move(request, actor, contract, "decline", body.reason)


@router.post("/v1/contracts/{contract}/suspend", summary="Deliver nothing under it for now (its provider)")
async def suspend(
    contract: str, body: ReasonIn, request: Request, actor: Annotated[Actor, Depends(Allow("contract.make"))]
) -> Response:
    return await _move(request, actor, contract, "suspend", body.reason)


@router.post("/v1/contracts/{contract}/resume", summary="Deliver under it again (its provider)")
async def resume(
    contract: str, body: ReasonIn, request: Request, actor: Annotated[Actor, Depends(Allow("contract.make"))]
) -> Response:
    return await _move(request, actor, contract, "resume", body.reason)


@router.post("/v1/contracts/{contract}/end", summary="End it, by either side; links already given stop too")
async def end(
    contract: str, body: ReasonIn, request: Request, actor: Annotated[Actor, Depends(Allow("contract.make"))]
) -> Response:
    return await _move(request, actor, contract, "end", body.reason)


@router.get("/v1/deliveries", summary="What was delivered to you or by you, newest first")
async def deliveries(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("delivery.read"))],
    contract: Annotated[str | None, Query(max_length=64)] = None,
    dataset: Annotated[str | None, Query(max_length=129, description="owner/name")] = None,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    party = scope(actor, "delivery.read").organisation

    def look(unit: Unit) -> list[Any]:
        key = unit.contracts.find(contract, party).id if contract else None
        of = unit.datasets.find(dataset).id if dataset else None
        found = unit.deliveries.page(party=party, dataset=of, contract=key, before=cursor, limit=limit + 1)
        return [delivery_view(unit, one) for one in found]

    found = read(request, look)
    following = found[limit - 1]["id"] if len(found) > limit else None
    return answer({"items": found[:limit], "next": following})


def _mine(unit: Unit, actor: Actor, key: str) -> Contract:
    """One that his organisation is a side of. Raises NotFound, NotSignedIn."""
    if actor.organisation is None:
        raise NotSignedIn(reason="only a member can sign")
    found = unit.contracts.find(key, actor.organisation)
    authorize(actor, "contract.make", actor.organisation, noun="contract", key=key)
    return found


def _side(unit: Unit, actor: Actor, contract: Contract, event: str) -> str:
    """Who does it, in words. Only the provider, or who runs the exchange, suspends and resumes. Raises NotTheirs."""
    if actor.organisation in (contract.provider, contract.consumer):
        assert actor.organisation is not None
        name = str(unit.parties.organisation(actor.organisation).name)
        if event in ("suspend", "resume") and actor.organisation != contract.provider and not actor.of_exchange:
            raise NotTheirs(role="the consumer", action=f"{event} a contract", whose="its provider")
        if event == "resume" and stopped_by_exchange(contract) and not actor.of_exchange:
            raise NotTheirs(
                role="the provider", action="resume what the exchange suspended", whose="who runs the exchange"
            )
        return name
    return BY_EXCHANGE


def _time(text: str | None, name: str) -> datetime | None:
    return instant(text, name) if text else None

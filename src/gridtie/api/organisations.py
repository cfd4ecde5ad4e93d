"""Organisations and their members."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import ROLES, Actor, authorize, scope
from gridtie.api.context import answer, exchange_of, read, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.page import DEFAULT_LIMIT, Cursor, Key, Limit
from gridtie.flow.add_member import add_member, remove_member
from gridtie.flow.add_organisation import add_organisation
from gridtie.views.party import member_page, member_view, organisation_page, organisation_view

router = APIRouter(prefix="/v1", tags=["organisations"])


class NewOrganisation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=64, description="Lower-case letters, digits and '-', at most 16.")


class NewMember(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    role: str = Field(default="member", json_schema_extra={"enum": list(ROLES)})


@router.post("/organisations", status_code=201, summary="An organisation takes part")
async def create(
    request: Request, body: NewOrganisation, actor: Annotated[Actor, Depends(Allow("organisation.create"))]
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        return organisation_view(unit.parties.organisation(add_organisation(unit, body.name)))

    return await idempotent_write(request, actor, work)


@router.get("/organisations", summary="Your own; all of them for those who run the exchange")
async def list_organisations(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("organisation.read"))],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    seen = scope(actor, "organisation.read")
    return answer(read(request, lambda unit: organisation_page(unit, seen, cursor=cursor, limit=limit)))


@router.get("/organisations/{organisation}", summary="One organisation")
async def show(
    request: Request, organisation: Key, actor: Annotated[Actor, Depends(Allow("organisation.read"))]
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        key = unit.parties.find(organisation, scope(actor, "organisation.read"))
        return organisation_view(unit.parties.organisation(key))

    return answer(read(request, work))


@router.post("/organisations/{organisation}/members", status_code=201, summary="A member of it")
async def create_member(
    request: Request, organisation: Key, body: NewMember, actor: Annotated[Actor, Depends(Allow("member.add"))]
) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        owner = unit.parties.find(organisation, scope(actor, "member.add"))
        key = add_member(unit, exchange, actor, owner, name=body.name, role=body.role)
        return member_view(unit.parties.member(key))

    return await idempotent_write(request, actor, work)


@router.get("/organisations/{organisation}/members", summary="Its members, gone ones too")
async def list_members(
    request: Request,
    organisation: Key,
    actor: Annotated[Actor, Depends(Allow("member.read"))],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        owner = unit.parties.find(organisation, scope(actor, "member.read"))
        return member_page(unit, owner, cursor=cursor, limit=limit)

    return answer(read(request, work))


@router.delete("/members/{member}", summary="A member goes; his tokens are void at once")
async def delete_member(
    request: Request, member: Key, actor: Annotated[Actor, Depends(Allow("member.remove"))]
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        row = unit.parties.find_member(member, scope(actor, "member.remove"))
        authorize(actor, "member.remove", row.organisation, noun="member", key=member)
        remove_member(unit, row.id)
        return member_view(unit.parties.member(row.id))

    return answer(await write(request, actor, work))

"""API tokens: shown once, listed with last use, revoked at once."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import ADMIN, OWNER, Actor, scope
from gridtie.api.context import answer, exchange_of, read, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.page import DEFAULT_LIMIT, Cursor, Key, Limit
from gridtie.flow.issue_token import issue_token, revoke_token
from gridtie.values.ids import MemberId
from gridtie.values.period import to_text
from gridtie.views.party import token_page, token_view

router = APIRouter(prefix="/v1", tags=["tokens"])


class NewToken(BaseModel):
    model_config = ConfigDict(extra="forbid")
    member: str | None = Field(default=None, max_length=64, description="For this member; yourself when absent.")
    kind: str = Field(default="user", json_schema_extra={"enum": ["user", "ci"]})
    label: str = Field(default="", max_length=100)
    days: int | None = Field(default=None, description="1 to 366; 90 for user, 30 for ci when absent.")


def _only(actor: Actor) -> MemberId | None:
    """Owners see the tokens of all their members, everybody else his own."""
    return None if actor.roles & {OWNER, ADMIN} else actor.member


@router.post("/tokens", status_code=201, summary="A new token; its text is in this answer and nowhere else")
async def create(request: Request, body: NewToken, actor: Annotated[Actor, Depends(Allow("token.issue"))]) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        member = actor.member
        if body.member is not None:
            member = unit.parties.find_member(body.member, scope(actor, "token.issue")).id
        assert member is not None
        made = issue_token(unit, exchange, actor, member=member, kind=body.kind, label=body.label, days=body.days)
        return {
            "id": made.id,
            "token": made.text,
            "kind": body.kind,
            "member": member,
            "expires": to_text(made.expires),
        }

    return await idempotent_write(request, actor, work, sealed=True)


@router.get("/tokens", summary="Tokens with their last use")
async def list_tokens(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("token.read"))],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    seen = scope(actor, "token.read")
    return answer(read(request, lambda unit: token_page(unit, seen, member=_only(actor), cursor=cursor, limit=limit)))


@router.delete("/tokens/{token}", summary="Void at once, open streams included")
async def revoke(request: Request, token: Key, actor: Annotated[Actor, Depends(Allow("token.revoke"))]) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        row = unit.tokens.find(token, scope(actor, "token.revoke"), member_only=_only(actor))
        revoke_token(unit, row.id)
        return token_view(unit.tokens.get(row.id))

    return answer(await write(request, actor, work))

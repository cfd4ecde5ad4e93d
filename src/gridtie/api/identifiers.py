"""Identifiers resolve to a proof that anybody can check, without a token and without trusting us."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from gridtie.access import Actor
from gridtie.api.context import answer, read
from gridtie.api.deps import Allow
from gridtie.api.page import Key
from gridtie.errors import NotFound
from gridtie.flow.issue_identifier import proof_of
from gridtie.identity.code import parse

router = APIRouter(prefix="/v1/identifiers", tags=["identifiers"])


@router.get("/{identifier:path}", summary="The signed descriptor with its chain of delegations and its revocations")
async def resolve(
    request: Request, identifier: Key, _actor: Annotated[Actor, Depends(Allow("identifier.resolve"))]
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        name = str(parse(identifier))
        row = unit.resources.with_identifier(name)
        if row is None or row.descriptor is None:
            raise NotFound(noun="identifier", key=name)
        return proof_of(unit, row).to_json()

    return answer(read(request, work))

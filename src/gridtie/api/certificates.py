"""Certificates: what was measured, signed by both sides."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from gridtie.access import Actor
from gridtie.api.context import answer, read
from gridtie.api.deps import Allow
from gridtie.api.page import DEFAULT_LIMIT, Cursor, Key, Limit
from gridtie.api.resources import found
from gridtie.values.ids import ResourceId
from gridtie.views.certificate import certificate_page, certificate_view

router = APIRouter(prefix="/v1", tags=["certificates"])
Reader = Annotated[Actor, Depends(Allow("certificate.read"))]


@router.get("/certificates", summary="Certificates, newest first")
async def list_certificates(
    request: Request,
    actor: Reader,
    resource: Annotated[str | None, Query(max_length=64, description="A resource's id or identifier.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        key = ResourceId(found(unit, actor, "resource.read", resource).id) if resource else None
        return certificate_page(unit, resource=key, cursor=cursor, limit=limit)

    return answer(read(request, work))


@router.get("/certificates/{certificate}", summary="One certificate with its envelope, to be checked anywhere")
async def show(request: Request, certificate: Key, _actor: Reader) -> Response:
    return answer(read(request, lambda unit: certificate_view(unit, unit.certificates.find(certificate), whole=True)))

"""Resources: the pools that carry identifiers, with their two gates."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from gridtie.access import Actor, Scope, authorize
from gridtie.api.context import answer, exchange_of, read, with_files
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.page import DEFAULT_LIMIT, Cursor, Key, Limit
from gridtie.api.sites import Reason
from gridtie.errors import NotSignedIn
from gridtie.flow.certify_resource import TestFiles, certify_resource, prepare_test
from gridtie.flow.issue_identifier import revoke_identifier
from gridtie.values.ids import ResourceId, SiteId
from gridtie.views.site import resource_page, resource_view

router = APIRouter(prefix="/v1/resources", tags=["resources"])
EVERYBODYS = Scope(None)  # what is for sale is known to every member (access.py: resource.read)


def found(unit: Any, actor: Actor, action: str, text: str) -> Any:
    """The row of a resource that the actor may do this to. Raises NotFound, Ambiguous, NotAllowed."""
    row = unit.resources.find(text, EVERYBODYS)
    if action != "resource.read":
        authorize(actor, action, row.organisation, noun="resource", key=text)
    return row


@router.get("", summary="What is for sale, tested or not")
async def list_resources(
    request: Request,
    _actor: Annotated[Actor, Depends(Allow("resource.read"))],
    site: Annotated[str | None, Query(max_length=64, description="A site's id or name.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    def work(unit: Any) -> dict[str, Any]:
        key = SiteId(unit.sites.find(site, EVERYBODYS).id) if site else None
        return resource_page(unit, EVERYBODYS, site=key, cursor=cursor, limit=limit)

    return answer(read(request, work))


@router.get("/{resource:path}", summary="One resource, by id or identifier")
async def show(request: Request, resource: Key, actor: Annotated[Actor, Depends(Allow("resource.read"))]) -> Response:
    return answer(read(request, lambda unit: resource_view(unit, found(unit, actor, "resource.read", resource))))


class TestIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    profile: Literal["quick", "full"] | None = None  # as the exchange is set


@router.post("/{resource}/certify", status_code=201, summary="Test it now; the tests run as a job")
async def certify(
    request: Request, resource: Key, body: TestIn, actor: Annotated[Actor, Depends(Allow("resource.certify"))]
) -> Response:
    """While a test still runs it is answered again. The certificate appears when both sides have signed."""
    exchange = exchange_of(request)
    if actor.organisation is None or actor.member is None:
        raise NotSignedIn(reason="only a member can start a test")
    organisation, member = actor.organisation, actor.member

    def prepare(unit: Any) -> TestFiles:
        key = ResourceId(found(unit, actor, "resource.certify", resource).id)
        return prepare_test(unit, exchange, key, body.profile or exchange.settings.certify_profile)

    prepared = await with_files(lambda: read(request, prepare))
    await with_files(lambda: exchange.blobs.grant(organisation, [file.sha256 for file in prepared.files]))
    return await idempotent_write(
        request,
        actor,
        lambda unit: certify_resource(unit, exchange, prepared, organisation=organisation, member=member),
    )


@router.post("/{resource}/revoke", summary="Void its identifier; a signed tombstone stays")
async def revoke(
    request: Request, resource: Key, body: Reason, actor: Annotated[Actor, Depends(Allow("resource.revoke"))]
) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        key = ResourceId(found(unit, actor, "resource.revoke", resource).id)
        revoke_identifier(unit, exchange, key, body.reason)
        return resource_view(unit, unit.resources.get(key))

    return await idempotent_write(request, actor, work, status=200)

"""Sites: declared by their owners, joined by their agents, drained and revoked."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.context import answer, exchange_of, read, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.page import DEFAULT_LIMIT, Cursor, Key, Limit
from gridtie.flow.add_organisation import own_or_named
from gridtie.flow.approve_site import approve_site
from gridtie.flow.declare_site import change_policy, declare_site
from gridtie.flow.enrol_site import invite_site
from gridtie.flow.move_site import drain_site, resume_site, revoke_site
from gridtie.registry.site import POLICY_KEYS
from gridtie.values.ids import SiteId
from gridtie.values.period import to_text
from gridtie.views.site import site_page, site_view

router = APIRouter(prefix="/v1/sites", tags=["sites"])


def _rule(name: str, **limits: Any) -> Any:
    return Field(default=None, description=POLICY_KEYS[name], **limits)


class Policy(BaseModel):
    model_config = ConfigDict(extra="forbid")
    allowed_organisations: list[str] | None = _rule("allowed_organisations", max_length=1000)
    denied_purposes: list[str] | None = _rule("denied_purposes", max_length=100)
    reserved_percent: int | None = _rule("reserved_percent", ge=0, le=100)
    work_classes: list[str] | None = _rule("work_classes", max_length=10)
    open_hours: list[str] | None = _rule("open_hours", max_length=100)
    closed_days: list[str] | None = _rule("closed_days", max_length=400)
    time_zone: str | None = _rule("time_zone", max_length=64)
    trusted_organisations: list[str] | None = _rule("trusted_organisations", max_length=1000)
    auto_approve: bool | None = _rule("auto_approve")

    def rules(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class NewSite(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=64)
    organisation: str | None = Field(default=None, max_length=64, description="Its owner; your own when absent.")
    hub: str = Field(max_length=32)
    place: str | None = Field(default=None, max_length=32, description="Such as CN-520100; the hub's own when absent.")
    depth: str = Field(default="schedulable", json_schema_extra={"enum": ["listed", "orderable", "schedulable"]})
    policy: Policy = Policy()


class Fingerprint(BaseModel):
    model_config = ConfigDict(extra="forbid")
    fingerprint: str = Field(max_length=64, description="As the agent printed it.")


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


def found(unit: Any, actor: Actor, action: str, text: str) -> Any:
    """The row of a site that the actor may do this to. Raises NotFound, Ambiguous, NotAllowed."""
    row = unit.sites.find(text, scope(actor, action))
    authorize(actor, action, row.organisation, noun="site", key=text)
    return row


@router.post("", status_code=201, summary="Name a cluster that will join")
async def declare(request: Request, body: NewSite, actor: Annotated[Actor, Depends(Allow("site.declare"))]) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        owner = own_or_named(unit, actor, body.organisation)
        authorize(actor, "site.declare", owner, noun="organisation", key=body.organisation)
        key = declare_site(
            unit, exchange, organisation=owner, name=body.name, hub=body.hub, place=body.place, depth=body.depth,
            policy=body.policy.rules(),
        )  # fmt: skip
        return site_view(unit, exchange, unit.sites.get(key))

    return await idempotent_write(request, actor, work)


@router.get("", summary="Your organisation's sites")
async def list_sites(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("site.read"))],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    exchange, seen = exchange_of(request), scope(actor, "site.read")
    return answer(read(request, lambda unit: site_page(unit, exchange, seen, cursor=cursor, limit=limit)))


@router.get("/{site}", summary="One site with its inventory and pools")
async def show(request: Request, site: Key, actor: Annotated[Actor, Depends(Allow("site.read"))]) -> Response:
    exchange = exchange_of(request)
    return answer(
        read(request, lambda unit: site_view(unit, exchange, found(unit, actor, "site.read", site), whole=True))
    )


@router.post("/{site}/enrolment", status_code=201, summary="A one-time token for its agent")
async def invite(
    request: Request,
    site: Key,
    actor: Annotated[Actor, Depends(Allow("site.enrol"))],
    _body: Nothing | None = None,
) -> Response:
    exchange = exchange_of(request)
    url = str(request.base_url).rstrip("/")

    def work(unit: Any) -> dict[str, Any]:
        row = found(unit, actor, "site.enrol", site)
        issued, text = invite_site(unit, exchange, SiteId(row.id))
        command = f"gridtie agent join --exchange {url} --token-file -"
        return {"token": text, "expires": to_text(issued.expires), "command": command, "site": row.id}

    return await idempotent_write(request, actor, work, sealed=True)


@router.post("/{site}/approve", summary="Compare the agent's fingerprint and let it in")
async def approve(
    request: Request, site: Key, body: Fingerprint, actor: Annotated[Actor, Depends(Allow("site.approve"))]
) -> Response:
    exchange = exchange_of(request)
    return await _moved(
        request, actor, "site.approve", site, lambda unit, key: approve_site(unit, exchange, key, body.fingerprint)
    )


@router.post("/{site}/drain", summary="Finish what runs, take nothing new")
async def drain(
    request: Request, site: Key, actor: Annotated[Actor, Depends(Allow("site.drain"))], _body: Nothing | None = None
) -> Response:
    return await _moved(request, actor, "site.drain", site, drain_site)


@router.post("/{site}/resume", summary="Take work again")
async def resume(
    request: Request, site: Key, actor: Annotated[Actor, Depends(Allow("site.resume"))], _body: Nothing | None = None
) -> Response:
    return await _moved(request, actor, "site.resume", site, resume_site)


@router.post("/{site}/revoke", summary="Void its key for good")
async def revoke(
    request: Request, site: Key, body: Reason, actor: Annotated[Actor, Depends(Allow("site.revoke"))]
) -> Response:
    exchange = exchange_of(request)
    return await _moved(
        request, actor, "site.revoke", site, lambda unit, key: revoke_site(unit, exchange, key, body.reason)
    )


@router.patch("/{site}/policy", summary="Who may use it, for what, and when")
async def policy(
    request: Request, site: Key, body: Policy, actor: Annotated[Actor, Depends(Allow("site.policy"))]
) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        key = SiteId(found(unit, actor, "site.policy", site).id)
        change_policy(unit, key, body.rules())
        return site_view(unit, exchange, unit.sites.get(key))

    return answer(await write(request, actor, work))


async def _moved(
    request: Request, actor: Actor, action: str, site: str, verb: Callable[[Any, SiteId], object]
) -> Response:
    exchange = exchange_of(request)

    def work(unit: Any) -> dict[str, Any]:
        key = SiteId(found(unit, actor, action, site).id)
        verb(unit, key)
        return site_view(unit, exchange, unit.sites.get(key))

    return await idempotent_write(request, actor, work, status=200)

"""What the catalogue says in formats of others: Croissant, DCAT, ODRL, OpenLineage, PROV."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from gridtie.access import Actor, scope
from gridtie.api.context import PAGE_MAX, answer, apart, exchange_of, read
from gridtie.api.datasets import Name, Owner, Revision, sees, version_named, visible
from gridtie.api.deps import Allow
from gridtie.api.page import Cursor
from gridtie.data.croissant import MEDIA, croissant
from gridtie.data.dcat import Listed, catalogue
from gridtie.data.documents import as_json
from gridtie.data.lineage import Lineage, graph, openlineage, prov
from gridtie.data.lineage_picture import picture
from gridtie.data.odrl import card_terms, offer, read_policy
from gridtie.flow.unit import Unit
from gridtie.views.dataset import price_view
from gridtie.views.lineage import lineage_view

router = APIRouter(tags=["data"])
Reader = Annotated[Actor, Depends(Allow("dataset.read"))]


class PolicyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    policy: dict[str, Any]


def _linked(document: object) -> Response:
    return Response(orjson.dumps(document), media_type=MEDIA)


def address_of(request: Request) -> str:
    """Of the exchange, as the caller reached it."""
    return str(request.base_url).rstrip("/")


@router.get("/v1/catalog", summary="The catalogue as DCAT 3, newest first, in JSON-LD", response_class=Response)
async def catalog(
    request: Request,
    actor: Reader,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX, description="Datasets of one page.")] = 100,
) -> Response:
    """`hydra:view` names the page that follows."""
    base, here = address_of(request), f"{address_of(request)}/v1/catalog"

    def look(unit: Unit) -> tuple[list[Listed], str | None]:
        found = unit.datasets.page(before=cursor, limit=limit + 1)
        following = found[limit - 1].id if len(found) > limit else None
        return [(one, unit.datasets.version(one.id)) for one in found[:limit]], following

    def work() -> dict[str, Any]:
        found, following = read(request, look)
        page = f"{here}?{urlencode({'limit': limit} | ({'cursor': cursor} if cursor else {}))}"
        after = f"{here}?{urlencode({'limit': limit, 'cursor': following})}" if following else None
        name = exchange_of(request).settings.name
        return catalogue(found, base=base, name=name, page=page, following=after)

    return _linked(await apart(work))


@router.get("/v1/datasets/{owner}/{name}/croissant", summary="A version as Croissant 1.0", response_class=Response)
async def dataset_croissant(
    owner: Owner, name: Name, request: Request, actor: Reader, version: Revision = ""
) -> Response:
    """Its files are named as loaders of the Hub ask for them; they need a token, and a contract where one is needed."""
    base = address_of(request)

    def look(unit: Unit) -> dict[str, Any]:
        found = visible(unit, actor, owner, name)
        return croissant(found, version_named(unit, found, version), base=base)

    return _linked(await apart(lambda: read(request, look)))


@router.get(
    "/v1/datasets/{owner}/{name}/policy", summary="Its terms and price as an ODRL offer", response_class=Response
)
async def dataset_policy(owner: Owner, name: Name, request: Request, actor: Reader) -> Response:
    currency = exchange_of(request).settings.currency

    def look(unit: Unit) -> dict[str, Any]:
        return offer(visible(unit, actor, owner, name), base=address_of(request), currency=currency)

    return _linked(read(request, look))


@router.post("/v1/policies/check", summary="What a card would say for an ODRL policy")
async def check_policy(request: Request, body: PolicyIn, actor: Reader) -> Response:
    """Whatever of it the exchange could not keep is refused by its name."""
    found = read_policy(body.policy, source="policy", currency=exchange_of(request).settings.currency)
    return answer({"terms": as_json(found.terms), "price": price_view(found.price), "card": card_terms(found)})


@router.get(
    "/v1/datasets/{owner}/{name}/lineage",
    summary="What a version was made from, who used it, and what was made from it",
)
async def dataset_lineage(
    owner: Owner, name: Name, request: Request, actor: Reader, version: Revision = "",
    form: Annotated[Literal["graph", "openlineage", "prov", "svg"], Query(description="graph, or a format")] = "graph",
) -> Response:  # fmt: skip
    """Its owner sees every use, others see their own. What was made from it is told as far as you may see it."""
    base = address_of(request)

    def look(unit: Unit) -> Lineage:
        found = visible(unit, actor, owner, name)
        return lineage_view(unit, found, version_named(unit, found, version), sees=lambda one: sees(unit, actor, one),
                            party=scope(actor, "delivery.read").organisation)  # fmt: skip

    made = await apart(lambda: read(request, look))
    match form:
        case "openlineage":
            return answer({"events": openlineage(made, base=base)})
        case "prov":
            return answer(prov(made, base=base))
        case "svg":
            return Response(picture(graph(made)), media_type="image/svg+xml")
    return answer(graph(made))

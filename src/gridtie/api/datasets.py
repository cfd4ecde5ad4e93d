"""The catalogue of data over HTTP: publish, look, withdraw, and fetch by links that end."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read, with_files, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.jobs import own_job
from gridtie.api.status_page import Language, preferred
from gridtie.cleaning.page import POLICY
from gridtie.data.cardfile import CardFile, read_card
from gridtie.data.dataset import Cleaning, Dataset, Part, Version
from gridtie.data.delivery import FILE, Delivery
from gridtie.data.report import REPORT_BYTES_MAX, read_report, report_page
from gridtie.errors import InputTooLarge, InvalidInput, NotFound, NotSignedIn, Problem
from gridtie.flow.deliver_data import deliver_data, followed, link_key, standing
from gridtie.flow.exchange import Exchange
from gridtie.flow.publish_dataset import examined, made_by, move_dataset, publish_dataset
from gridtie.flow.unit import Unit
from gridtie.views.dataset import dataset_view, delivery_view, version_view, whole_dataset

router = APIRouter(tags=["data"])

Owner = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Path(max_length=64)]
Revision = Annotated[str, Query(max_length=20, description="v3, or nothing for the newest")]
Facet = Annotated[str, Query(max_length=200, description="Exactly this one; large letters or small")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


BYTES = "application/octet-stream"  # of every file, whatever it is: nobody's data is opened as a page of ours
Handed = tuple[Dataset, Version, Sequence[Part]]


class PartIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: Annotated[str, Field(min_length=1, max_length=1024)]
    sha256: Digest
    size: Annotated[int, Field(ge=0, le=1 << 50)]
    held_by: Annotated[str, Field(max_length=128)] = ""
    records: Annotated[int | None, Field(ge=0, le=1 << 50)] = None


class DatasetIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=64)]
    card: Annotated[str, Field(max_length=262_144, description="The card file as it is, TOML")]
    parts: Annotated[list[PartIn], Field(max_length=10_000)]
    report: Annotated[Digest | None, Field(description="The audit.json of its cleaning, sent as a file before")] = None
    derived_from: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)] = []
    job: Annotated[str, Field(max_length=64, description="The job of yours whose outputs the parts are")] = ""


class FetchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Annotated[str, Field(max_length=20)] = ""
    paths: Annotated[list[Annotated[str, Field(max_length=1024)]], Field(max_length=10_000)] = []


@router.post("/v1/datasets", status_code=201, summary="Put data into the catalogue, or another version of it")
async def publish(
    request: Request, body: DatasetIn, actor: Annotated[Actor, Depends(Allow("dataset.publish"))]
) -> Response:
    """The files are sent first, by content: PUT /v1/blobs/{sha256}. What is there already is not made again."""
    if actor.organisation is None:
        raise NotSignedIn(reason="only a member can publish data")
    owner, exchange = actor.organisation, exchange_of(request)
    described = read_card(body.card, source="card", hubs=exchange.places.hubs)
    given = [Part(path=one.path, sha256=one.sha256, size=one.size, media="application/octet-stream",
                  held_by=one.held_by, records=one.records if one.held_by else None) for one in body.parts]  # fmt: skip
    parts = await with_files(lambda: examined(exchange, owner, given))
    cleaning, described = await with_files(lambda: _cleaned(exchange, owner, body.report, parts, described))

    def work(unit: Unit) -> dict[str, Any]:
        run = made_by(unit, own_job(unit, actor, body.job), parts) if body.job else None
        made = publish_dataset(unit, actor, body.name, described, parts, cleaning=cleaning,
                               derived_from=body.derived_from, run=run)  # fmt: skip
        return {**whole_dataset(unit, made.dataset, made.version), "new_version": made.new}

    return await idempotent_write(request, actor, work)


def _cleaned(
    exchange: Exchange, owner: str, report: str | None, parts: tuple[Part, ...], described: CardFile
) -> tuple[Cleaning | None, CardFile]:
    """What a cleaning report says; its sources stand on the card where that names none."""
    if report is None:
        return None, described
    if (exchange.blobs.size(report, owner) or 0) > REPORT_BYTES_MAX:
        raise InputTooLarge(source="report", limit=f"{REPORT_BYTES_MAX} bytes")
    raw = exchange.blobs.open(report, owner).read_bytes()
    cleaning, origins = read_report(raw, report, parts, source="report")
    return cleaning, described.with_origins(origins)


@router.get("/v1/datasets", summary="Search the catalogue; newest first")
async def datasets(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("dataset.read"))],
    q: Annotated[str, Query(max_length=200, description="Words that all stand in the card")] = "",
    licence: Facet = "",
    language: Facet = "",
    grade: Annotated[int | None, Query(ge=1, le=4, description="Of GB/T 42460")] = None,
    delivery: Literal["", "copy", "compute"] = "",
    mine: bool = False,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    """What was withdrawn is shown only to its owner, with `mine`."""
    words = tuple(q.lower().split())
    owner = actor.organisation if mine else None
    facets = {"licence": licence, "language": language, "grade": grade or "", "delivery": delivery}
    found = read(request, lambda unit: unit.datasets.page(words=words, facets=facets, owner=owner, listed=not mine,
                                                          before=cursor, limit=limit + 1))  # fmt: skip
    following = found[limit - 1].id if len(found) > limit else None
    return answer({"items": [dataset_view(one) for one in found[:limit]], "next": following})


@router.get("/v1/datasets/{owner}/{name}", summary="One dataset: card, terms, price, and a version with its parts")
async def one_dataset(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.read"))],
    version: Revision = "",
) -> Response:  # fmt: skip
    def look(unit: Unit) -> dict[str, Any]:
        found = visible(unit, actor, owner, name)
        return whole_dataset(unit, found, version_named(unit, found, version))

    return answer(read(request, look))


@router.get("/v1/datasets/{owner}/{name}/versions", summary="Its versions, newest first")
async def versions(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.read"))]
) -> Response:
    def look(unit: Unit) -> list[dict[str, Any]]:
        found = visible(unit, actor, owner, name)
        return [version_view(unit, one) for one in unit.datasets.versions(found.id)]

    return answer({"items": read(request, look), "next": None})


async def _report(request: Request, actor: Actor, owner: str, name: str, version: str) -> tuple[Any, str]:
    """Where the cleaning report of a version lies, and what it is of. Raises NotFound."""

    def look(unit: Unit) -> tuple[str, str, str]:
        found = visible(unit, actor, owner, name)
        made = version_named(unit, found, version)
        if made.cleaning is None:
            raise NotFound(noun="cleaning report of", key=found.full_name)
        return made.cleaning.report, found.owner, f"{found.full_name}@{made.name}"

    digest, holder, of = read(request, look)
    return await with_files(lambda: exchange_of(request).blobs.open(digest, holder)), of


@router.get("/v1/datasets/{owner}/{name}/report", summary="The cleaning report of a version", response_class=Response)
async def report(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.read"))],
    version: Revision = "",
) -> Response:  # fmt: skip
    """It holds figures and digests, no value of the data."""
    path, _ = await _report(request, actor, owner, name, version)
    return FileResponse(path, media_type="application/json")


@router.get("/v1/datasets/{owner}/{name}/report.html", summary="The cleaning report as a page", response_class=Response)
async def report_as_page(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.read"))],
    version: Revision = "", lang: Language = None,
) -> Response:  # fmt: skip
    """In English and Chinese: `lang` is shown first, or what the browser prefers."""
    path, of = await _report(request, actor, owner, name, version)
    language = lang or preferred(request.headers.get("accept-language", ""))
    made = await apart(lambda: report_page(path.read_bytes(), language, of=of))
    headers = {"Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; sandbox", "Content-Language": "en, zh"}
    return Response(made, media_type="text/html; charset=utf-8", headers=headers)


async def _move(request: Request, actor: Actor, owner: str, name: str, event: str) -> Response:
    def work(unit: Unit) -> dict[str, Any]:
        found = visible(unit, actor, owner, name)
        authorize(actor, "dataset.publish", found.owner, noun="dataset", key=found.full_name)
        return dataset_view(move_dataset(unit, found, event))

    return answer(await write(request, actor, work))


@router.post("/v1/datasets/{owner}/{name}/withdraw", summary="Offer it no longer; what contracts grant stays granted")
async def withdraw(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.publish"))]
) -> Response:
    return await _move(request, actor, owner, name, "withdraw")


@router.post("/v1/datasets/{owner}/{name}/list", summary="Offer it again")
async def list_again(
    owner: Owner, name: Name, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.publish"))]
) -> Response:
    return await _move(request, actor, owner, name, "list")


@router.post("/v1/datasets/{owner}/{name}/fetch", summary="Links to the files of a version, under your contract")
async def fetch(
    owner: Owner, name: Name, body: FetchIn, request: Request, actor: Annotated[Actor, Depends(Allow("dataset.use"))]
) -> Response:
    """The terms are asked, the delivery is written down and paid; the links end. Asking again while they are good is
    the same delivery."""
    exchange = exchange_of(request)

    def work(unit: Unit) -> dict[str, Any]:
        found = visible(unit, actor, owner, name)
        version = version_named(unit, found, body.version)
        parts = _chosen(version, body.paths)
        made = deliver_data(unit, exchange, actor, found, version, FILE, parts)
        links = [{"path": part.path, "sha256": part.sha256, "size": part.size,
                  "url": link_to(exchange, made.id, part, link_key(exchange, made, part.sha256))}
                 for part in parts]  # fmt: skip
        return {**delivery_view(unit, made), "files": links}

    return answer(await write(request, actor, work))


@router.get("/v1/deliveries/{delivery}/parts/{sha256}", summary="A file by a link", response_class=FileResponse)
async def part(
    delivery: str,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    actor: Annotated[Actor, Depends(Allow("delivery.fetch"))],
    key: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Ranges are understood. The contract is looked at again each time."""
    return await give_part(request, actor, delivery, sha256, key)


@router.head("/v1/deliveries/{delivery}/parts/{sha256}", include_in_schema=False)
async def part_head(
    delivery: str,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    actor: Annotated[Actor, Depends(Allow("delivery.fetch"))],
    key: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    return await give_part(request, actor, delivery, sha256, key)


async def delivered(
    request: Request, actor: Actor, channel: str, find: Callable[[Unit], Handed]
) -> tuple[Delivery, Handed]:
    """Hands over what `find` finds. Where all of it belongs to a delivery whose links are good, nothing is written.

    Raises DataDenied, InsufficientFunds.
    """
    exchange = exchange_of(request)

    def look(unit: Unit) -> tuple[Delivery | None, Handed]:
        found, version, parts = find(unit)
        return standing(unit, actor, found, version, channel, parts), (found, version, parts)

    def work(unit: Unit) -> tuple[Delivery, Handed]:
        found, version, parts = find(unit)
        return deliver_data(unit, exchange, actor, found, version, channel, parts), (found, version, parts)

    made, whole = await apart(lambda: read(request, look))
    return (made, whole) if made else await write(request, actor, work)


async def give_part(request: Request, actor: Actor, delivery: str, sha256: str, key: str) -> Response:
    """Raises LinkInvalid, DataDenied."""
    exchange = exchange_of(request)
    made, _ = read(request, lambda unit: followed(unit, exchange, delivery, sha256, key, actor.organisation))
    path: Any = await with_files(lambda: exchange.blobs.open(sha256, made.provider))
    return FileResponse(path, media_type=BYTES, headers={"ETag": f'"{sha256}"', "Cache-Control": "private"})


def link_to(exchange: Exchange, delivery: str, part: Part, key: str) -> str:
    """A path below the exchange; faces that need a whole address put theirs before it."""
    return f"/v1/deliveries/{delivery}/parts/{part.sha256}?key={key}"


def visible(unit: Unit, actor: Actor, owner: str, name: str) -> Dataset:
    """A dataset in the catalogue, or a withdrawn one of his own or that he has a contract on. Raises NotFound."""
    found = unit.datasets.find(f"{owner}/{name}")
    if not sees(unit, actor, found):
        raise NotFound(noun="dataset", key=found.full_name)
    return found


def sees(unit: Unit, actor: Actor, dataset: Dataset) -> bool:
    if dataset.state == "listed" or dataset.owner == actor.organisation or actor.of_exchange:
        return True
    return actor.organisation is not None and bool(unit.contracts.of_consumer(actor.organisation, dataset.id))


def version_named(unit: Unit, dataset: Dataset, text: str) -> Version:
    """'v3' or '3'; nothing: the newest. Raises NotFound."""
    if text and not re.fullmatch(r"v?[0-9]{1,9}", text):
        raise NotFound(noun="version", key=f"{dataset.full_name}@{text}")
    return unit.datasets.version(dataset.id, int(text.removeprefix("v")) if text else None)


def _chosen(version: Version, paths: list[str]) -> list[Part]:
    if not paths:
        return list(version.parts)
    known = {part.path: part for part in version.parts}
    missing = [Problem(f"{path} is no file of {version.name}", path="paths") for path in paths if path not in known]
    if missing:
        raise InvalidInput(source="request", problems=missing)
    return [known[path] for path in dict.fromkeys(paths)]

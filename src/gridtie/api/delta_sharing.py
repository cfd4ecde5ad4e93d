"""Delta Sharing over HTTP: tables of datasets for the clients that people have (pandas, Spark, Polars by the links).

A share is an owner, a schema a dataset, a table a set of its Parquet parts (data/tables.py). A query is a delivery: the
terms are asked, it is paid and written down, and its links end. Listed is what the caller may have a copy of now.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor
from gridtie.api.context import answer, apart, exchange_of, read
from gridtie.api.datasets import delivered, link_to, version_named, visible
from gridtie.api.deps import Allow, bearer
from gridtie.api.offers import instant
from gridtie.data.cardfile import NAME
from gridtie.data.dataset import Dataset, Version
from gridtie.data.delivery import SHARING
from gridtie.data.tables import Table, dataset_name, table_named
from gridtie.errors import InvalidInput, NotFound, Problem
from gridtie.flow.deliver_data import link_key, right_to_read
from gridtie.flow.unit import Unit
from gridtie.values.period import from_us, to_text
from gridtie.views.sharing import (
    file_lines,
    schema_view,
    share_view,
    shared_datasets,
    table_lines,
    table_views,
)

router = APIRouter(tags=["data"])

PREFIX = "/delta-sharing"
PAGE_MAX = 500
_TABLE = PREFIX + "/shares/{share}/schemas/{schema}/tables/{table}"
_ND_JSON = "application/x-ndjson; charset=utf-8"
_INT = 2**31 - 1
_SIGNED = "&X-Amz-Signature="  # by which the library that clients read Delta with knows a link that needs no account

Reader = Annotated[Actor, Depends(Allow("dataset.use"))]
Results = Annotated[int | None, Query(alias="maxResults", ge=0, le=_INT, description=f"At most {PAGE_MAX} come.")]
Token = Annotated[str, Query(alias="pageToken", max_length=400)]
Pinned = Annotated[int | None, Field(ge=0, le=_INT)]


class QueryIn(BaseModel):
    """Hints on predicates, and what later versions of the protocol ask, are passed over: they change no answer."""

    model_config = ConfigDict(extra="ignore")
    limit_hint: Annotated[int | None, Field(alias="limitHint", ge=0, le=1 << 50)] = None
    version: Pinned = None
    timestamp: Annotated[str | None, Field(max_length=64)] = None
    starting_version: Annotated[int | None, Field(alias="startingVersion")] = None
    ending_version: Annotated[int | None, Field(alias="endingVersion")] = None


@router.get(f"{PREFIX}/shares", summary="Delta Sharing: owners of data that you may have")
async def shares(request: Request, actor: Reader, most: Results = None, token: Token = "") -> Response:
    def look(unit: Unit) -> list[dict[str, Any]]:
        return list({one.owner: share_view(one) for one in shared_datasets(unit, actor)}.values())

    return _page(await apart(lambda: read(request, look)), ("name",), most, token)


@router.get(f"{PREFIX}/shares/{{share}}", summary="Delta Sharing: one share")
async def one_share(share: str, request: Request, actor: Reader) -> Response:
    found = await apart(lambda: read(request, lambda unit: _shared(unit, actor, share)))
    return answer({"share": share_view(found[0])})


@router.get(f"{PREFIX}/shares/{{share}}/schemas", summary="Delta Sharing: datasets of an owner")
async def schemas(
    share: str, request: Request, actor: Reader, most: Results = None, token: Token = ""
) -> Response:  # fmt: skip
    found = await apart(lambda: read(request, lambda unit: _shared(unit, actor, share)))
    return _page([schema_view(one) for one in found], ("name",), most, token)


@router.get(f"{PREFIX}/shares/{{share}}/all-tables", summary="Delta Sharing: tables of an owner")
async def all_tables(
    share: str, request: Request, actor: Reader, most: Results = None, token: Token = ""
) -> Response:  # fmt: skip
    def look(unit: Unit) -> list[dict[str, Any]]:
        return [table for one in _shared(unit, actor, share) for table in table_views(unit, one)]

    return _page(await apart(lambda: read(request, look)), ("schema", "name"), most, token)


@router.get(f"{PREFIX}/shares/{{share}}/schemas/{{schema}}/tables", summary="Delta Sharing: tables of a dataset")
async def tables(
    share: str, schema: str, request: Request, actor: Reader, most: Results = None, token: Token = ""
) -> Response:
    def look(unit: Unit) -> list[dict[str, Any]]:
        return table_views(unit, _dataset(unit, actor, share, schema))

    return _page(await apart(lambda: read(request, look)), ("name",), most, token)


@router.get(_TABLE + "/version", summary="Delta Sharing: the number of a table's version", response_class=Response)
async def version(
    share: str, schema: str, table: str, request: Request, actor: Reader,
    since: Annotated[str | None, Query(alias="startingTimestamp", max_length=64)] = None,
) -> Response:  # fmt: skip
    """The newest, or the first that was made at `startingTimestamp` or later."""
    start = instant(since, "startingTimestamp") if since else None

    def look(unit: Unit) -> Version:
        found = _dataset(unit, actor, share, schema)
        return _first_since(unit, found, start) if start else _with_table(unit, found, table)[0]

    made = await apart(lambda: read(request, look))
    return Response(media_type="text/plain", headers={"Delta-Table-Version": str(made.number)})


@router.get(_TABLE + "/metadata", summary="Delta Sharing: columns of a table", response_class=Response)
async def metadata(share: str, schema: str, table: str, request: Request, actor: Reader) -> Response:
    delta = _wants_delta(request)

    def look(unit: Unit) -> tuple[Dataset, Version, Table]:
        found = _dataset(unit, actor, share, schema)
        return found, *_with_table(unit, found, table)

    found, made, named = await apart(lambda: read(request, look))
    return _lines(table_lines(found, made, named, delta=delta), made, delta=delta)


@router.post(_TABLE + "/query", summary="Delta Sharing: links to a table's files", response_class=Response)
async def query(
    share: str, schema: str, table: str, request: Request, actor: Reader, body: QueryIn | None = None
) -> Response:
    """A delivery under your contract. With `limitHint` only as many files come, and are paid, as hold so many."""
    delta = _wants_delta(request)
    asked, exchange = body or QueryIn(), exchange_of(request)
    if asked.starting_version is not None or asked.ending_version is not None:
        raise _wrong("startingVersion", "a table is read at one version; ask with `version`")
    if asked.version is not None and asked.timestamp is not None:
        raise _wrong("timestamp", "either version or timestamp")
    at = instant(asked.timestamp, "timestamp") if asked.timestamp else None

    def find(unit: Unit) -> tuple[Dataset, Version, Sequence[Any]]:
        found = _dataset(unit, actor, share, schema)
        number = _last_until(unit, found, at).number if at else asked.version
        made, named = _with_table(unit, found, table, number)
        return found, made, named.enough(asked.limit_hint)

    handed, (found, made, parts) = await delivered(request, actor, SHARING, find)
    base = base_of(request)
    mark = _SIGNED if delta else ""
    links = [(part, base + link_to(exchange, handed.id, part, link_key(exchange, handed, part.sha256)) + mark)
             for part in parts]  # fmt: skip
    named = table_named(made, table)
    said = [*table_lines(found, made, named, delta=delta), *file_lines(made, links, handed.until, delta=delta)]
    return _lines(said, made, delta=delta)


@router.get(_TABLE + "/changes", summary="Delta Sharing: no changes are told", response_class=Response)
async def changes(share: str, schema: str, table: str, request: Request, actor: Reader) -> Response:
    """A version is a list of whole files, each of which is a delivery: who wants the difference reads both."""
    await apart(lambda: read(request, lambda unit: _with_table(unit, _dataset(unit, actor, share, schema), table)))
    raise _wrong("changes", "cdf is not enabled on this table; read it at each version, with `version`")


@router.get("/v1/delta-sharing/profile", summary="A profile file for clients of Delta Sharing")
async def profile(request: Request, actor: Reader) -> Response:
    """It holds the token that this call carries: keep it as you keep that."""

    def look(unit: Unit) -> datetime:
        row = unit.tokens.get(str(actor.token))
        assert row is not None
        return from_us(row.expires_us)

    return answer({
        "shareCredentialsVersion": 1,
        "endpoint": base_of(request) + PREFIX,
        "bearerToken": bearer(request),
        "expirationTime": to_text(read(request, look)),
    })  # fmt: skip


def base_of(request: Request) -> str:
    """Where the caller reached us: what he asked for, and behind a proxy of this machine the scheme that it names."""
    return f"{request.url.scheme}://{request.headers.get('host') or request.url.netloc}"


def _shared(unit: Unit, actor: Actor, share: str) -> list[Dataset]:
    """Raises NotFound: also for an owner of whom the caller may have nothing."""
    owner = unit.parties.organisation_named(share) if re.fullmatch(NAME, share) else None
    found = [] if owner is None else shared_datasets(unit, actor, owner)
    if not found:
        raise NotFound(noun="share", key=share[:64])
    return found


def _dataset(unit: Unit, actor: Actor, share: str, schema: str) -> Dataset:
    """Raises NotFound, DataDenied."""
    name = dataset_name(schema)
    if not re.fullmatch(NAME, share) or not re.fullmatch(NAME, name):
        raise NotFound(noun="schema", key=f"{share[:64]}.{schema[:64]}")
    found = visible(unit, actor, share, name)
    right_to_read(unit, actor, found)
    return found


def _with_table(unit: Unit, dataset: Dataset, table: str, number: int | None = None) -> tuple[Version, Table]:
    """Raises NotFound."""
    made = version_named(unit, dataset, "" if number is None else str(number))
    return made, table_named(made, table)


def _first_since(unit: Unit, dataset: Dataset, start: datetime) -> Version:
    found = [one for one in unit.datasets.versions(dataset.id) if one.made_at >= start]
    if not found:
        raise _wrong("startingTimestamp", "there is no version since then")
    return found[-1]


def _last_until(unit: Unit, dataset: Dataset, at: datetime) -> Version:
    found = next((one for one in unit.datasets.versions(dataset.id) if one.made_at <= at), None)
    if found is None:
        raise _wrong("timestamp", "there was no version then")
    return found


def _wrong(name: str, words: str) -> InvalidInput:
    return InvalidInput(source="request", problems=[Problem(f"{name}: {words}", path=name)])


def _wants_delta(request: Request) -> bool:
    """Who reads both forms gets Parquet's, which every client reads without a library for Delta, and so does who names
    none. Raises InvalidInput for who reads neither."""
    for capability in request.headers.get("delta-sharing-capabilities", "").lower().split(";"):
        name, _, values = capability.partition("=")
        forms = [value.strip() for value in values.split(",")]
        if name.strip() == "responseformat" and "parquet" not in forms:
            if "delta" in forms:
                return True
            raise _wrong("delta-sharing-capabilities", "this server answers responseformat=parquet and delta")
    return False


def _lines(documents: Iterable[dict[str, Any]], made: Version, *, delta: bool) -> Response:
    form = "delta" if delta else "parquet"
    text = b"".join(orjson.dumps(document) + b"\n" for document in documents)
    headers = {"Delta-Table-Version": str(made.number), "Delta-Sharing-Capabilities": f"responseformat={form}"}
    return Response(text, media_type=_ND_JSON, headers=headers)


def _page(items: list[dict[str, Any]], keys: tuple[str, ...], most: int | None, token: str) -> Response:
    """In the order of `keys`; the token of the next page is what the last item of this one has there."""
    after = tuple(token.split(".")) if token else ()

    def place(item: dict[str, Any]) -> tuple[str, ...]:
        return tuple(str(item[key]) for key in keys)

    rest = sorted((item for item in items if place(item) > after), key=place)
    limit = PAGE_MAX if most is None else min(most, PAGE_MAX)
    shown = rest[:limit]
    more = {"nextPageToken": ".".join(place(shown[-1])) if shown else token} if len(rest) > limit else {}
    return answer({"items": shown, **more})

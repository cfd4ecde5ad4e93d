"""GA4GH TES 1.1 over HTTP, at /ga4gh/tes/v1 and, for clients of 1.0 and before, at /v1.

Tasks are jobs: what comes in here is listed, paid, explained and cancelled like any job, under the same id. The
standard has no shape for errors; ours go out, with `msg` and `status_code` beside them.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from gridtie.access import Actor, scope
from gridtie.api.context import answer, apart, exchange_of, read, with_files, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.jobs import own_job
from gridtie.dispatch import tes
from gridtie.errors import InvalidInput, InvalidTask, NotFound, NotSignedIn, Problem
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.exchange import Exchange
from gridtie.flow.submit_task import keep_inputs, submit_task
from gridtie.flow.unit import Unit
from gridtie.values.ids import JobId
from gridtie.views.task import task_page, task_view

router = APIRouter(tags=["tes"])

NEW, OLD = "/ga4gh/tes/v1", "/v1"
PAGE_DEFAULT, PAGE_MAX = 256, 2047
_VIEWS = ("MINIMAL", "BASIC", "FULL")
_WORD = {"type": "string", "minLength": 1, "pattern": r"^[^\x00]*$"}
_EXECUTOR = {
    "type": "object",
    "required": ["image", "command"],
    "properties": {"image": _WORD, "command": {"type": "array", "minItems": 1, "items": _WORD}},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["executors"],
                    "properties": {"executors": {"type": "array", "minItems": 1, "items": _EXECUTOR}},
                }
            }
        },
    }
}

Anybody = Annotated[Actor, Depends(Allow("exchange.read", basic=True))]
Reader = Annotated[Actor, Depends(Allow("job.read", basic=True))]
View = Annotated[str, Query(description="MINIMAL (id and state), BASIC or FULL.", max_length=20)]


def _folders(exchange: Exchange) -> tuple[str, ...]:
    return tuple(part for part in exchange.settings.shared_folders.split(":") if part)


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host') or request.url.netloc}"


def _old(request: Request) -> bool:
    return not request.url.path.startswith(NEW)


def _view(text: str) -> str:
    if text.upper() not in _VIEWS:
        raise InvalidInput(source="request", problems=[Problem(f"view: must be one of {', '.join(_VIEWS)}")])
    return text.upper()


def _own_task(unit: Unit, actor: Actor, text: str, action: str = "job.read") -> JobId:
    """A task by its whole id. Raises NotFound also for what is no task, or somebody else's."""
    key = own_job(unit, actor, text, action)
    if key != text:
        raise NotFound(noun="job", key=text)
    unit.tasks.document(key)
    return key


def _blob(exchange: Exchange, sha256: str) -> bytes:
    return exchange.blobs.open(sha256).read_bytes()


async def service_info(request: Request, actor: Anybody) -> Response:
    exchange = exchange_of(request)
    return answer({
        "id": f"gridtie.{exchange.id}",
        "name": f"Gridtie exchange {exchange.settings.name}",
        "description": "Tasks become jobs of a computing power exchange.",
        "type": {"group": "org.ga4gh", "artifact": "tes", "version": tes.VERSION},
        "organization": {"name": exchange.settings.name, "url": _base(request)},
        "version": request.app.version,
        "storage": [tes.KEPT, *(f"file://{folder}" for folder in _folders(exchange))],
        "tesResources_backend_parameters": list(tes.PARAMETERS),
    })  # fmt: skip


async def old_info(request: Request, actor: Anybody) -> Response:
    """Clients of before 1.0 take these three names and no other."""
    exchange = exchange_of(request)
    storage = [tes.KEPT, *(f"file://{folder}" for folder in _folders(exchange))]
    return answer({"name": f"Gridtie exchange {exchange.settings.name}", "doc": "GA4GH TES", "storage": storage})


async def create(request: Request, actor: Annotated[Actor, Depends(Allow("job.submit", basic=True))]) -> Response:
    """Acknowledged once it is on disk. An Idempotency-Key, if there is one, is honoured."""
    exchange, organisation, member = exchange_of(request), actor.organisation, actor.member
    if organisation is None or member is None:
        raise NotSignedIn(reason="only a member can submit a task")
    try:
        document: Any = orjson.loads(await request.body())
    except orjson.JSONDecodeError as cause:
        raise InvalidTask(source="task", problems=[Problem(f"not JSON: {cause}")]) from None
    terms = tes.Terms(chips=exchange.chips, hubs=exchange.places.hubs, folders=_folders(exchange))
    task = tes.parse(document, terms)
    files = await with_files(lambda: keep_inputs(exchange, task, organisation))

    def work(unit: Unit) -> Mapping[str, str]:
        return {"id": submit_task(unit, exchange, task, organisation=organisation, member=member, files=files)}

    return await idempotent_write(request, actor, work, status=200)


async def get(task: str, request: Request, actor: Reader, view: View = "MINIMAL") -> Response:
    exchange, wanted = exchange_of(request), _view(view)

    def look(unit: Unit) -> dict[str, Any]:
        return task_view(unit, _own_task(unit, actor, task), view=wanted, base=_base(request), old=_old(request),
                         read_blob=lambda name: _blob(exchange, name))  # fmt: skip

    return answer(read(request, look) if wanted == "MINIMAL" else await apart(lambda: read(request, look)))


async def listed(
    request: Request,
    actor: Reader,
    view: View = "MINIMAL",
    name_prefix: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str | None, Query(max_length=20)] = None,
    tag_key: Annotated[list[str] | None, Query(max_length=50)] = None,
    tag_value: Annotated[list[str] | None, Query(max_length=50)] = None,
    page_size: Annotated[int | None, Query(description="Below 2048; 256 where not given.")] = None,
    page_token: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    exchange, wanted = exchange_of(request), _view(view)
    owner = scope(actor, "job.read").organisation
    problems = []
    if state and state not in tes.STATES:
        problems.append(Problem(f"state: must be one of {', '.join(tes.STATES)}"))
    if page_size is not None and not 0 <= page_size <= PAGE_MAX:
        problems.append(Problem(f"page_size: must be from 0 (the default, {PAGE_DEFAULT}) to {PAGE_MAX}"))
    if page_token and not _is_token(page_token):
        problems.append(Problem("page_token: is not one that this service gave"))
    if len(tag_value or ()) > len(tag_key or ()):
        problems.append(Problem("tag_value: there are more of them than of tag_key"))
    if problems:
        raise InvalidInput(source="request", problems=problems)
    values = [*(tag_value or ()), *("" for _ in tag_key or ())]
    tags = list(zip(tag_key or (), values, strict=False))

    def look(unit: Unit) -> dict[str, Any]:
        keys, following = task_page(
            unit, organisation=owner, state=state or None, prefix=name_prefix, tags=tags, before=page_token or None,
            limit=page_size or PAGE_DEFAULT, old=_old(request),
        )  # fmt: skip
        shown = [task_view(unit, key, view=wanted, base=_base(request), old=_old(request),
                           read_blob=lambda name: _blob(exchange, name)) for key in keys]  # fmt: skip
        return {"tasks": shown, **({"next_page_token": following} if following else {})}

    return answer(await apart(lambda: read(request, look)))


def _is_token(text: str) -> bool:
    return text.startswith("job_") and text.isascii() and text[4:].isalnum()


async def cancel(
    task: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.cancel", basic=True))]
) -> Response:
    """Doing it twice, or after the end, is harmless."""
    await write(request, actor, lambda unit: cancel_job(unit, _own_task(unit, actor, task, "job.cancel")))
    return answer({})


for _prefix in (NEW, OLD):
    router.add_api_route(f"{_prefix}/service-info", service_info, summary="What this TES service is and takes")
    if _prefix == OLD:
        router.add_api_route(f"{_prefix}/tasks/service-info", old_info, summary="The same, for the oldest TES clients")
    router.add_api_route(f"{_prefix}/tasks", create, methods=["POST"], summary="Create a TES task", openapi_extra=_BODY)
    router.add_api_route(f"{_prefix}/tasks", listed, summary="TES tasks, newest first")
    router.add_api_route(f"{_prefix}/tasks/{{task}}:cancel", cancel, methods=["POST"], summary="Cancel a TES task")
    router.add_api_route(f"{_prefix}/tasks/{{task}}", get, summary="One TES task")

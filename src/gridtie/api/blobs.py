"""Content-addressed files over HTTP, for members and for agents alike: resumable up, ranges down.

Knowing a digest is not having a right to the content. An organisation sees what it sent itself and what its runs
published; a site sees what it sent itself and what belongs to the runs it holds. For everybody else a file that is
there looks exactly like one that is not.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, Response

from gridtie.access import Actor, scope
from gridtie.api.context import answer, exchange_of, read, with_files
from gridtie.api.deps import Allow, AllowAgent
from gridtie.api.problems import MEDIA_TYPE
from gridtie.errors import InputTooLarge, NotSignedIn
from gridtie.flow.agent_gate import AgentIdentity
from gridtie.flow.hand_data import given_to
from gridtie.flow.unit import Unit
from gridtie.values.ids import RunId

router = APIRouter(tags=["files"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[int, Query(ge=0, le=1 << 50)]


async def _look(request: Request, sha256: str, owner: str | None) -> Response:
    blobs = exchange_of(request).blobs
    size = await with_files(lambda: blobs.size(sha256, owner))
    if size is None:
        held = await with_files(lambda: blobs.partial(sha256, owner))
        headers = {"Gridtie-Offset": str(held), "Content-Type": MEDIA_TYPE}
        return Response(status_code=404, headers=headers)  # what a GET would say, without its body
    return Response(status_code=200, headers={"Gridtie-Size": str(size)})


async def _take(request: Request, sha256: str, offset: int, size: int, owner: str) -> Response:
    exchange = exchange_of(request)
    if size > exchange.settings.blob_max_bytes:
        raise InputTooLarge(source="file", limit=f"{exchange.settings.blob_max_bytes} bytes")
    part = await request.body()
    following, complete = await with_files(lambda: exchange.blobs.append(sha256, offset, size, part, owner))
    return answer({"next": following, "complete": complete})


async def _give(request: Request, sha256: str, owner: str | None) -> Response:
    path: Any = await with_files(lambda: exchange_of(request).blobs.open(sha256, owner))
    return FileResponse(path, media_type="application/octet-stream")


def _sender(actor: Actor) -> str:
    if actor.organisation is None:
        raise NotSignedIn(reason="only a member can send files")
    return actor.organisation


@router.head("/v1/blobs/{sha256}", summary="Whether you have sent a file already")
async def member_head(
    sha256: Digest, request: Request, actor: Annotated[Actor, Depends(Allow("blob.write"))]
) -> Response:
    return await _look(request, sha256, _sender(actor))


@router.put("/v1/blobs/{sha256}", summary="Send a part of a file")
async def member_put(
    sha256: Digest,
    request: Request,
    actor: Annotated[Actor, Depends(Allow("blob.write"))],
    size: Offset,
    offset: Offset = 0,
) -> Response:
    """Every byte must be sent even when somebody else sent the same file: only its content proves that you have it."""
    return await _take(request, sha256, offset, size, _sender(actor))


@router.get("/v1/blobs/{sha256}", summary="A file by its content", response_class=FileResponse)
async def member_get(
    sha256: Digest, request: Request, actor: Annotated[Actor, Depends(Allow("blob.read"))]
) -> Response:
    """What your organisation sent, and what its jobs published; everything for those who run the exchange."""
    return await _give(request, sha256, scope(actor, "blob.read").organisation)


async def _hand_over(request: Request, agent: AgentIdentity, sha256: str) -> str:
    """Under whose claim the site may have a file: its own, given to it for the work directory or the checkpoint of a
    run that it holds; or, for the data of a run, that of the data's owner, for as long as that may be used."""
    exchange = exchange_of(request)
    if await with_files(lambda: exchange.blobs.size(sha256, agent.site)) is not None:
        return agent.site

    def needed(unit: Unit) -> bool:
        """Looked for among the plans' files alone: whatever else stands in a plan, its buyer wrote."""
        rows = (unit.runs.row(RunId(row.id)) for row in unit.runs.live_at(agent.site))
        plans = (unit.runs.get(RunId(row.id)).plan for row in rows if f'"{sha256}"' in row.plan)
        return any(file.sha256 == sha256 for plan in plans for file in (*plan.files, *plan.checkpoint))

    if read(request, needed):
        await with_files(lambda: exchange.blobs.grant(agent.site, [sha256]))
        return agent.site
    return read(request, lambda unit: given_to(unit, agent.site, sha256)) or agent.site


@router.head("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_head(
    sha256: Digest, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))]
) -> Response:
    return await _look(request, sha256, await _hand_over(request, agent, sha256))


@router.put("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_put(
    sha256: Digest,
    request: Request,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))],
    size: Offset,
    offset: Offset = 0,
) -> Response:
    return await _take(request, sha256, offset, size, agent.site)


@router.get("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_get(
    sha256: Digest, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))]
) -> Response:
    return await _give(request, sha256, await _hand_over(request, agent, sha256))

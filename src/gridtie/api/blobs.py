"""Content-addressed files over HTTP, for members and for agents alike: resumable up, ranges down."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import FileResponse, Response

from gridtie.access import Actor
from gridtie.api.context import answer, apart, exchange_of
from gridtie.api.deps import Allow, AllowAgent
from gridtie.api.problems import MEDIA_TYPE
from gridtie.errors import InputTooLarge
from gridtie.flow.agent_gate import AgentIdentity

router = APIRouter(tags=["files"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Offset = Annotated[int, Query(ge=0, le=1 << 50)]


def _look(request: Request, sha256: str) -> Response:
    exchange = exchange_of(request)
    size = exchange.blobs.size(sha256)
    if size is None:
        headers = {"Gridtie-Offset": str(exchange.blobs.partial(sha256)), "Content-Type": MEDIA_TYPE}
        return Response(status_code=404, headers=headers)  # what a GET would say, without its body
    return Response(status_code=200, headers={"Gridtie-Size": str(size)})


async def _take(request: Request, sha256: str, offset: int, size: int) -> Response:
    exchange = exchange_of(request)
    if size > exchange.settings.blob_max_bytes:
        raise InputTooLarge(source="file", limit=f"{exchange.settings.blob_max_bytes} bytes")
    part = await request.body()
    following, complete = await apart(lambda: exchange.blobs.append(sha256, offset, size, part))
    return answer({"next": following, "complete": complete})


async def _give(request: Request, sha256: str) -> Response:
    path: Any = await apart(lambda: exchange_of(request).blobs.open(sha256))
    return FileResponse(path, media_type="application/octet-stream")


@router.head("/v1/blobs/{sha256}", summary="Whether the exchange has a file")
async def member_head(
    sha256: Digest, request: Request, actor: Annotated[Actor, Depends(Allow("blob.write"))]
) -> Response:
    return _look(request, sha256)


@router.put("/v1/blobs/{sha256}", summary="Send a part of a file")
async def member_put(
    sha256: Digest,
    request: Request,
    actor: Annotated[Actor, Depends(Allow("blob.write"))],
    size: Offset,
    offset: Offset = 0,
) -> Response:
    return await _take(request, sha256, offset, size)


@router.get("/v1/blobs/{sha256}", summary="A file by its content", response_class=FileResponse)
async def member_get(
    sha256: Digest, request: Request, actor: Annotated[Actor, Depends(Allow("blob.read"))]
) -> Response:
    """Whoever knows the SHA-256 of a content knows the content's name: it was in a manifest that he may read."""
    return await _give(request, sha256)


@router.head("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_head(
    sha256: Digest, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))]
) -> Response:
    return _look(request, sha256)


@router.put("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_put(
    sha256: Digest,
    request: Request,
    agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))],
    size: Offset,
    offset: Offset = 0,
) -> Response:
    return await _take(request, sha256, offset, size)


@router.get("/agent/v1/blobs/{sha256}", include_in_schema=False)
async def agent_get(
    sha256: Digest, request: Request, agent: Annotated[AgentIdentity, Depends(AllowAgent("agent.blob"))]
) -> Response:
    return await _give(request, sha256)

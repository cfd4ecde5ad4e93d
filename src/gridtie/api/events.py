"""The live feed: what happened, as it happens, to what a member may see (server-sent events)."""

import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from gridtie.access import Actor, scope
from gridtie.api.bus import EVENTS
from gridtie.api.context import bus_of, read
from gridtie.api.deps import Allow, TokenDoor, bearer
from gridtie.errors import NotSignedIn
from gridtie.views.event import events_after

router = APIRouter(prefix="/v1", tags=["events"])
HEARTBEAT_S = 15.0
RECHECK_S = 2.0
SEQ_MAX = 2**53 - 1
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def sse(event: str, data: object, *, key: int | None = None) -> bytes:
    """One server-sent event."""
    head = f"id: {key}\n" if key is not None else ""
    return f"{head}event: {event}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def guarded(request: Request, actor: Actor, parts: AsyncIterator[bytes]) -> StreamingResponse:
    """A stream that counts against its token's share. Raises QuotaExceeded before it begins."""
    door: TokenDoor = request.app.state.tokens
    door.open_stream(actor)

    async def counted() -> AsyncIterator[bytes]:
        try:
            async for part in parts:
                yield part
        finally:
            door.close_stream(actor)

    return StreamingResponse(counted(), media_type="text/event-stream", headers=STREAM_HEADERS)


def still_welcome(request: Request) -> Callable[[], bool]:
    """Asks whether the caller's token still counts: revocation ends open streams within seconds."""
    door: TokenDoor = request.app.state.tokens
    text = bearer(request) or ""

    def ask() -> bool:
        try:
            door.actor(text)
        except NotSignedIn:
            return False
        return True

    return ask


@router.get(
    "/events",
    summary="Live feed from a sequence number on",
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("event.read"))],
    after: Annotated[int, Query(ge=0, le=SEQ_MAX, description="Only facts with a higher sequence number.")] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20, description="Sent by browsers that reconnect.")] = None,
) -> StreamingResponse:
    seen, welcome, bus = scope(actor, "event.read"), still_welcome(request), bus_of(request)
    start = after
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        start = min(int(last_event_id), SEQ_MAX)

    async def feed() -> AsyncIterator[bytes]:
        position, spoke = start, time.monotonic()
        yield b"retry: 1000\n\n"
        with bus.listen(EVENTS) as bell:
            while not bus.closing and welcome():
                news = read(request, partial(events_after, scope=seen, seq=position))
                for item in news:
                    position = item["seq"]
                    yield sse(item["kind"], item, key=position)
                if news:
                    spoke = time.monotonic()
                    continue
                if time.monotonic() - spoke > HEARTBEAT_S:
                    spoke = time.monotonic()
                    yield b": still here\n\n"
                await bell.wait(RECHECK_S)

    return guarded(request, actor, feed())

"""Answers that may take minutes: one at a time, and words that they are worked on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import structlog
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from gridtie.api.context import answer, apart
from gridtie.api.problems import problem_document, status_of
from gridtie.errors import GridtieError, InternalFault

STILL_THERE_S = 10.0  # under what clients and proxies wait for the next byte
log = structlog.get_logger("api")


class OneByOne:
    """Work that any number may ask for: one is at it, and all who ask meanwhile share the next, which begins after they
    asked and so sees what they had done before. Only on the event loop."""

    def __init__(self) -> None:
        self._now: asyncio.Future[Any] | None = None
        self._next: asyncio.Future[Any] | None = None

    def ask(self, work: Callable[[], object]) -> "asyncio.Future[Any]":
        if self._next is not None:
            return self._next
        if self._now is None or self._now.done():
            self._now = asyncio.ensure_future(apart(work))
            return self._now
        self._next = asyncio.ensure_future(self._after(self._now, work))
        return self._next

    async def _after(self, before: "asyncio.Future[Any]", work: Callable[[], object]) -> object:
        await asyncio.wait({before})
        self._now, self._next = self._next, None
        return await apart(work)


async def patient_answer(request: Request, found: "asyncio.Future[Any]") -> Response:
    """JSON may begin with spaces, and one now and then says that it is worked on. What fails after the first of them
    can have no status any more: then the problem is the answer, and clients know it by its `type`."""
    if (await asyncio.wait({found}, timeout=STILL_THERE_S))[0]:
        return answer(found.result())

    async def parts() -> AsyncIterator[bytes]:
        while not found.done():
            yield b" "
            await asyncio.wait({found}, timeout=STILL_THERE_S)
        failed = found.exception()
        yield orjson.dumps(found.result() if failed is None else _problem(failed, request))

    return StreamingResponse(parts(), media_type="application/json")


def _problem(failed: BaseException, request: Request) -> dict[str, Any]:
    error = failed if isinstance(failed, GridtieError) else InternalFault(request=request.state.id)
    if error is not failed:
        log.error("a call failed", request=request.state.id, path=request.url.path, exc_info=failed)
    return problem_document(error, status_of(error), request.state.id)

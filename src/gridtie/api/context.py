"""What routers reach through the app: the exchange, the bus, the doors, and how they write and answer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from fastapi import Request
from fastapi.responses import Response

from gridtie.access import Actor

if TYPE_CHECKING:
    from gridtie.api.bus import Bus
    from gridtie.flow.exchange import Exchange

T = TypeVar("T")
PAGE_DEFAULT, PAGE_MAX = 50, 500
_FILES = ThreadPoolExecutor(16, "files")  # begins a thread when it needs one


def exchange_of(request: Request) -> "Exchange":
    exchange: Exchange = request.app.state.exchange
    return exchange


def bus_of(request: Request) -> "Bus":
    bus: Bus = request.app.state.bus
    return bus


async def write(request: Request, actor: Actor | str, work: Callable[[Any], T]) -> T:
    """Runs a verb on the writer; returns after its commit is on disk."""
    name = actor if isinstance(actor, str) else actor.name
    return await asyncio.wrap_future(exchange_of(request).database.submit(work, actor=name))


def read(request: Request, work: Callable[[Any], T]) -> T:
    """Runs `work` on one snapshot, on the calling thread: for reads of a few milliseconds."""
    return exchange_of(request).database.read(work)


async def apart(work: Callable[[], T]) -> T:
    """Runs big reads off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


async def with_files(work: Callable[[], T]) -> T:
    """Runs what asks for files and logs off the event loop, on threads of its own: a bucket that does not answer holds
    up those who want something of it, and nobody else."""
    return await asyncio.get_running_loop().run_in_executor(_FILES, work)


def answer(document: object, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(orjson.dumps(document), status_code=status, media_type="application/json", headers=named)

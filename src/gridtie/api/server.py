"""Runs the app on a listening socket, with the timetable beside it, until a signal."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from gridtie.api.app import create_app
from gridtie.api.bus import Bus
from gridtie.flow.exchange import Exchange
from gridtie.flow.timetable import DUTIES, Duty

log = structlog.get_logger("timetable")
GRACE_S = 10


class _Server(uvicorn.Server):
    """Held calls and streams end with the signal, not with the grace period."""

    def __init__(self, config: uvicorn.Config, bus: Bus, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._bus, self._ready = bus, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._bus.close_from_thread()
        super().handle_exit(sig, frame)


def serve(exchange: Exchange, listener: socket.socket, *, ready: Callable[[], None]) -> None:
    """Returns after SIGTERM or SIGINT, once what was begun is answered (at most ten seconds)."""
    app = create_app(exchange)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", access_log=False, log_config=None, lifespan="on", server_header=False,
        date_header=True, timeout_graceful_shutdown=GRACE_S, timeout_keep_alive=65, h11_max_incomplete_event_size=None,
        backlog=2048,
    )  # fmt: skip
    server = _Server(config, app.state.bus, ready)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(app, server, listener, exchange))


async def _serve(app: FastAPI, server: uvicorn.Server, listener: socket.socket, exchange: Exchange) -> None:
    duties = asyncio.create_task(keep_timetable(exchange, app.state.bus))
    try:
        await server.serve(sockets=[listener])
    finally:
        duties.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await duties


async def keep_timetable(exchange: Exchange, bus: Bus, duties: Sequence[Duty] = DUTIES) -> None:
    """Runs every duty at its times until cancelled."""
    async with asyncio.TaskGroup() as group:
        for duty in duties:
            group.create_task(_keep(exchange, bus, duty), name=duty.name)


async def _keep(exchange: Exchange, bus: Bus, duty: Duty) -> None:
    with bus.listen(*(f"kind:{kind}" for kind in duty.on)) as bell:
        while not bus.closing:
            try:
                await asyncio.wrap_future(
                    exchange.database.submit(lambda unit: duty.verb(unit, exchange), actor="timetable")
                )
            except Exception as cause:
                log.error("a duty failed", duty=duty.name, exc_info=cause)
            await bell.wait(duty.every_s(exchange.settings))


def _loop_factory() -> "Callable[[], asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.new_event_loop

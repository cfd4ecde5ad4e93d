"""Runs the app on a listening socket, with the timetable beside it, until a signal."""

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import structlog
import uvicorn

from gridtie import __version__
from gridtie.api.app import create_app
from gridtie.api.bus import Bus
from gridtie.api.protocol import HeadLimited
from gridtie.errors import GridtieError, LocalFault, Overloaded
from gridtie.flow.exchange import Exchange
from gridtie.flow.lead_exchange import lead_exchange, may_lead, stop_leading
from gridtie.flow.start_exchange import start_exchange
from gridtie.flow.timetable import DUTIES, Duty
from gridtie.flow.unit import Unit

log = structlog.get_logger("timetable")
GRACE_S = 10
REST_S = 0.25
UNABLE_S = 1.0


class _Server(uvicorn.Server):
    """Held calls and streams end with the signal, not with the grace period."""

    def __init__(self, config: uvicorn.Config, bus: Bus, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._bus, self._ready = bus, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def main_loop(self) -> None:
        """Until it is told to end: uvicorn's own looks for that every tenth of a second."""
        count = 0
        with self._bus.listen("end") as bell:
            while not await self.on_tick(count):
                await bell.wait(0.1)
                count += 1

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends when all is answered: uvicorn's own waits a tenth of a second before it looks for that."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        until = time.monotonic() + GRACE_S
        while (state.connections or state.tasks) and not self.force_exit and time.monotonic() < until:
            await asyncio.sleep(0.002)
        for task in state.tasks:
            task.cancel()
        if not self.force_exit:
            await self.lifespan.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, does not raise the signal again at the end: the books are still to be closed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def end(self) -> None:
        """A second signal does not wait for what is still being answered."""
        self._bus.close()
        self.force_exit = self.should_exit
        self.should_exit = True


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class ExchangeServer:
    """One exchange on one listening socket. `run` returns after SIGTERM, SIGINT or `stop`."""

    def __init__(self, exchange: Exchange, listener: socket.socket, *, ready: Callable[[], None]) -> None:
        self._exchange, self._listener = exchange, listener
        self.app = create_app(exchange)
        exchange.presence.here = exchange.settings.server_url or address_of(listener)
        config = uvicorn.Config(
            self.app, http=HeadLimited, ws="none", access_log=False, log_config=None, lifespan="on",
            server_header=False, timeout_keep_alive=65, backlog=2048,
        )  # fmt: skip
        self._server = _Server(config, self.app.state.bus, ready)

    def run(self) -> None:
        """Answers what was begun before it returns, for at most ten seconds."""
        _log_without_values()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve())

    def stop(self) -> None:
        """From any thread."""
        self._server.should_exit = True
        self.app.state.bus.close_from_thread()

    async def _serve(self) -> None:
        bus: Bus = self.app.state.bus
        bus.start()
        exchange = self._exchange
        await asyncio.wrap_future(
            exchange.database.submit(lambda unit: start_exchange(unit, exchange, __version__), actor="gridtie serve")
        )
        duties = asyncio.create_task(keep_timetable(self._exchange, bus, self.app.state.pulse.beat))
        leading = asyncio.create_task(keep_leading(self._exchange))
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            for task in (leading, duties):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            with contextlib.suppress(GridtieError):  # without its database it cannot say good-bye
                await asyncio.wrap_future(
                    exchange.database.submit(lambda unit: stop_leading(unit, exchange), actor="gridtie serve")
                )


async def keep_timetable(
    exchange: Exchange, bus: Bus, beat: Callable[[str], None], duties: Sequence[Duty] = DUTIES
) -> None:
    """Runs every duty at its times until cancelled; `beat` hears of each that succeeded.

    A duty that is rung for again at once rests three times as long as its last turn took, at most REST_S: what arrives
    in a burst then shares a round of the market, and most of the writer's time is left to those who submit.
    """
    async with asyncio.TaskGroup() as group:
        for duty in duties:
            group.create_task(_keep(exchange, bus, duty, beat), name=duty.name)


async def keep_leading(exchange: Exchange) -> None:
    """Leads, or looks out for the leader's silence, until cancelled. Nothing to do for the only server.

    Looking takes no turn at writing: a leader that stands still in the middle of a write keeps the turn, and who waited
    for it would see the leader's last beat only then, and count its silence from there.
    """
    while not exchange.leadership.alone:
        try:
            if exchange.leadership.leads or await _looked(exchange, partial(_may_lead, exchange)):
                await asyncio.wrap_future(exchange.database.submit(partial(_lead, exchange), actor="gridtie serve"))
        except GridtieError as cause:
            log.warning("nobody knows who leads", reason=cause.message)
        except Exception as cause:  # else this server would never lead again, and nobody would hear of it
            log.error("nobody knows who leads", exc_info=cause)
        await asyncio.sleep(exchange.settings.leader_lease_s / 4)


def _may_lead(exchange: Exchange, unit: Unit) -> bool:
    return may_lead(unit, exchange)


def _lead(exchange: Exchange, unit: Unit) -> bool:
    return lead_exchange(unit, exchange)


async def _keep(exchange: Exchange, bus: Bus, duty: Duty, beat: Callable[[str], None]) -> None:
    known: int | None = None  # the version of the store of which `due` says whether anything was due in it
    due = True
    with bus.listen("kind:exchange.led", *(f"kind:{kind}" for kind in duty.on)) as bell:
        while not bus.closing:
            begun = time.monotonic()
            if not exchange.leadership.leads:  # another server does it
                beat(duty.name)
                await bell.wait(duty.every_s(exchange.settings))
                continue
            if duty.able is not None and not duty.able(exchange):
                beat(duty.name)
                await bell.wait(min(duty.every_s(exchange.settings), UNABLE_S))
                continue
            try:
                version = exchange.database.version
                if known is None or version != known:
                    due, known = _due(exchange, duty), version
                if due:
                    await _turn(exchange, duty)
                beat(duty.name)
            except (
                LocalFault,
                Overloaded,
            ) as cause:  # not our fault, and it says all there is
                log.error("a duty failed", duty=duty.name, reason=cause.message)
            except Exception as cause:
                log.error("a duty failed", duty=duty.name, exc_info=cause)
            spent = time.monotonic() - begun
            if await bell.wait(duty.every_s(exchange.settings)):
                await asyncio.sleep(max(0.0, min(REST_S, begun + 4 * spent - time.monotonic())))


def _due(exchange: Exchange, duty: Duty) -> bool:
    due = duty.due
    return due is None or exchange.database.read(lambda unit: due(unit, exchange))


async def _looked(exchange: Exchange, look: Callable[[Unit], bool]) -> bool:
    return await asyncio.get_running_loop().run_in_executor(None, exchange.database.read, look)


async def _turn(exchange: Exchange, duty: Duty) -> None:
    """Nobody holds the writer for a look that finds nothing."""
    look, verb = duty.look, duty.verb
    if look is not None and not await _looked(exchange, lambda unit: look(unit, exchange)):
        return
    if duty.apart is not None:
        verb = await asyncio.get_running_loop().run_in_executor(None, duty.apart, exchange)
    await asyncio.wrap_future(exchange.database.submit(partial(_run, verb, exchange), actor="timetable"))


def _run(verb: Callable[[Unit, Exchange], Any], exchange: Exchange, unit: Unit) -> Any:
    """Refused to a server that does not lead any more, however late it comes: nothing is written then."""
    if not exchange.leadership.holds(unit):
        log.warning("another server leads by now; nothing was done", epoch=exchange.leadership.epoch)
        exchange.leadership.epoch = None
        return None
    return verb(unit, exchange)


def _log_without_values() -> None:
    """Tracebacks name lines and never the values of variables: among those are tokens, secrets and bodies."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer]
    )


def _loop_factory() -> "Callable[[], asyncio.AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.new_event_loop

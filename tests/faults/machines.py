"""The machines of one world: the exchange's, on which the real app serves, and each site's, on which a real agent runs.

Files are real (below one temporary folder), so what a crash leaves behind is what the next life finds.
"""

import asyncio
import importlib
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread

import gridtie.agent.loop
import gridtie.api.bus
import gridtie.api.deps
import gridtie.api.events
import gridtie.api.server
from faults.weave import START_S, Process, SimLoop, Weave, in_context, machinery
from gridtie.adapters.signers.ed25519 import verify
from gridtie.api.app import create_app
from gridtie.client.transport import Response
from gridtie.clock import SystemClock
from gridtie.errors import LocalFault, Unreachable
from gridtie.flow.exchange import Exchange
from gridtie.flow.start_exchange import start_exchange
from gridtie.flow.timetable import DUTIES
from gridtie.identity.signing import Signer
from gridtie.settings import Settings
from gridtie.store import database as real_database
from gridtie.values.ids import uuid7_text
from gridtie.wiring import open_exchange

TIMEOUT_S = 35.0  # of a real agent's calls
_AGENT = ("gridtie.agent.keeper", "gridtie.agent.spool", "gridtie.agent.staging", "gridtie.client.agent",
          "gridtie.agent.worker", "gridtie.agent.shipment", "gridtie.agent.loop")  # fmt: skip
_TIMED = (gridtie.api.server, gridtie.api.bus, gridtie.api.deps, gridtie.api.events)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_ROUTES: list[Any] = []  # the same in every life and world: to make them takes FastAPI longer than an hour's heartbeats


def load_agent(weave: Weave) -> ModuleType:
    """The agent's own modules once more, with the world's threads, clocks and chance in place of the machine's."""
    shims = machinery(weave)
    kept = {name: sys.modules[name] for name in (*_AGENT, *shims)}

    try:
        sys.modules.update(shims)  # type: ignore[arg-type]  they answer what the agent asks of them
        for name in _AGENT:
            del sys.modules[name]
        fresh = importlib.import_module("gridtie.agent.loop")
        sys.modules["gridtie.agent.worker"].CLOCK = HostClocks(weave)  # type: ignore[attr-defined]
        return fresh
    finally:
        sys.modules.update(kept)
        for name in _AGENT:
            package, _, last = name.rpartition(".")
            setattr(sys.modules[package], last, kept[name])


EPOCH_NS = int(EPOCH.timestamp()) * 1_000_000_000


class WorldClock(SystemClock):
    """The exchange's clock over a wall clock of this world, which somebody set off by `offset_s`."""

    def __init__(self, loop: SimLoop, seed: int) -> None:
        self._loop, self._dice, self.offset_s = loop, Random(seed), 0.0
        super().__init__(self._wall, lambda: round(loop.time() * 1e9))

    def _wall(self) -> int:
        return EPOCH_NS + round((self._loop.time() - START_S + self.offset_s) * 1e9)

    def begin(self) -> None:
        """As a new process does."""
        super().__init__(self._wall_ns, self._steady_ns)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{uuid7_text(int(self.now().timestamp() * 1000), self._dice.getrandbits(74))}"

    def random_bytes(self, count: int) -> bytes:
        return self._dice.randbytes(count)


class Signatures:
    """Who signs here is remembered once, so that the same signature under the same bytes is not reckoned twice, which
    costs a call more than anything else; every other one is verified as ever."""

    def __init__(self) -> None:
        self._made: set[tuple[bytes, bytes, bytes]] = set()

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        if (made := (public_key, message, signature)) in self._made:
            self._made.remove(made)
            return True
        return verify(public_key, message, signature)

    def signer(self, real: Signer) -> "RememberedSigner":
        return RememberedSigner(real, self._made)


class RememberedSigner:
    def __init__(self, real: Signer, made: set[tuple[bytes, bytes, bytes]]) -> None:
        self._real, self._made, self.public_key = real, made, real.public_key

    def sign(self, message: bytes) -> bytes:
        signature = self._real.sign(message)
        self._made.add((self.public_key, message, signature))
        return signature


class HostClocks:
    """For the agents, which share one module here: the clock of whichever process asks."""

    def __init__(self, weave: Weave) -> None:
        self._weave, self._clocks = weave, dict[Process, SystemClock]()

    def now(self) -> datetime:
        process = self._weave.process
        if process not in self._clocks:
            self._clocks[process] = SystemClock(
                lambda: EPOCH_NS + round((process.boot_clock() - START_S + process.offset_s()) * 1e9),
                lambda: round(process.boot_clock() * 1e9),
            )
        return self._clocks[process].now()


class LoopDatabase(real_database.Database):
    """The real store, whose writer takes its turns on the loop. `crash` is asked at each commit, before and after."""

    crash: Callable[[str], bool] = staticmethod(lambda _: False)
    commits = 0
    dead = False

    def __init__(self, place: Path | str | None, clock: Any) -> None:
        super().__init__(place, clock, synchronous="OFF")  # a crash of the process, not of the kernel below it
        self._thread.join()
        self._waiting: list[Any] = []

    def _write_forever(self) -> None:
        """No thread of its own."""

    def read(self, work: Any) -> Any:
        if self.dead:
            raise LocalFault(reason="this life of the exchange is over")
        return super().read(work)

    def submit(self, work: Any, *, actor: str) -> "Future[Any]":
        future: Future[Any] = Future()
        if self.dead:
            return future  # nobody is left to answer it
        self._waiting.append(real_database._Command(work, actor, future))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self.flush)
        return future

    def write(self, work: Any, *, actor: str) -> Any:
        future: Future[Any] = Future()
        self._waiting.append(real_database._Command(work, actor, future))
        self.flush()
        return future.result(timeout=0)  # who died in it would wait for ever

    def held_aside(self, work: Any) -> None:
        """Runs a verb that raises, at once and at no point at which we may die; raises what it raised."""
        future: Future[Any] = Future()
        self._commit([real_database._Command(work, "nobody", future)])
        future.result(timeout=0)

    def flush(self) -> None:
        group, self._waiting = self._waiting[: real_database.GROUP_MAX], self._waiting[real_database.GROUP_MAX :]
        if self.dead or not group:
            return
        if self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self.commits += 1
        if self.crash("before"):
            return
        answers = [(command, Future()) for command in group]  # told only after the point at which we may die
        self._commit([_answering(command, answer) for command, answer in answers])
        if self.crash("after"):
            return
        for command, answer in answers:
            if (cause := answer.exception()) is not None:
                command.future.set_exception(cause)
            else:
                command.future.set_result(answer.result())

    def abandon(self) -> None:
        """As a killed process leaves it: nothing is flushed or finished, the kernel closes the files."""
        self.dead = True
        self._hang_up()
        self._backend.close()


def _answering(command: Any, answer: "Future[Any]") -> Any:
    return real_database._Command(command.work, command.actor, answer)


@contextmanager
def loop_time(weave: Weave) -> Iterator[None]:
    """Inside, what the HTTP face measures by the machine's clock it measures by the loop's, and it has no threads."""

    class Time:
        monotonic = staticmethod(weave.loop.time)

    async def inline(func: Callable[..., Any], *args: Any, **_: object) -> Any:
        return func(*args)

    kept = [(module, module.time) for module in _TIMED]  # type: ignore[attr-defined]
    threads, anyio.to_thread.run_sync = anyio.to_thread.run_sync, inline  # type: ignore[assignment]
    fsync, os.fsync = os.fsync, lambda _: None  # processes die here, the kernel below them does not
    try:
        for module in _TIMED:
            module.time = Time  # type: ignore[attr-defined]
        yield
    finally:
        os.fsync = fsync
        anyio.to_thread.run_sync = threads
        for module, time in kept:
            module.time = time  # type: ignore[attr-defined]


class Server:
    """One life after the other of the exchange's process, over one home."""

    def __init__(self, weave: Weave, settings: Settings, clock: WorldClock) -> None:
        self.weave, self._settings, self.clock = weave, settings, clock
        self.lives = 0
        self.up = False
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.exchange: Exchange
        self.on_open: list[Callable[[Exchange], None]] = []

    def open(self) -> Exchange:
        """The next life's exchange, not serving yet."""
        self.clock.begin()
        self.exchange = open_exchange(self._settings, clock=self.clock, create=self.lives == 0)
        self.lives += 1
        for hear in self.on_open:
            hear(self.exchange)
        return self.exchange

    @property
    def database(self) -> LoopDatabase:
        found = self.exchange.database
        assert isinstance(found, LoopDatabase)
        return found

    def serve(self) -> None:
        self.app = create_app(self.exchange)
        _ROUTES.extend(self.app.router.routes if not _ROUTES else ())
        self.app.router.routes[:] = _ROUTES
        self.up = True
        self._task(self._serve(self.exchange, self.app))

    async def _serve(self, exchange: Exchange, app: Any) -> None:
        """What ExchangeServer does around its listening socket."""
        app.state.bus.start()
        await asyncio.wrap_future(
            exchange.database.submit(lambda unit: start_exchange(unit, exchange, "simulated"), actor="gridtie serve")
        )
        await gridtie.api.server.keep_timetable(exchange, app.state.bus, app.state.pulse.beat, DUTIES)

    def crash(self) -> None:
        """What is under way comes to nothing: it reads and writes no more, and nobody hears what it says.

        It is not cancelled: that would run its tasks in an order of memory addresses, and a seed would not replay.
        """
        if self.up:
            self.up = False
            self.database.abandon()
            self.app.state.bus.close()

    def restart(self) -> None:
        if not self.up:
            self.open()
            self.serve()

    def answer(self, request: "Request", hear: Callable[[Response], None]) -> None:
        """`hear` is called unless the process dies before it has answered."""

        life = self.lives

        async def work() -> None:
            response = await _through(self.app, request)
            if self.up and self.lives == life:
                hear(response)

        self._task(work())

    def _task(self, work: Any) -> None:
        task = self.weave.loop.create_task(work)
        self.tasks[task] = None
        task.add_done_callback(lambda done: self.tasks.pop(done, None))


class Request:
    __slots__ = ("body", "headers", "method", "path")

    def __init__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> None:
        self.method, self.path, self.body, self.headers = method, path, body or b"", headers

    @property
    def held(self) -> list[str]:
        """The runs whose leases a sync or a hello renews, and '' for that of its site."""
        renews = self.path.endswith(("/sync", "/hello"))
        return ["", *(item["run"] for item in json.loads(self.body)["held"])] if renews else []


async def _through(app: Any, request: Request) -> Response:
    """One call of the ASGI app, whole."""
    parts = urlsplit(request.path)
    names = {"host": "exchange", "content-length": str(len(request.body)), **request.headers}
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": request.method, "scheme": "http", "path": parts.path, "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(), "root_path": "", "client": ("127.0.0.1", 1), "server": ("exchange", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in names.items()], "state": {},
    }  # fmt: skip
    sent: list[Any] = []
    asked = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        return await asyncio.get_running_loop().create_future()  # it stays on the line until it has its answer

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Response(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


class Link:
    """The way between one machine and the exchange. Times in seconds; chances per call and direction."""

    def __init__(self, weave: Weave, server: Server, *, name: str) -> None:
        self._weave, self._server, self.name = weave, server, name
        self.calm()
        self._dice = Random(f"{name} {weave.dice.random()}")
        self.calls = self.lost = 0
        # By the loop's time, of each run and of '': when a sync or hello with it arrived, when an answered one left.
        self.heard: dict[str, list[float]] = defaultdict(list)
        self.renewed: dict[str, list[float]] = defaultdict(list)

    def calm(self) -> None:
        self.delay = (0.01, 0.05)
        self.loss = self.repeat = 0.0
        self.up_cut = self.down_cut = False  # to the exchange, from it: silence, as a half-open line has it

    def request(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """In a fiber. As HttpTransport: Unreachable when no answer came."""
        answer: Future[Response] = Future()
        call = Request(method, path, body, headers)
        self.calls += 1
        loop = self._weave.loop
        sent = loop.time()
        in_context(loop, self._send, call, answer)
        if not self._weave.until_done(answer, TIMEOUT_S):
            self.lost += 1
            raise Unreachable(url="exchange", reason="no answer in 35 s") from TimeoutError()
        try:
            response = answer.result()
        except ConnectionRefusedError as cause:
            raise Unreachable(url="exchange", reason="refused") from cause
        if response.status < 300:
            for run in call.held:
                self.renewed[run].append(sent)
        return response

    def stream(self, path: str, *, headers: Mapping[str, str]) -> Iterator[str]:
        raise NotImplementedError("nothing in this world follows a stream")

    def _send(self, call: Request, answer: "Future[Response]") -> None:
        """A repeat comes to the exchange as the call itself does; what it answers to it goes nowhere."""
        hearers = [answer, Future()] if self._dice.random() < self.repeat else [answer]
        for hearer in hearers:
            if not self.up_cut and self._dice.random() >= self.loss:
                self._weave.loop.call_later(self._dice.uniform(*self.delay), self._arrive, call, hearer)

    def _arrive(self, call: Request, answer: "Future[Response]") -> None:
        if self._server.up:
            for run in call.held:
                self.heard[run].append(self._weave.loop.time())
            self._server.answer(call, lambda response: self._back(response, answer))
        elif not answer.done() and not self.down_cut:
            answer.set_exception(ConnectionRefusedError())

    def _back(self, response: Response, answer: "Future[Response]") -> None:
        if not self.down_cut and self._dice.random() >= self.loss:
            self._weave.loop.call_later(self._dice.uniform(*self.delay), _give, response, answer)


def _give(response: Response, answer: "Future[Response]") -> None:
    if not answer.done():
        answer.set_result(response)

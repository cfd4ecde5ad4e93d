"""Wake-ups between commits and those who wait: a bell per waiter, rung by topic, that loses no ring.

A waiter asks for its bell first, then reads the database, then waits: whatever is committed after the asking rings.

    with bus.listen(site) as bell:
        while nothing_new(): await bell.wait(seconds)
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

EVENTS = "events"  # rung by every commit


class Fact(Protocol):
    """What the bus needs of a journal note."""

    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Bell:
    """For one waiter at a time."""

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._rang = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        self._rang = True
        if self._waiter is not None:
            _wake(self._waiter)

    async def wait(self, timeout: float) -> bool:
        """True when it rang since the last wait; False after `timeout` seconds. Returns at once when we shut down."""
        if not self._rang and not self._bus.closing:
            # By hand: `asyncio.wait_for` makes a task for each wait, and here wait all agents and all duties.
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(timeout, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        rang, self._rang = self._rang, False
        return rang


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


class Pulse:
    """When each duty of the timetable last succeeded, by a clock that only goes forward."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._beats: dict[str, float] = {}

    def beat(self, duty: str) -> None:
        self._beats[duty] = time.monotonic()

    def since(self, duty: str) -> float:
        """Seconds since it succeeded, or since we began to look."""
        return time.monotonic() - self._beats.get(duty, self._began)


class Bus:
    """Belongs to one event loop. Topics are ids (site, job, run), 'events', and what routers agree on."""

    def __init__(self) -> None:
        self._bells: dict[str, dict[Bell, None]] = {}  # in the order of asking: whoever came first hears first
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closing = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Bell]:
        bell = Bell(self)
        for topic in topics:
            self._bells.setdefault(topic, {})[bell] = None
        try:
            yield bell
        finally:
            for topic in topics:
                bells = self._bells[topic]
                bells.pop(bell, None)
                if not bells:
                    del self._bells[topic]

    def ring(self, *topics: str) -> None:
        """On the loop's own thread."""
        for topic in topics:
            for bell in self._bells.get(topic, ()):
                bell.ring()

    def ring_from_thread(self, topics: Iterable[str]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with suppress(RuntimeError):  # the loop closed in between: nobody is left to hear it
                loop.call_soon_threadsafe(self.ring, *topics)

    def committed(self, notes: Iterable[Fact]) -> None:
        """Called by the writer thread after each commit: wakes those who wait for what the notes are about."""
        topics = {EVENTS: None}
        for note in notes:
            topics.update(dict.fromkeys((note.subject, f"kind:{note.kind}")))
            topics.update((str(note.data[name]), None) for name in ("job", "run", "site") if note.data.get(name))
        self.ring_from_thread(topics)

    def close(self) -> None:
        """Every waiter returns at once, and stays awake."""
        self.closing = True
        for bells in list(self._bells.values()):
            for bell in list(bells):
                bell.ring()

    def close_from_thread(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close)

    @property
    def waiting(self) -> int:
        return len({bell for bells in self._bells.values() for bell in bells})

"""A way between real processes that goes wrong by a seed: late, cut, torn, silent, slow, deaf, repeated.

One fault a connection; while there are any, no connection lives longer than two seconds, whatever is under way on it.
"""

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from random import Random

FAULTS = ("delay", "refuse", "cut", "torn", "deaf", "half open", "slow", "throttled", "repeat")
HELD_S = 2.0  # how long a half-open line stays silent
PART = 1 << 16


class FaultProxy:
    """Listens on a port of its own for who asks the server at `port`. While `chance` is 0 it only passes things on."""

    def __init__(self, port: int, seed: int) -> None:
        self._port, self._dice = port, Random(seed)
        self.chance = 0.0
        self.met: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(ready),))
        self._thread.start()
        ready.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        ready.set()
        await self._stop.wait()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _connection(self, asker: asyncio.StreamReader, answerer: asyncio.StreamWriter) -> None:
        fault = self._dice.choice(FAULTS) if self._dice.random() < self.chance else "none"
        self.met[fault] += 1
        said = bytearray()
        try:
            await self._carry(fault, asker, answerer, said)
            if fault == "repeat":
                await self._say_again(bytes(said))
        except OSError:
            pass  # either side hung up, or the server is not there: as on any line
        finally:
            answerer.transport.abort()

    async def _carry(
        self, fault: str, asker: asyncio.StreamReader, answerer: asyncio.StreamWriter, said: bytearray
    ) -> None:
        if fault == "refuse":
            return
        if fault == "half open":
            await asyncio.sleep(HELD_S)
            return
        if fault == "delay":
            await asyncio.sleep(self._dice.uniform(0.0, 1.0))
        heard, server = await asyncio.open_connection("127.0.0.1", self._port)
        most = self._dice.randrange(50, 900) if fault == "cut" else None
        torn = self._dice.randrange(1, 300) if fault == "torn" else None  # of an answer, so often within its head
        there = asyncio.create_task(_pass(asker, server, said, slow=fault == "slow", most=most))
        back = asyncio.create_task(_pass(heard, None if fault == "deaf" else answerer, bytearray(),
                                         slow=fault == "throttled", most=torn))  # fmt: skip
        try:
            lives = True
            while lives and not (there.done() or back.done()):
                life = self._dice.uniform(0.2, 2.0)
                await asyncio.wait((there, back), timeout=life, return_when=asyncio.FIRST_COMPLETED)
                lives = self.chance == 0
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            server.transport.abort()

    async def _say_again(self, said: bytes) -> None:
        """All that was asked, once more; nobody hears the answers."""
        heard, server = await asyncio.open_connection("127.0.0.1", self._port)
        server.write(said)
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.read(PART), 1.0)
        server.transport.abort()


async def _pass(
    source: asyncio.StreamReader, target: asyncio.StreamWriter | None, said: bytearray, *, slow: bool,
    most: int | None = None,
) -> None:  # fmt: skip
    """Passes on until the end, or the first `most` bytes. A `deaf` line drops the first answer and is cut."""
    while part := await source.read(16 if slow else PART):
        if target is None:
            return
        if most is not None:
            part = part[: max(0, most - len(said))]
        said += part
        target.write(part)
        await target.drain()
        if most is not None and len(said) >= most:
            return
        if slow:
            await asyncio.sleep(0.002)

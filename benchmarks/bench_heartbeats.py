"""What 1,000 idle agents cost the exchange, one heartbeat per 10 s each: `python benchmarks/bench_heartbeats.py`.

Every agent is enrolled, has a key and a connection of its own, and signs each call; only its program is not there. A
heartbeat is a sync that the exchange holds open for 10 s. An answer and the next call are on their way for up to a
tenth of a second, as through a network: calls do not come together because answers left together. Beside it, under the
same load, the server one would write himself: `bare.py` reads the call, waits as long and answers as much; it checks no
signature and asks no database.
BENCH_AGENTS and BENCH_SECONDS make it smaller.
"""

import asyncio
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench_api import bare
from simulated import SimulatedAgent
from stage import Line, Served, exchange, table, wait_for

AGENTS = int(os.environ.get("BENCH_AGENTS", "1000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
HOLD_S, WAY_S = 10.0, 0.1


@dataclass
class Measured:
    calls: int
    seconds: float
    cpu_s: float
    rss_mb: float
    late_s: float  # the longest that a heartbeat took beyond its hold

    @property
    def core(self) -> str:
        return f"{self.cpu_s / self.seconds:.1%} of one core"

    @property
    def per_call(self) -> str:
        return f"{self.cpu_s / self.calls * 1000:.2f} ms a heartbeat, {self.calls / self.seconds:.0f}/s"


Beat = Callable[[Line, int], Awaitable[bytes]]


async def beating(server: Served, beat: Beat, begin: Callable[[Line, int], Awaitable[None]]) -> Measured:
    """All agents on lines of their own, spread over one hold; measured once all of them are there."""
    calls, late, stop = 0, 0.0, False
    ways = random.Random(1)

    async def one(number: int) -> None:
        nonlocal calls, late
        line = Line(server)
        await line.open()
        await begin(line, number)
        await asyncio.sleep(HOLD_S * number / AGENTS)
        while not stop:
            await asyncio.sleep(ways.uniform(0, WAY_S))
            begun = time.perf_counter()
            await beat(line, number)
            calls, late = calls + 1, max(late, time.perf_counter() - begun - HOLD_S)
        line.close()

    tasks = [asyncio.create_task(one(number)) for number in range(AGENTS)]
    await asyncio.sleep(2.5 * HOLD_S)
    calls, late = 0, 0.0
    before, begun = server.cpu_s, time.perf_counter()
    await asyncio.sleep(SECONDS)
    measured = Measured(calls, time.perf_counter() - begun, server.cpu_s - before, server.rss_mb, late)
    stop = True
    await asyncio.gather(*tasks)
    return measured


def ours() -> Measured:
    agents = [SimulatedAgent() for _ in range(AGENTS)]
    with exchange(sites_max=str(AGENTS), sync_hold_s=str(HOLD_S)) as running:
        for number, agent in enumerate(agents):
            agent.enrol(running, f"s{number}", f"host {number}")

        async def begin(line: Line, number: int) -> None:
            await agents[number].greet(line, f"host {number}")

        return asyncio.run(beating(running, lambda line, number: agents[number].beat(line), begin))


def bare_one() -> Measured:
    agents = [SimulatedAgent(site="site_" + "0" * 26) for _ in range(AGENTS)]

    async def begin(_: Line, __: int) -> None:
        pass

    with bare() as server:
        wait_for(lambda: listens(server))
        return asyncio.run(beating(server, lambda line, number: agents[number].beat(line), begin))


def listens(server: Served) -> bool:
    """Its file is there before its port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(server.url.rpartition(":")[2]))) == 0


def main() -> None:
    mine, other = ours(), bare_one()
    table(
        f"Heartbeats of {AGENTS} agents, one per {HOLD_S:.0f} s each, over {SECONDS:.0f} s",
        [
            ("exchange", mine.core, f"goal under 20%; {mine.per_call}; {mine.rss_mb:.0f} MB"),
            ("bare server that holds and answers as much", other.core, f"{other.per_call}; {other.rss_mb:.0f} MB"),
            ("latest answer beyond its hold", f"{mine.late_s * 1000:.0f} ms", f"bare {other.late_s * 1000:.0f} ms"),
        ],
    )


if __name__ == "__main__":
    main()

"""100,000 queued jobs over 100 simulated sites: `python benchmarks/bench_drain_simulated.py`.

The exchange is the real server; a site is an agent of which only the program is missing: it takes each run by the
agent's protocol with signed calls, has it done at once, and signs its receipt. So what is measured is the exchange:
queue, market, holds, runs, reports, settlement and receipts, all on disk. BENCH_JOBS, BENCH_SITES and BENCH_LIMIT_S
(seconds after which it stops and states what was done by then) make it smaller.

Beside it, published, not run here: 42 workloads/s of Kueue's own large-scale test (50,000 over 1,000 queues in 1,179 s,
simulated run time included), and the million jobs a day, 11.6/s, that MultiKueue names as a non-goal. Here a job that
counts was queued, priced, placed, ran for no time, was billed, and each step is on disk.
"""

import asyncio
import os
import sqlite3
import time
from contextlib import closing

from simulated import SimulatedAgent
from stage import Line, Running, exchange, offer_all, open_gates, table

JOBS = int(os.environ.get("BENCH_JOBS", "100000"))
SITES = int(os.environ.get("BENCH_SITES", "100"))
LIMIT_S = float(os.environ.get("BENCH_LIMIT_S", "2700"))
ARRAY = 256
SCRIPT = "#!/bin/sh\n#SBATCH --array=0-{last}\n#SBATCH --cpus-per-task=1 --mem=64M --time=1\necho ready\n"


def queue(running: Running) -> None:
    for first in range(0, JOBS, ARRAY):
        count = min(ARRAY, JOBS - first)
        running.client.submit(SCRIPT.format(last=count - 1), source="job.sbatch")


def count(running: Running, what: str) -> int:
    """Read beside the exchange, so that looking costs it nothing."""
    database = sqlite3.connect(f"file:{running.home / 'gridtie.db'}?mode=ro", uri=True, timeout=30)
    with closing(database):
        return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


async def drain(running: Running, agents: list[SimulatedAgent]) -> tuple[int, float, list[tuple[float, int]]]:
    """(jobs that succeeded, seconds, how many were done when)."""
    begun, done, course = time.monotonic(), 0, []

    async def one(number: int) -> None:
        line = Line(running)
        await line.open()
        await agents[number].greet(line, f"host {number}")
        await agents[number].work(line, lambda: done >= JOBS or time.monotonic() - begun > LIMIT_S)
        line.close()

    tasks = [asyncio.create_task(one(number)) for number in range(SITES)]
    begun = time.monotonic()
    offering = asyncio.create_task(asyncio.to_thread(offer_all, running))
    while done < JOBS and time.monotonic() - begun < LIMIT_S:
        await asyncio.sleep(1.0)
        done = await asyncio.to_thread(count, running, "job WHERE state = 'succeeded'")
        course.append((time.monotonic() - begun, done))
    spent = time.monotonic() - begun
    await asyncio.gather(offering, *tasks)
    return done, spent, course


def main() -> None:
    agents = [SimulatedAgent() for _ in range(SITES)]
    with exchange(sites_max=str(SITES), sync_hold_s="5") as running:
        for number, agent in enumerate(agents):
            agent.enrol(running, f"s{number}", f"host {number}")
        open_gates(running)
        begun, before = time.monotonic(), running.cpu_s
        queue(running)
        queued, queue_cpu = time.monotonic() - begun, running.cpu_s - before
        before = running.cpu_s
        done, spent, course = asyncio.run(drain(running, agents))
        cpu, rss = running.cpu_s - before, running.rss_mb
        rounds, signed = count(running, "round"), count(running, "receipt WHERE state = 'signed'")
    half = next(((at, n) for at, n in course if n * 2 >= done), (spent, done))
    second = (done - half[1]) / max(spent - half[0], 1e-9)
    table(
        f"Draining {JOBS} queued jobs over {SITES} simulated sites of 8 cores",
        [
            ("queued, in arrays of 256", f"{JOBS / queued:.0f} jobs/s", f"{queue_cpu / JOBS * 1000:.1f} ms CPU a job"),
            (
                "drained",
                f"{done / spent:.1f} jobs/s",
                f"{done} in {spent:.0f} s; Kueue 42/s, MultiKueue's non-goal 11.6/s",
            ),
            ("  first and second half", f"{half[1] / half[0]:.1f} and {second:.1f} jobs/s", "whether it slows down"),
            ("rounds of the market", str(rounds), f"{done / rounds:.0f} trades each; {signed} receipts signed by both"),
            (
                "CPU of the exchange per job",
                f"{cpu / done * 1000:.1f} ms",
                f"{cpu / spent:.0%} of one core; {rss:.0f} MB",
            ),
        ],
    )


if __name__ == "__main__":
    main()

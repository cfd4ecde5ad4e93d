"""The drain of `bench_drain_simulated` while its exchange is killed: `python benchmarks/bench_drain_killed.py`.

The exchange is the real server, killed with -9 and started again every BENCH_KILL_S seconds or so, while jobs are
handed in and while they run. Of the calls of agents, one in a hundred gets no answer (its line breaks once it is sent)
and one in a hundred is made twice. Agents and customer repeat what was not answered, as ours do. The sites are
simulated: jobs take no time. At the end every job is looked at, not a sample: that each one that was acknowledged is
there and ran, that none ran, was billed or was signed for twice, and that books and signatures are whole
(`/v1/ledger/verify`). Exits 1 if anything is not so. BENCH_JOBS, BENCH_SITES, BENCH_LIMIT_S and BENCH_SEED make it
smaller or another one.
"""

import asyncio
import os
import random
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from bench_drain_simulated import ARRAY, SCRIPT, count
from gridtie.errors import GridtieError
from simulated import SimulatedAgent
from stage import Line, Running, exchange, offer_all, open_gates, table

JOBS = int(os.environ.get("BENCH_JOBS", "100000"))
SITES = int(os.environ.get("BENCH_SITES", "100"))
LIMIT_S = float(os.environ.get("BENCH_LIMIT_S", "900"))
KILL_S = float(os.environ.get("BENCH_KILL_S", "20"))
SEED = int(os.environ.get("BENCH_SEED", "1"))
LOST, TWICE = 0.01, 0.01  # of an agent's calls


@dataclass
class ShakenAgent(SimulatedAgent):
    """Its calls lose their answers or are made twice; it makes each one again until it is answered."""

    dice: random.Random = field(default_factory=random.Random)
    host: str = ""
    lost: int = 0
    twice: int = 0
    cut: int = 0

    async def call(self, line: Line, path: str, body: bytes) -> bytes:
        answer = await self._insist(line, path, body)
        if self.dice.random() < TWICE and not path.endswith("/sync"):
            self.twice += 1
            await self._insist(line, path, body)
        return answer

    async def _insist(self, line: Line, path: str, body: bytes) -> bytes:
        while True:
            try:
                line.send("POST", path, body, self.headers(path, body))
                if self.dice.random() < LOST:
                    self.lost += 1
                    await asyncio.sleep(self.dice.uniform(0, 0.05))
                    raise ConnectionResetError
                status, answer = await line.answer()
            except (OSError, asyncio.IncompleteReadError) as broken:
                self.cut += not isinstance(broken, ConnectionRefusedError)
                await self._again(line)
                continue
            if status == 200 or b'"stale-epoch"' in answer:
                return answer
            if b'"call-repeated"' in answer or status in (429, 502, 503):
                await asyncio.sleep(self.dice.uniform(0.05, 0.5))
            elif status == 401 and not path.endswith("/hello"):
                await self.greet(line, self.host)
            else:
                raise SystemExit(f"{path}: {status} {answer.decode()}")

    async def _again(self, line: Line) -> None:
        line.close()
        while True:
            await asyncio.sleep(self.dice.uniform(0.05, 0.5))
            try:
                return await line.open()
            except OSError:
                continue


def queue(running: Running, acknowledged: list[str]) -> None:
    """Hands everything in, each call under one key until it is answered."""
    for first in range(0, JOBS, ARRAY):
        script, key = SCRIPT.format(last=min(ARRAY, JOBS - first) - 1), uuid.uuid4().hex
        while True:
            try:
                acknowledged += [job.id for job in running.client.submit(script, source="job.sbatch", key=key)]
                break
            except GridtieError:
                time.sleep(0.2)


def kill_again_and_again(running: Running, over: threading.Event, back: list[float]) -> None:
    dice = random.Random(f"kills {SEED}")
    while not over.wait(dice.uniform(0.2, 1.8) * KILL_S):
        back.append(running.crash())


async def drain(running: Running, agents: list[ShakenAgent]) -> int:
    begun, done = time.monotonic(), 0

    async def one(agent: ShakenAgent) -> None:
        line = Line(running)
        await line.open()
        await agent.greet(line, agent.host)
        await agent.work(line, lambda: done >= JOBS or time.monotonic() - begun > LIMIT_S)
        line.close()

    tasks = [asyncio.create_task(one(agent)) for agent in agents]
    while done < JOBS and time.monotonic() - begun < LIMIT_S:
        await asyncio.sleep(1.0)
        done = await asyncio.to_thread(count, running, "receipt WHERE state = 'signed'")
    await asyncio.gather(*tasks)
    return done


def findings(running: Running, acknowledged: list[str]) -> Iterator[str]:
    proof = running.client.call("GET", "/v1/ledger/verify")
    if not proof["ok"]:
        yield "; ".join(proof["lines"])
    with closing(sqlite3.connect(f"file:{running.home / 'gridtie.db'}?mode=ro", uri=True)) as database:
        jobs = dict(database.execute("SELECT id, state FROM job").fetchall())
        runs = database.execute("SELECT job, count(*), sum(state = 'succeeded') FROM run GROUP BY job").fetchall()
        receipts = database.execute("SELECT job, count(*), count(DISTINCT run) FROM receipt GROUP BY job").fetchall()
        billed = database.execute(
            "SELECT sum(r.state = 'signed'), sum(u.state = 'succeeded') FROM receipt r JOIN run u ON u.id = r.run"
        ).fetchone()
    if len(set(acknowledged)) != len(acknowledged):
        yield f"{len(acknowledged) - len(set(acknowledged))} jobs were acknowledged twice"
    if lost := set(acknowledged) - set(jobs):
        yield f"{len(lost)} acknowledged jobs are gone, the first: {min(lost)}"
    if strange := set(jobs) - set(acknowledged):
        yield f"{len(strange)} jobs are there that nobody was told of, the first: {min(strange)}"
    if undone := [job for job, state in jobs.items() if state != "succeeded"]:
        yield f"{len(undone)} jobs did not succeed, the first: {undone[0]}, {jobs[undone[0]]}"
    yield from (f"{job} succeeded {good} times in {all_} runs" for job, all_, good in runs if good != 1)
    yield from (f"{job} has {all_} receipts for {of} runs" for job, all_, of in receipts if (all_, of) != (1, 1))
    if billed != (len(jobs), len(jobs)):
        yield f"of {len(jobs)} jobs {billed[0]} receipts are signed by both, {billed[1]} of runs that succeeded"


def main() -> int:
    agents = [ShakenAgent(dice=random.Random(f"agent {SEED} {n}"), host=f"host {n}") for n in range(SITES)]
    with exchange(sites_max=str(SITES), sync_hold_s="5") as running:
        for number, agent in enumerate(agents):
            agent.enrol(running, f"s{number}", agent.host)
        open_gates(running)
        offer_all(running)
        over, back, acknowledged = threading.Event(), list[float](), list[str]()
        customer = threading.Thread(target=queue, args=(running, acknowledged), daemon=True)
        killer = threading.Thread(target=kill_again_and_again, args=(running, over, back))
        begun = time.monotonic()
        customer.start(), killer.start()
        try:
            done = asyncio.run(drain(running, agents))
            spent = time.monotonic() - begun
        finally:
            over.set()
            killer.join()
        looked = time.monotonic()
        wrong = list(findings(running, acknowledged))
        looked = time.monotonic() - looked
        runs = count(running, "run")
    table(
        f"{JOBS} jobs over {SITES} simulated sites, their exchange killed every {KILL_S:.0f} s or so (seed {SEED})",
        [
            ("done and signed for by both", f"{done} in {spent:.0f} s", f"{runs} runs"),
            ("kills of the exchange", str(len(back)), f"it answered again within {max(back, default=0.0):.1f} s"),
            ("calls of agents without an answer", str(sum(a.lost + a.cut for a in agents)), "made again"),
            ("calls of agents made twice", str(sum(a.twice for a in agents)), ""),
            ("jobs acknowledged", str(len(acknowledged)), ""),
            ("wrong", str(len(wrong)), "; ".join(wrong[:5]) or f"each job looked at in {looked:.0f} s"),
        ],
    )
    return 1 if wrong or done < JOBS else 0


if __name__ == "__main__":
    sys.exit(main())

"""Reads, durable submits, idle memory and the start of a command: `python benchmarks/bench_api.py`.

Baseline: a bare Starlette-and-SQLite server is what a user would write himself; its figures come from the same run
(`bare` rows). dstack and SkyPilot figures beside them are those their own servers gave on a machine of this size.
"""

import asyncio
import os
import subprocess
import sys
import time
import uuid

from stage import JOB, Line, exchange, load, median, quantile, table

JOBS = int(os.environ.get("BENCH_JOBS", "100000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 5


def main() -> None:
    rows = []
    with exchange() as running:
        idle = running.rss_mb
        rows.append(("idle exchange, one process, resident", f"{idle:.0f} MB", "dstack 248 MB, SkyPilot 660 MB in 8"))
        starts = [status_once(running) for _ in range(ROUNDS)]
        rows.append(
            ("`gridtie status` as a process, median of 5", f"{median(starts) * 1000:.0f} ms", "goal under 300 ms")
        )
        rates, tails = submits(running)
        goal = f"goal 300/s; p95 {tails * 1000:.0f} ms"
        rows.append((f"durable submits, 16 clients, {len(padded())} B job file", f"{median(rates):.0f}/s", goal))
        fill(running)
        reads, p95 = asyncio.run(read_rounds(running))
        rows.append((f"job list, 8 clients, pages of 50, {JOBS} jobs kept", f"{median(reads):.0f}/s",
                     f"dstack 104/s, SkyPilot 3.2/s; p95 {p95 * 1000:.1f} ms"))  # fmt: skip
        rows.append(("ratio to dstack's 104/s", f"{median(reads) / 104:.1f} ×", ""))
    table("API (medians of five)", rows)


def padded() -> bytes:
    """A job file of 1 KB."""
    filler = "#" + "x" * (1023 - len(JOB.encode()) - 1) + "\n"
    return (JOB + filler).encode()


def status_once(running: object) -> float:
    environment = {**os.environ, "GRIDTIE_EXCHANGE": running.url, "GRIDTIE_HOME": str(running.home)}  # type: ignore[attr-defined]
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "status"], env=environment, check=True, capture_output=True
    )
    return time.perf_counter() - begun


def submits(running: object) -> tuple[list[float], float]:
    import orjson

    body = orjson.dumps({"source": "job.yaml", "text": padded().decode()})

    async def once(line: Line, _: int) -> None:
        status, answer = await line.call("POST", "/v1/jobs", body, f"Idempotency-Key: {uuid.uuid4().hex}\r\n")
        if status != 201:
            raise SystemExit(answer.decode())

    rates, all_ = [], []
    for _ in range(ROUNDS):
        durations = asyncio.run(load(running, 16, SECONDS, once))  # type: ignore[arg-type]
        rates.append(len(durations) / SECONDS)
        all_ += durations
    return rates, quantile(all_, 0.95)


def fill(running: object) -> None:
    """Rows copied inside the database: how they got there is not what is measured."""
    import sqlite3

    database = sqlite3.connect(running.home / "gridtie.db", timeout=60)  # type: ignore[attr-defined]
    have = database.execute("SELECT count(*) FROM job").fetchone()[0]
    columns = [row[1] for row in database.execute("PRAGMA table_info(job)")]
    rest = ", ".join(f'"{c}"' for c in columns if c not in ("id", "state", "run"))
    database.execute(
        f"INSERT INTO job (id, state, {rest}) SELECT 'job_0' || printf('%025d', n.value), 'succeeded', {rest} "
        "FROM (SELECT * FROM job LIMIT 1), "
        "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?) "
        "SELECT value FROM n) n",
        (max(1, JOBS - have),),
    )
    database.commit()
    database.close()


async def read_rounds(running: object) -> tuple[list[float], float]:
    async def once(line: Line, _: int) -> None:
        status, answer = await line.call("GET", "/v1/jobs?limit=50")
        if status != 200:
            raise SystemExit(answer.decode())

    rates, all_ = [], []
    for _ in range(ROUNDS):
        durations = await load(running, 8, SECONDS, once)  # type: ignore[arg-type]
        rates.append(len(durations) / SECONDS)
        all_ += durations
    return rates, quantile(all_, 0.95)


if __name__ == "__main__":
    main()

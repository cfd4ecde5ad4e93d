"""Reads, durable submits, idle memory and the start of a command: `python benchmarks/bench_api.py`.

Baselines in the same run, under the same load: dstack's own server, where `make bench-peers` installed it, and
`bare.py`, the server one would write himself. SkyPilot's figures are those its own server gave on a machine of this
size.
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

import peer_dstack
from stage import JOB, Line, Served, agents, exchange, free_port, load, median, quantile, table, wait_for

JOBS = int(os.environ.get("BENCH_JOBS", "100000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 5
Once = Callable[[Line, int], Awaitable[None]]


def main() -> None:
    rows = []
    with exchange() as running, bare() as other:
        idle = running.rss_mb
        rows.append(("idle exchange, one process, resident", f"{idle:.0f} MB", "goal 150 MB; SkyPilot 660 MB in 8"))
        starts = [status_once(running.url, running.home) for _ in range(ROUNDS)]
        rows.append(
            ("`gridtie status` as a process, median of 5", f"{median(starts) * 1000:.0f} ms", "goal under 300 ms")
        )
        with agents(running, ["one"]):  # the job whose copies fill the store
            running.client.submit(JOB)
            wait_for(lambda: all(row["state"] == "succeeded" for row in running.client.jobs()))
        rows += compared("durable submits, 16 clients, 1 KB job file", "goal 300/s", running, other, 16, submitted())
        for file in (running.home / "gridtie.db", other.home / "bare.db"):
            fill(file)
        rows += compared(f"job list, 8 clients, pages of 50, {JOBS} jobs kept",
                         "goal 500/s; SkyPilot 3.2/s", running, other, 8, listed)  # fmt: skip
    rows += dstack_rows() if peer_dstack.PROGRAM.exists() else [("dstack", "not installed", "make bench-peers")]
    table("API (medians of five)", rows)


def dstack_rows() -> list[tuple[str, str, str]]:
    name = peer_dstack.version()
    with peer_dstack.dstack() as server:
        peer_dstack.first_run(server)
        idle = server.rss_mb
        submits = rounds(server, 16, peer_dstack.submitted)
        peer_dstack.fill(server, JOBS)
        reads = rounds(server, 8, peer_dstack.listed)
    return [
        (f"dstack {name}: idle, resident", f"{idle:.0f} MB", ""),
        ("  submits, 16 clients", f"{median(submits):.0f}/s", ""),
        (f"  run list, 8 clients, pages of 50, {JOBS} runs kept", f"{median(reads):.1f}/s", ""),
    ]


def rounds(server: Served, clients: int, once: Once) -> list[float]:
    return [len(asyncio.run(load(server, clients, SECONDS, once))) / SECONDS for _ in range(ROUNDS)]


def compared(
    what: str, beside: str, running: Served, other: Served, clients: int, once: Once
) -> list[tuple[str, str, str]]:
    """Both under the same load in turn, and the ratio of each pair."""
    rates, ratios, tail = [], [], []
    for _ in range(ROUNDS):
        durations = asyncio.run(load(running, clients, SECONDS, once))
        bare_durations = asyncio.run(load(other, clients, SECONDS, once))
        rates.append(len(durations) / SECONDS)
        ratios.append(len(durations) / len(bare_durations))
        tail += durations
    return [
        (what, f"{median(rates):.0f}/s", f"{beside}; p95 {quantile(tail, 0.95) * 1000:.0f} ms"),
        ("  against the bare server, same run", f"{median(ratios):.2f} ×", f"{median(rates) / median(ratios):.0f}/s"),
    ]


@contextmanager
def bare() -> Iterator[Served]:
    with TemporaryDirectory(prefix="gridtie-bench-") as folder:
        home, port = Path(folder), free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "bare:app", "--port", str(port), "--no-access-log"],
            env={**os.environ, "BARE_DB": str(home / "bare.db")}, cwd=Path(__file__).parent, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for((home / "bare.db").exists)
            yield Served(f"http://127.0.0.1:{port}", home, process.pid, "none")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def status_once(url: str, home: Path) -> float:
    environment = {**os.environ, "GRIDTIE_EXCHANGE": url, "GRIDTIE_HOME": str(home)}
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "status"], env=environment, check=True, capture_output=True
    )
    return time.perf_counter() - begun


def submitted() -> Once:
    filler = "#" + "x" * (1023 - len(JOB.encode()) - 1) + "\n"
    body = orjson.dumps({"source": "job.yaml", "text": JOB + filler})

    async def once(line: Line, _: int) -> None:
        status, answer = await line.call("POST", "/v1/jobs", body, f"Idempotency-Key: {uuid.uuid4().hex}\r\n")
        if status != 201:
            raise SystemExit(answer.decode())

    return once


async def listed(line: Line, _: int) -> None:
    status, answer = await line.call("GET", "/v1/jobs?limit=50")
    if status != 200 or len(orjson.loads(answer)["items"]) != 50:
        raise SystemExit(answer.decode())


def fill(file: Path) -> None:
    """Copies of a job, and of its run where there are runs, made inside the database: how they got there is not
    measured."""
    database = sqlite3.connect(file, timeout=60)
    have = database.execute("SELECT count(*) FROM job").fetchone()[0]
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)"
    for noun, key, other in (("job", "id", "run"), ("run", "id", "job")):
        if noun not in tables:
            continue
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({noun})")]
        rest = ", ".join(f'"{name}"' for name in columns if name not in (key, other))
        database.execute(
            f"INSERT INTO {noun} ({key}, {other}, {rest}) {numbers} "
            f"SELECT '{noun}_1' || printf('%025d', k), '{other}_1' || printf('%025d', k), {rest} "
            f"FROM (SELECT * FROM {noun} ORDER BY id LIMIT 1), n",
            (max(1, JOBS - have),),
        )
    database.commit()
    database.close()


if __name__ == "__main__":
    main()

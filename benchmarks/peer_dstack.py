"""dstack's own server as a peer of bench_api: `make bench-peers` installs it into .bench, apart from ours."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from stage import Line, Served, free_port, wait_for

PROGRAM = Path(__file__).parent.parent / ".bench" / "bin" / "dstack"
TOKEN = "bench-token"


@contextmanager
def dstack() -> Iterator[Served]:
    """A fresh server on a free port, without telemetry and without back-ends: runs are kept and wait."""
    with TemporaryDirectory(prefix="gridtie-bench-") as folder:
        home, port = Path(folder), free_port()
        environment = {**os.environ, "HOME": folder, "DSTACK_SERVER_DIR": folder, "DSTACK_SERVER_ADMIN_TOKEN": TOKEN,
                       "DO_NOT_TRACK": "1"}  # fmt: skip
        process = subprocess.Popen(
            [PROGRAM, "server", "--host", "127.0.0.1", "--port", str(port)], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: _answers(url), seconds=90)
            yield Served(url, home, process.pid, TOKEN)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthcheck", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def submitted(line: Line, _: int) -> None:
    configuration = {"type": "task", "commands": ["echo ready"], "python": "3.12"}
    spec = {"run_name": f"b{uuid.uuid4().hex[:12]}", "repo_id": "none", "repo_data": {"repo_type": "virtual"},
            "configuration": configuration, "ssh_key_pub": "ssh-rsa AAAA"}  # fmt: skip
    body = orjson.dumps({"plan": {"run_spec": spec}, "force": True})
    status, answer = await line.call("POST", "/api/project/main/runs/apply", body)
    if status != 200:
        raise SystemExit(answer.decode())


async def listed(line: Line, _: int) -> None:
    status, answer = await line.call("POST", "/api/runs/list", b'{"limit":50,"only_active":false}')
    if status != 200 or len(orjson.loads(answer)) != 50:
        raise SystemExit(answer.decode()[:500])


def fill(server: Served, count: int) -> None:
    """Copies of the first run and of its job, as bench_api does with ours; ended, so that nothing works on them."""
    database = sqlite3.connect(server.home / "data" / "sqlite.db", timeout=60)
    database.execute("UPDATE runs SET status = 'FAILED'")
    database.execute("UPDATE jobs SET status = 'FAILED'")
    numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)"
    for table, own in (("runs", {"id": "'a'"}), ("jobs", {"id": "'b'", "run_id": "'a'"})):
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        rest = ", ".join(f'"{name}"' for name in columns if name not in own)
        keys = ", ".join(f"{letter} || printf('%031d', k)" for letter in own.values())
        database.execute(
            f"INSERT INTO {table} ({', '.join(own)}, {rest}) {numbers} "
            f"SELECT {keys}, {rest} FROM (SELECT * FROM {table} LIMIT 1), n",
            (count,),
        )
    database.commit()
    database.close()


def version() -> str:
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    return told.stdout.strip() or told.stderr.strip()


def first_run(server: Served) -> None:
    async def one() -> None:
        line = Line(server)
        await line.open()
        await submitted(line, 0)
        line.close()

    asyncio.run(one())

"""What the benchmarks share: a real exchange and real agents as processes, a small load generator, and a table."""

import asyncio
import json
import os
import platform
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import GridtieError

JOB = "name: bench\nresources: {cpus: 1, memory: 64MB}\nrun: echo ready\ngridtie: {expected: 1m}\n"


@dataclass
class Served:
    """A server process under load."""

    url: str
    home: Path
    pid: int
    token: str

    @property
    def rss_mb(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    @property
    def cpu_s(self) -> float:
        return cpu_seconds(self.pid)


@dataclass
class Running(Served):
    """An exchange, with a client of its operator."""

    client: ExchangeClient
    process: subprocess.Popen[bytes]
    serve: Callable[[], subprocess.Popen[bytes]]

    def crash(self) -> float:
        """kill -9, and serves again: after how many seconds it answered."""
        begun = time.monotonic()
        self.process.kill()
        self.process.wait()
        self.process = self.serve()
        self.pid = self.process.pid
        wait_for(lambda: answers(self.client), seconds=120)
        return time.monotonic() - begun


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def exchange(**settings: str) -> Iterator[Running]:
    """A fresh exchange on a free port, ended and removed afterwards."""
    with TemporaryDirectory(prefix="gridtie-bench-") as folder:
        home, port = Path(folder) / "exchange", free_port()
        environment = {
            **os.environ,
            "GRIDTIE_HOME": str(home),
            **{f"GRIDTIE_{k.upper()}": v for k, v in settings.items()},
        }
        command = [sys.executable, "-m", "gridtie.cli.main"]
        subprocess.run([*command, "init", "--yes", "--name", "bench", "--organisation", "bench"], env=environment,
                       check=True, capture_output=True)  # fmt: skip

        def serve() -> subprocess.Popen[bytes]:
            with (home / "serve.log").open("ab") as log:
                return subprocess.Popen(
                    [*command, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
                )

        url = f"http://127.0.0.1:{port}"
        token = (home / "admin.token").read_text().strip()
        client, process = ExchangeClient(url, token), serve()
        running = Running(url, home, process.pid, token, client, process, serve)
        try:
            wait_for(lambda: answers(client))
            client.call("POST", "/v1/ledger/topups", {"organisation": "bench", "amount": "100000", "memo": "bench"})
            yield running
        finally:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(20)


@contextmanager
def agents(
    running: Running, names: Sequence[str], *, cpus: int = 1, offer: bool = True, machines: int = 1,
    memory: str = "200MB",
) -> Iterator[list[int]]:  # fmt: skip
    """A site with an agent process each, admitted to the market by hand: testing them is not what is measured.

    Offered at once, or later by `offer_all`.
    """
    command = [sys.executable, "-m", "gridtie.cli.main", "agent"]
    processes = []
    try:
        for name in names:
            running.client.call("POST", "/v1/sites", {"name": name, "hub": "csjh", "depth": "schedulable"})
            token = running.client.call("POST", f"/v1/sites/{name}/enrolment", {})["token"]
            environment = {**os.environ, "GRIDTIE_HOME": str(running.home.parent / name)}
            arguments = ["join", "-", "--exchange", running.url, "--cpus", str(cpus), "--memory", memory,
                         "--machines", str(machines), "-o", "json"]  # fmt: skip
            done = subprocess.run([*command, *arguments], env=environment, input=token, text=True, check=True,
                                  capture_output=True)  # fmt: skip
            fingerprint = json.loads(done.stdout)["fingerprint"]
            running.client.call("POST", f"/v1/sites/{name}/approve", {"fingerprint": fingerprint})
            log = (running.home.parent / f"{name}.log").open("wb")
            processes.append(subprocess.Popen([*command, "run"], env=environment, stdout=log, stderr=log))
        wait_for(lambda: sum(s["connected"] for s in running.client.pages("/v1/sites")) == len(names), seconds=120)
        open_gates(running)
        if offer:
            offer_all(running)
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(20)


def offer_all(running: Running) -> None:
    for row in running.client.pages("/v1/resources"):
        running.client.call("POST", "/v1/offers", {"resource": row["id"], "price": "0.10"})


def open_gates(running: Running) -> None:
    database = sqlite3.connect(running.home / "gridtie.db", timeout=30)
    database.execute("UPDATE resource SET score = 1000, latency_us = 500, in_market_until_us = 9000000000000000")
    database.commit()
    database.close()


def answers(client: ExchangeClient) -> bool:
    try:
        return bool(client.call("GET", "/healthz"))
    except GridtieError:
        return False


def wait_for(true: Callable[[], Any], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds} s in vain")
        time.sleep(0.05)


# ── load ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class Line:
    """One kept-alive connection of a client in this process."""

    def __init__(self, server: Served) -> None:
        self._host, _, port = server.url.removeprefix("http://").partition(":")
        self._port = int(port)
        self._token = server.token

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def call(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
        self.send(method, path, body, headers)
        return await self.answer()

    def send(self, method: str, path: str, body: bytes, headers: str) -> None:
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self._writer.write(head.encode() + body)

    async def answer(self) -> tuple[int, bytes]:
        raw = await self._reader.readuntil(b"\r\n\r\n")
        status = int(raw[9:12])
        length = next(int(line[15:]) for line in raw.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return status, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


async def load(
    server: Served, clients: int, seconds: float, once: Callable[[Line, int], Awaitable[None]]
) -> list[float]:
    """Durations of all calls that `clients` lines made side by side."""
    durations: list[float] = []
    deadline = time.monotonic() + seconds

    async def one(number: int) -> None:
        line = Line(server)
        await line.open()
        while time.monotonic() < deadline:
            begun = time.perf_counter()
            await once(line, number)
            durations.append(time.perf_counter() - begun)
        line.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return durations


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────
def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def machine() -> str:
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())  # fmt: skip
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}, {system}"


def table(title: str, rows: Sequence[tuple[str, str, str]], note: str = "") -> None:
    """(what, measured, beside it)."""
    print(f"\n{title}\nmachine: {machine()}; the client shares these cores")
    width = max(len(row[0]) for row in rows)
    middle = max(len(row[1]) for row in rows)
    for what, measured, beside in rows:
        print(f"  {what:<{width}}  {measured:<{middle}}  {beside}")
    if note:
        print(f"  {note}")

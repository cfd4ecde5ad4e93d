"""Real processes for the stories: an exchange that can be killed and started again, and agents beside it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gridtie.cli.main import main
from gridtie.client.exchange import ExchangeClient
from gridtie.errors import GridtieError

COMMAND = [sys.executable, "-m", "gridtie.cli.main"]
PACE = {
    "GRIDTIE_SYNC_HOLD_S": "1",
    "GRIDTIE_LEASE_CONTROL_S": "3",
    "GRIDTIE_LEASE_STOP_S": "4",
    "GRIDTIE_LEASE_REPLACE_S": "6",
    "GRIDTIE_TICK_S": "1",
    "GRIDTIE_CHECKPOINT_SYNC_S": "0.5",
    "GRIDTIE_SLICE_OVERCOMMIT_PERCENT": "1600",
}


def wait_for(what: str, true: Callable[[], Any], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


@dataclass
class Stage:
    """Everything it starts it ends, by the ids it knows."""

    folder: Path
    port: int
    front: int | None = None  # where a line to it begins on which things may go wrong
    server: "subprocess.Popen[bytes] | None" = None
    agents: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.front or self.port}"

    @property
    def home(self) -> Path:
        return self.folder / "exchange"

    def found(self, name: str = "story") -> None:
        """What `gridtie init` does, in this process: tests of its own start it as one."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRIDTIE_HOME", str(self.home))
            assert main(["init", "--yes", "--name", name, "--organisation", "lab"]) == 0

    def command(self, arguments: list[str], *, home: Path | None = None, text: str | None = None) -> str:
        environment = {**os.environ, **PACE, "GRIDTIE_HOME": str(home or self.home), "GRIDTIE_EXCHANGE": self.url}
        done = subprocess.run([*COMMAND, *arguments], env=environment, input=text, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def serve(self) -> float:
        """Starts the server; seconds until it answers."""
        begun = time.monotonic()
        environment = {**os.environ, **PACE, "GRIDTIE_HOME": str(self.home)}
        log = (self.folder / "serve.log").open("ab")
        self.server = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port)], env=environment, stdout=log, stderr=log
        )
        log.close()
        wait_for("the server", self.answers)
        return time.monotonic() - begun

    def answers(self) -> bool:
        try:
            return bool(self.client().call("GET", "/healthz"))
        except GridtieError:
            return False

    def kill_server(self) -> None:
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def client(self, token: str | None = None, *, direct: bool = False) -> ExchangeClient:
        url = f"http://127.0.0.1:{self.port}" if direct else self.url
        return ExchangeClient(url, token or (self.home / "admin.token").read_text().strip())

    def join(self, name: str, *, machines: int = 1, memory: str = "300MB", more: Sequence[str] = ()) -> None:
        """A site with its agent, let in, and admitted to the market by hand: its tests have stories of their own."""
        admin = self.client()
        admin.call("POST", "/v1/sites", {"name": name, "hub": "csjh", "depth": "schedulable"})
        token = admin.call("POST", f"/v1/sites/{name}/enrolment", {})["token"]
        arguments = ["agent", "join", "-", "--machines", str(machines), "--cpus", "1", "--memory", memory, "-o", "json"]
        arguments += more
        joined = json.loads(self.command(arguments, home=self.folder / name, text=token))
        admin.call("POST", f"/v1/sites/{name}/approve", {"fingerprint": joined["fingerprint"]})
        self.start_agent(name)
        wait_for(f"{name} to connect", lambda: admin.call("GET", f"/v1/sites/{name}")["connected"])
        database = sqlite3.connect(self.home / "gridtie.db", timeout=30)
        database.execute("UPDATE resource SET score = 1000, latency_us = 500, in_market_until_us = 9000000000000000")
        database.commit()
        database.close()
        [resource] = admin.pages("/v1/resources", query={"site": name})
        admin.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    def start_agent(self, name: str) -> None:
        environment = {**os.environ, "GRIDTIE_HOME": str(self.folder / name)}
        log = (self.folder / f"{name}.log").open("ab")
        self.agents[name] = subprocess.Popen([*COMMAND, "agent", "run"], env=environment, stdout=log, stderr=log)
        log.close()

    def kill_agent(self, name: str) -> None:
        self.agents[name].send_signal(signal.SIGKILL)
        self.agents.pop(name).wait()

    def close(self) -> None:
        for process in [*self.agents.values(), *([self.server] if self.server else [])]:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in [*self.agents.values(), *([self.server] if self.server else [])]:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def opened(folder: Path) -> Iterator[Stage]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    made = Stage(folder, port)
    try:
        made.found()
        made.serve()
        made.client().call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
        yield made
    finally:
        made.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An exchange that serves, with money in its books."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all tests of a module that change nothing at it: it has taken in no job when the last of them ends."""
    with opened(tmp_path_factory.mktemp("untouched")) as made:
        yield made
        assert list(made.client().pages("/v1/jobs")) == []

"""`gridtie init` and `gridtie serve` as processes: what they print, what they keep, how they end."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridtie.cli.main import main


def gridtie(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", *arguments],
        env={**os.environ, "GRIDTIE_HOME": str(home)}, capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


class Served:
    """A served exchange; `url` once it says so."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gridtie.cli.main", "serve", "--port", "0", *arguments],
            env={**os.environ, "GRIDTIE_HOME": str(home)}, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stderr is not None
        self.lines: list[str] = []
        for line in self.process.stderr:
            self.lines.append(line)
            if line.startswith("serving "):
                break
        assert self.lines, "it ended without a word"
        assert self.lines[-1].startswith("serving "), "".join(self.lines)
        self.url = self.lines[-1].split()[1]

    def end(self) -> str:
        """What it said after its address."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.stderr is not None
        with self.process.stderr as rest:
            said = rest.read()
        assert self.process.wait(30) == 0
        return said

    def get(self, path: str, token: str = "") -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"} if token else {})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:  # a process of its own for `init` has tests of its own
        patch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
        assert main(["init", "--yes", "--name", "north"]) == 0
    return tmp_path / "home"


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    made = Served(home)
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.process.wait(20)


def test_who_serves_at_another_port_than_commands_look_at_is_told_how_they_find_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRIDTIE_EXCHANGE", raising=False)
    served = Served(home)
    told = served.end().splitlines()
    assert told[0].endswith(f"until told: export GRIDTIE_EXCHANGE={served.url}")
    monkeypatch.setenv("GRIDTIE_EXCHANGE", f"{served.url}/")
    assert Served(home, "--port", served.url.rpartition(":")[2]).end() == "stopped\n"


def test_a_job_file_too_large_to_be_read_to_its_end_is_refused_in_words(
    served: Served, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "large.yaml").write_text("run: " + "x" * (12 << 20))
    done = gridtie(home, "quote", str(tmp_path / "large.yaml"), "--exchange", served.url)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the body is larger than 2097152 bytes")


def test_init_shows_the_token_once_and_keeps_secrets_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = gridtie(home, "init", "--yes", "--organisation", "aurora")
    token = first.stdout.strip()
    assert token.startswith("gridtie_user_")
    assert (home / "admin.token").read_text().strip() == token
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for name in ("admin.token", "exchange.key", "pepper.key", "secrets.key"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    again = gridtie(home, "init", "--yes")
    assert again.returncode == 0
    assert again.stdout == ""
    assert "already" in again.stderr
    assert (home / "admin.token").read_text().strip() == token


def test_a_bad_name_makes_nothing(tmp_path: Path) -> None:
    made = gridtie(tmp_path / "home", "init", "--yes", "--name", "Great Exchange")
    assert made.returncode == 2
    assert not (tmp_path / "home" / "gridtie.db").exists()


def test_serving_without_an_exchange_says_how_to_make_one(tmp_path: Path) -> None:
    made = gridtie(tmp_path / "home", "serve", "--port", "0")
    assert made.returncode == 3
    assert "gridtie init" in made.stderr


def test_the_token_of_init_opens_the_served_exchange(home: Path, served: Served) -> None:
    who = served.get("/v1/whoami", (home / "admin.token").read_text().strip())
    assert who["roles"] == ["owner", "exchange-admin"]
    assert served.get("/healthz")["status"] == "ok"


def test_sigterm_ends_open_streams_at_once_and_exits_cleanly(home: Path, served: Served) -> None:
    token = (home / "admin.token").read_text().strip()
    request = urllib.request.Request(served.url + "/v1/events", headers={"Authorization": f"Bearer {token}"})
    stream = urllib.request.urlopen(request, timeout=20)
    assert stream.readline() == b"retry: 1000\n"
    ended = threading.Event()
    threading.Thread(target=lambda: (stream.read(), ended.set()), daemon=True).start()
    started = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) == 0
    assert ended.wait(5)
    assert time.monotonic() - started < 5


def test_two_servers_never_share_a_home(home: Path, served: Served) -> None:
    second = gridtie(home, "serve", "--port", "0")
    assert second.returncode == 1
    assert "storage-in-use" in second.stderr


@pytest.mark.parametrize(("host", "advised"), [("127.0.0.1", ""), ("127.0.0.2", " --host 127.0.0.2")])
def test_a_taken_port_is_named_with_a_free_one_of_the_same_address(home: Path, host: str, advised: str) -> None:
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        made = gridtie(home, "serve", "--host", host, "--port", str(port))
    assert made.returncode == 1
    assert f"port {port}" in made.stderr
    assert f"gridtie serve{advised} --port" in made.stderr


def test_a_killed_server_serves_again_with_everything_it_acknowledged(home: Path, served: Served) -> None:
    token = (home / "admin.token").read_text().strip()
    body = json.dumps({"name": "bison"}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    urllib.request.urlopen(
        urllib.request.Request(served.url + "/v1/organisations", data=body, headers=headers), timeout=20
    ).close()
    served.process.kill()
    served.process.wait(20)
    again = Served(home)
    try:
        assert [row["name"] for row in again.get("/v1/organisations", token)["items"]] == ["north", "bison"]
    finally:
        again.process.terminate()
        again.process.wait(20)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is missing")
def test_where_the_installation_is_read_only_the_engine_is_kept_in_the_exchanges_home(home: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gridtie.cli.local import begin_engine; "
        "begin_engine.engine_kept(Path(sys.argv[1])); import gridtie.market.engine.clear"
    )
    walls = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(home), str(home))
    nowhere = ("--setenv", "HOME", "/nonexistent", "--unsetenv", "XDG_CACHE_HOME", "--unsetenv", "NUMBA_CACHE_DIR")
    command = [*walls, *nowhere, sys.executable, "-c", program, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, str(home / "compiled") in done.stderr) == (0, True), done.stderr


def test_a_clock_that_stands_days_after_the_newest_fact_is_told_at_the_start_and_by_status(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set ahead, or right after a month away: only who runs it knows."""
    monkeypatch.setenv("GRIDTIE_HOME", str(home))
    raw = sqlite3.connect(home / "gridtie.db")
    raw.execute(f"UPDATE journal SET at_us = at_us - {31 * 86_400_000_000}")
    raw.commit()
    raw.close()
    for told in (True, False):
        served = Served(home)
        assert any("31 days after the newest fact" in line for line in served.lines) == told, served.lines
        assert main(["status", "--exchange", served.url]) == 0
        assert ("31 days after the newest fact" in capsys.readouterr().err) == told
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(20)

"""An exchange whose ticks the large engine clears serves before that is compiled, and stops without waiting for it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from gridtie.cli.local.begin_engine import Begun
from gridtie.flow.exchange import Engine
from gridtie.flow.timetable import DUTIES


def said(process: "subprocess.Popen[str]", *beginnings: str) -> dict[str, str]:
    """The first line of each kind, once all are there."""
    assert process.stderr is not None
    found: dict[str, str] = {}
    for line in process.stderr:
        found |= {begins: line for begins in beginnings if line.startswith(begins)}
        if len(found) == len(beginnings):
            return found
    raise AssertionError(f"it ended with only {found}")


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_with_nothing_compiled_it_serves_at_once_and_a_signal_ends_the_compiling_too(tmp_path: Path) -> None:
    home, cache = tmp_path / "home", tmp_path / "nothing-compiled"
    environment = {**os.environ, "GRIDTIE_HOME": str(home), "NUMBA_CACHE_DIR": str(cache)}
    command = (sys.executable, "-m", "gridtie.cli.main")
    subprocess.run((*command, "init", "--yes", "--name", "north"), env=environment, check=True, capture_output=True)
    (home / "gridtie.toml").write_text('auction_rule = "best-welfare"\n')
    server = subprocess.Popen((*command, "serve", "--port", "0"), env=environment, stderr=subprocess.PIPE, text=True)
    try:
        url = said(server, "serving ", "compiling the clearing engine beside it")["serving "].split()[1]
        with urllib.request.urlopen(url + "/healthz", timeout=60) as answer:
            assert answer.status == 200
        children = Path(f"/proc/{server.pid}/task").glob("*/children")
        while not (compiling := [pid for file in children for pid in file.read_text().split()]):
            time.sleep(0.05)
            children = Path(f"/proc/{server.pid}/task").glob("*/children")
        for pid in compiling:  # so that Ctrl-C in the server's terminal does not reach it
            assert os.getsid(int(pid)) == int(pid)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        for pid in compiling:
            state = Path(f"/proc/{pid}/stat")
            assert not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    finally:
        server.kill()
        server.wait(20)


def test_until_the_engine_is_ready_no_tick_is_held_and_posted_prices_clear() -> None:
    class Exchange:
        engine = Engine(ready=False)

    tick = next(duty for duty in DUTIES if duty.name == "call auction")
    assert tick.able is not None
    assert not tick.able(Exchange())  # type: ignore[arg-type]
    Exchange.engine.ready = True
    assert tick.able(Exchange())  # type: ignore[arg-type]
    posted = next(duty for duty in DUTIES if duty.name == "clear posted prices")
    assert posted.able is None


def test_an_engine_that_cannot_be_made_ready_is_said_and_does_not_hold_up_ticks_for_ever(
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = Engine(ready=False)
    begun = Begun(engine, "no number")  # type: ignore[arg-type]  # fails in the process beside, and here
    deadline = time.monotonic() + 60
    while not engine.ready:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    begun.end()
    words = capsys.readouterr().err
    assert "the process that compiles the clearing engine failed (1)" in words
    assert "could not be made ready (TypeError" in words
    assert "is ready after" not in words

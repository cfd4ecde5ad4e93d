"""The demo is the production path from end to end; it must tell its whole story and clean up after itself."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import Unreachable

STORY = ("3 sites joined", "tested aurora", "tested bison", "tested cedar", "pulled the plug", "goes on from",
         "`impossible` waits", "not billed", "books balance", "each paid exactly once")  # fmt: skip


def demo(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "GRIDTIE_HOME": str(folder / "home"), "XDG_CONFIG_HOME": str(folder / "config")}
    return subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "demo", *arguments],
        env={**env, "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=200,
    )


def told(done: "subprocess.CompletedProcess[str]") -> str:
    """What it printed; it must end well and say nothing on stderr."""
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith("gridtie-demo-")]


@pytest.mark.sandbox
def test_the_demo_tells_its_whole_story_goes_on_by_hand_and_is_taken_down_from_there(tmp_path: Path) -> None:
    story = told(demo(tmp_path, "--keep"))
    assert [words for words in STORY if words not in story] == []
    assert "NOT ISOLATED" not in story
    pasted = dict(re.findall(r'^  export (\w+)="?([^"\n]+)"?$', story, re.MULTILINE))
    lab = {"GRIDTIE_EXCHANGE": pasted["GRIDTIE_EXCHANGE"], "GRIDTIE_HOME": pasted["GRIDTIE_HOME"]}
    client = ExchangeClient(lab["GRIDTIE_EXCHANGE"], (Path(lab["GRIDTIE_HOME"]) / "token").read_text().strip())
    try:
        [quote] = client.quote("name: x\nrun: 'true'\nresources: {memory: 100MB}\n")["quotes"]
        assert {choice["site"] for choice in quote["choices"]} == {"aurora", "bison", "cedar"}
        assert demo(tmp_path, "--keep", **lab).returncode == 5  # the one that runs would be forgotten
    finally:
        assert demo(tmp_path, "--down", **lab).returncode == 0
    assert left(tmp_path) == []
    with pytest.raises(Unreachable):
        client.call("GET", "/healthz")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_leaves_nothing_behind_however_often_it_is_told(
    number: signal.Signals, tmp_path: Path
) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gridtie.cli.main", "demo"], env=env, text=True, stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whatever ran the tests ignores
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "sites joined" in line:
            break
    process.stdout.close()
    deadline = time.monotonic() + 60
    while process.poll() is None:
        assert time.monotonic() < deadline
        process.send_signal(number)
        time.sleep(0.05)
    assert process.returncode == 128 + number
    assert left(tmp_path) == []


def test_without_bubblewrap_the_demo_says_so_and_tells_the_same_story(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in ("/usr/bin", "/bin"):
        for program in Path(folder).iterdir():
            if program.name != "bwrap" and not os.path.lexists(programs / program.name):
                (programs / program.name).symlink_to(program)
    story = told(demo(tmp_path, PATH=str(programs)))
    assert [words for words in ("NOT ISOLATED", *STORY) if words not in story] == []
    assert left(tmp_path) == []

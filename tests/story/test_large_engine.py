"""An exchange told to clear its ticks with the large engine: real server, real site, and every command about it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sandbox
COMMAND = [sys.executable, "-m", "gridtie.cli.main"]
JOB = """name: {name}
resources: {{cpus: 1, memory: 100MB}}
run: "sleep 1"
gridtie: {{mode: auction, budget: {{max_price: {bid}}}}}
"""


def wait_for(what: str, true: Callable[[], Any], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def gridtie(stage: Any, *arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}
    return subprocess.run([*COMMAND, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_a_tick_is_cleared_by_it_shown_explained_verified_and_replayed(stage: Any, tmp_path: Path) -> None:
    stage.kill_server()
    (stage.home / "gridtie.toml").write_text('auction_rule = "best-welfare"\n')
    stage.serve()
    stage.join("aurora", memory="1200MB")
    for name, bid in (("low", "0.20"), ("high", "0.90")):
        (tmp_path / f"{name}.yaml").write_text(JOB.format(name=name, bid=bid))

    def forecast() -> bool:  # once the engine, which is loaded beside the exchange, is ready
        words = "with all that waits now it would run at aurora for 0.10 per unit-hour"
        return words in gridtie(stage, "quote", "high.yaml", cwd=tmp_path).stdout

    wait_for("a quote that reckons with the tick", forecast)
    for name in ("high", "low"):
        done = gridtie(stage, "submit", "--detach", f"{name}.yaml", cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    def ended() -> bool:
        jobs = json.loads(gridtie(stage, "status", "-o", "json").stdout)
        return len(jobs) == 2 and all(job["state"] == "succeeded" for job in jobs)

    wait_for("both jobs", ended)
    rounds = json.loads(gridtie(stage, "market", "rounds", "-o", "json").stdout)
    numbers = [str(one["number"]) for one in rounds if one["rule"] == "best-welfare" and one["trades"]]
    assert numbers
    shown = gridtie(stage, "market", "show", numbers[0])
    assert "gap_percent" in shown.stdout, shown.stderr
    assert "aurora" in shown.stdout
    for number in numbers:
        verified, again = gridtie(stage, "market", "verify", number), gridtie(stage, "market", "replay", number)
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert again.returncode == 0, again.stdout + again.stderr
    why = gridtie(stage, "market", "why", "@last")
    assert "by its bid" in why.stdout, why.stderr
    assert "it got 1 unit at aurora for 0.10 per unit-hour" in why.stdout

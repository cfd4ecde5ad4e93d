"""What stands between a worker of Ray and a rank, without Ray: real processes, ended as Ray ends them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.adapters.sites.ray.test_decide import PLAN

from gridtie.adapters.sites.folder import RunFolders, document
from gridtie.adapters.sites.ray.adapter import PROGRAMS
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import TaskStart


def laid_out(tmp_path: Path, command: str) -> Path:
    """The folder of a run of one rank."""
    plan: RunPlan = replace(PLAN, command=command, tasks=PLAN.tasks[:1], log_limit_bytes=1 << 16)
    start = TaskStart(
        plan=plan, task=plan.tasks[0], home=tmp_path / "home", folder=tmp_path, secrets={}, peers=("127.0.0.1",),
        devices=(), resumed=False, lease_until=0,
    )  # fmt: skip
    folders = RunFolders(tmp_path / "shared", lambda: datetime.now(UTC), PROGRAMS)
    told = document([start], nodes=["n0"], addresses=["10.0.0.1"], url="http://x", more={"PATH": ""})
    folders.lay_out("r", [start], told)
    folders.renew("r", 60)
    return folders.path("r")


def guarded(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(folder / "guard.py"), str(folder), "command", "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PATH": "/opt/rays/own:/usr/bin:/bin"},
    )  # fmt: skip


def said(folder: Path) -> str:
    log = folder / "job" / "log-0"
    return log.read_text() if log.exists() else ""


def until(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not look():
        assert time.monotonic() < deadline, "not within 20 s"
        time.sleep(0.02)


def test_the_code_of_a_rank_arrives_and_its_path_is_the_nodes_own(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, 'echo "$PATH at $MASTER_ADDR"; exit 3')
    with guarded(folder) as guard:
        assert guard.stdout is not None
        assert guard.stdout.read() == b"3\n"
    assert said(folder) == "/opt/rays/own:/usr/bin:/bin at 10.0.0.1\n"


def test_a_rank_ends_with_its_worker_however_that_ended(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, 'trap "echo goodbye; exit 9" TERM; echo $$; sleep 4711 & wait')
    as_ray = "import subprocess, sys; it = subprocess.Popen(sys.argv[1:], stdin=-1); it.wait(); input()"
    worker = subprocess.Popen(  # it has the only other end of the pipe
        [sys.executable, "-c", as_ray, sys.executable, str(folder / "guard.py"), str(folder), "command", "0"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until(lambda: said(folder).endswith("\n"))
    rank = int(said(folder))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)
    until(lambda: "goodbye" in said(folder))
    until(lambda: not Path(f"/proc/{rank}").exists() or "Z" in Path(f"/proc/{rank}/stat").read_text().split()[2])

"""The program beside a rank on a scheduler's node, run as it is there: what a full shared disk does to it."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridtie.adapters.sites import rank
from gridtie.adapters.sites.lease import write_lease


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A run's, on a small disk of its own."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", tmp_path]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a disk that is full; run as root")
    for part in ("job", "home/sky_workdir"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "lease").write_text(str(time.time() + 60))
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def work(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
    told = {"nodes": [], "homes": [str(folder / "home")], "setup": "", "command": command, "envs": {},
            "rank_envs": [{"HOME": str(folder / "home")}], "given": {}, "time_limit_s": None,
            "log_limit_bytes": 1 << 20}  # fmt: skip
    (folder / "job" / "run.json").write_text(json.dumps(told))
    (folder / "job" / "script-command").write_text(command)
    program = Path(rank.__file__)
    words = [sys.executable, "-I", "-S", str(program), str(folder), "command", "0"]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("code", [0, 3])
def test_how_a_rank_ended_is_told_on_a_disk_that_it_filled(folder: Path, code: int) -> None:
    done = work(folder, f"/bin/cat /dev/zero > filler; echo full; exit {code}")
    assert done.returncode == code, done.stderr
    result = json.loads((folder / "job" / "result-0.json").read_text())
    assert (result["exit_code"], result["reason"]) == (code, "exit" if code else "")


def test_where_there_is_no_room_at_its_beginning_a_rank_does_not_begin(folder: Path) -> None:
    work(folder, "true")
    for name in ("result-0.json", "begun-0", "log-0"):
        (folder / "job" / name).unlink()
    fill(folder)
    done = work_again(folder)
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
    assert not (folder / "job" / "begun-0").exists()  # by which the site knows that it may go elsewhere


def test_a_lease_is_renewed_on_a_full_disk_too(folder: Path) -> None:
    lease, now = rank.Lease(str(folder / "lease")), time.time()
    fill(folder)
    for seconds, goes_on in ((300, True), (-1, False), (300, True)):
        write_lease(folder / "lease", f"{now + seconds:.3f}")
        assert lease.look() is goes_on
    assert list(folder.glob("lease*")) == [folder / "lease"] or (folder / "lease.new").stat().st_size == 0


def fill(folder: Path) -> None:
    """To the last byte."""
    filler = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(filler, bytes(1024)):
            pass
    except OSError as cause:
        assert cause.errno == errno.ENOSPC  # noqa: PT017  a loop that must end so
    finally:
        os.close(filler)


def work_again(folder: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-I", "-S", str(Path(rank.__file__)), str(folder), "command", "0"]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

"""The demo is the production path from end to end; it must tell its whole story and clean up after itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STORY = ("3 sites joined", "tested aurora", "tested bison", "tested cedar", "pulled the plug", "goes on from",
         "`impossible` waits", "not billed", "books balance", "each paid exactly once")  # fmt: skip


def demo(folder: Path, **environment: str) -> str:
    """What it printed; it must end well, say nothing on stderr and leave no folder behind."""
    done = subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "demo"],
        env={**os.environ, "GRIDTIE_HOME": str(folder / "home"), "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert [path.name for path in folder.iterdir() if path.name.startswith("gridtie-demo-")] == []
    return done.stdout


@pytest.mark.sandbox
def test_the_demo_tells_its_whole_story(tmp_path: Path) -> None:
    told = demo(tmp_path)
    assert [words for words in STORY if words not in told] == []
    assert "NOT ISOLATED" not in told


def test_without_bubblewrap_the_demo_says_so_and_tells_the_same_story(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in ("/usr/bin", "/bin"):
        for program in Path(folder).iterdir():
            if program.name != "bwrap" and not os.path.lexists(programs / program.name):
                (programs / program.name).symlink_to(program)
    told = demo(tmp_path, PATH=str(programs))
    assert [words for words in ("NOT ISOLATED", *STORY) if words not in told] == []

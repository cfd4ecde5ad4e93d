"""The demo is the production path from end to end; it must tell its whole story and clean up after itself."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.mark.sandbox
def test_the_demo_tells_its_whole_story_in_ninety_seconds(tmp_path: Path) -> None:
    environment = {**os.environ, "GRIDTIE_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "demo"], env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("3 sites joined", "tested aurora", "tested bison", "tested cedar", "pulled the plug", "goes on from",
                  "`impossible` waits", "not billed", "books balance"):  # fmt: skip
        assert words in done.stdout, f"{words!r} is missing in:\n{done.stdout}"
    assert done.stderr == ""
    assert time.monotonic() - begun < 90
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith("gridtie-demo-")]
    assert left == []

"""Programs of others that read what we write, run in an environment of their own: see `ask`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
READY = ROOT / ".validators" / "ready"
needed = pytest.mark.skipif(not READY.exists(), reason="the validators are missing; run: make validators")


def ask(tasks: list[dict[str, Any]], home: Path) -> list[Any]:
    """What they say of each task, in order (see `program.py`). `home` is for what they keep."""
    program = [str(ROOT / ".validators" / "bin" / "python"), str(HERE / "program.py")]
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "CROISSANT_CACHE": str(home / "croissant")}
    done = subprocess.run(program, input=json.dumps(tasks), capture_output=True, text=True, env=environ, timeout=120)
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers

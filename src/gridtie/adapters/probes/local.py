"""The test program run right here, unconfined: for whoever wants to try it, and for tests of it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from gridtie.adapters.probes.program import probe_files
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Evidence, parse
from gridtie.certification.verdict import TesterTimes
from gridtie.errors import LocalFault


class LocalRun:
    """One machine's answer, as an exchange would have it: evidence, results by content, and its own times."""

    def __init__(self, folder: Path, times: TesterTimes, output: str) -> None:
        self.times, self.output = times, output
        self.raw = (folder / "evidence.json").read_bytes()
        contents = [path.read_bytes() for path in sorted((folder / "results").iterdir())]
        self._contents = {hashlib.sha256(content).hexdigest(): content for content in contents}

    @property
    def evidence(self) -> Evidence:
        return parse(self.raw)

    def fetch(self, digest: str) -> bytes:
        return self._contents[digest]


def stage(challenge: Challenge, folder: Path) -> None:
    """The work directory of the job: the program and the question."""
    for name, content in probe_files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "challenge.json").write_text(json.dumps(challenge.to_json()), encoding="utf-8")


def run_here(
    challenge: Challenge, folder: Path, *, python: str = sys.executable, extra: Mapping[str, str] | None = None
) -> LocalRun:
    """Stages and runs it in `folder`, which is empty. Raises LocalFault when it fails or outlives the plan's limit."""
    stage(challenge, folder)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GRIDTIE_CPUS": str(challenge.plan.units if challenge.plan.chip == "cpu" else os.cpu_count() or 1),
        "GRIDTIE_OUTPUT_DIR": str(folder),
        **(extra or {}),
    }
    dispatched = datetime.now(UTC)
    try:
        done = subprocess.run(
            [python, "program.py", "challenge.json"],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=challenge.plan.time_limit_s,
        )
    except subprocess.TimeoutExpired as late:
        raise LocalFault(reason=f"the test program did not end within {late.timeout:.0f} s") from late
    if done.returncode != 0:
        last = (done.stdout.strip().splitlines() or ["it printed nothing"])[-1]
        raise LocalFault(reason=f"the test program ended with {done.returncode}: {last}")
    return LocalRun(folder, TesterTimes(dispatched, datetime.now(UTC)), done.stdout)

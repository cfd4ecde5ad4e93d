"""One honest run of the real program, shared by the tests that then lie about it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from gridtie.adapters.probes.local import LocalRun, run_here
from gridtie.adapters.probes.program import program_digest
from gridtie.adapters.probes.tables import load_bands
from gridtie.certification import challenge as challenges
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import parse
from gridtie.certification.plan import ResourceFacts, plan
from gridtie.certification.verdict import Claims, Judgement, TesterTimes, claims_of, judge
from gridtie.values.quantity import GIB, MIB

NONCE = bytes(range(32))
COINS = b"drawn after the evidence was sent"
FACTS = ResourceFacts(resource="res_test", chip="cpu", machines=1, units=1, memory_bytes=2 * GIB)


def small_challenge(nonce: bytes = NONCE, *, machines: int = 1) -> Challenge:
    """The quick profile with everything but its meaning made smaller."""
    quick = plan(replace(FACTS, machines=machines), "quick")
    small = replace(quick, matrix_budget_s=0.04, n_max=384, memory_budget_s=0.02, bandwidth_bytes=4 * MIB,
                    capacity_bytes=16 * MIB, storage_bytes=MIB, transformer_budget_s=0.03)  # fmt: skip
    return challenges.make(
        id="chal_test", resource="res_test", nonce=nonce, program_digest=program_digest(), plan=small
    )


@dataclass
class Case:
    """What the exchange holds when it judges. Tests change one thing of it."""

    challenge: Challenge
    evidence: list[dict[str, Any]]
    contents: dict[str, bytes]
    times: TesterTimes
    claims: Claims = field(default_factory=Claims)

    def judged(self, **changes: Any) -> Judgement:
        parts = [parse(json.dumps(document).encode()) for document in self.evidence]
        return judge(
            self.challenge, parts, self.contents.__getitem__, self.times, self.claims, load_bands(),
            **{"coins": COINS, **changes},
        )  # fmt: skip

    def item(self, name: str, machine: int = 0) -> dict[str, Any]:
        return next(item for item in self.evidence[machine]["items"] if item["name"] == name)

    def calm(self) -> "Case":
        """The same work with the times of a machine on which nothing else ran, so that no test depends on this one."""
        for document in self.evidence:
            at, phases = 0.0, {phase["name"]: phase for phase in document["phases"]}
            for item in (one for one in document["items"] if one["status"] == "measured"):
                usual = median(item["samples_s"])
                if not item["name"].startswith(("matrix.", "training.", "inference.")):
                    usual = min(usual, 0.002)  # on a busy machine a disk takes longer than all products together
                item["samples_s"] = [usual * (0.99 + index % 3 / 100) for index in range(len(item["samples_s"]))]
                timed = sum(item["samples_s"])
                item["untimed_s"] = timed / 4
                phases[item["name"]]["begin_s"], at = at, at + timed + timed / 4
                phases[item["name"]]["end_s"] = at
                at += 1e-6  # as between real phases, so that no rounding of a test makes two of them overlap
            document["elapsed_s"] = at
        longest = max(document["elapsed_s"] for document in self.evidence)
        self.times = TesterTimes(self.times.dispatched, self.times.dispatched + timedelta(seconds=longest + 0.02))
        return self

    def replace_result(self, name: str, index: int, change: Callable[[bytearray], None]) -> None:
        """Changes an uploaded result and commits to the change, as a liar would."""
        entry = self.item(name)["results"][index]
        content = bytearray(self.contents[entry["sha256"]])
        change(content)
        entry["sha256"] = hashlib.sha256(content).hexdigest()
        entry["size"] = len(content)
        self.contents[entry["sha256"]] = bytes(content)


def case_of(challenge: Challenge, runs: list[LocalRun]) -> Case:
    contents: dict[str, bytes] = {}
    for run in runs:
        document = json.loads(run.raw)
        for item in document["items"]:
            for entry in item.get("results", ()):
                contents[entry["sha256"]] = run.fetch(entry["sha256"])
    times = TesterTimes(min(run.times.dispatched for run in runs), max(run.times.answered for run in runs))
    documents = [json.loads(run.raw) for run in runs]
    return Case(challenge, documents, contents, times, claims_of(None, challenge.plan))


@pytest.fixture(scope="session")
def honest_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Challenge, LocalRun]:
    challenge = small_challenge()
    return challenge, run_here(challenge, tmp_path_factory.mktemp("probe"))


@pytest.fixture
def as_it_ran(honest_run: tuple[Challenge, LocalRun]) -> Case:
    challenge, run = honest_run
    return case_of(challenge, [run])


@pytest.fixture
def case(as_it_ran: Case) -> Case:
    return as_it_ran.calm()

"""A line between real processes that delays, cuts and repeats: nothing acknowledged is lost, nothing done twice."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.story.conftest import wait_for
from tests.story.proxy import FAULTS, FaultProxy

from gridtie.client.exchange import ExchangeClient
from gridtie.errors import GridtieError

JOB = "name: k\nresources: {cpus: 1, memory: 32MB}\nrun: echo ok\ngridtie: {expected: 10s}\n"


@pytest.fixture
def line(stage: Any, request: pytest.FixtureRequest) -> Iterator[FaultProxy]:
    """Between the stage's exchange and an agent of it, calm yet."""
    seed = int(request.param)
    print(f"seed {seed}")
    made = FaultProxy(stage.port, seed)
    stage.front = made.port
    yield made
    stage.close()
    made.close()


def submitted(stage: Any) -> str:
    """With one key, on one new connection after the other until it is answered."""
    key = uuid.uuid4().hex
    while True:
        try:
            [job] = stage.client().submit(JOB, key=key)
            return str(job.id)
        except GridtieError:
            time.sleep(0.05)


def signed(client: ExchangeClient, job: str) -> bool:
    receipts = client.receipts(job)
    return bool(receipts) and all(row["state"] == "signed" for row in receipts)


def play(stage: Any, line: FaultProxy, jobs: int) -> None:
    stage.join("north")
    straight = stage.client(direct=True)
    line.chance = 0.6
    keys = [submitted(stage) for _ in range(jobs)]
    wait_for("half of the jobs", lambda: sum(straight.job(key)["state"] == "succeeded" for key in keys) * 2 >= jobs,
             seconds=20 + 5 * jobs)  # fmt: skip
    line.chance = 0.0
    print(dict(line.met))
    wait_for("every job", lambda: all(straight.job(key)["state"] == "succeeded" for key in keys), seconds=60)
    assert len(set(keys)) == jobs
    assert {row["id"] for row in straight.jobs(limit=500)} == set(keys)
    for key in keys:
        assert sum(run["state"] == "succeeded" for run in straight.job(key)["runs"]) == 1
    wait_for("signatures", lambda: all(signed(straight, key) for key in keys), seconds=30)
    assert straight.call("GET", "/v1/ledger/verify")["ok"]


@pytest.mark.sandbox
@pytest.mark.parametrize("line", [3], indirect=True)
def test_a_line_that_goes_wrong_loses_no_acknowledged_job_and_runs_none_twice(stage: Any, line: FaultProxy) -> None:
    play(stage, line, jobs=6)
    assert sum(line.met[fault] for fault in FAULTS) > 0  # how many depends on how many calls a busy machine makes


@pytest.mark.long
@pytest.mark.sandbox
@pytest.mark.parametrize("line", range(10, 20), indirect=True)
def test_forty_jobs_over_a_line_that_goes_wrong(stage: Any, line: FaultProxy) -> None:
    play(stage, line, jobs=40)
    assert set(FAULTS) <= set(line.met)

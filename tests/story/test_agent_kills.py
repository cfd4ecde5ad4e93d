"""kill -9 of an agent under jobs, again and again: each job runs once, and all that it printed arrives."""

import random
import time
from typing import Any

import pytest
from tests.story.conftest import wait_for

SAID = "".join(f"{number}\n" for number in range(1, 9))
JOB = """
name: counts
resources: {cpus: 1, memory: 32MB}
run: for number in $(seq 8); do echo $number; sleep 0.2; done; echo done > result
gridtie: {expected: 1m, outputs: [result]}
"""


def run_campaign(stage: Any, kills: int, seed: int) -> None:
    chance, client, keys = random.Random(seed), stage.client(), []
    stage.join("north", machines=3)
    for _ in range(kills):
        keys += [client.submit(JOB)[0].id for _ in range(chance.randrange(1, 3))]
        time.sleep(chance.uniform(0.1, 1.5))
        stage.kill_agent("north")
        time.sleep(chance.uniform(0, 0.5))
        stage.start_agent("north")
    jobs = [client.handle(key).wait(timeout_s=120).data for key in keys]
    assert [job["state"] for job in jobs] == ["succeeded"] * len(keys)
    begun = [[run for run in job["runs"] if run["started_at"]] for job in jobs]
    assert [len(runs) for runs in begun] == [1] * len(keys), "one that ran was started anew"
    assert {client.log_text(key) for key in keys} == {SAID}
    assert {len(client.outputs(key)) for key in keys} == {1}
    wait_for("every receipt", lambda: all(r["signed_at"] for key in keys for r in client.receipts(key) if r["lines"]))
    verified = client.verify_ledger()
    assert verified["ok"], verified["broken"]
    print(f"{kills} kills, {len(keys)} jobs, each run once and printed whole")


@pytest.mark.sandbox
def test_jobs_go_on_while_their_agent_is_killed_five_times(stage: Any) -> None:
    run_campaign(stage, 5, seed=20261128)


@pytest.mark.long
@pytest.mark.sandbox
def test_jobs_go_on_while_their_agent_is_killed_sixty_times(stage: Any) -> None:
    run_campaign(stage, 60, seed=3)

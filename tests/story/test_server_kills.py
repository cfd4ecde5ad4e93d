"""kill -9 of the server under load, at random instants: what it acknowledged is there, and the books balance."""

import random
import threading
import time
import uuid
from typing import Any

import pytest

from gridtie.errors import GridtieError

JOB = "name: k\nresources: {cpus: 1, memory: 32MB}\nrun: echo ok\ngridtie: {expected: 10s}\n"


def submit_until(stage: Any, stop: threading.Event, acknowledged: list[str]) -> None:
    client = stage.client()
    while not stop.is_set():
        key = uuid.uuid4().hex
        while not stop.is_set():
            try:
                [job] = client.submit(JOB, key=key)  # the same key until it is answered: it cannot run twice
                acknowledged.append(job.id)
                break
            except GridtieError:
                time.sleep(0.05)


def run_campaign(stage: Any, kills: int, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    for name in ("north", "south"):
        stage.join(name)
    acknowledged: list[str] = []
    slowest = 0.0
    for _ in range(kills):
        stop = threading.Event()
        threads = [threading.Thread(target=submit_until, args=(stage, stop, acknowledged)) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, 0.5))
        stage.kill_server()
        slowest = max(slowest, stage.serve())
        stop.set()
        for thread in threads:
            thread.join()
        client = stage.client()
        verified = client.call("GET", "/v1/ledger/verify")
        assert verified["ok"], verified["broken"]
    kept = {row["id"] for row in client.jobs(limit=500)}
    assert set(acknowledged) <= kept
    assert len(acknowledged) == len(set(acknowledged))
    assert slowest < 30.0, f"serving again took {slowest:.1f} s"  # a hang; what is usual is printed
    print(f"{kills} kills, {len(acknowledged)} acknowledged, 0 lost, serving again within {slowest:.1f} s")
    sample = acknowledged[:20]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not all(client.job(key)["state"] == "succeeded" for key in sample):
        time.sleep(0.2)
    assert {client.job(key)["state"] for key in sample} == {"succeeded"}
    runs = {key: client.job(key)["runs"] for key in sample}
    assert all(sum(run["state"] == "succeeded" for run in each) == 1 for each in runs.values()), "a job ran twice"


@pytest.mark.sandbox
def test_nothing_acknowledged_is_lost_when_the_server_is_killed_five_times(stage: Any) -> None:
    run_campaign(stage, 5, seed=20261124)


@pytest.mark.long
@pytest.mark.sandbox
def test_nothing_acknowledged_is_lost_when_the_server_is_killed_a_hundred_times(stage: Any) -> None:
    run_campaign(stage, 100, seed=7)

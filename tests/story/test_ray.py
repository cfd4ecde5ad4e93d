"""A real Ray cluster as a site of an exchange: attached, certified through Ray, a gang sold, run and receipted."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.ray.cluster import HEAD, RayCluster
from tests.adapters.sites.slurm.cluster import free_ports, until
from tests.story.conftest import Stage
from tests.story.test_clean_dataset import clean, on_one_machine, published, results

pytestmark = [pytest.mark.ray, pytest.mark.long]
GANG = """
name: gang
num_nodes: 2
resources: {cpus: 2, memory: 128MB}
gridtie: {isolation: none}
setup: echo "setting up $GRIDTIE_RANK"
run: echo "rank $GRIDTIE_RANK of $GRIDTIE_WORLD_SIZE, meets at $MASTER_ADDR"
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Any]:
    stage, cluster = Stage(tmp_path, free_ports(1)[0]), RayCluster(gpus=0, names=("corvus-n0", "corvus-n1"))
    stage.cluster = cluster
    try:
        cluster.up()
        stage.found()
        stage.serve()
        yield stage
    finally:
        stage.close()
        cluster.down()


def test_a_ray_cluster_is_attached_certified_cleans_a_dataset_and_runs_a_gang_for_money(
    stage: Any, tmp_path: Path
) -> None:
    client, cluster = stage.client(), stage.cluster
    client.call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
    organisation = client.call("GET", "/v1/organisations")["items"][0]["id"]
    client.call("POST", "/v1/sites", {"name": "corvus", "hub": "csjh", "depth": "schedulable"})
    token = client.call("POST", "/v1/sites/corvus/enrolment", {})["token"]
    given = {
        "url": cluster.url, "shared": str(stage.folder / "shared"), "token": str(cluster.token), "every": "0.5",
        "cluster": "corvus",
    }  # fmt: skip
    options = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
    joined = json.loads(
        stage.command(
            ["agent", "join", "-", "--scheduler", "ray", *options, "--trust", organisation, "-o", "json"],
            home=stage.folder / "corvus", text=token,
        )
    )  # fmt: skip
    assert (joined["isolation"], joined["machines"]) == ("none", ["2 × cpu"])
    client.call("POST", "/v1/sites/corvus/approve", {"fingerprint": joined["fingerprint"]})
    stage.start_agent("corvus")
    until(lambda: client.call("GET", "/v1/sites/corvus")["lends"], "it says what it lends", within=40)
    stage.command(["resource", "certify", "corvus", "--wait"])
    [resource] = client.pages("/v1/resources", query={"site": "corvus"})
    assert (resource["in_market"], resource["chip"]) == (True, "cpu")
    client.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    # Its Python has NumPy and orjson, and no compiler.
    folder = tmp_path / "chats"
    folder.mkdir()
    policy = published(stage, folder)
    wanted = on_one_machine(stage, folder)
    clean(stage, "lab/chats", "--policy", str(policy), "--name", "chats-clean", "--workers", "2", "--memory", "300MB",
          "--isolation", "none", "--out", str(tmp_path / "out"))  # fmt: skip
    assert results(tmp_path / "out") == wanted

    key = str(client.submit(GANG)[0].id)
    deadline = time.monotonic() + 90
    while (job := client.call("GET", f"/v1/jobs/{key}"))["state"] not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < deadline, job
        time.sleep(0.2)
    assert job["state"] == "succeeded", job["runs"]
    for rank in (0, 1):
        said = str(client.log_text(key, rank=rank))
        assert said == f"setting up {rank}\nrank {rank} of 2, meets at {HEAD}\n"
    assert sorted(job["runs"][0]["machines"]) == ["corvus-n0", "corvus-n1"]
    until(lambda: client.receipts(key)[0]["signed_at"], "the site signs", within=20)

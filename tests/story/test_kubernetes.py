"""A site of an exchange behind the Kubernetes API, here one in memory: attached, certified, a gang sold and run."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.kubernetes.cluster import Cluster, kubeconfig
from tests.adapters.sites.slurm.cluster import free_ports, until
from tests.story.conftest import Stage

pytestmark = [pytest.mark.sandbox, pytest.mark.long]
GANG = """
name: gang
num_nodes: 2
resources: {cpus: 2, memory: 128MB}
gridtie: {isolation: scheduler}
setup: echo "setting up $GRIDTIE_RANK"
run: echo "rank $GRIDTIE_RANK of $GRIDTIE_WORLD_SIZE, meets at $MASTER_ADDR"
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Any]:
    stage, cluster = Stage(tmp_path, free_ports(1)[0]), Cluster(tmp_path / "pods", gpus=0)
    stage.cluster = cluster
    try:
        stage.command(["init", "--yes", "--name", "story", "--organisation", "lab"])
        stage.serve()
        yield stage
    finally:
        stage.close()
        cluster.close()


def test_a_kubernetes_site_is_attached_certified_and_runs_a_gang_for_money(stage: Any) -> None:
    client, cluster = stage.client(), stage.cluster
    client.call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
    client.call("POST", "/v1/sites", {"name": "corvus", "hub": "csjh", "depth": "schedulable"})
    token = client.call("POST", "/v1/sites/corvus/enrolment", {})["token"]
    config = kubeconfig(stage.folder / "kubeconfig", cluster.api.port)
    given = {
        "state": str(stage.folder / "state"), "image": "any", "kubeconfig": str(config), "python": sys.executable,
        "every": "0.5",
    }  # fmt: skip
    options = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
    joined = json.loads(
        stage.command(
            ["agent", "join", "-", "--scheduler", "kubernetes", *options, "-o", "json"],
            home=stage.folder / "corvus", text=token,
        )
    )  # fmt: skip
    assert (joined["isolation"], joined["machines"]) == ("scheduler", ["3 × cpu"])
    client.call("POST", "/v1/sites/corvus/approve", {"fingerprint": joined["fingerprint"]})
    stage.start_agent("corvus")
    until(lambda: client.call("GET", "/v1/sites/corvus")["lends"], "it says what it lends", within=40)
    stage.command(["resource", "certify", "corvus", "--wait"])
    [resource] = client.pages("/v1/resources", query={"site": "corvus"})
    assert (resource["in_market"], resource["chip"]) == (True, "cpu")
    client.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    key = str(client.submit(GANG)[0].id)
    deadline = time.monotonic() + 90
    while (job := client.call("GET", f"/v1/jobs/{key}"))["state"] not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < deadline, job
        time.sleep(0.2)
    assert job["state"] == "succeeded", job["runs"]
    for rank in (0, 1):
        said = str(client.log_text(key, rank=rank))
        assert said == f"setting up {rank}\nrank {rank} of 2, meets at 127.0.0.1\n"
    assert set(job["runs"][0]["machines"]) < {"n1", "n2", "n3"}
    until(lambda: client.receipts(key)[0]["signed_at"], "the site signs", within=20)

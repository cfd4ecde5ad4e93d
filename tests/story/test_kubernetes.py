"""A site of an exchange behind the Kubernetes API, one in memory, or a real one where GRIDTIE_TEST_KUBECONFIG names it:
attached, certified, a gang sold and run, and a run that outlives its agent."""

import json
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.kubernetes.cluster import Cluster, kubeconfig
from tests.adapters.sites.kubernetes.conftest import IMAGE, REAL
from tests.adapters.sites.slurm.cluster import free_ports, until
from tests.story.conftest import PACE, Stage

pytestmark = [pytest.mark.sandbox, pytest.mark.long]
SLOW = 4 if REAL else 1
# what a real cluster needs for a pod, and an agent to be back, is more than the other stories' four seconds
LEASES = {"GRIDTIE_LEASE_CONTROL_S": "10", "GRIDTIE_LEASE_STOP_S": "30", "GRIDTIE_LEASE_REPLACE_S": "40"}
LEASES |= {"GRIDTIE_CERTIFY_OVERHEAD_S": "60"} if REAL else {}  # pods of a busy machine were seen to take 30 s
COUNT = """
name: count
resources: {cpus: 1, memory: 128MB}
gridtie: {isolation: scheduler}
run: for number in $(seq 20); do echo $number; sleep 0.5; done
"""
GANG = """
name: gang
num_nodes: 2
resources: {cpus: 2, memory: 128MB}
gridtie: {isolation: scheduler}
setup: echo "setting up $GRIDTIE_RANK"
run: echo "rank $GRIDTIE_RANK of $GRIDTIE_WORLD_SIZE, meets at $MASTER_ADDR"
"""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in LEASES.items():
        monkeypatch.setitem(PACE, name, value)
    for name in ("GRIDTIE_TEST_KUBECONFIG", "GRIDTIE_TEST_IMAGE"):
        monkeypatch.delenv(name, raising=False)  # they are read, and no settings of an exchange
    stage, cluster = Stage(tmp_path, free_ports(1)[0]), None if REAL else Cluster(tmp_path / "pods", gpus=0)
    stage.given = {"state": str(tmp_path / "state"), "every": "0.5", "image": IMAGE, "kubeconfig": REAL}
    if cluster is not None:
        config = kubeconfig(tmp_path / "kubeconfig", cluster.api.port)
        stage.given |= {"kubeconfig": str(config), "python": sys.executable}
    try:
        stage.found()
        stage.serve()
        yield stage
    finally:
        stage.close()
        if cluster is not None:
            cluster.close()


def test_a_kubernetes_site_is_attached_certified_and_runs_a_gang_for_money(stage: Any) -> None:
    client = stage.client()
    client.call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
    client.call("POST", "/v1/sites", {"name": "corvus", "hub": "csjh", "depth": "schedulable"})
    token = client.call("POST", "/v1/sites/corvus/enrolment", {})["token"]
    options = [part for key, value in stage.given.items() for part in ("--set", f"{key}={value}")]
    joined = json.loads(
        stage.command(
            ["agent", "join", "-", "--scheduler", "kubernetes", *options, "-o", "json"],
            home=stage.folder / "corvus", text=token,
        )
    )  # fmt: skip
    assert joined["isolation"] == "scheduler"
    assert REAL or joined["machines"] == ["3 × cpu"]
    client.call("POST", "/v1/sites/corvus/approve", {"fingerprint": joined["fingerprint"]})
    stage.start_agent("corvus")
    until(lambda: client.call("GET", "/v1/sites/corvus")["lends"], "it says what it lends", within=40 * SLOW)
    stage.command(["resource", "certify", "corvus", "--wait"])
    [resource] = client.pages("/v1/resources", query={"site": "corvus"})
    assert (resource["in_market"], resource["chip"]) == (True, "cpu")
    client.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    key = str(client.submit(GANG)[0].id)
    job = over(client, key)
    said = [str(client.log_text(key, rank=rank)) for rank in (0, 1)]
    master = str(ip_address(said[0].rpartition(" at ")[2].strip())) if REAL else "127.0.0.1"
    assert said == [f"setting up {rank}\nrank {rank} of 2, meets at {master}\n" for rank in (0, 1)]
    assert len(set(job["runs"][0]["machines"])) == 2
    until(lambda: client.receipts(key)[0]["signed_at"], "the site signs", within=20 * SLOW)

    key = str(client.submit(COUNT)[0].id)
    until(lambda: "3\n" in str(client.log_text(key, rank=0)), "it counts", within=40 * SLOW)
    stage.kill_agent("corvus")
    stage.start_agent("corvus")
    job = over(client, key)
    assert (len(job["runs"]), str(client.log_text(key, rank=0)).split()) == (1, [str(n) for n in range(1, 21)])


def over(client: Any, key: str) -> dict[str, Any]:
    deadline = time.monotonic() + 90 * SLOW
    while (job := client.call("GET", f"/v1/jobs/{key}"))["state"] not in ("succeeded", "failed", "cancelled"):
        assert time.monotonic() < deadline, job
        time.sleep(0.2)
    assert job["state"] == "succeeded", job["runs"]
    return dict(job)

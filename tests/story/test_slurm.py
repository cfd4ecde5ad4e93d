"""Two real Slurm clusters as sites of one exchange: attached in two commands, tested, shared, lost and found."""

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.slurm.cluster import Cluster, free_ports, until
from tests.story.conftest import Stage
from tests.story.test_clean_dataset import clean, on_one_machine, published, results

pytestmark = pytest.mark.slurm
USER = "nobody"


@dataclass
class Attached:
    """A stage with a cluster behind its agent."""

    stage: Any
    cluster: Cluster
    organisation: str

    @property
    def name(self) -> str:
        return self.cluster.name

    @property
    def shared(self) -> Path:
        return self.cluster.base / "shared"

    def attach(self, *more: str, **settings: str) -> dict[str, Any]:
        admin = self.stage.client()
        admin.call("POST", "/v1/sites", {"name": self.name, "hub": "csjh", "depth": "schedulable"})
        token = admin.call("POST", f"/v1/sites/{self.name}/enrolment", {})["token"]
        given = {
            "shared": str(self.shared), "partition": "main", "conf": str(self.cluster.conf), "every": "0.3",
            "timeout": "5", **settings,
        }  # fmt: skip
        options = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
        arguments = ["agent", "join", "-", "--scheduler", "slurm", *options, *more, "-o", "json"]
        joined: dict[str, Any] = json.loads(
            self.stage.command(arguments, home=self.stage.folder / self.name, text=token)
        )
        admin.call("POST", f"/v1/sites/{self.name}/approve", {"fingerprint": joined["fingerprint"]})
        self.stage.start_agent(self.name)
        until(
            lambda: admin.call("GET", f"/v1/sites/{self.name}")["lends"], f"{self.name} says what it lends", within=20
        )
        return joined

    def admit(self) -> None:
        """Into the market by hand: no fake GPU passes a test that a real one is measured by."""
        database = sqlite3.connect(self.stage.home / "gridtie.db", timeout=30)
        database.execute(
            "UPDATE resource SET score = 1000, latency_us = 500, in_market_until_us = 9000000000000000 "
            "WHERE site = (SELECT id FROM site WHERE name = ?)",
            (self.name,),
        )
        database.commit()
        database.close()
        self.offer()

    def offer(self) -> None:
        admin = self.stage.client()
        [resource] = admin.pages("/v1/resources", query={"site": self.name})
        admin.call("POST", "/v1/offers", {"resource": resource["id"], "price": "0.10"})

    def site(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.stage.client().call("GET", f"/v1/sites/{self.name}")
        return shown

    def submit(self, text: str) -> str:
        job = self.stage.client().submit(text)[0]
        return str(job.id)

    def lends(self) -> list[int]:
        return [room["accelerators"] for room in self.site()["lends"]["machines"].values()]

    def job(self, key: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.stage.client().call("GET", f"/v1/jobs/{key}")
        return shown

    def ended(self, key: str, *, within: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + within
        while (job := self.job(key))["state"] not in ("succeeded", "failed", "cancelled"):
            assert time.monotonic() < deadline, f"not within {within} s: {told(job)}"
            time.sleep(0.1)
        return job

    def log(self, key: str, rank: int = 0) -> str:
        return str(self.stage.client().log_text(key, rank=rank))


@dataclass
class World:
    """Two clusters of one owner: alpha with GPUs and mapped users, beta through slurmrestd."""

    stage: Any
    alpha: Attached
    beta: Attached


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, alpha: Cluster, beta: Cluster) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("slurm")
    stage = Stage(folder, free_ports(1)[0])
    try:
        stage.found()
        stage.serve()
        stage.client().call("POST", "/v1/ledger/topups", {"organisation": "lab", "amount": "1000"})
        organisation = stage.client().call("GET", "/v1/organisations")["items"][0]["id"]
        yield World(stage, Attached(stage, alpha, organisation), Attached(stage, beta, organisation))
    finally:
        stage.close()
        for cluster in (alpha, beta):
            cluster.cancel_all()
            shutil.rmtree(cluster.base / "shared", ignore_errors=True)


@pytest.fixture(scope="module")
def alpha_site(world: World) -> Attached:
    joined = world.alpha.attach(**{f"users.{world.alpha.organisation}": USER})
    assert (joined["isolation"], joined["machines"]) == ("scheduler", ["2 × nv-h200"])
    world.alpha.admit()
    return world.alpha


@pytest.fixture(scope="module")
def beta_site(world: World) -> Attached:
    """One local user for all: only organisations that its owner trusts."""
    cluster, token = world.beta.cluster, world.stage.folder / "slurm.token"
    token.write_text(cluster.token("root"))
    joined = world.beta.attach(
        "--trust", world.beta.organisation, url=cluster.start_rest(), token=str(token), python=sys.executable
    )
    assert (joined["isolation"], joined["machines"]) == ("none", ["2 × cpu"])
    return world.beta


def told(job: dict[str, Any]) -> str:
    runs = [f"{run['state']} {run['reason']} {run['detail']}" for run in job["runs"]]
    return f"{job['state']}: {job['reason']}; refusal {job['refusal']}; runs {runs}"


GANG = """
name: gang
num_nodes: 2
resources: {accelerators: "H200:2", cpus: 2, memory: 128MB}
gridtie: {isolation: scheduler}
setup: echo "setting up $GRIDTIE_RANK"
run: |
  echo "rank $GRIDTIE_RANK of $GRIDTIE_WORLD_SIZE, devices $CUDA_VISIBLE_DEVICES, meets at $MASTER_ADDR as $(id -un)"
"""
GPU = """
name: one
resources: {{accelerators: "H200:1", cpus: 1, memory: 128MB}}
run: {}
"""
PLAIN = "name: plain\nresources: {{cpus: 1, memory: 128MB}}\ngridtie: {{isolation: none}}\nrun: {}\n"


def test_a_gang_runs_on_two_nodes_with_its_gpus_and_leaves_a_receipt_that_both_sides_signed(
    alpha_site: Attached,
) -> None:
    key = alpha_site.submit(GANG)
    job = alpha_site.ended(key)
    assert job["state"] == "succeeded", told(job)
    for rank in (0, 1):
        said = alpha_site.log(key, rank)
        assert f"setting up {rank}\n" in said
        assert f"rank {rank} of 2, devices 0,1, meets at 127.0.0.1 as {USER}\n" in said
    assert sorted(job["runs"][0]["machines"]) == alpha_site.cluster.node_names
    until(lambda: alpha_site.stage.client().receipts(key)[0]["signed_at"], "the site signs", within=10)
    states = [line.split()[1] for line in alpha_site.cluster.jobs() if job["runs"][0]["id"] in line]
    assert states == ["COMPLETED"]


def test_a_cluster_behind_slurmrestd_is_certified_by_a_job_and_then_works(beta_site: Attached) -> None:
    beta_site.stage.command(["resource", "certify", "beta", "--wait"])
    [resource] = beta_site.site()["resources"]
    assert (resource["in_market"], resource["chip"]) == (True, "cpu")
    assert resource["score"] > 0
    beta_site.offer()
    job = beta_site.ended(beta_site.submit(PLAIN.format("echo done on $SLURMD_NODENAME")))
    assert job["state"] == "succeeded", told(job)
    assert "done on beta-n" in beta_site.log(job["id"])


@pytest.mark.long
def test_two_nodes_clean_a_dataset_to_the_bytes_of_one_machine(beta_site: Attached, tmp_path: Path) -> None:
    policy = published(beta_site.stage, tmp_path)
    wanted = on_one_machine(beta_site.stage, tmp_path)
    said = ("--name", "chats-clean", "--workers", "2", "--memory", "300MB", "--isolation", "none", "--site", "beta")
    clean(beta_site.stage, "lab/chats", "--policy", str(policy), *said, "--out", str(tmp_path / "out"))
    assert results(tmp_path / "out") == wanted
    [look] = beta_site.stage.client().jobs(name="clean-chats-clean-look")
    assert len(set(beta_site.job(look["id"])["runs"][-1]["machines"])) == 2


def test_slurms_limits_become_the_jobs_ends(alpha_site: Attached) -> None:
    greedy = alpha_site.submit(GPU.format("/usr/bin/python3 -c 'x = bytearray(400 << 20)'"))
    slow = alpha_site.submit(GPU.format("sleep 100") + "gridtie: {isolation: scheduler, time_limit: 2s}\n")
    stopped = alpha_site.submit(GPU.format("echo up; sleep 100"))
    until(lambda: "up" in alpha_site.log(stopped), "it is up", within=20)
    alpha_site.stage.client().cancel(stopped)
    ends = {key: alpha_site.ended(key, within=40) for key in (greedy, slow, stopped)}
    reasons = [(ends[key]["state"], ends[key]["reason_code"]) for key in (greedy, slow, stopped)]
    assert reasons == [("failed", "out_of_memory"), ("failed", "time_limit"), ("cancelled", "cancelled")], [
        told(job) for job in ends.values()
    ]  # fmt: skip
    assert "on alpha-n" in ends[greedy]["runs"][0]["detail"]


def test_what_other_people_take_is_not_sold_and_comes_back(alpha_site: Attached) -> None:
    cluster = alpha_site.cluster
    for node in cluster.node_names:
        cluster.run("sbatch", f"--nodelist={node}", "--gres=gpu:h200:4", "-o", "/dev/null", "-J", "theirs", "--wrap",
                    "sleep 300")  # fmt: skip
    until(lambda: alpha_site.lends() == [0, 0], "all GPUs are others'", within=25)
    key = alpha_site.submit(GPU.format("true"))
    until(lambda: alpha_site.job(key)["refusal"], "it hears why it waits", within=10)
    assert alpha_site.job(key)["state"] == "queued"
    cluster.run("scancel", "--name=theirs")
    assert alpha_site.ended(key, within=40)["state"] == "succeeded"


def test_a_partition_that_takes_nothing_is_named_in_slurms_words(alpha_site: Attached) -> None:
    cluster = alpha_site.cluster
    cluster.run("scontrol", "update", "partitionname=main", "state=drain")
    try:
        key = alpha_site.submit(GPU.format("true"))
        until(lambda: "rejected" in [run["state"] for run in alpha_site.job(key)["runs"]], "refused", within=20)
    finally:
        cluster.run("scontrol", "update", "partitionname=main", "state=up")
    detail = next(run["detail"] for run in alpha_site.job(key)["runs"] if run["state"] == "rejected")
    assert "Required partition not available" in detail
    assert "the site's operator should check `partition`" in detail
    alpha_site.stage.client().cancel(key)  # it waits: with one site only it would be asked again


def test_an_agent_that_is_killed_finds_its_run_again_and_starts_nothing_twice(alpha_site: Attached) -> None:
    key = alpha_site.submit(GPU.format("echo once; sleep 4; echo end"))
    until(lambda: "once" in alpha_site.log(key), "it is up", within=20)
    alpha_site.stage.kill_agent("alpha")
    alpha_site.stage.start_agent("alpha")
    job = alpha_site.ended(key)
    assert job["state"] == "succeeded", told(job)
    assert alpha_site.log(key) == "once\nend\n"
    assert len([line for line in alpha_site.cluster.jobs() if job["runs"][0]["id"] in line]) == 1


def test_a_cluster_whose_partition_is_wrong_is_told_so_before_it_joins(world: World) -> None:
    done = world.stage.command
    with pytest.raises(AssertionError, match="'nosuch' has no machine to lend: the cluster's partitions are main"):
        done(["agent", "join", "nofile", "--scheduler", "slurm", "--set", "partition=nosuch", "--set", "shared=/tmp/x",
              "--set", f"conf={world.alpha.cluster.conf}"], home=world.stage.folder / "wrong")  # fmt: skip
    with pytest.raises(AssertionError, match="colour: no such setting"):
        done(["agent", "join", "nofile", "--scheduler", "slurm", "--set", "colour=red"])

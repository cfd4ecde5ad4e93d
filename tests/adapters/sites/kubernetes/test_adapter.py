"""What the adapter makes of a cluster and asks of it, on the API in memory: declared, refused, waiting, kept apart."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.kubernetes.cluster import NODES, Cluster, node

from gridtie.adapters.sites.kinds import Opened
from gridtie.adapters.sites.kubernetes import adapter
from gridtie.adapters.sites.kubernetes.manifest import object_name
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool
from gridtie.errors import InvalidInput, SchedulerAway, SiteRefused
from gridtie.values.ids import OrganisationId

POLICIES = "/apis/networking.k8s.io/v1/namespaces/gridtie-org-new/networkpolicies"


@pytest.fixture
def bench(cluster: Cluster, opened: Callable[..., Opened], tmp_path: Path) -> Iterator[Bench]:
    made = opened()
    bench = Bench(
        lambda: ScheduledSite(made.scheduler, every=made.every, patience=made.patience), Spool(tmp_path / "agent"),
        NODES, places=(tmp_path / "state",), slow=2,
    )  # fmt: skip
    yield bench
    cluster.kubelet.hold, cluster.kubelet.quota, cluster.kubelet.failing = None, "", ""
    cluster.api.refuse = lambda _method, _path: None
    bench.remove_all()


def test_a_cluster_is_declared_as_its_nodes_say(cluster: Cluster, opened: Callable[..., Opened]) -> None:
    odd = node("odd")
    odd["metadata"]["labels"]["nvidia.com/gpu.product"] = "Fremdchip-9"
    cluster.api.must("POST", "/api/v1/nodes", odd)
    facts = opened().scheduler.facts()
    cluster.api.must("DELETE", "/api/v1/nodes/odd")
    [pool] = facts.pools
    assert (pool.chip, [machine["name"] for machine in pool.machines]) == ("nv-l4", list(NODES))
    assert [pool.machines[0][key] for key in ("cpus", "memory_bytes", "disk_bytes", "accelerators")] == [
        4, 8 << 30, 50 << 30, 2,
    ]  # fmt: skip
    assert facts.identity["cluster"].startswith("uid-")
    [note] = facts.notes
    assert note == "odd is left out: 'Fremdchip-9' is no chip; say which chip it has: --set chips.odd=CHIP"
    with pytest.raises(InvalidInput) as refused:
        opened(selector={"pool": "lend"}).scheduler.facts()
    assert "no node, or none with these labels" in refused.value.problems[0].message


def test_replicas_of_a_card_are_parts_of_it_where_the_owner_names_their_resource(
    cluster: Cluster, opened: Callable[..., Opened]
) -> None:
    for name, replicas in (("four", "4"), ("three", "3")):
        shared = node(name, gpus=0)
        shared["metadata"]["labels"] |= {"nvidia.com/gpu.product": "NVIDIA-L4-SHARED", "shared": "yes"}
        shared["status"]["allocatable"]["nvidia.com/gpu.shared"] = replicas
        cluster.api.must("POST", "/api/v1/nodes", shared)
    made = opened(selector={"shared": "yes"}, resources={"nv-l4/4": "nvidia.com/gpu.shared"}).scheduler
    facts = made.facts()
    for name in ("four", "three"):
        cluster.api.must("DELETE", f"/api/v1/nodes/{name}")
    [pool] = facts.pools
    assert (pool.chip, pool.machines[0]["name"], pool.machines[0]["accelerators"]) == ("nv-l4/4", "four", 4)
    assert list(facts.notes) == [
        "three is left out: it has 3 of nvidia.com/gpu.shared, and parts are lent of nodes with one card, as nv-l4/4"
    ]


def test_what_the_api_refuses_is_shown_in_its_words_and_what_it_cannot_say_is_not_known(
    cluster: Cluster, opened: Callable[..., Opened], bench: Bench
) -> None:
    scheduler, plan = opened().scheduler, bench.plan("true", organisation=OrganisationId("org_new"))
    words = "exceeded quota: gridtie, requested: requests.cpu=1"
    cluster.api.refuse = lambda method, path: (403, words) if method == "POST" and "/jobs" in path else None
    with pytest.raises(SiteRefused, match=r"Kubernetes: exceeded quota: gridtie, requested: requests\.cpu=1 \(403\)"):
        scheduler.submit("gridtie-run-x-e1", plan)
    made = {item["metadata"]["name"] for item in cluster.api.call("GET", POLICIES)[1]["items"]}
    assert made == {"default-deny", "own-pods", "network-host"}
    cluster.api.refuse = lambda _method, _path: (401, "Unauthorized")
    with pytest.raises(SchedulerAway, match="401, Unauthorized"):
        scheduler.look({})
    cluster.api.refuse = lambda _method, _path: None
    elsewhere = replace(plan, tasks=(replace(plan.tasks[0], machine="gone"),))
    with pytest.raises(SiteRefused, match="knows no node 'gone' any more"):
        scheduler.submit("gridtie-run-x-e1", elsewhere)


def test_what_only_a_moment_forbids_is_tried_again(
    cluster: Cluster, opened: Callable[..., Opened], bench: Bench
) -> None:
    scheduler, plan = opened().scheduler, bench.plan("true", organisation=OrganisationId("org_new"))
    words = "Operation cannot be fulfilled on resourcequotas: the object has been modified"
    cluster.api.refuse = lambda method, _path: (409, words) if method == "POST" else None
    with pytest.raises(SchedulerAway, match="has been modified"):  # no Job of that name is there
        scheduler.submit("gridtie-run-x-e1", plan)
    # an API server that has not read its roles yet; a look comes before each submission
    cluster.api.refuse = lambda _method, _path: (403, "jobs.batch is forbidden: User cannot list resource")
    with pytest.raises(SchedulerAway, match="cannot list resource"):
        scheduler.look({})


def test_a_submission_without_an_answer_holds_up_nobody_else_and_is_given_up_when_the_site_would_not_wait_longer(
    cluster: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    scheduler = opened().scheduler
    bench = Bench(lambda: ScheduledSite(scheduler, every=0.1, patience=2), Spool(tmp_path / "agent"), NODES, slow=2)
    refused = (500, "Internal error occurred: etcdserver: request timed out")
    mute = "/apis/batch/v1/namespaces/gridtie-org-mute/jobs"
    cluster.api.refuse = lambda method, path: refused if (method, path) == ("POST", mute) else None
    stuck = bench.start("true", organisation=OrganisationId("org_mute"))
    bench.until(lambda: "request timed out" in bench.states(stuck)[0].detail)
    assert [end.exit_code for end in bench.ended(bench.start("true"))] == [0]
    [end] = bench.ended(stuck)
    assert (end.state, end.reason) == ("refused", "site")
    assert end.detail == "handed in, and not there, for longer than this site lets a run wait"
    cluster.api.refuse = lambda _method, _path: None
    bench.remove_all()


def test_a_run_without_a_place_waits_in_the_schedulers_words_and_can_be_cancelled(
    cluster: Cluster, bench: Bench
) -> None:
    words = "0/3 nodes are available: 3 Insufficient cpu."
    cluster.kubelet.hold = {
        "phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": words}],
    }  # fmt: skip
    run = bench.start("true")
    bench.until(lambda: words in bench.states(run)[0].detail)
    assert bench.states(run)[0].state == "waiting"
    bench.site.stop(run.ranks, how="cancel")
    [end] = bench.ended(run)
    assert (end.state, end.reason) == ("refused", "cancel")


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_pod_whose_container_cannot_be_made_waits_in_the_words_of_its_event_also_as_the_last_of_a_gang(
    cluster: Cluster, bench: Bench, monkeypatch: pytest.MonkeyPatch, ranks: int
) -> None:
    monkeypatch.setattr(adapter, "QUICK", timedelta())
    placed = {"type": "PodScheduled", "status": "True"}
    cluster.kubelet.hold = {
        "phase": "Pending", "conditions": [placed],
        "containerStatuses": [{"name": "rank", "state": {"waiting": {"reason": "ContainerCreating"}}}],
    }  # fmt: skip
    cluster.kubelet.failing, cluster.kubelet.held_rank = "Failed to create pod sandbox: no network", ranks - 1
    run = bench.start("true", ranks=ranks)
    bench.until(lambda: "FailedCreatePodSandBox: Failed to create pod sandbox" in bench.states(run)[-1].detail)
    assert bench.states(run)[-1].state == "waiting"


def test_a_run_for_devices_that_are_not_in_health_waits_and_without_a_device_plugin_is_refused(
    cluster: Cluster, opened: Callable[..., Opened], bench: Bench
) -> None:
    cluster.kubelet.hold = {"phase": "Pending"}
    plan = bench.plan("true", accelerators=1)
    for shown, name in (("0", "gridtie-run-sick-e1"), (None, "gridtie-run-bare-e1")):
        scheduler = opened().scheduler
        cluster.api.must("PATCH", "/api/v1/nodes/n1", {"status": {"allocatable": {"nvidia.com/gpu": shown}}})
        if shown is None:
            with pytest.raises(SiteRefused, match="n1 shows no accelerators; does its device plugin run"):
                scheduler.submit(name, plan)
        else:
            scheduler.submit(name, plan)
            cluster.api.must("DELETE", f"/apis/batch/v1/namespaces/gridtie-org-a/jobs/{name}")
    cluster.api.must("PATCH", "/api/v1/nodes/n1", {"status": {"allocatable": {"nvidia.com/gpu": "2"}}})


def test_a_run_whose_pods_a_quota_forbids_waits_in_the_words_of_the_quota(cluster: Cluster, bench: Bench) -> None:
    cluster.kubelet.quota = 'Error creating: pods "r" is forbidden: exceeded quota: gridtie, requested: requests.cpu=1'
    run = bench.start("true")
    bench.until(lambda: cluster.kubelet.quota in bench.states(run)[0].detail)
    assert bench.states(run)[0].state == "waiting"


def test_a_second_submission_makes_no_second_job_and_a_pod_is_kept_within_its_limits(
    cluster: Cluster, opened: Callable[..., Opened], bench: Bench
) -> None:
    cluster.kubelet.hold = {"phase": "Pending"}
    scheduler, plan = opened(quota={"requests.cpu": "8"}).scheduler, bench.plan("true", accelerators=1, ranks=2)
    for again in (scheduler, opened().scheduler):
        again.submit("gridtie-run_2-e1", plan)
    [job] = cluster.api.call("GET", "/apis/batch/v1/jobs?labelSelector=gridtie.io/run%3Dgridtie-run_2-e1")[1]["items"]
    spec = job["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["resources"]["requests"] == container["resources"]["limits"] == {
        "cpu": "1", "memory": str(64 << 20), "ephemeral-storage": str(64 << 20), "nvidia.com/gpu": "1",
    }  # fmt: skip
    assert (job["spec"]["completions"], job["spec"]["backoffLimit"], spec["automountServiceAccountToken"]) == (
        2, 0, False,
    )  # fmt: skip
    quota = cluster.api.must("GET", "/api/v1/namespaces/gridtie-org-a/resourcequotas/gridtie")
    assert quota["spec"] == {"hard": {"requests.cpu": "8"}}
    cluster.api.must("DELETE", f"/apis/batch/v1/namespaces/gridtie-org-a/jobs/{job['metadata']['name']}")


@pytest.mark.sandbox
def test_checkpoints_come_while_it_runs_and_go_with_the_jobs_own_also_over_a_time_without_the_api(
    cluster: Cluster, bench: Bench
) -> None:
    run = bench.start(
        "cd ~/checkpoints; head -c 20000000 /dev/zero > t; mv t a; "
        "until [ -e ../go ]; do sleep 0.1; done; echo b > b; rm a; sleep 1"
    )
    here = bench.home(run) / "checkpoints"
    bench.until(lambda: (bench.states(run), (here / "a").exists())[1])
    assert (here / "a").stat().st_size == 20_000_000  # in two exchanges
    cluster.api.refuse = lambda _method, _path: (503, "etcd is not there")
    bench.until(lambda: "503, etcd is not there" in bench.states(run)[0].detail)
    assert bench.states(run)[0].state == "running"
    cluster.kubelet.inside(run.plan.run).joinpath("home", "go").touch()
    cluster.api.refuse = lambda _method, _path: None
    assert [(end.exit_code, end.reason) for end in bench.ended(run)] == [(0, "")]
    assert sorted(path.name for path in here.iterdir()) == ["b"]


@pytest.mark.sandbox
def test_a_run_whose_kubelet_is_away_runs_on_and_says_so_in_the_apis_words(cluster: Cluster, bench: Bench) -> None:
    run = bench.start("echo up; until [ -e ~/go ]; do sleep 0.1; done")
    bench.running(run, "up")
    words = "error dialing backend: dial tcp 10.0.0.9:10250: connect: connection refused"
    cluster.api.refuse = lambda _method, path: (500, words) if path.endswith("/exec") else None
    bench.until(lambda: bench.states(run)[0].detail.endswith(f": 500 {words}"))
    assert bench.states(run)[0].state == "running"
    cluster.kubelet.inside(run.plan.run).joinpath("home", "go").touch()
    cluster.api.refuse = lambda _method, _path: None
    assert [(end.exit_code, end.reason) for end in bench.ended(run)] == [(0, "")]


@pytest.mark.sandbox
def test_a_run_whose_pod_is_evicted_goes_on_elsewhere_also_when_the_api_has_forgotten_the_pod(
    cluster: Cluster, bench: Bench
) -> None:
    run = bench.start("trap 'echo goodbye; exit 1' TERM; echo up; while :; do sleep 0.1; done")
    bench.running(run, "up")
    of_run = f"labelSelector=gridtie.io/run%3Dgridtie-{run.plan.run}-e1"
    [pod] = cluster.api.must("GET", f"/api/v1/pods?{of_run}")["items"]
    path = f"/api/v1/namespaces/gridtie-org-a/pods/{pod['metadata']['name']}"
    cluster.api.must("POST", f"{path}/eviction", {})
    [end] = bench.ended(run)
    assert (end.reason, end.detail) == ("preempted", "Kubernetes: EvictionByEvictionAPI on n1")
    assert "goodbye" in bench.said(run)
    assert cluster.api.call("GET", path)[0] == 404


@pytest.mark.sandbox
def test_a_run_whose_job_is_suspended_goes_on_elsewhere_and_never_begins_a_second_time(
    cluster: Cluster, bench: Bench
) -> None:
    run = bench.start("trap 'echo goodbye; exit 1' TERM; echo up; while :; do sleep 0.1; done")
    bench.running(run, "up")
    path = f"/apis/batch/v1/namespaces/gridtie-org-a/jobs/{object_name(f'gridtie-{run.plan.run}-e1')}"
    cluster.api.must("PATCH", path, {"spec": {"suspend": True}})
    bench.until(lambda: cluster.api.call("GET", path)[0] == 404)
    [end] = bench.ended(run)
    assert (end.state, end.reason, end.detail) == (
        "ended", "preempted", "Kubernetes: its Job was suspended after it had begun",
    )  # fmt: skip
    assert ("goodbye" in bench.said(run), bench.said(run).split().count("up")) == (True, 1)


@pytest.mark.sandbox
def test_files_of_more_bytes_than_the_disk_end_the_run(bench: Bench) -> None:
    run = bench.start("truncate -s 1T ~/checkpoints/holes; sleep 100")
    assert [end.reason for end in bench.ended(run)] == ["disk_limit"]


def test_a_jobs_own_image_is_that_of_its_pods_where_the_owner_lets_it_and_is_refused_elsewhere(
    cluster: Cluster, opened: Callable[..., Opened], bench: Bench
) -> None:
    plan = bench.plan("true", organisation=OrganisationId("org_img"), image="a/b:1")
    allowed = opened(images="yes").scheduler
    assert (allowed.images, opened().scheduler.images) == (True, False)
    allowed.submit("gridtie-run-img-e1", plan)
    made = cluster.api.must("GET", "/apis/batch/v1/namespaces/gridtie-org-img/jobs/gridtie-run-img-e1", None)
    assert made["spec"]["template"]["spec"]["containers"][0]["image"] == "a/b:1"
    cluster.api.must("DELETE", "/apis/batch/v1/namespaces/gridtie-org-img/jobs/gridtie-run-img-e1")
    run = bench.spool.open(plan)
    with pytest.raises(SiteRefused, match="it runs in the image a/b:1, and this site runs no images"):
        bench.site.start(bench.starts(run, {}, 60))

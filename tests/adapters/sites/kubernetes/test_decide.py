"""What the API's records mean for a run, and what a cluster can lend. Pure, case by case."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.adapters.sites.kubernetes import decide
from gridtie.adapters.sites.kubernetes.parse import JobRecord, NodeRecord, PodRecord
from gridtie.dispatch.run import RunPlan, RunTask
from gridtie.dispatch.site import Room, Seen
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId

NOW = datetime(2026, 11, 27, tzinfo=UTC)
JOB = JobRecord(
    name="j", namespace="gridtie-org-a", run="gridtie-run_1-e1", suspended=False, ended="", reason="", message="",
    leaving=False,
)  # fmt: skip
COMPLETE = replace(JOB, ended="Complete", reason="CompletionsReached")
FAILED = replace(JOB, ended="Failed", reason="BackoffLimitExceeded")
LATE = replace(JOB, ended="Failed", reason="DeadlineExceeded")
RUNNING = PodRecord(
    name="p", namespace="gridtie-org-a", run="gridtie-run_1-e1", index=0, node="n1", phase="Running", ip="10.0.0.1",
    leaving=None, requests={"cpu": 2000, "memory": 100, "nvidia.com/gpu": 1}, unschedulable="", waiting=("", ""),
    ended=None, said="", disruption="", reason="", message="", created=NOW - timedelta(seconds=90),
)  # fmt: skip
PENDING = replace(RUNNING, phase="Pending", node="", ip="")
NODE = NodeRecord(
    name="n1", hostname="n1", labels={}, allocatable={"cpu": 7910, "memory": 1000, "nvidia.com/gpu": 4}, out="",
    taints=(),
)  # fmt: skip
PLAN = RunPlan(
    run=RunId("run_1"), job=JobId("job_1"), job_name="t", epoch=1, organisation=OrganisationId("org_a"),
    site=SiteId("site_t"), setup="", command="true", envs=(), secret_names=(), files=(), checkpoint=(), outputs=(),
    tasks=(RunTask(rank=0, machine="n1", cpus=2, memory_bytes=100, disk_bytes=0, accelerators=1),),
    isolation="none", network="host", on_disconnect="stop", time_limit_us=None, lease_stop_us=1, checkpoint_sync_us=1,
    log_limit_bytes=1,
)  # fmt: skip


def over(code: int, reason: str = "Error", *, told: str | None = None, **more: Any) -> PodRecord:
    said = "" if told is None else json.dumps(
        {"exit_code": code, "reason": told, "cpu_us": 1, "memory_peak_bytes": 1}
    )  # fmt: skip
    return replace(RUNNING, phase="Failed" if code else "Succeeded", ended=(reason, code), said=said, **more)


def seen(job: JobRecord | None, *pods: PodRecord, ranks: int = 1, asked: str = "", patient: bool = True,
         began: bool = False) -> Seen:  # fmt: skip
    return decide.meaning(
        job, pods, ranks=ranks, asked=asked, patient=patient, began=began, now=NOW
    ).seen  # fmt: skip


DISRUPTED = [
    ("PreemptionByScheduler", "preempted"), ("EvictionByEvictionAPI", "preempted"),
    ("DeletionByTaintManager", "site"), ("DeletionByPodGC", "site"), ("TerminationByKubelet", "site"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("job", "pod", "reason", "code"),
    [
        (COMPLETE, over(0, "Completed"), "", 0),
        (FAILED, over(3), "exit", 3),
        (FAILED, over(137, "OOMKilled"), "out_of_memory", 137),
        (COMPLETE, over(0, "OOMKilled"), "", 0),  # a child was killed, its parent did not mind
        (LATE, over(143), "time_limit", None),
        (LATE, over(143, disruption="DeletionByPodGC"), "time_limit", None),
        (FAILED, replace(over(1), reason="DeadlineExceeded"), "time_limit", None),
        *((FAILED, over(143, disruption=word), reason, None) for word, reason in DISRUPTED),
        (FAILED, replace(over(137), reason="Evicted", message="The node was low on resource: memory."), "site", None),
        (FAILED, replace(over(137), reason="NodeLost"), "site", None),
        (FAILED, replace(over(137), message='Usage of EmptyDir volume "work" exceeds the limit "1Gi".',
                         reason="Evicted", disruption="TerminationByKubelet"), "disk_limit", None),
        (FAILED, replace(over(137), message='Container rank exceeded its local ephemeral storage limit "1Gi".',
                         reason="Evicted", disruption="TerminationByKubelet"), "disk_limit", None),
        (FAILED, replace(over(137), reason="Evicted", disruption="TerminationByKubelet",
                         message="The node was low on resource: ephemeral-storage. Container rank was using 9Gi, "
                                 "request is 8Gi, has larger consumption of ephemeral-storage."), "site", None),
        (FAILED, over(128, "StartError"), "site", None),
        (FAILED, replace(RUNNING, phase="Failed", reason="UnexpectedAdmissionError",
                         message="Pod was rejected: no healthy devices present"), "site", None),
        (FAILED, over(76), "site", None),  # the agent brought it nothing
        (FAILED, over(76, told="exit"), "exit", 76),  # the job's own number
        (FAILED, over(255, "ContainerStatusUnknown"), "site", None),
        (FAILED, over(255, "Unknown"), "site", None),  # its node was started anew
        (None, over(0, "Completed"), "site", None),  # somebody has deleted its Job
    ],
)  # fmt: skip
def test_each_end_means_one_thing(job: JobRecord | None, pod: PodRecord, reason: str, code: int | None) -> None:
    found = seen(job, pod)
    assert (found.phase, found.reason, found.exit_code) == ("ended", reason, code)
    assert found.detail.startswith("Kubernetes: ")


def test_of_two_ranks_the_one_that_was_disrupted_speaks() -> None:
    found = seen(FAILED, over(143), over(143, disruption="PreemptionByScheduler", node="n2"), ranks=2)
    assert (found.reason, found.detail) == ("preempted", "Kubernetes: PreemptionByScheduler on n2")


@pytest.mark.parametrize(
    ("job", "pod", "asked", "phase", "reason"),
    [
        (COMPLETE, over(0, told=""), "cancel", "ended", ""),  # it was over before
        (COMPLETE, over(0, told="terminated"), "cancel", "ended", "cancel"),  # it said goodbye
        (FAILED, over(143, told="terminated"), "evict", "ended", "preempted"),
        (FAILED, over(3, told="exit"), "cancel", "ended", "exit"),
        (FAILED, over(137), "cancel", "ended", "cancel"),
        (FAILED, over(137), "kill", "ended", "lease"),
        (None, replace(PENDING, phase="Failed"), "cancel", "refused", "cancel"),  # it never had a node
    ],
)
def test_an_order_explains_an_end_that_is_not_the_runs_own(
    job: JobRecord | None, pod: PodRecord, asked: str, phase: str, reason: str
) -> None:
    found = seen(job, pod, asked=asked)
    assert (found.phase, found.reason) == (phase, reason)


def test_what_waits_says_so_in_the_clusters_own_words_and_not_for_ever() -> None:
    full = replace(PENDING, unschedulable="0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
    pull = replace(PENDING, node="n1", waiting=("ImagePullBackOff", 'Back-off pulling image "ranks:9"'))
    for job, pods, words in (
        (JOB, [full], full.unschedulable),
        (JOB, [pull], 'ImagePullBackOff: Back-off pulling image "ranks:9"'),
        (replace(JOB, suspended=True), [], "suspended: Kueue has not admitted it"),
        (JOB, [], "its pods are being made"),
    ):
        waits = decide.meaning(job, pods, ranks=1, asked="", patient=True, began=False, now=NOW)
        assert (waits.seen.phase, waits.delete) == ("waiting", False)
        assert words in waits.seen.detail
        goes = decide.meaning(job, pods, ranks=1, asked="", patient=False, began=False, now=NOW)
        assert (goes.seen.phase, goes.seen.reason, goes.delete) == ("refused", "site", True)
        assert words in goes.seen.detail


def test_an_image_that_cannot_be_is_refused_at_once_and_its_job_deleted() -> None:
    pod = replace(PENDING, waiting=("InvalidImageName", "couldn't parse image name"))
    found = decide.meaning(JOB, [pod], ranks=1, asked="", patient=True, began=False, now=NOW)
    assert (found.seen.phase, found.delete) == ("refused", True)
    assert "check `image` in the agent's settings" in found.seen.detail


def test_a_gang_runs_when_all_its_ranks_do_and_a_half_one_gives_up_its_nodes() -> None:
    second = replace(RUNNING, index=1, node="n2")
    assert seen(JOB, RUNNING, second, ranks=2).phase == "running"
    assert seen(JOB, RUNNING, replace(PENDING, index=1), ranks=2).phase == "waiting"
    unplaced = replace(PENDING, index=1, unschedulable="0/2 nodes are available: 1 Insufficient cpu.")
    given_up = decide.meaning(JOB, [RUNNING, unplaced], ranks=2, asked="", patient=False, began=False, now=NOW)
    assert (given_up.seen.phase, given_up.delete) == ("refused", True)
    assert "some ranks run, others wait: 0/2 nodes are available" in given_up.seen.detail
    assert seen(FAILED, RUNNING, over(3), ranks=2).phase == "running"  # until the other has ended too
    unheard = seen(JOB, replace(RUNNING, phase="Unknown"))
    assert (unheard.phase, unheard.detail) == ("running", "Kubernetes: node of p is not heard")


def test_a_pod_that_is_not_ended_long_after_it_should_have_is_on_a_lost_node_and_its_run_goes_on_elsewhere() -> None:
    dead = replace(RUNNING, disruption="DeletionByTaintManager", leaving=NOW - timedelta(seconds=61))
    for job, pods in ((JOB, [dead]), (FAILED, [dead, over(143)]), (None, [dead])):
        found = decide.meaning(job, pods, ranks=len(pods), asked="", patient=True, began=False, now=NOW)
        assert (found.seen.phase, found.seen.reason, found.delete) == ("ended", "site", True)
        assert found.seen.detail == "Kubernetes: DeletionByTaintManager on n1"
    assert seen(JOB, replace(dead, leaving=NOW - timedelta(seconds=59))).phase == "running"
    assert seen(JOB, replace(dead, disruption=""), asked="cancel").reason == "cancel"


def test_a_run_that_had_begun_never_waits_again_also_where_its_pods_go_before_its_job_says_why() -> None:
    for pods in ([], [RUNNING]):  # all of a gang, or one of two
        found = decide.meaning(JOB, pods, ranks=2, asked="", patient=False, began=True, now=NOW)
        assert (found.seen.phase, found.delete) == ("running", False)
    assert seen(LATE, began=True).reason == "time_limit"


def test_what_other_people_ask_for_is_not_lent_and_what_is_ours_is() -> None:
    others = replace(RUNNING, run="", requests={"cpu": 1000, "memory": 300, "nvidia.com/gpu": 1})
    queued = replace(PENDING, run="", unschedulable="0/1 nodes are available")
    pods = [RUNNING, others, replace(others, phase="Succeeded"), queued]
    nodes = [
        NODE, replace(NODE, name="n2", out="cordoned"),
        replace(NODE, name="n3", taints=(("team", "NoSchedule"),)),
        replace(NODE, name="n4", taints=(("nvidia.com/gpu", "NoSchedule"),)), replace(NODE, name="n5"),
    ]  # fmt: skip
    found = decide.capacity(
        nodes, pods, [PLAN], resources={"nvidia.com/gpu"}, ours=["n1", "n2", "n3", "n4"], now=NOW
    )  # fmt: skip
    none = Room(cpus=0, memory_bytes=0, accelerators=0)
    assert found.machines == {
        "n1": Room(cpus=6, memory_bytes=700, accelerators=3), "n2": none, "n3": none,
        "n4": Room(cpus=7, memory_bytes=1000, accelerators=4),
    }  # fmt: skip
    assert (found.queue_wait_s, found.note) == (90, "n2: cordoned; n3: taint team:NoSchedule")
    stranger = decide.capacity([NODE], pods, [], resources={"nvidia.com/gpu"}, ours=["n1"], now=NOW)
    assert stranger.machines["n1"] == Room(cpus=4, memory_bytes=600, accelerators=2)

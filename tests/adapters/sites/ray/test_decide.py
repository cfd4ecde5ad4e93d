"""What Ray's records mean for a run, and what a cluster can lend. Pure, case by case."""

from dataclasses import replace
from typing import Any

import pytest

from gridtie.adapters.sites.ray import decide
from gridtie.adapters.sites.ray.parse import JobRecord, NodeRecord, Told, Usage
from gridtie.dispatch.run import RunPlan, RunTask
from gridtie.dispatch.site import Room, Seen
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId

JOB = JobRecord(status="RUNNING", message="Job is currently running.")
NODE = NodeRecord(
    id="a0", name="n0", address="10.0.0.1", alive=True, cpus=8, memory_bytes=1000, devices={"GPU": 4}, kind="H200"
)
WAITING = Told(phase="waiting", detail="NO_RESOURCES")
BEGUN = Told(phase="running", ran=True)
ENDED = Told(phase="ended", ran=True, reason="exit", exit_code=3, detail="rank 1 ended with 3")
PLAN = RunPlan(
    run=RunId("run_1"), job=JobId("job_1"), job_name="t", epoch=1, organisation=OrganisationId("org_a"),
    site=SiteId("site_t"), setup="", command="true", envs=(), secret_names=(), files=(), checkpoint=(), outputs=(),
    tasks=tuple(RunTask(rank=n, machine=f"n{n}", cpus=2, memory_bytes=100, disk_bytes=0, accelerators=1)
                for n in range(2)),
    isolation="none", network="host", on_disconnect="stop", time_limit_us=None, lease_stop_us=1, checkpoint_sync_us=1,
    log_limit_bytes=1,
)  # fmt: skip


def seen(told: Told | None, asked: str = "", *, patient: bool = True, **job: Any) -> Seen:
    return decide.meaning(replace(JOB, **job), told, asked=asked, patient=patient).seen


@pytest.mark.parametrize(
    ("status", "told", "phase", "reason", "code"),
    [
        ("PENDING", None, "waiting", "", None),
        ("RUNNING", None, "waiting", "", None),  # its driver is starting
        ("RUNNING", WAITING, "waiting", "", None),
        ("RUNNING", replace(WAITING, detail="INFEASIBLE"), "refused", "site", None),
        ("RUNNING", BEGUN, "running", "", None),
        ("RUNNING", ENDED, "running", "", None),  # until Ray says that it is over
        ("SUCCEEDED", replace(ENDED, reason="", exit_code=0), "ended", "", 0),
        ("FAILED", ENDED, "ended", "exit", 3),
        ("FAILED", replace(ENDED, reason="lease", exit_code=137), "ended", "lease", 137),
        ("FAILED", replace(ENDED, reason="out_of_memory", exit_code=137), "ended", "out_of_memory", 137),
        ("FAILED", replace(ENDED, reason="lost", exit_code=1), "ended", "site", None),
        ("FAILED", replace(ENDED, reason="a reason of a later version"), "ended", "site", None),
        ("FAILED", BEGUN, "ended", "site", None),  # it was killed
        ("FAILED", None, "refused", "site", None),  # it could not start
        ("STOPPED", BEGUN, "ended", "preempted", None),  # by somebody else
        ("STOPPED", replace(ENDED, reason="stopped", exit_code=143), "ended", "preempted", None),
    ],
)
def test_each_state_of_ray_and_of_our_driver_means_one_thing(
    status: str, told: Told | None, phase: str, reason: str, code: int | None
) -> None:
    found = seen(told, status=status)
    assert (found.phase, found.reason, found.exit_code) == (phase, reason, code)


@pytest.mark.parametrize(
    ("asked", "told", "phase", "reason"),
    [
        ("cancel", None, "refused", "cancel"),
        ("cancel", BEGUN, "ended", "cancel"),
        ("evict", BEGUN, "ended", "preempted"),
        ("kill", BEGUN, "ended", "lease"),
    ],
)
def test_what_we_told_to_end_ended_for_that_reason_unless_it_was_done(
    asked: str, told: Told | None, phase: str, reason: str
) -> None:
    for status in ("STOPPED", "FAILED"):
        found = seen(told, asked, status=status)
        assert (found.phase, found.reason) == (phase, reason)
    assert (seen(told, asked, status="SUCCEEDED").exit_code, seen(told, asked, status="SUCCEEDED").reason) == (0, "")


def test_who_is_second_under_one_name_did_nothing() -> None:
    found = seen(BEGUN, status="FAILED", exit_code=decide.CLAIMED)
    assert (found.phase, found.reason, found.detail) == ("ended", "site", "Ray: another job has claimed this run")


def test_waiting_is_told_in_rays_words_and_its_end_too() -> None:
    assert seen(WAITING).detail == "in Ray's queue: NO_RESOURCES"
    late = decide.meaning(JOB, WAITING, asked="", patient=False)
    assert (late.stop, late.seen.phase) == (True, "refused")
    assert "NO_RESOURCES, for longer than this site lets a run wait" in late.seen.detail
    message = (
        "Job entrypoint command failed with exit code 1, last available logs:\nTraceback …\nNo module named 'ray'\n"
    )
    assert seen(None, status="FAILED", message=message).detail == (
        "Ray: FAILED: Job entrypoint command failed with exit code 1, last available logs: … No module named 'ray'"
    )


def test_bundles_are_pinned_to_the_nodes_that_the_market_chose() -> None:
    other = replace(NODE, id="a1", name="n1", address="10.0.0.2", devices={"NPU": 8})
    made = decide.gang(replace(PLAN, setup="true"), [NODE, other])
    assert made == {
        "bundles": [
            {"CPU": 2, "memory": 100, "node:10.0.0.1": 0.001, "GPU": 1},
            {"CPU": 2, "memory": 100, "node:10.0.0.2": 0.001, "NPU": 1},
        ],
        "strategy": "STRICT_SPREAD",
        "phases": ["setup", "command"],
    }
    assert decide.gang(PLAN, [NODE, NODE])["strategy"] == "PACK"
    assert decide.gang(PLAN, [NODE, NODE])["phases"] == ["command"]


def test_what_others_use_is_not_lent_and_what_ours_use_is() -> None:
    nodes = {"n0": NODE, "n1": replace(NODE, id="a1", name="n1"), "n2": replace(NODE, alive=False, why="missed checks")}
    usage = Usage(used={"a0": {"CPU": 2.5, "memory": 300.0, "GPU": 3.0}, "a1": {"CPU": 2.0}})
    capacity = decide.capacity(nodes, usage, [PLAN])
    assert capacity.machines == {"n0": Room(7, 800, 2), "n1": Room(8, 1000, 4), "n2": Room(0, 0, 0)}
    assert (capacity.queue_wait_s, capacity.note) == (0, "n2: dead (missed checks)")
    assert decide.capacity(nodes, replace(usage, queued=1), [PLAN]).queue_wait_s is None
    silent = decide.capacity({"n0": NODE}, Usage(used=None), [])
    assert silent.machines == {"n0": Room(8, 1000, 4)}
    assert "Ray does not say what is in use" in silent.note


def test_what_cannot_be_lent_is_left_out_and_named() -> None:
    nodes = [
        NODE,
        replace(NODE, id="a1", name="head", address="10.0.0.2", cpus=0),
        replace(NODE, id="a2", name="两种", address="10.0.0.3", devices={"GPU": 1, "NPU": 1}),
        replace(NODE, id="a3", name="陌生", address="10.0.0.4", kind="陌生卡"),
        replace(NODE, id="a4", name="plain", address="10.0.0.5", devices={}, kind=""),
        replace(NODE, id="a5", name="twin", address="10.0.0.6", devices={}, kind=""),
        replace(NODE, id="a6", name="Twin", address="10.0.0.7", devices={}, kind=""),
        replace(NODE, id="a7", name="x", address="10.0.0.8"),
        replace(NODE, id="a8", name="y", address="10.0.0.8"),
        replace(NODE, id="a9", name="old", address="10.0.0.9", alive=False),
    ]
    facts = decide.facts(nodes, only=set(), chips={"H200": "nv-h200"}, disk_bytes=5, identity="c")
    assert {pool.chip: [machine["name"] for machine in pool.machines] for pool in facts.pools} == {
        "nv-h200": ["n0"],
        "cpu": ["10.0.0.6", "10.0.0.7", "plain"],
    }
    assert list(facts.notes) == [
        "head is left out: it lends no core (--num-cpus=0)",
        "10.0.0.3 is left out: it has accelerators of several kinds (GPU, NPU)",
        "x is left out: two nodes have the address 10.0.0.8, and Ray tells them apart by that",
        "y is left out: two nodes have the address 10.0.0.8, and Ray tells them apart by that",
        "10.0.0.4 is left out: accelerator type '陌生卡' is no chip; say which: --set chips.陌生卡=CHIP",
    ]
    assert decide.facts(nodes, only={"10.0.0.5"}, chips={}, disk_bytes=5, identity="c").pools[0].machines[0] == {
        "name": "plain", "cpus": 8, "memory_bytes": 1000, "disk_bytes": 5, "accelerators": 0,
    }  # fmt: skip


def test_cards_lent_in_parts_are_counted_in_them_and_bundles_ask_ray_for_the_fraction() -> None:
    one = replace(NODE, devices={"GPU": 1})
    plain = replace(NODE, id="a2", name="plain", address="10.0.0.3", devices={}, kind="")
    nodes = [one, replace(NODE, id="a1", name="n1", address="10.0.0.2"), plain]
    facts = decide.facts(nodes, only=set(), chips={"H200": "nv-h200"}, disk_bytes=5, identity="c", share=7)
    assert {pool.chip: [(m["name"], m["accelerators"]) for m in pool.machines] for pool in facts.pools} == {
        "cpu": [("plain", 0)], "nv-h200/7": [("n0", 7)],
    }  # fmt: skip
    assert list(facts.notes) == ["n1 is left out: it has several cards, and parts are lent of nodes with one"]
    tasks = tuple(replace(PLAN.tasks[0], accelerators=parts, share=7) for parts in (3, 4))
    asked = [bundle["GPU"] for bundle in decide.gang(replace(PLAN, tasks=tasks), [one, one])["bundles"]]
    assert asked == [0.4285, 0.5714]
    assert sum(asked) <= 1
    mine = replace(PLAN, tasks=tasks[:1])
    used = Usage(used={"a0": {"GPU": 0.4285 + 0.5}})
    # Others have half of it.
    assert decide.capacity({"n0": one}, used, [mine], share=7).machines["n0"].accelerators == 3


def test_a_node_that_came_back_is_alive_again() -> None:
    again = replace(NODE, id="b0")
    found, _ = decide.machines([again, replace(NODE, alive=False)], only=set())
    assert found == {"n0": again}


def test_every_node_is_started_by_a_shell_that_takes_its_words_as_they_are() -> None:
    what = decide.submission(folder="/数 据/runs/gridtie-run_1-e1", python="/opt/my python")
    assert what["entrypoint"] == (
        "exec '/opt/my python' '/数 据/runs/gridtie-run_1-e1/driver.py' '/数 据/runs/gridtie-run_1-e1'"
    )

"""Answers of Ray 2.60's dashboard as they came, shortened, and what may stand there instead."""

from typing import Any

import pytest

from gridtie.adapters.sites.ray import parse
from gridtie.adapters.sites.ray.parse import JobRecord, NodeRecord, Told, Usage
from gridtie.errors import SchedulerAway

NODES: Any = {
    "result": True, "msg": "", "data": {"result": {"total": 2, "num_after_truncation": 2, "num_filtered": 2, "result": [
        {"node_id": "30340655", "node_ip": "127.0.0.2", "is_head_node": False, "state": "ALIVE", "state_message": None,
         "node_name": "two", "labels": {"ray.io/node-id": "30340655", "ray.io/accelerator-type": "H200"},
         "resources_total": {"memory": 4000000000.0, "GPU": 4.0, "object_store_memory": 80000000.0, "CPU": 8.0,
                             "node:127.0.0.2": 1.0, "CPU_group_26caf28a": 2.0, "GPU_group_0_26caf28a": 1.0}},
        {"node_id": "f846745e", "node_ip": "192.0.2.2", "is_head_node": True, "state": "DEAD", "node_name": "one",
         "state_message": "Unexpected termination: health check failed due to missing too many heartbeats",
         "resources_total": {}, "labels": {}},
    ], "partial_failure_warning": "", "warnings": None}},
}  # fmt: skip
STATUS: Any = {
    "result": True, "msg": "Got cluster status.", "data": {"autoscalingError": None, "clusterStatus": {
        "loadMetricsReport": {
            "resourceDemand": [[{"CPU": 1.0}, 3]],
            "pgDemand": [[{"bundles": [[{"CPU": 7.0, "node:127.0.0.9": 0.001}, 1]], "strategy": "PACK"}, 1]],
            "usageByNode": {
                "f846745e": {"CPU": [4.0, 8.0], "memory": [1e9, 4e9], "node:InternalHead": [0.0, 1.0]},
                "30340655": {"CPU": [0.0, 8.0], "GPU": [1.0, 4.0]},
            },
        }}},
}  # fmt: skip
JOB: Any = {
    "type": "SUBMISSION", "job_id": "02000000", "submission_id": "gridtie-a-e1", "status": "FAILED",
    "message": "Job entrypoint command failed with exit code 3", "error_type": "JOB_ENTRYPOINT_COMMAND_ERROR",
    "driver_exit_code": 3,
}  # fmt: skip


def test_nodes_are_read_and_shares_of_placement_groups_are_none_of_theirs() -> None:
    two, one = parse.nodes(NODES)
    assert two == NodeRecord(
        id="30340655", name="two", address="127.0.0.2", alive=True, cpus=8, memory_bytes=4_000_000_000,
        devices={"GPU": 4}, kind="H200",
    )  # fmt: skip
    assert (one.alive, one.cpus, one.why[:22]) == (False, 0, "Unexpected termination")


def test_a_type_is_also_read_from_the_resource_that_older_nodes_have() -> None:
    entry = {**NODES["data"]["result"]["result"][0], "labels": None, "node_name": ""}
    entry["resources_total"] = {"CPU": 4.0, "NPU": 8.0, "accelerator_type:Ascend910B": 1.0}
    [node] = parse.nodes({"data": {"result": {"result": [entry]}}})
    assert (node.name, node.devices, node.kind) == ("127.0.0.2", {"NPU": 8}, "Ascend910B")


def test_usage_is_read_where_it_is_told() -> None:
    assert parse.usage(STATUS) == Usage(
        used={"f846745e": {"CPU": 4.0, "memory": 1e9, "node:InternalHead": 0.0}, "30340655": {"CPU": 0.0, "GPU": 1.0}},
        queued=4,
    )
    for silent in ({"data": {"clusterStatus": None}}, {"data": {}}, {"data": {"clusterStatus": {"clusterState": {}}}}):
        assert parse.usage(silent) == Usage(used=None, queued=0)


def test_a_job_is_read() -> None:
    assert parse.job(JOB) == JobRecord(
        status="FAILED", message="Job entrypoint command failed with exit code 3", exit_code=3,
        error="JOB_ENTRYPOINT_COMMAND_ERROR",
    )  # fmt: skip


@pytest.mark.parametrize("answer", [None, [], "", {}, {"data": None}, {"data": {"result": {"result": [{}]}}}])
def test_what_cannot_be_read_is_no_answer(answer: Any) -> None:
    for read in (parse.nodes, parse.job, parse.identity):
        with pytest.raises(SchedulerAway, match="cannot be read"):
            read(answer)
    with pytest.raises(SchedulerAway, match="cannot be read"):
        parse.read(b"<html>\xff", "/api/version")


def test_of_a_trace_the_last_line_is_told() -> None:
    body = b"Traceback (most recent call last):\n  File ...\nValueError: Job with submission_id x already exists.\n.\n"
    assert parse.words(body) == "ValueError: Job with submission_id x already exists."
    assert parse.words("没有令牌".encode()) == "没有令牌"
    assert parse.words(b" \n") == "no reason given"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'{"phase": "running", "ran": true}', Told(phase="running", ran=True)),
        (b'{"phase": "ended", "reason": "exit", "exit_code": 3}', Told(phase="ended", reason="exit", exit_code=3)),
        (b'{"phase": "done"}', None),
        (b'{"phase": "ended", "exit_code": 4711}', None),
        (b'{"phase": "ended", "exit_code": "\xe4\xb8\x89"}', None),
        (b'["ended"]', None),
        (b'{"phase": "run', None),
        (None, None),
    ],
)
def test_of_what_a_run_can_write_only_what_can_be_true_counts(text: bytes | None, told: Told | None) -> None:
    assert parse.told(text) == told

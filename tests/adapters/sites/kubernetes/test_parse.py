"""What stands in the API's objects, and what is missing there."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gridtie.adapters.sites.kubernetes import parse


@pytest.mark.parametrize(
    ("text", "value"),
    [("100m", "0.1"), ("2", "2"), (2, "2"), ("1e3", "1000"), ("16Gi", str(16 << 30)), ("1.5G", "1500000000"),
     ("7910m", "7.91"), ("128974848000m", "128974848"), ("1E", "1e18"), ("500n", "5e-7"), ("", "0"),
     ("viel", "0"), (None, "0"), ("Gi", "0")],
)  # fmt: skip
def test_a_quantity_is_read_in_every_unit(text: object, value: str) -> None:
    assert parse.quantity(text) == Decimal(value)


def test_amounts_are_whole_numbers_and_cores_thousandths() -> None:
    given = {"cpu": "1500m", "memory": "1Ki", "nvidia.com/gpu": "8", "x": "NaN", "y": "1e30", "z": "Infinity"}
    assert parse.amounts(given) == {"cpu": 1500, "memory": 1024, "nvidia.com/gpu": 8, "x": 0, "y": 0, "z": 0}
    assert parse.amounts(None) == {}


def test_an_object_with_nothing_in_it_is_read_as_empty() -> None:
    assert parse.node({}).out == "not ready: nothing heard of it"
    pod = parse.pod({"metadata": {}, "status": {"containerStatuses": None, "conditions": None}})
    assert (pod.phase, pod.run, pod.index, pod.ended, pod.created, pod.requests) == ("Pending", "", 0, None, None, {})
    assert parse.job({"status": {}}).ended == ""


def test_a_node_says_whether_it_takes_work() -> None:
    ready = {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": "4"}}
    item: dict[str, Any] = {
        "metadata": {"name": "n1", "labels": {"kubernetes.io/hostname": "host1"}}, "status": ready,
        "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b", "effect": "PreferNoSchedule"}]},
    }  # fmt: skip
    found = parse.node(item)
    assert (found.hostname, found.out, found.taints, found.allocatable["cpu"]) == (
        "host1", "", (("a", "NoSchedule"),), 4000,
    )  # fmt: skip
    assert parse.node({**item, "spec": {"unschedulable": True}}).out == "cordoned"
    gone = {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}]}
    assert parse.node({**item, "status": gone}).out == "not ready: NodeStatusUnknown"


def test_a_pod_says_who_it_is_what_it_asks_for_and_how_it_ended() -> None:
    requests = [{"resources": {"requests": {"cpu": "1"}}}, {"resources": {"requests": {"cpu": "500m"}}}, {}]
    found = parse.pod({
        "metadata": {"name": "p", "namespace": "a", "labels": {parse.LABEL_RUN: "gridtie-r-e1"},
                     "annotations": {parse.INDEX: "3"}, "creationTimestamp": "2026-11-27T01:02:03Z",
                     "deletionTimestamp": "2026-11-27T01:02:04Z"},
        "spec": {"nodeName": "n1", "containers": requests,
                 "initContainers": [{"resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}]},
        "status": {"phase": "Failed", "reason": "Evicted", "containerStatuses": [
            {"state": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "message": "{}"}}}],
            "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"},
                           {"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]},
    })  # fmt: skip
    assert (found.run, found.index, found.node) == ("gridtie-r-e1", 3, "n1")
    assert found.leaving == datetime(2026, 11, 27, 1, 2, 4, tzinfo=UTC)
    assert found.requests == {"cpu": 2000, "memory": 1 << 30}
    assert (found.ended, found.said, found.disruption) == (("OOMKilled", 137), "{}", "PreemptionByScheduler")
    assert (found.reason, found.unschedulable) == ("Evicted", "0/3 nodes")
    assert found.created == datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC)


def asks(**more: Any) -> dict[str, Any]:
    return {"resources": {"requests": {name: str(value) for name, value in more.items()}}}


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"initContainers": [{**asks(cpu=1), "restartPolicy": "Always"}]}, 3000),  # a sidecar stays beside the others
        ({"initContainers": [{**asks(cpu=1), "restartPolicy": "Always"}, asks(cpu=4)]}, 5000),
        ({"initContainers": [asks(cpu=4), {**asks(cpu=1), "restartPolicy": "Always"}]}, 4000),
        ({"overhead": {"cpu": "250m"}}, 2250),
        ({**asks(cpu=6), "overhead": {"cpu": "250m"}}, 6250),  # for the pod as a whole
    ],
)
def test_a_pods_requests_are_counted_as_the_scheduler_counts_them(spec: dict[str, Any], cpu: int) -> None:
    found = parse.pod({"spec": {"containers": [asks(cpu=2, memory="1Ki")], **spec}})
    assert found.requests == {"cpu": cpu, "memory": 1024}

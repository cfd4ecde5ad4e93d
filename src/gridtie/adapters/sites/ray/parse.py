"""What Ray's dashboard answers, as records. Pure; the shapes are those of Ray 2.60."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.errors import SchedulerAway

DEVICES = ("GPU", "NPU")  # what Ray calls accelerators and hands out by number, with the variables rank.py passes on
TYPE_LABEL = "ray.io/accelerator-type"
TYPE_PREFIX = "accelerator_type:"
WORDS_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    """`devices`: resource → count; `kind`: its accelerator type as Ray found or was told it, '' where it was not."""

    id: str
    name: str
    address: str
    alive: bool
    cpus: int
    memory_bytes: int
    devices: Mapping[str, int]
    kind: str = ""
    why: str = ""  # when it is dead


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """`exit_code`: of the driver, our own program, not of a rank."""

    status: str
    message: str
    exit_code: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """`used`: node id → resource → amount; None where Ray's autoscaler does not tell. `queued`: demands that wait."""

    used: Mapping[str, Mapping[str, float]] | None
    queued: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What our driver on the cluster says of itself: `phase` waiting, running or ended."""

    phase: str
    ran: bool = False
    reason: str = ""
    exit_code: int | None = None
    detail: str = ""


def read(body: bytes, path: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as cause:
        raise unreadable(path, words(body)) from cause


def unreadable(path: str, what: str) -> SchedulerAway:
    reason = f"its answer to {path} cannot be read: {what[:80]!r}"
    return SchedulerAway(scheduler="Ray", reason=reason, look="ray status")


def words(body: bytes) -> str:
    """The last line of a trace of Python, or all there is, shortened."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip(" .")]
    return lines[-1][:WORDS_MAX] if lines else "no reason given"


def job(found: Any) -> JobRecord:
    try:
        code = found["driver_exit_code"]
        return JobRecord(
            status=str(found["status"]), message=str(found["message"] or ""), error=str(found["error_type"] or ""),
            exit_code=None if code is None else int(code),
        )  # fmt: skip
    except (TypeError, KeyError, ValueError) as cause:
        raise unreadable("/api/jobs", repr(found)) from cause


def nodes(found: Any) -> list[NodeRecord]:
    try:
        return [_node(one) for one in found["data"]["result"]["result"]]
    except (TypeError, KeyError, ValueError, AttributeError) as cause:
        raise unreadable("/api/v0/nodes", repr(found)) from cause


def _node(one: Any) -> NodeRecord:
    total: Mapping[str, float] = one["resources_total"] or {}
    named = next((name.removeprefix(TYPE_PREFIX) for name in total if name.startswith(TYPE_PREFIX)), "")
    return NodeRecord(
        id=str(one["node_id"]), name=str(one["node_name"] or one["node_ip"]), address=str(one["node_ip"]),
        alive=one["state"] == "ALIVE", cpus=int(total.get("CPU", 0)), memory_bytes=int(total.get("memory", 0)),
        devices={name: int(total[name]) for name in DEVICES if total.get(name)},
        kind=str((one.get("labels") or {}).get(TYPE_LABEL) or named), why=str(one.get("state_message") or ""),
    )  # fmt: skip


def usage(found: Any) -> Usage:
    """The autoscaler's report; its second version leaves it out."""
    try:
        report = ((found["data"] or {}).get("clusterStatus") or {}).get("loadMetricsReport") or {}
        by_node = report.get("usageByNode")
        used = by_node and {
            str(node): {name: float(amounts[0]) for name, amounts in resources.items()}
            for node, resources in by_node.items()
        }
        queued = [entry[1] for kind in ("resourceDemand", "pgDemand") for entry in report.get(kind) or ()]
        return Usage(used=used or None, queued=sum(map(int, queued)))
    except (TypeError, KeyError, ValueError, IndexError, AttributeError) as cause:
        raise unreadable("/api/cluster_status", repr(found)) from cause


def identity(found: Any) -> str:
    try:
        return str(found["data"]["clusterId"])
    except (TypeError, KeyError) as cause:
        raise unreadable("/cluster_id", repr(found)) from cause


def told(text: bytes | None) -> Told | None:
    """The run's user can write anything there: only what can be true counts."""
    try:
        data = json.loads(text or b"")
        code = data.get("exit_code")
        if data["phase"] not in ("waiting", "running", "ended") or not (code is None or 0 <= int(code) <= 255):
            return None
        return Told(
            phase=data["phase"], ran=data.get("ran") is True, exit_code=None if code is None else int(code),
            reason=str(data.get("reason", "")), detail=str(data.get("detail", ""))[:WORDS_MAX],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None

"""The API's objects as records. Pure; what an object leaves out is zero or empty, as the API means it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LABEL_RUN = "gridtie.io/run"
LABEL_SITE = "gridtie.io/managed"
INDEX = "batch.kubernetes.io/job-completion-index"
_UNITS = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)} | {
    letter: Decimal(1000) ** power for power, letter in enumerate(("k", "M", "G", "T", "P", "E"), 1)
}
_BINARY = {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRecord:
    name: str
    hostname: str
    labels: Mapping[str, str]
    allocatable: Mapping[str, int]  # cpu in thousandths, everything else in its own unit
    out: str  # why it takes no work, '' when it does
    taints: tuple[tuple[str, str], ...]  # key and effect of those that keep work away


@dataclass(frozen=True, slots=True, kw_only=True)
class PodRecord:
    name: str
    namespace: str
    run: str  # '' for other people's
    index: int
    node: str
    phase: str
    ip: str
    leaving: datetime | None  # it was deleted, and has until then to end
    requests: Mapping[str, int]
    unschedulable: str  # the scheduler's own words
    waiting: tuple[str, str]  # the container's reason and message
    ended: tuple[str, int] | None  # the container's reason and exit code
    said: str  # its termination message
    disruption: str  # reason of the DisruptionTarget condition
    reason: str
    message: str
    created: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    name: str
    namespace: str
    run: str
    suspended: bool
    ended: str  # Complete, Failed or ''
    reason: str
    message: str  # why it failed; the adapter adds why it gets no pods
    leaving: bool


def quantity(text: object) -> Decimal:
    """A Kubernetes quantity: 100m, 2, 1e3, 16Gi. 0 for what is none."""
    words = str(text).strip()
    for unit, factor in (*_BINARY.items(), *_UNITS.items()):
        if words.endswith(unit):
            try:
                return Decimal(words[: len(words) - len(unit)]) * factor
            except InvalidOperation:
                continue
    return Decimal(0)


def amounts(table: object) -> dict[str, int]:
    found = {}
    for name, text in table.items() if isinstance(table, dict) else ():
        value = quantity(text) * (1000 if name == "cpu" else 1)
        found[str(name)] = int(value) if value.is_finite() and abs(value) < 1 << 62 else 0
    return found


def node(item: Mapping[str, Any]) -> NodeRecord:
    meta, spec, status = _part(item, "metadata"), _part(item, "spec"), _part(item, "status")
    ready = _condition(status, "Ready")
    labels = {str(key): str(value) for key, value in _part(meta, "labels").items()}
    out = "cordoned" if spec.get("unschedulable") else ""
    if ready.get("status") != "True":
        out = f"not ready: {ready.get('reason') or 'nothing heard of it'}"
    taints = tuple(
        (str(taint.get("key")), str(taint.get("effect")))
        for taint in spec.get("taints") or ()
        if taint.get("effect") in ("NoSchedule", "NoExecute")
    )
    name = str(meta.get("name"))
    return NodeRecord(
        name=name, hostname=labels.get("kubernetes.io/hostname", name), labels=labels,
        allocatable=amounts(status.get("allocatable")), out=out, taints=taints,
    )  # fmt: skip


def pod(item: Mapping[str, Any]) -> PodRecord:
    meta, spec, status = _part(item, "metadata"), _part(item, "spec"), _part(item, "status")
    labels, notes = _part(meta, "labels"), _part(meta, "annotations")
    scheduled = _condition(status, "PodScheduled")
    states = [_part(one, "state") for one in status.get("containerStatuses") or () if isinstance(one, dict)]
    waiting = next((_part(state, "waiting") for state in states if state.get("waiting")), {})
    over = next((_part(state, "terminated") for state in states if state.get("terminated")), None)
    disruption = _condition(status, "DisruptionTarget")
    index = str(notes.get(INDEX, labels.get(INDEX, "0")))
    return PodRecord(
        name=str(meta.get("name")), namespace=str(meta.get("namespace")), run=str(labels.get(LABEL_RUN, "")),
        index=int(index) if index.isdigit() else 0, node=str(spec.get("nodeName") or ""),
        phase=str(status.get("phase") or "Pending"), ip=str(status.get("podIP") or ""),
        leaving=_time(meta.get("deletionTimestamp")), requests=_requests(spec),
        unschedulable=str(scheduled.get("message") or "") if scheduled.get("status") == "False" else "",
        waiting=(str(waiting.get("reason") or ""), str(waiting.get("message") or "")),
        ended=None if over is None else (str(over.get("reason") or ""), int(over.get("exitCode") or 0)),
        said=str((over or {}).get("message") or ""),
        disruption=str(disruption.get("reason") or "unnamed") if disruption.get("status") == "True" else "",
        reason=str(status.get("reason") or ""), message=str(status.get("message") or ""),
        created=_time(meta.get("creationTimestamp")),
    )  # fmt: skip


def job(item: Mapping[str, Any]) -> JobRecord:
    meta, spec, status = _part(item, "metadata"), _part(item, "spec"), _part(item, "status")
    ends = [(kind, _condition(status, kind)) for kind in ("Failed", "Complete")]
    kind, end = next(((k, c) for k, c in ends if c.get("status") == "True"), ("", {}))
    return JobRecord(
        name=str(meta.get("name")), namespace=str(meta.get("namespace")),
        run=str(_part(meta, "labels").get(LABEL_RUN, "")), suspended=bool(spec.get("suspend")), ended=kind,
        reason=str(end.get("reason") or ""), message=str(end.get("message") or ""),
        leaving=bool(meta.get("deletionTimestamp")),
    )  # fmt: skip


def _requests(spec: Mapping[str, Any]) -> dict[str, int]:
    """As the scheduler counts: containers and sidecars together, or an init container with the sidecars before it where
    that is more; what is asked for the pod as a whole before both; and what its runtime class adds."""
    total: Counter[str] = Counter()
    for container in spec.get("containers") or ():
        total += _asked(container)
    sidecars, most = Counter[str](), Counter[str]()
    for container in spec.get("initContainers") or ():
        if container.get("restartPolicy") == "Always":
            sidecars += _asked(container)
        else:
            most |= sidecars + _asked(container)
    total = (total + sidecars) | most
    return dict(Counter({**total, **_asked(spec)}) + Counter(amounts(spec.get("overhead"))))


def _asked(of: Mapping[str, Any]) -> Counter[str]:
    return Counter(amounts(_part(_part(of, "resources"), "requests")))


def _part(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _condition(status: Mapping[str, Any], kind: str) -> dict[str, Any]:
    rows = [row for row in status.get("conditions") or () if isinstance(row, dict)]
    return next((row for row in rows if row.get("type") == kind), {})


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None

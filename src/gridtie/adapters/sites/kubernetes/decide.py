"""What the API's records mean: for a run, for what the site can lend. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridtie.adapters.sites.kubernetes.parse import JobRecord, NodeRecord, PodRecord
from gridtie.adapters.sites.kubernetes.pod import NOTHING_CAME
from gridtie.adapters.sites.result import result_of
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import Room, Seen, SiteCapacity

_HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError",
                       "RunContainerError", "ImageInspectError"})  # fmt: skip
_PULL = frozenset({"ImagePullBackOff", "ErrImagePull"})
_PREEMPTED = frozenset({"PreemptionByScheduler", "EvictionByEvictionAPI", "PreemptionByKubeScheduler"})
_OWN_STORAGE = ("pod ephemeral local storage usage", "exceeded its local ephemeral storage limit",
                "usage of emptydir volume")  # fmt: skip
# the container never began, or its runtime came up without it, after a reboot
_NOT_ITS_OWN = frozenset({"ContainerCannotRun", "StartError", "ContainerStatusUnknown", "Unknown"})
_UNHEARD = timedelta(seconds=60)  # past its grace a kubelet that is there has ended a pod long ago


@dataclass(frozen=True, slots=True)
class Meaning:
    """`delete`: the Job must go too, for its run goes on elsewhere."""

    seen: Seen
    delete: bool = False


def meaning(
    job: JobRecord | None,
    pods: Sequence[PodRecord],
    *,
    ranks: int,
    asked: str,
    patient: bool,
    began: bool,
    now: datetime,
) -> Meaning:
    """`job` None: it is gone, and its pods are not yet. `began`: it has run, and waits for no place any more."""
    over = job is not None and bool(job.ended)
    alive = [pod for pod in pods if pod.ended is None and pod.phase in ("Pending", "Running", "Unknown")]
    if over and not alive:
        return Meaning(_ended(job, pods, asked))
    if job is None and not alive:
        return Meaning(_ended(None, pods, asked))
    if any(pod.leaving and now > pod.leaving + _UNHEARD for pod in alive):
        # its node is lost: without its kubelet a pod stays, and the Job with it, until the node is back or removed
        return Meaning(_ended(job, pods, asked), delete=True)
    if over or job is None or any(pod.phase != "Pending" or pod.leaving for pod in pods):
        runs = over or began or bool(asked) or (len(pods) >= ranks and all(pod.phase != "Pending" for pod in pods))
        if job is not None and not runs:
            return _waiting(job, pods, patient)
        lost = [pod for pod in pods if pod.phase == "Unknown"]
        words = f"Kubernetes: node of {lost[0].name} is not heard" if lost else "Kubernetes: running"
        return Meaning(Seen(phase="running" if runs else "waiting", detail=words))
    if began:  # a Job's pods can be gone before it says why
        return Meaning(Seen(phase="running", detail="Kubernetes: its pods are gone, and how it ended is not said yet"))
    return _waiting(job, pods, patient)


def _waiting(job: JobRecord, pods: Sequence[PodRecord], patient: bool) -> Meaning:
    if job.suspended:
        why = "suspended: Kueue has not admitted it, or somebody has stopped it"
    else:
        stuck = next((pod for pod in pods if pod.waiting[0] in _HOPELESS | _PULL), None)
        unplaced = next((pod.unschedulable for pod in pods if pod.unschedulable), "")
        why = ": ".join(filter(None, stuck.waiting)) if stuck else unplaced or job.message or "its pods are being made"
        why = f"some ranks run, others wait: {why}" if any(pod.phase != "Pending" for pod in pods) else why
        if stuck and stuck.waiting[0] in _HOPELESS:
            owner = "the site's operator should check `image` in the agent's settings, the job's owner his own"
            words = f"Kubernetes: {why}; {owner}"
            return Meaning(Seen(phase="refused", reason="site", detail=words), delete=True)
    if not patient:
        words = f"Kubernetes: {why}, for longer than this site lets a run wait"
        return Meaning(Seen(phase="refused", reason="site", detail=words), delete=True)
    return Meaning(Seen(phase="waiting", detail=f"in Kubernetes' queue: {why}"))


def _ended(job: JobRecord | None, pods: Sequence[PodRecord], asked: str) -> Seen:
    reason, code, words = _cause(job, pods)
    if asked == "kill":
        return Seen(phase="ended", reason="lease", detail=words)
    if asked and not _of_itself(job, pods):
        reason = "preempted" if asked == "evict" else "cancel"
        ran = any(pod.node for pod in pods)
        return Seen(phase="ended" if ran or reason != "cancel" else "refused", reason=reason, detail=words)
    return Seen(phase="ended", reason=reason, exit_code=code, detail=words)


def _of_itself(job: JobRecord | None, pods: Sequence[PodRecord]) -> bool:
    """Whether it was over before it was told to end: a rank that says goodbye may end with 0, and then it says so."""
    results = [result_of(pod.said) for pod in pods]
    if any(result is not None and result.reason == "terminated" for result in results):
        return False
    return (job is not None and job.ended == "Complete") or (bool(results) and None not in results)


def _cause(job: JobRecord | None, pods: Sequence[PodRecord]) -> tuple[str, int | None, str]:
    """Of several pods the one that says most: a disruption first, for it takes the others with it."""
    for pod in pods:
        if any(word in pod.message.lower() for word in _OWN_STORAGE):
            return "disk_limit", None, f"Kubernetes: {pod.message}"
        if pod.disruption and not (job is not None and job.reason == "DeadlineExceeded"):
            reason = "preempted" if pod.disruption in _PREEMPTED else "site"
            return reason, None, f"Kubernetes: {pod.disruption} on {pod.node} {pod.message}".strip()
        if pod.reason in ("Evicted", "NodeLost", "NodeShutdown", "Terminated", "Shutdown"):
            return "site", None, f"Kubernetes: {pod.reason} on {pod.node}: {pod.message}"
    for pod in pods:
        if pod.ended and pod.ended[0] == "OOMKilled" and pod.ended[1]:  # with 0 the command went on without a child
            return "out_of_memory", pod.ended[1], f"Kubernetes: OOMKilled on {pod.node}"
        if pod.ended and pod.ended[0] in _NOT_ITS_OWN:
            why = pod.said[:200] or "no more is known of its end"
            return "site", None, f"Kubernetes: {pod.ended[0]} on {pod.node}: {why}"
    if (job is not None and job.reason == "DeadlineExceeded") or any(pod.reason == "DeadlineExceeded" for pod in pods):
        return "time_limit", None, "Kubernetes: DeadlineExceeded"
    if job is not None and job.ended == "Complete":
        return "", 0, "Kubernetes: Complete"
    rejected = next((pod for pod in pods if pod.phase == "Failed" and pod.reason and pod.ended is None), None)
    if rejected:  # its kubelet had no room or no device for it any more
        return "site", None, f"Kubernetes: {rejected.reason} on {rejected.node}: {rejected.message}"
    failed = [pod for pod in pods if pod.ended and pod.ended[1]]
    if not failed:
        return "site", None, f"Kubernetes: {job.reason if job else 'deleted'} {job.message if job else ''}".strip()
    code = failed[0].ended[1] if failed[0].ended else 1
    if code == NOTHING_CAME and result_of(failed[0].said) is None:
        return "site", None, f"Kubernetes: the agent did not speak to the rank on {failed[0].node} for too long"
    return "exit", code, f"Kubernetes: exit code {code} on {failed[0].node}"


def capacity(
    nodes: Sequence[NodeRecord], pods: Sequence[PodRecord], running: Sequence[RunPlan], *, resources: Collection[str],
    ours: Collection[str], now: datetime,
) -> SiteCapacity:  # fmt: skip
    """Allocatable less what other people's pods ask for; what is ours counts as usable."""
    taken: dict[str, dict[str, int]] = {}
    runs = {f"gridtie-{plan.run}-e{plan.epoch}" for plan in running}
    live = [pod for pod in pods if pod.phase not in ("Succeeded", "Failed")]
    for pod in live:
        if pod.node and pod.run not in runs:
            table = taken.setdefault(pod.node, {})
            for name, value in pod.requests.items():
                table[name] = table.get(name, 0) + value
    machines, notes = {}, []
    for node in nodes:
        if node.name not in ours:
            continue
        why = node.out or _keeps_away(node, resources)
        used = taken.get(node.name, {})
        left = {name: max(0, value - used.get(name, 0)) for name, value in node.allocatable.items()}
        if why:
            notes.append(f"{node.name}: {why}")
            left = {}
        machines[node.name] = Room(
            cpus=left.get("cpu", 0) // 1000, memory_bytes=left.get("memory", 0),
            accelerators=max((left.get(name, 0) for name in resources), default=0),
        )  # fmt: skip
    queued = [pod.created for pod in live if pod.unschedulable and not pod.node and pod.created]
    wait = max((int((now - created).total_seconds()) for created in queued), default=0)
    return SiteCapacity(machines=machines, queue_wait_s=max(0, wait), note="; ".join(notes))


def _keeps_away(node: NodeRecord, resources: Collection[str]) -> str:
    """A taint named after a device's resource is tolerated by those who ask for the device."""
    return next((f"taint {key}:{effect}" for key, effect in node.taints if key not in resources), "")

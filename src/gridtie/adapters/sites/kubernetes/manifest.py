"""The objects of a run and of a tenant. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.kubernetes.parse import LABEL_RUN, LABEL_SITE
from gridtie.adapters.sites.kubernetes.settings import KubernetesSettings
from gridtie.dispatch.run import RunPlan

FOLDER = "/mnt/gridtie"
MESSAGE = "/dev/termination-log"
CONTAINER = "rank"
MARGIN_S = 900  # beside the run's own limit, which the rank keeps to the second: for files in and out
KEEP_S = 3600
GRACE_S = 30
PROGRAM = (Path(__file__).parent / "pod.py").read_text(encoding="utf-8")


def object_name(name: str) -> str:
    """A run's name as the API takes it: lower case, no underscore. Ids are lower case, so no two become one."""
    return name.replace("_", "-").lower()


def namespace_of(organisation: str, prefix: str) -> str:
    return f"{prefix}-{object_name(organisation)}"


def talk_command(python: str) -> list[str]:
    """`wait` has laid the program there: in each call's address it would be too long for some proxies."""
    return [python, "-I", "-S", f"{FOLDER}/pod.py", FOLDER, "talk"]


def job(
    name: str, plan: RunPlan, *, hosts: Sequence[str], resource: str, settings: KubernetesSettings
) -> dict[str, Any]:
    """All tasks of a plan are alike: the market sells equal machines. One pod on each of `hosts`, never a second."""
    count, space = len(plan.tasks), namespace_of(plan.organisation, settings.prefix)
    labels = {LABEL_SITE: "run", LABEL_RUN: name, "gridtie.io/network": plan.network}
    queue = {"kueue.x-k8s.io/queue-name": settings.queue} if settings.queue else {}
    spec: dict[str, Any] = {
        "completions": count, "parallelism": count, "completionMode": "Indexed", "backoffLimit": 0,
        "ttlSecondsAfterFinished": KEEP_S,
        # a pod that was evicted must not be made again: that would be a second run of the same epoch
        "podFailurePolicy": {"rules": [{"action": "FailJob", "onPodConditions": [
            {"type": "DisruptionTarget", "status": "True"}]}]},
        "template": {"metadata": {"labels": labels}, "spec": _pod(name, plan, hosts, resource, settings)},
    }  # fmt: skip
    if plan.time_limit_us is not None:
        spec["activeDeadlineSeconds"] = -(-plan.time_limit_us // 1_000_000) + MARGIN_S
    if settings.queue:
        spec["suspend"] = True  # Kueue lets it go
    return {
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": object_name(name), "namespace": space, "labels": {**labels, **queue}}, "spec": spec,
    }  # fmt: skip


def _pod(name: str, plan: RunPlan, hosts: Sequence[str], resource: str, settings: KubernetesSettings) -> dict[str, Any]:
    task = plan.tasks[0]
    amounts = {
        "cpu": str(task.cpus), "memory": str(task.memory_bytes), "ephemeral-storage": str(task.disk_bytes),
        **({resource: str(task.accelerators)} if task.accelerators else {}),
    }  # fmt: skip
    machines = {"key": "kubernetes.io/hostname", "operator": "In", "values": sorted(hosts)}
    apart = {"labelSelector": {"matchLabels": {LABEL_RUN: name}}, "topologyKey": "kubernetes.io/hostname"}
    return {
        "restartPolicy": "Never", "automountServiceAccountToken": False, "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_S,
        "securityContext": {
            "runAsNonRoot": True, "runAsUser": settings.uid, "runAsGroup": settings.uid, "fsGroup": settings.uid,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [machines]}]}},
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]},
        },
        "tolerations": [{"key": resource, "operator": "Exists"}] if task.accelerators else [],
        "volumes": [{"name": "work", "emptyDir": {"sizeLimit": str(task.disk_bytes)}}],
        "containers": [{
            "name": CONTAINER, "image": plan.image or settings.image, "imagePullPolicy": "IfNotPresent",
            "command": [settings.python, "-I", "-S", "-c", PROGRAM, FOLDER, "wait", MESSAGE],
            "resources": {"requests": amounts, "limits": amounts},
            "terminationMessagePath": MESSAGE,
            "securityContext": {"allowPrivilegeEscalation": False, "privileged": False,
                                "capabilities": {"drop": ["ALL"]}},
            "volumeMounts": [{"name": "work", "mountPath": FOLDER}],
        }],
    }  # fmt: skip


def tenant(namespace: str, organisation: str, quota: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Path and object of each: the namespace, its quota, and networks. Nothing in, nothing out; a run with a network
    may go out; pods of a tenant reach each other, for a gang's ranks must."""
    inside = f"/api/v1/namespaces/{namespace}"
    policies = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    space = {
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": namespace, "labels": {
            LABEL_SITE: "tenant", "gridtie.io/organisation": organisation,
            "pod-security.kubernetes.io/enforce": "restricted"}},
    }  # fmt: skip
    both = ["Ingress", "Egress"]
    peers: list[dict[str, Any]] = [{"podSelector": {}}]
    found = [
        ("/api/v1/namespaces", space),
        (policies, _policy("default-deny", {"podSelector": {}, "policyTypes": both})),
        (policies, _policy("own-pods", {
            "podSelector": {}, "policyTypes": both, "ingress": [{"from": peers}], "egress": [{"to": peers}]})),
        (policies, _policy("network-host", {
            "podSelector": {"matchLabels": {"gridtie.io/network": "host"}}, "policyTypes": ["Egress"],
            "egress": [{}]})),
    ]  # fmt: skip
    if quota:
        limits = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "gridtie"},
                  "spec": {"hard": dict(quota)}}  # fmt: skip
        found.append((f"{inside}/resourcequotas", limits))
    return found


def _policy(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name}, "spec": dict(spec),
    }  # fmt: skip

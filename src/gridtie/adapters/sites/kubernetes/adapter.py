"""A Kubernetes cluster as a scheduler of runs: a Job for each run, and `exec` for all that passes to and from ranks."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import quote

from gridtie.adapters.sites import output, rank
from gridtie.adapters.sites.kubernetes import decide, manifest, parse
from gridtie.adapters.sites.kubernetes.courier import BEGUN, TAKEN, TALKS, Courier
from gridtie.adapters.sites.kubernetes.parse import LABEL_SITE, JobRecord, NodeRecord, PodRecord
from gridtie.adapters.sites.kubernetes.settings import KubernetesSettings
from gridtie.adapters.sites.kubernetes.talk import Api
from gridtie.adapters.sites.process.environment import environment, setup_environment
from gridtie.adapters.sites.result import result_of
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import ClusterFacts, Looked, Pool, RankResult, Seen, SiteCapacity, TaskStart
from gridtie.errors import InvalidInput, Problem, SchedulerAway, SiteRefused, UnknownChip
from gridtie.registry.chips import ChipRegistry
from gridtie.registry.parts import part_of, share_of, whole_of

OURS = f"labelSelector={LABEL_SITE}%3Drun"
QUICK = timedelta(seconds=15)  # a container is there by then, where nothing is wrong
STOPPING_S = 60.0  # a rank that cannot be told to end through exec loses its Job
SHARED = "-SHARED"  # what NVIDIA's plugin adds to the product of a GPU that it gives out in replicas
PRODUCT_LABELS = ("nvidia.com/gpu.product", "amd.com/gpu.product-name", "accelerator", "gridtie.io/chip")


class KubernetesScheduler:
    """Tenants are kept apart by namespaces, their pods as the cluster keeps containers apart."""

    isolation = "scheduler"

    def __init__(
        self, settings: KubernetesSettings, api: Api, *, chips: ChipRegistry, chip_resources: Mapping[str, str],
        url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._settings, self._api, self._chips, self._url, self._now = settings, api, chips, url, now
        self.images = settings.images
        self._resources = {**chip_resources, **settings.resources}  # by chip
        self._courier = Courier(api, settings)
        self._nodes: dict[str, NodeRecord] = {}
        self._pods: dict[str, list[PodRecord]] = {}  # ours by run, as the last look saw them
        self._disrupted: dict[str, PodRecord] = {}  # by run: what says why its Job failed, and is gone by then
        self._tenants: set[str] = set()
        self._stopping: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(TALKS, thread_name_prefix="exec")

    # ── what it is ────────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self) -> ClusterFacts:
        """Raises InvalidInput when the cluster has no machine that can be lent."""
        pools: dict[str, list[Mapping[str, str | int]]] = {}
        notes = []
        for node in sorted(self._learn(), key=lambda node: node.name):
            try:
                chip, count = self._chip(node)
            except InvalidInput as cause:
                notes.append(f"{node.name} is left out: {cause.problems[0].message}")
                continue
            machine: dict[str, str | int] = {
                "name": node.name, "cpus": node.allocatable.get("cpu", 0) // 1000,
                "memory_bytes": node.allocatable.get("memory", 0),
                "disk_bytes": node.allocatable.get("ephemeral-storage", 0) or self._settings.disk_bytes,
                "accelerators": count,
            }  # fmt: skip
            pools.setdefault(chip, []).append(machine)
        if not pools:
            why = "; ".join(notes) or "it has no node, or none with these labels"
            problem = Problem(f"the cluster has no machine to lend: {why}", path="selector")
            raise InvalidInput(source="the settings of kubernetes", problems=[problem])
        _, system = self._api.call("GET", "/api/v1/namespaces/kube-system")
        uid = str(system.get("metadata", {}).get("uid") or self._api.address)
        every = [machine for machines in pools.values() for machine in machines]
        return ClusterFacts(
            identity={"scheduler": "kubernetes", "cluster": uid},
            cpus=sum(int(machine["cpus"]) for machine in every),
            memory_bytes=sum(int(machine["memory_bytes"]) for machine in every),
            pools=tuple(
                Pool(chip=chip, machines=tuple(machines), chip_memory_bytes=self._chip_memory(chip))
                for chip, machines in sorted(pools.items())
            ),
            notes=tuple(notes),
        )

    def _learn(self) -> list[NodeRecord]:
        wanted = self._settings.selector.items()
        nodes = [parse.node(item) for item in self._api.items("/api/v1/nodes")]
        nodes = [node for node in nodes if all(node.labels.get(key) == value for key, value in wanted)]
        self._nodes = {node.name: node for node in nodes}
        return nodes

    def _chip_memory(self, chip: str) -> int:
        known = self._chips.get(whole_of(chip))
        return known.memory_gb * 1_000_000_000 // share_of(chip) if known else 0

    def _chip(self, node: NodeRecord) -> tuple[str, int]:
        """Chip and number. Raises InvalidInput for a node whose accelerators have no name, or none that is a chip."""
        present = [name for name in dict.fromkeys(self._resources.values()) if node.allocatable.get(name)]
        if not present:
            return "cpu", 0
        product = next((node.labels[label] for label in PRODUCT_LABELS if label in node.labels), "")
        product = product.removesuffix(SHARED)
        mapped = self._settings.chips.get(node.name) or self._settings.chips.get(product) or product
        same = [chip for chip, name in self._resources.items() if name == present[0]]
        parts = [chip for chip in same if share_of(chip) > 1]
        if not mapped and len(same) == 1:
            mapped = same[0]
        if len(present) > 1 or not mapped:
            raise _unnamed(node, f"it has {', '.join(present)}")
        count = node.allocatable[present[0]]
        try:
            chip = self._chips.find(whole_of(mapped)).id
        except UnknownChip as cause:
            raise _unnamed(node, f"{mapped!r} is no chip") from cause
        if parts and part_of(chip, count) not in parts:
            words = f"it has {count} of {present[0]}, and parts are lent of nodes with one card, as {', '.join(parts)}"
            raise InvalidInput(source="the settings of kubernetes", problems=[Problem(words)])
        return part_of(chip, count) if parts else chip, count

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def prepare(self, name: str, tasks: Sequence[TaskStart]) -> None:
        plan, folder = tasks[0].plan, self._settings.state / name
        if (folder / "run.json").exists():
            return
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for start in tasks:
                if start.secrets:
                    _write(folder / f"secrets-{start.task.rank}.json", dict(start.secrets))
            for module in (rank, output):
                source = Path(str(module.__file__))
                (folder / source.name).write_bytes(source.read_bytes())
            _write(folder / "places.json", [[str(start.home), str(start.folder)] for start in tasks])
            _write(folder / "run.json", self._document(plan, tasks))  # the last: with it, all is there
            self.renew(name, 0.0)
        except OSError as cause:
            reason = f"its files could not be laid out below {self._settings.state}: {cause.strerror or cause}"
            raise SiteRefused(reason=reason) from cause

    def _document(self, plan: RunPlan, tasks: Sequence[TaskStart]) -> dict[str, Any]:
        """What rank.py reads, but for the ranks' addresses, which are known when their pods run."""
        home = f"{manifest.FOLDER}/home"
        mine = {"GRIDTIE_PYTHON": self._settings.python, "GRIDTIE_EXCHANGE_URL": self._url}
        return {
            "nodes": [], "homes": [home for _ in tasks], "container": True, "setup": plan.setup,
            "command": plan.command, "envs": {},
            "rank_envs": [{**environment(start, home, self._url), **setup_environment(start), **mine}
                          for start in tasks],
            "given": dict(plan.envs),
            "time_limit_s": None if plan.time_limit_us is None else plan.time_limit_us / 1_000_000,
            "log_limit_bytes": plan.log_limit_bytes,
        }  # fmt: skip

    def renew(self, name: str, seconds: float) -> None:
        folder = self._settings.state / name
        if folder.is_dir():
            fresh = folder / "lease.new"
            fresh.write_text(f"{self._now().timestamp() + seconds:.3f}", encoding="ascii")
            fresh.replace(folder / "lease")

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(self, name: str, plan: RunPlan) -> None:
        space = manifest.namespace_of(plan.organisation, self._settings.prefix)
        if any(task.machine not in self._nodes for task in plan.tasks):
            self._learn()
        missing = [task.machine for task in plan.tasks if task.machine not in self._nodes]
        if missing:
            raise SiteRefused(reason=f"Kubernetes knows no node {missing[0]!r} any more")
        nodes = [self._nodes[task.machine] for task in plan.tasks]
        if space not in self._tenants:
            for path, document in manifest.tenant(space, plan.organisation, self._settings.quota):
                status, _ = self._api.call("GET", f"{path}/{document['metadata']['name']}")
                if status != 200:
                    self._api.create(path, document)
            self._tenants.add(space)
        document = manifest.job(
            name, plan, hosts=[node.hostname for node in nodes], resource=self._carried(nodes[0], plan),
            settings=self._settings,
        )  # fmt: skip
        try:
            self._api.create(f"/apis/batch/v1/namespaces/{space}/jobs", document)  # there already: looked up next
        except SiteRefused:
            self._tenants.discard(space)  # its namespace may be gone: the next run finds out
            raise

    def _carried(self, node: NodeRecord, plan: RunPlan) -> str:
        """The resource of a node's devices; with none in health, the run waits in the scheduler's words."""
        if not plan.tasks[0].accelerators:
            return ""
        shown = [name for name in dict.fromkeys(self._resources.values()) if name in node.allocatable]
        if not shown:
            raise SiteRefused(reason=f"Kubernetes: {node.name} shows no accelerators; does its device plugin run?")
        return max(shown, key=lambda name: node.allocatable[name] > 0)

    def look(self, runs: Mapping[str, Looked]) -> Mapping[str, Seen]:
        jobs = {job.run: job for job in map(parse.job, self._api.items(f"/apis/batch/v1/jobs?{OURS}"))}
        pods = [parse.pod(item) for item in self._api.items(f"/api/v1/pods?{OURS}")]
        self._pods = {name: [pod for pod in pods if pod.run == name] for name in runs}
        runs = {name: self._taken(name, run, jobs.get(name)) for name, run in runs.items()}
        self._disrupted |= {pod.run: pod for pod in pods if pod.disruption and pod.run in runs}
        for name in runs:
            self._tell_ends(name)
        living = [name for name in runs if name in jobs or self._pods[name]]
        odd = [name for name in living if name in jobs and self._unexplained(jobs[name], len(runs[name].plan.tasks))]
        jobs |= {name: self._explained(jobs[name], len(runs[name].plan.tasks)) for name in odd}
        away = list(self._pool.map(lambda name: self._talk(name, runs[name]), living))
        found = {}
        for name in living:
            run, job = runs[name], jobs.get(name)
            told = decide.meaning(
                job, self._with_disrupted(name), ranks=len(run.plan.tasks), asked=run.asked, patient=run.patient,
                began=(self._settings.state / name / BEGUN).exists(), now=self._now(),
            )  # fmt: skip
            if told.delete:
                self._remove_job(name, run.plan, at_once=True)
            found[name] = told.seen
        for name, run in runs.items():
            folder = self._settings.state / name
            if name not in found and run.asked and (folder / "gone").exists():
                reason = {"cancel": "cancel", "evict": "preempted"}.get(run.asked, "lease")
                ran = any(folder.glob("known-*.json"))  # some pod of it has answered
                phase = "ended" if ran or reason != "cancel" else "refused"
                taken = (folder / TAKEN).exists()
                words = "Kubernetes: its Job was suspended after it had begun" if taken else "its Job was deleted"
                found[name] = Seen(phase=phase, reason=reason, detail=words)
        for name in living:
            if not runs[name].asked and self._courier.overfull(name, runs[name].plan):
                self._remove_job(name, runs[name].plan, at_once=True)
                found[name] = Seen(phase="ended", reason="disk_limit", detail="its files are more than its disk")
        for name, words in zip(living, away, strict=True):
            if words and found[name].phase == "running":
                found[name] = Seen(phase="running", detail=words)
        return found

    def _taken(self, name: str, run: Looked, job: JobRecord | None) -> Looked:
        """Kueue takes a place back by suspending the Job. Let go again it would be a second run of the same epoch, so
        what had begun is evicted."""
        folder = self._settings.state / name
        if job is not None and job.suspended and (folder / BEGUN).exists():
            with contextlib.suppress(OSError):
                (folder / TAKEN).touch()
        if not (folder / TAKEN).exists():
            return run
        if job is not None and not job.ended:
            self._delete(name, job.namespace, at_once=False)
        return replace(run, asked=run.asked or "evict")

    def _talk(self, name: str, run: Looked) -> str:
        """Why its ranks could not be spoken to, or ''."""
        try:
            self._courier.visit(name, run, self._pods[name])
        except SchedulerAway as cause:
            return str(cause.params["reason"])
        except OSError as cause:
            return f"its files cannot be read or kept on the agent's host: {cause}"
        return ""

    def _with_disrupted(self, name: str) -> list[PodRecord]:
        """An evicted pod is taken from the API once the Job has counted it: what was seen of it still stands."""
        pods, kept = self._pods[name], self._disrupted.get(name)
        if kept is None or any(pod.name == kept.name for pod in pods):
            return pods
        return [*pods, replace(kept, phase="Failed", leaving=None)]

    def _unexplained(self, job: JobRecord, ranks: int) -> bool:
        return len(self._pods[job.run]) < ranks or any(self._stuck(pod) for pod in self._pods[job.run])

    def _stuck(self, pod: PodRecord) -> bool:
        late = self._now() - QUICK
        return bool(pod.node and pod.phase == "Pending" and not pod.waiting[1] and pod.created and pod.created < late)

    def _explained(self, job: JobRecord, ranks: int) -> JobRecord:
        """Why a Job gets no pods (a quota, an admission policy), and why a placed pod gets no container (its network, a
        volume), Kubernetes says in an event and nowhere else."""
        if job.ended or job.suspended:
            return job
        about, pods = f"Job,involvedObject.name={job.name}", self._pods[job.run]
        if len(pods) >= ranks:
            stuck = next((pod for pod in pods if self._stuck(pod)), pods[0])
            about = f"Pod,involvedObject.name={stuck.name},type=Warning"
        chosen = quote(f"involvedObject.kind={about}")
        status, found = self._api.call("GET", f"/api/v1/namespaces/{job.namespace}/events?fieldSelector={chosen}")
        said = [(str(item.get("reason")), item.get("message")) for item in found.get("items", ())]
        words = [
            f"{reason}: {message}"
            for reason, message in (said if status == 200 else ())
            if reason.startswith(("Failed", "Network")) and reason != "FailedScheduling"  # it has its place by now
        ]
        return replace(job, message=words[-1][:500]) if words else job

    def _tell_ends(self, name: str) -> None:
        """A rank's own result stands in its termination message, also where exec came too late."""
        for pod in self._pods[name]:
            path = self._settings.state / name / f"result-{pod.index}.json"
            result = result_of(pod.said) if pod.ended else None
            if result is not None and path.parent.is_dir() and not path.exists():
                _write(path, asdict(result))

    def _remove_job(self, name: str, plan: RunPlan, *, at_once: bool) -> None:
        space = manifest.namespace_of(plan.organisation, self._settings.prefix)
        self._delete(name, space, at_once=at_once)

    def _delete(self, name: str, space: str, *, at_once: bool) -> None:
        with contextlib.suppress(OSError):
            (self._settings.state / name / "gone").touch()
        self._api.delete(f"/apis/batch/v1/namespaces/{space}/jobs/{manifest.object_name(name)}")
        for pod in self._pods.get(name, ()) if at_once else ():
            self._api.delete(f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}", at_once=True)

    def cancel(self, names: Collection[str], *, at_once: bool) -> None:
        """What runs is told through exec by the next look; what does not run yet, or does not hear, loses its Job."""
        now = time.monotonic()
        for job in map(parse.job, self._api.items(f"/apis/batch/v1/jobs?{OURS}")):
            if job.run not in names or job.ended:
                continue
            began = self._stopping.setdefault(job.run, now)
            runs = any(pod.phase == "Running" for pod in self._pods.get(job.run, ()))
            if at_once or not runs or now - began > STOPPING_S:
                self._delete(job.run, job.namespace, at_once=at_once)

    def capacity(self, running: Sequence[RunPlan]) -> SiteCapacity:
        nodes = self._learn()
        pods = [parse.pod(item) for item in self._api.items("/api/v1/pods")]
        return decide.capacity(
            nodes, pods, running, resources=set(self._resources.values()), ours=self._nodes, now=self._now()
        )

    # ── what ranks leave ──────────────────────────────────────────────────────────────────────────────────────────
    def collect(self, name: str, plan: RunPlan, folders: Sequence[Path]) -> Sequence[RankResult | None]:  # noqa: ARG002
        """What a look brought already; output is in its place."""
        folder = self._settings.state / name
        results = []
        for number in range(len(folders)):
            try:
                results.append(result_of((folder / f"result-{number}.json").read_text(encoding="utf-8")))
            except OSError:
                results.append(None)
        return results

    def remove(self, name: str, home: Path) -> None:
        with contextlib.suppress(SchedulerAway):  # it deletes itself an hour after its end
            for job in map(parse.job, self._api.items(f"/apis/batch/v1/jobs?{OURS}")):
                if job.run == name:
                    self._api.delete(f"/apis/batch/v1/namespaces/{job.namespace}/jobs/{job.name}")
        self._stopping.pop(name, None)
        self._disrupted.pop(name, None)
        for path in (self._settings.state / name, home):
            rmtree(path, ignore_errors=True)


def _unnamed(node: NodeRecord, words: str) -> InvalidInput:
    problem = Problem(f"{words}; say which chip it has: --set chips.{node.name}=CHIP")
    return InvalidInput(source="the settings of kubernetes", problems=[problem])


def _write(path: Path, document: object) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file)

"""A cluster that is none: an API in memory, and beside it what starts containers.

Kubernetes itself is not here. `Kubelet` is ours: it makes an indexed Job's pods, runs each container's real command as
a local process in a mount namespace that has the pod's volume at its place, writes status back, and answers `exec`.
It schedules nothing, and limits neither memory nor network.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, BinaryIO

from tests.adapters.sites.kubernetes.api import MemoryApi

from gridtie.adapters.sites.kubernetes import websocket
from gridtie.adapters.sites.kubernetes.manifest import FOLDER, MESSAGE
from gridtie.adapters.sites.kubernetes.parse import INDEX

JOBS, PODS = "/apis/batch/v1/jobs", "/api/v1/pods"
NODES = ("n1", "n2", "n3")


class Cluster:
    def __init__(self, base: Path, *, gpus: int = 2) -> None:
        self.api = MemoryApi(lambda *request: self.kubelet.execute(*request))
        self.kubelet = Kubelet(self.api, base)
        for name in NODES:
            self.api.must("POST", "/api/v1/nodes", node(name, gpus))

    def close(self) -> None:
        self.kubelet.close()
        self.api.close()


class Kubelet:
    """Job controller, scheduler and kubelet in one loop: ours, not Kubernetes'. `hold` leaves new pods pending;
    with `quota`, words, none are made, and an event says so; with `failing`, words, those on hold get no sandbox."""

    def __init__(self, api: MemoryApi, base: Path) -> None:
        self._api, self._base = api, base
        self.hold: Mapping[str, Any] | None = None
        self.held_rank: int | None = None  # the one that is held; None: all
        self.quota, self.failing = "", ""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._places: dict[str, tuple[str, Path]] = {}  # pod → namespace, volume
        self._failed: set[str] = set()
        self._evicted: set[str] = set()  # pods; like the Job controller it counts them before the API forgets them
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        for process in self._running.values():
            process.kill()
            process.wait()

    def inside(self, run: str) -> Path:
        """The volume of a run's first pod."""
        return next(volume for name, (_, volume) in self._places.items() if run.replace("_", "-") in name)

    def _loop(self) -> None:
        while not self._over.wait(0.1):
            jobs = self._api.call("GET", JOBS)[1].get("items", [])
            pods = {pod["metadata"]["name"]: pod for pod in self._api.call("GET", PODS)[1].get("items", ())}
            for job in jobs:
                self._job(job, pods)
            self._reap(jobs, {pod["metadata"]["name"]: pod for pod in self._api.call("GET", PODS)[1].get("items", ())})

    def _job(self, job: Mapping[str, Any], pods: Mapping[str, Any]) -> None:
        meta, spec = job["metadata"], job["spec"]
        own = [f"{meta['name']}-{index}-x" for index in range(spec["completions"])]
        ended = [pods[name]["status"]["phase"] for name in own if name in pods]
        if job.get("status", {}).get("conditions"):
            return
        if spec.get("suspend"):
            for name in own:
                self._suspend(name, name in pods)
            return
        if "Failed" in ended or any(name in self._failed for name in own):
            self._failed.update(own)
            for name in own:
                self._term(name)
            if not any(name in self._running for name in own):
                evicted = any(name in self._evicted for name in own)
                self._condition(meta, "Failed", "PodFailurePolicy" if evicted else "BackoffLimitExceeded")
            return
        if ended == ["Succeeded"] * len(own):
            self._condition(meta, "Complete", "CompletionsReached")
            return
        if self.quota:
            self._event(meta["namespace"], "Job", meta["name"], "FailedCreate", self.quota)
            return
        for index, name in enumerate(own):
            if name not in pods and name not in self._places:
                self._make(job, name, index)

    def _suspend(self, name: str, there: bool) -> None:
        """Its pod goes, counts for nothing, and another is made when the Job is let go again."""
        if there:
            self._api.call("DELETE", f"/api/v1/namespaces/{self._places[name][0]}/pods/{name}")
            self._term(name)
        elif name in self._places and name not in self._running:
            shutil.rmtree(self._places.pop(name)[1])

    def _make(self, job: Mapping[str, Any], name: str, index: int) -> None:
        template, namespace = job["spec"]["template"], job["metadata"]["namespace"]
        pod = {
            "apiVersion": "v1", "kind": "Pod", "spec": {**template["spec"], "nodeName": NODES[index]},
            "metadata": {"name": name, "namespace": namespace, "labels": template["metadata"]["labels"],
                         "annotations": {INDEX: str(index)}},
            "status": {"phase": "Running", "podIP": "127.0.0.1",
                       "containerStatuses": [{"name": "rank", "state": {"running": {}}}]},
        }  # fmt: skip
        volume = self._base / name
        self._places[name] = (namespace, volume)
        held = self.hold is not None and self.held_rank in (None, index)
        if held:
            pod["spec"] = {**template["spec"], **({"nodeName": NODES[index]} if self.failing else {})}
            pod["status"] = self.hold
        else:
            volume.mkdir(parents=True)
            (volume / "message").touch()
            [container] = template["spec"]["containers"]
            command = [word if word != MESSAGE else f"{FOLDER}/message" for word in container["command"]]
            self._running[name] = subprocess.Popen(
                [*_inside(volume, index), *command], start_new_session=True, stdin=subprocess.DEVNULL
            )
        self._api.must("POST", f"/api/v1/namespaces/{namespace}/pods", pod)
        if held and self.failing:
            self._event(namespace, "Pod", name, "FailedCreatePodSandBox", self.failing)

    def _event(self, namespace: str, kind: str, name: str, reason: str, message: str) -> None:
        about = {"kind": kind, "name": name}
        event = {"metadata": {"name": f"{name}-1"}, "reason": reason, "message": message, "type": "Warning",
                 "involvedObject": about}  # fmt: skip
        self._api.call("POST", f"/api/v1/namespaces/{namespace}/events", event)

    def _reap(self, jobs: list[Any], pods: Mapping[str, Any]) -> None:
        alive = {job["metadata"]["name"] for job in jobs}
        suspended = {job["metadata"]["name"] for job in jobs if job["spec"].get("suspend")}
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                self._over_with(name, process.returncode)
            elif name not in pods:
                os.killpg(process.pid, signal.SIGKILL)
            elif pods[name]["metadata"].get("deletionTimestamp") and _job_of(name) not in suspended:
                self._failed.add(name)
                if any(row["type"] == "DisruptionTarget" for row in pods[name]["status"].get("conditions", ())):
                    self._evicted.add(name)
                self._term(name)
        for name, pod in pods.items():
            path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{name}"
            if pod["metadata"].get("deletionTimestamp") and name not in self._running:
                self._api.call("DELETE", path, {"gracePeriodSeconds": 0})
            elif _job_of(name) not in alive:  # the garbage collector's work
                self._api.call("DELETE", path)

    def _over_with(self, name: str, code: int) -> None:
        namespace, volume = self._places[name]
        del self._running[name]
        code = code if code >= 0 else 128 - code
        over = {"exitCode": code, "reason": "Error" if code else "Completed",
                "message": (volume / "message").read_text()}  # fmt: skip
        status = {"phase": "Failed" if code else "Succeeded",
                  "containerStatuses": [{"name": "rank", "state": {"terminated": over}}]}  # fmt: skip
        self._patch(f"/api/v1/namespaces/{namespace}/pods/{name}", status)

    def _term(self, name: str) -> None:
        if name in self._running:
            for child in _children(self._running[name].pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)

    def _patch(self, path: str, status: Mapping[str, Any]) -> None:
        self._api.call("PATCH", f"{path}/status", {"status": status})

    def _condition(self, meta: Mapping[str, Any], kind: str, reason: str) -> None:
        row = {"type": kind, "status": "True", "reason": reason}
        self._patch(f"/apis/batch/v1/namespaces/{meta['namespace']}/jobs/{meta['name']}", {"conditions": [row]})

    # ── exec ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def execute(self, request: BaseHTTPRequestHandler, _: str, name: str, words: list[str]) -> None:
        if name not in self._running:
            request.send_error(500, "container not found")
            return
        accept = websocket.accept_of(request.headers["Sec-WebSocket-Key"])
        request.connection.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n".encode()
        )
        command = [*_inside(self._places[name][1], int(name.split("-")[-2])), *words]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            feeder = threading.Thread(target=_feed, args=(request.rfile, child.stdin), daemon=True)
            feeder.start()
            with contextlib.suppress(OSError):
                while part := child.stdout.read1(1 << 15):  # type: ignore[attr-defined]
                    request.connection.sendall(websocket.frame(websocket.BINARY, b"\1" + part, masked=False))
                code = child.wait()
                status = {"status": "Success"} if code == 0 else {"status": "Failure", "message": f"exit code {code}"}
                last = b"\3" + json.dumps(status).encode()
                request.connection.sendall(websocket.frame(websocket.BINARY, last, masked=False))
                feeder.join(5)


def _feed(stream: BinaryIO, target: Any) -> None:
    with contextlib.suppress(OSError, EOFError, ValueError):
        while True:
            _, body = websocket.read_frame(stream)
            target.write(body[1:])
            target.flush()


def _job_of(pod: str) -> str:
    return pod.rsplit("-", 2)[0]


def _inside(volume: Path, index: int) -> list[str]:
    return [
        "bwrap", "--dev-bind", "/", "/", "--tmpfs", "/mnt", "--bind", str(volume), FOLDER, "--die-with-parent",
        "--unshare-pid", "--proc", "/proc", "--setenv", "JOB_COMPLETION_INDEX", str(index),
    ]  # fmt: skip


def _children(pid: int) -> Iterator[int]:
    """The container's first process: bwrap's own child's child."""
    for _ in range(2):
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return
        if not text.split():
            return
        pid = int(text.split()[0])
    yield pid


def node(name: str, gpus: int = 2) -> dict[str, Any]:
    amounts = {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "50Gi", "nvidia.com/gpu": str(gpus)}
    return {
        "apiVersion": "v1", "kind": "Node", "spec": {},
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "nvidia.com/gpu.product": "NVIDIA-L4"}},
        "status": {"allocatable": amounts, "conditions": [{"type": "Ready", "status": "True"}]},
    }  # fmt: skip


def kubeconfig(path: Path, port: int) -> Path:
    path.write_text(
        json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
        })
    )  # fmt: skip
    return path


def until(look: Any, within: float = 8.0) -> Any:
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.02)
    return found

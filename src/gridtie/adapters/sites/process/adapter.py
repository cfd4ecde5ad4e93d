"""Process sites: each rank under a keeper of its own, in a bubblewrap sandbox with limits."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.process import sandbox
from gridtie.adapters.sites.process.limits import PIDS_MAX, cgroup_base, free_uid, rlimits
from gridtie.adapters.sites.process.probe import Isolation, probe_isolation
from gridtie.dispatch.site import TaskStart, TaskState
from gridtie.errors import NotIsolated, SiteRefused

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ProcessSite:
    """`trusted` organisations may run here without a sandbox, when there is none; everybody else is refused."""

    def __init__(
        self, *, name: str, exchange_url: str, trusted: frozenset[str], isolation: Isolation | None = None
    ) -> None:
        found = isolation or probe_isolation()
        self.isolation, self.reason = found.level, found.reason
        self._trusted, self._url = trusted, exchange_url
        self._cgroup = cgroup_base(name)
        self._uids: dict[Path, int] = {}
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def limits(self) -> str:
        """In words, for the log."""
        return "rlimits only" if self._cgroup is None else f"control groups v{self._cgroup['version']}"

    def start(self, tasks: Sequence[TaskStart]) -> None:
        for start in tasks:
            if self.isolation == "none" and start.plan.organisation not in self._trusted:
                raise NotIsolated(reason=self.reason)
        for start in tasks:
            if not (start.folder / "spec.started").exists():
                self._start_one(start)

    def _start_one(self, start: TaskStart) -> None:
        plan, task = start.plan, start.task
        isolated = self.isolation == "sandbox"
        uid = free_uid(set(self._uids.values())) if isolated else None
        inside = sandbox.HOME if isolated else str(start.home)
        for name in ("sky_workdir", "checkpoints"):
            (start.home / name).mkdir(parents=True, exist_ok=True)
        if uid is not None:
            self._uids[start.folder] = uid
            _give_to(start.home, uid)
        prefix = sandbox.command(
            home=start.home, network=plan.network == "host", accelerators=task.accelerators > 0, uid=uid,
            tmp_bytes=min(task.disk_bytes, sandbox.TMP_BYTES_DEFAULT),
        ) if isolated else []  # fmt: skip
        spec: dict[str, Any] = {
            "name": f"{plan.run}-e{plan.epoch}-r{task.rank}",
            "sandbox": prefix,
            "setup": plan.setup,
            "command": plan.command,
            "envs": environment(start, inside, self._url),
            "phase_envs": {"setup": setup_environment(start)},
            "secrets": dict(start.secrets),
            "cwd": "/" if isolated else str(start.home),
            "scratch": str(start.home),
            "uid": None,
            "cgroup": self._cgroup,
            "cpus": task.cpus,
            "memory_bytes": task.memory_bytes,
            "disk_bytes": task.disk_bytes,
            "pids_max": PIDS_MAX,
            "rlimits": rlimits(
                memory_bytes=task.memory_bytes, disk_bytes=task.disk_bytes, caged=self._cgroup is not None
            ),
            "time_limit_s": None if plan.time_limit_us is None else plan.time_limit_us / 1_000_000,
            "log_limit_bytes": plan.log_limit_bytes,
        }
        keeper = files("gridtie.agent") / "keeper.py"
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(keeper), str(start.folder)],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=(start.folder / "keeper.err").open("ab"),
                start_new_session=True, cwd="/", env={"PATH": _PATH, "LANG": "C.UTF-8"},
            )  # fmt: skip
            assert process.stdin is not None
            process.stdin.write(json.dumps(spec).encode())
            process.stdin.close()
        except OSError as cause:
            raise SiteRefused(reason=f"a keeper could not be started: {cause.strerror}") from cause
        (start.folder / "spec.started").write_text(str(process.pid), encoding="ascii")
        self._children.append(process)

    def states(self, folders: Sequence[Path]) -> list[TaskState]:
        self._children = [child for child in self._children if child.poll() is None]  # no zombies
        return [self._state(folder) for folder in folders]

    def _state(self, folder: Path) -> TaskState:
        result = _json(folder / "result.json")
        if result is not None:
            self._uids.pop(folder, None)
            return TaskState(
                "ended", result["exit_code"], result["reason"], result["cpu_us"], result["memory_peak_bytes"]
            )
        if _alive(folder):
            return TaskState("running")
        # It may have written its result and ended between the two looks.
        return TaskState("gone") if _json(folder / "result.json") is None else self._state(folder)

    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        for folder in folders:
            with contextlib.suppress(OSError):
                (folder / how).touch()

    def renew(self, folders: Sequence[Path], until: float) -> None:
        for folder in folders:
            with contextlib.suppress(OSError):  # a folder that is being removed needs no lease
                fresh = folder / "lease.new"
                fresh.write_text(f"{until:.3f}", encoding="ascii")
                fresh.replace(folder / "lease")

    def remove(self, folder: Path, home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def environment(start: TaskStart, inside: str, url: str) -> dict[str, str]:
    """What a job may rely on: SkyPilot's variables and ours. Starts from nothing of the agent's own environment."""
    plan, task = start.plan, start.task
    count = str(len(plan.tasks))
    devices = ",".join(str(index) for index in start.devices)
    cluster = {"cluster_name": plan.run, "cloud": "gridtie", "site": plan.site}
    values = {
        "PATH": _PATH,
        "LANG": "C.UTF-8",
        "HOME": inside,
        "USER": "job",
        "LOGNAME": "job",
        "TMPDIR": "/tmp",  # noqa: S108  the sandbox's own
        "SHELL": "/bin/bash",
        "OMP_NUM_THREADS": str(task.cpus),
        "SKYPILOT_NODE_RANK": str(task.rank),
        "SKYPILOT_NUM_NODES": count,
        "SKYPILOT_NODE_IPS": "\n".join(start.peers),
        "SKYPILOT_NUM_GPUS_PER_NODE": str(task.accelerators),
        "SKYPILOT_TASK_ID": plan.job,
        "SKYPILOT_CLUSTER_INFO": json.dumps(cluster),
        "SKYPILOT_USER": plan.organisation,
        "GRIDTIE_JOB": plan.job,
        "GRIDTIE_RUN": plan.run,
        "GRIDTIE_EPOCH": str(plan.epoch),
        "GRIDTIE_CHECKPOINT_DIR": f"{inside}/checkpoints",
        "GRIDTIE_OUTPUT_DIR": f"{inside}/sky_workdir",
        "GRIDTIE_RESUMED": "1" if start.resumed else "0",
        "GRIDTIE_PYTHON": sys.executable,
        "GRIDTIE_CPUS": str(task.cpus),
        "GRIDTIE_MEMORY_BYTES": str(task.memory_bytes),
    }
    for name in ("CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES",
                 "MUSA_VISIBLE_DEVICES", "XPU_VISIBLE_DEVICES"):  # fmt: skip
        values[name] = devices
    if plan.network == "host":
        values["GRIDTIE_EXCHANGE_URL"] = url
    return {**values, **dict(plan.envs)}


def setup_environment(start: TaskStart) -> dict[str, str]:
    return {
        "SKYPILOT_SETUP_NODE_RANK": str(start.task.rank),
        "SKYPILOT_SETUP_NODE_IPS": "\n".join(start.peers),
        "SKYPILOT_SETUP_NUM_NODES": str(len(start.plan.tasks)),
    }


def _give_to(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, names, files_ in os.walk(folder):
        for name in (*names, *files_):
            os.chown(os.path.join(parent, name), uid, uid, follow_symlinks=False)


def _alive(folder: Path) -> bool:
    """Whether the keeper that wrote its pid there still runs; a pid used again by another process does not count."""
    known = _json(folder / "keeper.json")
    if known is None:
        return _just_started(folder)
    try:
        stat = Path(f"/proc/{known['pid']}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    fields = stat.rpartition(")")[2].split()
    return int(fields[19]) == known["started"] and fields[0] != "Z"


def _just_started(folder: Path) -> bool:
    """Between its start and the first file it writes."""
    try:
        pid = int((folder / "spec.started").read_text(encoding="ascii"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return str(folder).encode() in command


def _json(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return document

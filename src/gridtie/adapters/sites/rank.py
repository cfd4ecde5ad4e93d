"""One rank on a scheduler's node: `rank.py FOLDER setup|command [RANK]`. Copied there; standard library, Python 3.8.

It is for a scheduler's nodes what the keeper is for a process site: it keeps the rank's output within its limit and its
secrets out of it, ends the rank when its lease or its time does, and leaves its result. Memory, cores and devices are
the scheduler's to limit; whatever this program cannot end, the scheduler does.

FOLDER holds `lease` (what the agent allows, in seconds of the wall clock) and `job/` with `run.json`, `secrets.json`
(read, and deleted before the command runs) and, for each rank N, `script-PHASE`, `log-N`, `result-N.json`.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # `-I` leaves it out

LOOK_S = 0.25
GRACE_S = 10.0
READ_BYTES = 1 << 16
RESERVED_BYTES = 4096
STOPPED = {
    "lease": "the exchange was not heard for too long",
    "time_limit": "its time limit",
    "terminated": "asked to end",
    "out_of_memory": "out of memory",
}
SIGNAL_CODES = frozenset((129, 130, 131, 132, 134, 135, 136, 137, 139, 141, 143))
DEVICE_LISTS = (
    "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES",
    "MUSA_VISIBLE_DEVICES", "XPU_VISIBLE_DEVICES",
)  # fmt: skip
NODES_OWN = ("PATH", "GRIDTIE_PYTHON")  # the node's word, where run.json has none
# Inside an image: script and variables come on descriptor 3; what runs ends when 4 does, also where whatever runs
# images has put it out of our process group. The first process only waits, for signals do not end it there.
IN_IMAGE = """trap : TERM
( exec 3<&-; read -r -u 4 __gridtie; kill -KILL 0 ) &
( exec 4<&-; mapfile -d '' -t __gridtie <&3; exec 3<&-
for __gridtie_pair in "${__gridtie[@]:1}"; do export "$__gridtie_pair"; done
cd ~/sky_workdir || exit 1
eval "unset __gridtie __gridtie_pair; ${__gridtie[0]}" ) & __gridtie=$!
exec 3<&-
while wait $__gridtie; kill -0 $__gridtie 2>/dev/null; do :; done
wait $__gridtie"""
MOVE = 'exec 3<&$0 4<&$1; shift; exec "$@"'


class Lease:
    """Extended whenever the file changes, from then on by our own monotonic clock: no jump of a clock ends a run."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._text = ""
        self._until = 0.0
        self.look()

    def look(self) -> bool:
        """Whether the rank may go on."""
        try:
            with open(self._path, encoding="ascii") as file:
                text = file.read()
            if text != self._text:
                self._until, self._text = time.monotonic() + float(text) - time.time(), text
        except (OSError, ValueError):
            pass  # a file system that hangs for a moment; the clock goes on
        return time.monotonic() < self._until


class Rank:
    """`number`: which rank it is, where the scheduler is not Slurm, which tells it itself."""

    def __init__(self, folder: str, phase: str, number: int | None) -> None:
        self._job = os.path.join(folder, "job")
        self._phase = phase
        with open(os.path.join(self._job, "run.json"), encoding="utf-8") as file:
            self._run: dict[str, Any] = json.load(file)
        names: list[str] = self._run["nodes"]
        here = os.environ.get("SLURMD_NODENAME", "")
        told = names.index(here) if here in names else _number()
        self._rank = told if number is None else number
        self._secrets = self._take_secrets()
        self._lease = Lease(os.path.join(folder, "lease"))
        self._reason = ""
        self._kill_at = 0.0
        self._asked = False
        self._line: int | None = None  # whose end ends what runs in an image

    def _take_secrets(self) -> dict[str, str]:
        """Each rank has its own copy. The setup leaves it for the command, which comes right after."""
        path = os.path.join(self._job, f"secrets-{self._rank}.json")
        try:
            with open(path, encoding="utf-8") as file:
                secrets: dict[str, str] = json.load(file)
        except FileNotFoundError:
            return {}
        if self._phase == "command":
            os.unlink(path)
        return secrets

    def work(self) -> int:
        log = importlib.import_module("output").OutputLog(
            os.path.join(self._job, f"log-{self._rank}"), self._run["log_limit_bytes"],
            [value.encode() for value in self._secrets.values()],
        )  # fmt: skip
        began = time.monotonic()
        result_at = os.path.join(self._job, f"result-{self._rank}.json")
        reserve(result_at)  # before it begins: where there is no room the run goes elsewhere
        limit = self._run["time_limit_s"]
        begun = self._begun()
        until = None if limit is None else begun + limit
        signal.signal(signal.SIGTERM, self._terminated)
        code = 0
        if not self._lease.look():
            self._reason, code = "lease", 137
        elif self._run[self._phase].strip():
            code = self._watch(log, until)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not self._reason and code and _out_of_memory():
            self._reason = "out_of_memory"
        if not self._reason and code:
            self._reason = "setup" if self._phase == "setup" else "signal" if code in SIGNAL_CODES else "exit"
        log.close(b"[gridtie: stopped: %s]\n" % STOPPED[self._reason].encode() if self._reason in STOPPED else b"")
        if code or self._phase == "command":
            result = {
                "exit_code": code, "reason": self._reason,
                "cpu_us": int((used.ru_utime + used.ru_stime) * 1e6), "memory_peak_bytes": used.ru_maxrss * 1024,
                "seconds": time.monotonic() - began,
            }  # fmt: skip
            write_json(result_at, result)
        return code

    def _begun(self) -> float:
        """When the first phase of this rank began, on the clock since boot: setup and command share one limit."""
        path = os.path.join(self._job, f"begun-{self._rank}")
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        try:
            with open(path, encoding="ascii") as file:
                return float(file.read())
        except (OSError, ValueError):
            with open(path, "w", encoding="ascii") as file:
                file.write(str(now))
            return now

    def _start(self) -> subprocess.Popen[bytes]:
        script = os.path.join(self._job, "script-" + self._phase)
        in_image = self._run.get("in_image")
        if not in_image:
            return subprocess.Popen(
                ["/bin/bash", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=True, env=self._environment(),
                cwd=os.path.join(self._run["homes"][self._rank], "sky_workdir"),
            )  # fmt: skip
        with open(script, encoding="utf-8") as file:
            parts = [file.read()]
        parts += [f"{k}={v}" for k, v in self._environment().items() if k not in NODES_OWN]
        given = fcntl.fcntl(os.memfd_create("given"), fcntl.F_DUPFD, 64)
        os.write(given, b"".join(part.replace("\0", "").encode("utf-8", "replace") + b"\0" for part in parts))
        os.lseek(given, 0, os.SEEK_SET)
        line, self._line = os.pipe()
        line = fcntl.fcntl(line, fcntl.F_DUPFD, 64)
        words = in_image[self._rank]
        child = subprocess.Popen(
            ["/bin/bash", "-c", MOVE, str(given), str(line), *words, "/bin/bash", "-c", IN_IMAGE], cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            pass_fds=(given, line),
        )  # fmt: skip
        os.close(given)
        os.close(line)
        return child

    def _watch(self, log: Any, until: float | None) -> int:
        child = self._start()
        assert child.stdout is not None
        output = child.stdout.fileno()
        os.set_blocking(output, False)
        open_ = True
        while child.poll() is None:
            ready, _, _ = select.select([output] if open_ else [], [], [], LOOK_S)
            if ready:
                part = _read(output)
                open_ = bool(part)
                log.add(part)
            log.tick(time.monotonic())
            self._look(child.pid, until)
        self._end(child.pid)  # who is left of its group could write into the pipe for ever
        while part := _read(output):
            log.add(part)
        return child.returncode if child.returncode >= 0 else 128 - child.returncode

    def _look(self, pid: int, until: float | None) -> None:
        now = time.monotonic()
        if not self._lease.look():
            self._reason = "lease"
            self._end(pid)
        elif not self._reason and self._asked:
            self._reason, self._kill_at = "terminated", now + GRACE_S
            _kill(pid, signal.SIGTERM)
        elif not self._reason and until is not None and time.clock_gettime(time.CLOCK_BOOTTIME) > until:
            self._reason, self._kill_at = "time_limit", now + GRACE_S
            _kill(pid, signal.SIGTERM)
        elif self._reason and now > self._kill_at:
            self._end(pid)

    def _end(self, pid: int) -> None:
        if self._line is not None:
            os.close(self._line)
            self._line = None
        _kill(pid, signal.SIGKILL)

    def _terminated(self, *_: object) -> None:
        self._asked = True

    def _environment(self) -> dict[str, str]:
        """The scheduler's own variables, ours, the submitter's, his secrets; devices as the scheduler gave them."""
        if self._run.get("container"):
            return self._environment_of_container()
        given = {name: value for name, value in os.environ.items() if name.startswith("SLURM") or name in NODES_OWN}
        values = {**given, **self._run["envs"], **self._run["rank_envs"][self._rank]}
        visible = os.environ.get("CUDA_VISIBLE_DEVICES") or os.environ.get("SLURM_STEP_GPUS", "")
        values.update(dict.fromkeys(DEVICE_LISTS, visible))
        values.update({name: os.environ[name] for name in DEVICE_LISTS if name in os.environ})
        return {**values, **self._run["given"], **self._secrets}

    def _environment_of_container(self) -> dict[str, str]:
        """The image's own goes on, its PATH too; all devices that are there are ours, so no list narrows them."""
        ours = {k: v for k, v in self._run["rank_envs"][self._rank].items() if k not in (*DEVICE_LISTS, "PATH")}
        path = os.environ.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
        return {**os.environ, "PATH": path, **ours, **self._run["given"], **self._secrets}


def _number() -> int:
    return int(os.environ.get("SLURM_PROCID") or os.environ.get("JOB_COMPLETION_INDEX", "0"))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, READ_BYTES)
    except OSError:
        return b""


def _kill(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _out_of_memory() -> bool:
    """Whether the kernel has killed for memory in the group that the scheduler put us into: we may live on."""
    try:
        with open("/proc/self/cgroup", encoding="ascii") as file:
            groups = [line.rstrip("\n").split(":", 2) for line in file]
    except (OSError, ValueError):
        return False
    for number, controllers, path in groups:
        if number == "0":
            events = f"/sys/fs/cgroup{path}/memory.events"
        elif "memory" in controllers.split(","):
            events = f"/sys/fs/cgroup/memory{path}/memory.oom_control"
        else:
            continue
        with contextlib.suppress(OSError), open(events, encoding="ascii") as file:
            if any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in file):
                return True
    return False


def reserve(path: str) -> None:
    """Room for what `write_json` will write there, taken while there is some: how a rank ended must fit on a shared
    disk that was full meanwhile. The blanks left over behind the document are part of no JSON and disturb none."""
    with open(path + ".new", "wb") as file:
        file.write(b" " * RESERVED_BYTES)


def write_json(path: str, document: dict[str, Any]) -> None:
    """All of it or nothing."""
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT, 0o666), "w", encoding="utf-8") as file:
        json.dump(document, file)
    os.replace(path + ".new", path)


if __name__ == "__main__":
    number = int(sys.argv[3]) if len(sys.argv) > 3 else None
    sys.exit(Rank(sys.argv[1], sys.argv[2], number).work())

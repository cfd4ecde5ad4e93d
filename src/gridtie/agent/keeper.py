"""The keeper: one small process beside each rank. It outlives the agent, holds the limits, and ends it in time.

Started as `python -I -S keeper.py RUNDIR`, with its specification (secrets included) on stdin: nothing secret is ever
in argv or on disk. Only the standard library, so that it starts in milliseconds and stays small.

It writes into RUNDIR: `log` (head, samples, tail, gaps marked), `result.json` (atomically, at the end), `keeper.json`
(its pid and start time). It reads `lease`: the time on the boot clock after which it must have ended the rank, renewed
by the agent.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CHUNK = 1 << 16
SAMPLE_S = 1.0
SAMPLE_BYTES = 1 << 16
TAIL_BYTES = 1 << 18
GRACE_S = 10.0
DISK_CHECK_S = 1.0
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38


def boot_clock() -> float:
    """Seconds since boot, suspends included: the same in every process, and never set back."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Log:
    """Keeps the first bytes, then a sample a second, then the tail; every gap says how much was left out."""

    def __init__(self, path: Path, limit: int, secrets: list[bytes]) -> None:
        self._file = path.open("ab", buffering=0)
        self._head = max(CHUNK, limit // 2)
        self._limit = limit
        self._written = self._file.tell()
        self._secrets = sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True)
        self._carry = b""  # a secret may be cut by two reads
        self._tail = bytearray()
        self._skipped = 0
        self._sampled = 0.0

    def add(self, part: bytes) -> None:
        part = self._masked(part)
        if self._written + len(part) <= self._head and not self._skipped and not self._tail:
            self._write(part)
            return
        self._tail += part
        if len(self._tail) > TAIL_BYTES * 2:
            extra = len(self._tail) - TAIL_BYTES
            self._skipped += extra
            del self._tail[:extra]
        now = time.monotonic()
        if now - self._sampled >= SAMPLE_S and self._written + SAMPLE_BYTES < self._limit - TAIL_BYTES:
            self._sampled = now
            self._flush(SAMPLE_BYTES)

    def close(self) -> None:
        if self._carry:
            rest, self._carry = self._carry, b""
            self._tail += rest if self._tail or self._skipped else b""
            if not self._tail and not self._skipped:
                self._write(rest)
        if self._tail or self._skipped:
            self._flush(TAIL_BYTES)
        self._file.close()

    def _flush(self, most: int) -> None:
        """Writes the newest `most` bytes of what waits, after a line that says how many were left out."""
        extra = max(0, len(self._tail) - most)
        skipped = self._skipped + extra
        if skipped:
            self._write(f"\n[gridtie: {skipped:,} bytes of output left out here]\n".encode())
        self._write(bytes(self._tail[extra:]))
        self._tail.clear()
        self._skipped = 0

    def _write(self, part: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk must not end the job's processes
            self._written += self._file.write(part)

    def _masked(self, part: bytes) -> bytes:
        if not self._secrets:
            return part
        part = self._carry + part
        for secret in self._secrets:
            part = part.replace(secret, b"***")
        keep = 0
        for secret in self._secrets:  # hold back what could be the beginning of a secret
            for length in range(min(len(secret) - 1, len(part)), keep, -1):
                if part.endswith(secret[:length]):
                    keep = length
                    break
        self._carry = part[len(part) - keep :] if keep else b""
        return part[: len(part) - keep] if keep else part


class Keeper:
    def __init__(self, folder: Path, spec: dict[str, Any]) -> None:
        self.folder, self.spec = folder, spec
        self.reason = ""
        self.started = time.monotonic()
        self.cage: Cage | None = None

    def run(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        signal.signal(signal.SIGTERM, self._asked)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _write(self.folder / "keeper.json", {"pid": os.getpid(), "started": _start_time(os.getpid())})
        log = Log(
            self.folder / "log", self.spec["log_limit_bytes"], [v.encode() for v in self.spec["secrets"].values()]
        )
        self.cage = Cage.make(self.spec)
        code = 0
        try:
            for phase in ("setup", "command"):
                if self.spec[phase].strip() and not self.reason:
                    code = self._phase(phase, log)
                    if code != 0:
                        self.reason = self.reason or ("setup" if phase == "setup" else "")
                        break
        except OSError as cause:
            log.add(f"[gridtie: the sandbox could not be started: {cause}]\n".encode())
            code, self.reason = 127, "sandbox"
        log.close()
        self._finish(code)

    def _phase(self, phase: str, log: Log) -> int:
        """Runs one of setup and command to its end; its exit code."""
        arguments = [*self.spec["sandbox"], "/bin/bash", "-c", _script(self.spec[phase])]
        read, write = os.pipe()
        environment = {**self.spec["envs"], **self.spec["secrets"], **self.spec["phase_envs"].get(phase, {})}
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=write, stderr=write, env=environment,
            cwd=self.spec["cwd"], preexec_fn=self._before_exec, start_new_session=True,
        )  # fmt: skip
        os.close(write)
        os.set_blocking(read, False)
        try:
            self._pump(process, read, log)
        finally:
            os.close(read)
        return process.returncode

    def _before_exec(self) -> None:
        """In the child: limits first, privileges last."""
        if self.cage is not None:
            self.cage.join()
        for name, value in self.spec["rlimits"].items():
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (capped, capped))
        if self.spec["uid"] is not None:
            os.setgroups([])
            os.setgid(self.spec["uid"])
            os.setuid(self.spec["uid"])
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.umask(0o022)

    def _pump(self, process: "subprocess.Popen[bytes]", read: int, log: Log) -> None:
        """Moves output to the log, watches every limit, and returns when nothing of the rank is left."""
        poll = select.poll()
        poll.register(read, select.POLLIN | select.POLLHUP)
        stopping: float | None = None
        checked = open_ = True
        next_check = 0.0
        while True:
            if open_ and poll.poll(200):
                part = _read(read)
                if part:
                    log.add(part)
                elif part == b"":
                    poll.unregister(read)
                    open_ = False
            elif not open_:
                time.sleep(0.02)
            now = time.monotonic()
            if now >= next_check:
                next_check = now + 0.2
                why = self._limit_hit()
                if why and stopping is None:
                    self.reason, stopping = why, now
                    _signal(process, signal.SIGTERM)
                    if why != "cancel":
                        stopping = now - GRACE_S  # no grace for who broke a limit
            if stopping is not None and now - stopping > GRACE_S:
                _signal(process, signal.SIGKILL)
                if self.cage is not None:
                    self.cage.kill()
            checked = process.poll() is None
            if not checked:
                while open_ and (part := _read(read)):  # what is left in the pipe
                    log.add(part)
                _reap()
                return

    def _limit_hit(self) -> str:
        """The name of the first limit that is broken, '' while all hold."""
        if self.reason in ("cancel",):
            return self.reason
        if (self.folder / "cancel").exists():
            return "cancel"
        if (self.folder / "kill").exists():
            return "lease"
        limit = self.spec["time_limit_s"]
        if limit is not None and time.monotonic() - self.started > limit:
            return "time_limit"
        try:
            if boot_clock() > float((self.folder / "lease").read_text(encoding="ascii")):
                return "lease"
        except (OSError, ValueError):
            pass  # being renewed this very moment; looked at again in 0.2 s
        if time.monotonic() - getattr(self, "_disk_checked", 0.0) > DISK_CHECK_S:
            self._disk_checked = time.monotonic()
            if _size(Path(self.spec["scratch"])) > self.spec["disk_bytes"]:
                return "disk_limit"
        if self.cage is not None and self.cage.out_of_memory():
            return "out_of_memory"
        return ""

    def _asked(self, *_: object) -> None:
        self.reason = self.reason or "cancel"

    def _finish(self, code: int) -> None:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = usage.ru_utime + usage.ru_stime
        peak = usage.ru_maxrss * 1024
        if self.cage is not None:
            if self.cage.out_of_memory() and not self.reason:
                self.reason = "out_of_memory"
            cpu, peak = self.cage.usage() or (cpu, peak)
            self.cage.kill()
            self.cage.remove()
        if not self.reason and code != 0:
            self.reason = "signal" if code < 0 or code in (137, 139, 143) else "exit"
        if self.reason in ("exit", "signal") and code == 134 and peak > self.spec["memory_bytes"] * 0.9:
            self.reason = "out_of_memory"
        _reap()
        result = {
            "exit_code": code if code >= 0 else 128 - code,
            "reason": self.reason,
            "cpu_us": int(cpu * 1_000_000),
            "memory_peak_bytes": int(peak),
            "seconds": time.monotonic() - self.started,
        }
        _write(self.folder / "result.json", result)


class Cage:
    """A control group of its own, version 1 or 2: memory, CPU time, number of processes; None where not allowed."""

    def __init__(self, folders: dict[str, Path], unified: bool) -> None:
        self._folders, self._unified = folders, unified

    @staticmethod
    def make(spec: dict[str, Any]) -> "Cage | None":
        base = spec["cgroup"]
        if base is None:
            return None
        unified = base["version"] == 2
        names = [""] if unified else ["memory", "cpu", "cpuacct", "pids", "freezer"]
        folders = {name: Path(base["root"]) / name / base["path"] / spec["name"] for name in names}
        cage = Cage(folders, unified)
        try:
            for folder in folders.values():
                folder.mkdir(parents=True, exist_ok=True)
            cage._set(spec["memory_bytes"], spec["cpus"], spec["pids_max"])
        except OSError:
            cage.remove()
            return None
        return cage

    def _set(self, memory: int, cpus: float, pids: int) -> None:
        if self._unified:
            folder = self._folders[""]
            (folder / "memory.max").write_text(str(memory))
            (folder / "pids.max").write_text(str(pids))
            (folder / "cpu.max").write_text(f"{int(cpus * 100_000)} 100000")
            with contextlib.suppress(OSError):
                (folder / "memory.swap.max").write_text("0")
                (folder / "memory.oom.group").write_text("1")
            return
        (self._folders["memory"] / "memory.limit_in_bytes").write_text(str(memory))
        with contextlib.suppress(OSError):
            (self._folders["memory"] / "memory.memsw.limit_in_bytes").write_text(str(memory))
        (self._folders["cpu"] / "cpu.cfs_quota_us").write_text(str(int(cpus * 100_000)))
        (self._folders["pids"] / "pids.max").write_text(str(pids))

    def join(self) -> None:
        for folder in self._folders.values():
            (folder / "cgroup.procs").write_text("0")

    def out_of_memory(self) -> bool:
        name = "memory.events" if self._unified else "memory.oom_control"
        folder = self._folders["" if self._unified else "memory"]
        with contextlib.suppress(OSError):
            for line in (folder / name).read_text().splitlines():
                key, _, count = line.partition(" ")
                if key == "oom_kill" and int(count) > 0:
                    return True
        return False

    def usage(self) -> tuple[float, int] | None:
        """(CPU seconds, peak bytes) of everything that ever ran in it."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            if self._unified:
                folder = self._folders[""]
                stat = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
                peak = folder / "memory.peak"
                return int(stat["usage_usec"]) / 1e6, int(peak.read_text()) if peak.exists() else 0
            cpu = int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9
            return cpu, int((self._folders["memory"] / "memory.max_usage_in_bytes").read_text())
        return None

    def kill(self) -> None:
        """Everything in it, until nothing is left."""
        folder = self._folders["" if self._unified else "freezer"]
        for _ in range(50):
            try:
                pids = [int(pid) for pid in (folder / "cgroup.procs").read_text().split()]
            except (OSError, ValueError):
                return
            if not pids:
                return
            for pid in pids:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            _reap()
            time.sleep(0.01)

    def remove(self) -> None:
        for folder in self._folders.values():
            for _ in range(20):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)


def _script(text: str) -> str:
    return "cd ~/sky_workdir 2>/dev/null\n" + text


def _read(descriptor: int) -> bytes | None:
    """None when nothing is there yet, b'' at the end."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    """To the whole session of the sandbox; its inner init dies with it and takes everything inside along."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _reap() -> None:
    """Collects orphans that were handed to us, so that no zombie stays."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _size(folder: Path) -> int:
    """Bytes on disk below `folder`, links not followed."""
    total = 0
    stack = [str(folder)]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        total += status.st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            stack.append(entry.path)
        except OSError:
            continue
    return total


def _start_time(pid: int) -> int:
    """Clock ticks after boot at which a process started: with its pid it names a process for good."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return int(stat.rpartition(")")[2].split()[19])


def _write(path: Path, document: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document), encoding="ascii")
    fresh.replace(path)


if __name__ == "__main__":
    specification = json.loads(sys.stdin.buffer.read())
    devnull = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(devnull, number)
    Keeper(Path(sys.argv[1]), specification).run()

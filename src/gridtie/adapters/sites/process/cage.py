"""A control group of its own for a rank, version 1 or 2: memory, CPU time and number of processes, and a sure kill.

Used by the keeper: only the standard library, and nothing that is slow to import.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import Any

V1_CONTROLLERS = ("memory", "cpu", "cpuacct", "pids", "freezer")
CPU_PERIOD_US = 100_000


class Cage:
    """`base` is limits.cgroup_base's answer. Deleting it needs it empty: kill first.

    `nested`: what runs in it has groups of its own below, as containers have. Its limits hold for all of them together.
    """

    def __init__(self, base: dict[str, Any], name: str, *, nested: bool = False) -> None:
        self._unified = base["version"] == 2
        names = ("",) if self._unified else V1_CONTROLLERS
        self._folders = {key: os.path.join(base["root"], key, base["path"], name) for key in names}
        self._all = list(self._folders.values())
        if nested and not self._unified:  # a container engine makes groups of all controllers
            self._all = [os.path.join(base["root"], key, base["path"], name) for key in os.listdir(base["root"])]
        self._nested = nested
        self._alarm: int | None = None  # rings when the memory of a nested cage has run out
        self._exhausted = False

    def make(self, *, memory_bytes: int, cpus: float, pids_max: int) -> None:
        """Raises OSError where the kernel does not let us; nothing is left behind then."""
        try:
            for folder in self._folders.values():
                os.makedirs(folder, exist_ok=True)
            quota = int(cpus * CPU_PERIOD_US)
            if self._unified:
                self._set("", "memory.max", memory_bytes)
                self._set("", "pids.max", pids_max)
                self._set("", "cpu.max", f"{quota} {CPU_PERIOD_US}")
                with contextlib.suppress(OSError):  # no swap accounting here
                    self._set("", "memory.swap.max", 0)
            else:
                self._set("memory", "memory.limit_in_bytes", memory_bytes)
                self._set("cpu", "cpu.cfs_period_us", CPU_PERIOD_US)
                self._set("cpu", "cpu.cfs_quota_us", quota)
                self._set("pids", "pids.max", pids_max)
                with contextlib.suppress(OSError):
                    self._set("memory", "memory.memsw.limit_in_bytes", memory_bytes)
                if self._nested:
                    self._listen()
        except OSError:
            self.remove()
            raise

    def _listen(self) -> None:
        """Version 1 counts a kill for the group that was killed in, which goes with its container; it tells those above
        by an event."""
        self._alarm = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        with open(os.path.join(self._folders["memory"], "memory.oom_control"), encoding="ascii") as control:
            self._set("memory", "cgroup.event_control", f"{self._alarm} {control.fileno()}")

    def join(self) -> None:
        """Moves the calling process in; into a group beside the others where there are such, for version 2 allows no
        process in a group that hands out controllers."""
        for key, folder in self._folders.items():
            if self._nested:
                os.makedirs(os.path.join(folder, "guests"), exist_ok=True)
            self._set(key, "guests/cgroup.procs" if self._nested else "cgroup.procs", 0)

    def out_of_memory(self) -> bool:
        if self._alarm is not None and not self._exhausted:
            with contextlib.suppress(BlockingIOError):
                self._exhausted = os.eventfd_read(self._alarm) > 0
        if self._exhausted:
            return True
        text = self._get("", "memory.events") if self._unified else self._get("memory", "memory.oom_control")
        return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in text.splitlines())

    def usage(self) -> tuple[int, int]:
        """(CPU microseconds, peak bytes) of everything that ever ran in it; 0 where the kernel does not say."""
        if self._unified:
            stat = dict(line.split() for line in self._get("", "cpu.stat").splitlines())
            return int(stat.get("usage_usec", 0)), int(self._get("", "memory.peak") or 0)
        cpu_ns = int(self._get("cpuacct", "cpuacct.usage") or 0)
        return cpu_ns // 1000, int(self._get("memory", "memory.max_usage_in_bytes") or 0)

    def pids(self) -> list[int]:
        top = self._folders["" if self._unified else "freezer"]
        inner = [os.path.relpath(folder, top) for folder, _, _ in os.walk(top)] if self._nested else ["."]
        key = "" if self._unified else "freezer"
        return [int(pid) for folder in inner for pid in self._get(key, f"{folder}/cgroup.procs").split()]

    def kill(self, reap: Callable[[], None], *, patience_s: float = 5.0) -> bool:
        """SIGKILL to everything inside, until it is empty. Frozen first, so that no fork outruns it.

        `reap` collects ended children of the caller, who alone knows what to do with their exit codes.
        """
        deadline = time.monotonic() + patience_s
        while True:
            if self._unified:
                with contextlib.suppress(OSError):  # kernels before 5.14 lack it
                    self._set("", "cgroup.kill", 1)
            else:
                with contextlib.suppress(OSError):
                    self._set("freezer", "freezer.state", "FROZEN")
            pids = self.pids()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not self._unified:
                with contextlib.suppress(OSError):
                    self._set("freezer", "freezer.state", "THAWED")
            if not pids or time.monotonic() > deadline:
                return not pids
            reap()
            time.sleep(0.01)

    def remove(self) -> None:
        inner = [f for top in self._all for f, _, _ in os.walk(top, topdown=False)] if self._nested else self._all
        for folder in inner:
            for _ in range(50):
                try:
                    os.rmdir(folder)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)  # its last process is still being taken down

    def _set(self, key: str, name: str, value: object) -> None:
        with open(os.path.join(self._folders[key], name), "w", encoding="ascii") as file:
            file.write(str(value))

    def _get(self, key: str, name: str) -> str:
        try:
            with open(os.path.join(self._folders[key], name), encoding="ascii") as file:
                return file.read()
        except OSError:
            return ""

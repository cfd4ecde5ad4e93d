"""Process sites: each rank under a keeper of its own, in a bubblewrap sandbox with limits."""

import contextlib
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gridtie
from gridtie.adapters.sites.lease import write_lease
from gridtie.adapters.sites.process import sandbox
from gridtie.adapters.sites.process.cage import Cage
from gridtie.adapters.sites.process.containers import Containers, Place
from gridtie.adapters.sites.process.door import knock
from gridtie.adapters.sites.process.environment import environment, setup_environment
from gridtie.adapters.sites.process.limits import PIDS_MAX, cgroup_base, rlimits, take_uid
from gridtie.adapters.sites.process.probe import Isolation, probe_isolation
from gridtie.adapters.sites.process.procfs import start_time
from gridtie.dispatch.site import TaskStart, TaskState
from gridtie.errors import NotIsolated, SiteRefused

KEEPER_END_S = 5.0
IMAGES_OWN = ("PATH", "LANG", "GRIDTIE_PYTHON")  # variables of which the image's word counts, where it has one
_PACKAGES = str(Path(gridtie.__file__).parents[1])
_KEEPER = f"import sys; sys.path.insert(0, {_PACKAGES!r}); from gridtie.agent.keeper import main; main()"


class ProcessSite:
    """`trusted` organisations may run here without a sandbox, when there is none; everybody else is refused.

    `shared` are folders of the host that jobs see, each with whether they may write there. `user`: the local user that
    jobs run as when we are root, so that they can share files with him; otherwise each run has a user id of its own.
    `containers` runs the jobs that name an image; all others run in the sandbox.
    """

    def __init__(
        self, *, name: str, exchange_url: str, trusted: frozenset[str], isolation: Isolation | None = None,
        caged: bool = True, pids_max: int = PIDS_MAX, shared: Sequence[tuple[str, bool]] = (),
        user: int | None = None, containers: Containers | None = None,
    ) -> None:  # fmt: skip
        found = isolation or probe_isolation()
        self.isolation, self.reason, self.fix = found.level, found.reason, found.fix
        self._trusted, self._url, self._pids_max = trusted, exchange_url, pids_max
        self._shared, self._user = tuple(shared), user if os.getuid() == 0 else None
        self._cgroup = cgroup_base(name) if caged else None
        self._containers = containers
        self._keepers: dict[Path, subprocess.Popen[bytes]] = {}

    @property
    def images(self) -> bool:
        return self._containers is not None and not self._containers.reason

    @property
    def limits(self) -> str:
        """In words, for the log."""
        return "rlimits only" if self._cgroup is None else f"control groups v{self._cgroup['version']}"

    def capacity(self) -> None:
        """Nobody else runs anything on a slice: what is free follows from the runs that the exchange placed."""

    # ── starting ──────────────────────────────────────────────────────────────────────────────────────────────────
    def start(self, tasks: Sequence[TaskStart]) -> None:
        for start in tasks:
            if start.plan.image or self.isolation != "none":
                continue
            if start.plan.organisation not in self._trusted or start.plan.release is not None:
                raise NotIsolated(reason=self.reason)
            if start.plan.mounts:
                raise SiteRefused(reason="it names absolute paths, and those can be given in a sandbox only")
        try:
            left = [s for s in tasks if not (s.folder / "keeper.json").exists() and not _alive(s.folder)]
            image = self._image(left[0]) if left else ""
            for start in left:
                self._start_one(start, image, barrier=len(start.plan.tasks) > 1)
        except OSError as cause:
            raise SiteRefused(reason=f"a rank could not be started: {cause}") from cause

    def _image(self, start: TaskStart) -> str:
        """The image of a run as it lies here, '' for a run without one."""
        if not start.plan.image:
            return ""
        if self._containers is None:
            raise SiteRefused(reason=f"it runs in the image {start.plan.image[:100]}, and this site runs no images")
        told = [start.folder / order for order in ("cancel", "evict", "kill")]
        return self._containers.ready(start.plan.image, lambda: any(path.exists() for path in told))

    def _start_one(self, start: TaskStart, image: str, *, barrier: bool) -> None:
        name = rank_name(start.folder)
        isolated = bool(image) or self.isolation == "sandbox"
        own = isolated and self._user is None
        taken = take_uid(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)) if own else None
        uid = taken[0] if taken else self._user if isolated else None
        inside = sandbox.HOME if isolated else str(start.home)
        for part in ("sky_workdir", "checkpoints", *(() if isolated else ("tmp",))):
            (start.home / part).mkdir(parents=True, exist_ok=True)
        for mount in start.plan.mounts:
            sandbox.mounted(start.home, mount).mkdir(parents=True, exist_ok=True)
        if uid is not None:
            _give_to(start.home, uid)
        try:
            if image:
                prefix, container = self._container(start, uid, image, own_user=taken is not None)
            else:
                prefix, container = self._sandbox(start, uid) if isolated else [], None
            self._grant(start)
            with contextlib.suppress(FileExistsError):
                os.mkfifo(start.folder / "bell", 0o600)
            spec = self._spec(start, prefix, own_user=taken is not None, inside=inside)
            if container is not None:
                spec["envs"] = {k: v for k, v in spec["envs"].items() if k not in IMAGES_OWN}
            spec |= {"name": name, "barrier": barrier, "uid_lock": taken and taken[1], "container": container}
            self._launch(start.folder, spec, (taken[1],) if taken else ())
        finally:
            if taken is not None:
                os.close(taken[1])  # the keeper has its own

    def _grant(self, start: TaskStart) -> None:
        """Its lease; one that was renewed while the image came is the longer one."""
        with contextlib.suppress(OSError, ValueError):
            if float((start.folder / "lease").read_text(encoding="ascii")) >= start.lease_until:
                return
        self.renew([start.folder], start.lease_until)

    def _sandbox(self, start: TaskStart, uid: int | None) -> list[str]:
        return sandbox.command(
            home=start.home, network=_networked(start), accelerators=start.task.accelerators > 0, uid=uid,
            tmp_bytes=_room(start), passwd=_passwd(start, uid), mounts=start.plan.mounts,
            shared=() if _guarded(start) else self._shared,
        )  # fmt: skip

    def _container(
        self, start: TaskStart, uid: int | None, image: str, *, own_user: bool
    ) -> tuple[list[str], dict[str, Any]]:
        """The beginning of the command line, and what the keeper must know of it. The name is written down first: what
        was started under it is found and ended also when the keeper is gone."""
        assert self._containers is not None
        name, base = f"gridtie-{rank_name(start.folder)}", self._cgroup
        (start.folder / "container").write_text(name, encoding="ascii")
        pidfile = start.folder / "container.pid"
        place = Place(
            name=name, image=image, home=start.home, passwd=_passwd(start, uid), pidfile=pidfile, uid=uid,
            network=_networked(start), accelerators=start.task.accelerators > 0, tmp_bytes=_room(start),
            mounts=start.plan.mounts, shared=() if _guarded(start) else self._shared,
            rlimits=self._rlimits(start, own_user=own_user),
            cgroup=None if base is None else f"{base['path']}/{rank_name(start.folder)}",
        )  # fmt: skip
        known = {"pidfile": str(pidfile), "user": uid, "environment": self._containers.environment(),
                 "remove": self._containers.remove(name)}  # fmt: skip
        return self._containers.command(place), known

    def _rlimits(self, start: TaskStart, *, own_user: bool) -> dict[str, int]:
        return rlimits(
            memory_bytes=start.task.memory_bytes, disk_bytes=start.task.disk_bytes, pids_max=self._pids_max,
            caged=self._cgroup is not None, own_user=own_user,
        )  # fmt: skip

    def _spec(self, start: TaskStart, prefix: list[str], *, own_user: bool, inside: str) -> dict[str, Any]:
        plan, task = start.plan, start.task
        shared = [folder for folder, _ in self._shared] if prefix and plan.release is None else []
        return {
            "sandbox": prefix,
            "setup": plan.setup,
            "command": plan.command,
            "interactive": plan.interactive and plan.release is None,
            "envs": environment(start, inside, self._url, shared),
            "given": dict(plan.envs),
            "phase_envs": {"setup": setup_environment(start)},
            "secrets": dict(start.secrets),
            "cwd": "/" if prefix else str(start.home),
            "scratch": str(start.home),
            "cgroup": self._cgroup,
            "cpus": task.cpus,
            "memory_bytes": task.memory_bytes,
            "disk_bytes": task.disk_bytes,
            "pids_max": self._pids_max,
            "rlimits": self._rlimits(start, own_user=own_user),
            "time_limit_s": None if plan.time_limit_us is None else plan.time_limit_us / 1_000_000,
            "log_limit_bytes": plan.log_limit_bytes,
            "lease_until": start.lease_until,
        }  # fmt: skip

    def _launch(self, folder: Path, spec: dict[str, Any], inherited: Sequence[int]) -> None:
        with (folder / "keeper.err").open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _KEEPER, str(folder)],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True, cwd="/",
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}, pass_fds=inherited,
            )  # fmt: skip
        self._keepers[folder] = process
        (folder / "launched").write_text(f"{process.pid} {start_time(process.pid)}", encoding="ascii")
        assert process.stdin is not None
        with process.stdin as pipe:
            pipe.write(json.dumps(spec).encode())

    def release(self, folders: Sequence[Path]) -> None:
        self._mark(folders, "go")

    # ── watching ──────────────────────────────────────────────────────────────────────────────────────────────────
    def states(self, folders: Sequence[Path]) -> list[TaskState]:
        return [self._state(folder) for folder in folders]

    def _state(self, folder: Path) -> TaskState:
        if keeper := self._keepers.get(folder):
            keeper.poll()  # no zombies
        alive = _alive(folder)  # before the result: it may end between the two looks
        result = _json(folder / "result.json")
        if result is not None:
            return TaskState(
                "ended", result["exit_code"], result["reason"], result["cpu_us"], result["memory_peak_bytes"],
                result["ended"],
            )  # fmt: skip
        if not alive:
            if (folder / "launched").exists():
                self._end_by_force(folder)  # its sandbox ends with it, but not in the same instant
            return TaskState("gone")
        waits = (folder / "ready").exists() and not (folder / "go").exists()
        return TaskState("ready" if waits else "running")

    def listen(self, folders: Sequence[Path]) -> "FifoBell":
        return FifoBell([folder / "bell" for folder in folders])

    def renew(self, folders: Sequence[Path], until: float) -> None:
        for folder in folders:
            with contextlib.suppress(OSError):  # a folder that is being removed needs no lease
                write_lease(folder / "lease", f"{until:017.3f}")

    def enter(self, folder: Path, command: str, streams: Sequence[int], *, tty: bool, term: str) -> "KeeperGuest":
        try:
            return KeeperGuest(knock(str(folder), {"command": command, "tty": tty, "term": term}, list(streams)))
        except OSError as cause:
            raise SiteRefused(reason=f"the job is not there yet, or has ended ({cause.strerror})") from cause

    # ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────
    def stop(self, folders: Sequence[Path], *, how: str) -> None:
        self._mark(folders, how)

    def _mark(self, folders: Sequence[Path], name: str) -> None:
        for folder in folders:
            with contextlib.suppress(OSError):
                (folder / name).touch()

    def remove(self, folder: Path, home: Path) -> None:
        if _json(folder / "result.json") is None:
            self._end_by_force(folder)
        keeper = self._keepers.pop(folder, None)
        if keeper is not None:  # ours to collect; one of an earlier life of the agent is init's
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.wait(KEEPER_END_S)
        for path in (home, folder):
            _delete(path)

    def _end_by_force(self, folder: Path) -> None:
        """A keeper that was killed could not clean up. Its sandbox died with it; the rest is found by its group, or,
        without one, by the name of the run in its environment."""
        name, container = rank_name(folder), folder / "container"
        if self._containers is not None and container.exists():
            self._containers.end(container.read_text(encoding="ascii"))
        if self._cgroup is not None:
            cage = Cage(self._cgroup, name, nested=container.exists())
            cage.kill(lambda: None)
            cage.remove()
            return
        run, rank = name.rpartition("-e")[0], name.rpartition("-r")[2]
        signs = {f"GRIDTIE_RUN={run}".encode(), f"SKYPILOT_NODE_RANK={rank}".encode()}
        deadline = time.monotonic() + KEEPER_END_S
        while left := [pid for pid in _others() if signs <= _environment_of(pid)]:
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)


class FifoBell:
    """Keepers write a byte into a FIFO when something changed. It outlives the agent, and nobody waits for a reader."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._open: list[int] = []
        self._poll = select.poll()
        for path in paths:
            with contextlib.suppress(OSError):
                descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
                self._open.append(descriptor)
                self._poll.register(descriptor, select.POLLIN)

    def wait(self, seconds: float) -> None:
        for descriptor, _ in self._poll.poll(seconds * 1000):
            with contextlib.suppress(OSError):
                os.read(descriptor, 1 << 16)

    def close(self) -> None:
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()


class KeeperGuest:
    """A command that a keeper started for us; the connection to it says how it ended."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def fileno(self) -> int:
        return self._line.fileno()

    def ended(self) -> int:
        told = self._line.recv(65536)
        answer = json.loads(told) if told else {"refused": "the job has ended"}
        if "exit_code" not in answer:
            raise SiteRefused(reason=str(answer["refused"]))
        return int(answer["exit_code"])

    def close(self) -> None:
        self._line.close()


def _guarded(start: TaskStart) -> bool:
    """Whether its data may not leave: what another job could read must not be there to write to."""
    return start.plan.release is not None


def _networked(start: TaskStart) -> bool:
    return start.plan.network == "host" and not _guarded(start)


def _room(start: TaskStart) -> int:
    return min(start.task.disk_bytes, start.task.memory_bytes // 2, sandbox.TMP_BYTES_MAX)


def _passwd(start: TaskStart, uid: int | None) -> Path:
    passwd = start.folder / "passwd"
    number = os.getuid() if uid is None else uid
    passwd.write_text(f"job:x:{number}:{number}::{sandbox.HOME}:/bin/bash\n", encoding="ascii")
    passwd.chmod(0o644)
    return passwd


def rank_name(folder: Path) -> str:
    """`<run>-e<epoch>-r<rank>`, from where the rank's records lie: <run>-e<epoch>/rank-<rank>."""
    return f"{folder.parent.name}-r{folder.name.removeprefix('rank-')}"


def _give_to(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, names, files in os.walk(folder):
        for name in (*names, *files):
            os.chown(os.path.join(parent, name), uid, uid, follow_symlinks=False)


def _delete(path: Path) -> None:
    """Also folders a job locked, and those it nested deeper than a path may be long: `rm` walks them, rmtree does not.
    What cannot be deleted even then stays, and is not ours to cry about."""
    remove = ["rm", "-rf", "--one-file-system", "--", str(path)]
    quiet = partial(subprocess.run, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if path.exists() and quiet(remove).returncode:
        quiet(["chmod", "-R", "u+rwx", "--", str(path)])
        quiet(remove)


def _alive(folder: Path) -> bool:
    """Whether the keeper that wrote its pid there still runs; a pid used again by another process does not count."""
    known = _json(folder / "keeper.json")
    if known is not None:
        return start_time(known["pid"]) == int(known["started"])
    try:  # between its start and the first file it writes
        pid, started = (folder / "launched").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return False
    return start_time(int(pid)) == int(started) != 0


def _others() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit() and int(entry.name) != os.getpid()]


def _environment_of(pid: int) -> set[bytes]:
    """Empty for who has ended, zombies included, and for who is not ours to look at."""
    try:
        return set(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return set()


def _json(path: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document

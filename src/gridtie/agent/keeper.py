"""The keeper: one small process beside each rank. It outlives the agent, holds the limits, and ends the rank in time.

Started as `python -I -S -c '…main()' FOLDER`, with its specification (secrets included) on stdin: nothing secret is
ever in argv or on disk. Only the standard library and its two neighbours, so that it starts in milliseconds.

In FOLDER it writes `log`, `keeper.json` (pid and start time), `ready` (waits for the other ranks), `result.json`
(atomically, at the end), and rings `bell` (a FIFO) at each change. It obeys what the agent puts there: `go`, `cancel`
(SIGTERM, grace, SIGKILL), `evict` (the same at the site's wish), `kill` (at once), and `lease`: the time on the boot
clock at which the rank must be gone.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from gridtie.adapters.sites.output import OutputLog
from gridtie.adapters.sites.process.cage import Cage
from gridtie.adapters.sites.process.procfs import descendants, resident, size_of, start_time, unlinked

if TYPE_CHECKING:
    from gridtie.adapters.sites.process.door import Door

READ_BYTES = 1 << 20
RESULT_BYTES = 4096
FLOOD_PAUSE_S = 0.004  # per read once output is only sampled: the job waits in its pipe instead of us burning a core
LOOK_S = 0.25
REMOVE_S = 20.0
GUEST_S = 0.05  # how often is looked whether a command in a session has ended
GRACE_S = 10.0
DISK_SHARE = 20  # the disk is looked at again after 20 times as long as the last look took
F_SETPIPE_SZ = 1031
TIOCSCTTY = 0x540E
NS_GET_USERNS = 0xB701
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
SIGNAL_CODES = frozenset({129, 130, 131, 132, 134, 135, 136, 137, 139, 141, 143})
STOPPED = {
    "cancel": "asked to end",
    "preempted": "the site takes its machine back",
    "lease": "the exchange was not heard for too long",
    "time_limit": "its time limit",
    "disk_limit": "its disk is full",
    "out_of_memory": "out of memory",
    "sandbox": "the sandbox could not be made",
}
GENTLE = ("cancel", "evict", "time_limit")  # these stops leave GRACE_S; all others are at once

_libc = ctypes.CDLL(None, use_errno=True)


def boot_clock() -> float:
    """Seconds since boot, suspends included: the same in every process, and never set back."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Keeper:
    def __init__(self, folder: str, spec: dict[str, Any]) -> None:
        self._folder, self._spec = folder, spec
        self._reason = ""
        self._began = time.monotonic()
        self._lease = float(spec["lease_until"])
        self._ended: dict[int, int] = {}  # pid → wait status
        self._sandbox_pid = 0  # the sandbox's own init, as we see it
        self._disk_next = self._look_next = 0.0
        self._kill_at = 0.0
        self._peak = 0
        self._asked = False
        self._cage: Cage | None = None
        self._door: Door | None = None
        self._log = OutputLog(
            self._path("log"), spec["log_limit_bytes"], [value.encode() for value in spec["secrets"].values()]
        )

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def run(self) -> None:
        code, closing = 0, ""
        try:
            self._enter_cage()
            for phase in ("setup", "command"):
                if phase == "command" and self._spec["barrier"] and not self._await_others():
                    break
                if self._spec[phase].strip():
                    code = self._phase(phase)
                    if code or self._reason:
                        self._reason = self._reason or ("setup" if phase == "setup" else "")
                        break
        except OSError as cause:
            self._reason = "sandbox"
            closing = f"[gridtie: this rank could not be started: {cause}]\n"
        self._sweep()
        if self._door is not None:
            self._door.close()
        cpu_us, peak = self._usage()
        self._name_reason(code)
        if self._reason and self._reason not in ("exit", "setup", "signal"):
            closing = closing or f"[gridtie: stopped: {STOPPED[self._reason]}]\n"
        self._log.close(closing.encode())
        if self._cage is not None:
            self._cage.remove()
        result = {
            "exit_code": code,
            "reason": self._reason,
            "cpu_us": cpu_us,
            "memory_peak_bytes": peak,
            "ended": boot_clock(),
            "seconds": time.monotonic() - self._began,
        }
        write_json(self._path("result.json"), result)
        self._ring()

    # ── starting ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _enter_cage(self) -> None:
        if self._spec["cgroup"] is not None:
            cage = Cage(self._spec["cgroup"], self._spec["name"], nested=bool(self._spec["container"]))
            cage.make(memory_bytes=self._spec["memory_bytes"], cpus=self._spec["cpus"], pids_max=self._spec["pids_max"])
            self._cage = cage

    def _await_others(self) -> bool:
        """All ranks start their command together. False when this one is to stop instead."""
        write_json(self._path("ready"), {})
        self._ring()
        while not os.path.exists(self._path("go")):
            self._reason = self._stop_reason()
            if self._reason:
                return False
            time.sleep(0.01)
        return True

    def _phase(self, phase: str) -> int:
        """Runs one of setup and command to its end; its exit code as a shell would say it."""
        spec = self._spec
        output, output_end = os.pipe()
        status, status_end = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(output, F_SETPIPE_SZ, READ_BYTES)
        environment = {**spec["envs"], **spec["phase_envs"].get(phase, {})}
        self._sandbox_pid = 0
        streams = (-1, output_end, output_end)
        line, line_end = os.pipe()  # a container sees its end when we are gone
        if container := spec["container"]:
            data = spec["rlimits"].get("RLIMIT_DATA")
            limit = f"ulimit -d {data // 1024}\n" if data else ""
            given = _given(limit + _script(spec[phase]), {**environment, **spec["given"], **spec["secrets"]})
            with contextlib.suppress(FileNotFoundError):
                os.unlink(container["pidfile"])
            arguments = [*spec["sandbox"], "/bin/bash", "-c", _first_process()]
        else:
            given = _given(_script(spec[phase]), {**spec["given"], **spec["secrets"]})
            prefix = [part.replace("{status_fd}", str(status_end)) for part in spec["sandbox"]]
            arguments = [*prefix, "/bin/bash", "-c", LOADER.replace("{fd}", str(given))]
        pid = os.fork()
        if pid == 0 and container:
            self._become_engine(arguments, container["environment"], streams, (given, line))
        if pid == 0:
            self._become(arguments, environment, streams, (status_end, given))
        for descriptor in (output_end, status_end, given, line):
            os.close(descriptor)
        os.set_blocking(output, False)
        try:
            said = self._accompany(pid, output, status)
        finally:
            os.close(output)
            os.close(status)
            os.close(line_end)
        code = os.waitstatus_to_exitcode(self._ended.pop(pid))
        code = code if code >= 0 else 128 - code
        if container:
            said = self._after_container(code)
        if spec["sandbox"] and not self._reason and "exit-code" not in said and not self._out_of_memory():
            self._reason = "sandbox"  # it never came to run the script: not the job's doing
        return code

    def _after_container(self, code: int) -> dict[str, Any]:
        """As bubblewrap would have said it: whether the image was run at all. One without bash was: that is its own
        doing. What podman had no time to clear away is removed."""
        ran = bool(self._container_pid()) or code == 127
        if self._reason or not ran:
            container = self._spec["container"]
            pid = os.posix_spawnp(container["remove"][0], container["remove"], container["environment"])
            deadline = time.monotonic() + REMOVE_S
            while pid not in self._ended and time.monotonic() < deadline:
                self._reap()
                time.sleep(0.01)
        return {"exit-code": code} if ran else {}

    def _container_pid(self) -> int:
        with contextlib.suppress(OSError, ValueError), open(self._spec["container"]["pidfile"], encoding="ascii") as f:
            return int(f.read())
        return 0

    def _become_engine(
        self, arguments: list[str], environment: dict[str, str], streams: tuple[int, int, int], passed: tuple[int, int]
    ) -> None:
        """The child that becomes podman: our own program with our own words. The limits are the container's, not its;
        `passed` arrive as 3 and 4."""
        try:
            os.setsid()
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            os.umask(0o022)
            os.chdir("/")
            wanted = (os.open(os.devnull, os.O_RDONLY), *streams[1:], *passed)
            aside = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in wanted]
            for target, descriptor in enumerate(aside):
                os.dup2(descriptor, target)
            os.closerange(len(aside), 1 << 16)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.execvpe(arguments[0], arguments, environment)  # noqa: S606  no shell
        except BaseException as cause:  # noqa: BLE001  a forked child must never return into its parent's code
            os.write(2, f"[gridtie: cannot start: {cause}]\n".encode())
        finally:
            os._exit(125)

    def _become(
        self, arguments: list[str], environment: dict[str, str], streams: tuple[int, int, int], passed: tuple[int, ...],
        *, tty: bool = False,
    ) -> None:  # fmt: skip
        """The child: limits first, privileges last. -1 stands for nothing to read. Never returns."""
        try:
            os.setsid()
            if tty:
                fcntl.ioctl(streams[0], TIOCSCTTY, 0)
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if self._cage is not None:
                self._cage.join()
            for name, value in self._spec["rlimits"].items():
                kind = getattr(resource, name)
                hard = resource.getrlimit(kind)[1]
                capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(kind, (capped, capped))
            _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            os.umask(0o022)
            os.chdir(self._spec["cwd"])
            source = os.open(os.devnull, os.O_RDONLY) if streams[0] < 0 else streams[0]
            for target, stream in enumerate((source, *streams[1:])):
                os.dup2(stream, target)
            for descriptor in passed:
                os.set_inheritable(descriptor, True)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.execvpe(arguments[0], arguments, environment)  # noqa: S606  the sandbox is the guard, not a shell
        except BaseException as cause:  # noqa: BLE001  a forked child must never return into its parent's code
            os.write(2, f"[gridtie: cannot start: {cause}]\n".encode())
        finally:
            os._exit(126)

    # ── while it works ────────────────────────────────────────────────────────────────────────────────────────────
    def _accompany(self, pid: int, output: int, status: int) -> dict[str, Any]:
        """Moves output, watches the limits, returns what the sandbox said of itself once the main process is gone."""
        poll = select.poll()
        process = os.pidfd_open(pid)
        if self._spec["interactive"] and self._door is None:
            from gridtie.adapters.sites.process.door import Door

            self._door = Door(self._folder, self._let_in)
        for descriptor in (output, status, process):
            poll.register(descriptor, select.POLLIN)
        heard = b""
        try:
            while pid not in self._ended:
                guests = self._door.files() if self._door else []
                for guest in guests:
                    poll.register(guest, select.POLLIN)
                ready = poll.poll((LOOK_S if len(guests) < 2 else GUEST_S) * 1000)
                for guest in guests:
                    poll.unregister(guest)
                self._serve_guests()
                for descriptor, _ in ready:
                    if descriptor in guests:
                        continue
                    if descriptor == process:
                        self._reap()
                        continue
                    part = _read(descriptor)
                    if not part:
                        poll.unregister(descriptor)
                    elif descriptor == status:
                        heard += part
                        self._sandbox_pid = self._sandbox_pid or int(_status(heard).get("child-pid", 0))
                    else:
                        self._take(part)
                self._look(pid)
            self._sweep()  # who is left could write into the pipe for ever
            while part := _read(output):
                self._take(part)
            while part := _read(status):
                heard += part
        finally:
            os.close(process)
        return _status(heard)

    def _serve_guests(self) -> None:
        if self._door is not None:
            self._reap()
            for left in self._door.look(self._ended):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(left, signal.SIGKILL)

    def _let_in(self, request: dict[str, Any], streams: list[int]) -> int:
        """Starts a command beside the rank's own: in its namespaces, as its user, under its limits; the pid."""
        spec = self._spec
        if spec["container"]:  # who saw its first output may come before we look again
            self._sandbox_pid = self._sandbox_pid or self._container_pid()
        if len(streams) != 3 or (spec["sandbox"] and not self._sandbox_pid):
            raise ValueError("the job is not there yet")
        way: tuple[list[str], int] = [], -1
        if spec["container"]:
            return self._let_into_container(request, streams)
        if spec["sandbox"]:
            dropped = spec["sandbox"].index("setpriv") if "setpriv" in spec["sandbox"] else None
            way = _into(self._sandbox_pid, None if dropped is None else spec["sandbox"][dropped:])
        return self._enter(request, streams, way, spec["envs"], {})

    def _let_into_container(self, request: dict[str, Any], streams: list[int]) -> int:
        """The image's own variables are set inside: what is in them must not reach the program that enters."""
        target, user = self._sandbox_pid, self._spec["container"]["user"]
        with open(f"/proc/{target}/environ", "rb") as file:
            pairs = [part.decode(errors="replace").partition("=") for part in file.read().split(b"\0") if part]
        way = _into(target, None if user is None else [f"--setuid={user}", f"--setgid={user}"])
        theirs = {name: value for name, _, value in pairs} | self._spec["envs"]
        outside = {"PATH": self._spec["container"]["environment"]["PATH"], "HOME": self._spec["envs"]["HOME"]}
        return self._enter(request, streams, way, outside, theirs)

    def _enter(
        self, request: dict[str, Any], streams: list[int], way: tuple[list[str], int], environment: dict[str, str],
        inside: dict[str, str],
    ) -> int:  # fmt: skip
        spec, (prefix, owner) = self._spec, way
        variables = {**inside, **spec["given"], **spec["secrets"], "TERM": str(request["term"])}
        script = f"exec {request['command']}"
        if prefix and request["tty"]:  # of Ctrl-C, which all on a terminal get, nsenter would die: bash waits instead
            prefix = [word for part in prefix for word in ([part, "--no-fork"] if part == "--pid" else [part])]
            script = f"trap : INT QUIT\n({script})\nexit"
        given = _given(script, variables)
        arguments = [*prefix, "/bin/bash", "-c", LOADER.replace("{fd}", str(given))]
        pid = os.fork()
        if pid == 0:
            passed = (given,) if owner < 0 else (given, owner)
            self._become(arguments, environment, (streams[0], streams[1], streams[2]), passed, tty=request["tty"])
        for descriptor in {given, owner} - {-1}:
            os.close(descriptor)
        return pid

    def _take(self, part: bytes) -> None:
        if self._log.add(part):
            self._ring()
        elif self._log.flooded:
            time.sleep(FLOOD_PAUSE_S)

    def _look(self, pid: int) -> None:
        """Four times a second: limits, orders, lease."""
        now = time.monotonic()
        if now < self._look_next:
            return
        self._look_next = now + LOOK_S
        if self._log.tick(now):
            self._ring()
        if self._spec["container"] and not self._sandbox_pid:
            self._sandbox_pid = self._container_pid()
        hard = self._stop_reason()
        if hard and not self._reason:
            self._reason = hard
            self._kill_at = now + (GRACE_S if hard in GENTLE else 0)
            if hard in GENTLE:
                self._ask_to_end(pid)
        elif hard and hard not in GENTLE:
            self._kill_at = now
        if self._reason and now >= self._kill_at:
            self._kill(pid)

    def _stop_reason(self) -> str:
        """The first cause to stop, '' while there is none. Those that allow no grace come first."""
        with contextlib.suppress(OSError, ValueError), open(self._path("lease"), encoding="ascii") as file:
            self._lease = float(file.read())
        if self._told("kill") or boot_clock() > self._lease:
            return "lease"
        if self._out_of_memory():
            return "out_of_memory"
        if self._disk_is_full():
            return "disk_limit"
        limit = self._spec["time_limit_s"]
        if limit is not None and time.monotonic() - self._began > limit:
            return "time_limit"
        if self._told("cancel"):
            return "cancel"
        return "evict" if self._asked or self._told("evict") else ""

    def _told(self, order: str) -> bool:
        return os.path.exists(self._path(order))

    def _out_of_memory(self) -> bool:
        if self._cage is not None:
            return self._cage.out_of_memory()
        used = sum(resident(pid) for pid in descendants(os.getpid()))
        self._peak = max(self._peak, used)
        return used > int(self._spec["memory_bytes"])

    def _disk_is_full(self) -> bool:
        began = time.monotonic()
        if began < self._disk_next:
            return False
        scratch = self._spec["scratch"]
        size = size_of(scratch)
        if size is not None:
            size += unlinked(descendants(os.getpid()), os.stat(scratch).st_dev)
        now = time.monotonic()
        self._disk_next = now + max(LOOK_S, (now - began) * DISK_SHARE)
        return size is None or size > int(self._spec["disk_bytes"])

    # ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _ask_to_end(self, pid: int) -> None:
        """SIGTERM to the script and what it runs. The sandbox's init ignores it, and so holds the place open."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._sandbox_pid or pid, signal.SIGTERM)

    def _kill(self, pid: int) -> None:
        for number in (self._sandbox_pid, pid):
            if number and pid not in self._ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
        self._sweep()

    def _sweep(self) -> None:
        """Nothing of the rank stays: its group, its namespace, and whoever slipped away and became our child."""
        if self._cage is not None:
            self._cage.kill(self._reap)
        for _ in range(500):
            left = descendants(os.getpid())
            if not left:
                return
            for number in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
            self._reap()
            time.sleep(0.01)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._ended[pid] = status

    def _usage(self) -> tuple[int, int]:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_us, peak = int((used.ru_utime + used.ru_stime) * 1_000_000), max(self._peak, used.ru_maxrss * 1024)
        if self._cage is not None:
            caged = self._cage.usage()
            cpu_us, peak = caged[0] or cpu_us, caged[1] or peak
        return cpu_us, peak

    def _name_reason(self, code: int) -> None:
        if not self._reason and self._cage is not None and code and self._cage.out_of_memory():
            self._reason = "out_of_memory"
        if not self._reason and code:
            self._reason = "signal" if code in SIGNAL_CODES else "exit"
        if self._reason == "evict":
            self._reason = "preempted"

    def asked(self, *_: object) -> None:
        """SIGTERM to the keeper itself: the host goes down."""
        self._asked = True

    def _ring(self) -> None:
        try:
            bell = os.open(self._path("bell"), os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return  # nobody listens
        with contextlib.suppress(OSError):
            os.write(bell, b".")
        os.close(bell)


# What a submitter gives (variables, secrets, the script) is read by the job's own shell, inside, from a descriptor. In
# the environment of the programs that build the sandbox, LD_PRELOAD or PATH would run his code with their rights.
LOADER = """cd ~/sky_workdir || exit 1
mapfile -d '' -t __gridtie <&{fd}; exec {fd}<&-
for __gridtie_pair in "${__gridtie[@]:1}"; do export "$__gridtie_pair"; done
eval "unset __gridtie __gridtie_pair; ${__gridtie[0]}\""""


# In a container the job is not the first process, which signals do not end; the first one waits for it and passes its
# exit code on. When the keeper is gone, descriptor 4 ends, and everything inside with it.
FIRST = """trap : TERM
( exec 3<&-; read -r -u 4 __gridtie; kill -KILL -1 ) &
( exec 4<&-
{loader} ) & __gridtie=$!
exec 3<&-
while wait $__gridtie; kill -0 $__gridtie 2>/dev/null; do :; done
wait $__gridtie"""


def _first_process() -> str:
    return FIRST.replace("{loader}", LOADER.replace("{fd}", "3"))


def _into(target: int, lowered: list[str] | None) -> tuple[list[str], int]:
    """nsenter's words, and what it must inherit (-1: nothing). `lowered`: how root becomes the run's user.

    Who is not root may not join what is the host's, such as its network, again, and joins the rest only from the user
    namespace that owns it: bubblewrap and podman may have put the run into one inside that.
    """
    kinds = [("mount", "mnt"), ("uts", "uts"), ("ipc", "ipc"), ("net", "net"), ("pid", "pid")]
    words = ["nsenter", f"--target={target}"]
    words += [f"--{kind}" for kind, name in kinds if _space("self", name) != _space(target, name)]
    if lowered is not None:
        return [*words, *lowered], -1
    words += ["--user", "--preserve-credentials"]
    with open(f"/proc/{target}/ns/mnt", "rb") as space:
        owner = fcntl.ioctl(space, NS_GET_USERNS)
    if os.fstat(owner).st_ino == _space(target, "user"):
        os.close(owner)
        return words, -1
    return ["nsenter", f"--user=/proc/self/fd/{owner}", "--preserve-credentials", *words], owner


def _space(pid: int | str, name: str) -> int:
    return os.stat(f"/proc/{pid}/ns/{name}").st_ino


def _given(script: str, variables: dict[str, str]) -> int:
    """A file in memory for LOADER, at its beginning; no length of a script or value is too much for it."""
    parts = (script, *(f"{name}={value}" for name, value in variables.items()))
    descriptor = os.memfd_create("given")
    with open(descriptor, "wb", closefd=False) as file:
        file.writelines(part.replace("\0", "").encode(errors="replace") + b"\0" for part in parts)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _script(text: str) -> str:
    """With a trap, bash waits at SIGTERM until what it runs has ended, instead of taking its sandbox down at once."""
    return "trap 'exit 143' TERM\n" + text


def _read(descriptor: int) -> bytes:
    """b'' at the end, and when nothing is there."""
    try:
        return os.read(descriptor, READ_BYTES)
    except OSError:
        return b""


def _status(heard: bytes) -> dict[str, Any]:
    """bwrap's documents, one a line, as one."""
    merged: dict[str, Any] = {}
    for line in heard.splitlines():
        with contextlib.suppress(ValueError):
            merged.update(json.loads(line))
    return merged


def reserve(path: str) -> None:
    """Room for what `write_json` will write there, taken while there is some: how a rank ended must fit on a full disk.

    The blanks that are left over behind the document are part of no JSON and disturb none.
    """
    with open(path + ".new", "wb") as file:
        file.write(b" " * RESULT_BYTES)


def write_json(path: str, document: dict[str, Any]) -> None:
    """All of it or nothing."""
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT, 0o666), "w", encoding="utf-8") as file:
        json.dump(document, file)
    os.replace(path + ".new", path)


def main() -> None:
    folder = sys.argv[1]
    lock = os.open(os.path.join(folder, "keeper.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # a second start of the same rank, after a crash of the agent: the first one keeps it
    if os.path.exists(os.path.join(folder, "keeper.json")):
        return
    spec = json.loads(sys.stdin.buffer.read())
    if spec["uid_lock"] is not None:
        os.set_inheritable(spec["uid_lock"], False)  # ours alone: it names the user id of this rank as taken
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    keeper = Keeper(folder, spec)
    signal.signal(signal.SIGTERM, keeper.asked)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    reserve(os.path.join(folder, "result.json"))
    write_json(os.path.join(folder, "keeper.json"), {"pid": os.getpid(), "started": start_time(os.getpid())})
    keeper.run()

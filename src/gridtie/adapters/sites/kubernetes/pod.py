"""What a rank's container runs, `python3 -c THIS FOLDER wait MESSAGE`, and the agent beside it, `pod.py FOLDER talk`.

The agent and the container share no file system; all that passes between them passes through `exec` of the API, as
with `kubectl cp`. `wait` is the container's first process: it waits for the rank's files, runs its phases through
rank.py, keeps its end in the termination message, and stays until the agent has fetched what the rank left, or the
lease is over. `talk` is one exchange with the agent: eight bytes of length, a JSON request, pieces of files; back
come a line of JSON, new output, pieces of files. Standard library, Python 3.8.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

LOOK_S = 0.1
SILENT_S = 600.0  # that the agent may be while files, and the other ranks' setups, are waited for
NOTHING_CAME = 76
LEAVE_S = 8.0  # told to end: for the agent to fetch what is left
LOG_BYTES = 1 << 20  # of output in one exchange
WATCHED = ("sky_workdir", "checkpoints")


class Wait:
    def __init__(self, folder: str, message: str) -> None:
        self._folder, self._message = folder, message
        self._job = os.path.join(folder, "job")
        self._terminated = False
        signal.signal(signal.SIGTERM, self._term)
        with open("/proc/self/cmdline", "rb") as words, open(os.path.join(folder, "pod.new"), "wb") as program:
            program.write(words.read().split(b"\0-c\0", 1)[1].split(b"\0", 1)[0])
        os.replace(os.path.join(folder, "pod.new"), os.path.join(folder, "pod.py"))

    def _term(self, *_: object) -> None:
        self._terminated = True

    def _told(self, name: str) -> bool:
        return os.path.exists(os.path.join(self._folder, name))

    def _lease(self) -> str:
        """Written anew with whatever the agent says."""
        with contextlib.suppress(OSError), open(os.path.join(self._folder, "lease")) as file:
            return file.read()
        return ""

    def _until(self, name: str) -> bool:
        end, seen = time.monotonic() + SILENT_S, self._lease()
        while not self._told(name):
            if (text := self._lease()) != seen:
                end, seen = time.monotonic() + SILENT_S, text
            if time.monotonic() > end or self._terminated or self._told("stop"):
                return False
            time.sleep(LOOK_S)
        return True

    def work(self) -> int:
        if not self._until("ready"):
            return 143 if self._terminated else NOTHING_CAME
        code = self._phase("setup") if os.path.getsize(os.path.join(self._job, "script-setup")) else 0
        if code == 0:
            with open(os.path.join(self._folder, "set-up"), "w"):
                pass
            if not self._until("go"):
                return 143 if self._terminated or self._told("stop") else NOTHING_CAME
            code = self._phase("command")
        self._leave_message()
        self._linger()
        return code

    def _phase(self, phase: str) -> int:
        program = os.path.join(self._folder, "rank.py")
        child = subprocess.Popen([sys.executable, "-I", "-S", program, self._folder, phase])
        told = False
        while child.poll() is None:
            if not told and (self._terminated or self._told("stop")):
                told = True
                child.send_signal(signal.SIGTERM)
            time.sleep(LOOK_S)
        return child.returncode if child.returncode >= 0 else 128 - child.returncode

    def _leave_message(self) -> None:
        with contextlib.suppress(OSError):
            with open(_result(self._job), encoding="utf-8") as file:
                text = file.read()
            with open(self._message, "w", encoding="utf-8") as file:
                file.write(text)

    def _linger(self) -> None:
        """As long as the lease goes on, by our own clock; without one, as long as files may take to come."""
        end, seen, leaving = time.monotonic() + SILENT_S, "", False
        while not self._told("fetched") and time.monotonic() < end:
            if self._terminated and not leaving:
                end, leaving = min(end, time.monotonic() + LEAVE_S), True
            if (text := self._lease()) != seen and not leaving:
                with contextlib.suppress(ValueError):
                    end, seen = time.monotonic() + float(text) - time.time(), text
            time.sleep(LOOK_S)


def _result(job: str) -> str:
    return os.path.join(job, f"result-{os.environ.get('JOB_COMPLETION_INDEX', '0')}.json")


def talk(folder: str, come: BinaryIO, leave: BinaryIO) -> None:
    """`lease`: seconds from now. `pieces`: of files, with name, mode, offset and length, whose bytes follow. `marks`:
    files to make: ready, go, stop, fetched. `log`: bytes the agent has. `known`: size and time of the files it has;
    `partial`: name, size, time of one that it has up to an offset; `most`: bytes it takes now."""
    request = json.loads(come.read(int.from_bytes(come.read(8), "big")))
    job = os.path.join(folder, "job")
    for name in request.get("folders", ()):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for name, mode, offset, length in request.get("pieces", ()):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | (0 if offset else os.O_TRUNC), mode)
        with os.fdopen(handle, "wb") as file:
            file.seek(offset)
            file.write(come.read(length))
        os.utime(path, ns=(0, request["mtime"]))
    fresh = os.path.join(folder, "lease.new")
    with open(fresh, "w") as text:
        text.write(f"{time.time() + request['lease']:.3f}")
    os.replace(fresh, os.path.join(folder, "lease"))
    for mark in request.get("marks", ()):
        with open(os.path.join(folder, mark), "w"):
            pass
    answer: dict[str, Any] = {"ready": os.path.exists(os.path.join(folder, "ready"))}
    answer["set_up"] = os.path.exists(os.path.join(folder, "set-up"))
    answer["result"] = None
    with contextlib.suppress(OSError, ValueError), open(_result(job), encoding="utf-8") as result:
        answer["result"] = json.load(result)
    log = b""
    name = os.path.join(job, f"log-{os.environ.get('JOB_COMPLETION_INDEX', '0')}")
    with contextlib.suppress(OSError), open(name, "rb") as stream:
        stream.seek(request.get("log", 0))
        log = stream.read(LOG_BYTES)
    names = WATCHED if answer["result"] else WATCHED[1:]
    known = request.get("known", {}) if answer["ready"] else {}
    answer["gone"] = [
        key for key in known if key.split("/")[0] in names and not os.path.lexists(os.path.join(folder, "home", key))
    ]
    answer["log"], answer["files"], parts = len(log), [], []
    for found, part in pieces(os.path.join(folder, "home"), names, request):
        answer["files"].append(found)
        parts.append(part)
    answer["more"] = len(log) == LOG_BYTES or sum(len(part) + 1 for part in parts) >= request.get("most", 0) > 0
    leave.write(json.dumps(answer).encode() + b"\n" + log + b"".join(parts))
    leave.flush()


def pieces(home: str, names: Any, request: Any) -> Iterator[tuple[list[Any], bytes]]:
    """Name, size, time, mode, offset and the bytes of what is not as `known`, together at most `most` bytes."""
    known, partial, left = request.get("known", {}), request.get("partial"), request.get("most", 0)
    for name in names:
        for parent, _, files in os.walk(os.path.join(home, name)):
            for one in files:
                path = os.path.join(parent, one)
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    key, state = os.path.relpath(path, home), [status.st_size, status.st_mtime_ns]
                    if not stat.S_ISREG(status.st_mode) or known.get(key) == state or left <= 0:
                        continue
                    offset = partial[3] if partial and partial[:3] == [key, *state] else 0
                    with open(path, "rb") as file:
                        file.seek(offset)
                        part = file.read(min(left, status.st_size - offset))
                    left -= len(part) + 1
                    yield [key, *state, status.st_mode & 0o777, offset, len(part)], part


if __name__ == "__main__":
    if sys.argv[2] == "wait":
        sys.exit(Wait(sys.argv[1], sys.argv[3]).work())
    talk(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)

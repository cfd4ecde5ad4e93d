"""A way into a running sandbox: the agent hands the keeper a command and three open files, and hears its exit code.

The keeper starts it, so that it is in the rank's control group, under its limits, and ends with the rank at the latest.
Only the standard library, loaded only for jobs that allow it.
"""

import array
import contextlib
import json
import os
import socket
from collections.abc import Callable
from typing import Any

REQUEST_MAX = 128 << 10
Start = Callable[[dict[str, Any], list[int]], int]


def _address(folder: int) -> str:
    """A socket's path has at most 107 bytes; by the open folder it is short."""
    return f"/proc/self/fd/{folder}/door"


class Door:
    """The keeper's side: a socket in the rank's folder. `start` begins a request and returns its pid."""

    def __init__(self, folder: str, start: Start) -> None:
        self._start = start
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_address(self._folder))
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(_address(self._folder))
        os.chmod(_address(self._folder), 0o600)
        self._listener.listen(64)
        self._listener.setblocking(False)
        self._guests: dict[int, tuple[socket.socket, int]] = {}  # descriptor → its connection, the pid it started

    def files(self) -> list[int]:
        """What to poll for reading."""
        return [self._listener.fileno(), *self._guests]

    def look(self, ended: dict[int, int]) -> list[int]:
        """Lets guests in, tells exit codes of `ended` (pid → wait status); the pids whose guests have left."""
        with contextlib.suppress(OSError):
            while True:
                guest, _ = self._listener.accept()
                self._welcome(guest)
        left = []
        for descriptor, (guest, pid) in list(self._guests.items()):
            if pid in ended:
                code = os.waitstatus_to_exitcode(ended.pop(pid))
                self._say(guest, {"exit_code": code if code >= 0 else 128 - code})
                del self._guests[descriptor]
            elif _gone(guest):
                guest.close()
                del self._guests[descriptor]
                left.append(pid)
        return left

    def _welcome(self, guest: socket.socket) -> None:
        guest.settimeout(2.0)
        try:
            request, streams, _, _ = socket.recv_fds(guest, REQUEST_MAX, 3)
        except OSError:
            guest.close()
            return
        try:
            pid = self._start(json.loads(request), list(streams))
        except (OSError, ValueError, KeyError) as cause:
            self._say(guest, {"refused": str(cause)})
        else:
            guest.setblocking(False)
            self._guests[guest.fileno()] = (guest, pid)
        finally:
            for stream in streams:
                os.close(stream)

    def _say(self, guest: socket.socket, document: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            guest.send(json.dumps(document).encode())
        guest.close()

    def close(self) -> None:
        self._listener.close()
        for guest, _ in self._guests.values():
            guest.close()
        os.close(self._folder)


def _gone(guest: socket.socket) -> bool:
    try:
        return guest.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def knock(folder: str, request: dict[str, Any], streams: list[int]) -> socket.socket:
    """The agent's side: what says {exit_code} or {refused} at the end; closing it ends the command. Raises OSError."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        line.connect(_address(descriptor))
        rights = array.array("i", streams)
        line.sendmsg([json.dumps(request).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    except OSError:
        line.close()
        raise
    finally:
        os.close(descriptor)
    return line

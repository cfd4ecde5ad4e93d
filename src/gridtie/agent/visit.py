"""One session of a member in a run of ours: bytes between the exchange and a command inside the sandbox."""

import contextlib
import fcntl
import logging
import os
import select
import struct
import termios
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any, TypeVar

from gridtie.agent.threads import begin
from gridtie.client.agent import AgentClient
from gridtie.dispatch.site import Enterable, Guest, Site
from gridtie.errors import CallRepeated, GridtieError, LocalFault, SiteRefused, Unreachable

log = logging.getLogger("gridtie.agent")
READ = 32 << 10
WATCH_S = 1.0
AWAY_S = 45.0  # an exchange that does not answer for so long has given the session up
PAUSE_S = 0.5
DRAIN_S = 0.5  # a command that left something in the background does not end its streams: not waited for longer
OUTPUT, ERRORS, EXIT = 1, 2, 3
_T = TypeVar("_T")
# Joins standard input and output to a port of the job's own loopback; the end of each direction is passed on. Without
# Python's buffers, and left by _exit: the thread that waits for input may hold a buffer's lock, on which Python aborts.
_TO_PORT = """\
import os, socket, sys, threading
try:
    line = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10); line.settimeout(None)
except OSError as cause:
    sys.exit(f"port {sys.argv[1]} of the job: {cause.strerror or cause}")
def send():
    while part := os.read(0, 65536): line.sendall(part)
    line.shutdown(socket.SHUT_WR)
def receive():
    while part := line.recv(65536):
        while part: part = part[os.write(1, part):]
threading.Thread(target=send, daemon=True).start()
try: receive()
finally: os._exit(0)
"""


class Visit(threading.Thread):
    """`folder` is the rank's, None when we do not have the run. Ends with the command, the session or the run."""

    def __init__(
        self, order: dict[str, Any], folder: Path | None, *, client: AgentClient, site: Site,
        done: Callable[[str], None],
    ) -> None:  # fmt: skip
        super().__init__(name=str(order["session"]), daemon=True)
        self._order, self._folder, self._client, self._site, self._done = order, folder, client, site, done
        self._sent = 0
        self._over = threading.Event()

    def run(self) -> None:
        try:
            self._end(self._enter())
        except SiteRefused as refused:
            self._end(126, refused.message)
        except (GridtieError, OSError) as cause:
            log.info("%s: left: %s", self.name, cause)
        finally:
            self._over.set()
            self._done(self.name)

    def _enter(self) -> int:
        if self._folder is None:
            raise SiteRefused(reason="the run is not here any more")
        if not isinstance(self._site, Enterable):
            raise SiteRefused(reason="nobody can enter jobs of this site's scheduler")
        tty = bool(self._order["tty"])
        theirs, ours = _terminal(self._order) if tty else _pipes()
        try:
            guest = self._site.enter(
                self._folder, _command(self._order), theirs, tty=tty, term="xterm-256color" if tty else "dumb"
            )
        except BaseException:
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in {*theirs}:
                os.close(descriptor)
        try:
            self._begin_to_feed(ours[0], tty)
            return self._carry(guest, {ours[1]: OUTPUT} | ({} if tty else {ours[2]: ERRORS}))
        finally:
            guest.close()
            for descriptor in ours[1:]:
                os.close(descriptor)

    def _begin_to_feed(self, target: int, tty: bool) -> None:
        try:
            begin(threading.Thread(target=self._feed, args=(target, tty), name=f"{self.name}-in", daemon=True))
        except LocalFault as cause:
            os.close(target)
            raise SiteRefused(reason=str(cause)) from cause

    def _carry(self, guest: Guest, streams: dict[int, int]) -> int:
        """Output as it comes, until the command has ended and its streams are empty; its exit code."""
        code: int | None = None
        poll = select.poll()
        for descriptor in (guest.fileno(), *streams):
            poll.register(descriptor, select.POLLIN)
        while code is None or streams:
            ready = poll.poll((WATCH_S if code is None else DRAIN_S) * 1000)
            if not ready:
                if code is not None:
                    break
                self._put(b"")  # whether the member is still there
            for descriptor, _ in ready:
                if descriptor == guest.fileno():
                    poll.unregister(descriptor)
                    code = guest.ended()
                elif part := _read(descriptor):
                    self._say(streams[descriptor], part)
                else:
                    poll.unregister(descriptor)
                    del streams[descriptor]
            if self._over.is_set():  # the member has left
                raise SiteRefused(reason="the session was closed")
        return code

    def _feed(self, target: int, tty: bool) -> None:
        """What the member types, until he ends it. On a terminal the end is a character. `target` is closed here alone:
        what is typed after the command ended must not go into whatever has its number by then."""
        offset, ended = 0, False
        try:
            while not ended and not self._over.is_set():
                part, ended = self._insist(partial(self._client.session_input, self.name, offset))
                offset += len(part)
                while part:
                    part = part[os.write(target, part) :]
            if tty and ended:
                os.write(target, b"\x04")
        except GridtieError:
            self._over.set()
        except OSError:
            pass  # the command reads no more
        finally:
            with contextlib.suppress(OSError):
                os.close(target)

    def _say(self, kind: int, part: bytes, *, end: bool = False) -> None:
        frame = struct.pack("!BI", kind, len(part)) + part
        while frame:
            following = self._put(frame, end=end)
            frame, self._sent = frame[following - self._sent :], following

    def _put(self, frame: bytes, *, end: bool = False) -> int:
        return self._insist(partial(self._client.session_output, self.name, self._sent, frame, end=end))

    def _insist(self, call: Callable[[], _T]) -> _T:
        """A line that is cut for a while ends no session: each of its calls may be repeated. Raises GridtieError."""
        deadline = time.monotonic() + AWAY_S
        while True:
            try:
                return call()
            except (Unreachable, CallRepeated):
                if self._over.wait(PAUSE_S) or time.monotonic() > deadline:
                    raise

    def _end(self, code: int, words: str = "") -> None:
        with contextlib.suppress(GridtieError):  # nobody waits for it any more
            self._say(EXIT, f"{code} {words}".strip().encode(), end=True)


def _command(order: dict[str, Any]) -> str:
    """For the shell inside, which replaces itself with it."""
    if order["port"]:
        return f'"${{GRIDTIE_PYTHON:-python3}}" -c {quote(_TO_PORT)} {int(order["port"])}'
    return " ".join(quote(word) for word in order["command"])


def _pipes() -> tuple[list[int], list[int]]:
    """(input, output, errors as the command has them), (our ends)."""
    (a, b), (c, d), (e, f) = os.pipe(), os.pipe(), os.pipe()
    return [a, d, f], [b, c, e]


def _terminal(order: dict[str, Any]) -> tuple[list[int], list[int]]:
    ours, theirs = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", int(order["rows"]), int(order["columns"]), 0, 0))
    return [theirs, theirs, theirs], [ours, os.dup(ours)]


def _read(descriptor: int) -> bytes:
    """b'' at the end; a terminal says it with an error."""
    try:
        return os.read(descriptor, READ)
    except OSError:
        return b""

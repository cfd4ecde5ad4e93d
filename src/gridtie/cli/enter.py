"""exec and port-forward: into a running development job, through the connection that its site's agent keeps."""

import argparse
import contextlib
import errno
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from functools import partial

from gridtie.cli.context import add_connection, connect
from gridtie.cli.job import whole_id
from gridtie.cli.output import plain, say
from gridtie.client.exchange import ExchangeClient
from gridtie.client.sessions import ERRORS, JobSession
from gridtie.errors import GridtieError, InvalidInput, LocalFault, PortInUse, Problem

READ = 64 << 10


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = verbs.add_parser(
        "exec", help="run a command beside a running job of yours (submitted with interactive: true)"
    )
    run.add_argument("job", help="id, unique short form, or @last")
    run.add_argument("--rank", type=int, default=0, help="machine of a gang (default 0)")
    run.add_argument("-t", "--tty", action="store_true", help="with a terminal, when this is one")
    run.add_argument("command", nargs="+", metavar="-- COMMAND", help="program and arguments, after --")
    add_connection(run)
    run.set_defaults(run=execute)
    forward = verbs.add_parser("port-forward", help="reach a port of a running job of yours at a port of this machine")
    forward.add_argument("job", help="id, unique short form, or @last")
    forward.add_argument("ports", metavar="LOCAL:REMOTE", help="one number stands for both; LOCAL 0 takes a free port")
    forward.add_argument("--rank", type=int, default=0)
    add_connection(forward)
    forward.set_defaults(run=port_forward)


def execute(args: argparse.Namespace) -> int:
    """The command's own exit code; 126 when it could not be started."""
    client, terminal = connect(args), None
    if args.tty and sys.stdin.isatty() and sys.stdout.isatty():
        size = os.get_terminal_size()
        terminal = (size.lines or 24, size.columns or 80)
    session = client.enter(whole_id(client, args.job), args.command, rank=args.rank, terminal=terminal)
    threading.Thread(target=_feed, args=(session,), daemon=True).start()
    try:
        with told_to_end(), _raw(terminal is not None):
            for kind, part in session.receive(partial(_wait, "\r" if terminal else "")):
                stream = sys.stderr if kind == ERRORS else sys.stdout
                stream.buffer.write(part)
                stream.buffer.flush()
    except KeyboardInterrupt:
        return 130
    finally:  # whatever ends us, such as a reader of our output that has enough, ends what we started
        with contextlib.suppress(GridtieError):
            session.close()
    return 1 if session.exit_code is None else session.exit_code


def _wait(end: str, why: str) -> None:
    sys.stderr.write(f"waiting: {plain(why)}{end}\n")
    sys.stderr.flush()


def _feed(session: JobSession) -> None:
    with contextlib.suppress(GridtieError, OSError, ValueError):  # it ended; whoever receives says why
        while sys.stdin is not None and (part := os.read(sys.stdin.fileno(), READ)):
            session.send(part)
        session.send(b"", end=True)


@contextlib.contextmanager
def told_to_end() -> Iterator[None]:
    """A terminal that is closed, or `timeout`, ends us by a signal: on its way out what we started is ended too. One
    that nohup has us ignore ends nothing."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    heard = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, leave) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _raw(wanted: bool) -> Iterator[None]:
    """Keys go through one by one, Ctrl-C too."""
    if not wanted:
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def port_forward(args: argparse.Namespace) -> int:
    """Until Ctrl-C. Every connection here is a session of its own."""
    match = re.fullmatch(r"(?:(\d{1,5}):)?(\d{1,5})", args.ports)
    local, remote = (int(match[1] or match[2]), int(match[2])) if match else (-1, -1)
    if not (0 <= local <= 65535 and 1 <= remote <= 65535):
        raise InvalidInput(source="LOCAL:REMOTE", problems=[Problem(f"{args.ports!r} is not like 8888:80")])
    client = connect(args)
    job = whole_id(client, args.job)
    try:
        listener = socket.create_server(("127.0.0.1", local))
    except OSError as cause:
        if cause.errno == errno.EADDRINUSE:
            rank = f" --rank {args.rank}" if args.rank else ""
            command = f"gridtie port-forward {args.job} 0:{remote}{rank}"
            raise PortInUse(port=local, host="127.0.0.1", command=command) from None
        raise LocalFault(reason=f"cannot listen on port {local}: {cause.strerror or cause}") from None
    open_: set[JobSession] = set()
    with listener, told_to_end():
        client.enter(job, port=remote, rank=args.rank).close()  # refused now rather than at the first connection
        say(f"http://127.0.0.1:{listener.getsockname()[1]} leads to port {remote} of {job}; Ctrl-C ends it")
        try:
            while True:
                line, _ = listener.accept()
                call = (client, job, remote, args.rank, line, open_)
                threading.Thread(target=_forward, args=call, daemon=True).start()
        except KeyboardInterrupt:
            return 0
        finally:
            for session in list(open_):
                with contextlib.suppress(GridtieError):
                    session.close()


def _forward(
    client: ExchangeClient, job: str, port: int, rank: int, line: socket.socket, open_: set[JobSession]
) -> None:
    with line:
        try:
            session = client.enter(job, port=port, rank=rank)
        except GridtieError as refused:
            say(f"connection refused: {refused.message}")
            return
        open_.add(session)
        threading.Thread(target=_send, args=(session, line), daemon=True).start()
        try:
            for kind, part in session.receive(partial(_wait, "")):
                if kind == ERRORS:
                    say(part.decode("utf-8", "replace").strip().rpartition("\n")[2])
                else:
                    line.sendall(part)
        except (GridtieError, OSError) as cause:
            say(f"connection ended: {cause}")
        finally:
            with contextlib.suppress(OSError):  # closing alone tells nobody while the other thread still reads
                line.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(GridtieError):
                session.close()
            open_.discard(session)


def _send(session: JobSession, line: socket.socket) -> None:
    try:
        while part := line.recv(READ):
            session.send(part)
        session.send(b"", end=True)
    except GridtieError:
        pass  # it ended, and whoever receives says why
    except OSError:  # reset by who connected: nobody is left to receive either
        with contextlib.suppress(GridtieError):
            session.close()

"""exec and port-forward into a running job: real processes, through the agent's own calls only."""

import contextlib
import http.client
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gridtie.api.relay import PIPE_MAX

pytestmark = pytest.mark.sandbox
COMMAND = [sys.executable, "-m", "gridtie.cli.main"]
JOB = """name: dev
resources: {cpus: 1, memory: 300MB}
envs: {COLOUR: "it's blue"}
run: |
  cd /tmp && echo hello > page && exec $GRIDTIE_PYTHON -u -m http.server 8123 --bind 127.0.0.1
gridtie: {interactive: true, expected: 5m}
"""


def environment(stage: Any) -> dict[str, str]:
    return {**os.environ, "GRIDTIE_HOME": str(stage.home), "GRIDTIE_EXCHANGE": stage.url}


def enter(stage: Any, *words: str, typed: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [*COMMAND, "exec", *words], env=environment(stage), input=typed, capture_output=True, timeout=90
    )


@pytest.fixture
def job(stage: Any) -> Iterator[Any]:
    stage.join("aurora", memory="1200MB")
    [handle] = stage.client().submit(JOB, source="dev.yaml")
    deadline = time.monotonic() + 60
    while "Serving HTTP" not in handle.logs():  # said once it listens
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield handle
    handle.cancel().wait(timeout_s=60)  # else its agent may be stopped before it hears of it, and the job goes on


def test_a_command_runs_inside_the_jobs_sandbox_with_its_streams_and_exit_code(stage: Any, job: Any) -> None:
    inside = enter(
        stage, job.id, "--", "sh", "-c", 'pwd; cat /tmp/page; echo "$COLOUR"; id -u; ls /; echo no >&2; exit 7'
    )
    assert inside.returncode == 7, inside.stderr
    told = inside.stdout.decode().splitlines()
    assert told[:3] == ["/job/sky_workdir", "hello", "it's blue"]
    assert told[3] != "0" or os.getuid() != 0
    assert "root" not in told or "home" not in told
    assert inside.stderr == b"no\n"
    payload = os.urandom(1 << 20)  # more than is ever held on the way
    assert enter(stage, job.id, "--", "cat", typed=payload).stdout == payload
    missing = enter(stage, job.id, "--", "no-such-program")
    assert missing.returncode == 127
    kinds = [event["kind"] for event in stage.client().history(job.id)]
    assert kinds.count("run.entered") == 3
    alone = enter(stage, job.id, "--", "sh", "-c", "sleep 300 & echo left")
    assert (alone.returncode, alone.stdout) == (0, b"left\n")
    assert job.refresh().state == "running"


class Terminal:
    """`exec -t` on a terminal of its own."""

    def __init__(self, stage: Any, *words: str) -> None:
        self._child, self._master = pty.fork()
        if self._child == 0:
            os.execve(sys.executable, [*COMMAND, "exec", "-t", *words], environment(stage))
        self.told = b""

    def until(self, word: bytes) -> None:
        deadline = time.monotonic() + 60
        while word not in self.told:
            assert time.monotonic() < deadline, self.told
            if select.select([self._master], [], [], 0.5)[0]:
                self.told += os.read(self._master, 65536)

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def code(self) -> int:
        _, status = os.waitpid(self._child, 0)
        os.close(self._master)
        return os.waitstatus_to_exitcode(status)


def test_a_terminal_is_a_terminal_and_who_leaves_ends_what_he_started(stage: Any, job: Any) -> None:
    shell = Terminal(stage, job.id, "--", "bash", "--norc")
    shell.until(b"$ ")
    shell.type(b"test -t 0 && stty size; echo is-$((40+2)); exit 5\r")
    shell.until(b"is-42")
    assert b"24 80" in shell.told
    assert shell.code() == 5


def test_ctrl_c_on_a_terminal_is_the_commands_own_to_hear(stage: Any, job: Any) -> None:
    hears = "trap 'echo heard-$((40+2)); exit 5' INT; echo begun-$((40+2)); while :; do sleep 1; done"
    for command, code in ((hears, 5), ("echo begun-$((40+2)); exec sleep 987", 130)):
        visit = Terminal(stage, job.id, "--", "bash", "-c", command)
        visit.until(b"begun-42")
        visit.type(b"\x03")
        if code == 5:
            visit.until(b"heard-42")
        assert visit.code() == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_leaves_ends_what_he_started_and_not_the_job(stage: Any, job: Any, number: int) -> None:
    visit = subprocess.Popen(
        [*COMMAND, "exec", job.id, "--", "sh", "-c", "echo in; exec sleep 987"], env=environment(stage),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # whatever ran the tests ignores
    )  # fmt: skip
    assert visit.stdout is not None
    assert visit.stdout.readline() == "in\n"
    sleeps = "for f in /proc/[0-9]*/cmdline; do IFS= read -rd '' n <$f; [ \"$n\" = sleep ] && echo there; done"
    look = ("bash", "-c", sleeps)
    assert b"there" in enter(stage, job.id, "--", *look).stdout
    visit.send_signal(number)
    assert visit.wait(30) == 128 + number
    deadline = time.monotonic() + 30
    while b"there" in enter(stage, job.id, "--", *look).stdout:
        assert time.monotonic() < deadline
    assert job.refresh().state == "running"


def test_who_leaves_while_the_command_does_not_read_or_another_ends_him_ends_it_too(stage: Any, job: Any) -> None:
    exec_ = [*COMMAND, "exec", job.id, "--", "sh", "-c"]
    visit = subprocess.Popen(
        [*exec_, "echo in; exec sleep 987"], env=environment(stage), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        bufsize=0,
    )  # fmt: skip
    assert visit.stdout is not None
    assert visit.stdin is not None
    assert visit.stdout.readline() == b"in\n"
    # More than the exchange and two pipes of 64 KiB before it hold: the agent has begun to wait for the command.
    visit.stdin.write(bytes(PIPE_MAX + (144 << 10)))
    visit.send_signal(signal.SIGINT)
    assert visit.wait(30) == 130
    first = subprocess.Popen([*exec_, "yes & wait; sleep 987"], env=environment(stage), stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert first.stdout.read(2) == b"y\n"
    first.stdout.close()
    first.wait(30)
    nobody = subprocess.run(
        [*exec_, "echo alone"], env=environment(stage), capture_output=True, preexec_fn=lambda: os.close(0)
    )
    assert (nobody.returncode, nobody.stdout, nobody.stderr) == (0, b"alone\n", b"")
    names = "for f in /proc/[0-9]*/cmdline; do IFS= read -rd '' n <$f; echo \"$n\"; done"
    deadline = time.monotonic() + 30
    while {b"sleep", b"yes"} & {*enter(stage, job.id, "--", "bash", "-c", names).stdout.split()}:
        assert time.monotonic() < deadline


def test_an_agent_that_starts_again_ends_a_session_in_words_and_not_the_job(stage: Any, job: Any) -> None:
    visit = subprocess.Popen(
        [*COMMAND, "exec", job.id, "--", "sh", "-c", "echo in; exec sleep 987"], env=environment(stage),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert visit.stdout is not None
    assert visit.stdout.readline() == "in\n"
    stage.kill_agent("aurora")
    stage.start_agent("aurora")
    _, told = visit.communicate(timeout=60)
    assert visit.returncode == 5
    assert "the session ended: the agent of its site was started again" in told
    assert job.refresh().state == "running"


@contextmanager
def forwarded(stage: Any, job: Any, port: int) -> Iterator[tuple[int, Any]]:
    """The port here that leads to `port` of the job, and what the command says; interrupted, it ends well."""
    forward = subprocess.Popen(
        [*COMMAND, "port-forward", job.id, f"0:{port}"], env=environment(stage), stderr=subprocess.PIPE, text=True
    )
    assert forward.stderr is not None
    try:
        found = re.search(rf"127\.0\.0\.1:(\d+) leads to port {port}", forward.stderr.readline())
        assert found
        yield int(found[1]), forward.stderr
    finally:
        forward.send_signal(signal.SIGINT)
        assert forward.wait(30) == 0


def test_who_enters_while_the_site_is_silent_is_told_what_he_waits_for(stage: Any, job: Any) -> None:
    agent = stage.agents["aurora"]
    os.kill(agent.pid, signal.SIGSTOP)
    try:
        visit = subprocess.Popen(
            [*COMMAND, "exec", job.id, "--", "echo", "in"], env=environment(stage), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert visit.stderr is not None
        assert visit.stderr.readline().startswith("waiting: the agent of its site was not heard since 20")
    finally:
        os.kill(agent.pid, signal.SIGCONT)
    assert visit.communicate(timeout=60) == ("in\n", "")
    assert visit.returncode == 0


def test_a_port_of_the_job_is_reached_here_by_many_connections(stage: Any, job: Any) -> None:
    with forwarded(stage, job, 8123) as (port, _):
        for _ in range(3):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", "/page")
            assert line.getresponse().read() == b"hello\n"
            line.close()


def test_connections_end_with_the_command_that_forwards_them_and_a_taken_port_is_named(stage: Any, job: Any) -> None:
    helpers = "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f; done | grep -c 'create_connectio[n]'"
    with contextlib.ExitStack() as later, forwarded(stage, job, 8123) as (port, _):
        later.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))  # and says nothing
        taken = [*COMMAND, "port-forward", job.id, f"{port}:8123"]
        refused = subprocess.run(taken, env=environment(stage), capture_output=True, text=True, timeout=60)
        assert refused.returncode == 1
        assert f"gridtie port-forward {job.id} 0:8123" in refused.stderr
        deadline = time.monotonic() + 30
        while enter(stage, job.id, "--", "bash", "-c", helpers).stdout != b"1\n":
            assert time.monotonic() < deadline
    deadline = time.monotonic() + 30
    while enter(stage, job.id, "--", "bash", "-c", helpers).stdout != b"0\n":
        assert time.monotonic() < deadline


def test_who_connects_to_a_port_on_which_nothing_listens_hears_that_it_ended_and_why(stage: Any, job: Any) -> None:
    with forwarded(stage, job, 8199) as (port, said):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert line.recv(100) == b""
        assert said.readline() == "port 8199 of the job: Connection refused\n"


def test_only_the_owner_enters_and_only_what_allows_it_and_runs(stage: Any, job: Any, tmp_path: Path) -> None:
    other = stage.client().add_member("lab", "mei", "member")
    issued = stage.client().issue_token(member=other["id"])["token"]
    done = subprocess.run(
        [*COMMAND, "exec", job.id, "--", "id"], env={**environment(stage), "GRIDTIE_TOKEN": issued},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (5, "")
    assert "who submitted it" in done.stderr
    [closed] = stage.client().submit("name: c\nresources: {cpus: 1, memory: 100MB}\nrun: sleep 60\n")
    refused = enter(stage, closed.id, "--", "id")
    assert refused.returncode == 5
    assert b"interactive: true" in refused.stderr
    assert enter(stage, job.id, "--rank", "3", "--", "id").returncode == 5
    job.cancel().refresh()
    job.wait(timeout_s=60)
    ended = enter(stage, job.id, "--", "id")
    assert ended.returncode == 5
    assert b"the job is cancelled" in ended.stderr
    assert b"submit it again" in ended.stderr

"""Commands that go into a job, as far as no job is needed."""

import argparse
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from gridtie.cli import enter
from gridtie.errors import PortInUse

ENDED = """
import os, signal
from gridtie.cli.enter import told_to_end
with told_to_end():
    os.kill(os.getpid(), signal.SIGHUP)
print("goes on")
"""


@pytest.mark.parametrize(("words", "code", "said"), [((), 129, ""), (("nohup",), 0, "goes on\n")])
def test_a_terminal_that_is_closed_ends_a_command_unless_it_was_started_to_outlive_it(
    words: tuple[str, ...], code: int, said: str
) -> None:
    done = subprocess.run(
        [*words, sys.executable, "-c", ENDED], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (code, said), done.stderr


def test_the_command_that_is_advised_where_a_port_is_taken_leads_to_the_same_machine_of_the_gang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enter, "connect", lambda _: SimpleNamespace())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        args: Any = argparse.Namespace(job="job_" + "0" * 26, ports=f"{port}:80", rank=3)
        with pytest.raises(PortInUse) as caught:
            enter.port_forward(args)
    assert caught.value.remedy.endswith(f"gridtie port-forward {args.job} 0:80 --rank 3")

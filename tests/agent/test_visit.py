"""A member in a run: what he types goes to his command, and nowhere else."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.adapters.sites.contract import Bench

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.agent.loop import Agent
from gridtie.agent.spool import Spool
from gridtie.agent.visit import Visit
from gridtie.errors import LocalFault, NotFound

ORDER = {"session": "session_1", "tty": True, "rows": 24, "columns": 80, "port": 0, "command": ["true"]}


class Ended:
    """A command that is over as soon as it began."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.close(write)

    def fileno(self) -> int:
        return self._read

    def ended(self) -> int:
        return 0

    def close(self) -> None:
        os.close(self._read)


class OneCommand:
    def enter(self, *_: Any, **__: Any) -> Ended:
        return Ended()


class SlowMember:
    """Types after the command has ended, while its exit code is on its way to him."""

    def __init__(self) -> None:
        self.told, self.types, self.typed = threading.Event(), threading.Event(), threading.Event()
        self._asked = 0

    def session_input(self, session: str, offset: int) -> tuple[bytes, bool]:
        self._asked += 1
        if self._asked > 1:
            self.typed.set()
            raise NotFound(noun="session", key=session)
        assert self.types.wait(20)
        return b"exit\n", False

    def session_output(self, session: str, offset: int, part: bytes, *, end: bool) -> int:
        if end:
            self.told.set()
            assert self.typed.wait(20)
        return offset + len(part)


def test_what_is_typed_after_the_command_ended_goes_into_no_file_that_was_opened_meanwhile(tmp_path: Path) -> None:
    member: Any = SlowMember()
    site: Any = OneCommand()
    visit = Visit(dict(ORDER), tmp_path, client=member, site=site, done=lambda _: None)
    visit.start()
    assert member.told.wait(20)
    files = [(tmp_path / str(number)).open("wb") for number in range(16)]  # they have the numbers that are free by now
    member.types.set()
    visit.join(20)
    for file in files:
        file.close()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b""] * 16


@pytest.fixture
def no_threads() -> Iterator[None]:
    """No thread begins with a stack so large: for who starts one as where all processes of a user are in use."""
    before = threading.stack_size(1 << 46)
    yield
    threading.stack_size(before)


def test_a_host_that_has_no_thread_to_give_costs_a_member_or_a_run_a_while_and_no_agent(
    tmp_path: Path, no_threads: None
) -> None:
    site: Any = SimpleNamespace(renew=lambda *_: None)
    config: Any = SimpleNamespace(site="site_1", datasets_folder=None)
    spool = Spool(tmp_path)
    agent = Agent(config=config, transport=None, signer=Ed25519Signer(bytes(32)), site=site, spool=spool)  # type: ignore[arg-type]
    run = spool.open(Bench(lambda: site, spool, ("m0",)).plan("true"))
    for _ in range(2):  # nothing is left of the first time
        with pytest.raises(LocalFault, match="can't start new thread"):
            agent._admit({**ORDER, "run": "run_1", "epoch": 1, "rank": 0})
        with pytest.raises(LocalFault, match="can't start new thread"):
            agent._begin(run, 1.0)
    assert (agent._visits, agent._workers) == (set(), {})


def test_a_run_that_cannot_be_taken_up_holds_up_no_lease_of_another(tmp_path: Path, no_threads: None) -> None:
    site: Any = SimpleNamespace(renew=lambda *_: None)
    config: Any = SimpleNamespace(site="site_1", datasets_folder=None)
    spool = Spool(tmp_path)
    runs = [spool.open(Bench(lambda: site, spool, ("m0",)).plan("true")) for _ in range(2)]
    agent = Agent(config=config, transport=None, signer=Ed25519Signer(bytes(32)), site=site, spool=spool)  # type: ignore[arg-type]
    agent._adopted, renewed = [*runs], list[float]()
    other: Any = SimpleNamespace(plan=SimpleNamespace(run="run_2"), renew=renewed.append)
    agent._workers["run_2", 1] = other
    lost, kept = (run.plan for run in runs)
    ended = {"run": lost.run, "epoch": lost.epoch, "reason": "its lease is over"}
    agent._obey({"kill": [ended], "keep": [kept.run, "run_2"]}, 1.0)
    assert (renewed, agent._adopted, [*agent._workers]) == ([1.0], runs, [("run_2", 1)])

"""A host that has no thread to give, as where all processes of a user are in use."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.adapters.sites.contract import Bench
from tests.agent.test_visit import ORDER, OneCommand

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.agent.loop import Agent
from gridtie.agent.shipment import Shipment
from gridtie.agent.spool import Spool
from gridtie.agent.staging import some_at_once
from gridtie.agent.visit import Visit
from gridtie.errors import LocalFault


@pytest.fixture
def no_threads() -> Iterator[None]:
    """No thread begins with a stack so large: for who starts one."""
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


class Sends(Shipment):
    """Notes what it would send."""

    def checkpoints(self) -> None:
        self.refused.append("step-1")


def test_a_checkpoint_that_no_thread_can_send_is_sent_by_the_next_one_and_the_run_goes_on(tmp_path: Path) -> None:
    site: Any = SimpleNamespace()
    spool = Spool(tmp_path)
    run = spool.open(Bench(lambda: site, spool, ("m0",)).plan("true", checkpoint_sync_us=0))
    folder = spool.home(run, 0) / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "step-1").write_text("weights")
    shipment = Sends(run, client=site, site=site, spool=spool, settings={}, write_down=lambda: None, fence=lambda: None)
    before = threading.stack_size(1 << 46)
    shipment.look_for_checkpoints()
    threading.stack_size(before)
    shipment.await_publisher()
    assert shipment.refused == []
    shipment.look_for_checkpoints()
    shipment.await_publisher()
    assert shipment.refused == ["step-1"]


def test_files_travel_one_after_the_other_where_no_thread_carries_some_at_once(no_threads: None) -> None:
    assert some_at_once(lambda number: number * 2, range(9)) == [*range(0, 18, 2)]


def test_a_member_whose_input_no_thread_can_carry_hears_it_and_leaves_nothing_open(
    tmp_path: Path, no_threads: None
) -> None:
    said = list[bytes]()

    def session_output(session: str, offset: int, part: bytes, *, end: bool) -> int:
        said.append(part)
        return offset + len(part)

    member: Any = SimpleNamespace(session_output=session_output)
    site: Any = OneCommand()
    open_before = len(os.listdir("/proc/self/fd"))
    Visit(dict(ORDER), tmp_path, client=member, site=site, done=lambda _: None).run()
    assert b"can't start new thread" in b"".join(said)
    assert len(os.listdir("/proc/self/fd")) == open_before

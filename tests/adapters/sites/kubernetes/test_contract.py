"""The suite of every site: on an API in memory and a kubelet of ours, or on a real cluster (make test-kubernetes)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.kubernetes.conftest import REAL

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool

pytestmark = [] if REAL else [pytest.mark.sandbox]  # the kubelet of ours starts containers with bubblewrap


@pytest.fixture
def bench(opened: Callable[..., Opened], tmp_path: Path) -> Iterator[Bench]:
    made = opened()
    capacity = made.scheduler.capacity([]).machines
    machines = tuple(name for name, room in capacity.items() if room.cpus)

    def make() -> ScheduledSite:
        made = opened()
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    bench = Bench(
        make, Spool(tmp_path / "agent"), machines, places=(tmp_path / "state",), slow=8 if REAL else 2,
        master="" if REAL else "127.0.0.1",
    )  # fmt: skip
    yield bench
    bench.remove_all()

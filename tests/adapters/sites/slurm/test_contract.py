"""The suite of every site, on a real Slurm cluster by its commands."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool

pytestmark = pytest.mark.slurm


@pytest.fixture
def bench(alpha: Cluster, opened: Callable[..., Opened], tmp_path: Path) -> Iterator[Bench]:
    def make() -> ScheduledSite:
        made = opened(alpha)
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    spool = Spool(tmp_path / "agent", scratch=opened(alpha).scratch)
    bench = Bench(make, spool, tuple(alpha.node_names), places=(alpha.base / "shared" / tmp_path.name,), slow=2)
    yield bench
    bench.remove_all()

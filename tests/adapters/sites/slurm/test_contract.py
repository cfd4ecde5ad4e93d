"""The suite of every site, on real Slurm clusters: one by its commands, one through slurmrestd."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster
from tests.adapters.sites.slurm.conftest import rest_settings

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool

pytestmark = pytest.mark.slurm


@pytest.fixture(params=["commands", "slurmrestd"])
def bench(
    request: pytest.FixtureRequest, alpha: Cluster, beta: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> Iterator[Bench]:
    cluster = alpha if request.param == "commands" else beta
    more = {} if cluster is alpha else rest_settings(beta, tmp_path)

    def make() -> ScheduledSite:
        made = opened(cluster, **more)
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    spool = Spool(tmp_path / "agent", scratch=opened(cluster).scratch)
    bench = Bench(make, spool, tuple(cluster.node_names), places=(cluster.base / "shared" / tmp_path.name,), slow=2)
    yield bench
    bench.remove_all()

"""One cluster for all tests on a real one, and a bench before it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.ray.cluster import HEAD, RayCluster

from gridtie.adapters.sites.kinds import Opened, open_scheduler
from gridtie.adapters.tables import load_chips
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool


@pytest.fixture(scope="session")
def cluster() -> Iterator[RayCluster]:
    made = RayCluster()
    try:
        try:
            made.up()
        except AssertionError as why:  # memory or a sandbox does not let it; nothing of ours has run yet
            pytest.skip(f"Ray starts no cluster here: {str(why)[-300:]}")
        yield made
    finally:
        made.down()


def open_ray(before: RayCluster, shared: Path, **more: Any) -> Opened:
    settings = {
        "url": before.url, "shared": str(shared), "token": str(before.token), "every": "0.3", "timeout": "20",
        "chips": {"gpu": "nv-h200"}, **more,
    }  # fmt: skip
    return open_scheduler("ray", settings, chips=load_chips(), url="http://x", trusted=("org_a",))


def bench_of(opened: Callable[[], Opened], cluster: RayCluster, folder: Path) -> Bench:
    def make() -> ScheduledSite:
        made = opened()
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    spool = Spool(folder / "agent", scratch=opened().scratch)
    return Bench(make, spool, cluster.names, places=(folder / "shared",), slow=6, master=HEAD)


@pytest.fixture
def bench(cluster: RayCluster, tmp_path: Path) -> Iterator[Bench]:
    made = bench_of(lambda: open_ray(cluster, tmp_path / "shared"), cluster, tmp_path)
    yield made
    made.remove_all()

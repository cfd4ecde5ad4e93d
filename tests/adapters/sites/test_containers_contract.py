"""The suite of every site, on containers that podman runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.sites import images
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench

from gridtie.adapters.sites.process.adapter import ProcessSite
from gridtie.adapters.sites.process.containers import Containers, ContainerSettings
from gridtie.agent.spool import Spool

pytestmark = pytest.mark.podman


@pytest.fixture(scope="module")
def containers() -> Iterator[Containers]:
    with images.stocked() as root:
        yield Containers(ContainerSettings.read(images.engine(root), {"pull": "never"}))


@pytest.fixture
def bench(tmp_path: Path, containers: Containers) -> Iterator[Bench]:
    def make() -> ProcessSite:
        return ProcessSite(name="images", exchange_url="http://x", trusted=frozenset(), containers=containers)

    bench = Bench(make, Spool(tmp_path / "agent"), ("m0", "m1"), image=images.IMAGE, slow=2.0)
    yield bench
    bench.remove_all()

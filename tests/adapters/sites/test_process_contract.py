"""The suite of every site, on processes in sandboxes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench

from gridtie.adapters.sites.process.adapter import ProcessSite
from gridtie.agent.spool import Spool

pytestmark = pytest.mark.sandbox


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    def make() -> ProcessSite:
        return ProcessSite(name="contract", exchange_url="http://x", trusted=frozenset())

    bench = Bench(make, Spool(tmp_path / "agent"), ("m0", "m1"))
    yield bench
    bench.remove_all()

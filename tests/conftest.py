"""What every test shares: reproducible randomness, both databases, real clusters, and skips that say how to get what is
missing."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.postgresql import Postgresql, programs
from hypothesis import HealthCheck, settings
from tests.adapters.sites.images import missing as missing_podman
from tests.adapters.sites.ray.cluster import missing as missing_ray
from tests.adapters.sites.slurm.cluster import Cluster, missing

from gridtie.cli.local.serve import SINGLE_THREADED

for name in SINGLE_THREADED:  # as served; and test processes beside each other would spin for cores that none gets
    os.environ.setdefault(name, "1")
READERS = Path(__file__).parents[1] / ".clients" / "data" / "ready"
settings.register_profile("gridtie", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gridtie")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    bwrap = "" if shutil.which("bwrap") else "bubblewrap is missing; as root: apt-get install -y bubblewrap"
    readers = "" if READERS.exists() else "clients that read data are missing; run: make data-clients"
    lacking = {"sandbox": bwrap, "slurm": missing(), "ray": missing_ray(), "podman": missing_podman(),
               "clients": readers}  # fmt: skip
    items.sort(key=lambda item: "story" not in item.path.parts)  # the longest are begun first
    for item in items:
        for marker, reason in lacking.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
        # Shared cores: a file's tests stay together, and whatever needs a cluster that others need too finds it up.
        shared = (name for name in ("slurm", "ray") if item.get_closest_marker(name))
        item.add_marker(pytest.mark.xdist_group(next(shared, str(item.path))))


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is missing; as root: apt-get install -y --no-install-recommends postgresql")
    return found


@pytest.fixture(scope="session")
def postgresql(postgresql_programs: Path) -> Iterator[Postgresql]:
    """One server for all tests of a process, which make databases in it."""
    with tempfile.TemporaryDirectory(prefix="gridtie-pg-") as folder:
        server = Postgresql(postgresql_programs, Path(folder))
        server.init()
        server.start()
        yield server
        server.stop()


ON_BOTH = frozenset(
    {"test_any_schedule", "test_fund_account", "test_hold_round", "test_lead_exchange", "test_displace_run"}
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of something that has a `place` runs on both databases, unless it or its module (PLACES) says where.

    Faces and verbs pass on what the store decides: on PostgreSQL those that ask it something of their own kind run in
    every `make test`, all others in `make test-long`.
    """
    said = any(mark.name == "parametrize" and "place" in mark.args[0] for mark in metafunc.definition.iter_markers())
    if "place" in metafunc.fixturenames and not said:
        file = metafunc.definition.path
        rest = file.parent.name in ("api", "flow") and file.stem not in ON_BOTH
        marks = [pytest.mark.long] if rest else []
        both = ["sqlite", pytest.param("postgresql", marks=marks)]
        metafunc.parametrize("place", getattr(metafunc.module, "PLACES", both), indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a store may be made: a file, or a database with the tables of a new exchange."""
    if request.param == "sqlite":
        yield tmp_path / "home" / "gridtie.db"
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    url = server.fresh()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def alpha() -> Iterator[Cluster]:
    """Two nodes with four fake GPUs each; memory limited by control groups."""
    cluster = Cluster("alpha", cgroups=True)
    yield cluster.up()
    cluster.down()


@pytest.fixture(scope="session")
def beta() -> Iterator[Cluster]:
    """Two small nodes without GPUs, reached through slurmrestd."""
    cluster = Cluster("beta", cpus=2, gpus=0, memory_mib=1500)
    yield cluster.up()
    cluster.down()

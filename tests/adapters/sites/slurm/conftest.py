"""A scheduler before a cluster, as an operator's settings make it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.slurm.cluster import Cluster

from gridtie.adapters.sites.kinds import Opened, open_scheduler
from gridtie.adapters.tables import load_chips

USER = "nobody"
SPOKEN_OFTEN = ("own_code", "starting_twice", "ranks_of_a_gang", "cancelled")  # of the suite, through slurmrestd


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is the same whichever way Slurm is spoken to is tried through slurmrestd in the long run only."""
    for item in items:
        if "[slurmrestd]" in item.name and not any(word in item.name for word in SPOKEN_OFTEN):
            item.add_marker(pytest.mark.long)


def settings_for(cluster: Cluster, shared: Path, **more: Any) -> dict[str, Any]:
    return {
        "shared": str(shared), "partition": "main", "conf": str(cluster.conf), "every": "0.2", "timeout": "5",
        "users": {"org_a": USER}, **more,
    }  # fmt: skip


def rest_settings(cluster: Cluster, folder: Path) -> dict[str, str]:
    token = folder / "slurm.token"
    token.write_text(cluster.token("root"))
    return {"url": cluster.start_rest(), "token": str(token)}


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Opened]:
    def make(cluster: Cluster, **more: Any) -> Opened:
        shared = cluster.base / "shared" / tmp_path.name  # below /run: the job's user can go there
        settings = settings_for(cluster, shared, **more)
        return open_scheduler("slurm", settings, chips=load_chips(), url="http://x", trusted=())

    return make

"""The tests' own cluster, or, where GRIDTIE_TEST_KUBECONFIG names one, a real one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.kubernetes.cluster import Cluster, kubeconfig

from gridtie.adapters.sites.kinds import Opened, open_scheduler
from gridtie.adapters.tables import load_chips

REAL = os.environ.get("GRIDTIE_TEST_KUBECONFIG", "")
IMAGE = os.environ.get("GRIDTIE_TEST_IMAGE", "python:3.11-slim")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("pods"))
    yield made
    made.close()


@pytest.fixture
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Opened]:
    file = REAL or str(kubeconfig(tmp_path / "kubeconfig", request.getfixturevalue("cluster").api.port))

    def make(**more: Any) -> Opened:
        settings = {
            "state": str(tmp_path / "state"), "image": IMAGE, "kubeconfig": file, "every": "0.2",
            **({} if REAL else {"python": os.path.realpath("/usr/bin/python3"), "timeout": "5"}), **more,
        }  # fmt: skip
        return open_scheduler("kubernetes", settings, chips=load_chips(), url="http://x", trusted=())

    return make

"""What every test shares: reproducible randomness, and skips that say how to get what is missing."""

import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("gridtie", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gridtie")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("bwrap") is not None:
        return
    missing = pytest.mark.skip(reason="bubblewrap is missing; as root: apt-get install -y bubblewrap")
    for item in items:
        if item.get_closest_marker("sandbox"):
            item.add_marker(missing)

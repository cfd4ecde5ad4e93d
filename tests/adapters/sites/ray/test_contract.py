"""The suite of every site, on a real Ray cluster of two nodes."""

import pytest
from tests.adapters.sites.contract import *  # noqa: F403

pytestmark = [pytest.mark.ray, pytest.mark.long]

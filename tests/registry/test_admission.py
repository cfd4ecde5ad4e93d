"""The two gates: nothing unproven in the network, nothing untested in the market."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gridtie.lifecycle import SITE
from gridtie.registry.admission import Standing, market_gate, network_gate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = Standing("active", "active", "cn.demo/x", True, False, NOW + timedelta(days=1))


def test_what_is_proven_and_tested_passes_both() -> None:
    assert network_gate(GOOD) == ""
    assert market_gate(GOOD, NOW) == ""


@pytest.mark.parametrize("state", sorted(SITE.states))
def test_only_an_approved_site_is_in_the_network(state: str) -> None:
    assert (network_gate(replace(GOOD, site_state=state)) == "") is (state in ("active", "draining"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"identifier": None}, "identifier"),
        ({"described": False}, "identifier"),
        ({"revoked": True}, "revoked"),
        ({"valid_until": None}, "certif"),
        ({"valid_until": NOW}, "expired"),
    ],
)
def test_each_lack_closes_the_market_and_says_which(change: dict[str, object], word: str) -> None:
    reason = market_gate(replace(GOOD, **change), NOW)  # type: ignore[arg-type]
    assert word in reason

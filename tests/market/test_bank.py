"""Rates follow from certificates alone, keep the order of scores, and favour nobody by the choice of the reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.market.bank import Deposit, explained, rate_of, withdrawable
from gridtie.market.offer import Capacity, MachineShape
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
SHAPE = MachineShape(name="m0", cpus=8, memory_bytes=1 << 34, disk_bytes=1 << 40, accelerators=8)
CAPACITY = Capacity(
    resource="res_0", identifier="cn.demo/a", site="site_0", site_name="aurora", owner="org_a", hub="gz",
    place="CN-520100", chip="nv-h100", isolation="sandbox", depth="schedulable", in_market=True, connected=True,
    score=900, machines=(SHAPE,), machines_total=(SHAPE,),
)  # fmt: skip
DEPOSIT = Deposit(
    id="dep_0", resource="res_0", owner="org_a", chip="nv-h100", window=Period(AT, AT + timedelta(days=1)), units_max=4
)
SCORES = st.integers(1, 10**12)


@given(SCORES, SCORES)
def test_the_resource_that_set_the_reference_has_the_rate_one_and_order_is_kept(score: int, other: int) -> None:
    assert rate_of(score, score) == 1_000_000
    assert (rate_of(score, other) >= 1_000_000) or score < other
    assert rate_of(score, other) <= rate_of(score + 1, other)


@given(st.integers(10**6, 10**9), st.integers(10**6, 10**9), st.integers(10**6, 10**9), st.integers(10**6, 10**9))
def test_what_two_resources_are_worth_to_each_other_does_not_depend_on_the_reference(
    one: int, two: int, first: int, second: int
) -> None:
    """Up to rounding of the published rates: half a millionth of an hour each."""
    ratios = [rate_of(one, reference) / rate_of(two, reference) for reference in (first, second)]
    errors = [0.5 / rate_of(score, reference) for score in (one, two) for reference in (first, second)]
    assert abs(ratios[0] - ratios[1]) <= 1.01 * sum(errors) * max(ratios)


@pytest.mark.parametrize(("score", "reference"), [(0, 1), (1, 0), (-1, 1)])
def test_without_a_score_there_is_no_rate(score: int, reference: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        rate_of(score, reference)


def test_a_deposit_is_offered_to_others_at_its_rate_and_within_its_limits() -> None:
    [offer] = withdrawable([DEPOSIT], {"res_0": CAPACITY}, {"nv-h100": 1200}, buyer="org_b")
    assert (offer.id, offer.price, offer.units_max, offer.window) == ("dep_0", 750_000, 4, DEPOSIT.window)
    assert withdrawable([DEPOSIT], {"res_0": CAPACITY}, {"nv-h100": 1200}, buyer="org_a") == ()


@pytest.mark.parametrize(
    ("capacities", "references"),
    [
        ({}, {"nv-h100": 1000}),
        ({"res_0": CAPACITY}, {}),
        ({"res_0": replace(CAPACITY, score=None)}, {"nv-h100": 1000}),
        ({"res_0": replace(CAPACITY, owner="org_c")}, {"nv-h100": 1000}),
        ({"res_0": replace(CAPACITY, chip="nv-a100")}, {"nv-h100": 1000, "nv-a100": 1000}),
    ],
    ids=["no-capacity", "no-reference", "no-score", "sold", "another-chip"],
)
def test_what_is_not_what_was_deposited_is_not_offered(capacities: dict, references: dict) -> None:
    assert withdrawable([DEPOSIT], capacities, references, buyer="org_b") == ()


def test_a_rate_is_explained_with_both_scores_and_the_certificate_to_check() -> None:
    said = explained(unit="core-hour", score=930, reference=1000, certificate="cert_1")
    assert said == "1 core-hour = 0.93 hours: certified 930 MFLOP/s per unit, reference 1000 MFLOP/s by cert_1"

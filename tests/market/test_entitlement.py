"""Weights of one change nothing, tokens are conserved, and nobody carries over more than he may."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import InvalidBook
from gridtie.market.entitlement import PPM, Purse, TokenPolicy, refreshed, weight_of, weights
from gridtie.market.rules import RULES

AT = datetime(2026, 5, 1, tzinfo=UTC)
amounts = st.integers(0, 10**12)
policies = st.builds(TokenPolicy, refresh=amounts, carry_over=amounts,
                     every=st.integers(1, 10**6).map(lambda s: timedelta(seconds=s)))  # fmt: skip
purses = st.builds(Purse, balance=amounts, refreshed_at=st.just(AT))
later = st.integers(0, 10**7).map(lambda s: AT + timedelta(seconds=s))


def crowd(made, **parameters):
    asked = [made.request(n, made.wanted(accelerators=1 + n % 3), organisation=f"org_{n % 3}") for n in range(9)]
    return made.book([made.capacity(units=8)], requests=asked, **parameters)


# ── weights ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_weights_of_one_change_nothing(made, rule):
    equal = {f"org_{n}": 1 for n in range(3)}
    assert rule(crowd(made, fair_weights=equal, fair_credits=dict.fromkeys(equal, 0))) == rule(crowd(made))


def test_who_is_not_named_counts_once(made):
    found = weights(crowd(made, fair_weights={"org_1": 2.5}))
    assert {found["req_0"], found["req_2"]} == {PPM}
    assert found["req_1"] == 2_500_000


@pytest.mark.parametrize(("credit", "factor"), [(0, 1), (100, 2), (-100, 0.5), (50, 1.5), (10**9, 4), (-(10**9), 0.25)])
def test_who_lent_counts_more_and_who_borrowed_less_within_limits(credit, factor):
    parameters = {"fair_credits": {"org_0": credit}, "fair_credit_scale": 100, "fair_weights": {"org_0": 3}}
    assert weight_of(parameters, "org_0") == 3 * factor * PPM


def test_of_two_that_want_the_last_unit_the_weightier_has_it(made):
    asked = [made.request(n, organisation=f"org_{n}") for n in (0, 1)]
    for winner in (0, 1):
        book = made.book([made.capacity(units=1)], requests=asked, fair_weights={f"org_{winner}": 3})
        assert [trade.request for trade in RULES["max-min"](book).trades] == [f"req_{winner}"]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"fair_weights": {"org_0": 0}}, "fair_weights[org_0]"),
        ({"fair_weights": {"org_0": float("nan")}}, "fair_weights[org_0]"),
        ({"fair_weights": {"org_0": 2_000_000}}, "fair_weights[org_0]"),
        ({"fair_weights": {"org_0": "much"}}, "fair_weights[org_0]"),
        ({"fair_weights": [1, 2]}, "fair_weights"),
        ({"fair_credits": {"org_0": float("inf")}}, "fair_credits[org_0]"),
        ({"fair_credits": {"org_0": 5}}, "fair_credit_scale"),
        ({"fair_credits": {"org_0": 5}, "fair_credit_scale": -1}, "fair_credit_scale"),
    ],
)
def test_a_weight_that_makes_no_sense_is_named(parameters, named):
    with pytest.raises(InvalidBook) as refused:
        weight_of(parameters, "org_0")
    assert f": {named}:" in str(refused.value)


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────
@given(policies, purses, later, st.integers(1, 4 * PPM))
def test_no_token_appears_or_vanishes_unseen_and_never_more_is_carried_over_than_allowed(policy, purse, at, weight):
    found = refreshed(policy, purse, at, weight_ppm=weight)
    assert purse.balance + found.minted == found.purse.balance + found.lapsed
    assert min(found.minted, found.lapsed) >= 0
    if found.purse != purse:
        assert found.purse.balance <= policy.carry_over + policy.refresh * weight // PPM
        assert timedelta(0) <= at - found.purse.refreshed_at < policy.every


@given(policies, purses, st.lists(later, max_size=5), later)
def test_how_often_one_looks_makes_nobody_richer(policy, purse, looks, last):
    step = purse
    for at in sorted([*(at for at in looks if at <= last), last]):
        step = refreshed(policy, step, at).purse
    assert step == refreshed(policy, purse, last).purse


@pytest.mark.parametrize("wrong", [{"every": timedelta(0)}, {"refresh": -1}, {"carry_over": -1}])
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidBook):
        TokenPolicy(**{"refresh": 1, "carry_over": 1, "every": timedelta(days=1), **wrong})

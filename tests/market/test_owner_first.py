"""Whoever lends keeps what he needs: his own requests come first on what his pool keeps for him."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridtie.market.laws import broken_laws
from gridtie.market.owner_first import kept_units, split
from gridtie.market.rules import RULES
from gridtie.market.verification import faults

rules = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
seeds = st.integers(0, 2**32)


def pools(made, seed: int, percent: int):
    """Three owners, each with one pool of two machines, partly taken; they and a stranger ask."""
    dice = random.Random(seed)
    capacities, offers, asked = [], [], []
    for n in range(3):
        total = [replace(made.MACHINE, name=f"m{i}", accelerators=dice.choice((2, 4, 8))) for i in range(2)]
        free = [replace(m, accelerators=dice.randint(0, m.accelerators), cpus=dice.randint(1, 64)) for m in total]
        taken = sum(t.accelerators - f.accelerators for t, f in zip(total, free, strict=True))
        capacities.append(made.capacity(n, owner=f"org_{n}", machines=tuple(free), machines_total=tuple(total),
                                        reserved_percent=percent, owner_units=dice.randint(0, taken)))  # fmt: skip
        offers.append(made.offer(n, owner=f"org_{n}", price=dice.randint(1, 3) * 1_000_000))
    for n in range(dice.randint(1, 9)):
        wanted = made.wanted(accelerators=dice.randint(1, 4), cpus=dice.choice((1, 8, 32)))
        asked.append(made.request(n, wanted, organisation=f"org_{dice.randint(0, 3)}", priority=dice.randint(0, 2),
                                  max_price=dice.choice((3_000_000, 4_000_000, 5_000_000)),
                                  needs={"machines": dice.choice((1, 1, 2))}))  # fmt: skip
    return made.book(capacities, offers, asked)


def served(clearing, organisation: str, book) -> set[str]:
    own = {request.id for request in book.requests if request.organisation == organisation}
    return {trade.request for trade in clearing.trades} & own


@rules
@many
@given(seed=seeds)
def test_every_contributor_gets_at_least_what_his_own_machines_would_give(made, rule, seed):
    book = pools(made, seed, 100)
    book = replace(book, capacities={key: replace(c, owner_units=0) for key, c in book.capacities.items()})
    cleared = rule(book)
    for n in range(3):
        own = tuple(request for request in book.requests if request.organisation == f"org_{n}")
        alone = replace(
            book, offers=(book.offers[n],), capacities={f"res_{n}": book.capacities[f"res_{n}"]}, requests=own
        )
        bare = {key: replace(c, reserved_percent=0) for key, c in alone.capacities.items()}
        assert served(rule(replace(alone, capacities=bare)), f"org_{n}", book) <= served(cleared, f"org_{n}", book)


@rules
@many
@given(seed=seeds, percent=st.sampled_from((0, 1, 30, 50, 99, 100)))
def test_a_round_with_reserves_keeps_every_law_whatever_the_order_of_its_book(made, rule, seed, percent):
    book = pools(made, seed, percent)
    cleared = rule(book)
    assert broken_laws(book, cleared) == ()
    turned = replace(book, offers=book.offers[::-1], requests=book.requests[::-1],
                     capacities=dict(reversed(book.capacities.items())))  # fmt: skip
    again = rule(turned)
    assert sorted(again.trades, key=lambda t: t.request) == sorted(cleared.trades, key=lambda t: t.request)


@rules
@many
@given(seed=seeds)
def test_a_reserve_of_nothing_changes_nothing(made, rule, seed):
    book = pools(made, seed, 0)
    assert rule(book) == rule.rule.rule(book)


@many
@given(seed=seeds, percent=st.integers(1, 100))
def test_what_is_kept_and_what_is_lent_are_all_that_is_free(made, seed, percent):
    for capacity in pools(made, seed, percent).capacities.values():
        kept = kept_units(capacity)
        held, lent = split(capacity, kept)
        assert sum(machine.accelerators for machine in held) == kept
        for machine, own, other in zip(capacity.machines, held, lent, strict=True):
            for name in ("cpus", "memory_bytes", "disk_bytes", "accelerators"):
                assert getattr(own, name) + getattr(other, name) == getattr(machine, name)
                assert min(getattr(own, name), getattr(other, name)) >= 0


def test_others_are_told_that_the_rest_is_kept_for_the_owner(made):
    book = made.book(
        [made.capacity(units=4, reserved_percent=50)], requests=[made.request(0, made.wanted(accelerators=3))]
    )
    (refusal,) = RULES["posted-price"](book).refusals
    assert (refusal.code, refusal.counts) == ("reserved", {"busy": 1, "reserved": 1})
    assert refusal.reason == "what is free at aurora is kept for its owner's own work"


def test_what_the_owner_uses_already_counts_as_his_reserve(made):
    there = made.capacity(units=4, reserved_percent=50)
    free = replace(there.machines[0], accelerators=2)
    for used, kept in ((0, 2), (1, 1), (2, 0), (3, 0)):
        assert kept_units(replace(there, machines=(free,), owner_units=used)) == kept


def test_an_owners_gang_may_use_reserve_and_lent_part_together(made):
    book = made.book(
        [made.capacity(units=4, reserved_percent=50)],
        requests=[made.request(0, made.wanted(accelerators=4), organisation="org_owner")],
    )
    assert [trade.units for trade in RULES["posted-price"](book).trades] == [4]


def test_the_law_names_a_pool_that_is_sold_beyond_what_its_owner_lends(made):
    book = made.book([made.capacity(units=4)], requests=[made.request(0, made.wanted(accelerators=3))])
    cleared = RULES["posted-price"](book)
    kept = replace(book, capacities={"res_0": replace(book.capacities["res_0"], reserved_percent=50)})
    assert broken_laws(book, cleared) == ()
    assert broken_laws(kept, cleared) == ("res_0 is sold beyond what its owner lends",)


@many
@given(seed=seeds, percent=st.sampled_from([0, 20, 50, 100]))
def test_the_audit_of_the_large_engine_covers_rounds_with_reserves(made, seed, percent):
    book = pools(made, seed, percent)
    cleared = RULES["best-welfare"](book)
    assert faults("best-welfare", book, cleared) == ()
    if cleared.reckoning is not None and cleared.reckoning.bound:
        wrong = replace(cleared, reckoning=replace(cleared.reckoning, bound=cleared.reckoning.bound - 1))
        assert faults("best-welfare", book, wrong)

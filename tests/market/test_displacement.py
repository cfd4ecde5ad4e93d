"""Running work in a round of the large engine: who has to go, for whom, and that nothing is lost by it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.market.conftest import bid, book, capacity, offer

from gridtie.market.book import book_from_json, book_to_json, clearing_from_json, clearing_to_json
from gridtie.market.clearing import Displaced, Running
from gridtie.market.displacement import together
from gridtie.market.laws import broken_laws
from gridtie.market.offer import Tranche
from gridtie.market.rules import RULES
from gridtie.market.verification import faults

M = 1_000_000
HOUR_US = 3_600_000_000
RULE = RULES["best-welfare"]


def running(n: int, price: int, units: int = 1, *, lost_us: int = HOUR_US // 10, pool: int = 0, **to) -> Running:
    """It bids its price, and would lose six minutes."""
    request = bid(1000 + n, price, units, preemptible=True, **to)
    return Running(run=f"run_{n}", request=request, offer=f"offer_{pool}", resource=f"res_{pool}", alternative=0,
                   machines=("m0",), price=price, lost_us=lost_us)  # fmt: skip


def crowded(bids, work, *, free: int = 0, **parameters):
    """One machine of 8: so many are free, the others are held by `work`."""
    held = sum(one.request.needs.alternatives[0].accelerators for one in work)
    made = capacity(units=free)
    total = replace(made.machines[0], accelerators=free + held)
    made = replace(made, machines_total=(total,))
    return replace(book([made], [offer(price=M)], bids, **parameters), running=tuple(work))


def cleared(before):
    clearing = RULE(before)
    assert broken_laws(before, clearing) == ()
    assert faults("best-welfare", before, clearing) == ()
    kept = clearing_to_json(clearing)
    assert clearing_to_json(RULE(book_from_json(book_to_json(before)))) == kept
    assert clearing_from_json(kept) == clearing
    return clearing


def gone(clearing) -> dict[str, tuple[str, ...]]:
    return {one.run: one.by for one in clearing.displaced}


def test_a_bid_that_is_worth_more_than_the_place_and_the_restart_takes_it():
    result = cleared(crowded([bid(1, 5 * M)], [running(1, 4 * M)]))
    assert gone(result) == {"run_1": ("req_1",)}
    assert result.trades[0].machines == ("m0",)


def test_a_bid_that_is_worth_more_than_the_place_but_not_than_the_restart_waits():
    result = cleared(crowded([bid(1, 4 * M + 300_000)], [running(1, 4 * M)]))
    assert gone(result) == {}
    assert result.refusals[0].code == "outbid"
    assert gone(cleared(crowded([bid(1, 4 * M + 300_000)], [running(1, 4 * M, lost_us=0)]))) != {}


def test_the_cheapest_to_displace_goes_and_what_is_free_is_used_first():
    work = [running(1, 4 * M), running(2, 3 * M), running(3, 3 * M, lost_us=HOUR_US)]
    assert gone(cleared(crowded([bid(1, 9 * M)], work))).keys() == {"run_2"}
    assert gone(cleared(crowded([bid(1, 9 * M)], work, free=1))) == {}


def test_a_gang_may_take_the_places_of_several():
    result = cleared(crowded([bid(1, 9 * M, 2)], [running(1, 2 * M), running(2, 3 * M)]))
    assert gone(result) == {"run_1": ("req_1",), "run_2": ("req_1",)}


@pytest.mark.parametrize("mode", ["uniform-price", "posted-price", "max-min"])
def test_no_other_rule_displaces_anybody(mode: str):
    before = crowded([bid(1, 9 * M)], [running(1, 2 * M)])
    clearing = RULES[mode](before)
    assert broken_laws(before, clearing) == ()
    assert clearing.displaced == ()


def test_the_laws_name_a_run_that_is_displaced_without_need_or_consent():
    before = crowded([bid(1, 5 * M)], [running(1, 4 * M)])
    clearing = RULE(before)
    firm = replace(before.running[0], request=replace(before.running[0].request, preemptible=False))
    assert "run_1 is displaced, and its job does not accept that" in broken_laws(
        replace(before, running=(firm,)), clearing
    )
    [out] = clearing.displaced
    for wrong in (replace(out, by=()), replace(out, by=("req_9",)), replace(out, run="run_9")):
        assert broken_laws(before, replace(clearing, displaced=(wrong,)))
    assert broken_laws(before, replace(clearing, displaced=()))  # then its machine is sold twice
    cheap = replace(before, running=(replace(before.running[0], price=6 * M),))
    assert faults("best-welfare", cheap, clearing)


def test_beside_the_reserve_of_an_owner_running_work_is_displaced_in_what_he_lends_only():
    work = [running(1, 2 * M), running(2, 2 * M)]
    before = crowded([bid(1, 9 * M), bid(2, 9 * M), bid(3, 9 * M)], work, free=1)
    [held] = before.capacities.values()
    before = replace(before, capacities={held.resource: replace(held, reserved_percent=30)})
    clearing = RULE(before)
    assert broken_laws(before, clearing) == ()
    assert len(clearing.displaced) == len(clearing.trades) == 2


def test_what_shares_a_taker_hangs_together():
    out = [Displaced(run="a", request="1", by=("x",)), Displaced(run="b", request="2", by=("y",)),
           Displaced(run="c", request="3", by=("x", "y")), Displaced(run="d", request="4", by=("z",))]  # fmt: skip
    assert together(out) == [({"a", "b", "c"}, {"x", "y"}), ({"d"}, {"z"})]


@settings(max_examples=40, deadline=None)
@given(
    bids=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=6),
    work=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(0, 2)), max_size=4),
    free=st.integers(0, 2),
)
def test_a_round_is_never_worth_less_for_being_able_to_displace(bids, work, free):
    asked = [bid(n, price * M, units) for n, (price, units) in enumerate(bids)]
    held = [running(n, price * M, units, lost_us=lost * HOUR_US // 8) for n, (price, units, lost) in enumerate(work)]
    before = crowded(asked, held, free=free)
    result = cleared(before)
    alone = RULE(replace(before, running=()))
    worth = {r.id: r.max_price - M for r in asked} | {
        one.request.id: one.price * (HOUR_US + one.lost_us) // HOUR_US - M for one in held
    }
    units = {r.id: r.needs.alternatives[0].accelerators for r in (*asked, *(one.request for one in held))}
    won = sum(worth[t.request] * units[t.request] for t in result.trades)
    lost = sum(worth[one.request] * units[one.request] for one in result.displaced)
    assert won - lost >= sum(worth[t.request] * units[t.request] for t in alone.trades)
    if result.displaced:
        assert won - lost > sum(worth[t.request] * units[t.request] for t in alone.trades)


@settings(max_examples=25, deadline=None)
@given(
    bids=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=6),
    work=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 3)), max_size=4),
    first=st.integers(1, 4),
    top=st.integers(3, 7),
)
def test_in_tranches_too_what_is_taken_over_is_paid_for(bids, work, first, top):
    asked = [bid(n, price * M, units) for n, (price, units) in enumerate(bids)]
    held = [running(n, price * M, units) for n, (price, units) in enumerate(work)]
    before = crowded(asked, held, free=1)
    steps = (Tranche(after=first, price=2 * M), Tranche(after=5, price=top * M))
    cleared(replace(before, offers=(replace(before.offers[0], tranches=steps),)))

"""An offer in tranches: what the next units ask."""

from dataclasses import replace

import pytest

from gridtie.market.displacement import opened
from gridtie.market.explanation import why
from gridtie.market.laws import broken_laws
from gridtie.market.offer import Tranche
from gridtie.market.quote import quote
from gridtie.market.rules import RULES
from gridtie.market.rules.welfare import audit
from gridtie.market.tranches import advanced, ask, asked, dearest, evened, in_use, ladder, raised, set_back
from gridtie.market.verification import faults


@pytest.fixture
def stepped(made):
    return made.offer(tranches=(Tranche(after=2, price=3_000_000), Tranche(after=6, price=5_000_000)))


def test_a_gang_that_reaches_into_a_tranche_asks_the_average_of_its_units_a_begun_micro_unit_whole(made, stepped):
    assert [asked(stepped, 0, units) for units in (1, 2, 3, 7)] == [2_000_000, 4_000_000, 7_000_000, 21_000_000]
    assert (ask(stepped, 3), ask(stepped, 3, 5)) == (2_333_334, 4_333_334)
    assert (ask(made.offer(), 3), dearest(made.offer()), dearest(stepped)) == (2_000_000, 2_000_000, 5_000_000)


def test_what_is_in_use_has_taken_the_cheapest_units_and_gives_them_back(made, stepped):
    left = advanced(stepped, 3)
    assert ladder(left) == ((0, 3_000_000), (3, 5_000_000))
    assert ladder(advanced(stepped, 9)) == ((0, 5_000_000),)
    assert all(asked(advanced(stepped, n), 0, 4) == asked(stepped, n, 4) for n in range(9))
    assert ladder(set_back(left, 2)) == ((0, 3_000_000), (5, 5_000_000))
    assert ladder(raised(stepped, 4_000_000)) == ((0, 4_000_000), (6, 5_000_000))
    busy = made.capacity(units=8)
    assert in_use(replace(busy, machines=(replace(busy.machines[0], accelerators=5),))) == 3


def test_two_offers_of_one_resource_become_one_supply_and_none_asks_less_than_before(made, stepped):
    other = made.offer(1, resource="res_0", price=2_500_000, tranches=(Tranche(after=4, price=9_000_000),))
    both = evened([stepped, other, made.offer(2)], made.AT)
    assert both[2] == made.offer(2)
    for before, after in zip((stepped, other), both, strict=False):
        assert all(asked(after, unit, 1) >= asked(before, unit, 1) for unit in range(10))
    assert len({asked(both[1], unit, 1) - asked(both[0], unit, 1) for unit in range(10)}) == 1


@pytest.mark.parametrize("rule", ["posted-price", "max-min", "best-welfare"])
def test_under_what_is_asked_everybody_pays_his_own_units(rule, made, stepped):
    mode = {"mode": "cost"} if rule == "best-welfare" else {}
    book = made.book(
        offers=[stepped], requests=[made.request(n, made.wanted(accelerators=2)) for n in range(4)], **mode
    )
    clearing = RULES[rule](book)
    assert sorted(t.price for t in clearing.trades) == [2_000_000, 3_000_000, 3_000_000, 5_000_000]
    assert broken_laws(book, clearing) == ()


def test_who_cannot_pay_the_next_units_is_told_what_they_cost(made, stepped):
    book = made.book(
        offers=[stepped], requests=[made.request(n, made.wanted(accelerators=2), max_price=2_500_000) for n in range(2)]
    )
    [refusal] = RULES["posted-price"](book).refusals
    assert refusal.code == "price"
    assert "what is left at aurora costs 3.00 per unit-hour" in refusal.reason


def test_the_last_tranche_that_is_sold_sets_one_price_for_all(made, stepped):
    book = made.book(offers=[stepped], requests=[made.bid(n, 4_000_000 if n < 6 else 2_900_000) for n in range(8)])
    clearing = RULES["best-welfare"](book)
    [price] = {t.price for t in clearing.trades}
    assert len(clearing.trades) == 6
    assert 3_000_000 <= price <= 4_000_000
    assert clearing.reckoning is not None
    assert clearing.reckoning.bound == clearing.reckoning.welfare == 8_000_000
    [line] = [row for row in why(book.requests[0], book, clearing, "best-welfare")["lines"] if "tranches" in row] or [
        ""
    ]
    assert line == "sold in tranches: 2 units at 2.00, 4 at 3.00, more at 5.00; the next after this round costs 5.00"


def test_a_gang_that_bids_what_its_tranches_ask_gets_them_also_where_the_price_of_an_idle_pool_is_below_that(made):
    """With several slots there is so much room that the first units alone set the price."""
    hour, offer = 3_600_000_000, made.offer(price=420_000, tranches=(Tranche(after=4, price=600_000),))
    bids = [made.bid(1, 800_000, 8, expected_us=hour)]
    book = made.book(offers=[offer], requests=bids, slots=4, slot_us=hour)
    clearing = RULES["best-welfare"](book)
    [trade] = clearing.trades
    assert (trade.units, trade.price) == (8, 510_000)
    assert clearing.reckoning is not None
    assert clearing.reckoning.prices[0].unit[0] < 510_000
    assert faults("best-welfare", book, clearing) == ()
    dearer = replace(clearing, trades=(replace(trade, price=610_000),))
    assert any("does not pay the price" in fault for fault in audit(book, dearer))


def test_who_bids_less_than_what_is_left_asks_is_told_the_bid_that_would_do(made):
    quarter, offer = 900_000_000, made.offer(price=420_000, tranches=(Tranche(after=4, price=600_000),))
    bids = [made.bid(1, 500_000, 4), made.bid(2, 560_000, 6)]
    book = made.book([made.capacity(units=10)], [offer], bids, slots=4, slot_us=quarter)
    [refusal] = RULES["best-welfare"](book).refusals
    assert refusal.reason.startswith("what is left at aurora asks 0.60 per unit-hour")
    assert refusal.change == "bid 0.60: gridtie.budget.max_price"
    enough = replace(book, requests=(bids[0], replace(bids[1], max_price=600_000)))
    assert bids[1].id in {trade.request for trade in RULES["best-welfare"](enough).trades}


def test_a_quote_is_for_the_units_that_the_job_would_take(made, stepped):
    [choice] = quote(made.request(0, made.wanted(accelerators=3)), made.book(offers=[stepped], requests=[])).choices
    assert choice.offer.price == 2_333_334


def test_a_trade_below_its_tranche_breaks_a_law(made, stepped):
    book = made.book(offers=[stepped], requests=[made.request(n, made.wanted(accelerators=2)) for n in range(2)])
    clearing = RULES["posted-price"](book)
    cheap = tuple(replace(t, price=2_400_000) for t in clearing.trades)
    assert "offer_0 sells 4 units for less than its tranches ask" in broken_laws(book, replace(clearing, trades=cheap))


def test_a_book_opened_for_displacement_without_running_work_is_as_it_was(made, stepped):
    book = made.book(offers=[stepped])
    assert opened(book, set()) == book

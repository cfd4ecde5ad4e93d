"""The call auction by hand: who sets the price, who pays less, and what losers are told."""

from dataclasses import replace

from gridtie.market.laws import broken_laws
from gridtie.market.rules import RULES

M = 1_000_000


def cleared(book):
    clearing = RULES["uniform-price"](book)
    assert broken_laws(book, clearing) == ()
    return clearing


def paid(clearing) -> dict[str, int]:
    return {trade.request: trade.price for trade in clearing.trades}


def one_product(made, bids, units: int = 2, reserve: int = M):
    return made.book([made.capacity(units=units)], [made.offer(price=reserve)], bids)


def test_the_highest_rejected_bid_is_the_price_of_all(made):
    result = cleared(one_product(made, [made.bid(1, 9 * M), made.bid(2, 5 * M), made.bid(3, 3 * M)]))
    assert paid(result) == {"req_1": 3 * M, "req_2": 3 * M}
    assert [(p.price, p.units, p.marginal) for p in result.prices] == [(3 * M, 2, "req_3")]
    (refusal,) = result.refusals
    assert (refusal.request, refusal.code, refusal.counts) == ("req_3", "outbid", {"outbid": 1})
    assert refusal.reason == "others bid as much or more for what was free; the price is 3.00 per unit-hour"
    assert refusal.change == "bid more than 3.00: gridtie.budget.max_price"


def test_without_rivals_the_price_is_the_highest_reserve_that_was_needed(made):
    capacities = [made.capacity(n, units=1) for n in range(3)]
    offers = [made.offer(0, price=M), made.offer(1, price=2 * M), made.offer(2, price=3 * M)]
    result = cleared(made.book(capacities, offers, [made.bid(1, 9 * M), made.bid(2, 8 * M)]))
    assert paid(result) == {"req_1": 2 * M, "req_2": 2 * M}
    assert result.prices[0].marginal == "offer_1"
    assert {share.offer: share.amount for share in result.shares} == {"offer_0": 2 * M, "offer_1": 2 * M}


def test_an_organisation_whose_own_bid_sets_the_price_pays_without_it_but_never_below_the_reserve(made):
    bids = [made.bid(1, 9 * M, organisation="org_a"), made.bid(2, 8 * M, organisation="org_b")]
    own = made.bid(3, 6 * M, organisation="org_a")
    result = cleared(one_product(made, [*bids, own, made.bid(4, 4 * M, organisation="org_c")]))
    assert paid(result) == {"req_1": 4 * M, "req_2": 6 * M}
    assert result.prices[0].price == 6 * M
    assert paid(cleared(one_product(made, [*bids, own]))) == {"req_1": M, "req_2": 6 * M}
    (share,) = cleared(one_product(made, [*bids, own])).shares
    assert share.amount == 7 * M


def test_a_gang_that_found_no_room_does_not_lift_the_price_over_the_lowest_accepted_bid(made):
    result = cleared(one_product(made, [made.bid(1, 9 * M, 3), made.bid(2, 8 * M, 3), made.bid(3, 2 * M)], units=4))
    assert paid(result) == {"req_1": 2 * M, "req_3": 2 * M}
    (refusal,) = result.refusals
    assert refusal.code == "paradoxical"
    assert refusal.reason == "it bid above the price of 2.00, but found no room for all of it when its turn came"
    assert "smaller gang" in refusal.change


def test_an_offer_above_an_accepted_bid_is_not_taken_and_the_bidder_is_told_so(made):
    """Served early for its bid on one product, a request may bid little for the other: that bid caps its price."""
    low = made.wanted(max_hourly_cost=2 * M, hubs=("inner",), rank=0)
    high = made.wanted(rank=1, hubs=("gui'an",))
    both = made.bid(1, 9 * M, needs={"alternatives": (low, high)})
    late = made.bid(2, 8 * M, needs={"hubs": ("inner",)})
    capacities = [made.capacity(n, units=1, hub="inner") for n in range(2)] + [made.capacity(2, units=1)]
    offers = [made.offer(0, price=M), made.offer(1, price=5 * M), made.offer(2, price=M)]
    result = cleared(made.book(capacities, offers, [both, late]))
    assert paid(result) == {"req_1": 2 * M}
    (refusal,) = result.refusals
    assert refusal.code == "paradoxical"
    assert "what is left asks more than an accepted bid" in refusal.reason


def test_a_bidder_for_whom_there_was_no_room_before_anybody_came_is_busy_and_sets_no_price(made):
    result = cleared(one_product(made, [made.bid(1, 3 * M), made.bid(2, 9 * M, 8)], units=2))
    assert paid(result) == {"req_1": M}
    assert result.refusals[0].code == "size"
    full = made.book([made.capacity(machines=())], [made.offer()], [made.bid(1, 3 * M)])
    (refusal,) = cleared(full).refusals
    assert (refusal.code, refusal.change) == ("busy", "wait until a run there ends")


def test_a_voucher_never_bids_above_what_it_may_pay(made):
    capped = made.bid(1, 9 * M, unit_price_cap=3 * M)
    result = cleared(one_product(made, [capped, made.bid(2, 5 * M), made.bid(3, 4 * M)]))
    assert paid(result) == {"req_2": 3 * M, "req_3": 3 * M}


def test_who_names_no_limit_bids_what_is_asked(made):
    result = cleared(one_product(made, [made.bid(1, None), made.bid(2, 2 * M)], units=1))
    assert paid(result) == {"req_2": M}
    assert result.refusals[0].code == "outbid"


def test_equal_bids_are_not_decided_by_name_and_fall_otherwise_in_another_round(made):
    book = one_product(made, [made.bid(n, 5 * M) for n in range(4)], units=1)
    winners = {cleared(replace(book, round=str(n))).trades[0].request for n in range(40)}
    assert winners == {"req_0", "req_1", "req_2", "req_3"}

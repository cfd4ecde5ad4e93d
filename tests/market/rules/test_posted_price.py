"""Posted prices by hand: turns, costs and what those left over are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gridtie.market.rules import RULES


def cleared(book):
    return RULES["posted-price"](book)


def test_priority_then_arrival_then_id_is_the_turn(made):
    early = made.request(3, arrived_at=made.AT - timedelta(seconds=1))
    requests = [made.request(2), made.request(1), early, made.request(4, priority=1)]
    result = cleared(made.book([made.capacity(units=3)], requests=requests))
    assert [trade.request for trade in result.trades] == ["req_4", "req_3", "req_1"]
    (refusal,) = result.refusals
    assert (refusal.request, refusal.code, refusal.counts) == ("req_2", "busy", {"busy": 1})
    assert refusal.reason == "aurora is busy just now"


def test_a_slower_unit_may_cost_more_than_a_dearer_one(made):
    capacities = [made.capacity(0, score=500), made.capacity(1, score=1000), made.capacity(2, score=1000)]
    offers = [made.offer(0, price=1_500_000), made.offer(1, price=2_000_000), made.offer(2, price=2_100_000)]
    (trade,) = cleared(made.book(capacities, offers)).trades
    assert trade.offer == "offer_1"
    assert trade.cost_terms == {"compute": 2_000_000}
    (slow,) = cleared(made.book(capacities, offers[:1])).trades
    assert slow.cost_terms == {"compute": 1_500_000, "speed": 1_500_000}


def test_data_that_travels_is_a_term_of_its_own_rounded_up(made):
    (trade,) = cleared(made.book(requests=[made.request(transfer_bytes=1)], transfer_price_per_gb=70_000)).trades
    assert trade.cost_terms == {"compute": 2_000_000, "transfer": 1}


@pytest.mark.parametrize("price", [0, 1])
def test_of_alternatives_that_cost_the_same_the_smaller_is_taken(made, price):
    request = made.request(0, made.wanted(accelerators=8), made.wanted(accelerators=1), expected_us=1)
    (trade,) = cleared(made.book(offers=[made.offer(price=price)], requests=[request])).trades
    assert (trade.alternative, trade.units) == (1, 1)


def test_a_cpu_job_leaves_accelerators_alone_where_it_can(made):
    plain = replace(made.MACHINE, accelerators=0)
    beside = made.capacity(0, chip="cpu")
    alone = made.capacity(1, chip="cpu", machines=(plain,), machines_total=(plain,))
    offers = [made.offer(0, chip="cpu", price=1), made.offer(1, chip="cpu", price=9)]
    request = made.request(0, made.wanted(chip="cpu", accelerators=0, cpus=4))
    (trade,) = cleared(made.book([beside, alone], offers, [request])).trades
    assert (trade.offer, trade.units) == ("offer_1", 4)
    (trade,) = cleared(made.book([beside], offers[:1], [request])).trades
    assert trade.offer == "offer_0"


def test_a_gang_waits_whole_and_takes_nothing_meanwhile(made):
    gang = made.request(0, made.wanted(accelerators=8), needs={"machines": 2}, priority=1)
    total = (made.MACHINE, replace(made.MACHINE, name="m1"))
    capacity = made.capacity(machines=total[:1], machines_total=total)
    result = cleared(made.book([capacity], requests=[gang, made.request(1)]))
    assert [(trade.request, trade.machines) for trade in result.trades] == [("req_1", ("m0",))]
    assert result.refusals[0].code == "busy"


def test_two_offers_of_one_resource_sell_its_machines_once(made):
    offers = [made.offer(0), made.offer(1, resource="res_0", price=1_000_000)]
    requests = [made.request(n, made.wanted(accelerators=8)) for n in range(2)]
    result = cleared(made.book(offers=offers, requests=requests))
    assert [trade.offer for trade in result.trades] == ["offer_1"]
    assert result.refusals[0].counts == {"busy": 2}


def test_an_empty_book_says_that_nothing_is_offered(made):
    (refusal,) = cleared(made.book((), (), [made.request()])).refusals
    assert (refusal.code, refusal.reason, refusal.counts) == ("no-offer", "nothing is offered here yet", {})
    assert refusal.change == "wait for an offer"


def test_of_several_misses_the_nearest_speaks_and_all_are_counted(made):
    capacities = [made.capacity(0, connected=False), made.capacity(1, score=None), made.capacity(2, chip="h100")]
    offers = [made.offer(0), made.offer(1), made.offer(2, chip="h100")]
    (refusal,) = cleared(made.book(capacities, offers)).refusals
    assert refusal.code == "disconnected"
    assert refusal.reason == "no offer fits now; closest: aurora is silent at the moment"
    assert refusal.counts == {"certificate": 1, "chip": 1, "disconnected": 1}

"""A book whose figures make no sense is refused by every rule, with the name of the figure, and never cleared."""

from dataclasses import replace

import pytest

from gridtie.errors import InvalidBook
from gridtie.market.offer import Tranche
from gridtie.market.request import Origin
from gridtie.market.rules import RULES

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize(
    ("what", "value", "field"),
    [
        ("request", {"max_price": NAN}, "req_0.max_price"),
        ("request", {"max_price": INF}, "req_0.max_price"),
        ("request", {"max_price": -1}, "req_0.max_price"),
        ("request", {"max_total": 1.5}, "req_0.max_total"),
        ("request", {"expected_us": -1}, "req_0.expected_us"),
        ("request", {"expected_us": True}, "req_0.expected_us"),
        ("request", {"transfer_bytes": -1}, "req_0.transfer_bytes"),
        ("request", {"origins": (Origin(hub="gz", size_bytes=-1),)}, "req_0.origins"),
        ("needs", {"machines": -1}, "req_0.machines"),
        ("wanted", {"cpus": -3}, "req_0.cpus"),
        ("wanted", {"memory_bytes": NAN}, "req_0.memory_bytes"),
        ("wanted", {"max_hourly_cost": -1}, "req_0.max_hourly_cost"),
        ("offer", {"price": NAN}, "offer_0.price"),
        ("offer", {"price": -5}, "offer_0.price"),
        ("offer", {"tranches": (Tranche(after=2, price=INF),)}, "offer_0.tranches"),
        ("engine", {"sweeps": "x"}, "engine.sweeps"),
        ("engine", {"gap_ppm": NAN}, "engine.gap_ppm"),
    ],
)
def test_a_figure_that_makes_no_sense_is_named(made, rule, what, value, field):
    request, offer = made.request(), made.offer()
    if what == "request":
        request = replace(request, **value)
    elif what == "needs":
        request = made.request(needs=value)
    elif what == "wanted":
        request = made.request(0, made.wanted(**value))
    elif what == "offer":
        offer = replace(offer, **value)
    book = made.book(offers=[offer], requests=[request], engine=value if what == "engine" else {})
    with pytest.raises(InvalidBook) as refused:
        RULES[rule](book)
    assert refused.value.params["field"] == field


@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_stands_in_a_book_twice_is_refused_and_not_served_twice(made, rule):
    for book in (made.book(requests=[made.request()] * 2), made.book(offers=[made.offer()] * 2)):
        with pytest.raises(InvalidBook, match="it stands there twice"):
            RULES[rule](book)

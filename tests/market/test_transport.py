"""Data that must travel costs by its way and takes time; where it lies already it costs nothing."""

from dataclasses import replace

import pytest

from gridtie.market.book import book_from_json, book_to_json
from gridtie.market.laws import broken_laws
from gridtie.market.quote import lines, quote
from gridtie.market.request import Origin
from gridtie.market.rules import RULES
from gridtie.market.scoring import tariff_of
from gridtie.market.transport import transport_of
from gridtie.market.verification import faults
from gridtie.values.canonical import canonical

TB = 10**12
WAYS = {"gan": {"jjj": 2300, "gan": 7}}
FAR = {"transfer_price_per_gb": 1_000, "transport": {"per_gb_1000_km": 2_000, "bytes_per_s": 10**9, "ways": WAYS}}


def two_hubs(made, request, **parameters):
    """Cheap far from the data, dearer beside it."""
    places = [replace(made.capacity(0), hub="jjj"), replace(made.capacity(1), hub="gan")]
    return made.book(places, [made.offer(0, price=2_000_000), made.offer(1, price=2_500_000)], [request], **parameters)


def test_the_way_counts_beside_the_amount_and_only_where_data_travels(made):
    transport = transport_of(FAR)
    request = made.request(transfer_bytes=10**9, origins=(Origin(hub="gan", size_bytes=TB),))
    assert transport.price(request, "gan") == 1_000
    assert transport.price(request, "jjj") == 1_000 + 1000 * (1_000 + 4_600)
    assert transport.price(request, "nowhere") == 1_000 + 1000 * 1_000  # its way is not known
    assert (transport.time_us(request, "gan"), transport.time_us(request, "jjj")) == (0, 1_000_000_000)


@pytest.mark.parametrize("rule", ["posted-price", "uniform-price", "best-welfare", "max-min"])
def test_every_rule_goes_to_the_data_where_moving_it_costs_more_than_is_saved(made, rule):
    request = made.request(max_price=4_000_000, origins=(Origin(hub="gan", size_bytes=TB),))
    for parameters, offer in (({}, "offer_0"), (FAR, "offer_1")):
        book = two_hubs(made, request, **parameters)
        clearing = RULES[rule](book)
        assert [trade.offer for trade in clearing.trades] == [offer]
        assert not list(broken_laws(book, clearing))
        assert not list(faults(rule, book, clearing))


def test_under_contention_the_engine_sends_the_one_with_data_to_it(made):
    """Each of the two could pay for either place: the total is least when only the one without data is far from it."""
    request = made.request(0, max_price=9_000_000, origins=(Origin(hub="gan", size_bytes=TB),), needs={"machines": 1})
    other = made.request(1, max_price=9_000_000)
    one = replace(made.MACHINE, accelerators=1)
    book = two_hubs(made, request, **FAR)
    book = replace(
        book, requests=(request, other),
        capacities={key: replace(c, machines=(one,), machines_total=(one,)) for key, c in book.capacities.items()},
    )  # fmt: skip
    clearing = RULES["best-welfare"](book)
    assert {trade.request: trade.offer for trade in clearing.trades} == {request.id: "offer_1", other.id: "offer_0"}
    assert not list(faults("best-welfare", book, clearing))


def test_the_terms_the_quote_and_the_stored_book_say_it(made):
    request = made.request(origins=(Origin(hub="gan", size_bytes=TB),))
    book = two_hubs(made, request, **FAR)
    far = book.capacities["res_0"]
    terms = tariff_of(book).terms(request, book.offers[0], far, 0)
    assert terms == {"compute": 2_000_000, "transfer": 5_600_000, "fetch": 555_556}
    near, away = lines(quote(request, book))[:2]
    assert ("gan" in near, "to come" in near) == (True, False)
    assert ("transfer 5.60" in away, "its data takes" in away) == (True, True), away
    assert canonical(book_to_json(book_from_json(book_to_json(book)))) == canonical(book_to_json(book))
    assert book_from_json(book_to_json(book)).requests == (request,)


@pytest.mark.parametrize("size", [0, 1, 2**63, 10**40])
def test_no_amount_of_data_breaks_a_rule(made, size):
    request = made.request(max_price=4_000_000, origins=(Origin(hub="gan", size_bytes=size),))
    book = two_hubs(made, request, **FAR)
    again = book_from_json(book_to_json(book))
    for rule in ("posted-price", "uniform-price", "best-welfare", "max-min"):
        clearing = RULES[rule](again)
        assert not list(broken_laws(again, clearing)), rule
        assert [trade.offer for trade in clearing.trades] == ["offer_1" if size > 10**9 else "offer_0"], rule

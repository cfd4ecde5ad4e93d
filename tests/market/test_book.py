"""Books and clearings on paper: every amount a member may name can be written, signed and read again."""

import json

import pytest

from gridtie.market.book import book_from_json, book_to_json, clearing_from_json, clearing_to_json, offer_from_json
from gridtie.market.offer import Listing
from gridtie.market.rules import RULES
from gridtie.values.canonical import canonical
from gridtie.values.money import MICROS_MAX

HUGE = 2**53 + 1  # the first integer that a double does not carry


def copied(book):
    return book_from_json(json.loads(canonical(book_to_json(book))))


@pytest.mark.parametrize("amount", [HUGE - 2, HUGE, MICROS_MAX])
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_an_absurd_amount_can_be_stored_and_replayed(made, amount, rule):
    offers = [made.offer(price=amount - 2), made.offer(1, resource="res_0", price=1)]
    asked = [
        made.request(0, made.wanted(max_hourly_cost=amount), max_price=amount, max_total=amount, transfer_bytes=amount),
        made.request(1, made.wanted(memory_bytes=amount), expected_us=amount, unit_price_cap=amount),
    ]
    book = made.book([made.capacity(score=amount, units=1)], offers, asked, transfer_price_per_gb=amount)
    assert copied(book) == book
    cleared = rule(book)
    written = canonical(clearing_to_json(cleared))
    assert clearing_from_json(json.loads(written)) == cleared
    assert canonical(clearing_to_json(rule(copied(book)))) == written


def test_a_trade_at_an_amount_beyond_a_double_comes_back_as_the_same_number(made):
    cleared = RULES["posted-price"](made.book([made.capacity()], [made.offer(price=HUGE)], [made.request()]))
    document = json.loads(canonical(clearing_to_json(cleared)))
    assert document["trades"][0]["price"] == document["trades"][0]["cost_terms"]["compute"] == str(HUGE)
    again = clearing_from_json(document)
    assert again.trades[0].price == again.trades[0].cost_terms["compute"] == again.shares[0].amount == HUGE


def test_amounts_that_a_double_carries_stay_numbers(made):
    document = book_to_json(made.book())
    assert document["offers"][0]["price"] == 2_000_000
    assert document["capacities"]["res_0"]["machines"][0]["disk_bytes"] == 1 << 40


def test_text_that_looks_like_a_number_stays_text(made):
    book = made.book([made.capacity(site_name="7", hub="1")], busy_until={"res_0": {"price": "2026-05-01T12:00:00Z"}})
    assert copied(book) == book


def test_a_listed_offer_keeps_its_listing(made):
    listing = Listing(cloud="azure", region="eu", instance="ND", accelerator_name="T4", accelerators=1, vcpus=4,
                      memory_bytes=1, price_per_hour=7, spot_price_per_hour=None, currency="USD")  # fmt: skip
    book = made.book((), [made.offer(resource=None, listing=listing)])
    assert copied(book).offers[0].listing == listing


def test_a_field_that_this_version_does_not_know_is_left_out_of_a_capacity(made):
    document = book_to_json(made.book())
    document["capacities"]["res_0"]["colour"] = "blue"
    document["requests"][0]["needs"]["mood"] = "good"
    assert book_from_json(document) == made.book()


def test_an_offer_without_a_time_zone_is_refused(made):
    document = book_to_json(made.book())["offers"][0]
    with pytest.raises(ValueError, match="no time zone"):
        offer_from_json({**document, "window": ["2026-05-01T00:00:00", "2026-05-02T00:00:00Z"]})

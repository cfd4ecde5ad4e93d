"""What a certificate says decides how long a job is expected to run, and so what it costs."""

import pytest

from gridtie.market.book import book_from_json, book_to_json
from gridtie.market.quote import lines, quote
from gridtie.market.rules import RULES
from gridtie.market.scoring import tariff_of


def two_makers(made):
    """An A100 at a score of 1000, and an Ascend that was measured at 400, cheaper by the hour."""
    other = made.capacity(1, chip="hw-910b3", stack="cann", score=400)
    request = made.request(
        0, made.wanted(), made.wanted(chip="hw-910b3", accelerators=2), needs={"variants": ("cann",)}
    )
    offers = (made.offer(), made.offer(1, chip="hw-910b3", price=1_000_000))
    return request, made.book((made.capacity(stack="cuda"), other), offers, (request,))


def test_another_model_counts_by_what_it_was_measured_to_do_and_the_quote_names_the_variant(made):
    request, book = two_makers(made)
    tariff, far = tariff_of(book), book.capacities["res_1"]
    assert tariff.run_us(request, book.capacities["res_0"], 0) == request.expected_us
    assert tariff.run_us(request, far, 1) == request.expected_us * 1000 // 800  # two of them against one
    assert tariff.terms(request, book.offers[1], far, 1) == {"compute": 2_000_000, "speed": 500_000}
    own, other = lines(quote(request, book))[:2]
    assert "as its" not in own, own
    assert "2 × hw-910b3 as its cann variant" in other, other
    assert book_from_json(book_to_json(book)) == book


@pytest.mark.parametrize("rule", ["posted-price", "best-welfare"])
def test_of_places_that_cost_the_same_the_one_with_the_shorter_queue_is_taken_and_quoted_first(made, rule):
    """Also by the large engine where waiting decides; a dearer place is not taken for its queue at posted prices."""
    capacities = [made.capacity(n, queue_wait_s=wait) for n, wait in enumerate((600, 0, 60))]
    offers = [made.offer(n) for n in range(3)]
    request = made.request(**({"mode": "auction"} if rule == "best-welfare" else {}))
    book = made.book(capacities, offers, [request], **({"mode": "wait"} if rule == "best-welfare" else {}))
    assert [trade.offer for trade in RULES[rule](book).trades] == ["offer_1"]
    assert book_from_json(book_to_json(book)) == book
    assert [choice.offer.id for choice in quote(request, book).choices] == ["offer_1", "offer_2", "offer_0"]
    if rule == "posted-price":
        cheaper = made.book(capacities, [made.offer(price=1_999_999), *offers[1:]], [request])
        assert [trade.offer for trade in RULES[rule](cheaper).trades] == ["offer_0"]
        assert quote(request, cheaper).choices[0].offer.id == "offer_0"


def test_a_core_is_not_compared_with_an_accelerator_as_they_are_certified_in_different_precisions(made):
    cores = made.capacity(1, chip="cpu", score=2)
    request = made.request(0, made.wanted(), made.wanted(chip="cpu", accelerators=0, cpus=8))
    book = made.book((made.capacity(), cores), (made.offer(), made.offer(1, chip="cpu")), (request,))
    assert tariff_of(book).run_us(request, cores, 1) == request.expected_us

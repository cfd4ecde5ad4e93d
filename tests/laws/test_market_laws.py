"""Laws of the market over small random books: every clearing rule against naive reckoning, and its own laws."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from market_books import (
    AT,
    able,
    all_free,
    auctions,
    bid_of,
    bids,
    choices,
    cost,
    lasts,
    left_after,
    limit,
    lone,
    most_welfare,
    obstacles,
    payment,
    posted_books,
    product,
    seeds,
    small_auction,
    taken,
    units_of,
    written,
)

from gridtie.market.book import book_from_json, book_to_json, clearing_from_json
from gridtie.market.clearing import Book, Trade
from gridtie.market.eligibility import CHECKS
from gridtie.market.laws import broken_laws
from gridtie.market.offer import MachineShape, Offer
from gridtie.market.quote import quote, to_json
from gridtie.market.request import Request
from gridtie.market.rules import RULES
from gridtie.values.canonical import canonical

POSTED, UNIFORM = RULES["posted-price"], RULES["uniform-price"]
rules = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)


def naive_posted(book: Book) -> dict[str, tuple[str, int, tuple[str, ...], int]]:
    free, found = all_free(book), {}
    for request in sorted(book.requests, key=lambda r: (-r.priority, r.arrived_at, r.id)):
        possible = [
            (wanted.rank, wanted.chip == "cpu" and any(m.accelerators for m in capacity.machines_total),
             cost(request, offer, capacity, wanted, book), -(capacity.score or 0), offer.id,
             units_of(wanted, request.needs), index, offer)
            for offer, capacity, index, wanted in choices(request, book, free)
        ]  # fmt: skip
        if not possible:
            continue
        _, _, total, _, _, _, index, offer = min(possible, key=lambda option: option[:-1])
        wanted = request.needs.alternatives[index]
        others = [other for other in book.requests if other.id != request.id]
        machines = able(free[offer.resource], wanted, request.needs, others)
        free[offer.resource] = taken(free[offer.resource], machines, wanted)
        found[request.id] = (offer.id, index, tuple(machines), total)
    return found


# ── posted price ──────────────────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=800)
@given(posted_books)
def test_posted_price_gives_each_in_turn_what_costs_it_least(book):
    cleared = POSTED(book)
    found = {t.request: (t.offer, t.alternative, t.machines, sum(t.cost_terms.values())) for t in cleared.trades}
    assert found == naive_posted(book)
    offers = {offer.id: offer for offer in book.offers}
    assert all(trade.price == offers[trade.offer].price for trade in cleared.trades)


@settings(max_examples=400)
@given(posted_books)
def test_every_seller_keeps_under_posted_prices_what_his_own_buyers_pay(book):
    cleared, asked = POSTED(book), {request.id: request for request in book.requests}
    paid = Counter()
    for trade in cleared.trades:
        paid[trade.offer] += payment(trade, asked[trade.request], book)
    assert {share.offer: share.amount for share in cleared.shares} == dict(paid)


# ── uniform price ─────────────────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=800)
@given(auctions)
def test_the_uniform_price_is_what_the_bids_and_reserves_say_and_the_pivotal_organisation_pays_without_its_own(book):
    cleared = UNIFORM(book)
    asked, offers = {r.id: r for r in book.requests}, {offer.id: offer for offer in book.offers}
    of_product = defaultdict(list)
    for trade in cleared.trades:
        of_product[product(book.capacities[trade.resource])].append(trade)
    lost = [asked[refusal.request] for refusal in cleared.refusals]
    assert {(p.chip, p.hub, p.isolation) for p in cleared.prices} == set(of_product)
    for published in cleared.prices:
        key = (published.chip, published.hub, published.isolation)
        trades = of_product[key]
        reserve = max(offers[trade.offer].price for trade in trades)
        lowest = min(bid_of(trade, asked[trade.request], book) for trade in trades)
        rivals = [(bids(request, book).get(key, 0), request.organisation) for request in lost]

        def price(without: str, rivals=rivals, reserve=reserve, lowest=lowest) -> int:
            return max(reserve, min(max((bid for bid, org in rivals if org != without), default=0), lowest))

        assert published.price == price("nobody")
        assert published.units == sum(trade.units for trade in trades)
        for trade in trades:
            own = price(asked[trade.request].organisation)
            assert trade.price == own
            assert offers[trade.offer].price <= reserve <= trade.price <= published.price
            assert trade.price <= bid_of(trade, asked[trade.request], book)
        cheaper = {asked[trade.request].organisation for trade in trades if trade.price < published.price}
        assert len(cheaper) <= 1


@settings(max_examples=800)
@given(auctions)
def test_sellers_of_a_product_share_what_its_buyers_pay_by_unit_hours_to_the_micro_unit(book):
    cleared, asked = UNIFORM(book), {request.id: request for request in book.requests}
    paid, sold, whole = Counter(), Counter(), Counter()
    for trade in cleared.trades:
        key, unit_us = product(book.capacities[trade.resource]), trade.units * lasts(trade, asked[trade.request], book)
        paid[key] += payment(trade, asked[trade.request], book)
        sold[trade.offer] += unit_us
        whole[key] += unit_us
    offers, got = {offer.id: offer for offer in book.offers}, Counter()
    for share in cleared.shares:
        key = product(book.capacities[offers[share.offer].resource])
        assert share.unit_us == sold[share.offer]
        assert abs(share.amount - Fraction(paid[key] * share.unit_us, whole[key])) < 1
        got[key] += share.amount
    assert +got == +paid


@settings(max_examples=800)
@given(auctions)
def test_no_trade_is_left_that_one_price_per_product_would_allow(book):
    cleared = UNIFORM(book)
    asked, offers = {r.id: r for r in book.requests}, {offer.id: offer for offer in book.offers}
    free = left_after(book, cleared.trades)
    reserve, lowest = Counter(), {}
    for trade in cleared.trades:
        key = product(book.capacities[trade.resource])
        reserve[key] = max(reserve[key], offers[trade.offer].price)
        bid = bid_of(trade, asked[trade.request], book)
        lowest[key] = min(bid, lowest.get(key, bid))
    prices = {(p.chip, p.hub, p.isolation): p.price for p in cleared.prices}
    for refusal in cleared.refusals:
        request = asked[refusal.request]
        own = bids(request, book)
        for offer, capacity, _, wanted in choices(request, book, free):
            key = product(capacity)
            bid = own[key] if limit(request, wanted) is None else limit(request, wanted)
            assert key in lowest  # else it could have run
            assert max(reserve[key], offer.price) > min(bid, lowest[key])
        margins = [own[key] - prices[key] for key in own if key in prices]
        if margins:
            assert refusal.code == ("paradoxical" if max(margins) > 0 else "outbid")
            assert refusal.reason
            assert refusal.change
        else:
            assert refusal.code not in ("paradoxical", "outbid")


def test_greedy_by_density_reaches_most_of_the_greatest_welfare_and_never_more():
    shares = []
    for seed in range(150):
        book = small_auction(seed)
        offers, asked = {o.id: o for o in book.offers}, {r.id: r for r in book.requests}
        trades = UNIFORM(book).trades
        made = sum(t.units * (asked[t.request].max_price - offers[t.offer].price) for t in trades)
        best = most_welfare(book)
        assert 0 <= made <= best
        shares.append(made / best if best else 1.0)
    assert sum(shares) / len(shares) >= 0.95
    assert min(shares) >= 0.5


# ── both rules ────────────────────────────────────────────────────────────────────────────────────────────────────
@rules
@settings(max_examples=400)
@given(book=auctions)
def test_the_laws_hold_and_every_gang_is_whole_or_absent(rule, book):
    cleared = rule(book)
    assert broken_laws(book, cleared) == ()
    asked = {request.id: request for request in book.requests}
    for trade in cleared.trades:
        assert len(set(trade.machines)) == asked[trade.request].needs.machines
    left = left_after(book, cleared.trades)
    assert all(min(sizes_of(machine)) >= 0 for machines in left.values() for machine in machines)


def sizes_of(machine: MachineShape) -> tuple[int, ...]:
    return machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators


@rules
@settings(max_examples=200)
@given(book=auctions, seed=seeds)
def test_the_same_book_in_any_order_gives_the_same_bytes(rule, book, seed):
    dice = random.Random(seed)

    def shuffled(items):
        return tuple(dice.sample(list(items), len(items)))

    capacities = {
        key: replace(c, machines=shuffled(c.machines), machines_total=shuffled(c.machines_total))
        for key, c in shuffled(book.capacities.items())
    }
    other = replace(book, offers=shuffled(book.offers), requests=shuffled(book.requests), capacities=capacities)
    assert written(rule(book)) == written(rule(book)) == written(rule(other))


@rules
@settings(max_examples=200)
@given(book=auctions)
def test_a_stored_round_replays_byte_for_byte(rule, book):
    stored = canonical(book_to_json(book))
    again = book_from_json(json.loads(stored))
    assert again == book
    assert canonical(book_to_json(again)) == stored
    cleared = rule(book)
    assert written(rule(again)) == written(cleared)
    assert clearing_from_json(json.loads(written(cleared))) == cleared


# ── reasons and quotes ────────────────────────────────────────────────────────────────────────────────────────────
def first_obstacle(request: Request, offer: Offer, book: Book, free) -> str:
    """Of each alternative the first in the order of CHECKS; of all alternatives the furthest; '' when one fits."""
    each = [obstacles(request, wanted, offer, book, free) for wanted in request.needs.alternatives]
    if not all(each):
        return ""
    return max((min(found, key=CHECKS.index) for found in each), key=CHECKS.index)


@settings(max_examples=800)
@given(posted_books)
def test_every_miss_names_its_first_obstacle_and_the_nearest_miss_speaks_for_all(book):
    cleared = POSTED(book)
    before: list[Trade] = []
    traded, refused = {t.request: t for t in cleared.trades}, {r.request: r for r in cleared.refusals}
    final = left_after(book, cleared.trades)
    for request in sorted(book.requests, key=lambda r: (-r.priority, r.arrived_at, r.id)):
        if request.id in traded:
            before.append(traded[request.id])
            continue
        free = left_after(book, before)
        codes = [first_obstacle(request, offer, book, free) for offer in book.offers]
        refusal = refused[request.id]
        assert refusal.reason
        assert refusal.code == max(codes, key=CHECKS.index)
        assert dict(refusal.counts) == dict(Counter(codes))
        assert not list(choices(request, book, final))


@settings(max_examples=800)
@given(lone)
def test_a_quote_and_the_round_after_it_agree_for_a_lone_request(book):
    request = book.requests[0]
    made, cleared = quote(request, book), POSTED(book)
    assert len(made.choices) + len(made.listed) + len(made.misses) == len(book.offers)
    if cleared.trades:
        (trade,), best = cleared.trades, made.choices[0]
        assert best.start == "now"
        assert best.start_at == AT
        assert (best.offer.id, best.alternative, best.units) == (trade.offer, trade.alternative, trade.units)
        assert dict(best.terms) == dict(trade.cost_terms)
    else:
        assert all(choice.start != "now" for choice in made.choices)
        (refusal,) = cleared.refusals
        codes = ["busy"] * len(made.choices) + ["listed-only"] * len(made.listed)
        assert refusal.code == max((*codes, *(miss.reason.code for miss in made.misses)), key=CHECKS.index)
    free = all_free(book)
    for miss in made.misses:
        if miss.offer.resource is not None:
            assert miss.reason.code == first_obstacle(request, miss.offer, book, free)
        assert miss.reason.reason
    sent = to_json(made)
    assert sent["starts_now"] == bool(cleared.trades)
    assert sum(sent["missed_because"].values()) == len(made.misses)

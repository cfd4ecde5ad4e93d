"""The laws of a clearing find every way in which one can be wrong, whichever rule made it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.market.conftest import opening

from gridtie.market.clearing import Book, Clearing, SellerShare, Trade
from gridtie.market.laws import broken_laws
from gridtie.market.request import Request, Rest
from gridtie.market.rules import RULES
from gridtie.values.period import Period

rules = pytest.mark.parametrize("rule", [RULES["posted-price"], RULES["uniform-price"]], ids=lambda rule: rule.name)


def change(clearing: Clearing, which: int, **to) -> Clearing:
    """The clearing with one trade changed."""
    trades = list(clearing.trades)
    trades[which] = replace(trades[which], **to)
    return replace(clearing, trades=tuple(trades))


def share(clearing: Clearing, which: int, **to) -> Clearing:
    shares = list(clearing.shares)
    shares[which] = replace(shares[which], **to)
    return replace(clearing, shares=tuple(shares))


def asked_of(book: Book, trade: Trade) -> Request:
    return next(request for request in book.requests if request.id == trade.request)


def with_request(book: Book, trade: Trade, **to) -> Book:
    """The book as it would have been had that request forbidden the trade."""
    requests = tuple(replace(r, **to) if r.id == trade.request else r for r in book.requests)
    return replace(book, requests=requests)


def with_needs(book: Book, trade: Trade, **to) -> Book:
    return with_request(book, trade, needs=replace(asked_of(book, trade).needs, **to))


def with_capacity(book: Book, trade: Trade, **to) -> Book:
    changed = replace(book.capacities[trade.resource], **to)
    return replace(book, capacities={**book.capacities, trade.resource: changed})


def with_offer(book: Book, trade: Trade, **to) -> Book:
    return replace(book, offers=tuple(replace(o, **to) if o.id == trade.offer else o for o in book.offers))


def emptied(book: Book, trade: Trade) -> Book:
    machines = tuple(replace(m, cpus=0) for m in book.capacities[trade.resource].machines)
    return with_capacity(book, trade, machines=machines)


CORRUPTIONS: dict[str, Callable[[Book, Clearing, Trade], tuple[Book, Clearing]]] = {
    "an outcome is missing": lambda b, c, t: (b, replace(c, refusals=c.refusals[1:])),
    "a trade is missing": lambda b, c, t: (b, replace(c, trades=c.trades[1:])),
    "a trade is made twice": lambda b, c, t: (b, replace(c, trades=(*c.trades, t))),
    "a request is traded and refused": lambda b, c, t: (
        b, replace(c, refusals=(*c.refusals, replace(c.refusals[0], request=t.request)))),
    "a stranger is refused": lambda b, c, t: (
        b, replace(c, refusals=(*c.refusals, replace(c.refusals[0], request="req_x")))),
    "a refusal has no reason": lambda b, c, t: (
        b, replace(c, refusals=(replace(c.refusals[0], reason=""), *c.refusals[1:]))),
    "a refusal has no code": lambda b, c, t: (
        b, replace(c, refusals=(replace(c.refusals[0], code=""), *c.refusals[1:]))),
    "a stranger trades": lambda b, c, t: (b, change(c, 0, request="req_x")),
    "an offer is unknown": lambda b, c, t: (b, change(c, 0, offer="offer_x")),
    "a resource is unknown": lambda b, c, t: (b, change(c, 0, resource="res_x")),
    "an alternative is unknown": lambda b, c, t: (b, change(c, 0, alternative=9)),
    "an alternative is below zero": lambda b, c, t: (b, change(c, 0, alternative=-1)),
    "a gang is split": lambda b, c, t: (b, change(c, 0, machines=t.machines[:-1])),
    "a gang has one machine twice": lambda b, c, t: (b, change(c, 0, machines=t.machines[:1] * 2)),
    "a machine is unknown": lambda b, c, t: (b, change(c, 0, machines=("mx", *t.machines[1:]))),
    "a machine is oversold": lambda b, c, t: (emptied(b, t), c),
    "a unit too many is billed": lambda b, c, t: (b, change(c, 0, units=t.units + 1)),
    "a price is a micro-unit higher": lambda b, c, t: (b, change(c, 0, price=t.price + 3_600_000)),
    "a price is below the reserve": lambda b, c, t: (with_offer(b, t, price=t.price + 1), c),
    "a price is above the limit": lambda b, c, t: (with_request(b, t, max_price=t.price - 1), c),
    "a price is above the voucher's cap": lambda b, c, t: (with_request(b, t, unit_price_cap=t.price - 1), c),
    "a price is above the hourly limit": lambda b, c, t: (
        with_needs(b, t, alternatives=tuple(
            replace(a, max_hourly_cost=0) for a in asked_of(b, t).needs.alternatives)), replace(c)),
    "a buyer is told another cost": lambda b, c, t: (
        b, change(c, 0, cost_terms={**t.cost_terms, "compute": t.cost_terms["compute"] + 1})),
    "an offer is closed": lambda b, c, t: (with_offer(b, t, state="closed"), c),
    "an offer is over": lambda b, c, t: (with_offer(b, t, window=Period(b.at - timedelta(1), b.at)), c),
    "an offer is too small": lambda b, c, t: (with_offer(b, t, units_min=1, units_max=t.units - 1), c),
    "an offer is too large": lambda b, c, t: (with_offer(b, t, units_min=t.units + 1, units_max=None), c),
    "an offer is of another resource": lambda b, c, t: (with_offer(b, t, resource="res_x"), c),
    "spot is sold to who did not accept it": lambda b, c, t: (
        with_needs(with_offer(b, t, spot=True), t, alternatives=tuple(
            replace(a, use_spot=False) for a in asked_of(b, t).needs.alternatives)), c),
    "the chip is another": lambda b, c, t: (with_capacity(b, t, chip="z"), c),
    "the site is silent": lambda b, c, t: (with_capacity(b, t, connected=False), c),
    "the site is not admitted": lambda b, c, t: (with_capacity(b, t, in_market=False), c),
    "the owner does not lend to it": lambda b, c, t: (
        with_capacity(b, t, allowed_organisations=("org_x",), owner="org_y"), c),
    "the owner denies the purpose": lambda b, c, t: (
        with_needs(with_capacity(b, t, denied_purposes=("war",)), t, purpose="war"), c),
    "the owner does not lend for its class": lambda b, c, t: (with_capacity(b, t, work_classes=("x",)), c),
    "it runs before it is lent": lambda b, c, t: (with_capacity(b, t, opening=opening(1, None)), c),
    "it may run after it is lent": lambda b, c, t: (
        with_request(with_capacity(b, t, opening=opening(0, 4)), t, limit_us=4 * 3_600_000_000 - 299_999_999), c),
    "it may run for ever where it is lent for some time": lambda b, c, t: (with_capacity(b, t, opening=opening()), c),
    "it may run after it is lent, behind the site's own queue": lambda b, c, t: (
        with_request(with_capacity(b, t, opening=opening(0, 4), queue_wait_s=3600), t, limit_us=175 * 60_000_001), c),
    "the isolation is weaker": lambda b, c, t: (
        with_needs(with_capacity(b, t, isolation="none"), t, isolation_min="vm"), c),
    "data leaves its place": lambda b, c, t: (with_needs(b, t, data_places=("US",)), c),
    "data leaves its prefecture": lambda b, c, t: (with_needs(b, t, data_places=("CN-520300",)), c),
    "data leaves for a place that begins alike": lambda b, c, t: (with_needs(b, t, data_places=("C", "CN-5")), c),
    "it goes where it was lost": lambda b, c, t: (
        with_needs(b, t, excluded_sites=(b.capacities[t.resource].site,)), c),
    "it goes back before the pause is over": lambda b, c, t: (
        with_needs(b, t, resting=(Rest(site=b.capacities[t.resource].site, until=b.at + timedelta(seconds=1)),)), c),
    "its deadline is over": lambda b, c, t: (with_request(b, t, deadline=b.at), c),
    "a micro-unit is lost": lambda b, c, t: (b, share(c, 0, amount=c.shares[0].amount - 1)),
    "a micro-unit is made": lambda b, c, t: (b, share(c, -1, amount=c.shares[-1].amount + 1)),
    "a share is missing": lambda b, c, t: (b, replace(c, shares=c.shares[1:])),
    "a share is there twice": lambda b, c, t: (
        b, replace(c, shares=(*c.shares, replace(c.shares[0], amount=0)))),
    "a share is of what was not sold": lambda b, c, t: (b, share(c, 0, unit_us=c.shares[0].unit_us + 1)),
    "a stranger has a share": lambda b, c, t: (
        b, replace(c, shares=(*c.shares, SellerShare(offer="offer_x", unit_us=0, amount=0)))),
    "a product's price is missing": lambda b, c, t: (b, replace(c, prices=c.prices[1:])),
    "a product has two prices": lambda b, c, t: (b, replace(c, prices=(*c.prices, c.prices[0]))),
    "a price published is too low": lambda b, c, t: (
        b, replace(c, prices=tuple(replace(p, price=p.price - 1) for p in c.prices))),
    "units published are wrong": lambda b, c, t: (
        b, replace(c, prices=(replace(c.prices[0], units=c.prices[0].units + 1), *c.prices[1:]))),
}  # fmt: skip


@pytest.fixture
def book(made) -> Book:
    """Two products, three sellers, a gang that trades, odd times, and a request that finds no room."""
    two = tuple(replace(made.MACHINE, name=name, accelerators=2) for name in ("m0", "m1"))
    gang = made.capacity(0, machines=two, machines_total=two)
    offers = (made.offer(0), made.offer(1, price=1_999_999), made.offer(2, price=700_001))
    requests = (
        made.bid(0, 9_000_000, 2, needs={"machines": 2}, expected_us=5_000_000_001),
        made.bid(1, 8_000_000, 1),
        made.bid(2, 7_000_000, 4, needs={"hubs": ("inner",)}),
        made.bid(3, 6_000_000, 4, expected_us=1_234_567_891),
        made.bid(4, 5_000_000, 8),
    )
    return made.book((gang, made.capacity(1, units=5), made.capacity(2, units=5, hub="inner")), offers, requests)


@rules
def test_a_sound_clearing_breaks_no_law(rule, book):
    cleared = rule(book)
    assert broken_laws(book, cleared) == ()
    assert len(cleared.prices) == 2
    assert len(cleared.shares) == 3
    assert len(cleared.trades) == 4
    assert len(cleared.trades[0].machines) == 2


@rules
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_it_is_found_when(rule, name, book):
    cleared = rule(book)
    found = broken_laws(*CORRUPTIONS[name](book, cleared, cleared.trades[0]))
    assert found
    assert all(found)


@rules
def test_a_micro_unit_moved_between_products_is_found(rule, book):
    cleared = rule(book)
    moved = share(cleared, 0, amount=cleared.shares[0].amount + 1)
    for other in range(1, 3):
        if cleared.shares[other].offer == "offer_2":
            moved = share(moved, other, amount=cleared.shares[other].amount - 1)
    assert sum(s.amount for s in moved.shares) == sum(s.amount for s in cleared.shares)
    assert any("more than its sellers get" in law for law in broken_laws(book, moved))

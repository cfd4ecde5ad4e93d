"""Laws of the large engine as a clearing rule, over the random books of the market: against naive reckoning and its
own audit, which sees only the book and what the round published."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from market_books import (
    a_book,
    all_free,
    auctions,
    choices,
    left_after,
    limit,
    most_welfare,
    posted_books,
    small_auction,
)

from gridtie.market.laws import broken_laws
from gridtie.market.quote import quote
from gridtie.market.rules import RULES
from gridtie.market.rules.welfare import audit

RULE = RULES["best-welfare"]
modes = st.sampled_from(("welfare", "cost", "wait"))


def with_parameters(book, **named):
    return replace(book, parameters={**book.parameters, **named})


@settings(max_examples=300)
@given(auctions, modes)
def test_the_audit_accepts_every_clearing_and_it_keeps_the_laws_of_the_market(book, mode):
    book = with_parameters(book, mode=mode)
    cleared = RULE(book)
    assert audit(book, cleared) == ()
    assert broken_laws(book, cleared) == ()
    shown = cleared.reckoning
    assert shown.bound - shown.welfare == shown.forgone + shown.unsold
    assert min(shown.forgone, shown.unsold, shown.made_whole, shown.welfare) >= 0


@settings(max_examples=200)
@given(auctions, st.integers(2, 6), st.sampled_from((600_000_000, 3_600_000_000)))
def test_with_several_slots_what_starts_now_keeps_the_laws_and_what_starts_later_is_told(book, slots, slot_us):
    book = with_parameters(book, slots=slots, slot_us=slot_us)
    cleared = RULE(book)
    assert broken_laws(book, cleared) == ()
    assert audit(book, cleared) == ()
    later = {refusal.request for refusal in cleared.refusals if refusal.code == "later"}
    assert later == {planned.request for planned in cleared.reckoning.planned}


@settings(max_examples=300)
@given(st.one_of(auctions, posted_books), modes, st.data())
def test_whatever_weights_bids_have_nobody_pays_above_his_own_or_sells_below_his_ask(book, mode, data):
    who = sorted({request.organisation for request in book.requests})
    given_weights = {one: data.draw(st.sampled_from((0.001, 0.5, 1, 2, 3.7, 1_000_000))) for one in who}
    credits_ = {one: data.draw(st.integers(-10_000, 10_000)) for one in who}
    book = with_parameters(book, mode=mode, fair_weights=given_weights, fair_credits=credits_, fair_credit_scale=100)
    cleared = RULE(book)
    assert broken_laws(book, cleared) == ()
    assert audit(book, cleared) == ()
    asked, offers = {request.id: request for request in book.requests}, {offer.id: offer for offer in book.offers}
    for trade in cleared.trades:
        own = limit(asked[trade.request], asked[trade.request].needs.alternatives[trade.alternative])
        assert own is None or offers[trade.offer].price <= trade.price <= own


@settings(max_examples=200)
@given(auctions, st.sampled_from((0.25, 7, 1_000)))
def test_weights_that_are_all_alike_change_not_a_byte(book, weight):
    alike = {request.organisation: weight for request in book.requests}
    assert RULE(with_parameters(book, fair_weights=alike)) == RULE(book)


@settings(max_examples=300)
@given(st.one_of(auctions, posted_books))
def test_nobody_is_left_who_could_have_run_and_refusals_tell_how_far_the_bid_was(book):
    cleared = RULE(book)
    asked = {request.id: request for request in book.requests}
    free = left_after(book, cleared.trades)
    for refusal in cleared.refusals:
        request = asked[refusal.request]
        assert not list(choices(request, book, free))
        assert refusal.reason
        could = list(choices(request, book, all_free(book)))
        assert (refusal.code in ("outbid", "paradoxical")) == bool(could)
    for trade in cleared.trades:
        own = limit(asked[trade.request], asked[trade.request].needs.alternatives[trade.alternative])
        assert own is None or trade.price <= own


def test_most_of_the_greatest_welfare_is_reached_never_more_and_the_bound_is_above_the_optimum():
    shares = []
    for seed in range(150):
        book = small_auction(seed)
        offers, asked = {o.id: o for o in book.offers}, {r.id: r for r in book.requests}
        cleared = RULE(book)
        made = sum(t.units * (asked[t.request].max_price - offers[t.offer].price) for t in cleared.trades)
        best = most_welfare(book)
        assert made == cleared.reckoning.welfare <= best <= cleared.reckoning.bound
        shares.append(made / best if best else 1.0)
    print(sum(shares) / len(shares), min(shares))
    assert sum(shares) / len(shares) >= 0.97
    assert min(shares) >= 0.5


def test_a_lone_request_nearly_always_gets_just_what_its_quote_said():
    """Nearly: of a thousand lone requests among offers whose prices differ a millionfold two are sent elsewhere. They
    name no price, and what is worth most in an hour, a faster site, is not what costs least in all."""
    differ = [
        seed for seed in range(1000) if not _as_quoted(a_book(seed, 1 + seed % 6, 1, *(["auction"] * (seed % 2))))
    ]
    print("seeds", differ)
    assert len(differ) <= 2


def _as_quoted(book):
    made, cleared = quote(book.requests[0], book), RULE(book)
    now = [(c.offer.id, c.alternative, c.units, dict(c.terms)) for c in made.choices if c.start == "now"]
    return now[:1] == [(t.offer, t.alternative, t.units, dict(t.cost_terms)) for t in cleared.trades]


@settings(max_examples=200)
@given(auctions, st.integers(1, 1_000_000), st.data())
def test_whatever_is_changed_in_a_published_round_the_audit_finds(book, by, data):
    cleared = RULE(book)
    shown = cleared.reckoning
    names = ["bound", "welfare", "forgone", "unsold", "gap_ppm", "made_whole"]
    name = data.draw(st.sampled_from(names))
    changed = replace(cleared, reckoning=replace(shown, **{name: getattr(shown, name) + by}))
    assert audit(book, changed)
    if cleared.trades:
        first, *others = cleared.trades
        assert audit(book, replace(cleared, trades=(replace(first, price=first.price + by), *others)))
        assert audit(book, replace(cleared, trades=tuple(others)))

"""What a round shares out, and which miss speaks."""

from dataclasses import replace

from gridtie.market.clearing import RULES_VERSION
from gridtie.market.laws import broken_laws
from gridtie.market.rules import RULES
from gridtie.market.shelf import Shelf, shared_out

POSTED = RULES["posted-price"]


def shares(made, *times: int, price: int = 1) -> list[int]:
    """What offers 0, 1, … get where each sold one unit for so many microseconds."""
    capacities = [made.capacity(n, units=1) for n in range(len(times))]
    offers = [made.offer(n, price=price) for n in range(len(times))]
    asked = [made.request(n, made.wanted(sites=(f"res_{n}",)), expected_us=us) for n, us in enumerate(times)]
    book = made.book(capacities, offers, asked)
    return [share.amount for share in shared_out(Shelf(book), POSTED(book).trades)]


def test_the_last_micro_units_go_to_the_largest_remainders_ties_by_offer(made):
    hour = 3_600_000_000
    assert shares(made, hour, hour, hour) == [1, 1, 1]
    assert shares(made, hour // 4, hour // 2, hour) == [0, 1, 1]  # 2 paid; 2/7, 4/7 and 8/7 of them
    assert shares(made, hour // 2, hour // 2, hour // 3) == [1, 1, 0]
    assert shares(made, hour // 2, hour // 4) == [1, 0]


def test_sellers_get_what_is_held_where_the_run_takes_longer_up_to_its_limit_or_its_booking(made):
    million, hour = 1_000_000, 3_600_000_000
    half = made.capacity(0, score=500)
    others = [made.capacity(n, score=1000, connected=False) for n in (1, 2)]

    def share(version=RULES_VERSION, **asked) -> list[tuple[int, int]]:
        book = made.book([half, *others], [made.offer(0, price=million)], [made.request(0, made.wanted(), **asked)])
        book = replace(book, version=version)
        cleared = POSTED(book)
        assert broken_laws(book, cleared) == ()
        if version > 1 and cleared.shares[0].amount != million:
            assert broken_laws(replace(book, version=1), cleared) != ()
        return [(share.unit_us, share.amount) for share in cleared.shares]

    assert share() == [(2 * hour, 2 * million)]
    assert share(limit_us=hour + hour // 2) == [(hour + hour // 2, million + million // 2)]
    assert share(start_at=made.AT) == [(hour, million)]
    assert share(version=1) == [(hour, million)]


def test_of_equally_near_misses_the_cheapest_offer_speaks(made):
    capacities = [made.capacity(n, connected=False) for n in range(3)]
    offers = [made.offer(0, price=3), made.offer(1, price=1), made.offer(2, price=2)]
    (refusal,) = POSTED(made.book(capacities, offers)).refusals
    assert refusal.reason == "no offer fits now; closest: site1 is silent at the moment"


def test_requests_that_differ_in_their_time_limit_or_owner_alone_are_told_apart_where_that_decides(made):
    hour_us = 3_600_000_000
    lent = Shelf(made.book([made.capacity(opening=made.opening(0, 2))]))
    for limit_us, fits in ((hour_us, True), (2 * hour_us, False), (None, False), (hour_us, True)):
        assert bool(lent.ranked(made.request(limit_us=limit_us))) is fits
    chosen = Shelf(made.book([made.capacity(work_classes=("gang",))]))
    for organisation, fits in (("org_buyer", False), ("org_owner", True), ("org_buyer", False)):
        assert bool(chosen.ranked(made.request(organisation=organisation))) is fits

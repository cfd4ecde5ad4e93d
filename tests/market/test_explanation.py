"""Why an order stands where it stands."""

import json
from dataclasses import replace
from datetime import timedelta

from gridtie.market.explanation import why
from gridtie.market.rules import RULES


def told(book, request, rule: str = "posted-price"):
    answer = why(request, book, RULES[rule](book), rule)
    json.dumps(answer)
    return answer["lines"], answer["data"]


def test_a_winner_hears_its_price_and_the_next_best_place(made):
    offers = [made.offer(0), made.offer(1, price=3_000_000)]
    book = made.book([made.capacity(), made.capacity(1)], offers)
    rows, data = told(book, book.requests[0])
    assert rows == [
        "round 7: 1 trade of 1 request",
        "it was number 1 of 1 in turn",
        "it got 1 unit at aurora for 2.00 per unit-hour",
        "next best: site1 at 3.00, 3.00 instead of 2.00 in all: 1.00 more",
    ]
    assert (data["traded"], data["rank"], data["of"]) == (True, 1, 1)


def test_a_winner_without_another_choice_hears_that_nothing_else_fitted(made):
    book = made.book([made.capacity(), made.capacity(1, connected=False)], [made.offer(), made.offer(1)])
    rows, _ = told(book, book.requests[0])
    assert rows[-2:] == ["nothing else fitted", "not site1 (gui'an): site1 is silent at the moment"]


def test_a_winner_hears_that_it_would_end_after_its_deadline_and_what_that_means(made):
    book = made.book(requests=[made.request(deadline=made.AT + timedelta(minutes=30))])
    rows, _ = told(book, book.requests[0])
    assert rows[3:5] == [
        "it is expected to end about 2026-05-01 13:00:00 UTC, after its deadline",
        "a deadline is the latest start: who runs by 2026-05-01 12:30:00 UTC runs on after it",
    ]


def test_a_winner_hears_of_the_queue_before_its_site_and_ends_so_much_later(made):
    request = made.request(deadline=made.AT + timedelta(minutes=65))
    rows, _ = told(made.book([made.capacity(queue_wait_s=600)], requests=[request]), request)
    assert rows[3:5] == [
        "its site's own queue is expected to hold it for 10 min",
        "it is expected to end about 2026-05-01 13:10:00 UTC, after its deadline",
    ]


def test_a_loser_hears_its_turn_the_reason_the_counts_and_what_would_change_it(made):
    book = made.book([made.capacity(units=1)], requests=[made.request(0), made.request(1)])
    rows, data = told(book, book.requests[1])
    assert rows == [
        "round 7: 1 trade of 2 requests",
        "it was number 2 of 2 in turn",
        "it waits: aurora is busy just now",
        "offers that do not fit: 1 × busy",
        "smallest winning price for a100: 2.00",
        "what would change it: wait until a run there ends",
    ]
    assert data["traded"] is False


def test_in_an_auction_the_rank_is_that_of_the_bid_and_not_of_arrival(made):
    book = made.book([made.capacity(units=1)], requests=[made.bid(0, 3_000_000), made.bid(1, 9_000_000)])
    rows, data = told(book, book.requests[0], "uniform-price")
    assert rows[1] == "it was number 2 of 2 by its bid"
    assert rows[2].startswith("it waits: others bid as much or more")
    assert data["rank"] == 2
    assert told(book, book.requests[1], "uniform-price")[0][1] == "it was number 1 of 2 by its bid"


def test_the_rank_is_that_of_the_bid_also_where_nobody_has_room(made):
    book = made.book([made.capacity(machines=())], requests=[made.bid(n, (1 + n) * 3_000_000) for n in range(6)])
    for rule in ("uniform-price", "best-welfare"):
        assert [told(book, one, rule)[1]["rank"] for one in book.requests] == [6, 5, 4, 3, 2, 1]


def test_where_no_bid_decides_and_where_nothing_fits_there_is_no_rank_by_bid(made):
    bids = [made.bid(1, 3_000_000), made.bid(2, 9_000_000), made.bid(3, 9_000_000, needs={"machines": 7})]
    for mode in ("cost", "wait"):
        book = made.book([made.capacity(units=1)], requests=bids, mode=mode)
        assert {told(book, one, "best-welfare")[1]["rank"] for one in bids} == {None}
    for rule in ("uniform-price", "best-welfare"):
        book = made.book([made.capacity(units=1)], requests=bids)
        assert [told(book, one, rule)[1]["rank"] for one in bids] == [2, 1, None]


def test_where_bids_are_weighed_the_rank_is_that_of_what_they_count(made):
    bids = [made.bid(1, 5_000_000), made.bid(2, 3_000_000)]
    book = made.book([made.capacity(units=1)], requests=bids, fair_weights={"org_2": 2})
    assert [told(book, one, "best-welfare")[1]["rank"] for one in bids] == [2, 1]
    assert "it was number 1 of 2 by its bid, as that counts" in told(book, bids[1], "best-welfare")[0]


def test_whoever_is_planned_for_later_hears_where_and_when_and_of_no_other_place(made):
    hour = 3_600_000_000
    offers = [made.offer(0, price=1_000_000), made.offer(1, price=1_500_000)]
    bids = [made.bid(n, (9 - n) * 1_000_000, expected_us=hour) for n in range(3)]
    book = made.book([made.capacity(units=1), made.capacity(1, units=1)], offers, bids, slots=3, slot_us=hour)
    book = replace(book, at=made.AT + timedelta(microseconds=913_587))
    rows, _ = told(book, bids[2], "best-welfare")
    assert rows[2] == "it waits: it is planned at aurora for about 2026-05-01 14:00:01 UTC"
    assert not any(row.startswith(("next best", "smallest winning")) for row in rows)
    assert rows[-1] == "what would change it: a higher bid starts earlier"


def test_a_request_that_the_round_did_not_see_is_told_so(made):
    rows, data = told(made.book(), made.request(9))
    assert rows == ["round 7: 1 trade of 1 request", "this round did not look at it"]
    assert data["rank"] is None


def test_a_winner_of_an_auction_compares_with_what_it_pays_not_with_its_sellers_reserve(made):
    offers = [made.offer(0), made.offer(1, price=3_000_000)]
    asked = [made.bid(0, 9_000_000), made.bid(1, 8_000_000), made.bid(2, 7_000_000)]
    book = made.book([made.capacity(units=1), made.capacity(1, units=1)], offers, asked)
    rows, _ = told(book, asked[0], "uniform-price")
    assert "it got 1 unit at aurora for 7.00 per unit-hour" in rows
    assert "next best: site1 at at least 3.00, 3.00 instead of 7.00 in all" in rows


def test_a_winner_hears_that_a_cheaper_place_in_all_was_over_its_limit(made):
    """The slow site is all that its bid could get; the fast one would be cheaper in all."""
    capacities = [made.capacity(n, units=1, score=250 if n == 1 else 1000) for n in range(3)]
    offers = [made.offer(n, price=1_000_000) for n in range(3)]
    book = made.book(capacities, offers, [made.bid(n, n * 1_000_000) for n in (3, 8, 9)])
    rows, _ = told(book, book.requests[0], "best-welfare")
    assert "it got 1 unit at site1 for 1.00 per unit-hour" in rows
    [other] = [row for row in rows if row.startswith("next best: ")]
    assert other.endswith("less, which is over its limit there of 3.00")


def test_a_winner_hears_that_others_were_served_where_it_would_have_cost_less(made):
    """Who bids more gets the fast site, for little more an hour."""
    capacities = [made.capacity(0, units=1, score=700), made.capacity(1, units=1, score=1400)]
    offers = [made.offer(0, price=1_000_000), made.offer(1, price=2_000_000)]
    book = made.book(capacities, offers, [made.bid(1, 5_000_000), made.bid(2, 3_000_000)])
    rows, _ = told(book, book.requests[1], "best-welfare")
    [other] = [row for row in rows if row.startswith("next best: ")]
    assert other.endswith("less, but the round served others there")


def test_only_a_gang_is_told_that_it_found_no_machines(made):
    book = made.book(
        [made.capacity(units=1)], [made.offer(price=1_000_000)], [made.bid(1, 3_000_000), made.bid(2, 1_000_000)]
    )
    rows, _ = told(book, book.requests[1], "best-welfare")
    assert any(row.startswith("1 of 1 free units of aurora were sold") for row in rows)
    assert not any("gang" in row for row in rows)


def test_where_shares_decide_nobody_has_a_rank_by_his_bid(made):
    book = made.book([made.capacity(units=1)], requests=[made.bid(0, 3_000_000), made.bid(1, 9_000_000)])
    for request in book.requests:
        rows, data = told(book, request, "max-min")
        assert data["rank"] is None
        assert not any("number" in row or "at least" in row for row in rows)


def test_the_slot_named_is_the_one_that_is_scarce_of_those_that_the_run_would_cover(made):
    hour = 3_600_000_000
    bids = [made.bid(1, 9_000_000, 8, expected_us=hour), made.bid(2, 3_000_000, 8, expected_us=2 * hour)]
    book = made.book([made.capacity(units=8)], [made.offer(price=1_000_000)], bids, slots=3, slot_us=hour)
    clearing = RULES["best-welfare"](book)
    [price] = clearing.reckoning.prices
    for slot, unit in ((1, (1_000_000, 5_000_000, 9_000_000)), (0, (2_000_000, 1_000_000, 9_000_000))):
        told = replace(clearing, reckoning=replace(clearing.reckoning, prices=(replace(price, unit=unit),)))
        refused = [refusal.request for refusal in told.refusals]
        asked = next(one for one in bids if one.id == "req_2")
        assert "req_2" in refused
        blocking = why(asked, book, told, "best-welfare")["data"]["blocking"]
        assert (blocking["counted"], blocking["slot"]) == ("units", slot)
        assert (" in slot 1: units" in blocking["text"]) == (slot == 1)

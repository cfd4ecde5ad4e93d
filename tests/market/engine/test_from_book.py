"""A book of the exchange as arrays: who may use what is decided as everywhere else, and what a place is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_books import all_free, auctions, choices, limit, posted_books

from gridtie.market.engine.columns import LARGEST, checked
from gridtie.market.engine.from_book import from_book
from gridtie.market.shelf import Shelf

M = 1_000_000
HOUR_US = 3_600_000_000
AHEAD = {"slots": 4, "slot_us": HOUR_US // 2}


def taken_in(book):
    return from_book(book, Shelf(book))


def one(made, request, *, capacities=None, offers=None, **parameters):
    return taken_in(made.book(capacities or [made.capacity()], offers or [made.offer()], [request], **parameters))


@settings(max_examples=300)
@given(st.one_of(auctions, posted_books))
def test_a_request_has_a_column_for_just_the_places_where_it_could_run_now(book):
    intake = taken_in(book)
    checked(intake.arrays)
    for job, request in enumerate(intake.requests):
        places = {(offer.resource, index) for offer, _, index, _ in choices(request, book, all_free(book))}
        columns = [intake.columns[k].candidate for k in intake.columns_of(job)]
        assert sorted(places) == sorted((c.capacity.resource, c.alternative) for c in columns)


@settings(max_examples=300)
@given(auctions)
def test_nothing_is_worth_less_than_is_asked_nor_more_than_may_be_paid(book):
    intake = taken_in(book)
    arrays = intake.arrays
    for job, request in enumerate(intake.requests):
        for bidding in (intake, intake.restated([job])):
            for k in bidding.columns_of(job):
                column = intake.columns[k]
                ask = column.candidate.offer.price
                above = ask - arrays.tranche_ask[arrays.column_pool[k]]
                assert ask * column.units <= arrays.column_value[k] + above * column.units
                assert arrays.column_value[k] + above * column.units <= column.limit * column.units
                most = limit(request, column.candidate.wanted)
                assert most is None or column.limit <= most


@settings(max_examples=200)
@given(auctions)
def test_what_fits_on_machines_fits_into_the_pool(book):
    intake = taken_in(book)
    for k in range(len(intake.columns)):
        use = intake.arrays.shape_use[intake.arrays.column_shape[k]]
        assert (use <= intake.arrays.capacity[intake.arrays.column_pool[k], 0]).all()


def test_memory_is_counted_in_the_largest_part_that_divides_every_need(made):
    small, large = made.wanted(memory_bytes=6 << 30), made.wanted(memory_bytes=9 << 30)
    intake = taken_in(made.book(requests=[made.request(1, small), made.request(2, large)]))
    assert intake.memory_unit == 3 << 30
    assert sorted(intake.arrays.shape_use[:, 2].tolist()) == [2, 3]
    assert intake.arrays.capacity[0, 0, 2] == 64 // 3


def test_alike_requests_share_a_class_whoever_sent_them_first(made):
    requests = [made.request(n, arrived_at=made.AT - timedelta(seconds=n)) for n in range(5)]
    intake = taken_in(made.book(requests=[*requests, made.bid(7, 3 * M)]))
    assert len(set(intake.arrays.job_class.tolist())) == 2


def test_a_slower_place_is_worth_less_by_the_hour_and_a_faster_one_no_more_than_may_be_paid(made):
    capacities = [made.capacity(0, score=500), made.capacity(1, score=1000), made.capacity(2, score=4000)]
    offers = [made.offer(n, price=M) for n in range(3)]
    intake = one(made, made.bid(1, 6 * M), capacities=capacities, offers=offers)
    found = {c.candidate.capacity.resource: (c.limit, c.run_us) for c in intake.columns}
    assert found == {"res_0": (3 * M, 2 * HOUR_US), "res_1": (6 * M, HOUR_US), "res_2": (6 * M, HOUR_US // 4)}


def test_a_total_budget_is_spread_over_the_run(made):
    intake = one(made, made.bid(1, 9 * M, 2, max_total=8 * M, expected_us=2 * HOUR_US), offers=[made.offer(price=M)])
    assert {column.limit for column in intake.columns} == {2 * M}


def test_without_a_limit_it_bids_the_dearest_ask_of_the_product(made):
    offers = [made.offer(0, price=M), made.offer(1, price=3 * M)]
    intake = one(made, made.request(), capacities=[made.capacity(0), made.capacity(1)], offers=offers)
    assert {column.limit for column in intake.columns} == {3 * M}


def test_the_favourite_leaves_most_as_stated_and_all_leave_what_they_may_in_full(made):
    first, second = made.wanted(rank=0), made.wanted(chip="h100", rank=1)
    capacities = [made.capacity(0), made.capacity(1, chip="h100")]
    offers = [made.offer(0, price=4 * M), made.offer(1, chip="h100", price=M)]
    intake = one(made, made.request(0, first, second, max_price=5 * M), capacities=capacities, offers=offers)
    assert intake.arrays.column_value.tolist() == [5 * M, 2 * M - 1, 5 * M, 5 * M]
    assert intake.holding_back().tolist() == [True]
    again = intake.restated([0])
    assert again.holding_back().tolist() == [False]
    assert [intake.arrays.column_value[k] for k in again.columns_of(0)] == [5 * M, 5 * M]


def test_a_dearer_offer_of_the_same_resource_is_worth_less_by_the_difference(made):
    offers = [made.offer(0, spot=True, price=M), made.offer(1, resource="res_0", price=3 * M)]
    either = made.request(2, made.wanted(use_spot=True), max_price=5 * M)
    intake = taken_in(made.book(offers=offers, requests=[made.bid(1, 5 * M), either]))
    worth = {intake.requests[j].id: int(intake.arrays.column_value[intake.columns_of(j).start]) for j in range(2)}
    assert worth == {"req_1": 3 * M, "req_2": 5 * M}
    assert intake.arrays.tranche_ask.tolist() == [M]


def test_what_cannot_be_counted_exactly_has_no_column_and_absurd_bids_are_capped(made):
    assert one(made, made.request(), offers=[made.offer(price=10**16)]).arrays.columns == 0
    capped = one(made, made.bid(1, 9 * 10**18))
    assert 0 < capped.arrays.column_value.max() <= LARGEST


def test_a_run_takes_the_slots_it_needs_and_loses_worth_by_waiting(made):
    arrays = one(made, made.bid(1, 4 * M), **AHEAD).arrays
    assert (arrays.column_length[0], arrays.column_end[0]) == (2, 2)
    assert arrays.column_value[0] == 4 * M
    assert arrays.column_delay[0] == 4 * M // 100
    assert arrays.tranche_ask[0] == M


@pytest.mark.parametrize(("minutes", "due", "end"), [(30, 0, 1), (90, 1, 2), (600, 2, 2)])
def test_by_its_deadline_a_run_ends_at_full_worth_and_must_have_started(made, minutes, due, end):
    request = made.bid(1, 4 * M, deadline=made.AT + timedelta(minutes=minutes))
    arrays = one(made, request, **AHEAD).arrays
    assert (arrays.column_due[0], arrays.column_end[0]) == (due, end)


def test_a_busy_machine_counts_from_the_slot_in_which_it_should_be_free(made):
    busy = replace(made.MACHINE, name="m1", accelerators=2)
    total = (made.MACHINE, replace(busy, accelerators=8))
    capacity = made.capacity(machines=(made.MACHINE, busy), machines_total=total)
    until = {"res_0": {"m1": "2026-05-01T12:40:00Z"}}
    arrays = one(made, made.bid(1, 4 * M), capacities=[capacity], busy_until=until, **AHEAD).arrays
    assert arrays.capacity[0, :, 0].tolist() == [10, 10, 16, 16]


def test_a_place_that_is_full_now_has_a_column_only_where_later_counts(made):
    full, idle = replace(made.MACHINE, accelerators=0), made.MACHINE
    capacity = made.capacity(machines=(full,), machines_total=(idle,))
    until = {"res_0": {"m0": "2026-05-01T12:40:00Z"}}
    ahead = one(made, made.bid(1, 4 * M), capacities=[capacity], busy_until=until, **AHEAD).arrays
    assert ahead.column_start.tolist() == [2, 2]
    assert one(made, made.bid(1, 4 * M), capacities=[capacity], **AHEAD).arrays.columns == 0
    assert one(made, made.bid(1, 4 * M), capacities=[capacity]).arrays.columns == 0


def test_what_is_equal_is_drawn_by_round_and_not_by_name(made):
    book = made.book(requests=[made.bid(n, 3 * M) for n in range(4)])
    orders = {tuple(r.id for r in taken_in(replace(book, round=str(n))).requests) for n in range(40)}
    assert {order[0] for order in orders} == {f"req_{n}" for n in range(4)}


def test_no_start_is_planned_from_which_a_job_of_others_would_outstay_what_is_lent(made):
    lent = made.capacity(opening=made.opening(0, 95 / 60))
    behind = replace(lent, queue_wait_s=1800)
    for more, last, there in (({}, 2, lent), ({"organisation": "org_owner"}, 3, lent), ({}, 1, behind)):
        request = made.bid(1, 6 * M, limit_us=HOUR_US // 2, expected_us=HOUR_US // 2, **more)
        assert set(one(made, request, capacities=[there], **AHEAD).arrays.column_end.tolist()) == {last}


def test_bids_that_differ_in_their_time_limit_alone_are_told_apart_where_hours_end(made):
    bids = [made.bid(n, 6 * M, limit_us=limit, organisation="org_x") for n, limit in enumerate((HOUR_US, None))]
    intake = taken_in(made.book([made.capacity(opening=made.opening(0, 2))], requests=bids))
    assert {one.id: len(intake.columns_of(job)) for job, one in enumerate(intake.requests)} == {"req_0": 1, "req_1": 0}

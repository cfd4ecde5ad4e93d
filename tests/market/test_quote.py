"""Quotes: what it would cost now, when it could start elsewhere, what a cloud asks, and why the rest does not do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gridtie.market.offer import Booked, Listing
from gridtie.market.quote import SENT_LISTED, SENT_MISSES, SHOWN_MISSES, lines, quote, to_json
from gridtie.values.money import MICROS_MAX
from gridtie.values.period import to_text, to_the_second


def a_listing(**to) -> Listing:
    base = Listing(cloud="azure", region="eu", instance="ND8", accelerator_name="A100", accelerators=8, vcpus=96,
                   memory_bytes=900 << 30, price_per_hour=16_000_000, spot_price_per_hour=4_000_000,
                   currency="CNY")  # fmt: skip
    return replace(base, **to)


def listed(made, request, offers=None, **to):
    entries = offers or [made.offer(resource=None, listing=a_listing(**to))]
    return quote(request, made.book((), entries))


def test_the_best_choice_comes_first_with_every_term(made):
    offers = [made.offer(0), made.offer(1, price=1_000_000)]
    made_quote = quote(made.request(), made.book([made.capacity(), made.capacity(1)], offers))
    assert [choice.offer.id for choice in made_quote.choices] == ["offer_1", "offer_0"]
    assert lines(made_quote)[0] == (
        "→ site1 (gui'an): 1 × a100 at 1.00/h for 1 h = 1.00 [compute 1.00], starts now"
    )  # fmt: skip
    assert to_json(made_quote)["choices"][0]["total"] == "1.00"


def test_a_busy_offer_is_a_later_choice_however_cheap(made):
    busy = made.capacity(1, machines=())
    offers = [made.offer(0), made.offer(1, price=1)]
    found = quote(made.request(), made.book([made.capacity(), busy], offers))
    assert [(choice.offer.id, choice.start) for choice in found.choices] == [
        ("offer_0", "now"),
        ("offer_1", "when a run there ends"),
    ]
    assert to_json(found)["starts_now"] is True


def test_a_gang_starts_when_its_last_machine_is_free(made):
    total = tuple(replace(made.MACHINE, name=name) for name in ("m0", "m1", "m2"))
    capacity = made.capacity(machines=(total[0],), machines_total=total)
    hours = {"m1": to_text(made.AT + timedelta(hours=3)), "m2": to_text(made.AT + timedelta(hours=2))}
    for machines, expected in ((1, 0), (2, 2), (3, 3)):
        request = made.request(needs={"machines": machines})
        (choice,) = quote(request, made.book([capacity], busy_until={"res_0": hours})).choices
        assert choice.start_at == made.AT + timedelta(hours=expected)
    (choice,) = quote(made.request(needs={"machines": 2}), made.book([capacity])).choices
    assert (choice.start, choice.start_at) == ("when a run there ends", None)


def test_who_is_placed_into_the_queue_of_a_sites_own_scheduler_starts_when_that_has_come_to_him(made):
    queued = made.capacity(queue_wait_s=600)
    request = made.request(deadline=made.AT + timedelta(minutes=65))
    found = quote(request, made.book([queued]))
    [choice] = found.choices
    assert (choice.placed_at, choice.start_at) == (made.AT, made.AT + timedelta(minutes=10))
    assert "starts about 2026-05-01 12:10:00 UTC, after 10 min in the site's own queue, ends about " in lines(found)[0]
    answer = to_json(found)
    assert (answer["starts_now"], answer["choices"][0]["late"]) == (False, "end")
    soon = quote(made.request(deadline=made.AT + timedelta(minutes=5)), made.book([queued]))
    assert to_json(soon)["choices"][0]["late"] == "end"  # it is placed in time: only that is asked of a deadline


def test_the_queue_of_a_site_counts_also_where_its_machines_are_taken(made):
    until = {"res_0": {"m0": to_text(made.AT + timedelta(hours=1))}}
    for wait_s, busy, minutes in ((600, until, 60), (7200, until, 120), (600, {}, 10), (0, until, 60)):
        full = made.capacity(machines=(), queue_wait_s=wait_s)
        [choice] = quote(made.request(), made.book([full], busy_until=busy)).choices
        assert choice.start_at == made.AT + timedelta(minutes=minutes), (wait_s, busy)
    for wait_s in (0, None):
        full = made.capacity(machines=(), queue_wait_s=wait_s)
        [choice] = quote(made.request(), made.book([full])).choices
        assert (choice.start, choice.start_at) == ("when a run there ends", None)


def test_a_run_that_is_late_to_end_is_not_expected_in_the_past(made):
    capacity = made.capacity(machines=())
    before = {"res_0": {"m0": to_text(made.AT - timedelta(hours=1))}}
    (choice,) = quote(made.request(), made.book([capacity], busy_until=before)).choices
    assert choice.start_at == made.AT


def test_a_place_whose_run_is_late_to_end_stands_behind_one_that_is_free(made):
    before = {"res_0": {"m0": to_text(made.AT - timedelta(hours=1))}}
    places = [made.capacity(machines=()), made.capacity(1)]
    found = quote(made.request(), made.book(places, [made.offer(), made.offer(1, price=3_000_000)], busy_until=before))
    assert [(choice.offer.id, choice.start == "now") for choice in found.choices] == [
        ("offer_1", True), ("offer_0", False),
    ]  # fmt: skip


def test_who_may_still_run_when_a_booking_begins_is_told_when_that_is_over(made):
    hours = {n: made.AT + timedelta(hours=n) for n in range(6)}
    booked = Booked(machine="m0", start=hours[2], end=hours[4], cpus=0, memory_bytes=0, disk_bytes=0, accelerators=8)
    capacity = made.capacity(booked=(booked,))

    def start(busy: dict | None = None, machines=(made.MACHINE,), **to):
        book = made.book([replace(capacity, machines=machines)], busy_until=busy or {})
        (choice,) = quote(made.request(**to), book).choices
        return choice.start, choice.start_at

    assert start() == (f"about {to_the_second(hours[4])}", hours[4])
    an_hour = 3_600_000_000
    assert start(limit_us=an_hour) == ("now", made.AT)
    until = {"res_0": {"m0": to_text(hours[1])}}
    assert start(until, (), limit_us=an_hour // 2)[1] == hours[1]  # its time limit and five minutes more
    assert start(until, (), limit_us=an_hour)[1] == hours[4]


def test_a_cloud_sells_whole_instances(made):
    found = listed(made, made.request(needs={"machines": 2}))
    (entry,) = found.listed
    assert (entry.instances, entry.cost) == (2, 2 * 8 * 2_000_000)
    assert lines(found)[1] == "  azure eu ND8: 2 instance(s) for 1 h = 32.00, listed only: order it at the cloud"


def test_spot_prices_of_a_cloud_count_only_for_who_accepts_spot(made):
    plain, spot = made.wanted(), made.wanted(use_spot=True)
    assert listed(made, made.request(0, plain)).listed[0].cost == 16_000_000
    assert listed(made, made.request(0, spot)).listed[0].cost == 4_000_000
    assert listed(made, made.request(0, spot, plain)).listed[0].cost == 4_000_000
    assert listed(made, made.request(0, replace(spot, rank=1), plain)).listed[0].cost == 16_000_000
    assert listed(made, made.request(0, spot), spot_price_per_hour=None).listed[0].cost == 16_000_000


def test_a_spot_alternative_that_does_not_do_leaves_its_price_to_nobody(made):
    """What one alternative would have cost must not leak into the next."""
    offer = made.offer(
        resource=None, price=MICROS_MAX // 16, listing=a_listing(price_per_hour=1, spot_price_per_hour=3)
    )
    request = made.request(0, made.wanted(use_spot=True), made.wanted())
    (entry,) = listed(made, request, [offer]).listed
    assert entry.cost == MICROS_MAX // 16 * 8


@pytest.mark.parametrize(
    ("wanted", "needs", "reason"),
    [
        ({"accelerators": 9}, {}, "ND8 is smaller than the job's machines"),
        ({"cpus": 97}, {}, "ND8 is smaller than the job's machines"),
        ({"memory_bytes": 901 << 30}, {}, "ND8 is smaller than the job's machines"),
        ({"sites": ("aurora",)}, {}, "ND8 is smaller than the job's machines"),
        ({}, {"hubs": ("inner",)}, "the place of a cloud's region is not known here, and the job names places"),
        ({}, {"data_places": ("CN",)}, "the place of a cloud's region is not known here, and the job names places"),
    ],
)
def test_an_instance_that_does_not_do_says_why(made, wanted, needs, reason):
    found = listed(made, made.request(0, made.wanted(**wanted), needs=needs))
    assert not found.listed
    ((miss),) = found.misses
    assert (miss.reason.code, miss.reason.reason) == ("listed-only", reason)
    assert miss.where == "azure eu ND8"


def test_an_instance_with_another_chip_is_a_miss_by_its_chip(made):
    (miss,) = listed(made, made.request(0, made.wanted(chip="h100"))).misses
    assert miss.reason.code == "chip"


def test_a_long_quote_is_cut_but_counted(made):
    offers = [made.offer(n, resource="res_0", price=3_000_000 + n) for n in range(SENT_MISSES + 50)]
    offers += [made.offer(1000 + n, resource=None, listing=a_listing()) for n in range(SENT_LISTED + 3)]
    found = quote(made.request(max_price=2_500_000), made.book(offers=offers))
    sent = to_json(found)
    assert (sent["fits"], sent["starts_now"]) == (False, False)
    assert (len(sent["misses"]), len(sent["listed"])) == (SENT_MISSES, SENT_LISTED)
    assert sent["missed_because"] == {"price": SENT_MISSES + 50}
    assert sent["lines"][0] == "no offer fits now; waiting costs nothing"
    assert sent["lines"][-1] == f"  and {SENT_MISSES + 50 - SHOWN_MISSES} more offers do not fit"


def test_a_budget_below_the_total_is_said(made):
    assert "budget.max_total 1.00 is less than that" in lines(quote(made.request(max_total=1_000_000), made.book()))[1]


def test_an_alternative_that_could_start_now_is_quoted_before_a_better_one_that_is_busy(made):
    full = replace(made.MACHINE, accelerators=1)
    request = made.request(0, made.wanted(accelerators=4), made.wanted(rank=1))
    (choice,) = quote(request, made.book([made.capacity(machines=(full,), machines_total=(made.MACHINE,))])).choices
    assert (choice.alternative, choice.start) == (1, "now")


def test_a_quote_for_an_auction_says_how_far_the_price_may_rise(made):
    rows = lines(quote(made.bid(0, 9_000_000), made.book()))
    assert rows[1] == "  an auction sets the price: from the sellers' prices above up to your bid of 9.00"


def test_who_would_end_after_a_deadline_is_told_what_a_deadline_is(made):
    request = made.request(deadline=made.AT + timedelta(minutes=90), expected_us=7_200_000_000)
    found = quote(request, made.book([made.capacity()]))
    assert lines(found) == [
        "→ aurora (gui'an): 1 × a100 at 2.00/h for 2 h = 4.00 [compute 4.00], starts now, "
        "ends about 2026-05-01 14:00:00 UTC, after its deadline",
        "  a deadline is the latest start: who runs by 2026-05-01 13:30:00 UTC runs on after it",
    ]
    [choice] = to_json(found)["choices"]
    assert (choice["end_at"], choice["late"]) == ("2026-05-01T14:00:00Z", "end")


@pytest.mark.parametrize(
    ("deadline", "to"),
    [
        (None, {}),
        (timedelta(hours=1), {}),
        (timedelta(minutes=30), {"limit_us": 1_800_000_000}),  # its time limit ends it in time
    ],
)
def test_who_would_end_in_time_is_told_nothing_of_deadlines(made, deadline, to):
    request = made.request(deadline=None if deadline is None else made.AT + deadline, **to)
    found = quote(request, made.book([made.capacity()]))
    assert "deadline" not in "".join(lines(found))
    assert to_json(found)["choices"][0]["late"] is None


def test_a_total_of_minutes_can_be_checked_by_hand(made):
    request = made.request(expected_us=261_000_000)
    assert "1 × a100 at 2.00/h for 4 min 21 s = 0.145 " in lines(quote(request, made.book()))[0]


def test_a_time_limit_that_ends_the_run_before_it_is_expected_to_end_is_told(made):
    hour = 3_600_000_000
    short = lines(quote(made.request(expected_us=hour, limit_us=hour // 60), made.book()))
    assert "  gridtie.time_limit 60 s is shorter than that: it is stopped then, and pays till then" in short
    assert "time_limit" not in "".join(lines(quote(made.request(expected_us=hour, limit_us=hour), made.book())))


def test_what_an_owner_keeps_for_himself_is_quoted_to_him_alone(made):
    capacity = made.capacity(units=8, reserved_percent=50)
    book = made.book([capacity])
    large = made.request(0, made.wanted(accelerators=6))
    made_quote = quote(large, book)
    assert (made_quote.choices, [miss.reason.code for miss in made_quote.misses]) == ((), ["reserved"])
    for fits in (replace(large, organisation="org_owner"), made.request(0, made.wanted(accelerators=4))):
        assert [choice.start for choice in quote(fits, book).choices] == ["now"]


def test_a_place_that_is_free_only_after_the_deadline_is_told_as_such(made):
    until = {"res_0": {"m0": to_text(made.AT + timedelta(hours=2))}}
    request = made.request(deadline=made.AT + timedelta(hours=1))
    found = quote(request, made.book([made.capacity(machines=())], busy_until=until))
    first, second = lines(found)
    assert first.endswith("starts about 2026-05-01 14:00:00 UTC, after its deadline")
    assert second.strip().startswith("a job that has no place by its deadline fails")
    assert to_json(found)["choices"][0]["late"] == "start"


def test_a_total_of_several_parts_says_what_each_part_is(made):
    offers = [made.offer(0), made.offer(1)]
    slow = made.capacity(1, score=500)
    found = lines(quote(made.request(), made.book([made.capacity(score=1000), slow], offers)))
    assert "for 30 min = 1.00 [compute 2.00 + speed -1.00]" in found[0]
    assert found[2] == (
        "  compute: the units for as long as the job expects; speed: what running there takes longer, or shorter, by "
        "its certificate"
    )
    assert "compute:" not in "".join(lines(quote(made.request(), made.book([made.capacity()]))))


def test_a_start_is_expected_only_where_it_is_lent_long_enough_then(made):
    two_hours = {"res_0": {"m0": to_text(made.AT + timedelta(hours=2))}}
    request = made.request(limit_us=3_600_000_000)
    for ends, expected in ((4, f"about {to_the_second(made.AT + timedelta(hours=2))}"), (None, None), (3, "")):
        capacity = made.capacity(machines=(), opening=made.opening(0, ends))
        (choice,) = quote(request, made.book([capacity], busy_until=two_hours)).choices
        if expected == "":
            assert (choice.start, choice.start_at) == ("when a run there ends and it is lent long enough", None)
        else:
            assert choice.start_at == made.AT + timedelta(hours=2)
    for wait_s, begins in ((170 * 60, 170), (180 * 60, None)):  # an hour and five minutes before it closes, and less
        capacity = made.capacity(machines=(), opening=made.opening(0, 4), queue_wait_s=wait_s)
        found = quote(request, made.book([capacity], busy_until=two_hours))
        if begins is None:
            assert [miss.reason.code for miss in found.misses] == ["hours"]
        else:
            assert found.choices[0].start_at == made.AT + timedelta(minutes=begins)
    closed = made.capacity(opening=made.opening(5))
    [miss] = quote(request, made.book([closed])).misses
    assert miss.reason.reason == "aurora lends nothing until Fri 17:00 (UTC)"

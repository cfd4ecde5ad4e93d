"""Capacity booked for a later start: promised, held in money, kept free, started in time, and given back."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flow.conftest import HOUR, YUAN, job_spec

from gridtie.dispatch.job import JobDocument
from gridtie.errors import InvalidJobFile
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.expire_requests import expire_requests
from gridtie.flow.keep_bookings import keep_bookings
from gridtie.flow.move_site import drain_site, revoke_site
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.sync_agent import orders_for
from gridtie.market.book import book_from_json, clearing_from_json
from gridtie.market.verification import faults
from gridtie.store.journal import load
from gridtie.values.period import from_text, from_us, to_text, to_the_second
from gridtie.views.job import run_view
from gridtie.views.market import explain_job

LATE = timedelta(minutes=30)


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


@pytest.fixture
def wide(world: Any) -> Any:
    """Two machines of two cores."""
    site = world.site("wide", world.organisation("seller"), cpus=2, machines=2)
    world.offer(site, YUAN)
    return site


def at(world: Any, **span: float) -> str:
    return to_text(world.clock.now() + timedelta(**span))


def kept(world: Any) -> int:
    world.alive()
    return int(world.write(lambda unit: keep_bookings(unit, world.exchange)))


def told(world: Any, site: Any) -> list[str]:
    orders = world.read(lambda unit: orders_for(unit, world.exchange, site.id, ()))
    return [plan["run"] for plan in orders.assignments] + [one["run"] for one in orders.cancel]


def test_its_price_and_money_are_known_at_once_and_its_site_hears_of_it_when_its_time_comes(
    world: Any, wide: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer, cpus=2, start_at=at(world, hours=3))
    assert world.job(job).state == "placed"
    assert world.job(job).reason.startswith("booked at wide from ")
    assert world.balance(buyer).held == 2 * YUAN
    assert (kept(world), told(world, wide)) == (0, [])
    world.later(hours=3)
    assert (kept(world), told(world, wide)) == (1, [run])
    assert (kept(world), world.job(job).reason) == (0, "")
    world.ran(run, hours=1)
    assert world.paid(job) == [2 * YUAN]


def test_what_is_booked_is_load_for_whoever_may_still_be_there_and_for_nobody_else(
    world: Any, wide: Any, buyer: Any
) -> None:
    for _ in range(2):
        world.placed(buyer, cpus=2, start_at=at(world, hours=3))
    endless, short = world.submit(buyer), world.submit(buyer, time_limit=HOUR)
    third = world.submit(buyer, start_at=at(world, hours=3, minutes=30))
    after = world.submit(buyer, start_at=at(world, hours=4, minutes=10))
    world.alive()
    world.clear()
    assert [world.job(job).state for job in (endless, short, third, after)] == ["queued", "placed", "queued", "placed"]
    assert "wide is booked, or its runs may not have ended" in world.job(third).reason
    [row] = list(world.read(lambda unit: unit.market.rounds(before=None, limit=1)))
    for number in range(1, row.number + 1):
        found, book, clearing = world.read(lambda unit, number=number: unit.market.round(number))
        assert faults(found.rule, book_from_json(load(book)), clearing_from_json(load(clearing))) == ()


def test_running_work_without_a_limit_is_not_booked_over(world: Any, wide: Any, buyer: Any) -> None:
    world.placed(buyer, cpus=2)
    limited, _ = world.placed(buyer, cpus=2, time_limit=HOUR)
    job = world.submit(buyer, cpus=2, start_at=at(world, minutes=30))
    later, _ = world.placed(buyer, cpus=2, start_at=at(world, hours=2))
    world.clear()
    assert (world.job(job).state, world.job(later).state, world.job(limited).state) == ("queued", "placed", "placed")


def test_what_could_not_be_booked_ends_at_its_time_and_says_why(world: Any, wide: Any, buyer: Any) -> None:
    job = world.submit(buyer, cpus=64, start_at=at(world, hours=1))
    world.alive()
    assert world.clear() == 0
    world.later(hours=1)
    assert world.clear() == 0
    world.write(lambda unit: expire_requests(world.exchange)(unit, world.exchange))
    row = world.job(job)
    assert (row.state, row.reason_code) == ("failed", "not-booked")
    assert "no machine of wide is that large" in row.reason


def test_what_no_round_saw_before_its_time_says_so(world: Any, wide: Any, buyer: Any) -> None:
    job = world.submit(buyer, cpus=1, start_at=at(world, hours=1))
    world.later(hours=2)
    world.write(lambda unit: expire_requests(world.exchange)(unit, world.exchange))
    row = world.job(job)
    assert (row.state, row.reason_code) == ("failed", "not-booked")
    assert row.reason.endswith("on: no round of the market was held in that time; hand it in again with a later start")


@pytest.mark.parametrize(("before", "paid"), [(2, []), (0.5, [YUAN])])
def test_given_back_in_time_it_costs_nothing_and_later_half_of_its_time(
    world: Any, wide: Any, buyer: Any, before: float, paid: list[int]
) -> None:
    job, _ = world.placed(buyer, cpus=2, start_at=at(world, hours=3))
    world.later(hours=3 - before)
    world.write(lambda unit: cancel_job(unit, job))
    assert told(world, wide) == []
    assert kept(world) == 1
    assert world.job(job).state == "cancelled"
    assert (world.paid(job), world.balance(buyer).held) == (paid, 0)
    assert world.read(lambda unit: unit.receipts.awaiting(wide.id)) == []  # it never saw the run, so it cannot sign
    again, _ = world.placed(buyer, cpus=2)
    assert world.job(again).state == "placed"


@pytest.mark.parametrize("leave", [lambda unit, exchange, key: drain_site(unit, key),
                                   lambda unit, exchange, key: revoke_site(unit, exchange, key, "gone")])  # fmt: skip
def test_a_site_that_leaves_loses_it_and_it_is_booked_elsewhere_or_paid_back(
    world: Any, wide: Any, buyer: Any, leave: Any
) -> None:
    job, _ = world.placed(buyer, start_at=at(world, hours=3))
    other = world.site("other", world.organisation("second"))
    world.offer(other, 3 * YUAN)
    world.write(lambda unit: leave(unit, world.exchange, wide.id))
    kept(world)
    assert world.job(job).state == "queued"
    assert "its booking is lost: wide left the exchange" in world.job(job).reason
    assert world.balance(buyer).held == 0
    world.clear()
    assert world.job(job).state == "placed"
    assert world.job(job).reason.startswith("booked at other from ")
    assert world.balance(buyer).held == 3 * YUAN


def test_a_site_that_is_silent_when_its_time_comes_loses_it_and_the_job_starts_elsewhere(
    world: Any, wide: Any, buyer: Any
) -> None:
    job, _ = world.placed(buyer, start_at=at(world, hours=1))
    other = world.site("other", world.organisation("second"))
    world.offer(other, 3 * YUAN)
    world.later(minutes=50)
    world.alive(other)
    world.write(lambda unit: keep_bookings(unit, world.exchange))
    assert world.job(job).state == "placed"  # silent, but there is time
    world.later(minutes=10)
    world.alive(other)
    world.write(lambda unit: keep_bookings(unit, world.exchange))
    assert "wide is silent" in world.job(job).reason
    world.clear()
    assert world.job(job).state == "placed"
    assert len(told(world, other)) == 1


def test_who_overstays_is_waited_for(world: Any, wide: Any, buyer: Any) -> None:
    world.placed(buyer, cpus=2)  # fills one machine for good
    _, before = world.placed(buyer, cpus=2, time_limit=HOUR)
    job, run = world.placed(buyer, cpus=2, start_at=at(world, hours=2))
    world.report(before, "accept", "start")
    world.later(hours=2)
    assert (kept(world), told(world, wide).count(run)) == (1, 0)
    assert world.job(job).reason == "its time has come, and a run before it still holds its machines"
    world.report(before, "finish", "succeed", exit_code=0)
    assert told(world, wide).count(run) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [({"hours": -1}, "it is over"), ({"days": 31}, "more than 30 days ahead")],
)
def test_a_time_that_cannot_be_booked_is_refused(world: Any, buyer: Any, more: Any, words: str) -> None:
    with pytest.raises(InvalidJobFile) as refused:
        world.submit(buyer, start_at=at(world, **more))
    assert words in str(refused.value.problems[0])


def test_a_quote_says_what_a_time_costs_and_the_run_shows_what_is_booked(world: Any, wide: Any, buyer: Any) -> None:
    start, end, later = (at(world, hours=n) for n in (3, 4, 5))
    _, run = world.placed(buyer, cpus=2, start_at=start)
    shown = world.read(lambda unit: run_view(unit.runs.row(run), unit))
    assert (shown["booked_from"], shown["booked_until"]) == (start, end)

    def quoted(**more: Any) -> Any:
        document = JobDocument(jobs=(job_spec(**more),))
        return world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))[0]

    assert quoted(cpus=2, start_at=start)["choices"][0]["start"] == f"at {to_the_second(start)}"
    world.placed(buyer, cpus=2, start_at=start)
    assert not quoted(start_at=start)["fits"]
    assert quoted(start_at=later)["fits"]


@pytest.mark.parametrize("settings", [{"auction_rule": "best-welfare"}])
def test_those_who_bid_for_the_same_time_are_cleared_at_once_by_the_engine_and_the_round_proves(
    world: Any, wide: Any, buyer: Any
) -> None:
    start = at(world, hours=3)
    bids = {price: world.submit(buyer, cpus=2, mode="auction", start_at=start,
                                budget={"max_price": price * YUAN}) for price in (2, 5, 4)}  # fmt: skip
    world.alive()
    assert world.clear("auction") == 2
    assert [world.job(job).state for job in bids.values()] == ["queued", "placed", "placed"]
    assert world.job(bids[2]).reason_code == "outbid"
    row, book, clearing = world.read(lambda unit: unit.market.round(1))
    assert row.rule == "best-welfare"
    assert faults(row.rule, book_from_json(load(book)), clearing_from_json(load(clearing))) == ()
    told_why = world.read(lambda unit: explain_job(unit, world.exchange, bids[5]))
    assert any(line.startswith("for capacity from ") for line in told_why["lines"])


# ── windows of starts ─────────────────────────────────────────────────────────────────────────────────────────────
def booked(world: Any, job: Any) -> str:
    return to_text(from_us(world.run(world.job(job).run).starts_us))


def after(time: str, **span: float) -> str:
    return to_text(from_text(time) + timedelta(**span))


def test_in_a_window_the_cheapest_start_is_picked_the_first_of_equal_ones_and_the_job_says_so(
    world: Any, wide: Any, buyer: Any
) -> None:
    dear = world.site("dear", world.organisation("second"), cpus=2)
    world.offer(dear, 3 * YUAN)
    start = at(world, hours=3)
    latest, then = after(start, hours=6), after(start, hours=1)
    before = [world.placed(buyer, cpus=2, start_at=start)[1] for _ in range(2)]
    job, run = world.placed(buyer, cpus=2, start_at=start, start_by=latest)
    assert booked(world, job) == then, "when the two before it have left the cheaper site"
    words = f"(the cheapest start, the first of equal ones from {to_the_second(start)} to {to_the_second(latest)})"
    assert world.job(job).reason.startswith(f"booked at wide from {to_the_second(then)} {words} for 1 h")
    assert world.balance(buyer).held == 6 * YUAN
    told_why = world.read(lambda unit: explain_job(unit, world.exchange, job))
    assert words[1:-1] in told_why["lines"][0] + "".join(told_why["lines"])
    number = world.read(lambda unit: unit.market.last_round_of(job))
    found, book, clearing = world.read(lambda unit: unit.market.round(number))
    assert faults(found.rule, book_from_json(load(book)), clearing_from_json(load(clearing))) == ()
    world.later(hours=3)
    assert (kept(world), sorted(told(world, wide))) == (2, sorted(before))
    for other in before:
        world.report(other, "accept", "start", "finish", "succeed")
    world.later(hours=1)
    assert (kept(world), told(world, wide)) == (1, [run])


@pytest.mark.parametrize("settings", [{"auction_rule": "best-welfare", "auction_mode": "wait"}])
def test_where_ticks_seek_the_shortest_wait_the_first_start_with_room_is_picked(
    world: Any, wide: Any, buyer: Any
) -> None:
    dear = world.site("dear", world.organisation("second"), cpus=2)
    world.offer(dear, 3 * YUAN)
    start = at(world, hours=3)
    for _ in range(2):
        world.placed(buyer, cpus=2, start_at=start)
    job = world.submit(buyer, cpus=2, mode="auction", start_at=start, start_by=at(world, hours=9))
    world.alive()
    assert world.clear("auction") == 1
    assert "booked at dear from" in world.job(job).reason
    assert booked(world, job) == start
    assert "(the first start with room from" in world.job(job).reason


def test_those_with_the_same_window_are_cleared_at_once_and_who_is_left_gets_the_next_start(
    world: Any, wide: Any, buyer: Any
) -> None:
    start = at(world, hours=3)
    latest, then = after(start, hours=1, minutes=50), after(start, hours=1)
    jobs = [world.submit(buyer, cpus=2, start_at=start, start_by=latest) for _ in range(6)]
    world.alive()
    assert world.clear() == 4
    assert [booked(world, job) for job in jobs[:4]] == [start, start, then, then]
    for job in jobs[4:]:
        assert (
            world.job(job).reason
            == f"wide has no room for it at any start from {to_the_second(start)} to {to_the_second(latest)}"
        )
        assert world.job(job).change == "a wider window: gridtie.start_at, gridtie.start_by"
    world.later(minutes=1)
    world.alive()
    before = world.rows()
    assert (world.clear(), world.rows()) == (0, before)  # nothing new to say
    world.write(lambda unit: cancel_job(unit, jobs[2]))
    assert kept(world) == 1
    assert world.clear() == 1
    assert booked(world, jobs[4]) == then


def test_in_a_window_that_is_open_already_it_starts_as_soon_as_somebody_leaves_and_ends_with_it(
    world: Any, wide: Any, buyer: Any
) -> None:
    start, latest, soon = at(world, minutes=1), at(world, hours=2), at(world, minutes=30)
    for _ in range(2):
        _, run = world.placed(buyer, cpus=2, time_limit=HOUR)
    first = world.submit(buyer, cpus=2, start_at=start, start_by=latest)
    second = world.submit(buyer, cpus=2, start_at=start, start_by=soon)
    world.later(minutes=10)
    world.alive()
    assert world.clear() == 1
    until = from_us(world.run(run).until_us)  # its time limit is over, and what it takes to be gone
    assert timedelta() <= until - from_text(booked(world, first)) < timedelta(seconds=1)
    world.later(minutes=20)
    world.write(lambda unit: expire_requests(world.exchange)(unit, world.exchange))
    row = world.job(second)
    assert (row.state, row.reason_code) == ("failed", "not-booked")
    assert row.reason.startswith(
        f"nothing could be booked for it from {to_the_second(start)} to {to_the_second(soon)}: wide has no room"
    )


def test_a_booking_that_is_lost_gets_another_start_in_its_window(world: Any, wide: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, cpus=2, start_at=at(world, hours=1), start_by=at(world, hours=3))
    other = world.site("other", world.organisation("second"), cpus=2)
    world.offer(other, 3 * YUAN)
    world.later(hours=1, minutes=10)
    world.write(lambda unit: revoke_site(unit, world.exchange, wide.id, "gone"))
    world.alive(other)
    world.write(lambda unit: keep_bookings(unit, world.exchange))
    assert (world.job(job).state, world.run(run).state) == ("queued", "rejected")
    assert world.clear() == 1
    assert from_text(booked(world, job)) - world.clock.now() <= timedelta(seconds=1)
    world.later(seconds=2)
    world.alive(other)
    world.write(lambda unit: keep_bookings(unit, world.exchange))
    assert told(world, other) == [world.job(job).run]


@pytest.mark.parametrize(
    ("start", "latest", "key", "words"),
    [({"hours": 3}, {"hours": 2}, "start_by", "lies before start_at: no window is left"),
     ({"hours": 3}, {"hours": 3}, "start_by", "is the same as start_at: no window is left"),
     ({"hours": -3}, {"hours": -2}, "start_by", "it is over"),
     ({"hours": 3}, {"days": 31}, "start_by", "more than 30 days ahead"),
     (None, {"hours": 3}, "start_by", "say with start_at from when on"),
     ({"hours": 1}, {"hours": 3}, "start_by", "not before the deadline")],
)  # fmt: skip
def test_a_window_that_contradicts_itself_is_refused_with_the_mend(
    world: Any, buyer: Any, start: Any, latest: Any, key: str, words: str
) -> None:
    world.any_member(buyer)
    before = world.rows()
    asked = {"start_at": None if start is None else at(world, **start), "start_by": at(world, **latest),
             "deadline": at(world, hours=2) if "deadline" in words else None}  # fmt: skip
    document = JobDocument(jobs=(job_spec(**asked),))
    for refuses in (
        lambda: world.submit(buyer, **asked),
        lambda: world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer)),
    ):
        with pytest.raises(InvalidJobFile) as refused:
            refuses()
        assert [problem.path for problem in refused.value.problems] == [f"gridtie.{key}"]
        assert f"gridtie.{key}: " in str(refused.value.problems[0])
        assert words in str(refused.value.problems[0])
    assert world.rows() == before


def test_a_quote_tells_which_start_of_a_window_it_would_be(world: Any, wide: Any, buyer: Any) -> None:
    start = at(world, hours=3)
    for _ in range(2):
        world.placed(buyer, cpus=2, start_at=start)
    document = JobDocument(jobs=(job_spec(cpus=2, start_at=start, start_by=after(start, hours=2)),))
    [made] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert made["choices"][0]["start"].startswith(f"at {to_the_second(after(start, hours=1))}, the cheapest start")
    narrow = JobDocument(jobs=(job_spec(cpus=2, start_at=start, start_by=after(start, minutes=5)),))
    [made] = world.read(lambda unit: quote_jobs(unit, world.exchange, narrow, buyer))
    assert not made["fits"]
    assert "has no room for it at any start from" in made["lines"][1]


@pytest.mark.parametrize(
    ("hours", "words"), [(0.5, "; cancelled, from now on, it pays 50 %"), (3, "; cancelled after 20")]
)
def test_whoever_books_so_late_that_it_cannot_be_given_back_for_nothing_is_told_so(
    world: Any, wide: Any, buyer: Any, hours: float, words: str
) -> None:
    job, _ = world.placed(buyer, start_at=at(world, hours=hours))
    assert words in world.job(job).reason

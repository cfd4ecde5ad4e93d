"""Rounds of the market on the database: who gets the machine, who waits and why, and that nothing is sold twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.flow.conftest import job_spec

from gridtie.dispatch.job import JobDocument
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.declare_site import change_policy
from gridtie.flow.expire_requests import expire_requests
from gridtie.flow.fund_account import top_up
from gridtie.flow.move_offer import move_offer
from gridtie.flow.move_site import drain_site
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.timetable import DUTIES
from gridtie.flow.watch_budgets import watch_budgets
from gridtie.store.journal import load
from gridtie.store.schema import trade as trades
from gridtie.values.period import to_text
from gridtie.views.market import explain_job

YUAN = 1_000_000


@pytest.fixture
def north(world: Any) -> Any:
    """One core for sale at 1.00 an hour."""
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN)
    return site


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def rounds(world: Any) -> int:
    return len(world.read(lambda unit: unit.market.rounds(before=None, limit=1000)))


def test_of_two_equal_jobs_one_gets_the_machine_and_the_other_waits_and_says_why(
    world: Any, north: Any, buyer: Any
) -> None:
    first, second = world.submit(buyer), world.submit(buyer)
    assert world.clear() == 1
    assert (world.job(first).state, world.job(second).state) == ("placed", "queued")
    assert world.job(second).reason_code == "busy"
    assert "north" in world.job(second).reason
    assert world.runs(second) == []
    before = world.rows()
    assert world.clear() == 0
    assert world.rows() == before


def test_the_next_in_line_gets_the_machine_when_it_is_free(world: Any, north: Any, buyer: Any) -> None:
    jobs = [world.submit(buyer) for _ in range(3)]
    order = []
    for _ in jobs:
        world.alive()
        assert world.clear() == 1
        [job] = [job for job in jobs if world.job(job).state == "placed"]
        order.append(job)
        world.report(world.job(job).run, "accept", "start", "finish", "succeed", exit_code=0)
    assert order == jobs


def test_what_a_job_may_use_without_having_asked_for_it_is_sold_to_nobody_else(world: Any, buyer: Any) -> None:
    """Neither job names a size of memory or disk; both together would get more of it than the machine has."""
    site = world.site("large", world.organisation("seller"), cpus=256)
    world.offer(site, YUAN // 100)
    first, second = world.submit(buyer, cpus=120), world.submit(buyer, cpus=120)
    assert world.clear() == 1
    [task] = load(world.run(world.job(first).run).plan)["tasks"]
    assert (task["memory_bytes"], task["disk_bytes"]) == (120 * 512_000_000, 120 * 1_000_000_000)
    assert world.job(second).reason_code == "busy"


def test_priority_goes_before_age_and_age_before_everything_else(world: Any, north: Any, buyer: Any) -> None:
    old, young, urgent = world.submit(buyer), world.submit(buyer), world.submit(buyer, priority=5)
    order = []
    for _ in range(3):
        world.alive()
        world.clear()
        [job] = [job for job in (old, young, urgent) if world.job(job).state == "placed"]
        order.append(job)
        world.report(world.job(job).run, "accept", "start", "finish", "succeed", exit_code=0)
    assert order == [urgent, old, young]


def test_a_need_that_nobody_serves_hides_no_other_need_behind_it(world: Any, north: Any, buyer: Any) -> None:
    for _ in range(70):
        world.submit(buyer, cpus=64)
    small = world.submit(buyer)
    assert world.clear() == 1
    assert world.job(small).state == "placed"


def test_who_cannot_pay_keeps_no_machine_from_the_next_in_line(world: Any, north: Any, buyer: Any) -> None:
    poor = world.organisation("poor", balance=10)
    broke, rich = world.submit(poor), world.submit(buyer)
    assert world.clear() == 1
    assert (world.job(broke).state, world.job(rich).state) == ("queued", "placed")
    assert world.job(broke).reason_code == "insufficient-funds"
    assert "needs a hold of 1.00" in world.job(broke).reason
    assert "balance 0.00001" in world.job(broke).reason


def test_a_buyer_with_many_jobs_and_little_money_delays_nobody(world: Any, north: Any, buyer: Any) -> None:
    poor = world.organisation("poor", balance=10)
    for _ in range(20):
        world.submit(poor)
    rich = world.submit(buyer)
    assert world.clear() == 1
    assert world.job(rich).state == "placed"


def test_a_job_that_waits_for_money_writes_nothing_round_after_round_and_goes_on_after_a_top_up(
    world: Any, north: Any
) -> None:

    poor = world.organisation("poor", balance=10)
    job = world.submit(poor)
    assert world.clear() == 0
    before = world.rows()
    assert world.clear() == 0
    assert world.rows() == before
    world.write(lambda unit: top_up(unit, poor, YUAN, memo=""))
    assert world.clear() == 1
    assert (world.job(job).state, world.job(job).reason) == ("placed", "")


def test_one_balance_is_not_held_twice_in_a_round(world: Any) -> None:
    seller = world.organisation("seller")
    world.offer(world.site("north", seller, cpus=2), YUAN)
    buyer = world.organisation("buyer", balance=YUAN + YUAN // 2)
    jobs = [world.submit(buyer), world.submit(buyer)]
    assert world.clear() == 1
    assert sorted(world.job(job).state for job in jobs) == ["placed", "queued"]
    assert world.balance(buyer).held == YUAN


def test_the_reason_follows_the_market_from_no_money_to_no_room(world: Any, north: Any, buyer: Any) -> None:
    poor = world.organisation("poor", balance=10)
    job = world.submit(poor)
    seen = []
    world.placed(buyer)
    for _ in range(2):
        world.clear()
        seen.append(world.job(job).reason_code)
        for run in world.read(lambda unit: [row.id for row in unit.runs.live()]):
            world.report(run, "accept", "start", "finish", "succeed", exit_code=0)
        world.clear()
        seen.append(world.job(job).reason_code)
        world.placed(buyer)
    assert seen == ["busy", "insufficient-funds"] * 2


def test_no_more_cores_are_sold_than_there_are(world: Any, buyer: Any) -> None:
    world.offer(world.site("north", world.organisation("seller"), cpus=3), YUAN)
    for cpus in (2, 2, 1, 1, 3):
        world.submit(buyer, cpus=cpus)
    assert world.clear() == 2
    live = world.read(lambda unit: [row.units for row in unit.runs.live()])
    assert sum(live) == 3


def test_the_auction_clears_only_what_asked_for_it_and_never_above_the_limit(
    world: Any, north: Any, buyer: Any
) -> None:
    low = world.submit(buyer, mode="auction", budget={"max_price": YUAN - 1})
    high = world.submit(buyer, mode="auction", budget={"max_price": 3 * YUAN})
    assert world.clear("posted") == 0
    assert world.clear("auction") == 1
    assert (world.job(low).state, world.job(high).state) == ("queued", "placed")
    [run] = world.runs(high)
    assert YUAN <= run.price <= 3 * YUAN


def test_a_round_is_kept_with_its_trades_and_its_number_never_repeats(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    [trade] = world.read(lambda unit: list(unit.execute(select(trades).where(trades.c.job == job))))
    _, book, clearing = world.read(lambda unit: unit.market.round(trade.round))
    assert str(job).encode() in book
    assert trade.offer.encode() in clearing
    world.report(run, "accept", "start", "finish", "succeed", exit_code=0)
    world.placed(buyer)
    numbers = world.read(lambda unit: [row.number for row in unit.market.rounds(before=None, limit=9)])
    assert numbers == [2, 1]


@pytest.mark.parametrize("why", ["silent", "no-certificate", "expired", "withdrawn", "drained"])
def test_capacity_that_is_not_there_now_is_not_sold(world: Any, buyer: Any, why: str) -> None:

    north = world.site("north", world.organisation("seller"))
    offer = world.offer(north, YUAN, hours=24 * 60)
    job = world.submit(buyer)
    match why:
        case "silent":
            world.later(seconds=31)
        case "no-certificate":
            world.later(days=31)
            world.alive()
        case "expired":
            world.later(days=61)
            world.certify(north)
            world.alive()
        case "withdrawn":
            world.write(lambda unit: move_offer(unit, offer, "withdraw"))
        case "drained":
            world.write(lambda unit: drain_site(unit, north.id))
    assert world.clear() == 0
    assert world.job(job).state == "queued"
    assert world.job(job).reason


def overdue(world: Any) -> int:
    [duty] = [duty for duty in DUTIES if duty.name == "expire requests"]
    verb = duty.apart(world.exchange)
    return world.write(lambda unit: verb(unit, world.exchange))


def test_a_job_that_found_no_place_before_its_deadline_ends_and_says_so(world: Any, buyer: Any, spec: Any) -> None:
    job, follower = world.submit_all(buyer, spec(deadline="2026-01-01T02:00:00Z"), spec(), kind="chain")
    world.later(hours=1, minutes=59)
    assert overdue(world) == 0
    world.later(minutes=1)
    assert overdue(world) == 1
    row = world.job(job)
    assert (row.state, row.reason_code) == ("failed", "deadline")
    assert "2026-01-01 02:00:00 UTC" in row.reason
    assert world.job(follower).state == "failed"
    assert world.read(lambda unit: unit.market.request_row(job).state) == "expired"
    before = world.rows()
    assert overdue(world) == 0
    assert world.rows() == before


def test_a_deadline_ends_no_job_that_has_its_place(world: Any, north: Any, buyer: Any) -> None:
    job, _ = world.placed(buyer, deadline="2026-01-01T02:00:00Z")
    world.later(hours=3)
    assert overdue(world) == 0
    assert world.job(job).state == "placed"


def test_a_job_placed_between_the_look_and_the_verb_is_left_alone(world: Any, north: Any, buyer: Any) -> None:
    job = world.submit(buyer, deadline="2026-01-01T02:00:00Z")
    world.later(hours=2)
    verb = expire_requests(world.exchange)
    world.clock.elapsed -= timedelta(hours=1)  # the round that places it began before the deadline
    world.alive()
    assert world.clear() == 1
    world.later(hours=1)
    assert world.write(lambda unit: verb(unit, world.exchange)) == 0
    assert world.job(job).state == "placed"


def test_a_job_that_was_cancelled_before_it_found_a_place_can_still_be_told_why(
    world: Any, north: Any, buyer: Any, spec: Any
) -> None:
    job = world.submit(buyer, spec(cpus=64))
    world.clear()
    world.write(lambda unit: cancel_job(unit, job))
    lines = world.read(lambda unit: explain_job(unit, world.exchange, job))["lines"]
    assert "is cancelled" in lines[0]
    assert any("no machine of north is that large" in line for line in lines)


def test_what_an_owner_keeps_of_his_pool_serves_his_own_jobs_and_nobody_elses(world: Any, buyer: Any) -> None:
    owner = world.organisation("seller", balance=100 * YUAN)
    site = world.site("north", owner, cpus=2)
    world.offer(site, YUAN)
    world.write(lambda unit: change_policy(unit, site.id, {"reserved_percent": 50}))
    others = [world.submit(buyer) for _ in range(2)]
    assert world.clear() == 1
    [waits] = [job for job in others if world.job(job).state == "queued"]
    assert world.job(waits).reason_code == "reserved"
    assert world.job(waits).reason == "what is free at north is kept for its owner's own work"
    own = world.submit(owner)
    assert world.clear() == 1
    assert (world.job(own).state, world.job(waits).state) == ("placed", "queued")
    [used] = world.read(lambda unit: [c.owner_units for c in unit.market.capacities(lambda _: True).values()])
    assert used == 1
    world.report(world.job(own).run, "accept", "start", "finish", "succeed", exit_code=0)
    assert world.clear() == 0
    world.write(lambda unit: change_policy(unit, site.id, {"reserved_percent": 0}))
    assert world.clear() == 1


def half_and_twice_as_fast(world: Any, cpus_fast: int) -> None:
    """Two more sites; north, whose one core is too small for what is asked below, stays the reference."""
    world.offer(world.site("slow", world.organisation("slow-owner"), cpus=8, machines=2, score=500))
    world.offer(world.site("fast", world.organisation("fast-owner"), cpus=cpus_fast, score=2000))


def test_money_is_held_for_the_time_that_a_run_takes_there_and_the_rest_of_it_comes_back(
    world: Any, north: Any, buyer: Any
) -> None:
    half_and_twice_as_fast(world, 8)
    sites = {site.id: name for name, site in world.sites.items()}
    held = {}
    for _ in range(3):  # each fills what the one before left
        job, run = world.placed(buyer, cpus=8)
        held[sites[world.run(run).site]] = world.job(job).hold_total
        last = (job, run)
    assert held == {"fast": 4 * YUAN, "slow": 16 * YUAN}
    job, run = last
    world.report(run, "accept", "start")
    world.later(hours=1.9)
    assert world.write(lambda unit: watch_budgets(unit, world.exchange)) == 0
    assert world.job(job).hold_total == 16 * YUAN
    world.later(hours=0.1)
    world.write(lambda unit: watch_budgets(unit, world.exchange))
    assert world.job(job).hold_total == 20 * YUAN  # outlasts it: a quarter more
    world.report(run, "finish", "succeed", exit_code=0)
    [paid] = world.paid(job)
    assert 16 * YUAN <= paid < 16 * YUAN + 100  # each write takes a millisecond of these two hours
    assert world.balance(buyer).held == 20 * YUAN


def test_money_is_held_for_no_longer_than_a_time_limit_or_a_booking_lets_a_run_work(
    world: Any, north: Any, buyer: Any
) -> None:
    half_and_twice_as_fast(world, 1)
    limited, _ = world.placed(buyer, cpus=8, time_limit=timedelta(minutes=90))
    assert world.job(limited).hold_total == 12 * YUAN
    booked, _ = world.placed(buyer, cpus=8, start_at=to_text(world.clock.now() + timedelta(hours=3)))
    assert world.job(booked).hold_total == 8 * YUAN


def test_of_two_sites_that_cost_the_same_a_job_goes_to_the_one_whose_own_queue_is_shorter_as_its_quote_said(
    world: Any, buyer: Any
) -> None:
    """Both agents say what their sites can lend; the first one's queue lets nobody start for ten minutes."""
    document = JobDocument(jobs=(job_spec(),))
    sites = [world.site(name, world.organisation(f"of-{name}")) for name in ("first", "second")]
    for site, wait_s in zip(sites, (600, 0), strict=True):
        world.offer(site, YUAN)
        world.queued(site, wait_s)
    [made] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert [(choice["site"], choice["start"] == "now") for choice in made["choices"]] == [
        ("second", True), ("first", False),
    ]  # fmt: skip
    assert "after 10 min in the site's own queue" in made["lines"][1]
    one, two = world.submit(buyer), world.submit(buyer)
    assert world.clear() == 2
    assert [world.runs(job)[0].site for job in (one, two)] == [sites[1].id, sites[0].id]
    told = world.read(lambda unit: explain_job(unit, world.exchange, two))["lines"]
    assert "its site's own queue is expected to hold it for 10 min" in told

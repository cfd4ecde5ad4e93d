"""A job is stopped by its owner or for lack of money: once, finally, and with the reason he is shown."""

from typing import Any

import pytest

from gridtie.errors import NotFound
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.sync_agent import Held, orders_for
from gridtie.flow.watch_budgets import watch_budgets

YUAN = 1_000_000


@pytest.fixture
def north(world: Any) -> Any:
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN)
    return site


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def cancel(world: Any, job: Any) -> str:
    return str(world.write(lambda unit: cancel_job(unit, job)))


def watch(world: Any) -> int:
    return int(world.write(lambda unit: watch_budgets(unit, world.exchange)))


def test_a_queued_job_ends_at_once_and_its_request_leaves_the_market(world: Any, north: Any, buyer: Any) -> None:
    job = world.submit(buyer)
    assert cancel(world, job) == "cancelled"
    assert world.read(lambda unit: unit.market.request_row(job).state) == "withdrawn"
    assert world.clear() == 0
    before = world.rows()
    assert cancel(world, job) == "cancelled"
    assert world.rows() == before


def test_a_running_job_ends_when_its_site_stopped_it_and_pays_until_then(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.later(minutes=30)
    assert cancel(world, job) == "running"
    before = world.rows()
    assert cancel(world, job) == "running"
    assert world.rows() == before
    orders = world.read(lambda unit: orders_for(unit, world.exchange, north.id, [Held(run, 1, "running")]))
    assert [order["run"] for order in orders.cancel] == [run]
    world.report(run, "cancel", reason="cancelled")
    assert (world.job(job).state, world.job(job).reason) == ("cancelled", "cancelled by its owner")
    assert world.paid(job) == [pytest.approx(YUAN / 2, abs=10)]


def test_a_run_that_was_not_taken_yet_is_not_assigned_any_more(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    cancel(world, job)
    orders = world.read(lambda unit: orders_for(unit, world.exchange, north.id, []))
    assert (orders.assignments, [order["run"] for order in orders.cancel]) == ([], [run])
    world.report(run, "reject", reason="it was cancelled")
    assert world.job(job).state == "cancelled"
    assert world.clear() == 0


def test_why_a_job_is_stopped_is_not_forgotten_when_it_starts_meanwhile(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.write(lambda unit: cancel_job(unit, job, reason="the course is over"))
    world.report(run, "accept", "start")
    assert (world.job(job).reason, world.job(job).reason_code) == ("being stopped: the course is over", "cancelling")
    world.report(run, "cancel", reason="cancelled")
    assert world.job(job).reason == "the course is over"


def test_a_job_that_succeeds_while_it_is_being_stopped_has_succeeded(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start", "finish")
    cancel(world, job)
    world.report(run, "succeed", exit_code=0)
    assert world.job(job).state == "succeeded"
    assert cancel(world, job) == "succeeded"


def test_a_job_that_fails_while_it_is_being_stopped_is_not_tried_again(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, retry={"on": ("failure",), "limit": 3})
    world.report(run, "accept", "start")
    cancel(world, job)
    world.report(run, "fail", exit_code=1, reason="exit")
    assert world.job(job).state == "cancelled"


def test_cancelling_what_is_not_there_is_not_found(world: Any) -> None:
    with pytest.raises(NotFound):
        cancel(world, "job_" + "0" * 26)


# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_run_that_outlasts_its_hold_gets_more_ahead_of_time(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.later(minutes=59)
    before = world.rows()
    assert watch(world) == 0
    assert world.rows() == before
    world.later(seconds=45)
    assert watch(world) == 0
    assert world.job(job).hold_total == YUAN + YUAN // 4
    world.later(minutes=10)
    world.report(run, "finish", "succeed", exit_code=0)
    [paid] = world.paid(job)
    assert paid == pytest.approx(YUAN * (69 * 60 + 45) / 3600, abs=10)
    assert world.balance(buyer).held == 0


def test_a_job_is_stopped_at_its_max_total_and_never_costs_more(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, budget={"max_total": YUAN // 2})
    assert world.balance(buyer).held == YUAN // 2
    world.report(run, "accept", "start")
    stopped_at = None
    for second in range(0, 3600, 5):
        if watch(world):
            stopped_at = second
            break
        world.later(seconds=5)
    assert stopped_at is not None
    assert 1790 <= stopped_at <= 1800
    assert world.job(job).reason == "being stopped: its budget is used up"
    before = world.rows()
    world.write(lambda unit: cancel_job(unit, job))
    assert world.rows() == before
    world.later(seconds=20)  # the site needs a while to stop it; that is not the buyer's cost
    world.report(run, "cancel", reason="cancelled")
    assert (world.job(job).state, world.job(job).reason) == ("cancelled", "its budget is used up")
    assert world.paid(job) == [YUAN // 2]
    assert watch(world) == 0


def test_a_job_that_spent_its_budget_in_a_lost_run_is_not_started_again(world: Any, north: Any, buyer: Any) -> None:
    south = world.site("south", world.organisation("other"))
    world.offer(south, 2 * YUAN)
    job, run = world.placed(buyer, budget={"max_total": YUAN // 10})
    world.report(run, "accept", "start")
    world.later(minutes=6)
    world.checkpoint(run, "all the money is in here")
    world.report(run, "lose")
    world.alive()
    assert world.clear() == 0
    assert world.job(job).reason_code == "insufficient-funds"
    assert "budget.max_total is used up" in world.job(job).reason


def test_a_job_whose_buyer_has_no_more_is_stopped_before_it_owes(world: Any, north: Any) -> None:
    buyer = world.organisation("poor", balance=YUAN)
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    for _ in range(800):
        if watch(world):
            break
        world.later(seconds=5)
    world.report(run, "cancel")
    assert world.job(job).state == "cancelled"
    assert world.balance(buyer).available >= 0
    assert world.paid(job)[0] <= YUAN


def test_a_job_with_a_price_limit_waits_for_a_cheaper_offer(world: Any, north: Any, buyer: Any) -> None:
    job = world.submit(buyer, budget={"max_price": YUAN // 2})
    assert world.clear() == 0
    assert world.job(job).reason
    world.offer(north, YUAN // 2)
    assert world.clear() == 1

"""A higher bid takes the place of running work that accepts it: who waits, who pays what, who goes on from where."""

import re
from datetime import timedelta
from typing import Any

import pytest

from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.expire_leases import expire_leases
from gridtie.flow.sync_agent import orders_for
from gridtie.store.journal import load
from gridtie.views.market import explain_job

YUAN = 1_000_000


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"auction_rule": "best-welfare"}


@pytest.fixture
def north(world: Any) -> Any:
    """One core for sale at 1.00 an hour."""
    site = world.site("north", world.organisation("seller"), cpus=1)
    world.offer(site, YUAN)
    return site


def running(world: Any, yuan: int, *, checkpoint: bool = True, **more: Any) -> Any:
    """A job that has run for ten minutes, with a checkpoint after six."""
    buyer = world.organisation("first", balance=100 * YUAN)
    job = world.submit(buyer, mode="auction", budget={"max_price": yuan * YUAN}, **more)
    world.alive()
    assert world.clear("auction") == 1
    run = world.job(job).run
    world.report(run, "accept", "start")
    for minutes in (6, 4):
        world.later(minutes=minutes)
        world.alive()
        if checkpoint and minutes == 6:
            world.checkpoint(run, "six minutes")
    return job


def challenged(world: Any, yuan: int) -> Any:
    buyer = world.organisation("second", balance=100 * YUAN)
    job = world.submit(buyer, mode="auction", budget={"max_price": yuan * YUAN})
    world.clear("auction")
    return job


def assignments(world: Any, site: Any) -> list[str]:
    orders = world.read(lambda unit: orders_for(unit, world.exchange, site.id, ()))
    return [plan["run"] for plan in orders.assignments]


def why(world: Any, job: Any) -> str:
    return "\n".join(world.read(lambda unit: explain_job(unit, world.exchange, job))["lines"])


def test_the_place_changes_hands_once_the_run_has_stopped_and_the_job_goes_on_from_its_checkpoint(
    world: Any, north: Any
) -> None:
    first = running(world, 3, preemptible=True)
    old = world.job(first).run
    second = challenged(world, 9)
    new = world.job(second).run
    assert world.run(old).displaced is not None
    assert world.run(new).waits_for == f'["{old}"]'
    assert assignments(world, north) == []
    assert world.job(second).reason == "its machines are being freed: a run there stops for its bid"
    assert "a higher bid takes its place at north" in world.job(first).reason
    assert "was displaced by a bid of 9.00" in why(world, first)
    assert "its bid displaced running work there" in why(world, second)
    world.later(minutes=5)
    world.alive()
    world.write(lambda unit: expire_leases(unit, world.exchange))
    assert world.run(new).state == "assigned"  # however long the other takes
    world.report(old, "cancel")
    assert assignments(world, north) == [new]
    waiting = world.job(first)
    assert (waiting.state, waiting.retries) == ("queued", 0)
    [paid] = world.paid(first)
    assert paid == pytest.approx(YUAN // 10, abs=YUAN // 1000)  # six minutes at 1.00 an hour
    world.report(new, "accept", "start")
    assert (world.job(second).state, world.job(second).reason) == ("running", "")
    world.report(new, "finish", "succeed", exit_code=0)
    world.alive()
    assert world.clear("auction") == 1
    again = world.job(first)
    assert again.epoch == 2
    assert [file["path"] for file in load(world.run(again.run).plan)["checkpoint"]] == ["state"]
    assert re.search(r"before that, at 2026-01-01 \d\d:\d\d:\d\d UTC:", why(world, first))
    assert "run.displaced" in world.kinds(old)


@pytest.mark.parametrize(
    "why_not",
    [
        {},
        {"preemptible": False},
        {"preemptible": True, "checkpoint": False},
        {"preemptible": True, "retry": {"on": ("failure",)}},
    ],
)
def test_who_did_not_say_so_or_saved_nothing_or_does_not_go_on_afterwards_is_never_touched(
    world: Any, north: Any, why_not: dict[str, Any]
) -> None:
    first = running(world, 3, **why_not)
    second = challenged(world, 9)
    assert world.job(first).state == "running"
    assert world.run(world.job(first).run).cancel_us is None
    assert world.job(second).state == "queued"


def test_a_bid_that_is_not_worth_the_restart_waits(world: Any, north: Any) -> None:
    first = running(world, 8, preemptible=True)
    second = challenged(world, 9)  # four minutes to do again and one to restart: 8.67
    assert world.job(second).state == "placed"
    assert world.run(world.job(first).run).displaced is not None
    third = world.submit(world.organisation("third", balance=100 * YUAN), mode="auction",
                         budget={"max_price": 9 * YUAN})  # fmt: skip
    world.clear("auction")
    assert world.job(third).state == "queued"  # nobody is displaced twice, nor who has only just got his place


def test_whoever_cancels_a_job_that_is_being_displaced_has_it_cancelled(world: Any, north: Any) -> None:
    first = running(world, 3, preemptible=True)
    old = world.job(first).run
    challenged(world, 9)
    world.write(lambda unit: cancel_job(unit, first))
    world.report(old, "cancel")
    assert world.job(first).state == "cancelled"


def test_a_job_that_ends_well_before_it_is_stopped_has_succeeded(world: Any, north: Any) -> None:
    first = running(world, 3, preemptible=True)
    old = world.job(first).run
    second = challenged(world, 9)
    world.report(old, "finish", "succeed", exit_code=0)
    assert world.job(first).state == "succeeded"
    assert assignments(world, north) == [world.job(second).run]


def test_a_site_that_falls_silent_meanwhile_loses_both(world: Any, north: Any) -> None:
    first = running(world, 3, preemptible=True)
    second = challenged(world, 9)
    world.later(hours=2)
    for _ in range(2):
        world.write(lambda unit: expire_leases(unit, world.exchange))
        world.clock.advance(timedelta(hours=1))
    assert {world.job(first).state, world.job(second).state} == {"queued"}

"""What a quote says of a place that is taken."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flow.conftest import HOUR, job_spec

from gridtie.dispatch.job import JobDocument
from gridtie.flow.fund_account import top_up
from gridtie.flow.quote_job import quote_jobs
from gridtie.values.period import from_text, to_text

YUAN = 1_000_000


@pytest.mark.parametrize("by", ["money", "hours"])
def test_a_quote_for_a_busy_place_says_when_the_run_there_is_expected_to_end(world: Any, by: str) -> None:
    buyer = world.organisation("buyer", balance=100 * YUAN)
    site = world.site("aurora", world.organisation("owner"))
    world.offer(site)
    world.deposit(site)
    world.lend(buyer, 100 * YUAN)
    _, run = world.placed(buyer, expected=3 * HOUR)
    world.report(run, "accept", "start")
    began = world.clock.now()
    world.later(hours=1)
    world.alive()
    deadline = to_text(began + 3.5 * HOUR)
    pay = {"pay_with": ("bank",)} if by == "hours" else {}
    document = JobDocument(jobs=(job_spec(budget=pay, deadline=deadline),))
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    [choice] = quoted["choices"]
    assert abs(from_text(choice["start_at"]) - (began + 3 * HOUR)) < timedelta(seconds=2)
    assert (choice["start"].startswith("about 20"), choice["late"]) == (True, "end")
    assert "a deadline is the latest start" in "\n".join(quoted["lines"])


@pytest.mark.parametrize(("limit", "hours"), [(None, 6), (4 * HOUR, 4)])
def test_a_busy_place_is_free_when_its_run_is_over_at_the_speed_that_is_certified_there(
    world: Any, limit: timedelta | None, hours: int
) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=100 * YUAN)
    slow, *_ = (world.site(name, owner, score=score) for name, score in (("a", 500), ("b", 1000), ("c", 1000)))
    world.offer(slow)
    world.alive()
    _, run = world.placed(buyer, expected=3 * HOUR, time_limit=limit)
    world.report(run, "accept", "start")
    began = world.clock.now()
    world.alive()
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, JobDocument(jobs=(job_spec(),)), buyer))
    [choice] = quoted["choices"]
    assert abs(from_text(choice["start_at"]) - (began + hours * HOUR)) < timedelta(seconds=2)


def test_a_job_that_can_run_nowhere_is_quoted_one_advice_and_no_hope(world: Any) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=100 * YUAN)
    for name in ("aurora", "bison"):
        world.offer(world.site(name, owner))
    world.alive()
    document = JobDocument(jobs=(job_spec(machines=8, mode="auction"),))
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    first, *others = quoted["lines"]
    assert first.startswith("as the sites of this exchange stand it can run nowhere: ")
    assert first.endswith("what would change it: num_nodes: 1, or wait until a site joins that can")
    assert others == [f"  not {miss['where']}: {miss['reason']}" for miss in quoted["misses"]]


def test_an_advice_that_holds_for_several_offers_is_quoted_once(world: Any) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=100 * YUAN)
    for name in ("aurora", "bison"):
        world.offer(world.site(name, owner, cpus=2))
    world.alive()
    document = JobDocument(jobs=(job_spec(cpus=2, budget={"max_price": YUAN // 2}),))
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    advised = [line.partition("limit of 0.50")[2] for line in quoted["lines"] if "limit of 0.50" in line]
    assert advised == ["; raise gridtie.budget.max_price to 1.00", ""]


@pytest.mark.parametrize("by", ["money", "hours"])
def test_a_quote_says_when_nobody_could_pay_for_it_as_its_submit_and_its_hold_would(world: Any, by: str) -> None:
    poor, site = world.organisation("poor"), world.site("aurora", world.organisation("owner"))
    world.offer(site)
    world.deposit(site)
    world.alive()
    hours = by == "hours"
    document = JobDocument(jobs=(job_spec(expected=5 * HOUR, budget={"pay_with": ("bank",)} if hours else {}),))

    def last() -> str:
        [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, poor))
        return str(quoted["lines"][-1])

    def pay_in(amount: int) -> None:
        if hours:
            world.lend(poor, amount)
        else:
            world.write(lambda unit: top_up(unit, poor, amount, memo="paid in"))

    assert last().startswith("  payer: needs a hold of more than 0.00")
    pay_in(2 * YUAN)
    assert last().startswith("  payer: needs a hold of 5.00")
    pay_in(3 * YUAN)
    assert "payer" not in last()


def test_a_withdrawal_where_nobody_else_has_deposited_is_told_so(world: Any) -> None:
    owner = world.organisation("owner")
    world.deposit(world.site("aurora", owner))
    world.lend(owner, YUAN)
    world.alive()
    document = JobDocument(jobs=(job_spec(budget={"pay_with": ("bank",)}),))
    [quoted] = world.read(lambda unit: quote_jobs(unit, world.exchange, document, owner))
    assert any("nobody else has deposited" in line for line in quoted["lines"])

"""What a quote says of a place that is taken."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.dispatch.job import JobDocument
from gridtie.flow.quote_job import quote_jobs
from gridtie.values.period import from_text, to_text
from tests.flow.conftest import HOUR, job_spec

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

"""What can never be is refused at submit; what no site here could take is told at once, and until one joins."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.dispatch import jobfile
from gridtie.errors import InvalidJobFile
from gridtie.flow.quote_job import quote_jobs
from gridtie.store.market import MarketRows
from gridtie.values.period import to_text
from gridtie.views.market import explain_job


def test_a_deadline_that_is_over_and_places_that_exclude_each_other_are_refused_by_name(world: Any) -> None:
    buyer = world.organisation("buyer", balance=10_000_000)
    for more, words in (
        ({"deadline": to_text(world.clock.now() - timedelta(seconds=1))}, "gridtie.deadline: it is over"),
        ({"hubs": ("gz",), "places": ("CN-31",)}, "no site is in CN-31 and also in gz"),
    ):
        with pytest.raises(InvalidJobFile) as refused:
            world.submit(buyer, **more)
        assert words in refused.value.problems[0].message


def test_a_gang_larger_than_any_pool_is_told_in_the_answer_to_its_submit_and_until_a_site_could_take_it(
    world: Any,
) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=10_000_000)
    job = world.submit(buyer, machines=64)
    row = world.read(lambda unit: unit.jobs.row(job))
    assert (row.reason_code, "no site here has" in row.reason) == ("nowhere", True)
    site = world.site("aurora", owner)
    world.offer(site)
    told = world.read(lambda unit: explain_job(unit, world.exchange, job))
    assert told["data"]["nowhere"]["code"] == "nowhere"
    assert "of the 64 machines wanted at once" in told["lines"][0]
    world.alive()
    world.clear()
    row = world.read(lambda unit: unit.jobs.row(job))
    assert (row.reason_code, "of the 64 machines wanted at once" in row.reason) == ("nowhere", True)
    told = world.read(lambda unit: explain_job(unit, world.exchange, job))
    assert sum(line.startswith("what would change it") for line in told["lines"]) == 1  # and not the round's as well


def test_what_is_wrong_with_a_job_of_a_file_is_told_at_its_place_in_that_file(world: Any) -> None:
    text = f"name: late\nrun: x\ngridtie: {{deadline: '{to_text(world.clock.now())}'}}\n"
    document = jobfile.parse(text, source="jobs/late.yaml", chips=world.exchange.chips)
    buyer = world.organisation("buyer")
    with pytest.raises(InvalidJobFile) as refused:
        world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert refused.value.params["source"] == "jobs/late.yaml"
    assert refused.value.problems[0].line == 3


def test_pools_are_read_once_for_jobs_that_fit_nowhere_while_none_changes(world: Any, monkeypatch: Any) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=10_000_000)
    world.site("aurora", owner)
    reads = []
    whole = MarketRows.pools
    monkeypatch.setattr(MarketRows, "pools", lambda rows: (reads.append(1), whole(rows))[1])
    jobs = [world.submit(buyer, machines=64) for _ in range(5)]
    assert len(reads) == 1
    assert {world.read(lambda unit, job=job: unit.jobs.row(job)).reason_code for job in jobs} == {"nowhere"}
    world.site("bison", owner, machines=64)
    late = world.submit(buyer, machines=64)
    assert world.read(lambda unit: unit.jobs.row(late)).reason_code == ""
    assert len(reads) == 2


def test_while_the_engine_is_compiled_a_bid_is_told_what_ticks_wait_for(world: Any) -> None:
    world.site("aurora", world.organisation("owner"))
    buyer = world.organisation("buyer", balance=10_000_000)
    bid = world.submit(buyer, mode="auction")
    world.exchange.engine.ready = False
    told = world.read(lambda unit: explain_job(unit, world.exchange, bid))
    assert told["lines"][-1].startswith("ticks wait until the clearing engine is compiled")


def test_what_fits_a_pool_is_told_nothing_of_the_kind_and_pools_are_read_again_once_it_does_not(world: Any) -> None:
    owner, buyer = world.organisation("owner"), world.organisation("buyer", balance=10_000_000)
    early = world.submit(buyer)
    assert world.read(lambda unit: unit.jobs.row(early)).reason_code == "nowhere"
    world.site("aurora", owner)
    late = world.submit(buyer)
    assert world.read(lambda unit: unit.jobs.row(late)).reason_code == ""
    for job in (early, late):
        told = world.read(lambda unit, job=job: explain_job(unit, world.exchange, job))
        assert told["data"]["nowhere"] is None

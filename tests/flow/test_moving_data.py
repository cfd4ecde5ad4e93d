"""A job whose data lies in a hub: what is quoted, where it runs, what it pays, and what is said about it."""

from typing import Any

import pytest

from gridtie.dispatch.job import Budget, DataUse, JobDocument, JobSpec
from gridtie.flow.quote_job import quote_jobs
from gridtie.market.book import book_from_json, clearing_to_json
from gridtie.market.request import Alternative
from gridtie.market.rules import RULES
from gridtie.store.journal import load
from gridtie.values.canonical import canonical
from gridtie.values.money import Micros
from gridtie.views.market import explain_job

YUAN = 1_000_000
RULE = {"posted": "posted-price", "auction": "best-welfare"}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"auction_rule": "best-welfare", "transfer_per_gb": "0.001", "transfer_per_gb_1000_km": "0.002",
            "transfer_mbit_s": 8000}  # fmt: skip


@pytest.mark.parametrize("mode", ["posted", "auction"])
def test_a_job_runs_beside_its_data_and_pays_its_seller_for_the_time_alone(world: Any, mode: str) -> None:
    seller, buyer = world.organisation("seller"), world.organisation("buyer", balance=100 * YUAN)
    cheap, near = world.site("cheap", seller, hub="nmg"), world.site("near", seller, hub="gz")
    world.offer(cheap, YUAN)
    world.offer(near, 2 * YUAN)
    data = (DataUse(name="s3://a", at="gz", gb=1000.0),)
    wanted = JobSpec(name="job", run="true", alternatives=(Alternative(chip="cpu", cpus=1),), mode=mode, data=data,
                     input_gb=1000.0, budget=Budget(max_price=Micros(9 * YUAN)))  # fmt: skip
    document = JobDocument(jobs=(wanted,))
    (quoted,) = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert [choice["site"] for choice in quoted["choices"]] == ["near", "cheap"]
    assert quoted["choices"][0]["terms"] == {"compute": "2.00"}
    assert set(quoted["choices"][1]["terms"]) == {"compute", "transfer", "fetch"}
    assert "its data takes " in "\n".join(quoted["lines"])

    job = world.submit(buyer, wanted)
    assert world.clear(mode) == 1
    run = world.runs(job)[0]
    assert (run.site, run.price) == (near.id, 2 * YUAN)
    row = world.read(lambda unit: unit.market.rounds(before=None, limit=1)[0])
    _, book, clearing = world.read(lambda unit: unit.market.round(row.number))
    again = RULES[RULE[mode]](book_from_json(load(book.decode())))
    assert canonical(clearing_to_json(again)) == clearing
    lines = world.read(lambda unit: explain_job(unit, world.exchange, job))["lines"]
    assert any("cheap" in line and "in all" in line for line in lines), lines

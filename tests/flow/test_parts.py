"""Less than one accelerator, from the job file to the receipt: parts of one card, in whole numbers everywhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gridtie.dispatch import jobfile
from gridtie.dispatch.job import Budget
from gridtie.errors import InvalidInput
from gridtie.store.journal import load
from gridtie.views.job import needs_text
from gridtie.views.market import market_view

YUAN = 1_000_000


@pytest.fixture
def asks(world: Any, spec: Callable[..., Any]) -> Callable[..., Any]:
    """A job that wants so much of a T4."""

    def made(amount: str, **budget: Any) -> Any:
        text = f"resources: {{accelerators: {{T4: {amount}}}, cpus: 1, memory: 1}}\nrun: 'true'\n"
        [found] = jobfile.parse(text, source="job", chips=world.exchange.chips).jobs
        return replace(spec(), alternatives=found.alternatives, budget=Budget(**budget))

    return made


@pytest.fixture
def cards(world: Any) -> Callable[[int], Any]:
    """A site with so many cards, each lent in tenths at 0.10 an hour."""

    def made(count: int) -> Any:
        site = world.site("north", world.organisation("seller"), cpus=8, machines=count, chip="nv-t4/10",
                          accelerators=10)  # fmt: skip
        world.offer(site, YUAN // 10)
        return site

    return made


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def placed(world: Any, job: Any) -> list[str]:
    return [task["machine"] for run in world.runs(job) for task in load(run.plan)["tasks"]]


def test_two_halves_share_a_card_and_each_pays_for_its_own(world: Any, cards: Any, buyer: Any, asks: Any) -> None:
    cards(1)
    first, second, third = (world.submit(buyer, asks("0.5")) for _ in range(3))
    assert world.clear() == 2
    assert placed(world, first) == placed(world, second) == ["m0"]
    assert (placed(world, third), world.job(third).reason_code) == ([], "busy")
    [run] = world.runs(first)
    [task] = load(run.plan)["tasks"]
    assert (run.unit, run.units, task["accelerators"], task["share"]) == ("part-hour", 5, 5, 10)
    world.ran(run.id, minutes=30)
    [amount] = world.paid(first)
    assert abs(amount - YUAN // 4) <= 5 * YUAN // 10 // 3600  # half an hour of half a card, to the second
    assert world.clear() == 1
    assert placed(world, third) == ["m0"]


def test_six_tenths_and_six_tenths_do_not_share_a_card(world: Any, cards: Any, buyer: Any, asks: Any) -> None:
    cards(1)
    first, second = world.submit(buyer, asks("0.6")), world.submit(buyer, asks("0.6"))
    assert world.clear() == 1
    assert (placed(world, first), placed(world, second)) == (["m0"], [])


def test_what_is_left_of_cards_is_kept_for_those_who_still_fit(world: Any, cards: Any, buyer: Any, asks: Any) -> None:
    cards(2)
    jobs = [world.submit(buyer, asks(amount)) for amount in ("0.4", "0.4", "0.6", "0.6")]
    assert world.clear() == 4
    assert [placed(world, job) for job in jobs[:2]] != [["m0"], ["m0"]]


def test_limits_are_for_whole_accelerators_and_needs_are_told_in_few_words(
    world: Any, cards: Any, buyer: Any, asks: Any
) -> None:
    cards(1)
    dear, enough = world.submit(buyer, asks("0.5", max_price=999_999)), world.submit(buyer, asks("0.5", max_price=YUAN))
    assert world.clear() == 1
    assert placed(world, enough) == ["m0"]
    assert world.job(dear).reason_code == "price"
    assert "1.00 per unit-hour of whole accelerators" in world.job(dear).reason
    spec = asks("0.5")
    needs = {"machines": 1, "alternatives": [
        {"chip": one.chip, "accelerators": one.accelerators, "cpus": one.cpus, "memory_bytes": one.memory_bytes}
        for one in spec.alternatives
    ]}  # fmt: skip
    assert needs_text(needs) == "1 × nv-t4/2, 1 core, 953.7 MiB or 1 × nv-t4, 1 core, 953.7 MiB"
    [product] = world.read(lambda unit: market_view(unit, world.exchange))["products"]
    assert (product["chip"], product["units_total"], product["units_free"]) == ("nv-t4/10", 10, 5)


def test_a_site_that_lends_whole_cards_alone_gives_one_whole_to_who_wants_a_part(
    world: Any, buyer: Any, asks: Any
) -> None:
    site = world.site("whole", world.organisation("seller"), cpus=8, chip="nv-t4", accelerators=1)
    world.offer(site, YUAN)
    job = world.submit(buyer, asks("0.5"))
    assert world.clear() == 1
    [run] = world.runs(job)
    assert (run.unit, run.units) == ("accelerator-hour", 1)


def test_a_voucher_pays_parts_of_its_chips_at_most_as_dearly_as_whole_ones(
    world: Any, cards: Any, buyer: Any, asks: Any
) -> None:
    cards(1)
    world.voucher(buyer, YUAN, name="fits", max_unit_price=YUAN, chips=("nv-t4",))
    world.voucher(buyer, YUAN, name="low", max_unit_price=YUAN - 1, chips=("nv-t4",))
    paid, dear = (world.submit(buyer, asks("0.5", pay_with=(f"voucher:{name}",))) for name in ("fits", "low"))
    assert world.clear() == 1
    assert (placed(world, paid), placed(world, dear)) == (["m0"], [])


def test_the_bank_counts_hours_of_whole_accelerators_and_takes_no_parts(world: Any, cards: Any) -> None:
    with pytest.raises(InvalidInput, match="deposit") as refused:
        world.deposit(cards(1), hours=1)
    assert "whole accelerators" in refused.value.problems[0].message

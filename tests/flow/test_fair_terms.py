"""An exchange whose operator lets some count more: who wins, what they pay, and what a replay and a reader see."""

from pathlib import Path
from typing import Any

import pytest

from gridtie.errors import InvalidInput
from gridtie.flow.fair_terms import check_fairness, credit_of
from gridtie.market.book import book_from_json, clearing_from_json, clearing_to_json
from gridtie.market.rules import RULES
from gridtie.market.verification import faults
from gridtie.store.journal import load
from gridtie.values.canonical import canonical
from gridtie.views.market import explain_job, market_view, round_view

YUAN = 1_000_000


@pytest.fixture
def rule() -> str:
    return "best-welfare"


@pytest.fixture
def choices() -> str:
    return "[weights]\nlight = 3\n"


@pytest.fixture
def settings(tmp_path: Path, rule: str, choices: str) -> dict[str, Any]:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "fair.toml").write_text(choices)
    return {"auction_rule": rule, "fairness": "fair.toml"}


def bid(world: Any, buyer: Any, yuan: int) -> Any:
    return world.submit(buyer, mode="auction", budget={"max_price": yuan * YUAN})


@pytest.fixture
def contest(world: Any) -> tuple[Any, Any]:
    """One core at 1.00 that two want: `light` bids 4, `heavy` bids 6. Cleared."""
    site = world.site("north", world.organisation("seller"), cpus=1)
    world.offer(site, YUAN)
    light, heavy = (world.organisation(name, balance=100 * YUAN) for name in ("light", "heavy"))
    jobs = bid(world, light, 4), bid(world, heavy, 6)
    world.alive()
    assert world.clear("auction") == 1
    return jobs


def newest(world: Any) -> Any:
    row = world.read(lambda unit: unit.market.rounds(before=None, limit=1)[0])
    _, book, clearing = world.read(lambda unit: unit.market.round(row.number))
    return row, book_from_json(load(book.decode())), clearing


@pytest.mark.parametrize("rule", ["best-welfare", "max-min"])
def test_who_counts_more_wins_and_pays_no_more_than_he_bid(world: Any, contest: Any) -> None:
    light, heavy = contest
    assert [world.job(job).state for job in contest] == ["placed", "queued"]
    assert YUAN <= world.run(world.job(light).run).price <= 4 * YUAN
    assert world.job(heavy).reason_code in ("outbid", "busy")


@pytest.mark.parametrize("rule", ["best-welfare", "max-min"])
def test_the_round_records_the_weights_replays_byte_for_byte_and_is_sound(world: Any, contest: Any) -> None:
    row, book, stored = newest(world)
    assert list(book.parameters["fair_weights"].values()) == [3]
    assert canonical(clearing_to_json(RULES[row.rule](book))) == stored
    assert faults(row.rule, book, clearing_from_json(load(stored.decode()))) == ()


@pytest.mark.parametrize("choices", ["", "[weights]\nlight = 3\nheavy = 3\n"])
def test_where_all_count_alike_the_higher_bid_wins(world: Any, contest: Any) -> None:
    assert [world.job(job).state for job in contest] == ["queued", "placed"]


def test_the_loser_is_told_a_bid_that_would_have_won(world: Any, contest: Any) -> None:
    _, heavy = contest
    told = world.read(lambda unit: explain_job(unit, world.exchange, heavy))
    assert "its organisation counts 1.00 times" in told["lines"]
    assert "bids are weighed" in world.job(heavy).reason


def test_a_loser_who_counts_more_is_told_what_is_enough_for_him(world: Any) -> None:
    site = world.site("north", world.organisation("seller"), cpus=1)
    world.offer(site, YUAN // 2)
    light, heavy = (world.organisation(name, balance=100 * YUAN) for name in ("light", "heavy"))
    lost, won = bid(world, light, 1), bid(world, heavy, 6)
    world.alive()
    assert world.clear("auction") == 1
    assert world.job(won).state == "placed"
    assert "its bid of 1.00 counts as 3.00" in world.job(lost).reason
    enough = float(world.job(lost).change.split()[3].rstrip(":"))
    assert 1 <= enough <= 2


def test_a_round_shows_how_bids_were_weighed_and_nobody_by_name(world: Any, contest: Any) -> None:
    row, *_ = newest(world)
    shown = world.read(lambda unit: round_view(unit, row.number))["fairness"]
    assert shown == {"weights": [3], "credits_counted": False, "credit_scale": None}


@pytest.mark.parametrize("choices", ["[weights]\nlight = 3\n\n[credits]\nscale = 10\nhours = { cpu = 0.5 }\n"])
def test_every_member_can_read_what_the_operator_chose(world: Any) -> None:
    shown = world.read(lambda unit: market_view(unit, world.exchange))["fairness"]
    assert shown == {"weights": {"light": 3}, "credits": {"scale": 10, "hours": {"cpu": "0.50"}}, "tokens": None}


def test_between_ticks_nobody_pays_a_weighed_price(world: Any, contest: Any) -> None:
    light, heavy = contest
    paid = world.run(world.job(light).run).price
    world.report(world.job(light).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    posted = world.submit(world.job(heavy).organisation)
    assert world.clear() == 1
    assert world.run(world.job(posted).run).price == paid


@pytest.mark.parametrize("choices", ["[weights]\nligth = 3\n\n[credits]\nscale = 1\nhours = { h9000 = 1 }\n"])
def test_who_is_named_but_not_known_is_named_at_his_place(world: Any) -> None:
    world.organisation("light")
    with pytest.raises(InvalidInput) as refused:
        world.read(lambda unit: check_fairness(unit, world.exchange))
    assert [(p.line, p.column) for p in refused.value.problems] == [(2, 1), (6, 1)]
    assert "did you mean light?" in refused.value.problems[0].message


@pytest.mark.parametrize("choices", ["[credits]\nscale = 10\nhours = { cpu = 20 }\n"])
def test_hours_given_to_the_bank_count_and_a_loan_does_not(world: Any) -> None:
    giver = world.organisation("giver", balance=100 * YUAN)
    taker = world.organisation("taker")
    site = world.site("north", giver, cpus=1)
    world.deposit(site)
    world.lend(taker, 20 * YUAN)
    assert world.read(lambda unit: credit_of(unit, world.exchange, taker)) == 0
    job = world.submit(taker, budget={"pay_with": ("bank",)})
    world.alive()
    assert world.clear("bank") == 1
    world.ran(world.job(job).run, hours=4)
    balance = {who: world.read(lambda unit, who=who: credit_of(unit, world.exchange, who)) for who in (giver, taker)}
    assert balance == {giver: 20, taker: -20}

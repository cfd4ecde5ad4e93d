"""Every example of how to say who counts more, taken from the page that tells it, does what that page says."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridtie.flow.declare_site import change_policy
from gridtie.flow.fair_terms import check_fairness, credit_of
from gridtie.flow.refresh_tokens import refresh_tokens
from gridtie.ledger.account import balance_of
from gridtie.store.journal import load

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "choose-how-ticks-clear.md"
YUAN = 1_000_000


def files_of(heading: str) -> dict[str, str]:
    """The files that stand in the TOML of a section, by the name above each."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    [block] = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    parts = re.split(r"^# \$GRIDTIE_HOME/(\S+)\n", block, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture
def settings(tmp_path: Path, heading: str) -> dict[str, Any]:
    """None but what stands in the home, as the page has it."""
    (tmp_path / "home").mkdir(mode=0o700)
    for name, text in files_of(heading).items():
        (tmp_path / "home" / name).write_text(text)
    return {}


def bid(world: Any, buyer: Any, yuan: int) -> Any:
    return world.submit(buyer, mode="auction", budget={"max_price": yuan * YUAN})


@pytest.mark.parametrize("heading", ["Say who counts more"])
def test_whoever_counts_twice_wins_against_a_bid_that_is_less_than_twice_his_and_pays_at_most_his_own(
    world: Any,
) -> None:
    world.offer(world.site("north", world.organisation("seller"), cpus=1), YUAN)
    one, other = (world.organisation(name, balance=100 * YUAN) for name in ("lab-one", "lab-two"))
    world.read(lambda unit: check_fairness(unit, world.exchange))
    jobs = bid(world, one, 4), bid(world, other, 7)
    world.alive()
    world.clear("auction")
    assert [world.job(job).state for job in jobs] == ["placed", "queued"]
    assert world.run(world.job(jobs[0]).run).price <= 4 * YUAN


@pytest.mark.parametrize("heading", ["Say who counts more"])
def test_whoever_gave_to_the_bank_wins_against_an_equal_bid_of_whoever_took(world: Any) -> None:
    giver, taker = (world.organisation(name, balance=10_000 * YUAN) for name in ("giver", "taker"))
    site = world.site("north", giver, cpus=8)
    world.deposit(site, hours=5000)
    world.lend(taker, 100_000 * YUAN)
    job = world.submit(taker, cpus=8, expected=timedelta(hours=1000), budget={"pay_with": ("bank",)})
    world.alive()
    assert world.clear("bank") == 1
    world.ran(world.job(job).run, hours=1000)
    gave, took = (world.read(lambda unit, who=who: credit_of(unit, world.exchange, who)) for who in (giver, taker))
    assert (gave > 0, took) == (True, -gave)
    world.offer(world.site("south", world.organisation("seller"), cpus=1), YUAN)
    first, second = bid(world, taker, 5), bid(world, giver, 5)
    world.alive()
    world.clear("auction")
    assert [world.job(job).state for job in (first, second)] == ["queued", "placed"]
    _, book, _ = world.read(lambda unit: unit.market.round(unit.market.next_number() - 1))
    assert load(book.decode())["parameters"]["fair_credits"] == {giver: gave, taker: took}


@pytest.mark.parametrize("heading", ["Share without bids"])
def test_max_min_serves_everybody_once_before_anybody_twice_whatever_they_bid(world: Any) -> None:
    world.offer(world.site("north", world.organisation("seller"), cpus=2), YUAN)
    rich, poor = (world.organisation(name, balance=100 * YUAN) for name in ("rich", "poor"))
    jobs = [bid(world, rich, 90), bid(world, rich, 90), bid(world, poor, 1)]
    world.alive()
    assert world.clear("auction") == 2
    assert sorted(world.job(job).state for job in jobs[:2]) == ["placed", "queued"]
    assert world.job(jobs[2]).state == "placed"


@pytest.mark.parametrize("heading", ["A community without money"])
def test_tokens_come_every_week_and_half_a_week_s_worth_is_carried_over(world: Any) -> None:
    lab = world.organisation("lab")

    def refreshed() -> int:
        world.write(lambda unit: refresh_tokens(unit, world.exchange))
        return int(world.read(lambda unit: unit.ledger.balance(balance_of(lab))).available) // YUAN

    assert refreshed() == 100
    world.later(hours=167)
    assert refreshed() == 100
    world.later(hours=1)
    assert refreshed() == 150
    assert world.exchange.settings.currency == "XXX"


@pytest.mark.parametrize("heading", ["A community without money"])
def test_what_an_owner_keeps_of_a_site_that_has_joined_is_served_to_nobody_else(world: Any) -> None:
    section = PAGE.read_text(encoding="utf-8").split("## What an owner keeps\n")[1]
    percent = re.search(r"gridtie site policy aurora --reserve (\d+)", section)
    assert percent is not None
    site = world.site("aurora", world.organisation("seller"), cpus=5)
    world.offer(site, YUAN)
    world.write(lambda unit: change_policy(unit, site.id, {"reserved_percent": int(percent[1])}))
    lab = world.organisation("lab")
    world.write(lambda unit: refresh_tokens(unit, world.exchange))
    jobs = [world.submit(lab) for _ in range(5)]
    world.alive()
    assert world.clear() == 3  # of five cores, two are kept
    assert sum(world.job(job).reason_code == "reserved" for job in jobs) == 2

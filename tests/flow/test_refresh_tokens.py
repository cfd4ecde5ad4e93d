"""A community without money: purses fill when due, keep what may be carried over, and pay for runs."""

from pathlib import Path
from typing import Any

import pytest

from gridtie.flow.refresh_tokens import refresh_tokens
from gridtie.ledger.account import GRANTS, balance_of
from gridtie.views.receipt import accounts_view

TOKEN = 1_000_000
CHOICES = '[tokens]\nrefresh = "100"\nevery_hours = 24\ncarry_over = "30"\n'


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "fair.toml").write_text(CHOICES)
    return {"currency": "XXX", "fairness": "fair.toml"}


def refresh(world: Any) -> int:
    return int(world.write(lambda unit: refresh_tokens(unit, world.exchange)))


def held(world: Any, organisation: Any) -> int:
    return int(world.read(lambda unit: unit.ledger.balance(balance_of(organisation))).available)


def test_a_new_member_gets_its_tokens_at_once_and_once(world: Any) -> None:
    lab = world.organisation("lab")
    assert refresh(world) == 1
    assert held(world, lab) == 100 * TOKEN
    before = world.rows()
    assert refresh(world) == 0
    assert world.rows() == before
    for own in (lab, None):
        shown = world.read(lambda unit, own=own: accounts_view(unit, own))
        assert ("lab", balance_of(lab), "100.00") in [(r["organisation"], r["account"], r["available"]) for r in shown]
    assert (None, GRANTS) in [(row["organisation"], row["account"]) for row in shown]


def test_what_is_not_used_is_carried_over_up_to_the_cap_and_the_rest_lapses(world: Any) -> None:
    lab = world.organisation("lab")
    refresh(world)
    world.later(hours=24)
    assert refresh(world) == 1
    assert held(world, lab) == 130 * TOKEN
    assert world.kinds(lab).count("tokens.refreshed") == 2
    assert world.read(lambda unit: unit.ledger.balance(GRANTS)).posted == -130 * TOKEN


def test_refreshes_that_nobody_ran_are_made_up_and_shift_none_that_follow(world: Any) -> None:
    lab = world.organisation("lab")
    refresh(world)
    world.later(hours=24 * 3 + 20)
    assert refresh(world) == 1
    assert held(world, lab) == 130 * TOKEN
    world.later(hours=4)
    assert refresh(world) == 1


def test_tokens_pay_for_runs_and_who_has_spent_his_waits_for_the_next(world: Any) -> None:
    site = world.site("north", world.organisation("owner"), cpus=2)
    world.offer(site, 60 * TOKEN)
    lab = world.organisation("lab")
    refresh(world)
    first, second = world.submit(lab), world.submit(lab)
    world.alive()
    assert world.clear() == 1
    assert [world.job(job).state for job in (first, second)] == ["placed", "queued"]
    assert world.job(second).reason_code == "insufficient-funds"
    world.later(hours=24)
    refresh(world)
    world.alive(runs=(world.job(first).run,))
    assert world.clear() == 1
    assert world.job(second).state == "placed"

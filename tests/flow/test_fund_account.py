"""Money comes in, earmarked money pays within its limits, and what it did not pay goes back."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.errors import AlreadyExists, InsufficientFunds, VoucherUnusable
from gridtie.flow.expire_leases import expire_leases
from gridtie.flow.fund_account import expire_vouchers, revoke_voucher
from gridtie.flow.timetable import DUTIES
from gridtie.ledger.account import GRANTS
from gridtie.ledger.transfer import EXPIRE
from gridtie.values.money import parse_money
from gridtie.views.receipt import voucher_view

YUAN = 1_000_000


@pytest.fixture
def north(world: Any) -> Any:
    """A site that sells one core for 1.00 an hour."""
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN)
    return site


def grants(world: Any) -> int:
    return world.read(lambda unit: unit.ledger.balance(GRANTS).posted)


def expire(world: Any) -> int:
    [duty] = [duty for duty in DUTIES if duty.name == "expire vouchers"]
    return world.write(lambda unit: duty.verb(unit, world.exchange))


def test_an_expired_voucher_gives_back_what_it_did_not_spend_and_only_once(world: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN, days=2)
    assert grants(world) == -5 * YUAN
    world.later(days=2, milliseconds=-10)
    assert expire(world) == 0
    world.later(milliseconds=10)
    assert expire(world) == 1
    assert world.left_of(voucher).available == 0
    assert grants(world) == 0
    before = world.rows()
    assert expire(world) == 0
    assert world.rows() == before
    [fact] = [fact for fact in world.facts(voucher.id) if fact.kind == "voucher.expired"]
    assert (fact.organisation, fact.data["returned"]) == (buyer, "5.00")


def test_money_held_when_a_voucher_expires_pays_its_run_and_the_rest_goes_back_later(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN, days=1)
    world.later(hours=23, minutes=59)
    job, run = world.placed(buyer, budget={"pay_with": ("voucher:v",)})
    world.report(run, "accept", "start")
    world.later(minutes=30)
    assert expire(world) == 1
    assert (world.left_of(voucher).posted, world.left_of(voucher).available) == (YUAN, 0)
    world.report(run, "finish", "succeed", exit_code=0)
    [paid] = world.paid(job)
    assert 500_000 <= paid < 500_010
    assert world.earnings(north.owner).posted == paid
    assert expire(world) == 1
    assert world.left_of(voucher).posted == 0
    assert grants(world) == -paid


def test_what_returns_is_booked_as_expired(world: Any) -> None:
    world.voucher(world.organisation("buyer"), YUAN, days=1)
    world.later(days=1)
    expire(world)
    kinds = world.read(lambda unit: [data["kind"] for data, _, _ in unit.ledger.chain()])
    assert kinds == ["voucher-issue", EXPIRE]


def test_a_revoked_voucher_pays_no_new_job_and_its_free_money_goes_back_at_once(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN)
    job, run = world.placed(buyer, budget={"pay_with": ("voucher:v",)})
    world.report(run, "accept", "start")
    over = world.write(lambda unit: revoke_voucher(unit, unit.vouchers.find("v")))
    assert (world.left_of(voucher).posted, world.left_of(voucher).available) == (YUAN, 0)
    with pytest.raises(VoucherUnusable):
        world.submit(buyer, budget={"pay_with": ("voucher:v",)})
    before = world.rows()
    world.later(minutes=30)
    world.write(lambda unit: revoke_voucher(unit, unit.vouchers.find("v")))
    assert world.rows() == before
    world.report(run, "finish", "succeed", exit_code=0)
    expire(world)
    [paid] = world.paid(job)
    shown = world.read(lambda unit: voucher_view(unit, unit.vouchers.find("v")))
    assert (shown["state"], shown["revoked"], shown["left"]) == ("revoked", "4.00", "0.00")
    assert parse_money(shown["spent"]) == paid
    assert parse_money(shown["expired"]) == YUAN - paid
    assert over.window.end <= world.clock.now()
    world.check()


def test_a_voucher_has_one_name(world: Any) -> None:
    buyer = world.organisation("buyer")
    world.voucher(buyer, YUAN, name="AI-2026")
    before = world.rows()
    with pytest.raises(AlreadyExists):
        world.voucher(buyer, YUAN, name="AI-2026")
    assert world.rows() == before


def test_a_voucher_pays_first_and_the_balance_what_is_left(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer", balance=10 * YUAN)
    voucher = world.voucher(buyer, 400_000, max_unit_price=YUAN)
    _, run = world.placed(buyer, budget={"pay_with": ("voucher:v", "balance")})
    assert (world.left_of(voucher).held, world.balance(buyer).held) == (400_000, 600_000)
    world.ran(run, minutes=30)
    assert world.left_of(voucher).posted == 0
    assert 9_899_990 < world.balance(buyer).posted <= 9_900_000
    assert world.balance(buyer).held == 0


@pytest.mark.parametrize(
    "limits", [{"max_unit_price": YUAN - 1}, {"hubs": ("nmg",)}, {"chips": ("a100-80g",)}], ids=["price", "hub", "chip"]
)
def test_a_voucher_beyond_its_limits_is_passed_over_and_the_balance_pays(world: Any, north: Any, limits: Any) -> None:
    buyer = world.organisation("buyer", balance=10 * YUAN)
    voucher = world.voucher(buyer, 5 * YUAN, **limits)
    world.placed(buyer, budget={"pay_with": ("voucher:v", "balance")})
    assert (world.left_of(voucher).held, world.balance(buyer).held) == (0, YUAN)


def test_vouchers_alone_never_bid_above_their_highest_unit_price(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    world.voucher(buyer, 50 * YUAN, max_unit_price=YUAN - 1)
    job = world.submit(buyer, budget={"pay_with": ("voucher:v",)})
    assert world.clear() == 0
    assert world.job(job).reason_code == "voucher-price"
    world.offer(north, YUAN - 1)
    assert world.clear() == 1


def test_a_voucher_pays_only_for_the_purpose_it_was_given_for(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN, purpose="research")
    with pytest.raises(VoucherUnusable, match="only for jobs with the purpose research"):
        world.submit(buyer, budget={"pay_with": ("voucher:v",)})
    with pytest.raises(VoucherUnusable):
        world.submit(buyer, purpose="teaching", budget={"pay_with": ("voucher:v",)})
    world.placed(buyer, purpose="research", budget={"pay_with": ("voucher:v",)})
    assert world.left_of(voucher).held == YUAN


def test_an_expired_a_future_and_a_foreign_voucher_are_refused_and_nothing_is_kept(world: Any, north: Any) -> None:
    buyer, other = world.organisation("buyer"), world.organisation("other")
    world.voucher(other, 5 * YUAN, name="theirs")
    world.voucher(buyer, 5 * YUAN, name="old", days=1)
    world.later(days=1)
    world.member(buyer)
    before = world.rows()
    for name, words in (("theirs", "not yours"), ("old", "expired on 2026-01-02"), ("never", "not yours")):
        with pytest.raises(VoucherUnusable, match=words):
            world.submit(buyer, budget={"pay_with": (f"voucher:{name}",)})
    assert world.rows() == before


def test_a_voucher_that_expires_while_its_job_waits_does_not_pay(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN, days=1)
    job = world.submit(buyer, budget={"pay_with": ("voucher:v",)})
    world.later(days=1)
    world.alive()
    assert world.clear() == 0
    assert world.job(job).reason_code == "insufficient-funds"
    assert world.left_of(voucher).held == 0


def test_a_job_without_any_money_is_refused_and_told_what_it_named(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    with pytest.raises(InsufficientFunds) as refused:
        world.submit(buyer)
    assert refused.value.reason == "paid with balance"
    assert world.read(lambda unit: unit.jobs.open_count(buyer)) == 0


def test_the_money_of_a_lost_run_returns_to_the_voucher_it_came_from(world: Any, north: Any) -> None:
    buyer = world.organisation("buyer")
    voucher = world.voucher(buyer, 5 * YUAN)
    _, run = world.placed(buyer, on_disconnect="replace", budget={"pay_with": ("voucher:v",)})
    world.report(run, "accept", "start")
    world.later(seconds=120)
    assert world.write(lambda unit: expire_leases(unit, world.exchange)) == 1
    assert world.left_of(voucher).available == 5 * YUAN


def test_the_duty_runs_at_least_every_minute(world: Any) -> None:
    [duty] = [duty for duty in DUTIES if duty.name == "expire vouchers"]
    assert timedelta(seconds=duty.every_s(world.exchange.settings)) <= timedelta(minutes=1)
    world.write(expire_vouchers)

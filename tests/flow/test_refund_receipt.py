"""What proves lost is given back once: to its payers, with the fee, and the books still balance."""

from datetime import timedelta
from typing import Any

import pytest

from gridtie.errors import InsufficientFunds, NotFound
from gridtie.flow.refund_receipt import refund_receipt
from gridtie.ledger.account import FEES, earnings_of
from gridtie.ledger.transfer import PAYOUT, Transfer
from gridtie.values.ids import ReceiptId, TransferId
from gridtie.values.money import parse_money
from gridtie.values.period import Period, from_us

YUAN = 1_000_000


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"fee_ppm": 100_000}


@pytest.fixture
def ran(world: Any) -> Any:
    """An hour at 1.00, of which a voucher paid the first 0.40; the fee is a tenth."""
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN)
    buyer = world.organisation("buyer", balance=10 * YUAN)
    voucher = world.voucher(buyer, 400_000)
    job, run = world.placed(buyer, budget={"pay_with": ("voucher:v", "balance")})
    world.ran(run, hours=1)
    [row] = world.read(lambda unit: unit.receipts.of_job(job))
    return world, site.owner, buyer, voucher, ReceiptId(row.id), from_us(world.run(run).started_us)


def give(world: Any, key: str, lost: Period | None, reason: str = "outage") -> dict[str, Any]:
    return world.write(lambda unit: refund_receipt(unit, ReceiptId(key), lost=lost, reason=reason))


def test_lost_time_is_given_back_to_the_last_payer_first_with_the_fee_on_it(ran: Any) -> None:
    world, seller, buyer, voucher, key, start = ran
    before, spent = world.balance(buyer).posted, world.left_of(voucher).posted
    half = Period(start + timedelta(minutes=10), start + timedelta(minutes=40))
    answer = give(world, key, half)
    given = parse_money(answer["refunded"])
    assert given == pytest.approx(500_000, abs=1)  # three roundings, of the whole and of what is left of it
    assert answer["refunded_in_all"] == answer["refunded"]
    assert world.balance(buyer).posted - before == given
    assert world.left_of(voucher).posted == spent
    assert world.read(lambda unit: unit.ledger.balance(FEES).posted) == pytest.approx(50_000, abs=2)
    assert world.earnings(seller).posted == pytest.approx(450_000, abs=2)
    [fact] = [fact for fact in world.facts(key) if fact.kind == "receipt.refunded"]
    assert (fact.data["amount"], fact.data["reason"]) == (answer["refunded"], "outage")
    world.check()


def test_overlapping_losses_give_nothing_twice_and_all_of_it_is_what_was_billed(ran: Any) -> None:
    world, seller, buyer, voucher, key, start = ran
    give(world, key, Period(start, start + timedelta(minutes=30)))
    assert give(world, key, Period(start, start + timedelta(minutes=30)))["refunded"] == "0.00"
    again = give(world, key, Period(start + timedelta(minutes=15), start + timedelta(minutes=45)))
    assert parse_money(again["refunded"]) == pytest.approx(250_000, abs=1)
    whole = give(world, key, None)
    assert whole["refunded_in_all"] == whole["billed"]
    before = world.rows()
    assert give(world, key, None)["refunded"] == "0.00"
    assert world.rows() == before
    assert (world.left_of(voucher).posted, world.balance(buyer).posted) == (400_000, 10 * YUAN)
    assert world.earnings(seller).posted == 0
    world.check()


def test_time_that_was_not_billed_gives_nothing(ran: Any) -> None:
    world, _, _, _, key, start = ran
    before = world.rows()
    assert give(world, key, Period(start - timedelta(hours=2), start - timedelta(hours=1)))["refunded"] == "0.00"
    assert world.rows() == before


def test_a_seller_who_has_spent_his_earnings_cannot_give_back_what_he_has_not(ran: Any) -> None:
    world, seller, _, _, key, _ = ran
    earned = world.earnings(seller).posted
    gone = Transfer(
        id=TransferId(world.clock.new_id("tx")), debit=earnings_of(seller), credit="cash", amount=earned,
        kind=PAYOUT, at=world.clock.now(),
    )  # fmt: skip
    world.write(lambda unit: unit.ledger.post(gone))
    before = world.rows()
    with pytest.raises(InsufficientFunds):
        give(world, key, None)
    assert world.rows() == before


def test_a_receipt_that_is_not_there_is_not_found(world: Any) -> None:
    with pytest.raises(NotFound):
        give(world, "rcpt_none", None)

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gridtie.errors import AmountOutOfRange, HoldEnded, HoldExceeded, InsufficientFunds, TransferConflict
from gridtie.ledger.account import CASH, balance_of, earnings_of
from gridtie.ledger.balance import Balance, check_transfer, verify
from gridtie.ledger.transfer import DEPOSIT, GENESIS, HOLD, POST, REFUND, VOID, Transfer, chain_hash
from gridtie.values.ids import OrganisationId, TransferId, derived_id
from gridtie.values.money import MICROS_MAX

AT = datetime(2026, 5, 1, tzinfo=UTC)
LAB, FARM = (OrganisationId(derived_id("org", name)) for name in ("lab", "farm"))
PAYER, EARNING = balance_of(LAB), earnings_of(FARM)
FUNDS = {PAYER: Balance(credits=100)}


def tx(key: str, kind: str, amount: int, debit: str = PAYER, credit: str = EARNING, **rest: object) -> Transfer:
    return Transfer(
        id=TransferId(derived_id("tx", key)), debit=debit, credit=credit, amount=amount, kind=kind, at=AT, **rest
    )  # type: ignore[arg-type]


HELD = tx("h", HOLD, 60)


def chained(*transfers: Transfer) -> list[tuple[Transfer, str, str]]:
    rows, before = [], GENESIS
    for transfer in transfers:
        rows.append((transfer, before, chain_hash(before, transfer)))
        before = rows[-1][2]
    return rows


def test_an_amount_of_nothing_or_of_too_much_is_no_transfer():
    for amount in (0, -1, MICROS_MAX + 1):
        with pytest.raises(AmountOutOfRange):
            tx("a", DEPOSIT, amount)
    assert tx("a", DEPOSIT, MICROS_MAX).amount == MICROS_MAX


def test_an_account_is_never_filled_beyond_what_the_books_can_carry():
    full = {CASH: Balance(), PAYER: Balance(credits=MICROS_MAX - 1)}
    assert check_transfer(tx("a", DEPOSIT, 1, CASH, PAYER), full)
    with pytest.raises(AmountOutOfRange):
        check_transfer(tx("a", DEPOSIT, 2, CASH, PAYER), full)


def test_what_is_held_cannot_be_held_again():
    held = {PAYER: Balance(credits=100, held=60)}
    assert check_transfer(tx("b", HOLD, 40), held)
    with pytest.raises(InsufficientFunds) as refused:
        check_transfer(tx("b", HOLD, 41), held)
    assert refused.value.message == "needs a hold of 0.000041, 0.00004 is available"


@pytest.mark.parametrize("kind", [POST, VOID])
def test_a_hold_ends_once(kind):
    end = tx("p", kind, 60, pending=HELD.id)
    assert check_transfer(end, FUNDS, hold=HELD)
    with pytest.raises(HoldEnded, match="has ended already"):
        check_transfer(end, FUNDS, hold=HELD, hold_ended=True)
    with pytest.raises(HoldEnded, match="does not exist"):
        check_transfer(end, FUNDS)


@pytest.mark.parametrize(
    "end",
    [
        tx("p", POST, 61, pending=HELD.id),
        tx("p", POST, 5, PAYER, balance_of(FARM), pending=HELD.id),
        tx("p", POST, 5, balance_of(FARM), EARNING, pending=HELD.id),
        tx("p", VOID, 59, pending=HELD.id),
    ],
)
def test_a_hold_ends_between_its_accounts_and_within_its_amount(end):
    with pytest.raises(HoldExceeded):
        check_transfer(end, FUNDS, hold=HELD)
    opened = tx("d", DEPOSIT, 1000, CASH, PAYER), tx("e", DEPOSIT, 1000, CASH, balance_of(FARM))
    assert not verify(chained(*opened, HELD, end)).ok


def test_the_same_id_is_looked_at_before_everything_else():
    spent = {PAYER: Balance()}
    assert not check_transfer(HELD, spent, existing=HELD)
    with pytest.raises(TransferConflict, match="another amount"):
        check_transfer(replace(HELD, amount=61), spent, existing=HELD)


def test_a_post_may_use_the_very_money_that_its_hold_set_aside():
    all_held = {PAYER: Balance(credits=60, held=60)}
    assert check_transfer(tx("p", POST, 60, pending=HELD.id), all_held, hold=HELD)


DEPOSITED = tx("d", DEPOSIT, 100, CASH, PAYER)
PAID = tx("p", POST, 50, pending=HELD.id, run="run_1", receipt="rcpt_1")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((tx("x", "charge", 101),), "falls to"),
        ((HELD, PAID, replace(PAID, id=TransferId("tx_again"))), "ends a second time"),
        ((HELD, PAID, PAID), "stands twice"),
        ((tx("v", VOID, 60, pending=TransferId("tx_nothing")),), "does not exist"),
        (
            (
                HELD,
                PAID,
                tx("g", HOLD, 5),
                tx("q", POST, 5, pending=tx("g", HOLD, 5).id, run="run_1", receipt="rcpt_2"),
            ),
            "settled by rcpt_1 and by rcpt_2",
        ),
        ((HELD, PAID, tx("r", REFUND, 50, EARNING, balance_of(FARM), receipt="rcpt_1")), "more back than"),
        (
            (HELD, PAID, *(tx(key, "fee", 1, EARNING, "fees", receipt="rcpt_1") for key in "fg")),
            "has had its fee already",
        ),
    ],
)
def test_each_broken_law_is_named(wrong, words):
    result = verify(chained(DEPOSITED, *wrong))
    assert not result.ok
    assert any(words in sentence for sentence in result.broken), result.broken


def test_sound_books_verify_and_say_what_is_held_and_paid():
    result = verify(chained(DEPOSITED, HELD, PAID, tx("g", HOLD, 20)))
    assert result.ok
    assert (result.height, result.held, result.paid) == (4, 20, {"rcpt_1": 50})
    assert result.balances[PAYER] == Balance(credits=100, debits=50, held=20)
    assert verify([]).root == GENESIS


def test_a_row_that_cannot_be_read_is_named_not_raised():
    result = verify([({"id": "tx_1"}, GENESIS, "00"), ({"amount": "NaN"}, "00", "11")])
    assert sum("cannot be read" in sentence for sentence in result.broken) == 2


def test_books_that_lost_their_newest_rows_are_found_by_a_witness():
    rows = chained(DEPOSITED, HELD, PAID)
    assert verify(rows[:-1]).ok
    assert not verify(rows[:-1], witness=(3, rows[-1][2])).ok
    assert verify(rows, witness=(2, rows[1][2])).ok

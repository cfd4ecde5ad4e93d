from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gridtie.errors import NotFound
from gridtie.ledger.account import CASH, balance_of, bank_of, lent_to
from gridtie.ledger.transfer import GENESIS, Transfer, chain_hash, content, from_content
from gridtie.values.ids import OrganisationId, TransferId, derived_id, is_id

TRANSFER = Transfer(
    id=TransferId("tx_00000000000000000000000001"),
    debit=CASH,
    credit=balance_of(OrganisationId("org_00000000000000000000000001")),
    amount=9_007_199_254_740_993,  # 2⁵³ + 1: a JSON number would lose the last digit
    kind="deposit",
    at=datetime(2026, 5, 1, 12, 0, 0, 5, tzinfo=UTC),
    memo="wire 7",
)


def test_a_transfer_survives_its_stored_form_to_the_last_digit():
    assert content(TRANSFER)["amount"] == "9007199254740993"
    assert from_content(content(TRANSFER)) == TRANSFER


def test_the_first_link_of_the_chain_is_known():
    """A golden value: changing what is hashed, or how, breaks every ledger that exists."""
    expected = "19480f85694e011d55ed7a5731cf91d4b3920deb788cd8f867581a997b99538e"
    assert chain_hash(GENESIS, TRANSFER) == expected
    assert chain_hash(expected, TRANSFER) != expected


@pytest.mark.parametrize(
    "change", [{"kind": "gift"}, {"credit": CASH}, {"pending": TransferId("tx_1")}, {"kind": "post"}, {"kind": "void"}]
)
def test_a_transfer_that_makes_no_sense_cannot_be_made(change):
    with pytest.raises(ValueError):
        replace(TRANSFER, **change)


def test_an_account_outside_the_chart_cannot_be_paid():
    with pytest.raises(NotFound):
        replace(TRANSFER, credit="org:lab:balance")


def test_hours_cannot_be_paid_into_money_nor_into_hours_of_another_chip():
    lab = OrganisationId("org_00000000000000000000000001")
    hours = replace(TRANSFER, debit=lent_to(lab, "cpu"), credit=bank_of(lab, "cpu"), kind="bank-lend")
    assert hours.amount == TRANSFER.amount
    for credit in (balance_of(lab), bank_of(lab, "nv-h100")):
        with pytest.raises(ValueError, match="do not count the same"):
            replace(hours, credit=credit)


def test_derived_ids_are_ids_and_depend_on_where_a_part_ends():
    assert derived_id("tx", "ab", "c") == derived_id("tx", "ab", "c")
    assert derived_id("tx", "ab", "c") != derived_id("tx", "a", "bc")
    assert is_id("tx", derived_id("tx"))

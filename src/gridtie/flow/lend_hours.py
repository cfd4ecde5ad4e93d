"""The compute bank lends hours, and takes back first what a borrower earns."""

from typing import Any

from gridtie.ledger.account import asset_in, bank_of, lent_to
from gridtie.ledger.lending import lend, repay
from gridtie.metering.receipt import Receipt
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, TransferId
from gridtie.values.money import format_money


def lend_hours(unit: Unit, organisation: OrganisationId, chip: str, amount: int) -> dict[str, Any]:
    """Books a loan; what it may withdraw and owes afterwards."""
    key = TransferId(unit.new_id("tx"))
    unit.ledger.post(lend(organisation, chip, amount, key=key, at=unit.at))
    unit.note("bank.lent", key, organisation=organisation, chip=chip, hours=format_money(amount))
    return {
        "id": key,
        "organisation": organisation,
        "chip": chip,
        "hours": format_money(amount),
        "available": format_money(unit.ledger.balance(bank_of(organisation, chip)).available),
        "owed": format_money(-unit.ledger.balance(lent_to(organisation, chip)).posted),
    }


def repay_hours(unit: Unit, receipt: Receipt) -> None:
    """Once per receipt, however often it is called."""
    chip = asset_in(receipt.currency)
    hours, loan = (unit.ledger.balance(code(receipt.seller, chip)) for code in (bank_of, lent_to))
    if (back := repay(receipt, hours, loan, at=unit.at)) is not None:
        unit.ledger.post(back)

"""Hours that the compute bank lends, so that somebody can withdraw before anybody has deposited.

What was lent stands on an account of its own, below zero, and is paid back first out of what its borrower earns with
deposits. Without loans every account would wait for another one to begin.
"""

from datetime import datetime

from gridtie.ledger.account import asset_in, bank_of, lent_to
from gridtie.ledger.balance import Balance
from gridtie.ledger.transfer import LEND, REPAY, Transfer
from gridtie.metering.receipt import Receipt
from gridtie.values.ids import OrganisationId, TransferId, derived_id


def lend(organisation: OrganisationId, chip: str, amount: int, *, key: TransferId, at: datetime) -> Transfer:
    """`amount` in millionths of a reference hour. Raises AmountOutOfRange, NotFound for what is no chip."""
    return Transfer(
        id=key,
        debit=lent_to(organisation, chip),
        credit=bank_of(organisation, chip),
        amount=amount,
        kind=LEND,
        at=at,
        memo=f"lent by the bank, in hours of {chip}",
    )


def repay(receipt: Receipt, hours: Balance, loan: Balance, *, at: datetime) -> Transfer | None:
    """What of the hours that `receipt` just earned goes back to the bank; None: nothing is owed.

    `hours` and `loan` are the two accounts of the seller after the receipt was settled.
    """
    amount = min(int(receipt.amount), hours.available, -loan.posted)
    if amount <= 0:
        return None
    chip = asset_in(receipt.currency)
    return Transfer(
        id=TransferId(derived_id("tx", REPAY, receipt.id)),
        debit=bank_of(receipt.seller, chip),
        credit=lent_to(receipt.seller, chip),
        amount=amount,
        kind=REPAY,
        at=at,
        job=receipt.job,
        run=receipt.run,
        memo=f"pays back what the bank lent, from {receipt.id}",
    )

"""Time that was paid for and proves lost is given back: to who paid it, with the fee on it, and nothing twice."""

from collections.abc import Iterable
from typing import Any

from gridtie.ledger.account import asset_in, income_of, rounding_of
from gridtie.ledger.settlement import refund
from gridtie.ledger.transfer import REFUND, Transfer
from gridtie.metering.receipt import from_payload
from gridtie.store.journal import load, of_subject
from gridtie.store.unit import Unit
from gridtie.values.ids import ReceiptId
from gridtie.values.money import format_money
from gridtie.values.period import Period, from_text, to_text

REFUNDED = "receipt.refunded"


def refund_receipt(unit: Unit, key: ReceiptId, *, lost: Period | None, reason: str) -> dict[str, Any]:
    """What was given back now and in all. `lost` None: everything the receipt bills. Asking again changes nothing.

    The signed receipt stays as it is; the refund stands beside it in the ledger. Raises NotFound, and
    InsufficientFunds when the seller's earnings do not cover it.
    """
    row = unit.receipts.row(key)
    receipt = from_payload(load(row.envelope)["payload"])
    periods = [line.period for line in receipt.lines] if lost is None else [lost]
    known = [
        Period(from_text(start), from_text(end))
        for note in of_subject(unit.connection, key)
        if note.kind == REFUNDED
        for start, end in note.data["lost"]
    ]
    settled = unit.ledger.of_receipt(receipt.job, key)
    back = refund(receipt, [*known, *periods], settled, reason=reason, at=unit.at)
    for transfer in back:
        unit.ledger.post(transfer)
    asset = asset_in(receipt.currency)
    earnings, rounding = income_of(receipt.seller, asset), rounding_of(asset)
    given = _to_payers(back, earnings, rounding)
    if back:
        spans = [[to_text(period.start), to_text(period.end)] for period in periods]
        unit.note(REFUNDED, key, organisation=receipt.organisation, job=receipt.job, run=receipt.run,
                  amount=format_money(given), lost=spans, reason=reason)  # fmt: skip
    return {
        "receipt": key,
        "billed": format_money(receipt.amount),
        "refunded": format_money(given),
        "refunded_in_all": format_money(given + _to_payers(settled, earnings, rounding)),
    }


def _to_payers(transfers: Iterable[Transfer], earnings: str, rounding: str) -> int:
    return sum(t.amount for t in transfers if t.kind == REFUND and t.debit == earnings and t.credit != rounding)

"""A trade, its payers and its receipt become transfers: hold before, post after, fee and refund beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gridtie.errors import InsufficientFunds
from gridtie.ledger.account import FEES, earnings_of
from gridtie.ledger.transfer import HOLD, POST, VOID, Transfer
from gridtie.metering.receipt import Receipt
from gridtie.values.ids import OrganisationId, TransferId
from gridtie.values.money import format_money

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Payer:
    """An account that may pay, and how much of it is available now."""

    account: str
    available: int
    words: str  # 'voucher AI-2026', 'balance'


def derived_id(*parts: object) -> TransferId:
    """The same parts give the same id, so settling twice settles once."""
    text = "\x1f".join(str(part) for part in parts)
    return TransferId("tx_" + sha256(text.encode()).hexdigest()[:26])


def hold_for(
    needed: int, payers: Sequence[Payer], *, seller: OrganisationId, job: str, run: str, at: datetime, part: int = 0
) -> list[Transfer]:
    """Holds of `needed` micro-units over the payers in their order. Raises InsufficientFunds with what each has."""
    holds, missing = [], needed
    for payer in payers:
        share = min(missing, payer.available)
        if share <= 0:
            continue
        key = derived_id("hold", run, payer.account, part)
        holds.append(
            Transfer(
                id=key,
                debit=payer.account,
                credit=earnings_of(seller),
                amount=share,
                kind=HOLD,
                at=at,
                job=job,
                run=run,
                memo=f"held for {run}",
            )
        )
        missing -= share
    if missing > 0:
        have = sum(max(0, payer.available) for payer in payers)
        detail = ", ".join(f"{payer.words} {format_money(max(0, payer.available))}" for payer in payers) or "no payer"
        raise InsufficientFunds(needed=format_money(needed), available=format_money(have), detail=detail)
    return holds


def settle(
    receipt: Receipt, holds: Sequence[Transfer], *, seller: OrganisationId, fee_ppm: int, at: datetime
) -> list[Transfer]:
    """Posts the receipt's amount from the holds in their order, voids what is left, takes the fee from the seller.

    A receipt may not cost more than was held: the exchange holds more, or stops the run, before that happens, and
    what lies beyond is not billed.
    """
    transfers: list[Transfer] = []
    due = int(receipt.amount)
    for hold in holds:
        share: int = min(due, hold.amount)
        kind = POST if share > 0 else VOID
        transfers.append(
            Transfer(
                id=derived_id(kind, receipt.id, hold.id),
                debit=hold.debit,
                credit=hold.credit,
                amount=share if kind == POST else hold.amount,
                kind=kind,
                at=at,
                pending=hold.id,
                job=receipt.job,
                run=receipt.run,
                receipt=receipt.id if kind == POST else None,
                line=0 if kind == POST else None,
                memo=f"receipt {receipt.id}" if kind == POST else "returned unused",
            )
        )
        due -= share
    paid = receipt.amount - due
    fee = paid * fee_ppm // PPM
    if fee:
        transfers.append(
            Transfer(
                id=derived_id("fee", receipt.id),
                debit=earnings_of(seller),
                credit=FEES,
                amount=fee,
                kind="fee",
                at=at,
                job=receipt.job,
                run=receipt.run,
                receipt=receipt.id,
                line=1,
                memo=f"fee of {fee_ppm} ppm",
            )
        )
    return transfers


def billable_amount(receipt_amount: int, holds: Sequence[Transfer]) -> int:
    """Never more than was held for the run."""
    return min(receipt_amount, sum(hold.amount for hold in holds))

"""A trade, its payers and its receipt become transfers: hold before, post after, fee, rounding and refund beside.

Every id follows from what it settles, so doing it again books nothing. The buyer pays the sum of the receipt's
lines; the provider gets what the lines come to before each was rounded, to the whole micro-unit, less the fee on
what was paid; the difference is the rounding account's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridtie.errors import InsufficientFunds
from gridtie.ledger.account import FEES, MONEY, asset_in, income_of, rounding_of
from gridtie.ledger.transfer import FEE, HOLD, POST, REFUND, ROUND, VOID, Transfer
from gridtie.metering.receipt import RESIDUE_PER_MICRO, Receipt, without
from gridtie.values.ids import OrganisationId, TransferId, derived_id
from gridtie.values.money import ZERO, Micros, format_money, price_for
from gridtie.values.period import Period

PPM = 1_000_000
MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Payer:
    """An account that may pay, and how much of it is available now."""

    account: str
    available: int
    words: str  # 'voucher AI-2026', 'balance'


def _id(*parts: object) -> TransferId:
    return TransferId(derived_id("tx", *parts))


def hold_for(
    needed: int, payers: Sequence[Payer], *, seller: OrganisationId, job: str, run: str, at: datetime, part: int = 0,
    asset: str = MONEY,
) -> list[Transfer]:  # fmt: skip
    """Holds of `needed` micro-units over the payers in their order; `part` tells a run's later holds from its first.

    Raises InsufficientFunds with what each has.
    """
    holds, missing = [], needed
    for payer in payers:
        share = min(missing, payer.available)
        if share <= 0:
            continue
        holds.append(
            Transfer(
                id=_id(HOLD, run, payer.account, part),
                debit=payer.account,
                credit=income_of(seller, asset),
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


def needs_more(held: int, *, price: Micros, units: int, elapsed_us: int, ahead_us: int = MINUTE_US // 2) -> Micros:
    """What to hold besides `held` when a run outlasts its expected time; 0 while that covers the next `ahead_us`.

    A quarter of what is held, but at least what the run will have cost a minute from now.
    """
    due, _ = price_for(price, units, elapsed_us + ahead_us)
    if due <= held:
        return ZERO
    soon, _ = price_for(price, units, elapsed_us + MINUTE_US)
    return Micros(max(soon - held, held // 4, 1))


def settle(
    receipt: Receipt, holds: Sequence[Transfer], *, seller: OrganisationId, fee_ppm: int, at: datetime
) -> list[Transfer]:
    """Posts the receipt's amount from the holds, voids what is left, takes the fee from the seller, books rounding.

    Payers pay in the order in which they were first asked to hold, each with all it holds before the next pays. A
    receipt costs at most what was held (its `limit`). What the compute bank pays, in hours, bears no fee.
    """
    transfers: list[Transfer] = []
    due = int(receipt.amount)
    asked = list(dict.fromkeys(hold.debit for hold in holds))
    for hold in sorted(holds, key=lambda hold: asked.index(hold.debit)):
        share = min(due, hold.amount)
        if share <= 0:
            transfers += release([hold], at=at)
            continue
        transfers.append(
            Transfer(
                id=_id(POST, receipt.id, hold.id),
                debit=hold.debit,
                credit=hold.credit,
                amount=share,
                kind=POST,
                at=at,
                pending=hold.id,
                job=receipt.job,
                run=receipt.run,
                receipt=receipt.id,
                memo=f"receipt {receipt.id}",
            )
        )
        due -= share
    if due > 0:
        short = format_money(receipt.amount - due)
        raise InsufficientFunds(needed=format_money(receipt.amount), available=short, detail="held for the run")
    asset = asset_in(receipt.currency)
    earnings, rounding = income_of(seller, asset), rounding_of(asset)
    whole = whole_residue(receipt.residue)
    if whole:
        # First what the seller is due, so that the fee never finds too little.
        pair = (rounding, earnings) if whole > 0 else (earnings, rounding)
        transfers.append(
            _beside(receipt, ROUND, *pair, abs(whole), at, "what rounding its lines left", _id(ROUND, receipt.id))
        )
    if asset == MONEY and (fee := fee_of(receipt.amount + whole, fee_ppm)):
        memo = f"fee of {format_money(fee_ppm * 100)} %"
        transfers.append(_beside(receipt, FEE, earnings, FEES, fee, at, memo, _id(FEE, receipt.id)))
    return transfers


def fee_of(amount: int, fee_ppm: int) -> int:
    """Rounded down: what the fee does not reach stays with the seller."""
    return amount * fee_ppm // PPM


def whole_residue(residue: int) -> int:
    """Its whole micro-units, towards zero."""
    return residue // RESIDUE_PER_MICRO if residue >= 0 else -(-residue // RESIDUE_PER_MICRO)


def release(holds: Iterable[Transfer], *, at: datetime, memo: str = "returned unused") -> list[Transfer]:
    """Voids: everything held returns."""
    return [
        Transfer(
            id=_id(VOID, hold.id),
            debit=hold.debit,
            credit=hold.credit,
            amount=hold.amount,
            kind=VOID,
            at=at,
            pending=hold.id,
            job=hold.job,
            run=hold.run,
            memo=memo,
        )
        for hold in holds
    ]


def refund(
    receipt: Receipt, lost: Sequence[Period], settled: Sequence[Transfer], *, reason: str, at: datetime
) -> list[Transfer]:
    """Gives back what `receipt` billed for `lost`, the whole list of its lost intervals so far.

    `settled` is every transfer of this receipt up to now. What is due is the receipt's amount, less what it would be
    without `lost`, less what was given back before: asking again, or for time that overlaps, gives nothing twice.
    The last payer gets his money back first, so that earmarked money stays spent longest; the fee returns in
    proportion, and first, so that the seller is not asked for what the exchange has. Order matters when booking.
    """
    posts = [transfer for transfer in settled if transfer.kind == POST]
    if not posts:
        return []
    earnings, rounding = posts[0].credit, rounding_of(asset_in(receipt.currency))
    reduced = without(receipt, lost, reason)
    back = [t for t in settled if t.kind == REFUND and t.debit == earnings and t.credit != rounding]
    due = receipt.amount - reduced.amount - sum(transfer.amount for transfer in back)
    if due <= 0:
        return []
    transfers = []
    fee = sum(transfer.amount for transfer in settled if transfer.kind == FEE)
    fee_back = sum(transfer.amount for transfer in settled if transfer.kind == REFUND and transfer.debit == FEES)
    if (share := fee - fee_back - fee * reduced.amount // receipt.amount) > 0:
        key = _id(REFUND, receipt.id, FEES, fee_back)
        transfers.append(_beside(receipt, REFUND, FEES, earnings, share, at, reason, key))
    rounded = sum(
        transfer.amount * ((transfer.debit == rounding) - (transfer.credit == rounding)) for transfer in settled
    )
    if change := whole_residue(reduced.residue) - rounded:
        pair = (rounding, earnings) if change > 0 else (earnings, rounding)
        key = _id(REFUND, receipt.id, rounding, len(settled))
        transfers.append(_beside(receipt, REFUND, *pair, abs(change), at, reason, key))
    paid: dict[str, int] = {}
    for post in posts:
        paid[post.debit] = paid.get(post.debit, 0) + post.amount
    for payer in reversed(paid):
        before = sum(transfer.amount for transfer in back if transfer.credit == payer)
        if (share := min(due, paid[payer] - before)) > 0:
            key = _id(REFUND, receipt.id, payer, before)
            transfers.append(_beside(receipt, REFUND, earnings, payer, share, at, reason, key))
            due -= share
    return transfers


def _beside(
    receipt: Receipt, kind: str, debit: str, credit: str, amount: int, at: datetime, memo: str, key: TransferId
) -> Transfer:
    return Transfer(
        id=key,
        debit=debit,
        credit=credit,
        amount=amount,
        kind=kind,
        at=at,
        job=receipt.job,
        run=receipt.run,
        receipt=receipt.id,
        memo=memo,
    )

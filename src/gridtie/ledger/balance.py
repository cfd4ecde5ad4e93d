"""Balances as a fold over transfers, what may be booked next, and the proof that the books are right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridtie.errors import AmountOutOfRange, GridtieError, HoldEnded, HoldExceeded, InsufficientFunds, TransferConflict
from gridtie.ledger.account import FEES, MONEY, asset_of, may_overdraw, rounding_of
from gridtie.ledger.transfer import (
    FEE,
    FIELDS,
    GENESIS,
    HOLD,
    POST,
    REFUND,
    ROUND,
    VOID,
    Transfer,
    content,
    from_content,
    link,
)
from gridtie.values.money import MICROS_MAX, format_money


@dataclass(frozen=True, slots=True)
class Balance:
    """Micro-units. `available` is what may still be spent or held."""

    credits: int = 0
    debits: int = 0
    held: int = 0

    @property
    def posted(self) -> int:
        return self.credits - self.debits

    @property
    def available(self) -> int:
        return self.posted - self.held


def check_transfer(
    transfer: Transfer,
    balances: Mapping[str, Balance],
    *,
    existing: Transfer | None = None,
    hold: Transfer | None = None,
    hold_ended: bool = False,
) -> bool:
    """Whether to book `transfer`: False when the same one stands already. What is wrong is told in a fixed order.

    `existing` has the same id, `hold` is what `transfer.pending` names, ended or not; `balances` must hold at least
    the two accounts (a missing one is empty). `at` is not compared with an existing one: a repeat comes later.

    Raises TransferConflict, HoldEnded, HoldExceeded, AmountOutOfRange, InsufficientFunds.
    """
    if existing is not None:
        for name in FIELDS:
            if name != "at" and getattr(existing, name) != getattr(transfer, name):
                raise TransferConflict(key=transfer.id, field=name)
        return False
    if transfer.pending is not None:
        _check_end(transfer, hold, ended=hold_ended)
    debit, credit = (balances.get(code, Balance()) for code in (transfer.debit, transfer.credit))
    if transfer.kind == VOID:
        return True
    if transfer.kind != HOLD and max(debit.debits, credit.credits) + transfer.amount > MICROS_MAX:
        raise AmountOutOfRange(amount=format_money(transfer.amount), reason="the account's total would not fit")
    have = debit.available + (hold.amount if hold is not None else 0)
    if not may_overdraw(transfer.debit) and transfer.amount > have:
        raise InsufficientFunds(
            needed=format_money(transfer.amount), available=format_money(max(0, have)), detail=f"from {transfer.debit}"
        )
    return True


def _check_end(transfer: Transfer, hold: Transfer | None, *, ended: bool) -> None:
    if hold is None or hold.kind != HOLD:
        raise HoldEnded(key=transfer.pending, reason="does not exist")
    if ended:
        raise HoldEnded(key=hold.id, reason="has ended already")
    needed = format_money(transfer.amount)
    if (transfer.debit, transfer.credit) != (hold.debit, hold.credit):
        raise HoldExceeded(key=hold.id, needed=needed, reason="it is between other accounts")
    if transfer.amount > hold.amount:
        raise HoldExceeded(key=hold.id, needed=needed, reason=f"it is of {format_money(hold.amount)}")
    if transfer.kind == VOID and transfer.amount != hold.amount:
        raise HoldExceeded(key=hold.id, needed=needed, reason="a void returns all of it")


@dataclass
class Fold:
    """Transfers applied one after the other. `broken` collects every law that one of them violates."""

    balances: dict[str, Balance] = field(default_factory=dict)
    holds: dict[str, Transfer] = field(default_factory=dict)  # still pending
    paid: dict[str, int] = field(default_factory=dict)  # by receipt, refunds not taken off
    broken: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _once: set[tuple[str, str]] = field(default_factory=set)  # (receipt, fee or rounding)
    _receipt_of: dict[str, str] = field(default_factory=dict)  # by run
    _refundable: dict[tuple[str, str], int] = field(default_factory=dict)  # by (receipt, who paid it)

    def apply(self, transfer: Transfer) -> None:
        if transfer.id in self._seen:
            self.broken.append(f"{transfer.id} stands twice")
        self._seen.add(transfer.id)
        if transfer.kind == HOLD:
            self.holds[transfer.id] = transfer
            self._add(transfer.debit, held=transfer.amount)
        elif transfer.kind in (POST, VOID):
            self._end_hold(transfer)
        else:
            self._move(transfer)
        if transfer.receipt is not None:
            self._settle(transfer, transfer.receipt)

    def _end_hold(self, transfer: Transfer) -> None:
        assert transfer.pending is not None
        hold = self.holds.pop(transfer.pending, None)
        if hold is None:
            again = "ends a second time" if transfer.pending in self._ended else "does not exist"
            self.broken.append(f"{transfer.id}: the hold {transfer.pending} {again}")
        else:
            self._ended.add(hold.id)
            self._add(hold.debit, held=-hold.amount)
            try:
                _check_end(transfer, hold, ended=False)
            except HoldExceeded as wrong:
                self.broken.append(f"{transfer.id}: {wrong.message}")
        if transfer.kind == POST:
            self._move(transfer)

    def _settle(self, transfer: Transfer, receipt: str) -> None:
        """Each run is settled by one receipt, which takes one fee, and gives back at most what each payer paid."""
        if transfer.kind == POST:
            self.paid[receipt] = self.paid.get(receipt, 0) + transfer.amount
            self._refund(receipt, transfer.debit, transfer.amount)
            if transfer.run is not None and self._receipt_of.setdefault(transfer.run, receipt) != receipt:
                self.broken.append(f"{transfer.run} is settled by {self._receipt_of[transfer.run]} and by {receipt}")
        elif transfer.kind in (FEE, ROUND):
            if (receipt, transfer.kind) in self._once:
                self.broken.append(f"{transfer.id}: {receipt} has had its {transfer.kind} already")
            self._once.add((receipt, transfer.kind))
            if transfer.kind == FEE:
                self._refund(receipt, FEES, transfer.amount)
        elif transfer.kind == REFUND and rounding_of(asset_of(transfer.debit)) not in (transfer.debit, transfer.credit):
            payer = FEES if transfer.debit == FEES else transfer.credit
            if self._refund(receipt, payer, -transfer.amount) < 0:
                self.broken.append(f"{transfer.id} gives {payer} more back than {receipt} took")

    def _refund(self, receipt: str, payer: str, change: int) -> int:
        left = self._refundable.get((receipt, payer), 0) + change
        self._refundable[receipt, payer] = left
        return left

    def _move(self, transfer: Transfer) -> None:
        self._add(transfer.debit, debits=transfer.amount)
        self._add(transfer.credit, credits=transfer.amount)

    def _add(self, code: str, *, credits: int = 0, debits: int = 0, held: int = 0) -> None:
        old = self.balances.get(code, Balance())
        new = Balance(old.credits + credits, old.debits + debits, old.held + held)
        self.balances[code] = new
        if new.available < 0 and (debits or held > 0) and not may_overdraw(code):
            self.broken.append(f"{code} falls to {format_money(new.available)}")
        if new.credits > MICROS_MAX or new.debits > MICROS_MAX:
            self.broken.append(f"{code} has moved more than the books can carry")


@dataclass(frozen=True, slots=True)
class Verification:
    ok: bool
    height: int
    root: str
    broken: tuple[str, ...]
    balances: Mapping[str, Balance]
    held: int  # of money
    paid: Mapping[str, int]  # by receipt


def verify(
    rows: Iterable[tuple[Transfer | Mapping[str, Any], str, str]], *, witness: tuple[int, str] | None = None
) -> Verification:
    """Recomputes everything from (transfer or its stored content, previous hash, hash) in order.

    Checks the chain; that no account that may not is ever below zero while holds count; that each hold ends once,
    between its own accounts, and posts at most what it held; that a run is settled by one receipt and a receipt
    gives back at most what it took; that the balances of each asset sum to zero. A row that cannot be read is named,
    not raised.
    A chain alone cannot show that its newest rows are gone: `witness` is a (height, root) known from before.
    """
    fold, previous, height, seen = Fold(), GENESIS, 0, witness is None or witness[0] == 0
    for row, before, stored in rows:
        height += 1
        data = content(row) if isinstance(row, Transfer) else row
        try:
            if before != previous or link(previous, data) != stored:
                fold.broken.append(f"the chain breaks at number {height} ({data.get('id')})")
            fold.apply(row if isinstance(row, Transfer) else from_content(row))
        except (GridtieError, ValueError, TypeError, KeyError, AttributeError) as unreadable:
            fold.broken.append(f"number {height} cannot be read: {unreadable}")
        previous = stored
        if witness is not None and height == witness[0]:
            seen = stored == witness[1]
    if not seen and witness is not None:
        fold.broken.append(f"the books do not contain what was witnessed at number {witness[0]}")
    totals: dict[str, int] = {}
    for code, balance in fold.balances.items():
        totals[asset_of(code)] = totals.get(asset_of(code), 0) + balance.posted
    for asset, total in totals.items():
        if total:
            unit = f"micro-hours of {asset}" if asset else "micro-units"
            fold.broken.append(f"debits and credits differ by {total} {unit}")
    held = sum(balance.held for code, balance in fold.balances.items() if asset_of(code) == MONEY)
    return Verification(not fold.broken, height, previous, tuple(fold.broken), fold.balances, held, fold.paid)

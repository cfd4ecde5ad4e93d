"""Balances as a fold over transfers, and the proof that the books are right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gridtie.ledger.account import may_overdraw
from gridtie.ledger.transfer import GENESIS, HOLD, POST, VOID, Transfer, chain_hash


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


@dataclass
class Fold:
    """Transfers applied one after the other. `broken` collects every law that one of them violates."""

    balances: dict[str, Balance] = field(default_factory=dict)
    holds: dict[str, Transfer] = field(default_factory=dict)  # still pending
    broken: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _settled: set[tuple[str, int, str]] = field(default_factory=set)

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
        if transfer.receipt is not None and transfer.line is not None:
            key = (transfer.receipt, transfer.line, transfer.debit + transfer.kind)
            if key in self._settled:
                self.broken.append(f"line {transfer.line} of {transfer.receipt} is settled twice from {transfer.debit}")
            self._settled.add(key)

    def _end_hold(self, transfer: Transfer) -> None:
        assert transfer.pending is not None
        hold = self.holds.pop(transfer.pending, None)
        if hold is None:
            again = "ends a second time" if transfer.pending in self._ended else "does not exist"
            self.broken.append(f"{transfer.id}: the hold {transfer.pending} {again}")
            return
        self._ended.add(transfer.pending)
        self._add(hold.debit, held=-hold.amount)
        if transfer.kind == VOID:
            return
        if transfer.amount > hold.amount or transfer.debit != hold.debit:
            self.broken.append(f"{transfer.id} posts more than {hold.id} holds, or from another account")
        self._move(transfer)

    def _move(self, transfer: Transfer) -> None:
        self._add(transfer.debit, debits=transfer.amount)
        self._add(transfer.credit, credits=transfer.amount)

    def _add(self, code: str, *, credits: int = 0, debits: int = 0, held: int = 0) -> None:
        old = self.balances.get(code, Balance())
        new = Balance(old.credits + credits, old.debits + debits, old.held + held)
        self.balances[code] = new
        if new.available < 0 and not may_overdraw(code) and (debits or held > 0):
            self.broken.append(f"{code} falls to {new.available} micro-units")


@dataclass(frozen=True, slots=True)
class Verification:
    ok: bool
    height: int
    root: str
    broken: tuple[str, ...]
    balances: Mapping[str, Balance]
    held: int


def verify(rows: Iterable[tuple[Transfer, str, str]]) -> Verification:
    """Recomputes everything from (transfer, previous hash, hash) in order.

    Checks the chain, that no account that may not is ever below zero while holds count, that each hold ends once
    and posts at most what it held, that no receipt line is settled twice, and that all balances sum to zero.
    """
    fold, previous, height = Fold(), GENESIS, 0
    for transfer, before, stored in rows:
        height += 1
        if before != previous or chain_hash(previous, transfer) != stored:
            fold.broken.append(f"the chain breaks at number {height} ({transfer.id})")
        previous = stored
        fold.apply(transfer)
    total = sum(balance.posted for balance in fold.balances.values())
    if total:
        fold.broken.append(f"debits and credits differ by {total} micro-units")
    held = sum(balance.held for balance in fold.balances.values())
    return Verification(not fold.broken, height, previous, tuple(fold.broken), fold.balances, held)

"""Immutable two-sided postings, in a chain of hashes. A correction is a new transfer, never a changed one.

Money in two phases: a *hold* sets aside; it ends once, by a *post* of what was used (the rest returns by itself)
or by a *void*. Every other kind moves money at once.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from gridtie.ledger.account import check_code
from gridtie.values.canonical import canonical
from gridtie.values.ids import TransferId
from gridtie.values.money import MICROS_MAX
from gridtie.values.period import from_text, to_text

GENESIS = "0" * 64
HOLD, POST, VOID = "hold", "post", "void"
IMMEDIATE = ("deposit", "charge", "refund", "fee", "rounding", "voucher-issue", "voucher-expire", "payout")
KINDS = (HOLD, POST, VOID, *IMMEDIATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """`amount` micro-units from `debit` to `credit`. The caller makes the id, so a repeated call is harmless."""

    id: TransferId
    debit: str
    credit: str
    amount: int
    kind: str
    at: datetime
    pending: TransferId | None = None  # the hold that a post or void ends
    job: str | None = None
    run: str | None = None
    receipt: str | None = None
    line: int | None = None  # of the receipt: each line is settled once per payer
    memo: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is not a kind of transfer")
        if not 0 <= self.amount <= MICROS_MAX:
            raise ValueError(f"an amount of {self.amount} micro-units cannot be booked")
        if self.debit == self.credit:
            raise ValueError(f"{self.debit} cannot pay itself")
        if (self.kind in (POST, VOID)) != (self.pending is not None):
            raise ValueError(f"a {self.kind} {'needs' if self.kind in (POST, VOID) else 'has no'} hold")
        check_code(self.debit)
        check_code(self.credit)


def content(transfer: Transfer) -> dict[str, Any]:
    """What is hashed and stored; amounts as strings, since JSON carries integers exactly only to 2⁵³."""
    return {
        "id": transfer.id,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount": str(transfer.amount),
        "kind": transfer.kind,
        "at": to_text(transfer.at),
        "pending": transfer.pending,
        "job": transfer.job,
        "run": transfer.run,
        "receipt": transfer.receipt,
        "line": transfer.line,
        "memo": transfer.memo,
    }


def from_content(data: dict[str, Any]) -> Transfer:
    return Transfer(**{**data, "amount": int(data["amount"]), "at": from_text(data["at"])})


def chain_hash(previous: str, transfer: Transfer) -> str:
    """SHA-256 over the hash before and the canonical content."""
    return sha256(previous.encode("ascii") + b"\n" + canonical(content(transfer))).hexdigest()

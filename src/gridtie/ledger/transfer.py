"""Immutable two-sided postings, in a chain of hashes. A correction is a new transfer, never a changed one.

Money in two phases: a *hold* sets aside; it ends once, by a *post* of what was used (the rest returns by itself)
or by a *void*. Every other kind moves money at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from gridtie.errors import AmountOutOfRange
from gridtie.ledger.account import asset_of
from gridtie.values.canonical import canonical
from gridtie.values.ids import TransferId
from gridtie.values.money import MICROS_MAX, format_money
from gridtie.values.period import from_text, to_text

GENESIS = "0" * 64
HOLD, POST, VOID = "hold", "post", "void"
DEPOSIT, CHARGE, REFUND, FEE, ROUND, PAYOUT = "deposit", "charge", "refund", "fee", "rounding", "payout"
ISSUE, EXPIRE, REVOKE = "voucher-issue", "voucher-expire", "voucher-revoke"
LEND, REPAY = "bank-lend", "bank-repay"
REFRESH, LAPSE = "token-refresh", "token-lapse"
IMMEDIATE = (DEPOSIT, CHARGE, REFUND, FEE, ROUND, ISSUE, EXPIRE, REVOKE, PAYOUT, LEND, REPAY, REFRESH, LAPSE)
KINDS = (HOLD, POST, VOID, *IMMEDIATE)
FIELDS = ("id", "debit", "credit", "amount", "kind", "at", "pending", "job", "run", "receipt", "memo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """`amount` micro-units from `debit` to `credit`, 1 to 2⁶³−1. The caller makes the id, so a repeat is harmless.

    Raises AmountOutOfRange, NotFound for an account that is not in the chart, ValueError for a kind, a pair of
    accounts or a hold that makes no sense.
    """

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
    memo: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is not a kind of transfer")
        if not 1 <= self.amount <= MICROS_MAX:
            reason = "it moves nothing forward" if self.amount < 1 else "it is more than the books can carry"
            raise AmountOutOfRange(amount=format_money(self.amount), reason=reason)
        if self.debit == self.credit:
            raise ValueError(f"{self.debit} cannot pay itself")
        if (self.kind in (POST, VOID)) != (self.pending is not None):
            raise ValueError(f"a {self.kind} {'needs a' if self.kind in (POST, VOID) else 'ends no'} hold")
        if asset_of(self.debit) != asset_of(self.credit):
            raise ValueError(f"{self.debit} and {self.credit} do not count the same")


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
        "memo": transfer.memo,
    }


def from_content(data: Mapping[str, Any]) -> Transfer:
    return Transfer(**{**data, "amount": int(data["amount"]), "at": from_text(data["at"])})


def link(previous: str, data: Mapping[str, Any]) -> str:
    """SHA-256 over the hash before and the canonical form of a content."""
    return sha256(previous.encode("ascii") + b"\n" + canonical(data)).hexdigest()


def chain_hash(previous: str, transfer: Transfer) -> str:
    return link(previous, content(transfer))

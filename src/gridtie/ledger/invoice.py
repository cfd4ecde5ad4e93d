"""A statement read off the ledger: opening balance, every line of a period, closing balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gridtie.ledger.transfer import HOLD, VOID, Transfer
from gridtie.values.money import format_money
from gridtie.values.period import Period, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    transfer: Transfer
    amount: int  # signed: what it changed for this organisation
    balance: int  # after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    accounts: tuple[str, ...]
    period: Period
    opening: int
    lines: tuple[StatementLine, ...]
    closing: int


def statement(transfers: Iterable[Transfer], accounts: tuple[str, ...], period: Period) -> Statement:
    """Over all `accounts` of one organisation together; holds are not money moved, so they do not appear."""
    opening = balance = 0
    lines = []
    for transfer in transfers:
        if transfer.kind in (HOLD, VOID) or transfer.at >= period.end:
            continue
        change = transfer.amount * ((transfer.credit in accounts) - (transfer.debit in accounts))
        if not change:
            continue
        balance += change
        if transfer.at < period.start:
            opening = balance
        else:
            lines.append(StatementLine(transfer=transfer, amount=change, balance=balance))
    closing = lines[-1].balance if lines else opening
    return Statement(accounts=accounts, period=period, opening=opening, lines=tuple(lines), closing=closing)


def to_json(made: Statement) -> dict[str, Any]:
    """With FOCUS column names beside ours where they mean the same."""
    return {
        "from": to_text(made.period.start),
        "to": to_text(made.period.end),
        "opening": format_money(made.opening),
        "closing": format_money(made.closing),
        "lines": [
            {
                "at": to_text(line.transfer.at),
                "kind": line.transfer.kind,
                "job": line.transfer.job,
                "receipt": line.transfer.receipt,
                "amount": format_money(line.amount),
                "BilledCost": format_money(-line.amount),
                "ChargeClass": "Correction" if line.transfer.kind == "refund" else None,
                "balance": format_money(line.balance),
                "memo": line.transfer.memo,
            }
            for line in made.lines
        ],
    }

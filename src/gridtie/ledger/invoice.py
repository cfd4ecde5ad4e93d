"""A statement read off the ledger: opening balance, every line of a period, closing balance."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gridtie.ledger.account import parse_account
from gridtie.ledger.transfer import EXPIRE, FEE, HOLD, ISSUE, POST, REFUND, REVOKE, VOID, Transfer
from gridtie.metering.receipt import RESIDUE_PER_MICRO, Receipt
from gridtie.values.money import format_money
from gridtie.values.period import Period, to_text

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    transfer: Transfer
    amount: int  # signed: what it changed for this organisation
    balance: int  # after it
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """opening + every line's amount = closing. `residue`: what rounding left of the receipts in it, in 1/3.6e9
    micro-units; each line of a receipt leaves at most half a micro-unit."""

    accounts: tuple[str, ...]
    period: Period
    opening: int
    lines: tuple[StatementLine, ...]
    closing: int
    residue: int
    currency: str


def statement(
    transfers: Iterable[Transfer],
    accounts: tuple[str, ...],
    period: Period,
    *,
    receipts: Mapping[str, Receipt] | None = None,
    currency: str = "CNY",
) -> Statement:
    """Over all `accounts` of one organisation together, `transfers` in the ledger's order.

    Holds are not money moved, so they do not appear. With `receipts` by id, a line says what it was for.
    """
    known = receipts or {}
    opening, moves = 0, []
    for transfer in transfers:
        change = transfer.amount * ((transfer.credit in accounts) - (transfer.debit in accounts))
        if transfer.kind in (HOLD, VOID) or not change:
            continue
        if transfer.at < period.start:
            opening += change
        elif transfer.at < period.end:
            moves.append((transfer, change))
    lines, balance = [], opening
    for transfer, change in moves:
        balance += change
        receipt = known.get(transfer.receipt or "")
        lines.append(StatementLine(transfer=transfer, amount=change, balance=balance, receipt=receipt))
    settled = {line.receipt.id: line.receipt.residue for line in lines if line.receipt and line.transfer.kind == POST}
    return Statement(
        accounts=accounts,
        period=period,
        opening=opening,
        lines=tuple(lines),
        closing=balance,
        residue=sum(settled.values()),
        currency=currency,
    )


def to_json(made: Statement) -> dict[str, Any]:
    """With the column names of FOCUS 1.2 beside ours where they mean the same."""
    return {
        "from": to_text(made.period.start),
        "to": to_text(made.period.end),
        "currency": made.currency,
        "opening": format_money(made.opening),
        "closing": format_money(made.closing),
        "rounding_residue_micros": str(round(Decimal(made.residue) / RESIDUE_PER_MICRO, 6)),
        "lines": [_row(made, line) for line in made.lines],
    }


def _row(made: Statement, line: StatementLine) -> dict[str, Any]:
    transfer = line.transfer
    return {
        "at": to_text(transfer.at),
        "kind": transfer.kind,
        "job": transfer.job,
        "receipt": transfer.receipt,
        "amount": format_money(line.amount),
        "balance": format_money(line.balance),
        "memo": transfer.memo,
        **_focus(made, line),
    }


def _focus(made: Statement, line: StatementLine) -> dict[str, Any]:
    """FOCUS speaks of costs only: money that came in is no charge, and a voucher is what reduces the bill."""
    transfer, cost = line.transfer, -line.amount
    account = transfer.debit if cost > 0 else transfer.credit
    kind = parse_account(account).kind
    charge = transfer.kind in (POST, REFUND, FEE) and (kind in ("balance", "voucher") or transfer.kind == FEE)
    row: dict[str, Any] = {
        "BillingCurrency": made.currency,
        "BillingPeriodStart": to_text(made.period.start),
        "BillingPeriodEnd": to_text(made.period.end),
        "ChargeCategory": "Usage" if charge else _category(transfer.kind),
        "ChargeClass": "Correction" if transfer.kind == REFUND else None,
        "ChargeDescription": transfer.memo or transfer.kind,
        "ChargePeriodStart": None,
        "ChargePeriodEnd": None,
        "ContractedCost": format_money(cost) if charge else None,
        "BilledCost": (format_money(0 if kind == "voucher" else cost)) if charge else None,
        "ResourceId": transfer.job,
        "RegionName": None,
        "PricingUnit": None,
        "ContractedUnitPrice": None,
    }
    if line.receipt is not None and line.receipt.lines:
        row["ChargePeriodStart"] = to_text(line.receipt.lines[0].period.start)
        row["ChargePeriodEnd"] = to_text(line.receipt.lines[-1].period.end)
        row["RegionName"] = line.receipt.site_name
        row["PricingUnit"] = line.receipt.unit
        row["ContractedUnitPrice"] = format_money(line.receipt.price)
    return row


def _category(kind: str) -> str | None:
    return "Credit" if kind in (ISSUE, EXPIRE, REVOKE) else None


def to_csv(made: Statement) -> str:
    """The lines as CSV with a header. Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    out = io.StringIO()
    rows = [_row(made, line) for line in made.lines]
    columns = list(rows[0]) if rows else ["at", "kind", "job", "receipt", "amount", "balance", "memo"]
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text

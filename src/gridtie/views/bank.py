"""The compute bank as the faces show it. Amounts are reference hours of a chip."""

from typing import Any

from gridtie.ledger.account import bank_of, lent_to, parse_account
from gridtie.ledger.invoice import statement
from gridtie.ledger.transfer import from_content
from gridtie.market.bank import Deposit, explained, rate_of
from gridtie.registry.parts import unit_of
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId
from gridtie.values.money import format_money
from gridtie.values.period import Period, to_text
from gridtie.views.receipt import hour_codes


def deposit_view(deposit: Deposit) -> dict[str, Any]:
    return {
        "id": deposit.id,
        "state": deposit.state,
        "resource": deposit.resource,
        "organisation": deposit.owner,
        "chip": deposit.chip,
        "from": to_text(deposit.window.start),
        "until": to_text(deposit.window.end),
        "units_max": deposit.units_max,
    }


def rates_view(unit: Unit, *, chip: str | None) -> list[dict[str, Any]]:
    """What a unit-hour of each certified resource earns and costs, and from which certificates that follows."""
    open_now = {deposit.resource for deposit in unit.bank.deposits() if deposit.window.contains(unit.at)}
    capacities = unit.market.capacities(lambda _: True).values()
    chips = {capacity.chip for capacity in capacities if chip in (None, capacity.chip)}
    references = {one: unit.bank.reference(one) for one in chips}
    rows = []
    for capacity in capacities:
        reference = references.get(capacity.chip)
        if reference is None or not capacity.score or not capacity.in_market:
            continue
        kind = unit_of(capacity.chip)
        rows.append(
            {
                "chip": capacity.chip,
                "resource": capacity.resource,
                "site": capacity.site_name,
                "hub": capacity.hub,
                "unit": kind,
                "score": capacity.score,
                "reference": reference.score,
                "reference_certificate": reference.certificate,
                "rate": format_money(rate_of(capacity.score, reference.score)),
                "deposited": capacity.resource in open_now,
                "because": explained(
                    unit=kind, score=capacity.score, reference=reference.score, certificate=reference.certificate
                ),
            }
        )
    return sorted(rows, key=lambda row: (row["chip"], row["site"], row["resource"]))


def bank_statement(unit: Unit, organisation: OrganisationId, period: Period, *, chip: str | None) -> dict[str, Any]:
    """One account per chip, with what it owes the bank now."""
    chips = sorted({parse_account(code).asset for code in hour_codes(unit, organisation)})
    return {
        "organisation": unit.parties.organisation(organisation).name,
        "from": to_text(period.start),
        "to": to_text(period.end),
        "accounts": [_account(unit, organisation, period, one) for one in chips if chip in (None, one)],
    }


def _account(unit: Unit, organisation: OrganisationId, period: Period, chip: str) -> dict[str, Any]:
    code = bank_of(organisation, chip)
    transfers = [from_content(load(row.document)) for row in unit.ledger.of_accounts([code])]
    made = statement(transfers, (code,), period, currency=f"hours of {chip}")
    lines = [
        {
            "at": to_text(line.transfer.at),
            "kind": line.transfer.kind,
            "job": line.transfer.job,
            "receipt": line.transfer.receipt,
            "amount": format_money(line.amount),
            "balance": format_money(line.balance),
            "memo": line.transfer.memo,
        }
        for line in made.lines
    ]
    return {
        "chip": chip,
        "opening": format_money(made.opening),
        "lines": lines,
        "closing": format_money(made.closing),
        "held": format_money(unit.ledger.balance(code).held),
        "owed": format_money(-unit.ledger.balance(lent_to(organisation, chip)).posted),
    }

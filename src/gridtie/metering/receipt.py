"""What a run delivered and what it costs, as exchange and site both sign it. Anyone can recompute it from its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.errors import InvalidSignature
from gridtie.identity.signing import Envelope, Verify
from gridtie.metering.usage import Usage
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, RunId, SiteId
from gridtie.values.money import Micros, format_money, parse_money, price_for
from gridtie.values.period import Period, from_text, to_text
from gridtie.values.quantity import format_duration

KIND = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Amounts in micro-units. `residue` is what rounding left, in 1/3.6e9 micro-units (see money.price_for)."""

    id: ReceiptId
    run: RunId
    job: JobId
    epoch: int
    organisation: OrganisationId
    seller: OrganisationId
    site: SiteId
    site_name: str
    state: str  # how the run ended
    unit: str
    units: int
    price: Micros
    currency: str
    usage: Usage
    amount: Micros
    residue: int


def make_receipt(*, limit: int | None, **facts: Any) -> Receipt:
    """The receipt of one run. `limit` caps the amount (what was held, or the job's whole budget)."""
    usage: Usage = facts["usage"]
    amount, residue = Micros(0), 0
    if usage.billed is not None:
        amount, residue = price_for(facts["price"], facts["units"], usage.billed.duration_us)
    if limit is not None and amount > limit:
        amount, residue = Micros(limit), 0
    return Receipt(amount=amount, residue=residue, **facts)


def payload(receipt: Receipt) -> dict[str, Any]:
    billed = receipt.usage.billed
    return {
        "receipt": receipt.id,
        "run": receipt.run,
        "job": receipt.job,
        "epoch": receipt.epoch,
        "organisation": receipt.organisation,
        "seller": receipt.seller,
        "site": receipt.site,
        "site_name": receipt.site_name,
        "state": receipt.state,
        "unit": receipt.unit,
        "units": receipt.units,
        "price": format_money(receipt.price),
        "currency": receipt.currency,
        "billed": None if billed is None else {"start": to_text(billed.start), "end": to_text(billed.end)},
        "waived": [
            {"start": to_text(w.period.start), "end": to_text(w.period.end), "reason": w.reason}
            for w in receipt.usage.waived
        ],
        "amount": format_money(receipt.amount),
        "residue": str(receipt.residue),
    }


def check_receipt(envelope: Envelope, keys: Mapping[str, bytes], verify: Verify) -> None:
    """Raises InvalidSignature unless every role of `keys` signed it and the amount follows from its own lines.

    An amount below price × units × time is allowed (a budget capped it), one above never.
    """
    for role, key in keys.items():
        envelope.check(role, key, verify)
    data = envelope.payload
    highest = Micros(0)
    if data["billed"] is not None:
        period = Period(from_text(data["billed"]["start"]), from_text(data["billed"]["end"]))
        highest, _ = price_for(parse_money(data["price"]), data["units"], period.duration_us)
    if not 0 <= parse_money(data["amount"]) <= highest:
        raise InvalidSignature(subject="receipt", reason="its amount does not follow from its interval and price")


def lines(data: Mapping[str, Any]) -> list[str]:
    """A receipt's payload in words that explain every cent."""
    head = f"{data['receipt']}  {data['job']} run {data['epoch']} at {data['site_name']}, {data['state']}"
    rows = [head]
    if data["billed"] is None:
        rows.append("  nothing billed")
    else:
        period = Period(from_text(data["billed"]["start"]), from_text(data["billed"]["end"]))
        rows.append(
            f"  {format_duration(period.duration)} × {data['units']} {data['unit'].removesuffix('-hour')}(s) × "
            f"{data['price']} per {data['unit']} = {data['amount']} {data['currency']}"
        )
    for waived in data["waived"]:
        span = from_text(waived["end"]) - from_text(waived["start"])
        rows.append(f"  {format_duration(span)} not billed: {waived['reason']}")
    return rows

"""What a run delivered and what it costs, as exchange and site both sign it. Anyone can recompute it from its lines.

Each line is rounded once, half up, to whole micro-units. What rounding left of a line is at most half a micro-unit
and is written beside it, in 1/3.6e9 micro-units (price × units × microseconds is whole in that unit). The residues
of a receipt are summed; their whole micro-units, if any, go through the rounding account (see ledger/settlement.py),
so what no account shows is always less than one micro-unit per receipt.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gridtie.errors import AmountOutOfRange, InvalidSignature
from gridtie.identity.signing import Envelope, Verify
from gridtie.metering.usage import Billed, Usage, Waived
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, RunId, SiteId
from gridtie.values.money import MICROS_MAX, Micros, format_money, parse_money, price_for
from gridtie.values.period import Period, from_text, to_text

KIND = "receipt"
RESIDUE_PER_MICRO = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One interval at one number of units: what it costs, and what rounding left of it."""

    period: Period
    units: int
    amount: Micros
    residue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Amounts in micro-units. Everything that can be computed is computed, so that nothing can disagree."""

    id: ReceiptId
    run: RunId
    job: JobId
    epoch: int
    organisation: OrganisationId
    seller: OrganisationId
    site: SiteId
    site_name: str
    state: str  # how the run ended
    unit: str  # accelerator-hour | core-hour
    price: Micros
    currency: str
    usage: Usage
    limit: Micros | None = None  # what was held for it: the exchange bills no more than that

    def __post_init__(self) -> None:
        if self.subtotal > MICROS_MAX:
            raise AmountOutOfRange(amount=format_money(self.subtotal), reason="it is more than the books can carry")

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(
            Line(billed.period, billed.units, *price_for(self.price, billed.units, billed.period.duration_us))
            for billed in self.usage.billed
        )

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def amount(self) -> Micros:
        return Micros(self.subtotal if self.limit is None else min(self.subtotal, self.limit))

    @property
    def residue(self) -> int:
        """Of all lines; none when the limit, not the lines, decided the amount."""
        return sum(line.residue for line in self.lines) if self.amount == self.subtotal else 0


def without(receipt: Receipt, lost: Iterable[Period], reason: str) -> Receipt:
    """The same receipt had `lost` not been billed. Lost time that was never billed changes nothing."""
    usage = receipt.usage
    for period in lost:
        usage = _waive(usage, period, reason)
    return replace(receipt, usage=usage)


def _waive(usage: Usage, lost: Period, reason: str) -> Usage:
    billed: list[Billed] = []
    waived = list(usage.waived)
    for piece in usage.billed:
        if not piece.period.overlaps(lost):
            billed.append(piece)
            continue
        first, last = max(piece.period.start, lost.start), min(piece.period.end, lost.end)
        waived.append(Waived(Period(first, last), reason))
        for kept in (Period(piece.period.start, first), Period(last, piece.period.end)):
            if kept.duration_us:
                billed.append(Billed(kept, piece.units))
    return Usage(tuple(billed), tuple(sorted(waived, key=lambda hole: hole.period.start)))


def payload(receipt: Receipt) -> dict[str, Any]:
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
        "price": format_money(receipt.price),
        "currency": receipt.currency,
        "lines": [
            {
                "start": to_text(line.period.start),
                "end": to_text(line.period.end),
                "units": line.units,
                "amount": format_money(line.amount),
                "residue": str(line.residue),
            }
            for line in receipt.lines
        ],
        "waived": [
            {"start": to_text(w.period.start), "end": to_text(w.period.end), "reason": w.reason}
            for w in receipt.usage.waived
        ],
        "limit": None if receipt.limit is None else format_money(receipt.limit),
        "amount": format_money(receipt.amount),
        "residue": str(receipt.residue),
    }


def from_payload(data: Mapping[str, Any]) -> Receipt:
    """The receipt that `data` describes, its sums computed anew. Raises InvalidSignature for a malformed one."""
    try:
        usage = Usage(
            tuple(Billed(_period(line), _whole(line["units"])) for line in data["lines"]),
            tuple(Waived(_period(hole), str(hole["reason"])) for hole in data["waived"]),
        )
        return Receipt(
            id=ReceiptId(data["receipt"]),
            run=RunId(data["run"]),
            job=JobId(data["job"]),
            epoch=_whole(data["epoch"]),
            organisation=OrganisationId(data["organisation"]),
            seller=OrganisationId(data["seller"]),
            site=SiteId(data["site"]),
            site_name=data["site_name"],
            state=data["state"],
            unit=data["unit"],
            price=_money(data["price"]),
            currency=data["currency"],
            usage=usage,
            limit=None if data["limit"] is None else _money(data["limit"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, AmountOutOfRange) as wrong:
        raise InvalidSignature(subject="receipt", reason=f"it is malformed ({wrong})") from None


def _period(entry: Mapping[str, Any]) -> Period:
    return Period(from_text(entry["start"]), from_text(entry["end"]))


def _money(text: str) -> Micros:
    amount = parse_money(text)
    if amount < 0:
        raise ValueError(f"{text} is below zero")
    return amount


def _whole(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"{number!r} is not a count")
    return number


def check_receipt(envelope: Envelope, keys: Mapping[str, bytes], verify: Verify) -> Receipt:
    """The receipt, once every role of `keys` is known to have signed it and every figure follows from its intervals.

    Raises InvalidSignature.
    """
    for role, key in keys.items():
        envelope.check(role, key, verify)
    receipt = from_payload(envelope.payload)
    if payload(receipt) != envelope.payload:
        raise InvalidSignature(subject="receipt", reason="its figures do not follow from its intervals and price")
    periods = sorted(
        [line.period for line in receipt.lines] + [hole.period for hole in receipt.usage.waived],
        key=lambda period: (period.start, period.end),
    )
    if any(first.overlaps(second) for first, second in pairwise(periods)):
        raise InvalidSignature(subject="receipt", reason="an interval counts twice in it")
    return receipt


def settled_twice(receipts: Sequence[Receipt]) -> list[str]:
    """Sentences for every instant of a run that two receipts bill, and every run with two receipts."""
    found = []
    by_run: dict[str, Receipt] = {}
    for receipt in receipts:
        other = by_run.setdefault(receipt.run, receipt)
        if other is not receipt:
            found.append(f"{receipt.run} has the receipts {other.id} and {receipt.id}")
    spans = sorted(
        (billed.period.start, billed.period.end, receipt.job, receipt.id)
        for receipt in receipts
        for billed in receipt.usage.billed
    )
    last: dict[str, tuple[Any, str]] = {}
    for start, end, job, key in spans:
        until, before = last.get(job, (start, key))
        if start < until and before != key:
            found.append(f"{before} and {key} bill {job} for the same time")
        last[job] = max((until, before), (end, key))
    return found


def lines(data: Mapping[str, Any]) -> list[str]:
    """A receipt's payload in words that explain every cent."""
    receipt = from_payload(data)
    unit = receipt.unit.removesuffix("-hour")
    rows = [f"{receipt.id}  {receipt.job} run {receipt.epoch} at {receipt.site_name}, {receipt.state}"]
    for line in receipt.lines:
        units = f"{line.units} {unit}{'' if line.units == 1 else 's'}"
        rows.append(
            f"  {_seconds(line.period)} × {units} × {format_money(receipt.price)} per {receipt.unit}"
            f" = {format_money(line.amount)} {receipt.currency}"
        )
    if receipt.amount < receipt.subtotal:
        over = format_money(receipt.subtotal - receipt.amount)
        rows.append(f"  less {over}, which lies beyond the {format_money(receipt.amount)} held for it")
    if not receipt.lines:
        rows.append("  nothing billed")
    elif len(receipt.lines) > 1 or receipt.amount < receipt.subtotal:
        rows.append(f"  total {format_money(receipt.amount)} {receipt.currency}")
    rows += [f"  {_seconds(hole.period)} not billed: {hole.reason}" for hole in receipt.usage.waived]
    return rows


def _seconds(period: Period) -> str:
    """Exact, so that the line can be checked with a pocket calculator."""
    whole, part = divmod(period.duration_us, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".") + " s"

"""Earmarked money: for one holder, in a window, for some chips and hubs, up to a highest unit price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridtie.values.ids import OrganisationId, VoucherId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    id: VoucherId
    name: str
    issuer: OrganisationId
    holder: OrganisationId
    amount: Micros
    max_unit_price: Micros | None
    window: Period
    chips: tuple[str, ...] = ()  # empty: any
    hubs: tuple[str, ...] = ()


def why_unusable(
    voucher: Voucher,
    *,
    organisation: OrganisationId,
    at: datetime,
    price: Micros | None = None,
    chip: str | None = None,
    hub: str | None = None,
) -> str | None:
    """The first reason why this voucher cannot pay, as a sentence; None when it can.

    What is not its holder's business is not told: a voucher of somebody else simply cannot be used.
    """
    if organisation != voucher.holder:
        return "it does not exist, or is not yours"
    if at < voucher.window.start:
        return f"it is valid from {voucher.window.start:%Y-%m-%d}"
    if at >= voucher.window.end:
        return f"it expired on {voucher.window.end:%Y-%m-%d}"
    if chip is not None and voucher.chips and chip not in voucher.chips:
        return f"it pays only for {', '.join(voucher.chips)}"
    if hub is not None and voucher.hubs and hub not in voucher.hubs:
        return f"it pays only in {', '.join(voucher.hubs)}"
    if price is not None and voucher.max_unit_price is not None and price > voucher.max_unit_price:
        return f"it pays at most {format_money(voucher.max_unit_price)} per unit-hour"
    return None


def highest_price(vouchers: Sequence[Voucher]) -> Micros | None:
    """What a request paid by these vouchers alone may cost per unit-hour; None: no limit.

    A grant never bids above its maximum, so vouchers cannot inflate the market.
    """
    limits = [voucher.max_unit_price for voucher in vouchers]
    if not limits or any(limit is None for limit in limits):
        return None
    return max(limit for limit in limits if limit is not None)

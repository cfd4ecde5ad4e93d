"""The price index as the faces show it, with the trades it follows from; parties are numbered, not named."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.market.index import EVERYWHERE, GUARDS, HOUR_US, Entry, Judged, Sale, price_index
from gridtie.registry.parts import unit_of
from gridtie.store.unit import Unit
from gridtie.values.money import format_money
from gridtie.values.period import Period, to_text


def index_view(
    unit: Unit, exchange: Exchange, window: Period, *, chip: str | None, hub: str | None, trades: bool, all_trades: bool
) -> dict[str, Any]:
    """With `trades` the sales of every product that is published, and with `all_trades` of those that are too thin.

    Everything is computed from all sales of the window, whatever is asked for: money goes round over all products.
    """
    currency = exchange.settings.currency
    sales = labelled(unit.sales.executed(window, currency=currency))
    references = {one: found.score for one in {s.chip for s in sales} if (found := unit.bank.reference(one))}
    entries = [
        entry
        for entry in price_index(sales, references)
        if chip in (None, entry.chip) and (hub is None or entry.hub == hub)
    ]
    return {
        "from": to_text(window.start),
        "to": to_text(window.end),
        "currency": currency,
        "guards": asdict(GUARDS),
        "items": [_entry(entry, trades=trades and (all_trades or not entry.thin)) for entry in entries],
    }


def labelled(sales: Iterable[Sale]) -> list[Sale]:
    """With p0001, p0002 … for the organisations, in the order of their ids: whoever trades stays unnamed."""
    known = list(sales)
    parties = sorted({party for sale in known for party in (sale.buyer, sale.seller)})
    label = {party: f"p{number:06d}" for number, party in enumerate(parties, 1)}
    return [replace(sale, buyer=label[sale.buyer], seller=label[sale.seller]) for sale in known]


def _entry(entry: Entry, *, trades: bool) -> dict[str, Any]:
    return {
        "chip": entry.chip,
        "hub": None if entry.hub == EVERYWHERE else entry.hub,
        "state": entry.thin or "published",
        "price": None if entry.price is None else format_money(entry.price),
        "normalised": None if entry.normalised is None else format_money(entry.normalised),
        "unit": unit_of(entry.chip),
        "reference": entry.reference,
        "volume": format_money(entry.unit_us * 1_000_000 // HOUR_US),
        "trades": entry.trades,
        "buyers": entry.buyers,
        "sellers": entry.sellers,
        "largest_buyer": format_money(entry.largest_buyer_ppm),
        "excluded": dict(entry.excluded),
        "sales": [_sale(one) for one in entry.sales] if trades else None,
    }


def _sale(one: Judged) -> dict[str, Any]:
    """Volumes as digits, in units × microseconds: they may be beyond what JSON carries exactly."""
    sale = one.sale
    return {
        "at": to_text(sale.at),
        "chip": sale.chip,
        "hub": sale.hub,
        "buyer": sale.buyer,
        "seller": sale.seller,
        "unit_us": str(sale.unit_us),
        "paid": format_money(sale.amount),
        "score": sale.score,
        "unit_us_kept": str(one.unit_us),
        "paid_kept": format_money(one.amount),
        "counts": one.counts,
        "excluded": one.excluded,
    }

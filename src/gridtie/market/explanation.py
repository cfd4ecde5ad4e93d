"""Why an order stands where it stands, from the round that decided it: in words, and as data."""

from collections.abc import Mapping
from typing import Any

from gridtie.market.bids import bidders
from gridtie.market.clearing import Book, Clearing, Trade
from gridtie.market.quote import quote
from gridtie.market.quote import to_json as quote_to_json
from gridtie.market.request import Request
from gridtie.market.scoring import turn
from gridtie.market.shelf import Shelf
from gridtie.values.money import format_money


def why(request: Request, book: Book, clearing: Clearing) -> dict[str, Any]:
    """{lines, data}: rank, what it got or the first reason why not, the smallest winning bid, the next best place."""
    auction = request.mode == "auction"
    ranked = [bidder.request for bidder in bidders(Shelf(book))] if auction else sorted(book.requests, key=turn)
    rank = next((place for place, other in enumerate(ranked, 1) if other.id == request.id), None)
    quoted = quote_to_json(quote(request, book))
    trade = next((trade for trade in clearing.trades if trade.request == request.id), None)
    head = [f"round {book.round}: {len(clearing.trades)} trades of {len(book.requests)} requests"]
    if rank is not None:
        head.append(f"it was number {rank} of {len(ranked)} {'by its bid' if auction else 'in turn'}")
    body = _of_trade(trade, book, quoted, auction) if trade is not None else _of_refusal(request, book, clearing)
    data: dict[str, Any] = {
        "round": book.round,
        "rank": rank,
        "of": len(ranked),
        "traded": trade is not None,
        "quote": quoted,
    }
    return {"lines": [*head, *body], "data": data}


def _of_trade(trade: Trade, book: Book, quoted: Mapping[str, Any], auction: bool) -> list[str]:
    site = book.capacities[trade.resource].site_name
    rows = [f"it got {trade.units} unit(s) at {site} for {format_money(trade.price)} per unit-hour"]
    others = [choice for choice in quoted["choices"] if choice["offer"] != trade.offer]
    if others:
        own = format_money(sum(trade.cost_terms.values()))
        at_least = "at least " if auction else ""  # its seller's price, which an auction may lift
        rows.append(
            f"next best: {others[0]['site']} at {at_least}{others[0]['price']}, "
            f"{others[0]['total']} instead of {own} in all"
        )
    else:
        rows.append("nothing else fitted")
    rows += [f"not {miss['where']}: {miss['reason']}" for miss in quoted["misses"][:5]]
    return rows


def _of_refusal(request: Request, book: Book, clearing: Clearing) -> list[str]:
    refusal = next((r for r in clearing.refusals if r.request == request.id), None)
    if refusal is None:
        return ["this round did not look at it"]
    rows = [f"it waits: {refusal.reason}"]
    counts = ", ".join(
        f"{count} × {code}" for code, count in sorted(refusal.counts.items(), key=lambda i: (-i[1], i[0]))
    )
    if counts:
        rows.append(f"offers that do not fit: {counts}")
    chips = {alternative.chip for alternative in request.needs.alternatives}
    won = [trade for trade in clearing.trades if book.capacities[trade.resource].chip in chips]
    if won:
        rows.append(
            f"smallest winning price for {' or '.join(sorted(chips))}: {format_money(min(t.price for t in won))}"
        )
    if refusal.change:
        rows.append(f"what would change it: {refusal.change}")
    return rows

"""Posted price: each request in turn takes the offer with its best total cost, at the seller's price.

Turn: priority (higher first), then arrival, then id. Nobody gains by waiting within a round, prices are known before,
and with one request in the book the outcome is simply its cheapest fitting offer.
"""

from collections.abc import Sequence

from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, SellerShare, Trade
from gridtie.market.request import Request
from gridtie.market.scoring import turn
from gridtie.market.shelf import Candidate, Product, Shelf, product_of, shared_out
from gridtie.values.money import Micros


class PostedPrice:
    name = "posted-price"

    def __call__(self, book: Book) -> Clearing:
        shelf = Shelf(book)
        trades: list[Trade] = []
        refusals: list[Refusal] = []
        for request in sorted(book.requests, key=turn):
            found = _best(request, shelf)
            if found is None:
                refusals.append(shelf.refusal(request))
                continue
            candidate, machines = found
            shelf.take(candidate, machines)
            trades.append(shelf.trade(request, candidate, machines, candidate.offer.price))
        return Clearing(
            trades=tuple(trades), refusals=tuple(refusals), prices=_prices(book, trades), shares=_shares(book, trades)
        )


def _best(request: Request, shelf: Shelf) -> tuple[Candidate, tuple[str, ...]] | None:
    for candidate in shelf.ranked(request):
        machines = shelf.room(request, candidate)
        if machines is not None:
            return candidate, machines
    return None


def _prices(book: Book, trades: Sequence[Trade]) -> tuple[ProductPrice, ...]:
    """Per product the highest price paid in this round: under posted prices there is no single one."""
    best: dict[Product, tuple[int, int, str]] = {}
    for trade in trades:
        product = product_of(book.capacities[trade.resource])
        price, units, offer = best.get(product, (-1, 0, ""))
        dearest = max((price, offer), (trade.price, trade.offer))
        best[product] = (dearest[0], units + trade.units, dearest[1])
    return tuple(
        ProductPrice(chip=chip, hub=hub, isolation=isolation, price=Micros(price), units=units, marginal=offer)
        for (chip, hub, isolation), (price, units, offer) in sorted(best.items())
    )


def _shares(book: Book, trades: Sequence[Trade]) -> tuple[SellerShare, ...]:
    """Every seller keeps what his own buyers pay."""
    by_offer: dict[str, list[Trade]] = {}
    for trade in trades:
        by_offer.setdefault(trade.offer, []).append(trade)
    return tuple(share for offer in sorted(by_offer) for share in shared_out(book, by_offer[offer]))

"""Posted price: each request in turn takes the offer with its best total cost, at the seller's price.

Turn: priority (higher first), then arrival, then id. Nobody gains by waiting within a round, prices are known before,
and with one request in the book the outcome is simply its cheapest fitting offer.
"""

from gridtie.market.clearing import Book, Clearing, Refusal, Trade
from gridtie.market.request import Request
from gridtie.market.scoring import turn
from gridtie.market.shelf import Candidate, Shelf, posted_prices, posted_shares


class PostedPrice:
    """Named `bank-rate` where the book is of deposits, whose prices are hours of the compute bank."""

    def __init__(self, name: str = "posted-price") -> None:
        self.name = name

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
            trades.append(shelf.trade(request, candidate, machines, candidate.ask))
        return Clearing(
            trades=tuple(trades),
            refusals=tuple(refusals),
            prices=posted_prices(book, trades),
            shares=posted_shares(shelf, trades),
        )


def _best(request: Request, shelf: Shelf) -> tuple[Candidate, tuple[str, ...]] | None:
    for candidate in shelf.ranked(request):
        machines = shelf.room(request, candidate)
        if machines is not None:
            return candidate, machines
    return None

"""What requests bid in a call auction, and in which order they are served."""

from dataclasses import dataclass
from hashlib import sha256

from gridtie.market.request import Request
from gridtie.market.shelf import Candidate, Product, Shelf
from gridtie.market.tranches import dearest


@dataclass(frozen=True, slots=True)
class Bidder:
    """A request with the candidates that have room when the round begins, best first, and its bid for each product."""

    request: Request
    candidates: tuple[Candidate, ...]
    bids: dict[Product, int]  # per unit-hour; empty: it could not run now even alone
    key: tuple[int, str]  # its place in the order of service

    def bid(self, candidate: Candidate) -> int:
        """Its limit (a voucher's cap and max_hourly_cost included); without one, whatever the product asks."""
        return self.bids[candidate.product] if candidate.limit is None else candidate.limit


def bidders(shelf: Shelf) -> list[Bidder]:
    """By density: the highest bid per unit-hour first, ties by the hash of round and id, so no name buys a place."""
    return sorted((bidder_of(shelf, request) for request in shelf.book.requests), key=lambda bidder: bidder.key)


def bidder_of(shelf: Shelf, request: Request, *, now: bool = True) -> Bidder:
    """`now`: only with what has room as the shelf stands; else also with what may have later."""
    candidates = tuple(c for c in shelf.ranked(request) if not now or shelf.has_room(request, c))
    bids: dict[Product, int] = {}
    for candidate in candidates:
        bid = dearest(candidate.offer) if candidate.limit is None else candidate.limit
        bids[candidate.product] = max(bids.get(candidate.product, 0), bid)
    tie = sha256(f"{shelf.book.round}\n{request.id}".encode()).hexdigest()
    return Bidder(request, candidates, bids, (-max(bids.values(), default=-1), tie))

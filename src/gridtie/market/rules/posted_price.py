"""Posted price: each request in turn takes the offer with its best total cost, at the seller's price.

Turn: priority (higher first), then arrival, then id. Nobody gains by waiting within a round, prices are known before,
and with one request in the book the outcome is simply its cheapest fitting offer.
"""

from collections import Counter
from collections.abc import Mapping

from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, Trade
from gridtie.market.eligibility import Fit, Ineligible, first_reason, nearness, without
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Request
from gridtie.market.scoring import cost_terms, preference
from gridtie.values.ids import ResourceId
from gridtie.values.money import Micros

Free = dict[ResourceId, tuple[MachineShape, ...]]


class PostedPrice:
    name = "posted-price"

    def __call__(self, book: Book) -> Clearing:
        free: Free = {key: capacity.machines for key, capacity in book.capacities.items()}
        trades: list[Trade] = []
        refusals: list[Refusal] = []
        for request in sorted(book.requests, key=lambda r: (-r.priority, r.arrived_at, r.id)):
            outcome = _best(request, book, free)
            if isinstance(outcome, Trade):
                trades.append(outcome)
                _take(free, outcome, request)
            else:
                refusals.append(outcome)
        return Clearing(trades=tuple(trades), refusals=tuple(refusals), prices=_prices(book, trades))


def _best(request: Request, book: Book, free: Free) -> Trade | Refusal:
    best: tuple[tuple[int, int, int, str], Trade] | None = None
    misses: list[tuple[Ineligible, Offer]] = []
    for offer in book.offers:
        capacity = book.capacities.get(offer.resource) if offer.resource else None
        found = first_reason(request, offer, capacity, book.at, free.get(offer.resource) if offer.resource else None)
        if isinstance(found, Ineligible):
            misses.append((found, offer))
            continue
        assert capacity is not None
        terms = cost_terms(request, offer, found.alternative, book.parameters)
        key = preference(request, offer, capacity, found.alternative, terms)
        if best is None or key < best[0]:
            best = (key, _trade(request, offer, capacity, found, terms))
    return best[1] if best is not None else refusal(request, misses)


def _trade(request: Request, offer: Offer, capacity: Capacity, fit: Fit, terms: Mapping[str, Micros]) -> Trade:
    return Trade(
        request=request.id,
        offer=offer.id,
        resource=capacity.resource,
        alternative=fit.alternative,
        units=fit.units,
        price=offer.price,
        machines=fit.machines,
        cost_terms=dict(terms),
    )


def _take(free: Free, trade: Trade, request: Request) -> None:
    wanted = request.needs.alternatives[trade.alternative]
    taken = Counter(trade.machines)
    free[trade.resource] = tuple(without(m, wanted) if m.name in taken else m for m in free[trade.resource])


def refusal(request: Request, misses: list[tuple[Ineligible, Offer]]) -> Refusal:
    """The nearest miss speaks for all; the counts say how many offers failed for which reason."""
    if not misses:
        return Refusal(request=request.id, code="no-offer", reason="nothing is offered here yet", counts={})
    nearest, _ = max(misses, key=lambda miss: (nearness(miss[0].code), -miss[1].price, miss[1].id))
    counts = Counter(miss.code for miss, _ in misses)
    reason = nearest.reason if len(misses) == 1 else f"no offer fits now; closest: {nearest.reason}"
    return Refusal(
        request=request.id, code=nearest.code, reason=reason, counts=dict(sorted(counts.items())), change=nearest.change
    )


def _prices(book: Book, trades: list[Trade]) -> tuple[ProductPrice, ...]:
    """Per product the highest price paid in this round: under posted prices there is no single one."""
    best: dict[tuple[str, str, str], tuple[int, int, str]] = {}
    for trade in trades:
        capacity = book.capacities[trade.resource]
        key = (capacity.chip, capacity.hub, capacity.isolation)
        price, units, offer = best.get(key, (0, 0, ""))
        newer = trade.price >= price
        best[key] = (max(price, trade.price), units + trade.units, trade.offer if newer else offer)
    return tuple(
        ProductPrice(chip=chip, hub=hub, isolation=isolation, price=Micros(price), units=units, marginal=offer)
        for (chip, hub, isolation), (price, units, offer) in sorted(best.items())
    )

"""A call auction per product (chip, hub, isolation) at one price, with all-or-nothing gangs.

Bids are sorted by density (limit per unit-hour), then by a hash of request and round, so that a name cannot buy a
place. In that order each takes the cheapest capacity that holds its whole gang. The price of a product is

    p = max(highest reserve among accepted offers, min(highest bid that found no room though it could have,
                                                        lowest accepted bid))

so nobody pays above his bid, no seller gets below his reserve, and within a product all pay the same but one: the
organisation whose own bid sets p pays the best competing bid instead, never below the reserve (second price). Bids of
one organisation do not compete against each other for this, so splitting an order gains nothing. A gang that bids
above p and found no room as a whole is refused as paradoxical, with that reason.

A request whose alternatives span several products bids where its surplus at the sellers' reserves is largest.
Source: the call-auction design with a pivotal second price that the field uses for indivisible lots.
"""

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256

from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, Trade
from gridtie.market.eligibility import BUSY, Fit, Ineligible, first_reason, nearness, without
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Request
from gridtie.market.scoring import cost_terms
from gridtie.values.ids import ResourceId
from gridtie.values.money import Micros

Product = tuple[str, str, str]
Free = dict[ResourceId, tuple[MachineShape, ...]]


@dataclass(frozen=True, slots=True)
class _Accepted:
    request: Request
    offer: Offer
    capacity: Capacity
    fit: Fit
    bid: int


@dataclass(frozen=True, slots=True)
class _Refused:
    request: Request
    reason: Ineligible
    product: Product | None  # where it could have run, had there been room
    bid: int


class UniformPrice:
    name = "uniform-price"

    def __call__(self, book: Book) -> Clearing:
        free: Free = {key: capacity.machines for key, capacity in book.capacities.items()}
        accepted: list[_Accepted] = []
        refused: list[_Refused] = []
        for request in sorted(book.requests, key=lambda r: (-_bid(r, book), _tie(r, book.round))):
            outcome = _allocate(request, book, free)
            if isinstance(outcome, _Accepted):
                accepted.append(outcome)
                wanted = request.needs.alternatives[outcome.fit.alternative]
                key = outcome.capacity.resource
                free[key] = tuple(without(m, wanted) if m.name in outcome.fit.machines else m for m in free[key])
            else:
                refused.append(outcome)
        prices = _prices(accepted, refused)
        trades = tuple(_trade(item, prices, accepted, refused, book) for item in accepted)
        return Clearing(
            trades=trades,
            refusals=tuple(_refusal(item, prices) for item in refused),
            prices=tuple(
                _published(product, price, marginal, accepted) for product, (price, marginal) in sorted(prices.items())
            ),
        )


def _bid(request: Request, book: Book) -> int:
    """The limit per unit-hour; without one, the highest reserve in the book: whatever is asked."""
    limits = [limit for limit in (request.max_price, request.unit_price_cap) if limit is not None]
    return min(limits) if limits else max((offer.price for offer in book.offers), default=0)


def _tie(request: Request, round_: str) -> str:
    return sha256(f"{round_}\n{request.id}".encode()).hexdigest()


def _allocate(request: Request, book: Book, free: Free) -> _Accepted | _Refused:
    """The cheapest offer with room for the whole gang; ties by total cost, then id."""
    bid = _bid(request, book)
    best: tuple[tuple[int, int, str], _Accepted] | None = None
    nearest: tuple[int, Ineligible, Product | None] = (-1, Ineligible("no-offer", "nothing is offered here yet"), None)
    for offer in book.offers:
        capacity = book.capacities.get(offer.resource) if offer.resource else None
        found = first_reason(request, offer, capacity, book.at, free.get(offer.resource) if offer.resource else None)
        if isinstance(found, Ineligible):
            place = nearness(found.code)
            if place > nearest[0]:
                product = _product(capacity) if capacity is not None and found.code == BUSY else None
                nearest = (place, found, product)
            continue
        assert capacity is not None
        terms = cost_terms(request, offer, found.alternative, book.parameters)
        rank = request.needs.alternatives[found.alternative].rank
        key = (rank, sum(terms.values()), offer.id)
        if best is None or key < best[0]:
            best = (key, _Accepted(request, offer, capacity, found, bid))
    return best[1] if best is not None else _Refused(request, nearest[1], nearest[2], bid)


def _product(capacity: Capacity) -> Product:
    return (capacity.chip, capacity.hub, capacity.isolation)


def _prices(accepted: list[_Accepted], refused: list[_Refused]) -> dict[Product, tuple[int, str]]:
    """(price, id of what set it) of every product that traded."""
    by_product: dict[Product, list[_Accepted]] = defaultdict(list)
    for item in accepted:
        by_product[_product(item.capacity)].append(item)
    return {
        product: _price(items, [r for r in refused if r.product == product]) for product, items in by_product.items()
    }


def _price(items: list[_Accepted], refused: list[_Refused]) -> tuple[int, str]:
    reserve = max(items, key=lambda item: (item.offer.price, item.offer.id)).offer
    lowest = min(items, key=lambda item: (item.bid, item.request.id))
    losers = max(refused, key=lambda item: (item.bid, item.request.id), default=None)
    if losers is None:
        return reserve.price, reserve.id
    bid, marginal = min((losers.bid, losers.request.id), (lowest.bid, lowest.request.id))
    return (reserve.price, reserve.id) if reserve.price >= bid else (bid, marginal)


def _pays(item: _Accepted, accepted: list[_Accepted], refused: list[_Refused], price: int, marginal: str) -> int:
    """The uniform price, or the best competing bid for the organisation whose own bid set it."""
    bidders = [a.request for a in accepted] + [r.request for r in refused]
    setter = next((bidder for bidder in bidders if bidder.id == marginal), None)
    if setter is None or setter.organisation != item.request.organisation:
        return price
    product = _product(item.capacity)
    mine = item.request.organisation
    rivals = [r.bid for r in refused if r.product == product and r.request.organisation != mine]
    same = [a for a in accepted if _product(a.capacity) == product]
    reserve = max(a.offer.price for a in same)
    return max(reserve, min(max(rivals, default=0), price))


def _trade(
    item: _Accepted,
    prices: dict[Product, tuple[int, str]],
    accepted: list[_Accepted],
    refused: list[_Refused],
    book: Book,
) -> Trade:
    price, marginal = prices[_product(item.capacity)]
    return Trade(
        request=item.request.id,
        offer=item.offer.id,
        resource=item.capacity.resource,
        alternative=item.fit.alternative,
        units=item.fit.units,
        price=Micros(_pays(item, accepted, refused, price, marginal)),
        machines=item.fit.machines,
        cost_terms=cost_terms(item.request, item.offer, item.fit.alternative, book.parameters),
    )


def _refusal(item: _Refused, prices: dict[Product, tuple[int, str]]) -> Refusal:
    code, reason, change = item.reason.code, item.reason.reason, item.reason.change
    if item.product is not None and item.product in prices:
        price = prices[item.product][0]
        if item.bid > price and item.request.needs.machines > 1:
            code, reason = "paradoxical", "it bid above the price, but its gang found no room as a whole"
        elif item.bid <= price:
            code, reason, change = "outbid", "others bid more for what was free", "raise gridtie.budget.max_price"
    return Refusal(request=item.request.id, code=code, reason=reason, counts={code: 1}, change=change)


def _published(product: Product, price: int, marginal: str, accepted: list[_Accepted]) -> ProductPrice:
    chip, hub, isolation = product
    units = sum(item.fit.units for item in accepted if _product(item.capacity) == product)
    return ProductPrice(chip=chip, hub=hub, isolation=isolation, price=Micros(price), units=units, marginal=marginal)

"""A call auction per product (chip, hub, isolation) at one price, with all-or-nothing gangs.

Of an offer in tranches every trade's reserve is what its own units ask, after those that were sold before it.

Requests come by density (bid per unit-hour), ties by a hash. Each takes, of the offers with room for its whole gang,
the one it likes best. Its job is worth the same to it wherever it runs, so its surplus is largest where the total
cost at the sellers' reserves is least: that decides between products too. Of a product with accepted trades,

    p = max(highest reserve among accepted offers, min(highest rejected feasible bid, lowest accepted bid))

is the price. Feasible is a bid that had room when the round began. A trade that would lift the highest reserve above
a bid already accepted, or that bids below it, is not made: so nobody pays above his bid, nobody sells below his
reserve. The bids of one organisation do not compete against each other: it pays p without its own rejected bids
(second price for whoever's bid set p), never below the reserve. Sellers share a product's receipts by unit-hours sold.

A rejected bid above p is refused as paradoxical: its gang found no room as a whole when its turn came, or what was
left asks more than somebody who was accepted before bids.
Source: call auctions with indivisible orders, as power exchanges clear block orders; the pivotal second price follows
the price-setting of market-driven batch schedulers.
"""

from dataclasses import dataclass, field

from gridtie.market.bids import Bidder, bidders
from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, SellerShare, Trade
from gridtie.market.shelf import Candidate, Product, Shelf, shared_out
from gridtie.registry.parts import share_of
from gridtie.values.ids import OrganisationId
from gridtie.values.money import Micros, format_money
from gridtie.values.rule_names import UNIFORM_PRICE


@dataclass(frozen=True, slots=True)
class _Accepted:
    bidder: Bidder
    candidate: Candidate
    machines: tuple[str, ...]
    asks: int  # its units, when its turn came

    @property
    def bid(self) -> int:
        return self.bidder.bid(self.candidate)


@dataclass(slots=True)
class _Sale:
    """One product in this round."""

    reserve: int = 0  # highest among accepted
    seller: str = ""  # the offer that asks it
    lowest: tuple[int, str] | None = None  # lowest accepted bid, and whose
    accepted: list[_Accepted] = field(default_factory=list)
    rejected: list[tuple[int, str, OrganisationId]] = field(default_factory=list)  # feasible bids

    def admits(self, bid: int, reserve: int) -> bool:
        """Whether one price could still suit everybody who trades."""
        lowest = bid if self.lowest is None else min(bid, self.lowest[0])
        return max(reserve, self.reserve) <= lowest

    def add(self, item: _Accepted) -> None:
        self.accepted.append(item)
        own, offer = (item.bid, str(item.bidder.request.id)), item.candidate.offer
        self.lowest = own if self.lowest is None else min(self.lowest, own)
        self.reserve, self.seller = max((self.reserve, self.seller), (item.asks, offer.id))

    def price(self, *, without: OrganisationId | None = None) -> tuple[int, str]:
        """(price, id of what set it), as if `without` had made no rejected bid."""
        assert self.lowest is not None
        rivals = [(bid, key) for bid, key, organisation in self.rejected if organisation != without]
        bid, setter = min(max(rivals, default=(0, "")), self.lowest)
        return (self.reserve, self.seller) if self.reserve >= bid else (bid, setter)


class UniformPrice:
    name = UNIFORM_PRICE

    def __call__(self, book: Book) -> Clearing:
        shelf = Shelf(book)
        sales: dict[Product, _Sale] = {}
        losers: list[Bidder] = []
        for bidder in bidders(shelf):
            item = _allocate(bidder, shelf, sales)
            if item is None:
                losers.append(bidder)
                continue
            shelf.take(item.candidate, item.machines)
            sales.setdefault(item.candidate.product, _Sale()).add(item)
        for loser in losers:
            for product, bid in loser.bids.items():
                if product in sales:
                    sales[product].rejected.append((bid, loser.request.id, loser.request.organisation))
        trades: list[Trade] = []
        shares: list[SellerShare] = []
        prices: list[ProductPrice] = []
        for product, sale in sorted(sales.items()):
            made = [_trade(item, sale, shelf) for item in sale.accepted]
            trades += made
            shares += shared_out(shelf, made)
            prices.append(_published(product, sale, made))
        final = {product: sale.price()[0] for product, sale in sales.items()}
        refusals = sorted((_refusal(loser, final, shelf) for loser in losers), key=lambda refusal: refusal.request)
        return Clearing(trades=tuple(trades), refusals=tuple(refusals), prices=tuple(prices), shares=tuple(shares))


def _allocate(bidder: Bidder, shelf: Shelf, sales: dict[Product, _Sale]) -> _Accepted | None:
    for candidate in bidder.candidates:
        sale = sales.get(candidate.product)
        bid, asks = bidder.bid(candidate), shelf.asks(bidder.request, candidate)
        if asks > bid or (sale is not None and not sale.admits(bid, asks)):
            continue
        machines = shelf.room(bidder.request, candidate)
        if machines is not None:
            return _Accepted(bidder, candidate, machines, asks)
    return None


def _trade(item: _Accepted, sale: _Sale, shelf: Shelf) -> Trade:
    price, _ = sale.price(without=item.bidder.request.organisation)
    return shelf.trade(item.bidder.request, item.candidate, item.machines, Micros(price))


def _published(product: Product, sale: _Sale, trades: list[Trade]) -> ProductPrice:
    chip, hub, isolation = product
    price, setter = sale.price()
    units = sum(trade.units for trade in trades)
    return ProductPrice(chip=chip, hub=hub, isolation=isolation, price=Micros(price), units=units, marginal=setter)


def _refusal(loser: Bidder, prices: dict[Product, int], shelf: Shelf) -> Refusal:
    """Its best chance, product by product, says why: how far its bid was above the price, or below."""
    chances = [(bid - prices[product], product) for product, bid in loser.bids.items() if product in prices]
    if not chances:
        return shelf.refusal(loser.request)
    margin, product = max(chances)
    price, whole = format_money(prices[product]), format_money(Micros(prices[product] * share_of(product[0])))
    if margin <= 0:
        code, change = "outbid", f"bid more than {whole}: gridtie.budget.max_price"
        reason = f"others bid as much or more for what was free; the price is {price} per unit-hour"
        return Refusal(request=loser.request.id, code=code, reason=reason, counts={code: 1}, change=change)
    code, change = "paradoxical", "a smaller gang, or alternatives, find room more easily; it bids again next round"
    reason = f"it bid above the price of {price}, but found no room for all of it when its turn came"
    left = [c for c in loser.candidates if c.product == product and shelf.has_room(loser.request, c)]
    if left:
        change = "it bids again next round"
        reason = (
            f"it bid above the price of {price}, but what is left asks more than an accepted bid: one price for all"
        )
    return Refusal(request=loser.request.id, code=code, reason=reason, counts={code: 1}, change=change)

"""The large engine as a clearing rule: the outcome of most worth, its prices, and how far from the best it can be.

What is worth most is decided over the whole book at once (`market/engine/`): bids less asks, gangs whole, every
resource of a pool counted. The prices of the proof are those that are paid: for all that a job takes of a pool (units,
cores, memory, disk), per unit-hour, never more than the bid and never less than the offer asks. What the price exceeds
a bid by is made good by nobody: the seller gets what his buyers pay, and the sum is published as `made_whole`.

Who counts more (`entitlement`) competes as if he bid more; prices are then in such bids, payments never above the real.

Parameters of the book: `mode` (welfare; cost: as many units as possible as cheaply as possible; wait: highest response
ratio first. In the last two prices are no money and everybody pays what is asked), `slots` and `slot_us` (several slots
plan ahead, and only what starts now is traded), `engine` (passes, sweeps, gap in millionths, prices_before).
Source: smoothed dual ascent with repair, prices from the dual, as in power markets; payments capped by bids.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from gridtie.errors import InvalidBook
from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, Trade
from gridtie.market.displacement import displaced, opened, worthless
from gridtie.market.pool_price import HOUR_US, PoolPrices, prices_of
from gridtie.market.request import Request
from gridtie.market.shelf import Product, Shelf, posted_shares, product_of
from gridtie.market.tranches import dearest
from gridtie.registry.parts import share_of
from gridtie.values.ids import RequestId, ResourceId, RunId
from gridtie.values.money import Micros, format_money
from gridtie.values.rule_names import BEST_WELFARE

if TYPE_CHECKING:  # the engine is loaded when a book is cleared, not when rules are named
    from gridtie.market.engine.columns import ColumnClearing, Ints
    from gridtie.market.engine.from_book import Column, Intake
    from gridtie.market.engine.placing import Placed, Placing

RESTATEMENTS = 3
TRIES, TRIED_UP_TO = 4, 64  # orders in which machines are looked for, in a book of at most so many requests


class BestWelfare:
    name = BEST_WELFARE

    def __call__(self, book: Book) -> Clearing:
        """Nobody is displaced unless those who take his place, and the round as a whole, are worth more by it."""
        fixed: set[RunId] = set()
        found = self._cleared(book, fixed)
        while bad := found.unheard | worthless(found.clearing.displaced, found.worth):
            fixed |= bad
            found = self._cleared(book, fixed)
        if found.clearing.displaced:
            alone = self._cleared(book, {running.run for running in book.running})
            stays = sum(found.worth[running.request.id] for running in book.running if running.run not in fixed)
            if alone.welfare + stays >= found.welfare:
                return alone.clearing
        return found.clearing

    def _cleared(self, whole: Book, fixed: Collection[RunId]) -> "_Found":
        from gridtie.market.engine.from_book import from_book
        from gridtie.market.engine.reckoning import reckoned

        book = opened(whole, fixed)
        shelf = Shelf(book)
        intake, cleared = _decided(from_book(book, shelf), book)
        prices = _prices_now(intake, cleared)
        shelf, placing, final = _on_machines(book, shelf, intake, cleared, lambda k: _pays(intake, k, prices))
        stays = {one.job for one in placing.now if intake.requests[one.job].id in intake.running}
        trades = [_trade(intake, one, prices, shelf) for one in placing.now if one.job not in stays]
        won, least = {trade.request for trade in trades}, _Least.of(intake, placing.now, prices)
        refusals = [
            _refusal(book, intake, final, job, prices, shelf, least)
            for job, request in enumerate(intake.requests)
            if request.id not in won and request.id not in intake.running
        ]
        published = _published(book, trades)
        reckoning = reckoned(book, shelf, intake, final, placing, trades, published,
                             sum(refusal.code == "paradoxical" for refusal in refusals))  # fmt: skip
        clearing = Clearing(
            trades=tuple(sorted(trades, key=lambda trade: trade.request)),
            refusals=tuple(sorted(refusals, key=lambda refusal: refusal.request)),
            prices=published,
            shares=posted_shares(shelf, trades),
            reckoning=reckoning,
            displaced=displaced(book, {intake.requests[job].id for job in stays}, trades),
            fixed=tuple(sorted(fixed)),
        )
        unheard = {one.run for key, one in intake.running.items() if not _heard(intake, key)}
        return _Found(clearing, final.welfare, _worth(intake, placing.now), unheard)


@dataclass(frozen=True, slots=True)
class _Found:
    clearing: Clearing
    welfare: int
    worth: Mapping[RequestId, int]  # per hour, above what is asked, of whoever got a place or runs already
    unheard: set[RunId]  # whose bid is too large to be counted


def _on_machines(
    book: Book, shelf: Shelf, intake: "Intake", cleared: "ColumnClearing", pays: Callable[[int], int]
) -> "tuple[Shelf, Placing, ColumnClearing]":
    """What was chosen, on machines. In a book of some bids whoever finds none tries again before all others, and a
    small one is searched for its best outcome: in these a gang may be most of what there is."""
    from gridtie.market.engine.exact import best_of
    from gridtie.market.engine.placing import picked, placed
    from gridtie.market.engine.reckoning import as_placed

    placing = placed(intake, cleared, shelf, pays)
    best = shelf, placing, as_placed(intake, cleared, placing)
    if book.version < 7 or best[2].welfare >= cleared.bound:
        return best
    first: tuple[int, ...] = ()
    for _ in range(TRIES if len(intake.requests) <= TRIED_UP_TO else 0):
        if set(placing.missed) <= set(first):
            break
        first, shelf = (*placing.missed, *first), Shelf(book)
        placing = placed(intake, cleared, shelf, pays, first)
        best = max(best, (shelf, placing, as_placed(intake, cleared, placing)), key=lambda one: one[2].welfare)
    if (picks := best_of(intake, best[2].welfare)) is not None:
        shelf = Shelf(book)
        placing = picked(intake, cleared, shelf, picks)
        best = shelf, placing, as_placed(intake, cleared, placing)
    return best


def _heard(intake: "Intake", request: RequestId) -> bool:
    job = next(job for job, one in enumerate(intake.requests) if one.id == request)
    return len(intake.columns_of(job)) > 0


def _worth(intake: "Intake", now: "Sequence[Placed]") -> dict[RequestId, int]:
    def above(column: int | None) -> int:
        if column is None:
            return 0
        one = intake.columns[column]
        return (one.counted - one.candidate.offer.price) * one.units

    worth = {intake.requests[one.job].id: above(one.column) for one in now}
    for job, request in enumerate(intake.requests):
        if request.id in intake.running:
            worth[request.id] = max((above(k) for k in intake.columns_of(job)), default=0)
    return worth


def _decided(intake: "Intake", book: Book) -> "tuple[Intake, ColumnClearing]":
    """Clears, and lets the losers who have not yet bid all they had do so, until there are none."""
    import numpy as np

    from gridtie.market.engine.clear import EngineSettings, clear

    named = book.parameters.get("engine", {})
    usual = EngineSettings()
    sweeps = int(named.get("sweeps", usual.sweeps))
    settings = EngineSettings(
        passes=int(named.get("passes", usual.passes)),
        warm_passes=int(named.get("warm_passes", usual.warm_passes)),
        sweeps=sweeps,
        fall=sweeps,
        gap=int(named.get("gap_ppm", 0)) / 1_000_000,
        leftovers=book.version >= 7,
    )
    before = _prices_before(intake, named.get("prices_before", {}))
    cleared = clear(intake.arrays, settings=settings, prices_before=before)
    for _ in range(RESTATEMENTS):
        losers = np.flatnonzero(intake.holding_back() & (cleared.choice < 0))
        if not len(losers):
            break
        intake = intake.restated(losers)
        cleared = clear(intake.arrays, settings=settings, prices_before=cleared.price)
    return intake, replace(cleared, choice=intake.own(cleared.choice))


def _check_before(before: Mapping[str, Any]) -> None:
    """Raises InvalidBook for what no round writes."""
    pools = before.get("pools") if isinstance(before, Mapping) else None
    if not isinstance(pools, Mapping):
        raise InvalidBook(field="engine.prices_before", message="it names the prices of pools")
    for name in ("memory_unit", "disk_unit"):
        if type(before.get(name)) is not int or before[name] < 1:
            raise InvalidBook(field=f"engine.prices_before.{name}", message="it is a number of bytes, at least 1")
    for pool, prices in pools.items():
        if not isinstance(prices, list | tuple) or len(prices) != 4 or any(not _whole(price) for price in prices):
            raise InvalidBook(field=f"engine.prices_before.pools[{pool}]", message="it holds four whole prices")


def _whole(value: object) -> bool:
    """A number, or the digits of one that a double does not carry."""
    return type(value) is int or (isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 40)


def _prices_before(intake: "Intake", before: Mapping[str, Any]) -> "Ints | None":
    """Prices of an earlier round, in the parts of this one: {memory_unit, disk_unit, pools: {resource: [4 prices]}}."""
    import numpy as np

    from gridtie.market.engine.columns import LARGEST

    if not before:
        return None
    _check_before(before)
    price = np.zeros(intake.arrays.capacity.shape, np.int64)
    for at, pool in enumerate(intake.pools):
        if pool in before["pools"]:
            unit, core, memory, disk = (int(part) for part in before["pools"][pool])
            memory = memory * intake.memory_unit // int(before["memory_unit"])
            disk = disk * intake.disk_unit // int(before["disk_unit"])
            price[at, :] = [min(part, LARGEST) for part in (unit, core, memory, disk)]
    return price


def _prices_now(intake: "Intake", clearing: "ColumnClearing") -> PoolPrices:
    from gridtie.market.engine.reckoning import pool_prices

    by_pool = {price.resource: price for price in pool_prices(intake, clearing.price, (), {})}
    return PoolPrices(by_pool, intake.memory_unit, intake.disk_unit, intake.horizon.slot_us)


def _price_in(intake: "Intake", column: int, prices: PoolPrices) -> Micros:
    """Per unit-hour, before it is capped by the bid; in other modes what the first units ask."""
    candidate = intake.columns[column].candidate
    if intake.mode != "welfare":
        return candidate.offer.price
    return prices.per_unit_hour(candidate.offer, candidate.wanted, slots=int(intake.arrays.column_length[column]))


def _pays(intake: "Intake", column: int, prices: PoolPrices) -> Micros:
    """The price, never more than the bid; where prices are no money the bid says how much may be asked."""
    limit = Micros(intake.columns[column].limit)
    return limit if intake.mode != "welfare" else min(_price_in(intake, column, prices), limit)


def _trade(intake: "Intake", one: "Placed", prices: PoolPrices, shelf: Shelf) -> Trade:
    price = one.asks
    if one.column is not None and intake.mode == "welfare":
        price = max(price, _pays(intake, one.column, prices))
    return shelf.trade(intake.requests[one.job], one.candidate, one.machines, price)


def _refusal(
    book: Book, intake: "Intake", clearing: "ColumnClearing", job: int, prices: PoolPrices, shelf: Shelf,
    least: "_Least",
) -> Refusal:  # fmt: skip
    """The place where its bid came closest to the price, or went furthest above it, says why."""
    request = intake.requests[job]
    if clearing.choice[job] >= 0:
        return _later(book, intake, request.id, int(clearing.choice[job]), int(clearing.start[job]))
    own = intake.columns_of(job)
    if not own or intake.mode != "welfare":
        return shelf.refusal(request)
    price = {k: _price_in(intake, k, prices) for k in own}
    best = max(own, key=lambda k: ((intake.columns[k].counted - price[k]) * intake.columns[k].units, -k))
    column = intake.columns[best]
    capacity, limit, counted = column.candidate.capacity, column.limit, column.counted
    asked, share = format_money(price[best]), least.share.get(capacity.resource, Fraction(1))
    left = shelf.asks(request, column.candidate)
    if column.candidate.offer.tranches and left > limit >= price[best]:
        reason = f"what is left at {capacity.site_name} asks {format_money(left)} per unit-hour, the price is {asked}"
        change = f"bid {format_money(Micros(left * share_of(capacity.chip)))}: gridtie.budget.max_price"
        return Refusal(request=request.id, code="paradoxical", reason=reason, counts={"paradoxical": 1}, change=change)
    if counted > price[best] * share:
        above = (
            f"above the price of {asked}"
            if counted > price[best]
            else f"more of the price of {asked} than another pays"
        )
        code, change = "paradoxical", "a smaller gang, or alternatives, find room more easily; it bids again next round"
        reason = f"it bid {above} at {capacity.site_name}, but there was no room for all of it"
        return Refusal(request=request.id, code=code, reason=reason, counts={code: 1}, change=change)
    enough = _enough(shelf, request, column, price[best], least.won.get(capacity.resource))
    change = f"bid more than {format_money(Micros(enough * share_of(capacity.chip)))}: gridtie.budget.max_price"
    reason = f"others bid as much or more for what was free; at {capacity.site_name} the price is {asked} per unit-hour"
    if counted != limit:
        reason += f", and its bid of {format_money(limit)} counts as {format_money(counted)} by its weight"
    elif intake.weighed:
        reason += "; bids are weighed"
    bid = _bid(request, column)
    if bid > limit:
        if _other_limits(request, column):
            reason += f", and it bids {format_money(limit)} there, by its other limits"
            change = "raise what limits it: max_total, max_hourly_cost or the voucher"
        else:
            why = _less(shelf, request, column)
            reason += f", and its bid of {format_money(bid)} counts as {format_money(limit)} there: {why}"
    return Refusal(request=request.id, code="outbid", reason=reason, counts={"outbid": 1}, change=change)


def _bid(request: Request, column: "Column") -> Micros:
    """Of the request for a unit there, by max_price alone, which is of whole accelerators."""
    return Micros((request.max_price or 0) // share_of(column.candidate.wanted.chip))


def _less(shelf: Shelf, request: Request, column: "Column") -> str:
    """Why a bid counts for less there than it is."""
    slow, fast = shelf.tariff.slowness(request, column.candidate.capacity, column.candidate.alternative)
    if _bid(request, column) * fast // max(slow, fast) - column.moving > column.limit:
        return "no bid counts for more where so many are cleared together"
    return "moving its data" if column.moving else "that site is slower"


def _other_limits(request: Request, column: "Column") -> bool:
    """Whether a higher max_price alone would change nothing there."""
    total = request.max_total
    return column.own < _bid(request, column) or (
        total is not None and total * HOUR_US // (column.units * column.run_us) <= column.limit
    )


def _enough(shelf: Shelf, request: Request, column: "Column", price: Micros, won: "Column | None") -> Micros:
    """A bid of it above this counts for more there than the price and than whoever won with least. Where nobody counts
    for more than is asked, own bids are in order."""
    over = max(price, won.counted if won is not None else 0)
    weight = Fraction(column.turn, column.own) if column.own else Fraction(1)
    if won is not None and over <= column.candidate.ask:
        return Micros(ceil(won.turn / weight))
    slow, fast = shelf.tariff.slowness(request, column.candidate.capacity, column.candidate.alternative)
    return Micros(ceil((over / weight + column.moving) * max(slow, fast) / fast))


@dataclass(frozen=True, slots=True)
class _Least:
    """Of each pool the smallest share of their price that winners pay, where their bids are below it; and who of
    them counts least."""

    share: Mapping[ResourceId, Fraction]
    won: "Mapping[ResourceId, Column]"

    @classmethod
    def of(cls, intake: "Intake", now: "Sequence[Placed]", prices: PoolPrices) -> "_Least":
        least: dict[ResourceId, Fraction] = {}
        won: dict[ResourceId, Column] = {}
        for one in now:
            if one.column is None:
                continue
            column, pool = intake.columns[one.column], one.candidate.capacity.resource
            won[pool] = min(column, won.get(pool, column), key=lambda other: (other.counted, other.turn))
            if (price := _price_in(intake, one.column, prices)) > 0:
                share = Fraction(min(column.counted, price), price)
                least[pool] = min(share, least.get(pool, share))
        return cls(least, won)


def _later(book: Book, intake: "Intake", request: RequestId, column: int, slot: int) -> Refusal:
    from datetime import timedelta

    from gridtie.market.lateness import to_second
    from gridtie.values.period import to_the_second

    at = to_the_second(to_second(book.at + timedelta(microseconds=slot * intake.horizon.slot_us)))
    site = intake.columns[column].candidate.capacity.site_name
    return Refusal(request=request, code="later", reason=f"it is planned at {site} for about {at}", counts={"later": 1},
                   change="a higher bid starts earlier")  # fmt: skip


def _published(book: Book, trades: Sequence[Trade]) -> tuple[ProductPrice, ...]:
    """Of a product the highest price paid; prices are the pools' own. Its lowest winner is named as marginal."""
    units: dict[Product, int] = {}
    highest: dict[Product, int] = {}
    lowest: dict[Product, tuple[int, RequestId]] = {}
    for trade in trades:
        product = product_of(book.capacities[trade.resource])
        units[product] = units.get(product, 0) + trade.units
        highest[product] = max(highest.get(product, 0), trade.price)
        own = (trade.price, trade.request)
        lowest[product] = min(lowest.get(product, own), own)
    return tuple(
        ProductPrice(chip=product[0], hub=product[1], isolation=product[2], price=Micros(highest[product]),
                     units=units[product], marginal=lowest[product][1])
        for product in sorted(units)
    )  # fmt: skip


def audit(book: Book, clearing: Clearing) -> tuple[str, ...]:
    """What the engine's own checker finds wrong with a round of this rule, from its book and what it published."""
    from gridtie.market.engine.audit import faults
    from gridtie.market.engine.from_book import from_book
    from gridtie.market.engine.reckoning import depth, kept_units, pool_prices, rebuilt, sold, unsold, utilisation

    reckoning = clearing.reckoning
    if reckoning is None:
        return ("the round has no reckoning",)
    held_back = set(reckoning.restated)
    book = opened(book, set(clearing.fixed))
    shelf = Shelf(book)
    intake = from_book(book, shelf)
    intake = intake.restated([job for job, request in enumerate(intake.requests) if request.id in held_back])
    units = (intake.horizon.slots, intake.horizon.slot_us, intake.memory_unit, intake.disk_unit)
    if (reckoning.slots, reckoning.slot_us, reckoning.memory_unit, reckoning.disk_unit) != units:
        return ("slots or units of its prices are not those of its book",)
    if reckoning.mode != intake.mode:
        return ("the mode is not that of its book",)
    if any(len(part) != reckoning.slots for p in reckoning.prices for part in (p.unit, p.core, p.memory, p.disk)):
        return ("the prices are not one for every slot",)
    if tuple(price.resource for price in reckoning.prices) != intake.pools:
        return ("the prices are not those of the pools that were bid for",)
    again = rebuilt(intake, reckoning, clearing.trades, clearing.displaced)
    kept = kept_units(intake, again)
    missed = again.bound - reckoning.welfare
    apart, published = {*clearing.owners_first, *clearing.owners_last}, _published(book, clearing.trades)
    paradoxical = sum(refusal.code == "paradoxical" for refusal in clearing.refusals)
    volumes = {sold(shelf, clearing.trades)}
    if book.version == 1:  # volume was mended a little before shares were, and before versions were written
        volumes.add(sold(Shelf(replace(book, version=2)), clearing.trades))
    stated = {
        "volume and payments are not those of the trades": (reckoning.volume_unit_us, reckoning.paid) not in volumes,
        "asked, sold or free of a pool are not those of its book and its trades": reckoning.prices
        != pool_prices(intake, again.price, clearing.trades, kept),
        "the prices published are not the highest paid, with their lowest winners": not apart
        and clearing.prices != published,
        "utilisation is not what is not free": reckoning.utilisation_ppm
        != utilisation(book, intake, clearing.trades, kept),
        "depth is not that of its book": reckoning.depth != depth(book, intake, published, reckoning.prices),
        "in_the_money is not how many were refused as paradoxical": not paradoxical
        <= reckoning.in_the_money
        <= paradoxical + len(clearing.owners_last),
        "the welfare is not bids less asks of what was placed": again.welfare != reckoning.welfare,
        "made_whole is not what prices exceed bids by": int(again.made_whole.sum()) != reckoning.made_whole,
        "forgone and unsold are not the gap": (missed - reckoning.unsold, unsold(intake, again))
        != (reckoning.forgone, reckoning.unsold),
        "who is displaced was worth more than those who take the place": bool(
            worthless(clearing.displaced, _worth(intake, _those(intake, again)))
        ),
        "the gap is not (bound - welfare) / bound": reckoning.gap_ppm
        != (-(-missed * 1_000_000 // again.bound) if again.bound > 0 else 0),
    }
    prices = prices_of(reckoning)
    return (*faults(intake.arrays, again), *(law for law, broken in stated.items() if broken),
            *_mispaid(intake, clearing, prices))  # fmt: skip


def _those(intake: "Intake", clearing: "ColumnClearing") -> "list[Placed]":
    from gridtie.market.engine.placing import Placed

    return [
        Placed(job, k, (one := intake.columns[k].candidate), (), one.offer.price)
        for job, k in enumerate(clearing.choice.tolist())
        if k >= 0
    ]


def _mispaid(intake: "Intake", clearing: Clearing, prices: PoolPrices) -> list[str]:
    """Trades whose price is not that of their pool, capped by the bid."""
    job_of = {request.id: job for job, request in enumerate(intake.requests)}
    found = []
    for trade in clearing.trades:
        for k in intake.columns_of(job_of[trade.request]):
            candidate = intake.columns[k].candidate
            here = (candidate.capacity.resource, candidate.alternative) == (trade.resource, trade.alternative)
            if intake.mode != "welfare" and candidate.offer.tranches:
                wrong = not candidate.offer.price <= trade.price <= intake.columns[k].limit
            else:  # of tranches, what its own units ask where that is more
                least = min(_price_in(intake, k, prices), intake.columns[k].limit)
                most = max(least, dearest(candidate.offer)) if candidate.offer.tranches else least
                wrong = not least <= trade.price <= min(most, intake.columns[k].limit)
            if here and wrong:
                found.append(f"{trade.request} does not pay the price of {trade.resource}, capped by its bid")
    return found

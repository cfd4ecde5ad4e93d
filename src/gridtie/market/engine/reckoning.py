"""What was placed, in the words of the engine, so that its own audit can judge it; and what a round publishes of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gridtie.market.clearing import Book, Depth, Displaced, Planned, PoolPrice, ProductPrice, Reckoning, Trade
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Indexes, Ints
from gridtie.market.engine.from_book import Intake, machine_units
from gridtie.market.engine.placing import Placing
from gridtie.market.pool_price import HOUR_US
from gridtie.market.shelf import Product, Shelf, product_of, volume
from gridtie.market.tranches import Ladder, ladder
from gridtie.values.ids import RequestId, ResourceId
from gridtie.values.money import Micros

PPM = 1_000_000
LEVELS = (90, 100, 110)  # per cent of a price


def as_placed(intake: Intake, cleared: ColumnClearing, placing: Placing) -> ColumnClearing:
    """The clearing with the places that were found, at the same prices and under the same bound."""
    chosen = [(one.job, one.column, 0) for one in placing.now if one.column is not None]
    return outcome(intake, [*chosen, *placing.later], cleared)


def outcome(intake: Intake, chosen: Sequence[tuple[int, int, int]], cleared: ColumnClearing) -> ColumnClearing:
    """`chosen` are (job, column, slot); prices, bound and counts are those of `cleared`."""
    arrays = intake.arrays
    choice, start = np.full(arrays.jobs, -1, np.int64), np.full(arrays.jobs, -1, np.int32)
    payment, made_whole = np.zeros(arrays.jobs, np.int64), np.zeros(arrays.jobs, np.int64)
    job = np.array([j for j, _, _ in chosen], np.int64)
    column, slot = np.array([k for _, k, _ in chosen], np.int64), np.array([s for _, _, s in chosen], np.int64)
    choice[job], start[job] = column, slot
    cost, worth = cost_at(intake, cleared.price, column, slot), worth_at(intake, column, slot)
    spent, _ = asks(arrays, cleared.price, used(arrays, choice, start)[:, :, 0])
    payment[job] = _paying_asks(arrays.column_pool[column], np.minimum(cost, worth), worth, spent)
    made_whole[job] = np.maximum(cost - payment[job], 0)
    welfare = int(worth.sum()) - int(spent.sum())
    return replace(cleared, choice=choice, start=start, payment=payment, made_whole=made_whole, welfare=welfare)


def _paying_asks(pool: Indexes, pays: Ints, worth: Ints, spent: Ints) -> Ints:
    """What is paid where a pool would get less than its sold units ask: who gains most there pays the rest."""
    made = pays.copy()
    got = np.zeros(len(spent), np.int64)
    np.add.at(got, pool, pays)
    for p in np.flatnonzero(got < spent).tolist():
        missing = int(spent[p] - got[p])
        here = np.flatnonzero(pool == p)
        for n in here[np.argsort(pays[here] - worth[here], kind="stable")].tolist():
            more = min(missing, max(int(worth[n] - pays[n]), 0))
            made[n], missing = made[n] + more, missing - more
    return made


def cost_at(intake: Intake, price: Ints, column: Ints, slot: Ints) -> Ints:
    arrays = intake.arrays
    summed = np.concatenate((np.zeros_like(price[:, :1]), np.cumsum(price, axis=1)), axis=1)
    pool, until = arrays.column_pool[column], slot + arrays.column_length[column]
    made: Ints = ((summed[pool, until] - summed[pool, slot]) * arrays.shape_use[arrays.column_shape[column]]).sum(
        axis=1
    )
    return made


def worth_at(intake: Intake, column: Ints, slot: Ints) -> Ints:
    arrays = intake.arrays
    late = np.maximum(slot - arrays.column_due[column], 0)
    made: Ints = arrays.column_value[column] - arrays.column_delay[column] * late
    return made


def used(arrays: ColumnBook, choice: Ints, start: Indexes) -> Ints:
    """[P, T, R] what the jobs take of the pools."""
    made = np.zeros_like(arrays.capacity)
    job = np.flatnonzero(choice >= 0)
    column, first = choice[job], start[job].astype(np.int64)
    pool, length, use = (
        arrays.column_pool[column],
        arrays.column_length[column],
        arrays.shape_use[arrays.column_shape[column]],
    )
    for slot in range(int(length.max(initial=0))):
        on = slot < length
        np.add.at(made, (pool[on], first[on] + slot), use[on])
    return made


def asks(arrays: ColumnBook, price: Ints, sold: Ints) -> tuple[Ints, int]:
    """([P] what `sold` [P, T] units ask, what all units together earn above their asks at the prices)."""
    spent, earned = np.zeros(arrays.pools, np.int64), 0
    left, rest = sold.copy(), arrays.capacity[:, :, 0].copy()
    for m, pool in enumerate(arrays.tranche_pool.tolist()):
        last = m + 1 == len(arrays.tranche_pool) or arrays.tranche_pool[m + 1] != pool
        units = rest[pool] if last else np.minimum(rest[pool], arrays.tranche_units[m])
        taken = np.minimum(units, left[pool])
        spent[pool] += int((taken * arrays.tranche_ask[m]).sum())
        earned += int((units * np.maximum(price[pool, :, 0] - arrays.tranche_ask[m], 0)).sum())
        rest[pool], left[pool] = rest[pool] - units, left[pool] - taken
    return spent, earned


def unsold(intake: Intake, clearing: ColumnClearing) -> int:
    """What free capacity is worth at the prices, above its asks; less what was sold below its ask."""
    arrays, price = intake.arrays, clearing.price
    taken = used(arrays, clearing.choice, clearing.start)
    spent, earned = asks(arrays, price, taken[:, :, 0])
    beside = (price * (arrays.capacity - taken))[:, :, 1:].sum()
    return earned - (int((price * taken)[:, :, 0].sum()) - int(spent.sum())) + int(beside)


def reckoned(
    book: Book, shelf: Shelf, intake: Intake, clearing: ColumnClearing, placing: Placing, trades: Sequence[Trade],
    prices: Sequence[ProductPrice], in_the_money: int,
) -> Reckoning:  # fmt: skip
    """`book` as it was offered; the shelf's own has the steps of its offers moved."""
    unit_us, paid = sold(shelf, trades)
    missed = clearing.bound - clearing.welfare
    idle = unsold(intake, clearing)
    stated = intake.arrays.job_class % 2 == 0
    kept = kept_units(intake, clearing)
    pools = pool_prices(intake, clearing.price, trades, kept)
    return Reckoning(
        mode=intake.mode,
        slots=intake.horizon.slots,
        slot_us=intake.horizon.slot_us,
        memory_unit=intake.memory_unit,
        disk_unit=intake.disk_unit,
        bound=clearing.bound,
        welfare=clearing.welfare,
        gap_ppm=-(-missed * PPM // clearing.bound) if clearing.bound > 0 else 0,
        forgone=missed - idle,
        unsold=idle,
        in_the_money=in_the_money,
        made_whole=int(clearing.made_whole.sum()),
        moved=placing.moved,
        volume_unit_us=unit_us,
        paid=paid,
        utilisation_ppm=utilisation(book, intake, trades, kept),
        passes=clearing.passes,
        sweeps=clearing.sweeps,
        restated=tuple(sorted(intake.requests[j].id for j in np.flatnonzero(~stated).tolist())),
        planned=_planned(intake, placing),
        prices=pools,
        depth=depth(book, intake, prices, pools),
    )


def sold(shelf: Shelf, trades: Sequence[Trade]) -> tuple[int, int]:
    """(units × microseconds, what is paid for them)."""
    each = volume(shelf, trades)
    return sum(unit_us for _, unit_us, _ in each), sum(paid for _, _, paid in each)


def _planned(intake: Intake, placing: Placing) -> tuple[Planned, ...]:
    return tuple(
        Planned(request=intake.requests[job].id, resource=intake.columns[column].candidate.capacity.resource,
                alternative=intake.columns[column].candidate.alternative, slot=slot)
        for job, column, slot in sorted(placing.later, key=lambda one: intake.requests[one[0]].id)
    )  # fmt: skip


def kept_units(intake: Intake, clearing: ColumnClearing) -> dict[ResourceId, int]:
    """Units of each pool that running work holds on to, of those for which it had to bid."""
    kept = Counter[ResourceId]()
    for job, request in enumerate(intake.requests):
        if request.id in intake.running and clearing.choice[job] >= 0:
            column = intake.columns[int(clearing.choice[job])]
            kept[column.candidate.capacity.resource] += column.units
    return kept


def pool_prices(
    intake: Intake, price: Ints, trades: Sequence[Trade], kept: Mapping[ResourceId, int]
) -> tuple[PoolPrice, ...]:
    sold = Counter[ResourceId]()
    for trade in trades:
        sold[trade.resource] += trade.units
    lowest = _lowest_asks(intake)
    made = []
    for at, pool in enumerate(intake.pools):
        unit, core, memory, disk = (tuple(map(Micros, price[at, :, r].tolist())) for r in range(4))
        made.append(
            PoolPrice(resource=pool, ask=Micros(lowest.get(pool, 0)), unit=unit, core=core, memory=memory, disk=disk,
                      sold=sold[pool], free=int(intake.arrays.capacity[at, 0, 0]) - kept.get(pool, 0))
        )  # fmt: skip
    return tuple(made)


def _lowest_asks(intake: Intake) -> dict[ResourceId, int]:
    """Of the offers that have a column; in the mode `wait` the prices include none."""
    lowest: dict[ResourceId, int] = {}
    for column in intake.columns if intake.mode != "wait" else ():
        pool, ask = column.candidate.capacity.resource, column.candidate.offer.price
        lowest[pool] = min(ask, lowest.get(pool, ask))
    return lowest


def utilisation(book: Book, intake: Intake, trades: Sequence[Trade], kept: Mapping[ResourceId, int]) -> int:
    total = sum(sum(machine_units(book.capacities[pool])) for pool in intake.pools)
    free = int(intake.arrays.capacity[:, 0, 0].sum()) - sum(trade.units for trade in trades) - sum(kept.values())
    return PPM * (total - max(free, 0)) // total if total else 0


def depth(
    book: Book, intake: Intake, prices: Sequence[ProductPrice], pools: Sequence[PoolPrice]
) -> tuple[Depth, ...]:  # fmt: skip
    """Of every product offered, at its price of `prices`, or, where nobody bought any of it, at what its next unit
    costs. Before version 7 of what was traded, and without its price."""
    wanted = _wanted(intake)
    hourly = {price.resource: price.unit[0] * HOUR_US // intake.horizon.slot_us
              for price in pools if intake.mode == "welfare" and not intake.weighed}  # fmt: skip
    asked: dict[Product, list[tuple[int, int]]] = defaultdict(list)  # ask, units
    least: dict[Product, int] = {}
    for resource, supply in _supply(book).items():
        product = product_of(book.capacities[resource])
        asked[product] += supply
        next_unit = max(hourly.get(resource, 0), next((ask for ask, units in supply if units), supply[-1][0]))
        least[product] = min(next_unit, least.get(product, next_unit))
    traded: dict[Product, int] = {(price.chip, price.hub, price.isolation): price.price for price in prices}
    least = least | traded if book.version > 6 else traded
    made = []
    for product, price in sorted(least.items()):
        levels = [price * level // 100 for level in LEVELS]
        at_least = [sum(units for bid, units in wanted[product] if bid >= level) for level in levels]
        at_most = [sum(units for ask, units in asked[product] if ask <= level) for level in levels]
        chip, hub, isolation = product
        made.append(Depth(chip=chip, hub=hub, isolation=isolation, price=Micros(price) if book.version > 6 else None,
                          wanted=(at_least[0], at_least[1], at_least[2]),
                          offered=(at_most[0], at_most[1], at_most[2])))  # fmt: skip
    return tuple(made)


def _wanted(intake: Intake) -> dict[Product, list[tuple[int, int]]]:
    """(bid, units) of each request, its most."""
    wanted: dict[Product, list[tuple[int, int]]] = defaultdict(list)
    for bidder in intake.bidders:
        units: dict[Product, int] = {}
        for candidate in bidder.candidates:
            asked = candidate.wanted.cpus if candidate.wanted.chip == "cpu" else candidate.wanted.accelerators
            units[candidate.product] = max(units.get(candidate.product, 0), asked * bidder.request.needs.machines)
        for product, bid in bidder.bids.items():
            wanted[product].append((bid, units[product]))
    return wanted


def _supply(book: Book) -> dict[ResourceId, list[tuple[int, int]]]:
    """(ask, free units) of what each resource sells now, the cheapest first."""
    steps: dict[ResourceId, Ladder] = {}
    for offer in book.offers:
        if offer.resource is not None and offer.state == "open" and offer.window.contains(book.at):
            steps[offer.resource] = min(ladder(offer), steps.get(offer.resource, ladder(offer)))
    made = {}
    for resource, supply in steps.items():
        if (capacity := book.capacities.get(resource)) is not None and capacity.connected and capacity.in_market:
            by_core = capacity.chip == "cpu"
            free = sum(max(m.cpus if by_core else m.accelerators, 0) for m in capacity.machines)
            ends = [*(min(after, free) for after, _ in supply[1:]), free]
            made[resource] = [(ask, max(end - after, 0)) for (after, ask), end in zip(supply, ends, strict=True)]
    return made


def rebuilt(
    intake: Intake, reckoning: Reckoning, trades: Sequence[Trade], displaced: Sequence[Displaced]
) -> ColumnClearing:
    """The engine's outcome from what a round published, to be audited without clearing again."""
    job_of: dict[RequestId, int] = {request.id: job for job, request in enumerate(intake.requests)}
    chosen = []
    picks = [(t.request, t.resource, t.alternative, 0) for t in trades]
    gone = {one.run for one in displaced}
    picks += [(r.request.id, r.resource, r.alternative, 0) for r in intake.running.values() if r.run not in gone]
    picks += [(p.request, p.resource, p.alternative, p.slot) for p in reckoning.planned]
    for request, resource, alternative, slot in picks:
        job = job_of[request]
        for k in intake.columns_of(job):
            candidate = intake.columns[k].candidate
            if (candidate.capacity.resource, candidate.alternative) == (resource, alternative):
                chosen.append((job, k, slot))
    by_pool = {price.resource: price for price in reckoning.prices}
    rows = [by_pool[pool] for pool in intake.pools]
    price = np.array([[row.unit, row.core, row.memory, row.disk] for row in rows], np.int64).reshape(
        len(rows), 4, reckoning.slots
    )
    nothing = np.zeros(intake.arrays.jobs, np.int64)
    empty = ColumnClearing(
        choice=nothing, start=nothing.astype(np.int32), price=np.ascontiguousarray(price.transpose(0, 2, 1)),
        payment=nothing, made_whole=nothing, welfare=0, bound=reckoning.bound, passes=reckoning.passes,
        sweeps=reckoning.sweeps, ceiling=reckoning.bound, hurdle=np.zeros(0, np.int64),
    )  # fmt: skip
    return outcome(intake, chosen, empty)

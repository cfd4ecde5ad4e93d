"""An independent check of a clearing: plain arrays, no code of the engine, every fault named.

The published prices are enough for the proof: *any* prices y ≥ 0 bound the welfare by what every job would gain at
them at best, and what every owner would earn above his asks. A job gains nothing where an empty pool cannot hold it.
"""

from collections.abc import Iterator

import numpy as np

from gridtie.market.engine.audit_packing import packed_above
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints

#: Beyond it a sum of prices could leave the range of whole numbers, come round to any figure, and prove anything.
LARGEST_SUM = 2.0**62


def faults(book: ColumnBook, clearing: ColumnClearing) -> list[str]:
    """Empty, or what is wrong with the clearing of a book that `checked` accepted."""
    if wrong := list(_shape(book, clearing)):
        return wrong
    won = np.flatnonzero(clearing.choice >= 0)
    column, start = clearing.choice[won], clearing.start[won].astype(np.int64)
    if wrong := list(_choices(book, clearing, won, column, start)):
        return wrong
    used = np.zeros(book.capacity.shape, np.int64)
    pool, length, use = book.column_pool[column], book.column_length[column], book.shape_use[book.column_shape[column]]
    cost = np.zeros(len(won), np.int64)
    for slot in range(int(length.max(initial=0))):
        on = slot < length
        np.add.at(used, (pool[on], start[on] + slot), use[on])
        cost[on] += (use[on] * clearing.price[pool[on], start[on] + slot]).sum(axis=1)
    worth = _worth(book, column, start)
    spent, surplus_of_owners = _asks(book, clearing, used)
    surplus = _best_surplus(book, clearing)
    bound = int(surplus[book.job_class].sum()) + int(surplus_of_owners.sum())
    welfare = int(worth.sum()) - int(spent.sum())
    paid = np.bincount(pool, weights=clearing.payment[won].astype(np.float64), minlength=book.pools)
    above = clearing.payment[won] - np.minimum(cost, worth)  # so that its pool gets what it asks
    added, capped = np.zeros((2, book.pools), np.int64)
    np.add.at(added, pool, above)
    np.add.at(capped, pool, np.minimum(cost, worth))
    earned = int((clearing.price * used).sum()) - int(spent.sum())  # by the owners at the prices, above their asks
    forgone = int(surplus[book.job_class].sum()) - int((worth - cost).sum())
    broken = {
        "capacity: more was sold than there is": bool((used > book.capacity).any()),
        "welfare: it is not the values less the asks": clearing.welfare != welfare,
        "bound: it is not what the prices prove": clearing.bound != bound,
        "bound: it is below the welfare": clearing.bound < clearing.welfare,
        "ceiling: it is not what hurdles and prices prove": clearing.ceiling
        != (packed_above(book, clearing) if len(clearing.hurdle) else bound),
        "ceiling: it is below the welfare": clearing.ceiling < clearing.welfare,
        "payment: a job does not pay the price, capped by its value": bool(
            (above < 0).any() or (added != np.maximum(spent - capped, 0)).any()
        ),
        "payment: a job pays more than it is worth": bool((clearing.payment[won] > worth).any()),
        "payment: a job is paid for running": bool((clearing.payment < 0).any()),
        "made whole: it is not what the price exceeds the value by": bool(
            (clearing.made_whole[won] != np.maximum(cost - clearing.payment[won], 0)).any()
        ),
        "payment: a job that does not run pays": bool(
            np.delete(clearing.payment, won).any() or np.delete(clearing.made_whole, won).any()
        ),
        "asks: a pool receives less than it asks": bool((paid + 0.5 < spent).any()),
        "identity: bound - welfare is not the forgone surplus and the unsold capacity": (
            clearing.bound - clearing.welfare != forgone + int(surplus_of_owners.sum()) - earned
        ),
    }
    return [fault for fault, there in broken.items() if there]


def _shape(book: ColumnBook, clearing: ColumnClearing) -> Iterator[str]:
    for name in ("choice", "start", "payment", "made_whole"):
        if getattr(clearing, name).shape != (book.jobs,):
            yield f"{name}: not one entry for each job"
    if clearing.price.shape != book.capacity.shape:
        yield "price: not one for each pool, slot and resource"
    elif (clearing.price < 0).any():
        yield "price: it is negative"
    elif _largest_sum(book, clearing) > LARGEST_SUM:
        yield "price: sums of it are beyond what is counted exactly"
    if len(clearing.hurdle):
        yield from _hurdles(book, clearing)


def _hurdles(book: ColumnBook, clearing: ColumnClearing) -> Iterator[str]:
    if book.slots > 1 or clearing.hurdle.shape != (book.classes,):
        yield "hurdle: not one for each class of a book of a single slot"
    elif (clearing.hurdle < 0).any():
        yield "hurdle: it is negative"
    elif float(clearing.hurdle[book.job_class].astype(np.float64).sum()) > LARGEST_SUM:
        yield "hurdle: sums of it are beyond what is counted exactly"


def _largest_sum(book: ColumnBook, clearing: ColumnClearing) -> float:
    """Of prices: what the whole capacity is worth, or the dearest column, whatever is more."""
    price = clearing.price.astype(np.float64)
    use = book.shape_use[book.column_shape] * price.max(axis=1)[book.column_pool]
    return max(float((price * book.capacity).sum()), float((use.sum(axis=1) * book.column_length).max(initial=0.0)))


def _choices(book: ColumnBook, clearing: ColumnClearing, won: Ints, column: Ints, start: Ints) -> Iterator[str]:
    if (clearing.choice < -1).any() or (clearing.choice >= book.columns).any():
        yield "choice: there is no such column"
        return
    owner = np.searchsorted(book.class_first, column, side="right") - 1
    if (owner != book.job_class[won]).any():
        yield "choice: a column of another class"
    if (start < book.column_start[column]).any() or (start > book.column_end[column]).any():
        yield "start: outside the column's window"
    if (clearing.start[clearing.choice < 0] != -1).any():
        yield "start: a job that does not run starts"


def _worth(book: ColumnBook, column: Ints, start: Ints) -> Ints:
    late: Ints = np.maximum(start - book.column_due[column], 0)
    return book.column_value[column] - book.column_delay[column] * late


def _asks(book: ColumnBook, clearing: ColumnClearing, used: Ints) -> tuple[Ints, Ints]:
    """For each pool: what its sold units of resource 0 ask, and what all its capacity earns above that at the price."""
    left, sold = book.capacity[:, :, 0].copy(), used[:, :, 0].copy()
    spent = np.zeros(book.pools, np.int64)
    earned: Ints = (book.capacity[:, :, 1:] * clearing.price[:, :, 1:]).sum(axis=(1, 2))
    for m, p in enumerate(book.tranche_pool):
        last = m + 1 == len(book.tranche_pool) or book.tranche_pool[m + 1] != p
        units = left[p].copy() if last else np.minimum(left[p], book.tranche_units[m])
        taken = np.minimum(units, sold[p])
        left[p] -= units
        sold[p] -= taken
        spent[p] += (taken * book.tranche_ask[m]).sum()
        earned[p] += (units * np.maximum(clearing.price[p, :, 0] - book.tranche_ask[m], 0)).sum()
    earned += (left * clearing.price[:, :, 0]).sum(axis=1)  # of pools that ask nothing
    return spent, earned


def _best_surplus(book: ColumnBook, clearing: ColumnClearing) -> Ints:
    """[C] what a job of the class gains at the prices at best, or 0: from the first start that can be to the last."""
    earliest, latest = _possible(book)
    summed = np.zeros((book.pools, book.slots + 1, book.resources), np.int64)
    np.cumsum(clearing.price, axis=1, out=summed[:, 1:])
    use = book.shape_use[book.column_shape]
    best = np.full(book.columns, np.iinfo(np.int64).min)
    for wait in range(int((latest - earliest).max(initial=-1)) + 1):
        open_still = np.flatnonzero(earliest + wait <= latest)
        start = earliest[open_still] + wait
        pool, stop = book.column_pool[open_still], start + book.column_length[open_still]
        cost = (use[open_still] * (summed[pool, stop] - summed[pool, start])).sum(axis=1)
        best[open_still] = np.maximum(best[open_still], _worth(book, open_still, start) - cost)
    result = np.zeros(book.classes, np.int64)
    np.maximum.at(result, np.repeat(np.arange(book.classes), np.diff(book.class_first)), best)
    return result


def _possible(book: ColumnBook) -> tuple[Ints, Ints]:
    """([K], [K]) the first and the last start at which the column's pool, were it empty, has what the column uses."""
    earliest, latest = book.column_start.astype(np.int64), book.column_end.astype(np.int64)
    use = book.shape_use[book.column_shape]
    large = np.flatnonzero((use > book.capacity.min(axis=1)[book.column_pool]).any(axis=1))
    earliest[large], latest[large] = book.slots, -1
    for wait in range(int((book.column_end - book.column_start)[large].max(initial=-1)) + 1):
        start = book.column_start[large].astype(np.int64) + wait
        can = start <= book.column_end[large]
        for slot in range(int(book.column_length[large].max(initial=0))):
            room = book.capacity[book.column_pool[large], np.minimum(start + slot, book.slots - 1)]
            can &= (slot >= book.column_length[large]) | (room >= use[large]).all(axis=1)
        earliest[large] = np.where(can, np.minimum(earliest[large], start), earliest[large])
        latest[large] = np.where(can, np.maximum(latest[large], start), latest[large])
    return earliest, latest

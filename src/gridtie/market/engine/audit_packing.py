"""The independent check of a ceiling: what all pools can pack at most, of jobs worth more than their hurdle.

Plain arrays, no code of the engine. A class's hurdle is paid by every one of its jobs, whether it runs or not; a job
that a pool packs is worth to it what exceeds the hurdle, less the price of every resource but the first, which is dealt
out unit by unit. Any hurdles and prices ≥ 0 prove an upper bound of the welfare.
"""

import numpy as np

from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints

#: Units of the first resource; a larger pool may hold parts of jobs, at the price of that resource.
UNIT_BY_UNIT = 512


def packed_above(book: ColumnBook, clearing: ColumnClearing) -> int:
    """The ceiling that hurdles and prices of a single slot prove."""
    jobs = np.bincount(book.job_class, minlength=book.classes)
    owner = np.repeat(np.arange(book.classes), np.diff(book.class_first))
    use, there, price = book.shape_use[book.column_shape], book.capacity[:, 0], clearing.price[:, 0]
    above = book.column_value - clearing.hurdle[owner] - (use[:, 1:] * price[book.column_pool, 1:]).sum(axis=1)
    large = there[:, 0] > UNIT_BY_UNIT
    above -= np.where(large[book.column_pool], use[:, 0] * price[book.column_pool, 0], 0)
    there_whole = (use <= there[book.column_pool]).all(axis=1)
    worth = np.flatnonzero(there_whole & (above > 0) & (jobs[owner] > 0))
    whole = worth[~large[book.column_pool[worth]] & (use[worth, 0] > 0)]
    parts = np.setdiff1d(worth, whole)
    total = int(clearing.hurdle @ jobs) + int((price[:, 1:] * there[:, 1:]).sum())
    total += int((above[parts] * jobs[owner[parts]]).sum())
    asked = [_asked(book, pool) for pool in range(book.pools)]
    total += sum(_earned(asked[pool], int(price[pool, 0])) for pool in np.flatnonzero(large))
    # In each pool the most valuable first among equally large ones: only as many as it has room for can be packed.
    whole = whole[np.lexsort((-above[whole], use[whole, 0], book.column_pool[whole]))]
    ends = np.searchsorted(book.column_pool[whole], np.arange(book.pools + 1))
    for pool in np.flatnonzero(~large & (np.diff(ends) > 0)):
        mine = whole[ends[pool] : ends[pool + 1]]
        total += _packed(use[mine, 0], above[mine], jobs[owner[mine]], asked[pool])
    return total


def _asked(book: ColumnBook, pool: int) -> Ints:
    """[units + 1] what so many of the pool's units of the first resource ask together."""
    units = int(book.capacity[pool, 0, 0])
    each, begin = np.zeros(units, np.int64), 0
    mine = np.flatnonzero(book.tranche_pool == pool)
    for m in mine:
        end = units if m == mine[-1] else min(begin + int(book.tranche_units[m]), units)
        each[begin:end], begin = book.tranche_ask[m], end
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(each)))


def _earned(asked: Ints, price: int) -> int:
    """Above what they ask, by all units that ask no more than the price."""
    return int(np.maximum(price - np.diff(asked), 0).sum())


def _packed(size: Ints, above: Ints, copies: Ints, asked: Ints) -> int:
    units = len(asked) - 1
    best, taken, before = np.zeros(units + 1, np.int64), 0, 0
    for each, worth, count in zip(size.tolist(), above.tolist(), copies.tolist(), strict=True):
        taken = taken if each == before else 0
        for _ in range(min(count, units // each - taken)):
            best[each:] = np.maximum(best[each:], best[:-each] + worth)
            taken += 1
        before = each
    return int((best - asked).max())

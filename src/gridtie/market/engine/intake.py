"""From a book to what the kernels read: identical bids merged, classes sorted by pool, values net of the lowest ask.

The order of the result does not depend on the order of the jobs, nor on that of a class's columns: classes are sorted
by their first pool and then by a hash of their content, and equal ones become one with a larger count.

What no choice can hold is left out, or the bound would count parts of it: a column that is larger than its empty pool,
and at both ends of a window the starts at which it would be.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for, in_turn
from gridtie.market.engine.columns import ColumnBook, Indexes, Ints

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tableau:
    """C merged classes with K columns; a class's columns are sorted by pool. Prices are over a pool's lowest ask.

    A pool's supply of resource 0 is a curve: of `capacity`, what is beyond the first tranche asks `step_ask` more.
    """

    capacity: Ints  # [P, T, R]
    floor: Ints  # [P] the lowest ask of what the pool has, micro-units per unit of resource 0 and slot
    step_first: Indexes  # [P + 1] steps of a pool, beyond its first tranche
    step_units: Ints  # [M', T] units of resource 0 in the step; the first tranche has what no step has
    step_ask: Ints  # [M'] above the floor, ascending in a pool
    use: Ints  # [S, R]
    size: Floats  # [S] in units of resource 0: those it uses, or what its dominant share amounts to
    first: Indexes  # [C + 1]
    pool: Indexes  # [K]
    shape: Indexes  # [K]
    value: Ints  # [K] net of the floor for all its slots; positive
    delay: Ints  # [K]
    start: Indexes  # [K]
    due: Indexes  # [K]
    end: Indexes  # [K]
    length: Indexes  # [K]
    origin: Indexes  # [K] column of the book
    count: Ints  # [C] jobs
    job: Indexes  # [J'] jobs of the book, class by class
    job_first: Ints  # [C + 1] jobs of class c: job[job_first[c] : job_first[c + 1]]

    @property
    def classes(self) -> int:
        return len(self.count)

    @property
    def columns(self) -> int:
        return len(self.pool)


def tableau(book: ColumnBook, run_blocks: RunBlocks = in_turn) -> Tableau:
    """Columns that are worth nothing or cannot fit and classes without a job or a column are left out."""
    floor, step_first, step_units, step_ask = _supply(book)
    known = _known(book, floor, run_blocks)
    order, first, origin, pool, shape, value = _laid_out(book, known, run_blocks)
    leads = _leads(order, first, known.of_class, origin, known.columns, book.shape_use, known.key)
    if not leads.all():
        parts = np.diff(first)
        stay = np.repeat(leads, parts)
        origin, pool, shape, value = origin[stay], pool[stay], shape[stay], value[stay]
        first = np.concatenate(([0], np.cumsum(parts[leads]))).astype(np.int32)
    count, job, job_first = _jobs(book, order, leads)
    if book.slots > 1:
        delay, length = book.column_delay[origin], book.column_length[origin]
        start, due, end = known.start[origin], book.column_due[origin], known.end[origin]
    else:  # they could not be other
        delay, start = np.zeros(len(origin), np.int64), np.zeros(len(origin), np.int32)
        due, end, length = start, start, np.ones(len(origin), np.int32)
    return Tableau(
        capacity=book.capacity, floor=floor, step_first=step_first, step_units=step_units, step_ask=step_ask,
        use=book.shape_use, size=_sizes(book), first=first, pool=pool, shape=shape, value=value, delay=delay,
        start=start, due=due, end=end, length=length, origin=origin, count=count, job=job, job_first=job_first,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is to be known of columns and classes before they are laid out."""

    columns: tuple[npt.NDArray[Any], ...]  # their figures as the kernels read them
    start: Indexes  # [K] and `end`: the window in which the empty pool can hold it
    end: Indexes
    net: Ints  # [K] value net of the floor
    key: Hashes  # [K]
    of_class: Hashes  # [C]
    kept: Indexes  # [C] columns that are worth something
    lead: Indexes  # [C] the first of their pools


def _known(book: ColumnBook, floor: Ints, run_blocks: RunBlocks) -> _Known:
    start, end, least = book.column_start.copy(), book.column_end.copy(), book.capacity.min(axis=1)
    net, key = np.empty(book.columns, np.int64), np.empty(book.columns, np.uint64)
    of_class = np.zeros(book.classes, np.uint64)
    kept, lead = np.zeros(book.classes, np.int32), np.zeros(book.classes, np.int32)
    columns = (
        book.column_pool, book.column_shape, book.column_value, book.column_delay, start, book.column_due, end,
        book.column_length,
    )  # fmt: skip
    count, shape_hash = np.bincount(book.job_class, minlength=book.classes), _hash_shapes(book.shape_use)
    blocks = blocks_for(book.columns)
    cuts = np.linspace(0, book.classes, blocks + 1).astype(np.int64)

    def hashed(block: int) -> None:
        _trim(
            book.class_first[cuts[block]], book.class_first[cuts[block + 1]], book.column_pool, book.column_shape,
            book.column_length, book.shape_use, book.capacity, least, start, end,
        )  # fmt: skip
        _hash_classes(
            cuts[block], cuts[block + 1], book.class_first, columns, book.shape_use, shape_hash, floor, count, net, key,
            of_class, kept, lead,
        )  # fmt: skip

    run_blocks(hashed, blocks)
    return _Known(columns=columns, start=start, end=end, net=net, key=key, of_class=of_class, kept=kept, lead=lead)


def _laid_out(
    book: ColumnBook, known: _Known, run_blocks: RunBlocks
) -> tuple[Ints, Indexes, Indexes, Indexes, Indexes, Ints]:
    """(order of the classes, their first columns; of each column that of the book, its pool, shape and net value)."""
    used = np.flatnonzero(known.kept)
    # By first pool, then by hash: the upper bits hold the pool.
    by = (known.lead[used].astype(np.uint64) << np.uint64(40)) | (known.of_class[used] >> np.uint64(24))
    order = used[np.argsort(by)]
    first = np.concatenate(([0], np.cumsum(known.kept[order], dtype=np.int64))).astype(np.int32)
    origin, pool, shape = (np.empty(first[-1], np.int32) for _ in range(3))
    value = np.empty(first[-1], np.int64)
    blocks = blocks_for(book.columns)
    parts = np.searchsorted(first, np.linspace(0, first[-1], blocks + 1)).astype(np.int64)
    parts[0], parts[-1] = 0, len(order)

    def arranged(block: int) -> None:
        _arrange(
            parts[block], parts[block + 1], order, book.class_first, book.column_pool, book.column_shape, known.net,
            known.key, first, origin, pool, shape, value,
        )  # fmt: skip

    run_blocks(arranged, blocks)
    return order, first, origin, pool, shape, value


def _jobs(book: ColumnBook, order: Ints, leads: Bools) -> tuple[Ints, Indexes, Ints]:
    """(jobs of each merged class, the jobs class by class, where each class begins)."""
    new_class = np.full(book.classes, -1, np.int32)
    new_class[order] = np.cumsum(leads) - 1
    job_class = new_class[book.job_class]
    count = np.bincount(job_class[job_class >= 0], minlength=int(leads.sum())).astype(np.int64)
    job_first = np.concatenate(([0], np.cumsum(count)))
    job = np.empty(int(job_first[-1]), np.int32)
    _spread(job_class, job_first[:-1].copy(), job)
    return count, job, job_first


def _supply(book: ColumnBook) -> tuple[Ints, Indexes, Ints, Ints]:
    """(floor, first step of each pool, units of each step and slot, its ask above the floor)."""
    units = offered(book)
    pools, begin = np.unique(book.tranche_pool, return_index=True)
    first, sells = np.zeros(book.pools, np.int64), np.flatnonzero(units.any(axis=1))
    first[pools] = begin
    selling, begin = np.unique(book.tranche_pool[sells], return_index=True)
    first[selling] = sells[begin]  # what has no unit asks for none
    floor = np.zeros(book.pools, np.int64)
    floor[pools] = book.tranche_ask[first[pools]]
    step = np.arange(len(units)) > first[book.tranche_pool]
    counts = np.bincount(book.tranche_pool[step], minlength=book.pools)
    step_first = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return floor, step_first, units[step], (book.tranche_ask - floor[book.tranche_pool])[step]


def _sizes(book: ColumnBook) -> Floats:
    total = book.capacity.sum(axis=(0, 1)).astype(np.float64)
    whole = float(total[0]) or float(total.max(initial=1.0))
    size = np.empty(len(book.shape_use))
    _measure(book.shape_use, np.maximum(total, 1.0), whole, size)
    return size


@njit(nogil=True)
def _measure(use: Ints, total: Floats, whole: float, size: Floats) -> None:
    for s in range(len(use)):
        share = 0.0
        for r in range(use.shape[1]):
            share = max(share, use[s, r] / total[r])
        size[s] = use[s, 0] if use[s, 0] > 0 else max(share * whole, 1e-3)


def offered(book: ColumnBook) -> Ints:
    """[M, T] units of resource 0 that each tranche has in each slot: in their order, and the last one the rest."""
    units = np.zeros((len(book.tranche_pool), book.slots), np.int64)
    _fill_tranches(book.tranche_pool, book.tranche_units, np.ascontiguousarray(book.capacity[:, :, 0]), units)
    return units


@njit(nogil=True)
def _fill_tranches(pools: Indexes, wanted: Ints, capacity: Ints, units: Ints) -> None:
    for t in range(capacity.shape[1]):
        left, before = 0, -1
        for m in range(len(pools)):
            if pools[m] != before:
                before = pools[m]
                left = capacity[before, t]
            last = m + 1 == len(pools) or pools[m + 1] != before
            units[m, t] = left if last else min(left, wanted[m])
            left -= units[m, t]


@njit(nogil=True)
def _mix(x: np.uint64) -> np.uint64:
    """The finaliser of splitmix64."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(nogil=True)
def _hash_shapes(use):  # type: ignore[no-untyped-def]
    shape_hash = np.zeros(len(use), np.uint64)
    for s in range(len(use)):
        h = np.uint64(0)
        for r in range(use.shape[1]):
            h = _mix(h + GOLDEN + np.uint64(use[s, r]))
        shape_hash[s] = h
    return shape_hash


@njit(nogil=True)
def _holds(k, t, pool, shape, length, use, capacity):  # type: ignore[no-untyped-def]
    for slot in range(t, t + length[k]):
        for r in range(use.shape[1]):
            if use[shape[k], r] > capacity[pool[k], slot, r]:
                return False
    return True


@njit(nogil=True)
def _trim(begin, stop, pool, shape, length, use, capacity, least, start, end):  # type: ignore[no-untyped-def]
    """Moves `start` and `end` to the first and last start that the empty pool can hold; with none, `end` is below."""
    for k in range(begin, stop):
        larger = False
        for r in range(use.shape[1]):
            larger |= use[shape[k], r] > least[pool[k], r]
        if not larger:
            continue
        while start[k] <= end[k] and not _holds(k, start[k], pool, shape, length, use, capacity):
            start[k] += 1
        while end[k] > start[k] and not _holds(k, end[k], pool, shape, length, use, capacity):
            end[k] -= 1


@njit(nogil=True)
def _hash_classes(  # type: ignore[no-untyped-def]
    begin, stop, class_first, columns, use, shape_hash, floor, count, net, key, hashes, kept, lead
):  # fmt: skip
    """Fills net values, a hash of each column and class, how many of a class's columns are worth something, and the
    first of their pools."""
    pool, shape, value, delay, start, due, end, length = columns
    for c in range(begin, stop):
        lowest = np.int32(2**31 - 1)
        h = np.uint64(0)
        for k in range(class_first[c], class_first[c + 1]):
            p = pool[k]
            net[k] = value[k] - use[shape[k], 0] * floor[p] * length[k]
            if start[k] > end[k]:
                net[k] = 0
            if net[k] <= 0 or count[c] == 0:
                continue
            x = _mix(GOLDEN + np.uint64(value[k])) + shape_hash[shape[k]]
            x = _mix(x + (np.uint64(p) << np.uint64(32)) + np.uint64(length[k]))
            if end[k] > 0:
                x = _mix(x + (np.uint64(start[k]) << np.uint64(32)) + np.uint64(due[k]))
                x = _mix(x + (np.uint64(end[k]) << np.uint64(32)) + _mix(np.uint64(delay[k])))
            key[k] = x
            h += x
            kept[c] += 1
            lowest = min(lowest, p)
        hashes[c] = _mix(h)
        lead[c] = lowest


@njit(nogil=True)
def _arrange(  # type: ignore[no-untyped-def]
    begin, stop, order, class_first, book_pool, book_shape, net, key, at, origin, pool, shape, value
):  # fmt: skip
    """Lays out the columns of the classes in `order`: those of a class by pool, of equals by hash."""
    for i in range(begin, stop):
        c, top = order[i], at[i]
        for k in range(class_first[c], class_first[c + 1]):
            if net[k] <= 0:
                continue
            p, j = book_pool[k], top
            while j > at[i] and (pool[j - 1] > p or (pool[j - 1] == p and key[origin[j - 1]] > key[k])):
                origin[j], pool[j], shape[j], value[j] = origin[j - 1], pool[j - 1], shape[j - 1], value[j - 1]
                j -= 1
            origin[j], pool[j], shape[j], value[j] = k, p, book_shape[k], net[k]
            top += 1


@njit(nogil=True)
def _leads(order, at, hashes, origin, columns, use, key):  # type: ignore[no-untyped-def]
    """True for each class in `order` that is not equal to the one before it: equal ones are one."""
    leads = np.ones(len(order), np.bool_)
    for i in range(1, len(order)):
        width = at[i + 1] - at[i]
        if hashes[order[i]] != hashes[order[i - 1]] or at[i] - at[i - 1] != width:
            continue
        leads[i] = False
        for j in range(at[i], at[i + 1]):
            if not _equal(origin[j], origin[j - width], columns, use, key):
                leads[i] = True
                break
    return leads


@njit(nogil=True)
def _equal(a, b, columns, use, key):  # type: ignore[no-untyped-def]
    pool, shape, value, delay, start, due, end, length = columns
    if key[a] != key[b] or pool[a] != pool[b] or value[a] != value[b] or length[a] != length[b]:
        return False
    if start[a] != start[b] or end[a] != end[b] or due[a] != due[b] or delay[a] != delay[b]:
        return False
    differ = 0
    for r in range(use.shape[1]):
        differ += use[shape[a], r] != use[shape[b], r]
    return differ == 0


@njit(nogil=True)
def _spread(job_class: Indexes, at: Ints, job: Indexes) -> None:
    for j in range(len(job_class)):
        c = job_class[j]
        if c >= 0:
            job[at[c]] = j
            at[c] += 1

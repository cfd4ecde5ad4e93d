"""Who pays what: the price of the capacity, never more than the job's value; and what each pool's owner receives.

A pool's owner receives what its jobs pay, to the micro-unit. Should that fall short of his asks (jobs that pay less
than their price, because they are worth less), the least worthy of those jobs are dropped until it does not: together
they were worth less than they cost, so welfare rises.
"""

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.greedy import Placement, steps_cost
from gridtie.market.engine.hurdles import Ceiling
from gridtie.market.engine.intake import Tableau


def settled(tableau: Tableau, dual: DualBound, placement: Placement) -> tuple[Placement, int]:
    """What stays of a placement, and its welfare."""
    used = np.zeros(tableau.capacity.shape[:2], np.int64)
    count = placement.count.copy()
    welfare = _settle(
        placement.column, placement.start, count, tableau.pool, tableau.shape, tableau.value, tableau.delay,
        tableau.due, tableau.length, tableau.use, dual.price, used, tableau.capacity, tableau.step_first,
        tableau.step_units, tableau.step_ask,
    )  # fmt: skip
    kept = count > 0
    return Placement(column=placement.column[kept], start=placement.start[kept], count=count[kept]), int(welfare)


def cleared(
    book: ColumnBook, tableau: Tableau, dual: DualBound, limit: Ceiling, placement: Placement, welfare: int,
    passes: int, sweeps: int,
) -> ColumnClearing:  # fmt: skip
    choice = np.full(book.jobs, -1, np.int64)
    start = np.full(book.jobs, -1, np.int32)
    payment = np.zeros(book.jobs, np.int64)
    made_whole = np.zeros(book.jobs, np.int64)
    price = dual.price.copy()
    price[:, :, 0] += tableau.floor[:, None]
    class_of = np.repeat(np.arange(tableau.classes, dtype=np.int32), np.diff(tableau.first))
    _assign(
        placement.column, placement.start, placement.count, class_of, tableau.job_first[:-1].copy(), tableau.job,
        tableau.origin, tableau.pool, tableau.shape, tableau.length, tableau.use, book.column_value, tableau.delay,
        tableau.due, price, choice, start, payment, made_whole,
    )  # fmt: skip
    return ColumnClearing(
        choice=choice, start=start, price=price, payment=payment, made_whole=made_whole, welfare=welfare,
        bound=dual.bound, passes=passes, sweeps=sweeps, ceiling=limit.height,
        hurdle=_of_book(book, tableau, limit.hurdle),
    )  # fmt: skip


def _of_book(book: ColumnBook, tableau: Tableau, hurdle: Ints) -> Ints:
    """[C] from the merged classes to those of the book; nobody bids in the others, and they have none."""
    made = np.zeros(book.classes if len(hurdle) else 0, np.int64)
    if len(hurdle):
        made[book.job_class[tableau.job]] = np.repeat(hurdle, np.diff(tableau.job_first))
    return made


@njit(nogil=True)
def _settle(  # type: ignore[no-untyped-def]
    column, start, count, pool, shape, value, delay, due, length, use, price, used, capacity, step_first, step_units,
    step_ask,
):  # fmt: skip
    pools = len(step_first) - 1
    welfare = np.int64(0)
    paid = np.zeros(pools, np.int64)  # above the floor, in pools that have steps
    worth = np.empty(len(column), np.int64)  # above the floor
    short = np.empty(len(column), np.int64)  # by how much the price exceeds it
    for i in range(len(column)):
        k = column[i]
        p, s = pool[k], shape[k]
        worth[i] = value[k] - delay[k] * max(start[i] - due[k], 0)
        welfare += count[i] * worth[i]
        if step_first[p] == step_first[p + 1]:
            continue
        cost = np.int64(0)
        for t in range(start[i], start[i] + length[k]):
            used[p, t] += count[i] * use[s, 0]
            for r in range(use.shape[1]):
                cost += use[s, r] * price[p, t, r]
        short[i] = cost - worth[i]
        paid[p] += count[i] * min(cost, worth[i])
    asked = np.zeros(pools, np.int64)
    poor = False
    for p in range(pools):
        if step_first[p] < step_first[p + 1]:
            for t in range(used.shape[1]):
                asked[p] += steps_cost(used[p, t], p, t, capacity, step_first, step_units, step_ask)
            poor = poor or asked[p] > paid[p]
    if poor:
        for i in np.argsort(worth):
            k = column[i]
            p, s = pool[k], shape[k]
            while step_first[p] < step_first[p + 1] and asked[p] > paid[p] and short[i] > 0 and count[i] > 0:
                count[i] -= 1
                welfare -= worth[i]
                paid[p] -= worth[i]
                for t in range(start[i], start[i] + length[k]):
                    asked[p] -= steps_cost(used[p, t], p, t, capacity, step_first, step_units, step_ask)
                    used[p, t] -= use[s, 0]
                    asked[p] += steps_cost(used[p, t], p, t, capacity, step_first, step_units, step_ask)
    return welfare - asked.sum()


@njit(nogil=True)
def _assign(  # type: ignore[no-untyped-def]
    column, begin, count, class_of, at, job, origin, pool, shape, length, use, value, delay, due, price, choice, start,
    payment, made_whole,
):  # fmt: skip
    for i in range(len(column)):
        k = column[i]
        c, p, s = class_of[k], pool[k], shape[k]
        cost = np.int64(0)
        for t in range(begin[i], begin[i] + length[k]):
            for r in range(use.shape[1]):
                cost += use[s, r] * price[p, t, r]
        worth = value[origin[k]] - delay[k] * max(begin[i] - due[k], 0)
        for _ in range(count[i]):
            j = job[at[c]]
            at[c] += 1
            choice[j], start[j] = origin[k], begin[i]
            payment[j] = min(cost, worth)
            made_whole[j] = cost - payment[j]


def forgone(tableau: Tableau, dual: DualBound, placement: Placement) -> Ints:
    """[C] what a class's jobs together forgo at the prices: their best surplus less what they obtained."""
    obtained = np.zeros(tableau.classes, np.int64)
    class_of = np.repeat(np.arange(tableau.classes, dtype=np.int32), np.diff(tableau.first))
    at = placement.column
    cost = np.zeros(len(at), np.int64)
    for slot in range(int(tableau.length.max(initial=0))):
        runs = slot < tableau.length[at]
        slots = np.minimum(placement.start + slot, tableau.capacity.shape[1] - 1)
        cost += runs * (tableau.use[tableau.shape[at]] * dual.price[tableau.pool[at], slots]).sum(axis=1)
    late = np.maximum(placement.start - tableau.due[at], 0)
    gained = tableau.value[at] - tableau.delay[at] * late - cost
    np.add.at(obtained, class_of[at], placement.count * gained)
    return dual.best * tableau.count - obtained

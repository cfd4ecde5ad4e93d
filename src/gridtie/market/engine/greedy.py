"""A first feasible choice, for any number of slots: by regret, each class where it gains most at the prices.

Order: regret per size and slot, what a class loses if its best column is gone. Each class takes its columns by
falling surplus while they have room; what found none is offered what is left wherever its value exceeds the asks.
"""

from dataclasses import dataclass

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.intake import Floats, Tableau


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`count[i]` jobs of one class run on column `column[i]` from slot `start[i]` on."""

    column: Indexes
    start: Indexes
    count: Ints


def room_at(tableau: Tableau, price: Ints) -> Ints:
    """[P, T, R] what may be sold at these prices: steps of supply that ask more stay closed."""
    room = tableau.capacity.copy()
    _close(room, price, tableau.step_first, tableau.step_units, tableau.step_ask)
    return room


def by_regret(tableau: Tableau, dual: DualBound, spare: Ints) -> Ints:
    """Classes with spare jobs, by falling (best surplus - second best, each at least 0) per size and slot of the
    class's first column."""
    waiting = np.flatnonzero(spare)
    heads = tableau.first[waiting]
    amount = tableau.size[tableau.shape[heads]] * tableau.length[heads]
    regret = np.empty(len(waiting))
    _regret(waiting, tableau.first, dual.surplus, regret)
    return waiting[np.argsort(-regret / amount, kind="stable")]


def greedy(tableau: Tableau, dual: DualBound) -> Placement:
    room = room_at(tableau, dual.price)
    order = by_regret(tableau, dual, tableau.count)
    column, start, count = _fill(
        order, tableau.first, tableau.pool, tableau.shape, tableau.value, tableau.delay, tableau.start, tableau.due,
        tableau.end, tableau.length, tableau.use, tableau.count.copy(), dual.surplus, dual.start, room,
        room[:, :, 0].copy(), tableau.capacity, tableau.step_first, tableau.step_units, tableau.step_ask,
    )  # fmt: skip
    return Placement(column=column, start=start, count=count)


@njit(nogil=True)
def _close(room, price, step_first, step_units, step_ask):  # type: ignore[no-untyped-def]
    for p in range(room.shape[0]):
        for m in range(step_first[p], step_first[p + 1]):
            for t in range(room.shape[1]):
                if step_ask[m] > price[p, t, 0]:
                    room[p, t, 0] -= step_units[m, t]


@njit(nogil=True)
def _regret(classes: Ints, first: Indexes, surplus: Ints, result: Floats) -> None:
    for i in range(len(classes)):
        c = classes[i]
        best, second = 0, 0
        for k in range(first[c], first[c + 1]):
            if surplus[k] > best:
                best, second = surplus[k], best
            elif surplus[k] > second:
                second = surplus[k]
        result[i] = best - second


@njit(nogil=True)
def steps_cost(used, p, t, capacity, step_first, step_units, step_ask):  # type: ignore[no-untyped-def]
    """What `used` units of resource 0 cost above the floor: the first tranche nothing, then step by step."""
    beyond = used - capacity[p, t, 0]
    for m in range(step_first[p], step_first[p + 1]):
        beyond += step_units[m, t]
    cost = 0
    for m in range(step_first[p], step_first[p + 1]):
        if beyond <= 0:
            break
        sold = min(beyond, step_units[m, t])
        cost += sold * step_ask[m]
        beyond -= sold
    return cost


@njit(nogil=True)
def _fit(k, t, pool, shape, length, use, room):  # type: ignore[no-untyped-def]
    """How many jobs find room on column `k` from slot `t` on."""
    p, s = pool[k], shape[k]
    most = np.int64(2**62)
    for r in range(use.shape[1]):
        if use[s, r] > 0:
            for slot in range(t, t + length[k]):
                most = min(most, room[p, slot, r] // use[s, r])
    return most


@njit(nogil=True)
def _fill(  # type: ignore[no-untyped-def]
    order, first, pool, shape, value, delay, start, due, end, length, use, left, surplus, best_start, room, open_units,
    capacity, step_first, step_units, step_ask,
):  # fmt: skip
    columns, starts, counts = [np.int32(0)], [np.int32(0)], [np.int64(0)]
    for turn in range(2):  # first who gains at the prices, then who is worth more than the asks
        for c in order:
            if left[c] == 0:
                continue
            by_gain = first[c] + np.argsort(-surplus[first[c] : first[c + 1]], kind="mergesort")
            for k in by_gain:
                if turn == 0 and surplus[k] < 0:
                    break
                p, s = pool[k], shape[k]
                for turn_start in range(-1, end[k] - start[k] + 1):
                    t = best_start[k] if turn_start < 0 else start[k] + turn_start
                    if left[c] == 0:
                        break
                    if turn_start >= 0 and (t == best_start[k] or turn == 0):
                        continue
                    fits = min(_fit(k, t, pool, shape, length, use, room), left[c])
                    if fits <= 0:
                        continue
                    if turn == 1:
                        worth = value[k] - delay[k] * max(t - due[k], 0)
                        if step_first[p + 1] > step_first[p]:
                            for slot in range(t, t + length[k]):
                                used = open_units[p, slot] - room[p, slot, 0]
                                worth -= steps_cost(
                                    used + use[s, 0], p, slot, capacity, step_first, step_units, step_ask
                                ) - steps_cost(used, p, slot, capacity, step_first, step_units, step_ask)
                            fits = min(fits, 1)
                        if worth <= 0:
                            continue
                    left[c] -= fits
                    columns.append(np.int32(k))
                    starts.append(np.int32(t))
                    counts.append(fits)
                    for slot in range(t, t + length[k]):
                        for r in range(use.shape[1]):
                            room[p, slot, r] -= fits * use[s, r]
                if left[c] == 0:
                    break
    return np.array(columns[1:]), np.array(starts[1:]), np.array(counts[1:])

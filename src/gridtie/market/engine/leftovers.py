"""What a settled choice leaves free, to whoever runs nowhere and is worth more than it asks there.

The repair weighs scarce resources at prices that are whole numbers: where one was rounded to just above all bids, it
leaves everybody out. Here prices decide nothing but what is paid. Supply that asks more than the price is sold as well,
to whoever pays all of what it asks.
"""

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.greedy import Placement, steps_cost
from gridtie.market.engine.intake import Tableau


def with_leftovers(tableau: Tableau, dual: DualBound, placement: Placement, welfare: int) -> tuple[Placement, int]:
    """The placement and whoever still finds room, most worth first, and its welfare: never less than before."""
    t = tableau
    room, spare = t.capacity.copy(), t.count.copy()
    _taken(placement.column, placement.start, placement.count, t.first, t.pool, t.shape, t.length, t.use, room, spare)
    bids = (t.pool, t.shape, t.value, t.delay, t.due, t.length, t.use)
    supply = (dual.price, t.capacity, t.step_first, t.step_units, t.step_ask)
    column, owner, start, gain = _open(t.first, t.start, t.end, spare, room, room[:, :, 0].max(axis=1), bids, supply)
    order = np.argsort(-gain, kind="stable")
    column, owner, start = column[order], owner[order], start[order]
    count, more = _fill(column, owner, start, spare, room, bids, supply)
    won = np.flatnonzero(count)
    filled = Placement(
        column=np.concatenate((placement.column, column[won])),
        start=np.concatenate((placement.start, start[won])),
        count=np.concatenate((placement.count, count[won])),
    )
    return filled, welfare + int(more)


@njit(nogil=True)
def _taken(column, start, count, first, pool, shape, length, use, room, spare):  # type: ignore[no-untyped-def]
    c = np.int64(0)
    for i in range(len(column)):
        k = column[i]
        if k < first[c]:  # of a single slot they lie in order: the next class is near
            c = np.searchsorted(first, k, side="right") - 1
        while k >= first[c + 1]:
            c += 1
        spare[c] -= count[i]
        for t in range(start[i], start[i] + length[k]):
            for r in range(use.shape[1]):
                room[pool[k], t, r] -= count[i] * use[shape[k], r]


@njit(nogil=True)
def _fits(k, t, room, bids):  # type: ignore[no-untyped-def]
    pool, shape, _, _, _, length, use = bids
    most = np.int64(2**62)
    for slot in range(t, t + length[k]):
        for r in range(use.shape[1]):
            each = use[shape[k], r]
            if each > 0:
                have = room[pool[k], slot, r]
                most = min(most, have // each) if have >= 2 * each else min(most, np.int64(have >= each))
                if most == 0:
                    return most
    return most


@njit(nogil=True)
def _gain(k, t, room, bids, supply):  # type: ignore[no-untyped-def]
    """What one more job, for which there is room, is worth above what it asks; 0 if it would pay less than that."""
    pool, shape, value, delay, due, length, use = bids
    price, capacity, step_first, step_units, step_ask = supply
    p, s = pool[k], shape[k]
    worth = value[k] - delay[k] * max(t - due[k], 0)
    if step_first[p + 1] == step_first[p]:
        return worth
    cost, asked = np.int64(0), np.int64(0)
    for slot in range(t, t + length[k]):
        used = capacity[p, slot, 0] - room[p, slot, 0]
        asked += steps_cost(used + use[s, 0], p, slot, capacity, step_first, step_units, step_ask)
        asked -= steps_cost(used, p, slot, capacity, step_first, step_units, step_ask)
        for r in range(use.shape[1]):
            cost += use[s, r] * price[p, slot, r]
    return worth - asked if cost >= asked else np.int64(0)


@njit(nogil=True)
def _open(first, begin, end, spare, room, most, bids, supply):  # type: ignore[no-untyped-def]
    """(columns that jobs which run nowhere could have, their classes, from when, what each would gain)."""
    columns, owners, starts, gains = [np.int32(0)], [np.int32(0)], [np.int32(0)], [np.int64(0)]
    pool, shape, use = bids[0], bids[1], bids[6]
    for c in range(len(spare)):
        if spare[c] == 0:
            continue
        for k in range(first[c], first[c + 1]):
            if use[shape[k], 0] > most[pool[k]]:
                continue
            for t in range(begin[k], end[k] + 1):
                if _fits(k, t, room, bids) > 0:
                    gain = _gain(k, t, room, bids, supply)
                    if gain > 0:
                        columns.append(np.int32(k))
                        owners.append(np.int32(c))
                        starts.append(np.int32(t))
                        gains.append(gain)
    return np.array(columns[1:]), np.array(owners[1:]), np.array(starts[1:]), np.array(gains[1:])


@njit(nogil=True)
def _fill(column, owner, start, spare, room, bids, supply):  # type: ignore[no-untyped-def]
    """(jobs that each column takes, what they gain together); out of `spare` and `room`."""
    pool, shape, length, use, step_first = bids[0], bids[1], bids[5], bids[6], supply[2]
    count, total = np.zeros(len(column), np.int64), np.int64(0)
    for i in range(len(column)):
        k, c, t = column[i], owner[i], start[i]
        while spare[c] > 0:
            n = min(_fits(k, t, room, bids), spare[c])
            gain = _gain(k, t, room, bids, supply)
            if n <= 0 or gain <= 0:
                break
            if step_first[pool[k] + 1] > step_first[pool[k]]:
                n = np.int64(1)  # the next one may be asked more
            count[i] += n
            total += n * gain
            spare[c] -= n
            for slot in range(t, t + length[k]):
                for r in range(use.shape[1]):
                    room[pool[k], slot, r] -= n * use[shape[k], r]
    return count, total

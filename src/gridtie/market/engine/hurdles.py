"""A sharper proof for a single slot: what pools can pack whole, if each job has to clear a hurdle first.

For any hurdles h ≥ 0 and any prices y ≥ 0 of the resources but the first, the welfare is at most

    Σ_class count · h  +  Σ_pool ( y · capacity + the best choice of whole jobs by units of resource 0 ),

a job there being worth its value less its hurdle and less y · use. At a price of resource 0 a pool could sell parts of
a gang; here it cannot. Hurdles start as what each class gains at the published prices, where the proof is at least as
sharp as that of the prices, and move by subgradients: down where nobody packs the job, up where several do.
Source: Lagrangian relaxation of the assignment rows of the generalised assignment problem (Fisher, Jaikumar and
Van Wassenhove 1986).
"""

from dataclasses import dataclass

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for
from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.greedy import steps_cost
from gridtie.market.engine.intake import Floats, Tableau
from gridtie.market.engine.knapsack import knapsack

WIDEST = 512  # units of resource 0: in a larger pool parts of gangs count, at the price
FIRST_STEP, LAST_STEP = 0.07, 0.004  # reference prices per size
MOMENTUM = 0.4
CROWD = 10.0  # jobs per pool up to which these steps hold; among more, a pool is nearly indifferent, and steps shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    hurdle: Ints  # [C], or [0] where the prices prove all
    height: int  # an upper bound of the welfare of every feasible choice, but not of the relaxation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stalls:
    """The columns pool by pool."""

    first: Indexes  # [P + 1]
    owner: Indexes  # [K] class
    units: Ints  # [K] of resource 0
    worth: Ints  # [K] value less y · use of the resources but the first
    price: Ints  # [P] of resource 0
    cuts: Ints  # pools of each block


def ceiling(tableau: Tableau, dual: DualBound, reference: float, rounds: int, run_blocks: RunBlocks) -> Ceiling:
    """The lowest of so many rounds, and of the dual bound."""
    lowest = Ceiling(hurdle=np.zeros(0, np.int64), height=dual.bound)
    if rounds < 1 or tableau.capacity.shape[1] > 1 or tableau.columns == 0:
        return lowest
    t, stalls = tableau, _stalls(tableau, dual)
    hurdle = dual.best.copy()
    blocks = len(stalls.cuts) - 1
    beside = int((dual.price[:, 0, 1:] * t.capacity[:, 0, 1:]).sum())
    sums, packed = np.zeros(blocks, np.int64), np.zeros((blocks, t.classes), np.int64)
    moves = np.zeros(t.classes)
    longest = FIRST_STEP * reference * min(CROWD * len(t.floor) / float(t.count.sum()), 1.0) ** 1.5
    size = t.size[t.shape[t.first[:-1]]]

    def pack(block: int) -> None:
        sums[block] = _pack(
            stalls.cuts[block], stalls.cuts[block + 1], stalls.first, stalls.owner, stalls.units, stalls.worth,
            stalls.price, hurdle, t.count, t.capacity, t.step_first, t.step_units, t.step_ask, packed[block],
        )  # fmt: skip

    for index in range(rounds):
        run_blocks(pack, blocks)
        height = beside + int(sums.sum()) + int(hurdle @ t.count)
        if height < lowest.height:
            lowest = Ceiling(hurdle=hurdle.copy(), height=height)
        step = longest * (LAST_STEP / FIRST_STEP) ** (index / max(rounds - 1, 1))
        _step(hurdle, moves, packed.sum(axis=0), t.count, size, step)
    return lowest


def _stalls(tableau: Tableau, dual: DualBound) -> _Stalls:
    t, pools = tableau, len(tableau.floor)
    first = np.concatenate(([0], np.cumsum(np.bincount(t.pool, minlength=pools)))).astype(np.int32)
    owner = np.empty(t.columns, np.int32)
    units, worth = np.empty(t.columns, np.int64), np.empty(t.columns, np.int64)
    price = dual.price[:, 0, 0].copy()
    _lay(t.first, t.pool, t.shape, t.use, dual.surplus, price, first[:-1].copy(), owner, units, worth)
    blocks = blocks_for(t.columns)
    cuts = np.searchsorted(first, np.linspace(0, t.columns, blocks + 1)).astype(np.int64)
    cuts[0], cuts[-1] = 0, pools
    return _Stalls(first=first, owner=owner, units=units, worth=worth, price=price, cuts=cuts)


@njit(nogil=True)
def _lay(first, pool, shape, use, surplus, price, at, owner, units, worth):  # type: ignore[no-untyped-def]
    for c in range(len(first) - 1):
        for k in range(first[c], first[c + 1]):
            n = at[pool[k]]
            at[pool[k]] += 1
            owner[n], units[n] = c, use[shape[k], 0]
            worth[n] = surplus[k] + units[n] * price[pool[k]]


@njit(nogil=True)
def _pack(  # type: ignore[no-untyped-def]
    begin, stop, first, owner, units, worth, price, hurdle, count, capacity, step_first, step_units, step_ask, packed
):  # fmt: skip
    """What the pools of a block are worth above the hurdles. `packed` [C] jobs of each class that they pack."""
    packed[:] = 0
    longest, widest = 0, 0
    for p in range(begin, stop):
        items = 0
        if capacity[p, 0, 0] <= WIDEST:
            for n in range(first[p], first[p + 1]):
                copies = min(count[owner[n]], capacity[p, 0, 0])
                while copies > 0:
                    items += 1
                    copies >>= 1
            longest, widest = max(longest, items), max(widest, capacity[p, 0, 0] + 1)
    item, copy = np.empty(longest, np.int64), np.empty(longest, np.int64)
    weight, net = np.empty(longest, np.int64), np.empty(longest, np.int64)
    taken, best = np.empty(longest, np.bool_), np.empty(widest, np.int64)
    table = np.empty(longest * ((widest + 63) // 64), np.uint64)
    total = np.int64(0)
    for p in range(begin, stop):
        there = capacity[p, 0, 0]
        if there > WIDEST:
            total += there * price[p]
            for m in range(step_first[p], step_first[p + 1]):
                total -= step_units[m, 0] * min(price[p], step_ask[m])
        items = 0
        for n in range(first[p], first[p + 1]):
            c, w = owner[n], units[n]
            gain = worth[n] - hurdle[c]
            if there > WIDEST:
                gain -= w * price[p]
            if gain <= 0:
                continue
            if w == 0 or there > WIDEST:
                total += count[c] * gain
                packed[c] += count[c]
                continue
            left, some = min(count[c], there // w), np.int64(1)
            while left > 0:  # as many as there could be, in parts of 1, 2, 4 … jobs
                some = min(some, left)
                item[items], copy[items], weight[items], net[items] = n, some, some * w, some * gain
                items += 1
                left -= some
                some *= 2
        if items == 0:
            continue
        knapsack(items, weight, net, there + 1, table, best, taken)
        if step_first[p] == step_first[p + 1]:
            total += best[there]
        else:
            total += _above_asks(p, there, best, capacity, step_first, step_units, step_ask)
        for j in range(items):
            if taken[j]:
                packed[owner[item[j]]] += copy[j]
    return total


@njit(nogil=True)
def _above_asks(p, there, best, capacity, step_first, step_units, step_ask):  # type: ignore[no-untyped-def]
    most = np.int64(0)
    for used in range(there + 1):
        most = max(most, best[used] - steps_cost(used, p, 0, capacity, step_first, step_units, step_ask))
    return most


@njit(nogil=True)
def _step(hurdle: Ints, moves: Floats, packed: Ints, count: Ints, size: Floats, step: float) -> None:
    for c in range(len(hurdle)):
        change = step * size[c] * max((count[c] - packed[c]) / count[c], -1.0)
        moves[c] = MOMENTUM * moves[c] + (1.0 - MOMENTUM) * change
        moved = max(hurdle[c] - np.int64(np.rint(moves[c])), 0)
        moves[c] = hurdle[c] - moved
        hurdle[c] = moved

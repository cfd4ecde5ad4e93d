"""The proof: whole prices, and the Lagrangian bound at exactly these, in whole numbers.

Any prices y ≥ 0 give an upper bound on the welfare, and on that of the linear relaxation. Prices are rounded to whole
micro-units *before* the bound is taken, so it is exact: nothing has to be allowed for rounding, and whoever reads the
published prices can compute the same number again.
"""

from dataclasses import dataclass

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for
from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.dual import LAST_TEMPERATURE, Ascent, supply_worth
from gridtie.market.engine.intake import Tableau

#: A price just below a step of supply is raised to it, within so many of the last temperatures.
SNAP = 3.0
LARGEST_TERM = float(2**61)


@dataclass(frozen=True, slots=True, kw_only=True)
class DualBound:
    price: Ints  # [P, T, R] micro-units over the floor
    surplus: Ints  # [K] of the column at its best start
    start: Indexes  # [K] that start, the earliest of equals
    best: Ints  # [C] the best surplus of a class, or 0 for staying out
    bound: int  # of the welfare


def dual_bound(tableau: Tableau, ascent: Ascent, run_blocks: RunBlocks) -> DualBound:
    price = whole(tableau, ascent)
    surplus = np.empty(tableau.columns, np.int64)
    start = np.zeros(tableau.columns, np.int32)
    best = np.empty(tableau.classes, np.int64)
    blocks = blocks_for(tableau.columns)
    cuts = np.linspace(0, tableau.classes, blocks + 1).astype(np.int64)
    sums = np.zeros(blocks, np.int64)
    summed = np.zeros((price.shape[0], price.shape[1] + 1, price.shape[2]), np.int64)
    np.cumsum(price, axis=1, out=summed[:, 1:])
    now = price[:, 0] if price.shape[1] == 1 else None

    def one(block: int) -> None:
        if now is not None:
            sums[block] = _surplus_now(
                cuts[block], cuts[block + 1], tableau.first, tableau.pool, tableau.shape, tableau.value, tableau.use,
                tableau.count, now, surplus, best,
            )  # fmt: skip
            return
        sums[block] = _surplus(
            cuts[block], cuts[block + 1], tableau.first, tableau.pool, tableau.shape, tableau.value, tableau.delay,
            tableau.start, tableau.due, tableau.end, tableau.length, tableau.use, tableau.count, summed,
            surplus, start, best,
        )  # fmt: skip

    run_blocks(one, blocks)
    bound = int(sums.sum()) + supply_worth(
        price, tableau.capacity, tableau.step_first, tableau.step_units, tableau.step_ask
    )
    return DualBound(price=price, surplus=surplus, start=start, best=best, bound=bound)


def whole(tableau: Tableau, ascent: Ascent) -> Ints:
    """Whole prices, none so high that a sum of them could leave the range of whole numbers."""
    _, slots, resources = tableau.capacity.shape
    highest = np.empty(resources)
    sold = np.where(ascent.price > 0, tableau.capacity, 0).astype(np.float64)
    for r in range(resources):
        most = max(float(tableau.use[:, r].max(initial=1)), 1.0) * slots
        highest[r] = LARGEST_TERM / resources / max(most, float(sold[:, :, r].sum()))
    price = np.rint(np.minimum(ascent.price, highest)).astype(np.int64)
    if len(tableau.step_ask):
        _snap(price, tableau.step_first, tableau.step_ask, int(SNAP * LAST_TEMPERATURE * ascent.reference))
    return price


@njit(nogil=True)
def _snap(price: Ints, step_first: Indexes, step_ask: Ints, reach: int) -> None:
    for p in range(price.shape[0]):
        for t in range(price.shape[1]):
            top = price[p, t, 0]
            for m in range(step_first[p], step_first[p + 1]):
                if step_ask[m] <= price[p, t, 0] + reach:
                    top = max(top, step_ask[m])
            price[p, t, 0] = top


@njit(nogil=True)
def _surplus(  # type: ignore[no-untyped-def]
    begin, stop, first, pool, shape, value, delay, start, due, end, length, use, count, summed, surplus, chosen, best
):  # fmt: skip
    total = 0
    for c in range(begin, stop):
        most = np.int64(0)
        for k in range(first[c], first[c + 1]):
            p, s = pool[k], shape[k]
            top, at = np.int64(-(2**62)), start[k]
            for t in range(start[k], end[k] + 1):
                gain = value[k] - delay[k] * max(t - due[k], 0)
                for r in range(use.shape[1]):
                    gain -= use[s, r] * (summed[p, t + length[k], r] - summed[p, t, r])
                if gain > top:
                    top, at = gain, np.int32(t)
            surplus[k], chosen[k] = top, at
            most = max(most, top)
        best[c] = most
        total += count[c] * most
    return total


@njit(nogil=True)
def _surplus_now(begin, stop, first, pool, shape, value, use, count, price, surplus, best):  # type: ignore[no-untyped-def]
    """The same over a single slot, where there is nothing to choose but the column."""
    total = 0
    for c in range(begin, stop):
        most = np.int64(0)
        for k in range(first[c], first[c + 1]):
            p, s = pool[k], shape[k]
            gain = value[k]
            for r in range(use.shape[1]):
                gain -= use[s, r] * price[p, r]
            surplus[k] = gain
            most = max(most, gain)
        best[c] = most
        total += count[c] * most
    return total

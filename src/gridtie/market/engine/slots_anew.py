"""The smaller half of the jobs once more, beside the larger ones that stay where they are.

What the larger ones leave is another supply than the whole, and has other prices. At these the smaller jobs are cleared
as a book of their own, from the first fill on: once the large ones stand, that is nearly a matter of prices alone.
"""

from dataclasses import replace

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks
from gridtie.market.engine.columns import Ints
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.dual_bound import DualBound, dual_bound
from gridtie.market.engine.greedy import Placement
from gridtie.market.engine.intake import Bools, Tableau
from gridtie.market.engine.slots_primal import SlotRepair, smaller

SWEEPS = 3


def anew(tableau: Tableau, dual: DualBound, placement: Placement, passes: int, run_blocks: RunBlocks) -> Placement:
    """Another placement of the smaller jobs beside the same of the larger ones; the given one if all are as large."""
    small = np.repeat(smaller(tableau), np.diff(tableau.first))
    stays = ~small[placement.column]
    if not stays.any():
        return placement
    large = Placement(column=placement.column[stays], start=placement.start[stays], count=placement.count[stays])
    rest = _of(tableau, small, *_left(tableau, dual, large))
    ascent = ascend(rest, passes, run_blocks)
    repair = SlotRepair(rest, dual_bound(rest, ascent, run_blocks), ascent.reference, SWEEPS, run_blocks)
    for _ in range(SWEEPS):
        repair.sweep()
    found = repair.placement()
    return Placement(
        column=np.concatenate((large.column, np.flatnonzero(small)[found.column].astype(np.int32))),
        start=np.concatenate((large.start, found.start)),
        count=np.concatenate((large.count, found.count)),
    )


def _of(tableau: Tableau, keep: Bools, capacity: Ints, step_units: Ints) -> Tableau:
    """The classes of some columns, with another supply."""
    parts = np.add.reduceat(keep, tableau.first[:-1], dtype=np.int32)
    classes = np.flatnonzero(parts)
    jobs = np.repeat(parts > 0, tableau.count)
    return replace(
        tableau, capacity=capacity, step_units=step_units,
        first=np.concatenate(([0], np.cumsum(parts[classes]))).astype(np.int32), count=tableau.count[classes],
        pool=tableau.pool[keep], shape=tableau.shape[keep], value=tableau.value[keep], delay=tableau.delay[keep],
        start=tableau.start[keep], due=tableau.due[keep], end=tableau.end[keep], length=tableau.length[keep],
        origin=tableau.origin[keep], job=tableau.job[jobs],
        job_first=np.concatenate(([0], np.cumsum(tableau.count[classes]))),
    )  # fmt: skip


def _left(tableau: Tableau, dual: DualBound, taken: Placement) -> tuple[Ints, Ints]:
    """Capacity and steps of supply that this placement leaves; steps that ask more than the price are nobody's."""
    capacity, units = tableau.capacity.copy(), tableau.step_units.copy()
    _take(
        taken.column, taken.start, taken.count, tableau.pool, tableau.shape, tableau.length, tableau.use,
        dual.price, capacity, tableau.step_first, units, tableau.step_ask,
    )  # fmt: skip
    return capacity, units


@njit(nogil=True)
def _take(  # type: ignore[no-untyped-def]
    column, start, count, pool, shape, length, use, price, capacity, step_first, units, step_ask
):  # fmt: skip
    first_tranche = capacity[:, :, 0].copy()
    for p in range(len(capacity)):
        for m in range(step_first[p], step_first[p + 1]):
            first_tranche[p] -= units[m]
    for i in range(len(column)):
        p, s = pool[column[i]], shape[column[i]]
        for t in range(start[i], start[i] + length[column[i]]):
            for r in range(use.shape[1]):
                capacity[p, t, r] -= count[i] * use[s, r]
            first_tranche[p, t] -= count[i] * use[s, 0]
    for p in range(len(capacity)):
        for t in range(capacity.shape[1]):
            beyond = max(-first_tranche[p, t], 0)
            for m in range(step_first[p], step_first[p + 1]):
                sold = min(beyond, units[m, t])
                units[m, t] -= sold
                beyond -= sold
                if step_ask[m] > price[p, t, 0]:
                    capacity[p, t, 0] -= units[m, t]
                    units[m, t] = 0

"""The smaller jobs once more: the larger ones stay where they are, and what is left is told right."""

import numpy as np
import pytest
from benchmarks.clearing.instances import Size, book

from gridtie.market.engine.blocks import in_turn
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.dual_bound import DualBound, dual_bound
from gridtie.market.engine.greedy import Placement, greedy, steps_cost
from gridtie.market.engine.intake import Tableau, tableau
from gridtie.market.engine.settlement import settled
from gridtie.market.engine.slots_anew import _left, anew
from gridtie.market.engine.slots_primal import SlotRepair, smaller


def certified(table: Tableau, passes: int = 20) -> tuple[DualBound, float]:
    ascent = ascend(table, passes, in_turn)
    return dual_bound(table, ascent, in_turn), ascent.reference


def runs(table: Tableau, placement: Placement, which: np.ndarray) -> set[tuple[int, int, int]]:
    rows = zip(placement.column, placement.start, placement.count, strict=True)
    return {(int(column), int(start), int(count)) for column, start, count in rows if which[column]}


def test_the_larger_jobs_stay_and_all_together_are_worth_more():
    table = tableau(book(Size(jobs=2000, pools=20, load=1.5, slots=24), 5))
    dual, reference = certified(table)
    repair = SlotRepair(table, dual, reference, 3)
    for _ in range(3):
        repair.sweep()
    before = repair.placement()
    after = anew(table, dual, before, 28, in_turn)
    small = np.repeat(smaller(table), np.diff(table.first))
    assert 0.5 <= table.count[smaller(table)].sum() / table.count.sum() < 1
    assert runs(table, after, ~small) == runs(table, before, ~small)
    assert runs(table, after, small) != runs(table, before, small)
    assert settled(table, dual, after)[1] > settled(table, dual, before)[1]


def test_where_no_larger_job_runs_nothing_is_placed_anew():
    table = tableau(book(Size(jobs=40, pools=2, load=1.5, slots=6), 1))
    dual, _ = certified(table)
    nobody = Placement(column=np.zeros(0, np.int32), start=np.zeros(0, np.int32), count=np.zeros(0, np.int64))
    assert anew(table, dual, nobody, 28, in_turn) is nobody


@pytest.mark.parametrize("seed", range(30))
def test_what_is_left_of_a_supply_in_steps_asks_what_it_asked(seed, small):
    """Whatever is sold after it: both together cost what they cost in one."""
    table = tableau(small.book(seed, slots=5))
    if table.columns == 0:
        return
    dual, _ = certified(table)
    taken = greedy(table, dual)
    capacity, units = _left(table, dual, taken)
    assert (capacity >= 0).all()
    assert (units >= 0).all()
    used = np.zeros(table.capacity.shape[:2], np.int64)
    for column, start, count in zip(taken.column, taken.start, taken.count, strict=True):
        stop = start + table.length[column]
        used[table.pool[column], start:stop] += count * table.use[table.shape[column], 0]

    def cost(sold: int, p: int, t: int, room: np.ndarray, steps: np.ndarray) -> int:
        return int(steps_cost(sold, p, t, room, table.step_first, steps, table.step_ask))

    for p, t in np.ndindex(used.shape):
        for more in range(int(capacity[p, t, 0]) + 1):
            both = cost(used[p, t] + more, p, t, table.capacity, table.step_units)
            first = cost(used[p, t], p, t, table.capacity, table.step_units)
            assert cost(more, p, t, capacity, units) == both - first

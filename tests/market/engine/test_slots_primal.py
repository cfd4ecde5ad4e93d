"""The choice over several slots: always within capacity, near the optimum of small books, the same every time."""

from itertools import pairwise

import numpy as np
import pytest
from benchmarks.clearing.instances import Size, book

from gridtie.market.engine.blocks import SPLIT_FROM, in_turn
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.dual_bound import dual_bound
from gridtie.market.engine.intake import tableau
from gridtie.market.engine.slots_primal import LEAST, MOST, SlotRepair, options


def used(book: ColumnBook, cleared: ColumnClearing) -> np.ndarray:
    """[P, T, R] counted job by job, without the engine's code."""
    load = np.zeros(book.capacity.shape, np.int64)
    for column, start in zip(cleared.choice, cleared.start, strict=True):
        if column >= 0:
            stop = start + book.column_length[column]
            load[book.column_pool[column], start:stop] += book.shape_use[book.column_shape[column]]
    return load


@pytest.mark.parametrize("seed", range(20))
def test_nobody_runs_beyond_capacity_or_outside_a_window_at_any_number_of_sweeps(seed, small):
    one = small.book(seed, slots=5)
    for sweeps in (0, 1, 4):
        cleared = clear(one, settings=EngineSettings(sweeps=sweeps))
        assert (used(one, cleared) <= one.capacity).all()
        ran = cleared.choice >= 0
        at = cleared.choice[ran]
        assert (cleared.start[ran] >= one.column_start[at]).all()
        assert (cleared.start[ran] <= one.column_end[at]).all()


def test_small_books_of_several_slots_are_cleared_near_their_optimum(small):
    reached, possible = 0.0, 0.0
    for seed in range(40):
        one = small.book(seed, slots=5, tranches=False)
        cleared, best = clear(one, settings=EngineSettings()), small.optimum(one, whole=True)
        assert cleared.welfare <= best + 1e-6
        reached, possible = reached + cleared.welfare, possible + best
    assert reached >= 0.99 * possible


def test_sweeps_raise_welfare_and_the_same_count_gives_the_same_bytes():
    one = book(Size(jobs=600, pools=10, load=1.5, slots=12), 4)
    runs = [clear(one, settings=EngineSettings(sweeps=count)) for count in (0, 3, 3)]
    assert runs[1].welfare > 1.05 * runs[0].welfare
    assert runs[1].choice.tobytes() == runs[2].choice.tobytes()
    assert runs[1].start.tobytes() == runs[2].start.tobytes()


def test_blocks_in_any_order_change_nothing():
    one = book(Size(jobs=8000, pools=60, load=1.5, slots=6), 2)
    assert one.columns > SPLIT_FROM
    backwards = clear(
        one, settings=EngineSettings(sweeps=1),
        run_blocks=lambda work, count: [work(block) for block in reversed(range(count))],
    )  # fmt: skip
    assert backwards.start.tobytes() == clear(one, settings=EngineSettings(sweeps=1)).start.tobytes()


def test_the_best_choice_of_all_sweeps_is_kept_and_counted_right():
    table = tableau(book(Size(jobs=300, pools=6, load=3.0, slots=8), 7))
    ascent = ascend(table, 20, in_turn)
    repair = SlotRepair(table, dual_bound(table, ascent, in_turn), ascent.reference, 4, seed=3)
    welfares = [repair.welfare]
    for _ in range(4):
        repair.sweep()
        welfares.append(repair.welfare)
        placement = repair.placement()
        late = np.maximum(placement.start - table.due[placement.column], 0)
        worth = table.value[placement.column] - table.delay[placement.column] * late
        assert int((worth * placement.count).sum()) == repair.welfare
    assert all(later >= earlier for earlier, later in pairwise(welfares))


def test_options_are_few_and_each_class_keeps_its_best():
    table = tableau(book(Size(jobs=200, pools=6, load=1.5, slots=24, starts=24), 1))
    dual = dual_bound(table, ascend(table, 20, in_turn), in_turn)
    near = options(table, dual, np.zeros(len(table.use)))
    each = np.diff(near.first)
    assert each.max() <= MOST
    assert (each >= np.minimum(LEAST, np.diff(table.first))).all()
    best = near.gain[near.first[:-1], 0] - near.gain[near.first[:-1], 1]
    assert np.array_equal(np.maximum(best, 0).astype(np.int64), dual.best)

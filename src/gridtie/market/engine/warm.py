"""Clears tiny books of every kind, so that the kernels lie compiled in the cache (`python -m` this module).

The cache lies beside the sources, or where that cannot be written in the user's cache folder. A kernel that is not in
it compiles at its first call: seconds, once. With `python -m … 1` only what books of a single slot need.
"""

import sys
from dataclasses import replace

import numpy as np

from gridtie.market.engine.blocks import in_turn
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook
from gridtie.market.engine.districts import plane
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.dual_bound import dual_bound
from gridtie.market.engine.greedy import greedy
from gridtie.market.engine.intake import tableau
from gridtie.market.engine.slots_anew import anew

LANES_TAKE, PLAIN = 4, 5  # resources: up to four, a pass of a single slot runs abreast


def tiny(slots: int, resources: int, mixed: bool, stepped: bool) -> ColumnBook:
    """Two pools, three jobs, two columns each; with alternatives of several shapes, or supply in steps."""
    columns = np.arange(6, dtype=np.int32)
    one = np.ones(6, np.int32)
    last = np.full(6, slots - 1, np.int32)
    return ColumnBook(
        capacity=np.full((2, slots, resources), 3, np.int64),
        tranche_pool=np.array([0, 0, 1] if stepped else [], np.int32),
        tranche_units=np.array([1, 2, 3] if stepped else [], np.int64),
        tranche_ask=np.array([5, 30, 5] if stepped else [], np.int64),
        shape_use=np.array([[2] * resources, [1] * resources], np.int64),
        class_first=np.array([0, 2, 4, 6], np.int32),
        column_pool=columns % 2,
        column_shape=columns % 2 if mixed else columns // 4,
        column_value=(100 + 7 * columns).astype(np.int64),
        column_delay=np.ones(6, np.int64),
        column_start=0 * one,
        column_due=0 * one,
        column_end=last,
        column_length=one,
        job_class=np.array([0, 1, 2], np.int32),
    )


def warm(most: int = 2) -> None:
    """What clears books of at most so many slots; 2 stands for any number."""
    for slots, resources in ((1, LANES_TAKE), (1, PLAIN), (2, LANES_TAKE)):
        if slots > most:
            continue
        for odd in (False, True):
            book = tiny(slots, resources, odd, odd)
            cold = clear(book, settings=EngineSettings(rounds=1))
            choice = cold.choice if slots == 1 else None
            clear(book, settings=EngineSettings(), prices_before=cold.price, choice_before=choice)
    plane(tableau(tiny(1, PLAIN, False, False)))  # which only a large book needs
    if most == 1:
        return
    table = tableau(replace(tiny(2, LANES_TAKE, False, False), column_shape=np.array([0, 0, 1, 1, 1, 1], np.int32)))
    dual = dual_bound(table, ascend(table, 2, in_turn), in_turn)
    anew(table, dual, greedy(table, dual), 2, in_turn)  # which tells larger jobs from smaller


if __name__ == "__main__":
    warm(*(min(int(text), 2) for text in sys.argv[1:]))

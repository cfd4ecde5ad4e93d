"""Random small books for the engine, and what HiGHS says about them."""

from types import SimpleNamespace

import highspy
import numpy as np
import pytest

from gridtie.market.engine.columns import ColumnBook


def book(seed: int, *, slots: int | None = None, tranches: bool = True) -> ColumnBook:
    """Up to four pools, five slots, three resources, nine classes: windows, delays, gangs and asks at random."""
    dice = np.random.default_rng(seed)
    pools, resources, classes, shapes = (
        int(dice.integers(low, high)) for low, high in ((1, 5), (1, 4), (0, 9), (1, 5))
    )
    slots = int(dice.choice((1, 1, 3, 5))) if slots is None else slots
    asks = [
        (p, int(dice.integers(0, 6)), int(ask))
        for p in range(pools if tranches else 0)
        for ask in np.sort(dice.integers(0, 30, dice.integers(0, 4)))
    ]
    use = dice.integers(0, 6, (shapes, resources))
    use[:, 0] = np.maximum(use[:, 0], dice.integers(0, 2))
    first = np.concatenate(([0], np.cumsum(dice.integers(0, 5, classes)))).astype(np.int32)
    columns = int(first[-1])
    length = dice.integers(1, slots + 1, columns)
    start = dice.integers(0, slots - length + 1)
    end = dice.integers(start, slots - length + 1)
    due = dice.integers(start, end + 1)
    jobs = dice.integers(0, classes, dice.integers(0, 20)) if classes else np.zeros(0)
    small, large = np.int32, np.int64
    return ColumnBook(
        capacity=dice.integers(0, 12, (pools, slots, resources)).astype(large),
        tranche_pool=np.array([p for p, _, _ in asks], small), tranche_units=np.array([u for _, u, _ in asks], large),
        tranche_ask=np.array([a for _, _, a in asks], large), shape_use=use.astype(large), class_first=first,
        column_pool=dice.integers(0, pools, columns).astype(small),
        column_shape=dice.integers(0, shapes, columns).astype(small),
        column_value=dice.integers(-20, 200, columns).astype(large),
        column_delay=dice.integers(0, 15, columns).astype(large), column_start=start.astype(small),
        column_due=due.astype(small), column_end=end.astype(small), column_length=length.astype(small),
        job_class=jobs.astype(small),
    )  # fmt: skip


def optimum(book: ColumnBook, *, whole: bool) -> float:
    """Best welfare of the integer programme or its relaxation; a variable for each column and start, and tranche.

    The relaxation has no part of a job that the empty pool could not hold whole.
    """
    windows = book.column_end - book.column_start + 1
    column = np.repeat(np.arange(book.columns), windows)
    start = np.concatenate(
        [np.arange(s, e + 1) for s, e in zip(book.column_start, book.column_end, strict=True)] or [[]]
    )
    worth = book.column_value[column] - book.column_delay[column] * np.maximum(start - book.column_due[column], 0)
    owner = np.searchsorted(book.class_first, column, side="right") - 1
    jobs = np.bincount(book.job_class, minlength=book.classes).astype(float)
    model = highspy.Highs()
    model.silent()
    loads: dict[tuple[int, int, int], list[tuple[int, float]]] = {}
    for x in range(len(column)):
        use = book.shape_use[book.column_shape[column[x]]]
        until = int(start[x]) + int(book.column_length[column[x]])
        holds = (use <= book.capacity[book.column_pool[column[x]], int(start[x]) : until]).all()
        model.addVar(0.0, jobs[owner[x]] if holds else 0.0)
        model.changeColCost(x, float(worth[x]))
        for slot in range(int(start[x]), until):
            for r in np.flatnonzero(use):
                loads.setdefault((int(book.column_pool[column[x]]), slot, int(r)), []).append((x, float(use[r])))
    count = len(column)
    left = book.capacity[:, :, 0].copy()
    for m, p in enumerate(book.tranche_pool):
        last = m + 1 == len(book.tranche_pool) or book.tranche_pool[m + 1] != p
        for slot in range(book.slots):
            units = int(left[p, slot]) if last else min(int(left[p, slot]), int(book.tranche_units[m]))
            left[p, slot] -= units
            model.addVar(0.0, float(units))
            model.changeColCost(count, -float(book.tranche_ask[m]))
            loads.setdefault((int(p), slot, 0), []).append((count, -1.0))
            count += 1
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    asked = set(book.tranche_pool.tolist())
    for (p, slot, r), terms in loads.items():
        room = 0.0 if r == 0 and p in asked else float(book.capacity[p, slot, r])
        model.addRow(-highspy.kHighsInf, room, len(terms), [x for x, _ in terms], [a for _, a in terms])
    for c in range(book.classes):
        mine = np.flatnonzero(owner == c)
        model.addRow(-highspy.kHighsInf, jobs[c], len(mine), mine.tolist(), [1.0] * len(mine))
    if whole:
        for x in range(count):
            model.changeColIntegrality(x, highspy.HighsVarType.kInteger)
    model.run()
    return float(model.getObjectiveValue())


@pytest.fixture
def small() -> SimpleNamespace:
    return SimpleNamespace(book=book, optimum=optimum)

"""What a clearing leaves free goes to whoever it left out, on small books at random: against trying every place."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from gridtie.market.engine.audit import faults
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints

SETTINGS = EngineSettings(rounds=4)
WITHOUT = replace(SETTINGS, leftovers=False)
LEFT_OUT = (47, 61, 70, 100, 178)  # books of which the prices leave out everybody: one is rounded to above equal bids


def asked(book: ColumnBook, pool: int, slot: int, sold: int) -> int:
    """What so many units of resource 0 ask, tranche by tranche."""
    total, left = 0, int(book.capacity[pool, slot, 0])
    own = np.flatnonzero(book.tranche_pool == pool)
    for m in own:
        units = left if m == own[-1] else min(left, int(book.tranche_units[m]))
        taken = min(units, sold)
        left, sold, total = left - units, sold - taken, total + taken * int(book.tranche_ask[m])
    return total


def gains(book: ColumnBook, cleared: ColumnClearing) -> Iterator[tuple[int, int]]:
    """(column, what a job that runs nowhere would add there), wherever there is room and its price pays the asks."""
    used = np.zeros_like(book.capacity)
    for k, start in zip(cleared.choice[cleared.choice >= 0], cleared.start[cleared.choice >= 0], strict=True):
        used[book.column_pool[k], start : start + book.column_length[k]] += book.shape_use[book.column_shape[k]]
    for c in {int(c) for c in book.job_class[cleared.choice < 0]}:
        for k in range(book.class_first[c], book.class_first[c + 1]):
            for start in range(book.column_start[k], book.column_end[k] + 1):
                gain = added(book, cleared, used, k, start)
                if gain > 0:
                    yield k, gain


def added(book: ColumnBook, cleared: ColumnClearing, used: Ints, k: int, start: int) -> int:
    pool, use = int(book.column_pool[k]), book.shape_use[book.column_shape[k]]
    slots = range(start, start + int(book.column_length[k]))
    if any((used[pool, slot] + use > book.capacity[pool, slot]).any() for slot in slots):
        return 0
    worth = int(book.column_value[k] - book.column_delay[k] * max(start - book.column_due[k], 0))
    asks = sum(
        asked(book, pool, slot, int(used[pool, slot, 0] + use[0])) - asked(book, pool, slot, int(used[pool, slot, 0]))
        for slot in slots
    )
    price = sum(int((use * cleared.price[pool, slot]).sum()) for slot in slots)
    return worth - asks if price >= asks else 0


@pytest.mark.parametrize("seed", LEFT_OUT)
def test_bids_just_below_a_rounded_price_are_not_all_left_out(seed, small):
    book = small.book(seed, slots=1)
    assert clear(book, settings=WITHOUT).welfare == 0
    cleared = clear(book, settings=SETTINGS)
    assert not faults(book, cleared)
    best = small.optimum(book, whole=True)
    assert 0.75 * best <= cleared.welfare <= best + 0.5


@pytest.mark.parametrize("slots", [1, 3])
def test_nobody_who_would_pay_what_is_asked_is_left_out_while_there_is_room(slots, small):
    missed = 0
    for seed in range(300):
        book = small.book(seed, slots=slots)
        cleared = clear(book, settings=SETTINGS)
        assert not [*gains(book, cleared)], f"seed {seed}"
        missed += any(gains(book, clear(book, settings=WITHOUT)))
    print(f"of 300 books {missed} would leave somebody out")
    assert missed > 0


@pytest.mark.parametrize("slots", [1, 3])
def test_a_book_comes_to_nothing_only_where_nothing_is_worth_what_it_asks(slots, small):
    empty = 0
    for seed in range(500):
        book = small.book(seed, slots=slots)
        if clear(book, settings=SETTINGS).welfare == 0:
            assert small.optimum(book, whole=True) < 0.5, f"seed {seed}"
            empty += 1
    print(f"{empty} of 500 books come to nothing")
    assert empty > 0


@pytest.mark.parametrize("slots", [1, 3])
def test_what_is_left_adds_to_the_welfare_and_changes_no_price(slots, small):
    without, found = 0, 0
    for seed in range(500):
        book = small.book(seed, slots=slots)
        one, other = clear(book, settings=WITHOUT), clear(book, settings=SETTINGS)
        assert other.welfare >= one.welfare, f"seed {seed}"
        assert other.price.tobytes() == one.price.tobytes()
        stays = one.choice >= 0
        assert stays.sum() <= (other.choice >= 0).sum(), f"seed {seed}"
        without, found = without + one.welfare, found + other.welfare
    print(f"welfare {without} without, {found} with")
    assert found > without

"""A corrupted clearing does not pass the checker."""

from dataclasses import replace

import numpy as np

from gridtie.market.engine.audit import faults
from gridtie.market.engine.audit_packing import packed_above
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.warm import tiny


def corrupted(book, cleared, dice):
    """(what was done, the clearing with one figure changed), or None if there was nothing to change."""
    names = ["choice", "start", "price", "payment", "made_whole", "welfare", "bound", "ceiling", "hurdle", "drop"]
    name, step = str(dice.choice(names)), int(dice.choice([-3, -1, 1, 2, 1000]))
    if name in ("welfare", "bound", "ceiling"):
        return name, replace(cleared, **{name: getattr(cleared, name) + step})
    if name == "drop":
        won = np.flatnonzero(cleared.choice >= 0)
        if not len(won):
            return None
        choice = cleared.choice.copy()
        choice[dice.choice(won)] = -1
        return name, replace(cleared, choice=choice)
    array = getattr(cleared, name).copy()
    if not array.size:
        return None
    array.reshape(-1)[dice.integers(array.size)] += step
    return name, replace(cleared, **{name: array})


def as_good(book, cleared, other):
    """Whether the one job that starts at another time finds room there, within its window, at the same price."""
    job = int(np.flatnonzero(other.start != cleared.start)[0])
    column = cleared.choice[job]
    pool, use, length = book.column_pool[column], book.shape_use[book.column_shape[column]], book.column_length[column]
    room, cost = book.capacity[pool].copy(), []
    for at, start in zip(cleared.choice, other.start, strict=True):
        if at >= 0 and book.column_pool[at] == pool:
            room[start : start + book.column_length[at]] -= book.shape_use[book.column_shape[at]]
    for start in (cleared.start[job], other.start[job]):
        late = max(start - book.column_due[column], 0) * book.column_delay[column]
        cost.append((int((cleared.price[pool, start : start + length] * use).sum()), int(late)))
    window = book.column_start[column] <= other.start[job] <= book.column_end[column]
    return window and (room >= 0).all() and cost[0] == cost[1]


def test_one_changed_figure_is_a_named_fault(small):
    """A raised price of what nobody may use and nobody has is no lie, nor is a hurdle that proves the same, as one does
    that a pool's job pays instead of the pool, nor a start that is as good; everything else is found."""
    tried = 0
    for seed in range(1500):
        book = small.book(seed)
        cleared = clear(book, settings=EngineSettings(passes=8, rounds=4))
        if not (change := corrupted(book, cleared, np.random.default_rng(seed))):
            continue
        name, wrong = change
        if name == "price":
            at = np.argwhere(wrong.price != cleared.price)[0]
            wrong_price = wrong.price[tuple(at)] < 0
            if not wrong_price and not faults(book, wrong):
                assert book.capacity[tuple(at)] == 0 or wrong.bound == cleared.bound
                continue
        if name == "hurdle" and (wrong.hurdle >= 0).all() and not faults(book, wrong):
            assert packed_above(book, wrong) == cleared.ceiling
            continue
        if name == "start" and not faults(book, wrong) and as_good(book, cleared, wrong):
            continue
        tried += 1
        assert faults(book, wrong), f"seed {seed}: {name}"
    print(f"{tried} corruptions, all found")
    assert tried > 1000


def test_prices_whose_sums_come_round_to_nothing_prove_nothing():
    """Four units at 2^62 are worth 2^64, which int64 counts as 0: everybody is priced out, and the bound is 0."""
    book = replace(tiny(1, 1, False, False), capacity=np.full((2, 1, 1), 4, np.int64))
    cleared = clear(book, settings=EngineSettings())
    nobody = np.full(3, -1)
    lie = replace(
        cleared, choice=nobody, start=nobody.astype(np.int32), price=np.full((2, 1, 1), 2**62),
        payment=np.zeros(3, np.int64), made_whole=np.zeros(3, np.int64), welfare=0, bound=0,
    )  # fmt: skip
    assert cleared.welfare > 0
    assert faults(book, cleared) == []
    assert faults(book, lie) == ["price: sums of it are beyond what is counted exactly"]


def test_hurdles_that_prove_nothing_are_refused_by_name():
    book = replace(tiny(1, 1, False, False), job_class=np.zeros(4, np.int32))
    cleared = clear(book, settings=EngineSettings())
    for hurdle, why in (
        (np.zeros(2, np.int64), "hurdle: not one for each class of a book of a single slot"),
        (np.full(3, -1), "hurdle: it is negative"),
        (np.full(3, 2**62), "hurdle: sums of it are beyond what is counted exactly"),  # four come round to nothing
    ):
        assert faults(book, replace(cleared, hurdle=hurdle)) == [why]
    several = tiny(2, 1, False, False)
    lie = replace(clear(several, settings=EngineSettings()), hurdle=np.full(3, 10**6))
    assert faults(several, lie) == ["hurdle: not one for each class of a book of a single slot"]


def test_a_dear_pool_that_nobody_bids_for_is_no_fault():
    book = tiny(1, 1, False, True)
    nothing = {
        f"column_{name}": getattr(book, f"column_{name}")[:0]
        for name in ("pool", "shape", "value", "delay", "start", "due", "end", "length")
    }
    book = replace(
        book, class_first=np.zeros(4, np.int32), tranche_ask=book.tranche_ask * 10**12,
        shape_use=book.shape_use * 10**14, **nothing,
    )  # fmt: skip
    assert faults(book, clear(book, settings=EngineSettings())) == []

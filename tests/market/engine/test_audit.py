"""A corrupted clearing does not pass the checker."""

from dataclasses import replace

import numpy as np

from gridtie.market.engine.audit import faults
from gridtie.market.engine.clear import EngineSettings, clear


def corrupted(book, cleared, dice):
    """(what was done, the clearing with one figure changed), or None if there was nothing to change."""
    name = str(dice.choice(["choice", "start", "price", "payment", "made_whole", "welfare", "bound", "drop"]))
    step = int(dice.choice([-3, -1, 1, 2, 1000]))
    if name in ("welfare", "bound"):
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


def test_one_changed_figure_is_a_named_fault(small):
    """A raised price of what nobody may use and nobody has is no lie; everything else is found."""
    tried = 0
    for seed in range(1500):
        book = small.book(seed)
        cleared = clear(book, settings=EngineSettings(passes=8))
        if not (change := corrupted(book, cleared, np.random.default_rng(seed))):
            continue
        name, wrong = change
        if name == "price":
            at = np.argwhere(wrong.price != cleared.price)[0]
            wrong_price = wrong.price[tuple(at)] < 0
            if not wrong_price and not faults(book, wrong):
                assert book.capacity[tuple(at)] == 0 or wrong.bound == cleared.bound
                continue
        tried += 1
        assert faults(book, wrong), f"seed {seed}: {name}"
    print(f"{tried} corruptions, all found")
    assert tried > 1000

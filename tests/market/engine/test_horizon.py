"""Times to slots and back."""

import numpy as np

from gridtie.market.engine.horizon import widening


def test_slots_widen_and_work_covers_those_it_covers_by_half():
    horizon = widening(((3, 10), (2, 60)))
    assert horizon.edges.tolist() == [0, 10, 20, 30, 90, 150]
    lengths = horizon.lengths(np.array([1, 15, 35, 120, 151]))
    assert lengths.tolist() == [
        [1, 1, 1, 1, 1],  # a minute takes the slot it starts in, however wide
        [2, 2, 1, 1, 1],
        [3, 2, 1, 1, 1],
        [5, 4, 3, 2, 0],  # beyond the end it cannot be planned
        [0, 0, 0, 0, 0],
    ]


def test_running_work_loads_the_slots_until_it_ends():
    horizon = widening(((3, 10), (2, 60)))
    assert horizon.load(np.array([3, 15, 60, 9999]), np.array([1, 2, 4, 8])).tolist() == [15, 14, 12, 12, 8]
    assert horizon.load(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == [0, 0, 0, 0, 0]


def test_load_and_length_agree_for_work_that_starts_now():
    horizon = widening(((6, 5), (4, 30), (3, 240)))
    for work in range(1, int(horizon.edges[-1]) + 1):
        covered = int(horizon.lengths(np.array([work]))[0, 0])
        load = horizon.load(np.array([work]), np.array([1]))
        assert load.sum() == covered
        assert (load[:covered] == 1).all()

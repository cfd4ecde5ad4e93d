"""Pools that share classes come to lie together, so that a line across the plane cuts few classes."""

import numpy as np
from benchmarks.clearing.instances import Size, book

from gridtie.market.engine.districts import plane
from gridtie.market.engine.intake import tableau


def test_a_line_through_the_plane_leaves_most_alternatives_of_a_job_on_one_side():
    made = tableau(book(Size(jobs=20_000, pools=2_000, load=1.5), 1))
    place = plane(made)
    assert place.tobytes() == plane(made).tobytes()
    for line in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)):
        along = (place @ np.array(line))[made.pool]
        beyond = np.add.reduceat(along > np.median(along), made.first[:-1])
        others = np.minimum(beyond, np.diff(made.first) - beyond).sum() / made.columns
        print(f"line {line}: {others:.1%} of the columns lie opposite most of their class")
        assert others < 0.15  # of pools in random order, about 40 %


def test_pools_that_nobody_wants_and_books_without_a_column_have_a_place():
    made = tableau(book(Size(jobs=20, pools=500, load=1.5), 1))
    assert np.isfinite(plane(made)).all()

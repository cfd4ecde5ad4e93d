"""How classes are laid out for the price ascent."""

from dataclasses import replace

import numpy as np
import pytest

from gridtie.market.engine.blocks import in_turn
from gridtie.market.engine.intake import tableau
from gridtie.market.engine.lanes import lanes
from gridtie.market.engine.warm import tiny


@pytest.mark.parametrize(
    ("shapes", "mixed"), [([0, 0, 1, 1, 0, 0], False), ([0, 1, 1, 1, 0, 0], True), ([0, 0, 1, 1, 1, 0], True)]
)
def test_a_class_of_two_shapes_is_seen_wherever_it_lies(shapes: list[int], mixed: bool) -> None:
    book = replace(tiny(1, 3, False, False), column_shape=np.array(shapes, np.int32))
    assert lanes(tableau(book), 1.0, in_turn).mixed is mixed

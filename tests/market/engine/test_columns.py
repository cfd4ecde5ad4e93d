"""A book that makes no sense is refused by name, before anything is computed."""

from dataclasses import replace

import numpy as np
import pytest

from gridtie.errors import InvalidBook
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import checked
from gridtie.market.engine.warm import tiny

BOOK = tiny(2, 3, True, True)


def put(name, at, value):
    array = getattr(BOOK, name).copy()
    array[at] = value
    return {name: array}


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"column_value": BOOK.column_value.astype(float)}, "column_value", "holds float64, not int64"),
        ({"column_value": np.full(6, np.nan)}, "column_value", "holds float64"),
        ({"column_value": np.full(6, np.inf)}, "column_value", "holds float64"),
        ({"column_pool": BOOK.column_pool.astype(np.int64)}, "column_pool", "holds int64, not int32"),
        ({"capacity": BOOK.capacity[0]}, "capacity", "2 dimensions, not 3"),
        ({"capacity": BOOK.capacity[:, :0]}, "capacity", "at least one slot"),
        ({"shape_use": BOOK.shape_use[:, :2].copy()}, "shape_use", "2 resources, but pools have 3"),
        ({"column_delay": BOOK.column_delay[:5]}, "column_delay", "5 entries for 6 columns"),
        ({"tranche_ask": BOOK.tranche_ask[:1]}, "tranche_ask", "its length differs"),
        ({"class_first": BOOK.class_first[1:]}, "class_first", "must run from 0"),
        ({"class_first": np.array([0, 4, 2, 6], np.int32)}, "class_first[1]", "must not fall"),
        (put("column_pool", 3, 2), "column_pool[3]", "only 2 to name"),
        (put("column_pool", 3, -1), "column_pool[3]", "only 2 to name"),
        (put("column_shape", 0, 9), "column_shape[0]", "only 2 to name"),
        (put("job_class", 1, 3), "job_class[1]", "only 3 to name"),
        (put("tranche_pool", 0, 1), "tranche_pool[0]", "pool by pool"),
        (put("tranche_ask", 1, 4), "tranche_ask[0]", "must not ask less"),
        (put("column_length", 2, 0), "column_length[2]", "at least one slot"),
        (put("column_start", 2, -1), "column_start[2]", "count from 0"),
        (put("column_due", 2, 2), "column_due[2]", "start, due, end"),
        (put("column_length", 2, 2), "column_end[2]", "beyond the 2 slots"),
        (put("capacity", (0, 1, 2), -1), "capacity[0, 1, 2]", "must not be negative"),
        (put("tranche_ask", 0, -1), "tranche_ask[0]", "must not be negative"),
        (put("shape_use", (0, 0), -1), "shape_use[0, 0]", "must not be negative"),
        (put("column_delay", 5, -1), "column_delay[5]", "must not be negative"),
        (put("column_value", 5, 2**52), "column_value", "sums could reach"),
        (put("column_value", 5, -(2**63)), "column_value", "sums could reach"),
        (put("shape_use", (0, 1), 2**52), "shape_use", "sums could reach"),
        (put("tranche_ask", 2, 2**52), "tranche_ask", "sums could reach"),
        (put("column_delay", 2, 2**60), "column_delay", "sums could reach"),
        (put("capacity", (0, 0, 1), 2**62), "capacity", "sums could reach"),
    ],
)
def test_a_book_that_cannot_be_cleared_is_refused_by_name(change, field, said):
    with pytest.raises(InvalidBook) as caught:
        clear(replace(BOOK, **change), settings=EngineSettings())
    assert f"{field}: " in str(caught.value)
    assert said in str(caught.value)


def test_a_sound_book_is_returned_as_it_is():
    assert checked(BOOK) is BOOK

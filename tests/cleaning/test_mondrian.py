"""Laws of classes: none is too small or too uniform, equal records are never parted, and order decides nothing."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.mondrian import NO_CLASS, Codes, classes
from gridtie.cleaning.quasi import Column, Quasi

COLUMNS = (Quasi(name="age", form="number"), Quasi(name="code", form="prefix"), Quasi(name="town", form="set"))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "1", "2", "3", "50", "51"]), st.sampled_from(["", "a", "ab", "ac", "b"]),
        st.sampled_from(["x", "y", "z"]), st.integers(0, 3),
    ),
    min_size=1, max_size=60,
)  # fmt: skip
Row = tuple[str, str, str, int]


def parted(rows: list[Row], k: int, l: int) -> Codes:  # noqa: E741
    columns, codes = [], []
    for place, quasi in enumerate(COLUMNS):
        keys = [quasi.key(str(row[place])) for row in rows]
        column = Column.of(quasi, keys)
        columns.append(column)
        codes.append(np.array([column.keys.index(key) for key in keys], np.int32))
    sensitive = [np.array([row[3] for row in rows], np.int32)] if l > 1 else []
    return classes(columns, codes, sensitive, k, l)


@given(ROWS, st.integers(2, 6), st.integers(1, 3))
def test_every_class_has_k_records_and_l_values_or_there_is_none(rows: list[Row], k: int, l: int) -> None:  # noqa: E741
    made = parted(rows, k, l)
    if NO_CLASS in made:
        assert set(made.tolist()) == {NO_CLASS}
        assert len(rows) < k or len({row[3] for row in rows} - {0}) < l
        return
    groups = defaultdict(list)
    for number, row in zip(made.tolist(), rows, strict=True):
        groups[number].append(row)
    assert sorted(groups) == list(range(len(groups)))
    assert all(len(group) >= k for group in groups.values())
    assert l == 1 or all(len({row[3] for row in group} - {0}) >= l for group in groups.values())


@given(ROWS, st.randoms(use_true_random=False), st.integers(2, 4), st.integers(1, 2))
def test_equal_records_stay_together_and_their_order_decides_nothing(
    rows: list[Row],
    chance: object,
    k: int,
    l: int,  # noqa: E741
) -> None:
    made = parted(rows, k, l)
    by_values = defaultdict(set)
    for number, row in zip(made.tolist(), rows, strict=True):
        by_values[row[:3]].add(number)
    assert all(len(numbers) == 1 for numbers in by_values.values())
    order = list(range(len(rows)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    again = parted([rows[place] for place in order], k, l)
    assert again.tolist() == made[order].tolist()


def test_cuts_follow_the_branches_where_both_sides_are_large_enough() -> None:
    rows: list[Row] = [("1", text, "x", 0) for text in ["550001"] * 3 + ["550102"] * 2 + ["100001"] * 2]
    assert parted(rows, 2, 1).tolist() == [1, 1, 1, 2, 2, 0, 0]
    assert parted(rows, 3, 1).tolist() == [0] * 7


def test_records_without_a_value_are_parted_from_the_others_first() -> None:
    rows: list[Row] = [("", "a", "x", 0)] * 2 + [("1", "a", "x", 0)] * 2 + [("9", "a", "x", 0)] * 2
    assert parted(rows, 2, 1).tolist() == [0, 0, 1, 1, 2, 2]

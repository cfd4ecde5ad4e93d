"""Every value is read or refused, and what stands for several of them holds each one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.quasi import ANYTHING, Column, Quasi, _days

PATHS = {
    "medical": ("medical",),
    "nurse": ("medical", "nurse"),
    "dev": ("tech", "it", "dev"),
    "ops": ("tech", "it", "ops"),
}
TEXTS = st.text("ab0张|*", min_size=1, max_size=4)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "number": st.decimals(-(10**6), 10**6, places=2).map(str) | st.integers(-99, 99).map(str),
    "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str) | st.sampled_from(["1990", "1990-02", "1990年12月"]),
    "prefix": TEXTS, "set": TEXTS, "tree": st.sampled_from(["medical", "nurse", "dev", "ops", "clown"]),
}  # fmt: skip


def holds(form: str, label: str, key: Any) -> bool:
    """Whether a reader of the label would say that the value may be it."""
    if label == ANYTHING:
        return True
    match form:
        case "number":
            ends = [Decimal(end) for end in label.split("–")]
            return ends[0] <= key <= ends[-1]
        case "date":
            ends = [Quasi(name="x", form="date").key(end) for end in label.split("–")]
            return bool(ends[0][0] <= key[0] and key[1] <= ends[-1][1])
        case "prefix":
            return bool(label == key or (label.endswith(ANYTHING) and key.startswith(label[:-1])))
        case "tree":
            return label in key
        case _:
            return key in label.split(" | ") or label == key


@pytest.mark.parametrize("form", VALUES)
@given(data=st.data())
def test_a_label_holds_every_value_that_it_stands_for(form: str, data: st.DataObject) -> None:
    quasi = Quasi(name="x", form=form, paths=PATHS)
    keys = {quasi.key(text) for text in data.draw(st.lists(VALUES[form], min_size=1, max_size=8))}
    column = Column.of(quasi, keys)
    codes = sorted(data.draw(st.sets(st.integers(0, len(column.keys) - 1), min_size=1)))
    label = column.label(codes)
    if codes == [0]:
        assert label is None
    else:
        assert label is not None
        told = [column.keys[code] for code in codes]
        assert label == ANYTHING if None in told else all("|" in str(key) or holds(form, label, key) for key in told)


@pytest.mark.parametrize("form", VALUES)
@given(data=st.data())
def test_a_column_does_not_depend_on_the_order_of_its_values(form: str, data: st.DataObject) -> None:
    quasi = Quasi(name="x", form=form, paths=PATHS)
    keys = [quasi.key(text) for text in data.draw(st.lists(VALUES[form], min_size=1, max_size=8))]
    one, other = Column.of(quasi, keys), Column.of(quasi, reversed(keys))
    codes = range(1, len(one.keys))
    assert [one.label([code]) for code in codes] == [other.label([code]) for code in codes]
    assert one.scale.tolist() == other.scale.tolist()
    assert one.joint.tolist() == other.joint.tolist()


def test_values_are_read_however_they_are_written() -> None:
    number, day = Quasi(name="n", form="number"), Quasi(name="d", form="date")
    assert {number.key(text) for text in ("35", "35.0", " 35 ", "３５", "3.5e1")} == {Decimal(35)}
    assert number.key("-0") == 0
    assert str(number.key("-0")) == "0"
    third = date(1990, 5, 3).toordinal()
    texts = (
        "1990-05-03",
        "1990/5/3",
        "1990.5.3",
        "1990年5月3日",
        "19900503",
        "1990-05-03T10:00:00+08:00",
        "1990-05-03 10:00:00",
    )
    assert {day.key(text) for text in texts} == {(third, third)}
    assert day.key("1990-02") == (date(1990, 2, 1).toordinal(), date(1990, 2, 28).toordinal())
    assert day.key("1990年12月") == (date(1990, 12, 1).toordinal(), date(1990, 12, 31).toordinal())
    assert day.key("1990") == (date(1990, 1, 1).toordinal(), date(1990, 12, 31).toordinal())
    assert day.key("") is None
    assert number.key("  ") is None


@pytest.mark.parametrize("text", ["abc", "1,200", "1_000", "nan", "inf", "0x10", "1e999", "9" * 40])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        Quasi(name="n", form="number").key(text)


@pytest.mark.parametrize(
    "text", ["03/04/1990", "1990-13-01", "1990-02-30", "199005", "0000-01-01", "soon", "1990-5-3-1"]
)
def test_a_day_that_is_none_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Quasi(name="d", form="date").key(text)


def test_periods_are_no_longer_than_they_need_to_be() -> None:
    def period(first: date, last: date) -> str:
        return _days(first.toordinal(), last.toordinal())

    assert period(date(1990, 5, 3), date(1990, 5, 3)) == "1990-05-03"
    assert period(date(1990, 5, 3), date(1990, 5, 9)) == "1990-05"
    assert period(date(1990, 5, 3), date(1990, 6, 3)) == "1990"
    assert period(date(1990, 5, 3), date(1994, 1, 1)) == "1990–1994"


def test_how_far_values_are_generalised_is_counted_in_the_units_of_their_form() -> None:
    def width(form: str, *texts: str) -> float:
        quasi = Quasi(name="x", form=form, paths=PATHS)
        column = Column.of(quasi, {quasi.key(text) for text in texts})
        return column.width(sorted({column.keys.index(quasi.key(text)) for text in texts}))

    assert (width("number", "20", "29.5"), width("number", "20"), width("date", "1990-01-01", "1990-02-01")) == (
        9.5,
        0,
        31,
    )
    assert (width("prefix", "550001", "550102"), width("set", "a", "b", "c")) == (3, 3)
    assert (width("tree", "dev", "ops"), width("tree", "dev", "nurse")) == (1, 3)
    assert width("number", "20", "") == float("inf")

"""Columns that together can say who somebody is: how a value of each form is read, ordered and made less exact.

Whatever its form, a column becomes codes, places among its distinct values in order; code 0 is no value. `joint[c]`
says how much the values c - 1 and c have in common: characters of a prefix, levels of a tree, nothing in a range. Cuts
go where that is least, so that one procedure serves all forms.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

FORMS = {
    "number": "a range",
    "date": "a day, a month, a year, or some years",
    "prefix": "the first characters that all have in common",
    "set": "all values of the class, side by side",
    "tree": "a branch of the tree that [table.trees] declares",
}
ANYTHING = "*"  # a value that is not told
SET_SHOWN = 16  # values that a set names at most
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:[eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?|年|([0-9]{2})([0-9]{2}))?(?:[T ][0-9:.+Z-]*)?"
)
Key = Any  # what a value is ordered by: a Decimal, two days, a text, or a path; None for no value


@dataclass(frozen=True, slots=True, kw_only=True)
class Quasi:
    """`most`: how far a value may be generalised before its record is suppressed instead, in units of the form: width
    of a range, days of a period, values of a set, characters of a prefix, levels of a tree; None for no limit.
    `paths`: of each value of a tree, from the top down."""

    name: str
    form: str
    most: float | None = None
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, value: str) -> Key:
        """Raises ValueError for what is no value of this form."""
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return None
        match self.form:
            case "number":
                return _number(text)
            case "date":
                return _period(text)
            case "tree":
                return self.paths.get(text, (text,))
            case _:
                return text


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    return Decimal(text).normalize() + 0  # no -0


def _period(text: str) -> tuple[int, int]:
    """First and last day: a month or a year is a period too. 03/04/1990 is refused: nobody knows which month it is."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError("no date")
    year, month, day = int(found[1]), int(found[2] or found[4] or 0), int(found[3] or found[5] or 0)
    first = date(year, month or 1, day or 1)
    if day:
        return first.toordinal(), first.toordinal()
    after = (12 * year + month) if month else 12 * (year + 1)  # months up to the one that follows
    last = date(after // 12, after % 12 + 1, 1) - timedelta(days=1) if year < 9999 else date.max
    return first.toordinal(), last.toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """`keys[0]` is no value. `joint` and `scale` have one entry a key; `scale` runs from 0 to 1 along the column."""

    quasi: Quasi
    keys: Sequence[Key]
    joint: npt.NDArray[np.int32]
    scale: npt.NDArray[np.float64]

    @classmethod
    def of(cls, quasi: Quasi, keys: Iterable[Key]) -> "Column":
        ordered = [None, *sorted({key for key in keys if key is not None})]
        joint = np.zeros(len(ordered), np.int32)
        if quasi.form in ("prefix", "tree"):
            joint[2:] = [_common(one, other) for one, other in pairwise(ordered[1:])]
        joint[1:2] = -1
        return cls(quasi, ordered, joint, _scale(quasi.form, ordered))

    def label(self, codes: Sequence[int]) -> str | None:
        """What stands for every one of these values, which are distinct and in order; None for nothing but no value."""
        if codes[0] == 0:
            return None if len(codes) == 1 else ANYTHING
        low, high = self.keys[codes[0]], self.keys[codes[-1]]
        match self.quasi.form:
            case "number":
                return f"{low:f}" if low == high else f"{low:f}–{high:f}"
            case "date":
                return _days(low[0], max(self.keys[code][1] for code in codes))
            case "prefix":
                return str(low) if low == high else low[: _common(low, high)] + ANYTHING
            case "tree":
                shared = low[: _common(low, high)]
                return str(shared[-1]) if shared else ANYTHING
            case _:
                return ANYTHING if len(codes) > SET_SHOWN else " | ".join(self.keys[code] for code in codes)

    def width(self, codes: Sequence[int]) -> float:
        """How far these values are generalised when they have one label; in units of `Quasi.most`."""
        if codes[0] == 0:
            return 0 if len(codes) == 1 else np.inf
        low, high = self.keys[codes[0]], self.keys[codes[-1]]
        match self.quasi.form:
            case "number":
                return float(high - low)
            case "date":
                return float(max(self.keys[code][1] for code in codes) - low[0])
            case "set":
                return len(codes) if len(codes) <= SET_SHOWN else np.inf
            case _:
                return max(len(self.keys[code]) for code in codes) - _common(low, high)


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _scale(form: str, keys: Sequence[Key]) -> npt.NDArray[np.float64]:
    if form in ("number", "date") and len(keys) > 1:
        places = [float(key[0] if form == "date" else key) for key in keys[1:]]
        width = places[-1] - places[0]
        return np.array([0.0, *((place - places[0]) / width if width else 0.0 for place in places)])
    return np.maximum(np.arange(len(keys)) - 1, 0) / max(1, len(keys) - 2)


def _days(first: int, last: int) -> str:
    """The smallest of a day, a month, a year or whole years that holds both."""
    low, high = date.fromordinal(first), date.fromordinal(last)
    if low == high:
        return low.isoformat()
    if (low.year, low.month) == (high.year, high.month):
        return f"{low.year:04d}-{low.month:02d}"
    return f"{low.year:04d}" if low.year == high.year else f"{low.year:04d}–{high.year:04d}"

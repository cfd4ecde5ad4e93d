"""Classes of records that nobody can tell apart by their quasi-identifiers: strict multidimensional Mondrian.

LeFevre, DeWitt, Ramakrishnan, "Mondrian Multidimensional K-Anonymity" (2006): cut the records in two along the column
over which they are spread widest, at the middle, as long as both sides have k records and l values of every sensitive
column. Strict: records with the same value stay on the same side, so that the order of the records is irrelevant.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.quasi import Column

NO_CLASS = -1
Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


def classes(columns: Sequence[Column], codes: Sequence[Codes], sensitive: Sequence[Codes], k: int, l: int) -> Codes:  # noqa: E741
    """The class of each record, counted from 0; NO_CLASS for all where even the whole is too small or too uniform.

    `codes`: of each column, one code a record. `sensitive`: of each sensitive column; 0, no value, does not count.
    """
    rows = np.arange(len(codes[0]), dtype=np.int64)
    made = np.full(len(rows), NO_CLASS, np.int32)
    if not _enough(rows, sensitive, k, l):
        return made
    number, left = 0, [rows]
    while left:
        rows = left.pop()
        parted = _cut(rows, columns, codes, sensitive, k, l)
        if parted is None:
            made[rows] = number
            number += 1
        else:
            left.extend(reversed(parted))
    return made


def _enough(rows: Rows, sensitive: Sequence[Codes], k: int, l: int) -> bool:  # noqa: E741
    return len(rows) >= k and all(np.count_nonzero(np.unique(column[rows])) >= l for column in sensitive)


def _cut(
    rows: Rows, columns: Sequence[Column], codes: Sequence[Codes], sensitive: Sequence[Codes], k: int, l: int  # noqa: E741
) -> tuple[Rows, Rows] | None:  # fmt: skip
    if len(rows) < 2 * k:
        return None
    here = [column_codes[rows] for column_codes in codes]
    spreads = [_spread(column, mine) for column, mine in zip(columns, here, strict=True)]
    for place in sorted(range(len(columns)), key=lambda place: (-spreads[place], place)):
        if not spreads[place]:
            return None
        for edge in _edges(columns[place], here[place], k):
            low = here[place] < edge
            parted = rows[low], rows[~low]
            if all(_enough(side, sensitive, k, l) for side in parted):
                return parted
    return None


def _spread(column: Column, here: Codes) -> float:
    """Share of the column over which these codes are spread; more than all of it where some records have no value."""
    low, high = int(here.min()), int(here.max())
    if low == high:
        return 0.0
    return 2.0 if low == 0 else max(float(column.scale[high] - column.scale[low]), np.finfo(float).tiny)


def _edges(column: Column, here: Codes, k: int) -> list[int]:
    """Codes before which to cut, best first: of each depth of a tree the most even cut that leaves k on both sides."""
    ordered = np.sort(here)
    places = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    # What is in common across an edge is the least along the codes between, which may be absent here.
    joints = np.minimum.reduceat(column.joint[: ordered[-1] + 1], ordered[places - 1] + 1)
    enough = np.minimum(places, len(ordered) - places) >= k
    places, joints = places[enough], joints[enough]
    made = []
    for depth in np.unique(joints):
        at = places[joints == depth]
        made.append(int(ordered[at[np.argmin(np.abs(2 * at - len(ordered)))]]))
    return made

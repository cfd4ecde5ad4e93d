"""One table over all inputs: its declared columns are gathered, cut into classes, and each record is told its labels.

A class is a matter of all records, so these columns are held whole, one number a cell; everything else still streams.
"""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.cleaner.files import Part, columns_of, put
from gridtie.cleaner.work import Task, cleaned, looked_at
from gridtie.cleaning.decide import counting, decided
from gridtie.cleaning.document import leaves
from gridtie.cleaning.groups import SUPPRESSED, UNREADABLE
from gridtie.cleaning.look import Look
from gridtie.cleaning.mondrian import NO_CLASS, classes
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.quasi import Column, Key, Quasi
from gridtie.cleaning.table_policy import TablePolicy
from gridtie.errors import InvalidInput, Problem, TableTooLarge, TooMuchLeftOut

MOST_CELLS = 50_000_000  # rows × declared columns
MOST_VALUES = 2_000_000  # distinct values of the declared columns together
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Of one part: the places of its records that take part, one code a record and column, and what codes stand for.
    Code 0 is no value. `unreadable`: places with a value that is none of its form."""

    places: Codes
    codes: Sequence[Codes]
    keys: Sequence[Sequence[Key]]
    unreadable: Codes


def check_columns(table: TablePolicy, inputs: Sequence[Path]) -> None:
    """Before the first byte. Raises InvalidInput for a file that cannot have the declared columns. Of its own only one
    that is nearly meant is said: the first line of a table without a head is somebody's data."""
    for path in inputs:
        found = columns_of(path)
        missing = [name for name in table.declared if found is not None and name not in found]
        if missing:
            problems = [
                Problem(f"[table] names the column {name}, which is not there; {_instead(name, found or ())}")
                for name in missing
            ]
            raise InvalidInput(source=str(path), problems=problems)


def _instead(name: str, found: Sequence[str]) -> str:
    by_small = {one.strip().casefold(): one for one in found}
    near = get_close_matches(name.casefold(), by_small, n=1)
    return f"did you mean {by_small[near[0]]!r}?" if near else f"it has {len(found)} other{'s' * (len(found) != 1)}"


def gather(task: Task, part: Part, key: str, across: Mapping[int, str]) -> Gathered:
    """By a worker. Raises TableTooLarge."""
    policy = task.policy()
    table = _table(policy)
    kinds = [*table.quasi, *(Quasi(name=name, form="set") for name in table.sensitive)]
    known: list[dict[str, int]] = [{} for _ in kinds]  # of each value as it stands, its code
    keys: list[dict[Key, int]] = [{None: 0} for _ in kinds]
    places, unreadable, codes = array("i"), array("i"), [array("i") for _ in kinds]
    for place, (found, look) in enumerate(looked_at(task, part, key)):
        if decided(look, across.get(place, ""), policy).reason:
            continue
        record = cleaned(found.value, look, policy, task.keys, part.form)
        direct = _direct(found.value, look, policy)
        try:
            row = [
                _code(column, _value(column, found.value, record, direct), known[number], keys[number])
                for number, column in enumerate(kinds)
            ]
        except ValueError:
            unreadable.append(place)
            continue
        places.append(place)
        for column_codes, code in zip(codes, row, strict=True):
            column_codes.append(code)
        if sum(map(len, known)) > MOST_VALUES:
            raise _too_many_values()
    return Gathered(_whole(places), [_whole(one) for one in codes], [list(one) for one in keys], _whole(unreadable))


def _whole(numbers: "array[int]") -> Codes:
    return np.array(numbers, np.int32)


def _direct(record: Any, look: Look, policy: Policy) -> Mapping[str, set[str]]:
    """Kinds of what stands in each column and is not kept: it says by itself who somebody is."""
    found = counting(look, policy)
    if not found or not isinstance(record, Mapping):
        return {}
    names = [place[0] for place, _ in leaves(record)]
    made: dict[str, set[str]] = {}
    for number, span in found:
        if policy.treatment(span.kind).action != "keep":
            made.setdefault(str(names[number]), set()).add(span.kind)
    return made


def _value(column: Quasi, raw: Any, record: Any, direct: Mapping[str, set[str]]) -> Any:
    """Numbers and dates as they were read, for a treated one is none; of all else what the treatment of cells left.

    Raises ValueError for a direct identifier where a number or a date should stand: ends of a range are real values.
    """
    if not isinstance(raw, Mapping):
        raise ValueError("no row")
    if column.form not in ("number", "date"):
        return record.get(column.name)
    if direct.get(column.name, set()) - ({"DOB"} if column.form == "date" else set()):
        raise ValueError("a direct identifier")
    return raw.get(column.name)


def _code(column: Quasi, value: Any, known: dict[str, int], keys: dict[Key, int]) -> int:
    if isinstance(value, Mapping | list | bytes):
        raise ValueError("no single value")
    text = "" if value is None else str(value)
    found = known.get(text)
    if found is None:
        found = known[text] = keys.setdefault(column.key(text), len(keys))
    return found


def check_size(table: TablePolicy, records: int) -> None:
    if records * len(table.counted) > MOST_CELLS:
        raise TableTooLarge(
            found=f"{records:,} records × {len(table.counted)} declared columns", most=f"{MOST_CELLS:,} cells"
        )


def _too_many_values() -> TableTooLarge:
    return TableTooLarge(found="more distinct values in its declared columns", most=f"{MOST_VALUES:,}")


def _table(policy: Policy) -> TablePolicy:
    assert policy.table is not None  # asked for by nobody without one
    return policy.table


def generalise(
    task: Task, parts: Sequence[Part], gathered: Sequence[Gathered], dropped: Sequence[dict[int, str]]
) -> str:
    """Cuts the whole into classes, adds to `dropped` what is in none, keeps the labels of each part in `work/table`.

    Returns a digest of all that was decided here. Raises TooMuchLeftOut, TableTooLarge.
    """
    table = _table(task.policy())
    columns, codes = [], []
    for number, quasi in enumerate((*table.quasi, *(Quasi(name=name, form="set") for name in table.sensitive))):
        column = Column.of(quasi, {key for one in gathered for key in one.keys[number]})
        columns.append(column)
        codes.append(_joined(column, gathered, number))
    if sum(len(column.keys) for column in columns) > MOST_VALUES:
        raise _too_many_values()
    count = len(table.quasi)
    made = classes(columns[:count], codes[:count], codes[count:], table.k, table.l)
    labels = _labels(columns[:count], codes[:count], made)
    made = _leave_out(made, labels)
    _say_what_is_left_out(table, gathered, made, dropped)
    return _keep(task, parts, gathered, made, labels)


def _joined(column: Column, gathered: Sequence[Gathered], number: int) -> Codes:
    """Codes of all parts in terms of the one column."""
    place = {key: code for code, key in enumerate(column.keys)}
    joined = [np.array([place[key] for key in one.keys[number]], np.int32)[one.codes[number]] for one in gathered]
    return np.concatenate([np.empty(0, np.int32), *joined])


def _labels(
    columns: Sequence[Column], codes: Sequence[Codes], made: Codes
) -> list[tuple[str | None, ...] | None]:  # fmt: skip
    """Of each class, one label a column; None for a class that would be generalised further than a column allows."""
    order = np.argsort(made, kind="stable")
    order = order[np.searchsorted(made[order], 0) :]
    ends = (np.flatnonzero(np.diff(made[order], append=NO_CLASS)) + 1).tolist() if len(order) else list[int]()
    labels: list[tuple[str | None, ...] | None] = []
    start = 0
    for end in ends:
        rows = order[start:end]
        here = [np.unique(column_codes[rows]).tolist() for column_codes in codes]
        wide = any(
            column.quasi.most is not None and column.width(mine) > column.quasi.most
            for column, mine in zip(columns, here, strict=True)
        )
        labels.append(None if wide else tuple(c.label(mine) for c, mine in zip(columns, here, strict=True)))
        start = end
    return labels


def _leave_out(made: Codes, labels: Sequence[tuple[str | None, ...] | None]) -> Codes:
    wide = np.array([label is None for label in labels], bool)
    return np.where((made != NO_CLASS) & wide[made], NO_CLASS, made).astype(np.int32) if len(wide) else made


def _say_what_is_left_out(
    table: TablePolicy, gathered: Sequence[Gathered], made: Codes, dropped: Sequence[dict[int, str]]
) -> None:  # fmt: skip
    alone, unreadable = int(np.count_nonzero(made == NO_CLASS)), sum(len(one.unreadable) for one in gathered)
    records = len(made) + unreadable
    if alone + unreadable > table.suppressed_most * records:
        raise TooMuchLeftOut(
            left_out=alone + unreadable, records=records, k=table.k, most=f"{table.suppressed_most:.2%}",
            reasons=f"{SUPPRESSED} {alone}, {UNREADABLE} {unreadable}",
        )  # fmt: skip
    start = 0
    for one, reasons in zip(gathered, dropped, strict=True):
        mine = made[start : start + len(one.places)]
        reasons.update(dict.fromkeys(one.places[mine == NO_CLASS].tolist(), SUPPRESSED))
        reasons.update(dict.fromkeys(one.unreadable.tolist(), UNREADABLE))
        start += len(one.places)


def _keep(
    task: Task, parts: Sequence[Part], gathered: Sequence[Gathered], made: Codes, labels: Sequence[Any]
) -> str:  # fmt: skip
    folder = task.out / "work" / "table"
    folder.mkdir(exist_ok=True)
    said = json.dumps(labels, ensure_ascii=False).encode("utf-8", "replace")
    put(folder / "labels.json", said)
    digest, start = sha256(said), 0
    for part, one in zip(parts, gathered, strict=True):
        mine = np.stack([one.places, made[start : start + len(one.places)]])
        np.save(folder / f"{part.name}.npy", mine)
        digest.update(mine.tobytes())
        start += len(one.places)
    return digest.hexdigest()

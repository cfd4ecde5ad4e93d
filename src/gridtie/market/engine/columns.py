"""The book of the large engine: bids and capacity as arrays, no object per bid.

A *job* belongs to a *class* of identical bids; a class has *columns*, its alternatives. Choosing a column for a job at
a start slot takes the column's shape from its pool in `length` slots from there on. At most one column per job.

Units: a resource is counted in its own whole unit (accelerators, cores, GiB …), coarse enough that one unit for one
slot is worth many micro-units: prices are whole; slots are consecutive; money is int64
micro-units. A column's value is what the job is worth there over its whole run, net of everything but the price of
the capacity itself (so net of moving its data); an ask is per unit of resource 0 and slot, in tranches.
"""

from dataclasses import dataclass, fields
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from gridtie.errors import InvalidBook

Ints = npt.NDArray[np.int64]
Indexes = npt.NDArray[np.int32]

#: No sum of values or loads may leave the range in which a double counts exactly.
LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnBook:
    """J jobs in C classes with K columns of S shapes, over P pools, T slots, R resources."""

    capacity: Ints  # [P, T, R] free units; fixed load and what the owner keeps are taken off before
    tranche_pool: Indexes  # [M] ascending; pools without a tranche sell at 0
    tranche_units: Ints  # [M] units of resource 0 in the tranche, in every slot; of a pool's last: the rest
    tranche_ask: Ints  # [M] micro-units per unit of resource 0 and slot; ascending within a pool
    shape_use: Ints  # [S, R] units that one job takes in every slot it runs
    class_first: Ints  # [C + 1] columns of class c: class_first[c] … class_first[c + 1]
    column_pool: Indexes  # [K]
    column_shape: Indexes  # [K]
    column_value: Ints  # [K] micro-units if it starts by `column_due`
    column_delay: Ints  # [K] micro-units lost per slot of start after `column_due`
    column_start: Indexes  # [K] first slot in which it may start
    column_due: Indexes  # [K] last start at full value
    column_end: Indexes  # [K] last slot in which it may start
    column_length: Indexes  # [K] slots it runs
    job_class: Indexes  # [J]

    @property
    def jobs(self) -> int:
        return len(self.job_class)

    @property
    def classes(self) -> int:
        return len(self.class_first) - 1

    @property
    def columns(self) -> int:
        return len(self.column_pool)

    @property
    def pools(self) -> int:
        return int(self.capacity.shape[0])

    @property
    def slots(self) -> int:
        return int(self.capacity.shape[1])

    @property
    def resources(self) -> int:
        return int(self.capacity.shape[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnClearing:
    """Who runs where and when, at which prices, and how far from the best it can be at most.

    `bound` is an upper bound on the welfare of every feasible choice, and of the linear relaxation: by the prices.
    `ceiling` is one on the welfare of feasible choices alone, and no higher: hurdles and prices prove it, or without
    hurdles the prices, and then it is the bound.
    """

    choice: Ints  # [J] column, or -1
    start: Indexes  # [J] slot, or -1
    price: Ints  # [P, T, R] micro-units per unit and slot, asks included
    payment: Ints  # [J] what the job pays: the price of its capacity, but never more than its value there
    made_whole: Ints  # [J] by how much the price of its capacity exceeds its value there
    welfare: int  # value less asks of all that was chosen
    bound: int  # rounded up
    passes: int  # of the price ascent
    sweeps: int  # of the repair; with the same counts a replay gives the same bytes
    ceiling: int
    hurdle: Ints  # [C] micro-units that a job of the class has to be worth to a pool at least, or [0]

    @property
    def gap(self) -> float:
        return (self.ceiling - self.welfare) / self.ceiling if self.ceiling > 0 else 0.0


def checked(book: ColumnBook) -> ColumnBook:
    """The same book. Raises InvalidBook, naming the array and the first place, for what cannot be cleared."""
    for field in fields(book):
        array = getattr(book, field.name)
        wanted = np.int32 if field.name in _INDEXES else np.int64
        if array.dtype != wanted:
            _refuse(field.name, f"it holds {array.dtype}, not {np.dtype(wanted)}: round to whole units first")
        if array.ndim != _DIMENSIONS.get(field.name, 1):
            _refuse(field.name, f"it has {array.ndim} dimensions, not {_DIMENSIONS.get(field.name, 1)}")
    _lengths(book)
    _references(book)
    _windows(book)
    _amounts(book)
    return book


_DIMENSIONS = {"capacity": 3, "shape_use": 2}
_INDEXES = {
    "tranche_pool", "class_first", "column_pool", "column_shape", "column_start", "column_due", "column_end",
    "column_length", "job_class",
}  # fmt: skip


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidBook(field=field, message=message)


def _first(wrong: npt.NDArray[np.bool_], field: str, message: str) -> None:
    """Refuses the first place that is wrong, if any is."""
    if wrong.any():
        at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        _refuse(f"{field}[{', '.join(str(int(i)) for i in at)}]", message)


def _lengths(book: ColumnBook) -> None:
    if book.slots < 1 or book.resources < 1:
        _refuse("capacity", "at least one slot and one resource are needed")
    if book.shape_use.shape[1] != book.resources:
        _refuse("shape_use", f"{book.shape_use.shape[1]} resources, but pools have {book.resources}")
    for name in ("shape", "value", "delay", "start", "due", "end", "length"):
        if len(getattr(book, f"column_{name}")) != book.columns:
            _refuse(f"column_{name}", f"{len(getattr(book, f'column_{name}'))} entries for {book.columns} columns")
    for name in ("units", "ask"):
        if len(getattr(book, f"tranche_{name}")) != len(book.tranche_pool):
            _refuse(f"tranche_{name}", f"its length differs from the {len(book.tranche_pool)} of tranche_pool")
    first = book.class_first
    if len(first) < 1 or first[0] != 0 or first[-1] != book.columns:
        _refuse("class_first", f"it must run from 0 to the {book.columns} columns")
    _first(np.diff(first) < 0, "class_first", "it must not fall")


def _references(book: ColumnBook) -> None:
    for name, limit in (
        ("tranche_pool", book.pools),
        ("column_pool", book.pools),
        ("column_shape", len(book.shape_use)),
        ("job_class", book.classes),
    ):
        array = getattr(book, name)
        if array.size and (array.min() < 0 or array.max() >= limit):
            _first((array < 0) | (array >= limit), name, f"there are only {limit} to name, from 0 on")
    same = np.diff(book.tranche_pool) == 0
    _first(np.diff(book.tranche_pool) < 0, "tranche_pool", "tranches must come pool by pool")
    _first(same & (np.diff(book.tranche_ask) < 0), "tranche_ask", "a pool's later tranche must not ask less")


def _windows(book: ColumnBook) -> None:
    start, due, end, length = book.column_start, book.column_due, book.column_end, book.column_length
    _first(length < 1, "column_length", "a job runs at least one slot")
    _first(start < 0, "column_start", "slots count from 0")
    _first((due < start) | (end < due), "column_due", "a window must run start, due, end")
    _first(end > book.slots - length, "column_end", f"it would run beyond the {book.slots} slots")


def _amounts(book: ColumnBook) -> None:
    for name in ("capacity", "tranche_units", "tranche_ask", "shape_use", "column_delay"):
        _first(getattr(book, name) < 0, name, "it must not be negative")
    # Sums must stay whole in a double: of the best values of all jobs, of the loads, of the asks for all that is sold.
    value = book.column_value
    largest = max(float(value.max(initial=0)), -float(value.min(initial=0))) * max(book.jobs, 1)
    asked = book.tranche_ask.max(initial=0) * float(book.capacity[:, :, 0].sum(dtype=np.float64))
    used = float(book.shape_use.max(initial=0)) * max(book.jobs, 1)
    run = float(book.column_length.max(initial=0))
    cost = float(book.tranche_ask.max(initial=0)) * float(book.shape_use.max(initial=0)) * run
    late = float(book.column_delay.max(initial=0)) * book.slots
    there = float(book.capacity.sum(axis=(0, 1), dtype=np.float64).max(initial=0.0))
    for name, total in (
        ("column_value", largest), ("shape_use", used), ("capacity", there), ("column_delay", late),
        ("tranche_ask", max(asked, cost)),
    ):  # fmt: skip
        if total > LARGEST:
            _refuse(name, f"sums could reach {total:.3g}, beyond the {LARGEST:.3g} that are counted exactly")

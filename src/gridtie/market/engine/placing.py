"""From what the engine chose to machines: a pool counts what it has in all, a gang needs it on machines.

What was chosen is placed with the largest machines first, as small ones fit into what is left. A gang that finds no
machines moves to the best of its other places, and whoever is still without one takes what stayed free, in the order of
bids: there is nobody left who could have run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gridtie.market.engine.columns import ColumnClearing, Ints
from gridtie.market.engine.from_book import Intake
from gridtie.market.shelf import Candidate, Shelf


@dataclass(frozen=True, slots=True)
class Placed:
    """Job j on machines, in column k; None: what it takes is beyond what the engine counts, and costs what is asked."""

    job: int
    column: int | None
    candidate: Candidate
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    now: tuple[Placed, ...]
    later: tuple[tuple[int, int, int], ...]  # job, column, slot
    moved: int


def costs(intake: Intake, price: Ints) -> Ints:
    """[K] what a column costs at the prices when it starts in its first slot."""
    arrays = intake.arrays
    summed = np.concatenate((np.zeros_like(price[:, :1]), np.cumsum(price, axis=1)), axis=1)
    pool, start = arrays.column_pool, arrays.column_start
    per_use = summed[pool, start + arrays.column_length] - summed[pool, start]
    made: Ints = (per_use * arrays.shape_use[arrays.column_shape]).sum(axis=1)
    return made


class _Floor:
    """What is left: of pools over all slots, and on machines now."""

    def __init__(self, intake: Intake, shelf: Shelf) -> None:
        self._intake, self._shelf = intake, shelf
        self._left = intake.arrays.capacity.copy()
        self._full: set[object] = set()  # what found no machines; they only get fewer

    def reserve(self, column: int, slot: int) -> None:
        arrays = self._intake.arrays
        until = slot + arrays.column_length[column]
        self._left[arrays.column_pool[column], slot:until] -= arrays.shape_use[arrays.column_shape[column]]

    def counted(self, column: int) -> bool:
        arrays = self._intake.arrays
        left = self._left[arrays.column_pool[column], : arrays.column_length[column]]
        return bool((left >= arrays.shape_use[arrays.column_shape[column]]).all())

    def machines(self, job: int, candidate: Candidate) -> tuple[str, ...] | None:
        request = self._intake.requests[job]
        held = self._intake.running.get(request.id)
        if held is not None:  # it does not move
            there = self._shelf.fits(candidate, held.machines)
            if there:
                self._shelf.take(candidate, held.machines)
            return held.machines if there else None
        key = (candidate.capacity.resource, candidate.wanted, request.needs.machines)
        if key in self._full:
            return None
        found = self._shelf.room(request, candidate)
        if found is None:
            self._full.add(key)
        else:
            self._shelf.take(candidate, found)
        return found


def placed(intake: Intake, cleared: ColumnClearing, shelf: Shelf) -> Placing:
    floor, now, homeless = _Floor(intake, shelf), list[Placed](), list[int]()
    later = [(j, int(cleared.choice[j]), int(cleared.start[j])) for j in np.flatnonzero(cleared.start > 0).tolist()]
    for _, column, slot in later:
        floor.reserve(column, slot)
    chosen = np.flatnonzero(cleared.start == 0).tolist()
    for job in sorted(chosen, key=lambda j: _size(intake, int(cleared.choice[j]), j)):
        column = int(cleared.choice[job])
        candidate = intake.columns[column].candidate
        machines = floor.machines(job, candidate)
        if machines is None:
            homeless.append(job)
        else:
            floor.reserve(column, 0)
            now.append(Placed(job, column, candidate, machines))
    moved = set(homeless)
    homeless += np.flatnonzero(cleared.choice < 0).tolist()
    cost = costs(intake, cleared.price)
    found = [_elsewhere(intake, floor, cost, job) for job in sorted(homeless, key=lambda j: _turn(intake, j))]
    now += [one for one in found if one is not None]
    return Placing(tuple(now), tuple(later), sum(one is not None and one.job in moved for one in found))


def _size(intake: Intake, column: int, job: int) -> tuple[bool, int, int, int, int, int]:
    """What stays where it runs, then largest machines first, then largest gangs; equals in the order of the draw."""
    wanted = intake.columns[column].candidate.wanted
    gang = intake.requests[job].needs.machines
    return (
        intake.requests[job].id not in intake.running,
        -wanted.accelerators,
        -wanted.cpus,
        -wanted.memory_bytes,
        -gang,
        job,
    )


def _turn(intake: Intake, job: int) -> tuple[int, int]:
    return -max((intake.columns[k].counted for k in intake.columns_of(job)), default=0), job


def _elsewhere(intake: Intake, floor: _Floor, cost: Ints, job: int) -> Placed | None:
    for column, candidate in _by_surplus(intake, cost, job):
        if column is not None and not floor.counted(column):
            continue
        machines = floor.machines(job, candidate)
        if machines is not None:
            if column is not None:
                floor.reserve(column, 0)
            return Placed(job, column, candidate, machines)
    return None


def _by_surplus(intake: Intake, cost: Ints, job: int) -> Iterator[tuple[int | None, Candidate]]:
    """The places of a job, best at the prices first; then those that the engine does not count."""
    own: Sequence[int] = intake.columns_of(job)
    value = intake.arrays.column_value
    for column in sorted(own, key=lambda k: (int(cost[k] - value[k]), k)):
        yield column, intake.columns[column].candidate
    known = {(intake.columns[k].candidate.capacity.resource, intake.columns[k].candidate.alternative) for k in own}
    for candidate in intake.bidders[job].candidates:
        if (candidate.capacity.resource, candidate.alternative) not in known:
            yield None, candidate

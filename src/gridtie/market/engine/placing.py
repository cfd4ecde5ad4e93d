"""From what the engine chose to machines: a pool counts what it has in all, a gang needs it on machines.

What was chosen is placed with the largest machines first, as small ones fit into what is left. A gang that finds no
machines moves to the best of its other places, and whoever is still without one takes what stayed free, in the order of
bids: there is nobody left who could have run. There a slow place is worth to nobody what it asks, and all who accept
its price count for that alone; so it is their own bids that are in order.

Of a pool that is sold in tranches whoever pays least takes the cheapest units. Where the price is less than what his
units ask, as it may be for a gang that reaches into a dearer tranche, he pays what they ask; who did not bid that is
not placed there. So each tranche is paid for by those who hold it, whichever of them end first: asks rise, and the
units of any part of them ask no more than what each of them paid for.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gridtie.market.engine.columns import ColumnClearing, Ints
from gridtie.market.engine.exact import Picks
from gridtie.market.engine.from_book import Intake
from gridtie.market.shelf import Candidate, Shelf, units_of
from gridtie.market.tranches import ask
from gridtie.values.ids import ResourceId
from gridtie.values.money import Micros


@dataclass(frozen=True, slots=True)
class Placed:
    """Job j on machines, in column k; None: what it takes is beyond what the engine counts, and costs what is asked."""

    job: int
    column: int | None
    candidate: Candidate
    machines: tuple[str, ...]
    asks: Micros  # its units, on average per unit-hour


@dataclass(frozen=True, slots=True)
class Placing:
    now: tuple[Placed, ...]
    later: tuple[tuple[int, int, int], ...]  # job, column, slot
    moved: int
    missed: tuple[int, ...] = ()  # who found no machines where the engine chose


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
        limit = request.limit_us if candidate.capacity.booked else None
        key = (candidate.capacity.resource, candidate.wanted, request.needs.machines, limit)
        if key in self._full:
            return None
        found = self._shelf.room(request, candidate)
        if found is None:
            self._full.add(key)
        else:
            self._shelf.take(candidate, found)
        return found


class _Supply:
    """The tranches of the pools, unit by unit: what the next ones ask."""

    def __init__(self, intake: Intake) -> None:
        self._intake, arrays = intake, intake.arrays
        self._rows = [np.flatnonzero(arrays.tranche_pool == pool) for pool in range(arrays.pools)]
        self._sold = np.zeros(arrays.capacity.shape[:2], np.int64)
        self._now: Counter[ResourceId] = Counter()

    def asks(self, job: int, column: int | None, candidate: Candidate, slot: int = 0) -> Micros | None:
        """What its units ask after those that were sold, on average per unit-hour; None: it bids less than that."""
        if not candidate.offer.tranches:
            return candidate.offer.price
        pool, units = candidate.capacity.resource, units_of(self._intake.requests[job], candidate.wanted)
        asks = ask(candidate.offer, units, self._now[pool])
        if column is None:
            return asks if candidate.limit is None or asks <= candidate.limit else None
        short = self._counted_short(column, slot) or (slot == 0 and self._intake.columns[column].limit < asks)
        return None if short else asks

    def sell(self, job: int, column: int | None, candidate: Candidate, slot: int = 0, *, back: bool = False) -> None:
        units = units_of(self._intake.requests[job], candidate.wanted) * (-1 if back else 1)
        if slot == 0:
            self._now[candidate.capacity.resource] += units
        if column is not None:
            arrays = self._intake.arrays
            self._sold[arrays.column_pool[column], slot : slot + arrays.column_length[column]] += units

    def _counted_short(self, column: int, slot: int) -> bool:
        """Whether it is worth less than its units ask in all its slots."""
        arrays = self._intake.arrays
        pool, units = int(arrays.column_pool[column]), int(arrays.shape_use[arrays.column_shape[column], 0])
        slots = slice(slot, slot + int(arrays.column_length[column]))
        late = max(slot - int(arrays.column_due[column]), 0)
        worth = int(arrays.column_value[column]) - int(arrays.column_delay[column]) * late
        asked = sum(
            self._asked(pool, int(sold) + units) - self._asked(pool, int(sold)) for sold in self._sold[pool, slots]
        )
        return worth < asked

    def _asked(self, pool: int, units: int) -> int:
        arrays, total = self._intake.arrays, 0
        for row in self._rows[pool].tolist():
            taken = units if row == self._rows[pool][-1] else min(units, int(arrays.tranche_units[row]))
            total, units = total + taken * int(arrays.tranche_ask[row]), units - taken
        return total


def placed(
    intake: Intake, cleared: ColumnClearing, shelf: Shelf, pays: Callable[[int], int], first: Sequence[int] = ()
) -> Placing:
    """`pays`: what a column would pay per unit-hour; `first`: jobs that find machines before all others."""
    floor, now, supply = _Floor(intake, shelf), list[Placed](), _Supply(intake)
    asks, homeless = _paying(intake, cleared, supply, pays)
    later = [(j, int(cleared.choice[j]), int(cleared.start[j])) for j in np.flatnonzero(cleared.start > 0).tolist()]
    planned = list[tuple[int, int, int]]()
    for job, column, slot in later:
        if supply.asks(job, column, intake.columns[column].candidate, slot) is not None:
            supply.sell(job, column, intake.columns[column].candidate, slot)
            floor.reserve(column, slot)
            planned.append((job, column, slot))
    chosen, missed = list(asks), list[int]()
    for job in sorted(chosen, key=lambda j: (j not in first, _size(intake, int(cleared.choice[j]), j))):
        column = int(cleared.choice[job])
        candidate = intake.columns[column].candidate
        machines = floor.machines(job, candidate)
        if machines is None:
            missed.append(job)
            supply.sell(job, column, candidate, back=True)
        else:
            floor.reserve(column, 0)
            now.append(Placed(job, column, candidate, machines, asks[job]))
    homeless += missed
    moved = set(homeless)
    homeless += np.flatnonzero(cleared.choice < 0).tolist()
    found = _fill(intake, cleared, floor, supply, homeless)
    return Placing((*now, *found), tuple(planned), sum(one.job in moved for one in found), tuple(missed))


def picked(intake: Intake, cleared: ColumnClearing, shelf: Shelf, picks: Picks) -> Placing:
    """These on these machines, which are free, and nothing in tranches; then whoever else could still run."""
    floor, now, supply = _Floor(intake, shelf), list[Placed](), _Supply(intake)
    for job, (column, machines) in picks.items():
        candidate = intake.columns[column].candidate
        shelf.take(candidate, machines)
        floor.reserve(column, 0)
        now.append(Placed(job, column, candidate, machines, candidate.offer.price))
    now += _fill(intake, cleared, floor, supply, [job for job in range(len(intake.requests)) if job not in picks])
    moved = [one for one in now if cleared.choice[one.job] not in (-1, one.column)]
    return Placing(tuple(now), (), len(moved))


def _fill(
    intake: Intake, cleared: ColumnClearing, floor: _Floor, supply: _Supply, jobs: Sequence[int]
) -> list[Placed]:  # fmt: skip
    cost = costs(intake, cleared.price)
    found = [_elsewhere(intake, floor, supply, cost, job) for job in sorted(jobs, key=lambda j: _turn(intake, j))]
    return [one for one in found if one is not None]


def _paying(
    intake: Intake, cleared: ColumnClearing, supply: _Supply, pays: Callable[[int], int]
) -> tuple[dict[int, Micros], list[int]]:
    """(of those who start now what their units ask, who bids less than that). Running work comes first."""
    asks, short = dict[int, Micros](), list[int]()
    held = {job for job, request in enumerate(intake.requests) if request.id in intake.running}

    def turn(job: int) -> tuple[bool, int, int, int]:
        column = int(cleared.choice[job])
        if not intake.columns[column].candidate.offer.tranches:
            return job not in held, 0, 0, job
        return job not in held, pays(column), intake.columns[column].limit, job

    for job in sorted(np.flatnonzero(cleared.start == 0).tolist(), key=turn):
        column = int(cleared.choice[job])
        candidate = intake.columns[column].candidate
        found = candidate.offer.price if job in held else supply.asks(job, column, candidate)
        if found is None:
            short.append(job)
        else:
            asks[job] = found
            supply.sell(job, column, candidate)
    return asks, short


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
    return -max((intake.columns[k].turn for k in intake.columns_of(job)), default=0), job


def _elsewhere(intake: Intake, floor: _Floor, supply: _Supply, cost: Ints, job: int) -> Placed | None:
    for column, candidate in _by_surplus(intake, cost, job):
        if column is not None and not floor.counted(column):
            continue
        asks = supply.asks(job, column, candidate)
        machines = None if asks is None else floor.machines(job, candidate)
        if asks is not None and machines is not None:
            if column is not None:
                floor.reserve(column, 0)
            supply.sell(job, column, candidate)
            return Placed(job, column, candidate, machines, asks)
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

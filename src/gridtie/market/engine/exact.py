"""The best outcome of a small book, on its very machines: all that could be is tried.

The engine counts a pool in all and finds machines afterwards: a gang that a smaller job left no machines for is then
lost, and in a book of three bids that may be most of what it is worth. A book of a few bids has so few outcomes that
the best of them can be found.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby

from gridtie.market.eligibility import holds, without
from gridtie.market.engine.from_book import Intake
from gridtie.market.offer import MachineShape
from gridtie.values.ids import ResourceId

JOBS_MAX = 8
MACHINES_MAX = 64
STEPS_MAX = 5_000  # of the search, which then gives the best found so far

Picks = Mapping[int, tuple[int, tuple[str, ...]]]  # of each job that runs its column, and a machine for each rank
_Free = Mapping[ResourceId, Mapping[str, MachineShape]]


def best_of(intake: Intake, over: int) -> Picks | None:
    """None if nothing is worth more than `over`, or if the book is large, or more than bids and machines decide in it:
    several slots, tranches, bookings, running work."""
    capacities = {one.candidate.capacity.resource: one.candidate.capacity for one in intake.columns}
    if (
        len(intake.requests) > JOBS_MAX
        or sum(len(capacity.machines) for capacity in capacities.values()) > MACHINES_MAX
        or not intake.horizon.spot
        or intake.running
        or any(one.candidate.offer.tranches for one in intake.columns)
        or any(capacity.booked for capacity in capacities.values())
    ):
        return None
    search = _Search(intake, over)
    search.go(0, 0, {}, {key: {m.name: m for m in capacity.machines} for key, capacity in capacities.items()})
    return search.best


class _Search:
    """Depth first, whoever is worth most first; equals in the order of the draw."""

    def __init__(self, intake: Intake, over: int) -> None:
        arrays = intake.arrays
        asks = dict(zip(arrays.tranche_pool.tolist(), arrays.tranche_ask.tolist(), strict=True))  # one each
        self._intake, self._worth, self._steps = intake, dict[int, int](), 0
        self.best: Picks | None = None
        self._over = over
        places: list[tuple[int, int, list[int]]] = []
        for job in range(len(intake.requests)):
            for k in intake.columns_of(job):
                units = int(arrays.shape_use[arrays.column_shape[k], 0])
                self._worth[k] = int(arrays.column_value[k]) - asks.get(int(arrays.column_pool[k]), 0) * units
            own = sorted((k for k in intake.columns_of(job) if self._worth[k] > 0), key=lambda k: (-self._worth[k], k))
            if own:
                places.append((-self._worth[own[0]], job, own))
        self._places = [(job, own) for _, job, own in sorted(places)]
        self._most = [0]  # that those from the n-th on could be worth
        for _, own in reversed(self._places):
            self._most.insert(0, self._most[0] + self._worth[own[0]])

    def go(self, at: int, worth: int, picks: Picks, free: _Free) -> None:
        self._steps += 1
        if worth > self._over:
            self._over, self.best = worth, picks
        if worth + self._most[at] <= self._over or self._steps > STEPS_MAX:
            return
        job, own = self._places[at]
        for k in own:
            candidate = self._intake.columns[k].candidate
            pool, ranks = candidate.capacity.resource, self._intake.requests[job].needs.machines
            able = [machine for machine in free[pool].values() if holds(machine, candidate.wanted)]
            for machines in _different(able, ranks):
                if self._steps > STEPS_MAX:
                    return
                taken = {machine.name: without(machine, candidate.wanted) for machine in machines}
                names = tuple(machine.name for machine in machines)
                self.go(at + 1, worth + self._worth[k], {**picks, job: (k, names)},
                        {**free, pool: {**free[pool], **taken}})  # fmt: skip
        self.go(at + 1, worth, picks, free)


def _different(able: Sequence[MachineShape], ranks: int) -> Iterator[tuple[MachineShape, ...]]:
    """Sets of so many machines, of those that are alike but one; the fullest that fit first."""
    order = sorted(able, key=lambda m: (_shape(m), m.name))
    alike = [tuple(some) for _, some in groupby(order, _shape)]
    there = [*accumulate((len(some) for some in reversed(alike)), initial=0)][::-1]  # from the n-th on

    def sets(at: int, missing: int) -> Iterator[tuple[MachineShape, ...]]:
        if missing == 0:
            yield ()
            return
        if there[at] < missing:
            return
        for count in range(min(missing, len(alike[at])), -1, -1):
            for others in sets(at + 1, missing - count):
                yield (*alike[at][:count], *others)

    return sets(0, ranks)


def _shape(machine: MachineShape) -> tuple[int, int, int, int]:
    return machine.accelerators, machine.cpus, machine.memory_bytes, machine.disk_bytes

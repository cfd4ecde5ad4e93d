"""Capacity that is booked for a later start: fixed load in its time, for whoever would still be there then.

Work without a time limit may stay for as long as it likes, so it gets none of a machine's booked part, however far off;
work with one may use it when it is sure to be gone before.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from gridtie.market.offer import Booked, Capacity, MachineShape, Offer
from gridtie.market.request import Request
from gridtie.market.tranches import now_on_sale
from gridtie.registry.open_hours import OpenHours, opening, openings
from gridtie.values.ids import OrganisationId, ResourceId
from gridtie.values.period import Period

#: A run with a time limit is expected to be gone so long after it: it starts late, and its results travel.
SLACK = timedelta(minutes=5)
MOMENTS_MAX = 64  # of the openings of one site


def gone_by(request: Request, at: datetime) -> datetime | None:
    """When a run that is placed now has left its machines; None: nobody knows."""
    return None if request.limit_us is None else at + timedelta(microseconds=request.limit_us) + SLACK


def stays_until(request: Request, at: datetime) -> datetime | None:
    """When it has left what it gets at `at`, booked or not; None: nobody knows."""
    booked = time_of(request) if request.start_at is not None and request.start_at >= at else None
    return gone_by(request, at) if booked is None else booked.end


def time_of(request: Request) -> Period | None:
    """What it books: its expected time, and what a run needs to be gone."""
    if request.start_at is None:
        return None
    return Period(request.start_at, request.start_at + timedelta(microseconds=request.expected_us) + SLACK)


def kept_free(capacity: Capacity, at: datetime, until: datetime | None) -> tuple[MachineShape, ...]:
    """The free machines, less the most that is booked of each at any time between."""
    return reduced(capacity.machines, capacity.booked, at, until) if capacity.booked else capacity.machines


def reduced(
    machines: Sequence[MachineShape], booked: Sequence[Booked], at: datetime, until: datetime | None
) -> tuple[MachineShape, ...]:
    there = [one for one in booked if one.end > at and (until is None or one.start < until)]
    return tuple(_less(machine, [one for one in there if one.machine == machine.name]) for machine in machines)


def _less(machine: MachineShape, booked: Sequence[Booked]) -> MachineShape:
    if not booked:
        return machine
    sums = [[one for one in booked if one.start <= first.start < one.end] for first in booked]
    most = {name: max(sum(getattr(one, name) for one in part) for part in sums)
            for name in ("cpus", "memory_bytes", "disk_bytes", "accelerators")}  # fmt: skip
    return replace(machine, **{name: getattr(machine, name) - amount for name, amount in most.items()})


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is there and who has it when: `capacities` as if all of them were idle, and of each the parts that somebody
    holds or is promised."""

    capacities: Mapping[ResourceId, Capacity]
    promises: Mapping[ResourceId, Sequence[tuple[OrganisationId, Booked]]]
    hours: Mapping[ResourceId, OpenHours] = field(default_factory=dict)  # of those that are not always lent
    offers: tuple[Offer, ...] = ()

    def during(self, time: Period) -> dict[ResourceId, Capacity]:
        """What is free at all times of it; of runs whose end nobody knows nothing."""
        return {key: self._during(capacity, time) for key, capacity in self.capacities.items()}

    def on_sale(self, time: Period, free: Mapping[ResourceId, Capacity]) -> tuple[Offer, ...]:
        """The offers whose windows are open until its end; `free` is what there is `during` it."""
        offers = now_on_sale(self.offers, free)
        return tuple(offer for offer in offers if offer.window.end >= time.end)

    def of(self, resources: Collection[ResourceId]) -> "Calendar":
        """Of these alone."""
        kept = {key: capacity for key, capacity in self.capacities.items() if key in resources}
        return replace(self, capacities=kept, offers=tuple(o for o in self.offers if o.resource in kept))

    def moments(self, earliest: datetime, latest: datetime) -> list[datetime]:
        """Every start of that window at which something may fit that did not just before: its first, and whenever
        somebody leaves, an offer begins or a site opens. What fits at any other time fitted at the one of these before
        it."""
        ends = {one.end for key in self.capacities for _, one in self.promises.get(key, ())}
        ends |= {offer.window.start for offer in self.offers}
        for hours in {self.hours[key] for key in self.capacities if key in self.hours}:
            ends |= set(islice(openings(hours, earliest, latest), MOMENTS_MAX))
        return sorted({earliest} | {end for end in ends if earliest < end <= latest})

    def _during(self, capacity: Capacity, time: Period) -> Capacity:
        promised = self.promises.get(capacity.resource, ())
        there = [(who, one) for who, one in promised if one.start < time.end and one.end > time.start]
        own = Counter[str]()
        for who, one in there:
            own[who] += one.cpus if capacity.chip == "cpu" else one.accelerators
        free = reduced(capacity.machines, [one for _, one in there], time.start, time.end)
        hours = self.hours.get(capacity.resource)
        return replace(capacity, machines=free, owner_units=own[capacity.owner],
                       opening=None if hours is None else opening(hours, time.start))  # fmt: skip

"""Capacity that is booked for a later start: fixed load in its time, for whoever would still be there then.

Work without a time limit may stay for as long as it likes, so it gets none of a machine's booked part, however far off;
work with one may use it when it is sure to be gone before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gridtie.market.offer import Booked, Capacity, MachineShape
from gridtie.market.request import Request
from gridtie.values.period import Period

#: A run with a time limit is expected to be gone so long after it: it starts late, and its results travel.
SLACK = timedelta(minutes=5)


def gone_by(request: Request, at: datetime) -> datetime | None:
    """When a run that is placed now has left its machines; None: nobody knows."""
    return None if request.limit_us is None else at + timedelta(microseconds=request.limit_us) + SLACK


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

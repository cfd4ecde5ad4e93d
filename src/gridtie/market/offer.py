"""Capacity for sale."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gridtie.registry.open_hours import Opening
from gridtie.values.ids import OfferId, OrganisationId, ResourceId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineShape:
    """What one machine of a resource has, or has free."""

    name: str
    cpus: int
    memory_bytes: int
    disk_bytes: int
    accelerators: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What of one machine is promised for a time to come."""

    machine: str
    start: datetime
    end: datetime
    cpus: int
    memory_bytes: int
    disk_bytes: int
    accelerators: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """A resource as the market sees it: where it is, what it is, and what is free on each machine."""

    resource: ResourceId
    identifier: str
    site: SiteId
    site_name: str
    owner: OrganisationId
    hub: str  # hub_id of the places table
    place: str  # ISO 3166-1 alpha-2, '-', local code
    chip: str  # id of the chip registry; 'cpu' for machines sold by the core
    stack: str = ""  # software stack of the chip: cuda, cann, rocm, …, cpu; '': nobody said
    chip_memory_bytes: int = 0  # of one accelerator
    isolation: str  # none | sandbox | container | scheduler | vm
    depth: str  # listed | orderable | schedulable
    in_market: bool  # both gates are open
    connected: bool  # its agent's control lease is alive
    score: int | None = None  # certified throughput of one unit, MFLOP/s of its main precision; None: not certified
    latency_us: int | None = None  # certified round trip to the exchange
    machines: tuple[MachineShape, ...]  # free right now
    machines_total: tuple[MachineShape, ...]
    allowed_organisations: tuple[OrganisationId, ...] = ()  # empty: everybody
    denied_purposes: tuple[str, ...] = ()
    work_classes: tuple[str, ...] = ()  # of work of others than its owner; empty: all
    opening: Opening | None = None  # to others, that now is in or the next; None: always
    reserved_percent: int = 0  # of its units, for its owner's own requests
    owner_units: int = 0  # that the owner's own runs hold now
    booked: tuple[Booked, ...] = ()  # from later on; `machines` do not know of it
    bookable: bool = True  # nobody but the exchange gives its machines away
    images: bool = False  # its site runs container images
    queue_wait_s: int | None = None  # before its site's own scheduler starts what is placed there now; None: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """Beyond the first `after` units in use at once, `price` per unit-hour."""

    after: int
    price: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`price` is the seller's reserve per unit-hour; a unit is one accelerator, or one core where chip is 'cpu'.

    With `tranches` it is that of the first units (`market/tranches.py`).
    """

    id: OfferId
    resource: ResourceId | None  # None: listed only, from a price list
    owner: OrganisationId
    chip: str
    hub: str
    price: Micros
    window: Period
    units_min: int = 1
    units_max: int | None = None  # of one trade; None: as many as the resource has
    spot: bool = False
    terms: str = ""
    state: str = "open"
    listing: "Listing | None" = None
    tranches: tuple[Tranche, ...] = ()  # `after` and `price` rise


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One row of a cloud's price list. Orderable elsewhere, never cleared here; original price kept."""

    cloud: str
    region: str
    instance: str
    accelerator_name: str  # as the cloud spells it
    accelerators: int
    vcpus: int
    memory_bytes: int
    price_per_hour: Micros  # of the whole instance, in `currency`
    spot_price_per_hour: Micros | None
    currency: str


def limited(capacity: Capacity, usable: Mapping[str, tuple[int, int, int]]) -> Capacity:
    """Less what others take at a site that is shared with them. `usable`: cores, memory and accelerators of a machine
    that runs of the exchange may have in all, those that run already included; a machine that is not in it has none.

    What is free is what is usable less what our runs hold, whether or not they have started.
    """
    totals = {machine.name: machine for machine in capacity.machines_total}

    def left(free: MachineShape) -> MachineShape:
        total = totals[free.name]
        cpus, memory, accelerators = usable.get(free.name, (0, 0, 0))
        return replace(
            free,
            cpus=max(0, free.cpus - max(0, total.cpus - cpus)),
            memory_bytes=max(0, free.memory_bytes - max(0, total.memory_bytes - memory)),
            accelerators=max(0, free.accelerators - max(0, total.accelerators - accelerators)),
        )

    return replace(capacity, machines=tuple(left(machine) for machine in capacity.machines))

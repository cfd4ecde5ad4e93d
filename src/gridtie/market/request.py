"""Capacity wanted."""

from dataclasses import dataclass
from datetime import datetime

from gridtie.values.ids import JobId, OrganisationId, RequestId, RunId, SiteId
from gridtie.values.money import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One acceptable shape of a machine. `chip` is a registry id or 'cpu'; sizes are per machine."""

    chip: str
    accelerators: int = 0  # per machine; 0 with chip 'cpu'
    cpus: int = 1
    cpus_exact: bool = False  # SkyPilot's bare '8'; '8+' is at least
    memory_bytes: int = 0
    memory_exact: bool = False
    disk_bytes: int = 0
    chip_memory_bytes: int = 0  # at least so much on each accelerator
    hubs: tuple[str, ...] = ()  # empty: anywhere
    places: tuple[str, ...] = ()  # prefixes of place codes
    sites: tuple[str, ...] = ()  # names or ids of sites (`infra: gridtie/<site>`), or ids of resources
    max_hourly_cost: Micros | None = None  # per machine
    use_spot: bool = False
    rank: int = 0  # user's own order ('ordered' and accelerator lists): lower first; equal ranks compete by cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A site that refused it, and the instant before which it is not asked again."""

    site: SiteId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a request accepts: any of the alternatives, all machines of a gang at one site at one time."""

    alternatives: tuple[Alternative, ...]
    machines: int = 1
    isolation_min: str = "sandbox"
    hubs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    data_places: tuple[str, ...] = ()  # data may not leave these hubs or place prefixes; empty: no such limit
    data_names: tuple[str, ...] = ()  # the datasets that say so, for the reason shown
    data_sites: tuple[str, ...] = ()  # ids of the sites that hold its data; empty: it can be brought anywhere
    data_at: str = ""  # those in words, for the reason shown
    guarded: tuple[str, ...] = ()  # datasets of which nothing may leave but what their terms release
    contracts: tuple[str, ...] = ()  # by which it reads data: one that is suspended must not hide other requests
    max_latency_us: int | None = None
    certified: bool = True
    excluded_sites: tuple[str, ...] = ()  # where it was lost or rejected before
    resting: tuple[Rest, ...] = ()
    purpose: str = ""
    network: str = "none"
    interactive: bool = False
    variants: tuple[str, ...] = ()  # software stacks that the job says something of its own for
    plain: bool = True  # it also runs, as it stands, on stacks that it has no variant for
    images: tuple[tuple[str, str], ...] = ()  # (stack, container image that it runs in there); '' stands for plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Data of a request, and the hub where it lies."""

    hub: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`max_price` is the buyer's limit (and bid) per unit-hour; None bids whatever the posted price is."""

    id: RequestId
    job: JobId
    run_before: RunId | None = None
    organisation: OrganisationId
    needs: Needs
    mode: str = "posted"  # posted: clears on arrival; auction: waits for the next tick; bank: a withdrawal of hours
    max_price: Micros | None = None
    max_total: Micros | None = None
    expected_us: int = 3_600_000_000  # expected run time; cost is shown and held for it
    transfer_bytes: int = 0  # that travel from nobody knows where
    origins: tuple[Origin, ...] = ()  # that travel unless it runs where they are
    arrived_at: datetime
    deadline: datetime | None = None
    priority: int = 0
    state: str = "open"
    preemptible: bool | None = None  # may be displaced by a higher bid; None: where it runs as spot
    unit_price_cap: Micros | None = None  # lowest maximum of the vouchers that pay, if they must
    start_at: datetime | None = None  # books capacity from then on, for the expected time
    start_by: datetime | None = None  # or from any time until then, which a round picks
    limit_us: int | None = None  # its run is stopped then

    @property
    def latest(self) -> datetime | None:
        """The last start that it can be booked for; None: it books nothing."""
        return self.start_at if self.start_by is None else self.start_by

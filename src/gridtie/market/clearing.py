"""What a clearing is: a frozen book in, trades, prices and refusals out, and the laws every outcome must keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Request
from gridtie.values.ids import OfferId, RequestId, ResourceId, RunId
from gridtie.values.money import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A run that a round may displace. Its machines are not free in the book's capacities."""

    run: RunId
    request: Request
    offer: OfferId
    resource: ResourceId
    alternative: int
    machines: tuple[str, ...]
    price: Micros  # per unit-hour, what it pays
    lost_us: int  # what it would have to do again, restart included


RULES_VERSION = 7  # of all rules together: raise it when the same book gives other bytes, or a sound round other faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One frozen snapshot: what is open now. A clearing rule sees nothing else.

    `version` is that of the rules that were to clear it. 1 is every book in which none is written: its volume and
    shares were reckoned as if every run took as long as on the reference machine. Before 3 who bid most did not come
    first at a place that is worth to nobody what it asks, and prices before were kept to however far off they led.
    Before 4 they were, too, where the gap was up to 1 %, and else the better of two clearings was taken. Before 5 who
    bid what a dearer tranche asks got none of it where the price was below that. Before 6 the wait in a site's own
    queue was not counted against the hour at which its owner lends it no longer. Before 7 a small book was not searched
    for its best outcome, gangs were planned for slots in which too few machines are free, depth was that of traded
    products alone, and times in reasons had microseconds.
    """

    round: str
    at: datetime
    offers: tuple[Offer, ...]
    capacities: Mapping[ResourceId, Capacity]
    requests: tuple[Request, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    running: tuple[Running, ...] = ()  # that may be displaced; all other running work is fixed load
    version: int = RULES_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One request matched with one offer. `machines` names the machine of each rank, in rank order."""

    request: RequestId
    offer: OfferId
    resource: ResourceId
    alternative: int  # index into the request's alternatives
    units: int  # accelerators or cores over all machines
    price: Micros  # per unit-hour, what the buyer pays
    machines: tuple[str, ...]
    cost_terms: Mapping[str, Micros]  # every term of the total that decided, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request stayed open: the reason of its nearest miss, and how many offers failed for which reason."""

    request: RequestId
    code: str
    reason: str
    counts: Mapping[str, int]  # reason code → offers
    change: str = ""  # what would change it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPrice:
    """The uniform price of a product (chip, hub, isolation) in this round."""

    chip: str
    hub: str
    isolation: str
    price: Micros
    units: int
    marginal: str = ""  # id of the request or offer that set it


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerShare:
    """What an offer earns from this round if every run takes as long as expected: its part of what buyers pay."""

    offer: OfferId
    unit_us: int  # units × expected microseconds sold
    amount: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPrice:
    """What a resource's capacity is worth in each slot of the round; `memory` and `disk` per part of Reckoning's size.

    One slot is an hour: then these are prices per unit-hour.
    """

    resource: ResourceId
    ask: Micros  # the lowest, which `unit` includes
    unit: tuple[Micros, ...]  # of one accelerator, or core where those are sold
    core: tuple[Micros, ...]  # beside accelerators
    memory: tuple[Micros, ...]
    disk: tuple[Micros, ...]
    sold: int  # units
    free: int  # units before the round


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Units of a product bid for at or above, and free at asks at or below, 90, 100 and 110 % of its price: the one
    published, or of what nobody bought what its next unit costs."""

    chip: str
    hub: str
    isolation: str
    wanted: tuple[int, int, int]
    offered: tuple[int, int, int]
    price: Micros | None = None  # before version 7 it was not said here


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A request for which capacity is foreseen in a later slot; it bids again in every round until then."""

    request: RequestId
    resource: ResourceId
    alternative: int
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What the large engine shows for its outcome. Worth is in micro-units per hour (one slot) or per run (several).

    bound − welfare = forgone + unsold: what bidders could still gain at the prices, and what capacity that stayed free
    is worth at them, above its asks.
    """

    mode: str  # welfare | cost | wait
    slots: int
    slot_us: int
    memory_unit: int  # bytes in a part
    disk_unit: int
    bound: int  # no outcome is worth more
    welfare: int  # bids less asks of what was placed
    gap_ppm: int
    forgone: int
    unsold: int
    in_the_money: int  # requests refused although they bid above a price, or more of it than a winner pays
    made_whole: int  # by how much the prices of what was placed exceed its bids
    moved: int  # requests placed elsewhere than chosen, because no machines there took their gang
    volume_unit_us: int  # units × microseconds sold, as expected where they were sold
    paid: int  # for that
    utilisation_ppm: int  # of the units of the pools that were bid for, when the trades run
    passes: int
    sweeps: int
    restated: tuple[RequestId, ...]  # who bid all they had, after losing by what their favourite left them
    planned: tuple[Planned, ...]
    prices: tuple[PoolPrice, ...]
    depth: tuple[Depth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A run that has to go, and the requests that start on its machines once it has."""

    run: RunId
    request: RequestId
    by: tuple[RequestId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """`shares` add up to what the buyers are expected to pay, to the micro-unit."""

    trades: tuple[Trade, ...]
    refusals: tuple[Refusal, ...]
    prices: tuple[ProductPrice, ...] = ()
    shares: tuple[SellerShare, ...] = ()
    reckoning: Reckoning | None = None  # of the large engine
    displaced: tuple[Displaced, ...] = ()
    fixed: tuple[RunId, ...] = ()  # that were left alone although they might be displaced
    owners_first: tuple[RequestId, ...] = ()  # placed on what pools keep for their owners, before all others
    owners_last: tuple[RequestId, ...] = ()  # placed on what was left of their own pools, after all others


class ClearingRule(Protocol):
    """A pure function: the same book gives the same bytes. The large engine takes this seat."""

    name: str

    def __call__(self, book: Book) -> Clearing: ...

"""What a clearing is: a frozen book in, trades, prices and refusals out, and the laws every outcome must keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Request
from gridtie.values.ids import OfferId, RequestId, ResourceId
from gridtie.values.money import Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One frozen snapshot: what is open now. A clearing rule sees nothing else."""

    round: str
    at: datetime
    offers: tuple[Offer, ...]
    capacities: Mapping[ResourceId, Capacity]
    requests: tuple[Request, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


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
class Clearing:
    """`shares` add up to what the buyers are expected to pay, to the micro-unit."""

    trades: tuple[Trade, ...]
    refusals: tuple[Refusal, ...]
    prices: tuple[ProductPrice, ...] = ()
    shares: tuple[SellerShare, ...] = ()


class ClearingRule(Protocol):
    """A pure function: the same book gives the same bytes. The large engine takes this seat."""

    name: str

    def __call__(self, book: Book) -> Clearing: ...

"""A job that no site here could ever take hears so at once, and by name; it may still wait for one that joins."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gridtie.flow.exchange import Exchange
from gridtie.market.eligibility import Ineligible
from gridtie.market.nowhere import nowhere
from gridtie.market.offer import Capacity
from gridtie.market.request import Request
from gridtie.registry.parts import whole_of
from gridtie.store.unit import Unit

KEPT = timedelta(seconds=60)


@dataclass
class KnownPools:
    """The resources as they stood lately, so that a submit need not read all of them each time. `mark`: by which it is
    seen that one came, went or changed."""

    last: tuple[datetime, object, tuple[Capacity, ...]] | None = None


def tell_nowhere(unit: Unit, exchange: Exchange, request: Request) -> Ineligible | None:
    """Why it can run nowhere as the sites stand; None: somewhere it could, or could a minute ago. Reads only."""
    last, mark = exchange.known_pools.last, None
    if last is not None and last[0] <= unit.at < last[0] + KEPT:
        wall = nowhere(request, last[2])
        if wall is None or (mark := unit.market.pools_mark()) == last[1]:
            return wall
    pools = tuple(stacked(exchange, unit.market.pools()))
    exchange.known_pools.last = unit.at, mark or unit.market.pools_mark(), pools
    return nowhere(request, pools)


def stacked(exchange: Exchange, capacities: Iterable[Capacity]) -> list[Capacity]:
    """With the software stack of its chips, which decides the variant of a job that runs there."""
    return [
        replace(capacity, stack="cpu" if capacity.chip == "cpu" else exchange.chips.find(whole_of(capacity.chip)).stack)
        for capacity in capacities
    ]

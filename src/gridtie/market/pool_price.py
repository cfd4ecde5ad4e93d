"""What a place costs at the prices of the pools: the one formula of settlement, refusals, quotes and explanations."""

from collections.abc import Mapping
from dataclasses import dataclass

from gridtie.market.clearing import PoolPrice, Reckoning
from gridtie.market.eligibility import units_per_machine
from gridtie.market.offer import Offer
from gridtie.market.request import Alternative
from gridtie.values.ids import ResourceId
from gridtie.values.money import Micros

HOUR_US = 3_600_000_000
#: What a pool counts, in the order of its prices.
COUNTED = ("units", "cores", "memory", "disk")


@dataclass(frozen=True, slots=True)
class PoolPrices:
    """The prices of a round, by pool. What has no price there costs what is asked."""

    by_pool: Mapping[ResourceId, PoolPrice]
    memory_unit: int
    disk_unit: int
    slot_us: int

    def per_unit_hour(self, offer: Offer, wanted: Alternative, *, slots: int = 1) -> Micros:
        """What all that a unit of `wanted` takes costs an hour, on average over the first `slots`, begun micro-units
        whole. An offer that asks more than the cheapest of its resource costs as much more."""
        assert offer.resource is not None
        price = self.by_pool.get(offer.resource)
        if price is None:
            return offer.price
        whole = sum(self.parts(price, wanted, slots))
        average = -(-whole * HOUR_US // (units_per_machine(wanted) * slots * self.slot_us))
        return Micros(max(offer.price, average + offer.price - price.ask))

    def parts(self, price: PoolPrice, wanted: Alternative, slots: int = 1, first: int = 0) -> tuple[int, int, int, int]:
        """What one machine of `wanted` pays for units, cores, memory and disk, over the slots from `first` on."""
        cores, when = 0 if wanted.chip == "cpu" else wanted.cpus, slice(first, first + slots)
        return (
            sum(price.unit[when]) * units_per_machine(wanted),
            sum(price.core[when]) * cores,
            sum(price.memory[when]) * (wanted.memory_bytes // self.memory_unit),
            sum(price.disk[when]) * (wanted.disk_bytes // self.disk_unit),
        )


def prices_of(reckoning: Reckoning) -> PoolPrices:
    by_pool = {price.resource: price for price in reckoning.prices}
    return PoolPrices(by_pool, reckoning.memory_unit, reckoning.disk_unit, reckoning.slot_us)

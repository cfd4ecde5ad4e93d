"""May this request use that offer at all? The first reason why not, in a fixed order, and what would change it.

The order goes from what can never change for this pair to what may change in a minute: the offer itself, the gates,
the owner's policy, the chip, places, isolation, then size, price, and last whether it is free just now. So a refusal
always names the most fundamental obstacle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Request
from gridtie.values.money import format_money
from gridtie.values.quantity import format_bytes

ISOLATION = ("none", "sandbox", "container", "scheduler", "vm")
BUSY = "busy"  # the one reason that passes by itself


@dataclass(frozen=True, slots=True)
class Ineligible:
    code: str
    reason: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    alternative: int
    machines: tuple[str, ...]  # of each rank
    units: int


def first_reason(
    request: Request, offer: Offer, capacity: Capacity | None, at: datetime, free: Sequence[MachineShape] | None = None
) -> Fit | Ineligible:
    """`free` are the machines as this round has left them; None: as the book shows them.

    The user's own order of alternatives decides among those that fit; the nearest miss is reported otherwise.
    """
    general = _of_offer(offer, at) or (_of_site(request, capacity) if capacity else _LISTED)
    if general is not None or capacity is None:
        return general or _LISTED
    nearest: Ineligible | None = None
    order = sorted(range(len(request.needs.alternatives)), key=lambda i: request.needs.alternatives[i].rank)
    for index in order:
        found = _of_alternative(request, index, offer, capacity, capacity.machines if free is None else free)
        if isinstance(found, Fit):
            return found
        if nearest is None or _NEARNESS.get(found.code, 0) > _NEARNESS.get(nearest.code, 0):
            nearest = found
    assert nearest is not None
    return nearest


_LISTED = Ineligible("listed-only", "it is a price list entry; order it at its cloud")
# The later a check comes, the nearer the miss: what the explanation shows first.
_NEARNESS = {
    name: place
    for place, name in enumerate(
        ("listed-only", "offer-closed", "not-schedulable", "not-admitted", "owner-policy", "chip", "chip-memory",
         "place", "data-place", "site", "isolation", "certificate", "latency", "size", "gang", "units", "price",
         "hourly-cost",         "voucher-price", "excluded", "disconnected", BUSY)
    )
}  # fmt: skip


def nearness(code: str) -> int:
    """Higher is nearer to a trade."""
    return _NEARNESS.get(code, 0)


def _of_offer(offer: Offer, at: datetime) -> Ineligible | None:
    if offer.resource is None:
        return _LISTED
    if offer.state != "open":
        return Ineligible("offer-closed", f"the offer is {offer.state}")
    if not offer.window.contains(at):
        return Ineligible("offer-closed", "it is outside the offer's window")
    return None


def _of_site(request: Request, capacity: Capacity) -> Ineligible | None:
    """Everything that concerns the site and not the shape of a machine."""
    needs, site = request.needs, capacity.site_name
    if capacity.depth != "schedulable":
        return Ineligible("not-schedulable", f"{site} is {capacity.depth}, jobs cannot be sent there from here")
    if not capacity.in_market:
        return Ineligible("not-admitted", f"{site} has no valid test certificate", "its owner can have it tested")
    allowed = capacity.allowed_organisations
    if allowed and request.organisation not in allowed and request.organisation != capacity.owner:
        return Ineligible("owner-policy", f"the owner of {site} does not lend to your organisation")
    if needs.purpose and needs.purpose in capacity.denied_purposes:
        return Ineligible("owner-policy", f"the owner of {site} does not lend for {needs.purpose}")
    if needs.hubs and capacity.hub not in needs.hubs:
        return Ineligible("place", f"{site} is in hub {capacity.hub}, the job wants {_either(needs.hubs)}",
                          "widen gridtie.where.hubs")  # fmt: skip
    if needs.places and not any(capacity.place.startswith(prefix) for prefix in needs.places):
        return Ineligible("place", f"{site} is in {capacity.place}, the job wants {_either(needs.places)}",
                          "widen gridtie.where.places")  # fmt: skip
    if needs.data_places and not any(_within(limit, capacity) for limit in needs.data_places):
        names = ", ".join(needs.data_names) or "its data"
        return Ineligible(
            "data-place", f"{names} may not leave {_either(needs.data_places)}; {site} is in {capacity.hub}"
        )
    if ISOLATION.index(capacity.isolation) < ISOLATION.index(needs.isolation_min):
        return Ineligible("isolation", f"{site} isolates by {capacity.isolation}, the job wants {needs.isolation_min}",
                          "its owner can install bubblewrap")  # fmt: skip
    if needs.certified and capacity.score is None:
        return Ineligible("certificate", f"{site} has no measured throughput", "gridtie.certified: false accepts it")
    if needs.max_latency_us is not None and (capacity.latency_us is None or capacity.latency_us > needs.max_latency_us):
        measured = "unknown" if capacity.latency_us is None else f"{capacity.latency_us / 1000:.1f} ms"
        wanted = f"{needs.max_latency_us / 1000:.1f} ms"
        return Ineligible("latency", f"{site}'s round trip is {measured}, the job wants {wanted}",
                          "raise gridtie.where.max_latency_ms")  # fmt: skip
    return None


def _within(limit: str, capacity: Capacity) -> bool:
    return capacity.hub == limit or capacity.place == limit or capacity.place.startswith(limit)


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _of_alternative(
    request: Request, index: int, offer: Offer, capacity: Capacity, free: Sequence[MachineShape]
) -> Fit | Ineligible:
    needs, wanted = request.needs, request.needs.alternatives[index]
    site = capacity.site_name
    if wanted.chip != capacity.chip:
        sold = "CPU cores" if capacity.chip == "cpu" else capacity.chip
        asked = "CPU cores" if wanted.chip == "cpu" else f"{wanted.accelerators} × {wanted.chip}"
        return Ineligible("chip", f"{site} sells {sold}, the job wants {asked} on a machine")
    if wanted.chip_memory_bytes > capacity.chip_memory_bytes > 0:
        return Ineligible("chip-memory", f"a chip of {site} has {format_bytes(capacity.chip_memory_bytes)}")
    place = _place_of_alternative(wanted, capacity)
    if place is not None:
        return place
    able = [machine for machine in capacity.machines_total if holds(machine, wanted)]
    if not able:
        return Ineligible(
            "size", f"no machine of {site} is that large: {shape_text(wanted)} per machine", "ask for less"
        )
    if slots(capacity.machines_total, wanted) < needs.machines:
        count = slots(capacity.machines_total, wanted)
        return Ineligible(
            "gang", f"{site} has room for {count} of the {needs.machines} machines", "ask for fewer machines"
        )
    units = units_per_machine(wanted) * needs.machines
    most = offer.units_max if offer.units_max is not None else units
    if not offer.units_min <= units <= most:
        return Ineligible(
            "units", f"the offer sells {offer.units_min} to {offer.units_max or 'all'} units, the job wants {units}"
        )
    price = _of_price(request, wanted, offer)
    if price is not None:
        return price
    if capacity.site in needs.excluded_sites or site in needs.excluded_sites:
        return Ineligible("excluded", f"a run of this job was lost or refused at {site}")
    if not capacity.connected:
        return Ineligible("disconnected", f"{site} is silent at the moment", "wait, or ask elsewhere")
    machines = place_gang(free, wanted, needs.machines)
    if machines is None:
        return Ineligible(BUSY, f"{site} is busy just now", "wait until a run there ends")
    return Fit(index, machines, units)


def _place_of_alternative(wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    site = capacity.site_name
    if wanted.sites and not {site, capacity.site, capacity.resource} & set(wanted.sites):
        return Ineligible("site", f"the job asks for {_either(wanted.sites)}")
    if wanted.hubs and capacity.hub not in wanted.hubs:
        return Ineligible("place", f"{site} is in hub {capacity.hub}, the job wants {_either(wanted.hubs)}")
    if wanted.places and not any(capacity.place.startswith(prefix) for prefix in wanted.places):
        return Ineligible("place", f"{site} is in {capacity.place}, the job wants {_either(wanted.places)}")
    return None


def _of_price(request: Request, wanted: Alternative, offer: Offer) -> Ineligible | None:
    price = format_money(offer.price)
    if request.max_price is not None and offer.price > request.max_price:
        limit = format_money(request.max_price)
        return Ineligible("price", f"it costs {price} per unit-hour, over your limit of {limit}",
                          f"raise gridtie.budget.max_price to {price}")  # fmt: skip
    hourly = offer.price * units_per_machine(wanted)
    if wanted.max_hourly_cost is not None and hourly > wanted.max_hourly_cost:
        return Ineligible("hourly-cost", f"a machine costs {format_money(hourly)} an hour, over max_hourly_cost",
                          f"raise max_hourly_cost to {format_money(hourly)}")  # fmt: skip
    if request.unit_price_cap is not None and offer.price > request.unit_price_cap:
        limit = format_money(request.unit_price_cap)
        return Ineligible("voucher-price", f"it costs {price} per unit-hour, the voucher pays at most {limit}",
                          "let the balance pay: pay_with: [voucher:…, balance]")  # fmt: skip
    return None


# ── sizes and places on machines ──────────────────────────────────────────────────────────────────────────────────
def units_per_machine(wanted: Alternative) -> int:
    """What one machine of the gang buys: accelerators, or cores where the chip is a CPU."""
    return wanted.cpus if wanted.chip == "cpu" else wanted.accelerators


def holds(machine: MachineShape, wanted: Alternative) -> bool:
    """Whether one rank fits into `machine` as it stands."""
    return (
        machine.cpus >= wanted.cpus
        and machine.memory_bytes >= wanted.memory_bytes
        and machine.disk_bytes >= wanted.disk_bytes
        and machine.accelerators >= wanted.accelerators
    )


def without(machine: MachineShape, wanted: Alternative) -> MachineShape:
    return MachineShape(
        name=machine.name,
        cpus=machine.cpus - wanted.cpus,
        memory_bytes=machine.memory_bytes - wanted.memory_bytes,
        disk_bytes=machine.disk_bytes - wanted.disk_bytes,
        accelerators=machine.accelerators - wanted.accelerators,
    )


def slots(machines: Sequence[MachineShape], wanted: Alternative) -> int:
    """How many machines can take a rank: each rank of a gang has a machine of its own."""
    return sum(holds(machine, wanted) for machine in machines)


def place_gang(free: Sequence[MachineShape], wanted: Alternative, count: int) -> tuple[str, ...] | None:
    """A machine for every rank, the fullest that still fits first (best fit), ties by name; None when it is busy."""
    able = [machine for machine in free if holds(machine, wanted)]
    if len(able) < count:
        return None
    able.sort(key=lambda m: (m.accelerators - wanted.accelerators, m.cpus - wanted.cpus, m.memory_bytes, m.name))
    return tuple(machine.name for machine in able[:count])


def shape_text(wanted: Alternative) -> str:
    parts = [f"{wanted.accelerators} × {wanted.chip}"] if wanted.accelerators else []
    parts.append(f"{wanted.cpus} core(s)")
    if wanted.memory_bytes:
        parts.append(format_bytes(wanted.memory_bytes))
    if wanted.disk_bytes:
        parts.append(f"{format_bytes(wanted.disk_bytes)} disk")
    return ", ".join(parts)

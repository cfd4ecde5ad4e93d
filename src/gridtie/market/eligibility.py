"""May this request use that offer at all? The first reason why not, in one fixed order, and what would change it.

The order (`CHECKS`) goes from what can never change for this pair to what may change in a minute, so a refusal names
the most fundamental obstacle of an offer, and of several offers the one that came furthest is the nearest miss.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridtie.market.bookings import SLACK, stays_until
from gridtie.market.lateness import after_queue, to_second
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request
from gridtie.market.tranches import ask
from gridtie.registry.parts import share_of, whole_of
from gridtie.registry.places import inside
from gridtie.registry.resource import CUTS_NETWORK, ISOLATIONS
from gridtie.values.money import MICROS_MAX, Micros, format_money
from gridtie.values.period import to_the_second
from gridtie.values.quantity import format_bytes, format_duration

BUSY = "busy"  # the one reason that passes by itself
CHECKS = (
    "no-offer", "chip", "listed-only", "offer-closed", "not-schedulable", "not-admitted", "owner-policy", "chip-memory",
    "variant", "image", "place", "data-place", "data-site", "site", "isolation", "certificate", "latency", "spot",
    "size", "gang", "units", "price", "hourly-cost", "voucher-price", "deadline", "excluded", "shared", "hours",
    "resting", "disconnected", BUSY, "reserved", "outbid", "paradoxical",
)  # fmt: skip
_NEARNESS = {code: place for place, code in enumerate(CHECKS)}
SLOWNESS_MAX = 256  # no place counts as slower than this, against where it was expected to run
_HOUR_US = 3_600_000_000
_OTHER = "another gridtie.start_at"
_WITHOUT = {"interactive": "gridtie.interactive: false", "gang": "num_nodes: 1"}
_LIMIT = "set gridtie.time_limit"


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


Standing = tuple[tuple[int, Ineligible | None], ...] | Ineligible

LISTED = Ineligible("listed-only", "it is a price list entry", "order it at its cloud")
GONE = Ineligible("offer-closed", "its site is not active in this exchange", "name another site")


def nearness(code: str) -> int:
    """Higher is nearer to a trade."""
    return _NEARNESS.get(code, 0)


def first_reason(
    request: Request, offer: Offer, capacity: Capacity | None, at: datetime, free: Sequence[MachineShape] | None = None
) -> Fit | Ineligible:
    """`free` are the machines as this round has left them; None: as the book shows them.

    Of several alternatives that fit, the user's own order decides, then the one that needs fewer units.
    """
    usable = admissible(request, offer, capacity, at)
    if isinstance(usable, Ineligible):
        return usable
    assert capacity is not None
    needs = request.needs
    for index in usable:
        wanted = needs.alternatives[index]
        machines = place_gang(capacity.machines if free is None else free, wanted, needs.machines)
        if machines is not None:
            return Fit(index, machines, units_per_machine(wanted) * needs.machines)
    return busy(capacity)


def admissible(
    request: Request, offer: Offer, capacity: Capacity | None, at: datetime, known: "Standing | None" = None
) -> tuple[int, ...] | Ineligible:
    """Every check but the last: the alternatives that this offer could serve if it were idle, best first. `known`: what
    `standing` said of it."""
    found = standing(request, offer, capacity, at) if known is None else known
    if isinstance(found, Ineligible):
        return found
    assert capacity is not None
    usable: list[tuple[int, int, int]] = []
    nearest: Ineligible | None = None
    for index, missed in found:
        wanted = request.needs.alternatives[index]
        missed = missed or _of_price(request, wanted, offer)
        if missed is None:
            usable.append((wanted.rank, units_per_machine(wanted), index))
        elif nearest is None or nearness(missed.code) > nearness(nearest.code):
            nearest = missed
    if nearest is not None and not usable:
        return nearest
    passing = _for_now(request, capacity, at)
    return passing if passing is not None else tuple(index for _, _, index in sorted(usable))


def standing(request: Request, offer: Offer, capacity: Capacity | None, at: datetime) -> "Standing":
    """The checks that follow from needs and organisation alone: of each alternative of the offer's chip what is missing
    but for its price and the moment."""
    of_chip = [i for i, wanted in enumerate(request.needs.alternatives) if wanted.chip == offer.chip]
    if not of_chip:
        return _other_chip(request, offer, capacity)
    if capacity is None:
        return LISTED if offer.resource is None else GONE
    general = _of_offer(offer, capacity, at) or _of_site(request, capacity)
    if general is not None:
        return general
    alternatives = request.needs.alternatives
    return tuple((i, _of_alternative(request, alternatives[i], offer, capacity)) for i in of_chip)


def busy(capacity: Capacity, booking: Mapping[str, Any] | None = None) -> Ineligible:
    """`booking`: the time for which it is asked, {from, until}, and the window in which it lies."""
    if booking is not None and booking.get("picked") is False:
        window = " to ".join(to_the_second(booking[name]) for name in ("earliest", "latest"))
        reason = f"{capacity.site_name} has no room for it at any start from {window}"
        return Ineligible(BUSY, reason, "a wider window: gridtie.start_at, gridtie.start_by")
    if booking is not None:
        time = " to ".join(to_the_second(booking[name]) for name in ("from", "until"))
        reason = f"{capacity.site_name} is booked, or its runs may not have ended, at some time from {time}"
        return Ineligible(BUSY, reason, "another time: gridtie.start_at")
    return Ineligible(BUSY, f"{capacity.site_name} is busy just now", "wait until a run there ends")


def _other_chip(request: Request, offer: Offer, capacity: Capacity | None) -> Ineligible:
    seller = capacity.site_name if capacity is not None else "it"
    wanted = dict.fromkeys(
        "CPU cores"
        if one.chip == "cpu"
        else f"a part of {whole_of(one.chip)}"
        if share_of(one.chip) > 1
        else f"{one.accelerators} × {one.chip}"
        for one in request.needs.alternatives
    )
    sold = "CPU cores" if offer.chip == "cpu" else offer.chip
    return Ineligible("chip", f"{seller} sells {sold}, the job wants {_either(tuple(wanted))} on a machine",
                      "name a chip that `gridtie market show` lists")  # fmt: skip


def _of_offer(offer: Offer, capacity: Capacity, at: datetime) -> Ineligible | None:
    if offer.state != "open":
        return Ineligible("offer-closed", f"the offer is {offer.state}")
    if at < offer.window.start:
        return Ineligible("offer-closed", f"it is sold from {to_the_second(offer.window.start)} on", "wait until then")
    if at >= offer.window.end:
        return Ineligible("offer-closed", "the offer's window is over", "its owner can post it again")
    if capacity.chip != offer.chip:
        return Ineligible("offer-closed", f"{capacity.site_name} has {capacity.chip} now, not the {offer.chip} offered",
                          "its owner can post it again")  # fmt: skip
    return None


def _of_site(request: Request, capacity: Capacity) -> Ineligible | None:
    """Everything that concerns the site and not the shape of a machine."""
    if capacity.depth == "schedulable" and not capacity.in_market:
        return Ineligible("not-admitted", f"{capacity.site_name} has no valid test certificate",
                          "its owner can have it tested")  # fmt: skip
    return _of_owner(request, capacity)


def _of_owner(request: Request, capacity: Capacity) -> Ineligible | None:
    """Whether he takes jobs at all, and this one."""
    needs, site = request.needs, capacity.site_name
    if capacity.depth != "schedulable":
        return Ineligible("not-schedulable", f"{site} is {capacity.depth}: jobs cannot be sent there from here",
                          "order it at its owner")  # fmt: skip
    allowed = capacity.allowed_organisations
    if allowed and request.organisation not in allowed and request.organisation != capacity.owner:
        return Ineligible("owner-policy", f"the owner of {site} does not lend to your organisation",
                          "ask the owner to add it to allowed_organisations")  # fmt: skip
    if needs.purpose and needs.purpose in capacity.denied_purposes:
        return Ineligible("owner-policy", f"the owner of {site} does not lend for {needs.purpose}")
    taken, kind = capacity.work_classes, class_of(needs)
    if taken and kind not in taken and request.organisation != capacity.owner:
        return Ineligible("owner-policy", f"the owner of {site} lends for {_either(taken)} work, not {kind} work",
                          _WITHOUT.get(kind, ""))  # fmt: skip
    return None


def class_of(needs: Needs) -> str:
    """One of `WORK_CLASSES`."""
    return "interactive" if needs.interactive else "gang" if needs.machines > 1 else "batch"


def _of_alternative(request: Request, wanted: Alternative, offer: Offer, capacity: Capacity) -> Ineligible | None:
    return (
        _of_where(request, wanted, capacity)
        or _of_measures(request, wanted, offer, capacity)
        or _of_size(request, wanted, capacity)
        or _of_units(request, wanted, offer, capacity)
    )


def unfit(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    """What of the resource itself keeps this alternative from it: not its price, its load, or what was measured."""
    return (
        _of_owner(request, capacity)
        or _of_where(request, wanted, capacity)
        or _of_size(request, wanted, capacity)
        or _too_long(request, capacity, None)
    )


def _of_where(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    return (
        _of_chip(request, wanted, capacity)
        or _of_place(request, wanted, capacity)
        or _of_data(request, wanted, capacity)
        or _of_isolation(request, capacity)
    )


def variant_of(needs: Needs, capacity: Capacity) -> str | None:
    """The stack whose variant runs there; '' for the job as it stands; None when it has nothing for that stack."""
    if capacity.stack in needs.variants:
        return capacity.stack
    return "" if needs.plain else None


def image_of(needs: Needs, variant: str) -> str:
    """The container image that this variant runs in; '' when it runs on the site's own system."""
    return dict(needs.images).get(variant, "")


def _of_chip(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    needs, site, have = request.needs, capacity.site_name, capacity.chip_memory_bytes
    if wanted.chip_memory_bytes > have > 0:
        asked = format_bytes(wanted.chip_memory_bytes)
        return Ineligible("chip-memory", f"a chip of {site} has {format_bytes(have)}, the job wants {asked}")
    variant = variant_of(needs, capacity)
    if variant is None:
        stack, known = capacity.stack or "another stack", _either(needs.variants)
        return Ineligible("variant", f"the chips of {site} are programmed by {stack}, the job has variants for {known}",
                          f"add gridtie.variants.{capacity.stack}, or a run for every stack")  # fmt: skip
    image = image_of(needs, variant)
    if image and not capacity.images:
        return Ineligible("image", f"{site} runs no container images, the job wants {image}",
                          "leave the image out where the job can do without")  # fmt: skip
    return None


def _of_place(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    """The job's own limits and those of this alternative."""
    needs, site = request.needs, capacity.site_name
    for hubs, places, keys in (
        (needs.hubs, needs.places, ("gridtie.where.hubs", "gridtie.where.places")),
        (wanted.hubs, wanted.places, ("resources.infra", "resources.infra")),
    ):
        if hubs and capacity.hub not in hubs:
            return Ineligible("place", f"{site} is in hub {capacity.hub}, the job wants {_either(hubs)}",
                              f"add {capacity.hub} to {keys[0]}")  # fmt: skip
        if places and not _inside(capacity.place, places):
            return Ineligible("place", f"{site} is in {capacity.place}, the job wants {_either(places)}",
                              f"add {capacity.place} to {keys[1]}")  # fmt: skip
    return None


def _of_data(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    needs, site = request.needs, capacity.site_name
    if needs.data_places and capacity.hub not in needs.data_places and not _inside(capacity.place, needs.data_places):
        names = ", ".join(needs.data_names) or "its data"
        return Ineligible(
            "data-place",
            f"{names} may not leave {_either(needs.data_places)}; {site} is in {capacity.hub}",
            "only the terms of the data can",
        )
    if needs.data_sites and capacity.site not in needs.data_sites:
        return Ineligible("data-site", f"{needs.data_at}, and jobs come to it there, not to {site}",
                          "wait until the site that has the data is free")  # fmt: skip
    if needs.guarded and capacity.owner == request.organisation and capacity.site not in needs.data_sites:
        return Ineligible("data-site", f"{', '.join(needs.guarded)} may be used and not had; {site} is your own",
                          "only the terms of the data can")  # fmt: skip
    if wanted.sites and not {site, capacity.site, capacity.resource} & set(wanted.sites):
        return Ineligible("site", f"the job asks for {_either(wanted.sites)}", "leave resources.infra out")
    return None


def _of_isolation(request: Request, capacity: Capacity) -> Ineligible | None:
    needs, site = request.needs, capacity.site_name
    if needs.guarded and capacity.isolation not in CUTS_NETWORK:
        names = ", ".join(needs.guarded)
        return Ineligible("isolation", f"{site} isolates by {capacity.isolation}, which does not keep a job from the "
                          f"network, and {names} may not leave", "only the terms of the data can")  # fmt: skip
    if ISOLATIONS.index(capacity.isolation) < ISOLATIONS.index(needs.isolation_min):
        return Ineligible("isolation", f"{site} isolates by {capacity.isolation}, the job wants {needs.isolation_min}",
                          f"gridtie.isolation: {capacity.isolation} accepts it")  # fmt: skip
    return None


def _of_measures(request: Request, wanted: Alternative, offer: Offer, capacity: Capacity) -> Ineligible | None:
    needs, site = request.needs, capacity.site_name
    if needs.certified and capacity.score is None:
        return Ineligible("certificate", f"{site} has no measured throughput", "gridtie.certified: false accepts it")
    if needs.max_latency_us is not None and (capacity.latency_us is None or capacity.latency_us > needs.max_latency_us):
        measured = "unknown" if capacity.latency_us is None else f"{capacity.latency_us / 1000:.1f} ms"
        limit = f"{needs.max_latency_us / 1000:.1f} ms"
        return Ineligible("latency", f"{site}'s round trip is {measured}, the job wants {limit}",
                          "raise gridtie.where.max_latency_ms")  # fmt: skip
    if offer.spot and not wanted.use_spot:
        return Ineligible("spot", f"{site} may take this capacity back", "resources.use_spot: true accepts it")
    return None


def _of_size(request: Request, wanted: Alternative, capacity: Capacity) -> Ineligible | None:
    """What would not fit even if the site were idle."""
    site, count = capacity.site_name, request.needs.machines
    able = slots(capacity.machines_total, wanted)
    if not able:
        return Ineligible("size", f"no machine of {site} is that large: {shape_text(wanted)} per machine",
                          "ask for less per machine")  # fmt: skip
    if able < count:
        return Ineligible("gang", f"{site} has {able} of the {count} machines wanted at once", f"num_nodes: {able}")
    return None


def _of_units(request: Request, wanted: Alternative, offer: Offer, capacity: Capacity) -> Ineligible | None:
    site, count = capacity.site_name, request.needs.machines
    units = units_per_machine(wanted) * count
    if units < offer.units_min or (offer.units_max is not None and units > offer.units_max):
        most = "all" if offer.units_max is None else offer.units_max
        return Ineligible(
            "units", f"the offer of {site} sells {offer.units_min} to {most} units, the job wants {units}"
        )
    return None


def _of_price(request: Request, wanted: Alternative, offer: Offer) -> Ineligible | None:
    per_machine = units_per_machine(wanted)
    asks = ask(offer, per_machine * request.needs.machines)
    hourly = asks * per_machine
    share = share_of(wanted.chip)
    if request.max_price is not None and asks * share > request.max_price:
        price, limit = format_money(Micros(asks * share)), format_money(request.max_price)
        of_whole = " of whole accelerators" if share > 1 else ""
        return Ineligible("price", f"it costs {price} per unit-hour{of_whole}, over your limit of {limit}",
                          f"raise gridtie.budget.max_price to {price}")  # fmt: skip
    if hourly * request.needs.machines > MICROS_MAX * _HOUR_US // max(request.expected_us * SLOWNESS_MAX, 1):
        return Ineligible("price", f"at {format_money(asks)} per unit-hour the total could be more than can be booked")
    if wanted.max_hourly_cost is not None and hourly > wanted.max_hourly_cost:
        limit = format_money(wanted.max_hourly_cost)
        each = format_money(Micros(hourly))
        return Ineligible("hourly-cost", f"a machine costs {each} an hour, over the limit of {limit}",
                          f"raise resources.max_hourly_cost to {each}")  # fmt: skip
    if request.unit_price_cap is not None and asks * share > request.unit_price_cap:
        price, limit = format_money(Micros(asks * share)), format_money(request.unit_price_cap)
        return Ineligible("voucher-price", f"it costs {price} per unit-hour, the voucher pays at most {limit}",
                          "let the balance pay: pay_with: [voucher:…, balance]")  # fmt: skip
    return None


def _for_now(request: Request, capacity: Capacity, at: datetime) -> Ineligible | None:
    site = capacity.site_name
    if request.deadline is not None and at >= request.deadline:
        return Ineligible("deadline", f"its deadline, {to_the_second(request.deadline)}, is over", "submit it again")
    if capacity.site in request.needs.excluded_sites or site in request.needs.excluded_sites:
        return Ineligible("excluded", f"a run of this job was lost or refused at {site}", "submit it again")
    if request.start_at is not None and request.start_at >= at and not capacity.bookable:
        return Ineligible("shared", f"{site} shares its machines with its own users: nothing can be booked there",
                          "leave gridtie.start_at out, or ask elsewhere")  # fmt: skip
    if (closed := _of_hours(request, capacity, at)) is not None:
        return closed
    for rest in request.needs.resting:
        if rest.site == capacity.site and at < rest.until:
            again = to_the_second(to_second(rest.until))
            return Ineligible("resting", f"{site} refused it and is asked again at {again}",
                              "wait until then, or ask elsewhere")  # fmt: skip
    if not capacity.connected:
        return Ineligible("disconnected", f"{site} is silent at the moment", "wait, or ask elsewhere")
    return None


def closing(request: Request, capacity: Capacity) -> datetime | None:
    """When it has to be gone there; None: never, as its owner's own work, or where nothing ends what is lent."""
    lent = capacity.opening
    return None if lent is None or request.organisation == capacity.owner else lent.ends


def leaves(request: Request, capacity: Capacity, at: datetime) -> datetime | None:
    """When it has left what it gets there at `at`, after the wait in the site's own queue as the site expects it now;
    None: nobody knows."""
    return stays_until(request, after_queue(capacity, at))


def _of_hours(request: Request, capacity: Capacity, at: datetime) -> Ineligible | None:
    """All the time that it may be there has to lie within what is lent. The words name no span up to now: they stay the
    same from round to round."""
    lent, site = capacity.opening, capacity.site_name
    if lent is None or request.organisation == capacity.owner:
        return None
    if (never := _too_long(request, capacity, at)) is not None:
        return never
    if at < lent.begins:
        return Ineligible("hours", f"{site} lends nothing until {lent.opens}",
                          "wait until then, or ask elsewhere" if request.start_at is None else _OTHER)  # fmt: skip
    if lent.ends is None:
        return None
    gone = leaves(request, capacity, at)
    if gone is None:
        return Ineligible("hours", f"{site} lends until {lent.closes}, and the job has no time limit", _LIMIT)
    if gone > lent.ends:
        queue = " after its wait in the site's own queue" if capacity.queue_wait_s else ""
        return Ineligible("hours", f"{site} lends until {lent.closes}, and the job may be there for "
                          f"{_stay(gone - after_queue(capacity, at))}{queue}", f"{_shorter(request)}, or "
                          f"{f'wait until {lent.reopens}' if request.start_at is None else _OTHER}")  # fmt: skip
    return None


def _too_long(request: Request, capacity: Capacity, at: datetime | None) -> Ineligible | None:
    """It would never fit, whatever the hour. `at`: None for a job that waits for no special time."""
    lent = capacity.opening
    if lent is None or lent.longest_us is None or request.organisation == capacity.owner:
        return None
    start = at or request.start_at or request.arrived_at
    gone, longest = stays_until(request, start), timedelta(microseconds=lent.longest_us)
    most = f"{capacity.site_name} lends for {format_duration(longest)} at a time at most"
    if gone is None:
        return Ineligible("hours", f"{most}, and the job has no time limit", _LIMIT)
    if gone - start > longest:
        return Ineligible("hours", f"{most}, and the job may be there for {_stay(gone - start)}",
                          _shorter(request))  # fmt: skip
    return None


def _shorter(request: Request) -> str:
    return f"a shorter gridtie.{'time_limit' if request.start_at is None else 'expected'}"


def _stay(span: timedelta) -> str:
    return f"{format_duration(span)} (with {format_duration(SLACK)} to come and go)"


def _inside(place: str, limits: Sequence[str]) -> bool:
    return any(inside(place, limit) for limit in limits)


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


# ── limits, sizes and places on machines ──────────────────────────────────────────────────────────────────────────
def limit_of(request: Request, wanted: Alternative) -> int | None:
    """The most that this alternative may pay per unit-hour; None: whatever is asked. The request's own limits are per
    whole accelerator."""
    share = share_of(wanted.chip)
    limits = [Micros(limit // share) for limit in (request.max_price, request.unit_price_cap) if limit is not None]
    if wanted.max_hourly_cost is not None:
        limits.append(Micros(wanted.max_hourly_cost // max(1, units_per_machine(wanted))))
    return min(limits, default=None)


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


def given_back(machine: MachineShape, wanted: Alternative) -> MachineShape:
    return MachineShape(
        name=machine.name,
        cpus=machine.cpus + wanted.cpus,
        memory_bytes=machine.memory_bytes + wanted.memory_bytes,
        disk_bytes=machine.disk_bytes + wanted.disk_bytes,
        accelerators=machine.accelerators + wanted.accelerators,
    )


def slots(machines: Sequence[MachineShape], wanted: Alternative) -> int:
    """How many machines can take a rank: each rank of a gang has a machine of its own."""
    return sum(holds(machine, wanted) for machine in machines)


def place_gang(
    free: Sequence[MachineShape], wanted: Alternative, count: int, growth: Callable[[MachineShape], int] | None = None
) -> tuple[str, ...] | None:
    """A machine for every rank; None when it is busy.

    First those whose rest others can still use (least `growth` of fragments); of equal ones the fullest that fits
    (best fit); ties by name.
    """
    able = [machine for machine in free if holds(machine, wanted)]
    if len(able) < count:
        return None
    lost = {} if growth is None else {m.name: growth(m) for m in able}
    able.sort(key=lambda m: (lost.get(m.name, 0), m.accelerators, m.cpus, m.memory_bytes, m.name))
    return tuple(machine.name for machine in able[:count])


def shape_text(wanted: Alternative) -> str:
    parts = [f"{wanted.accelerators} × {wanted.chip}"] if wanted.accelerators else []
    parts.append(f"{wanted.cpus} core(s)")
    if wanted.memory_bytes:
        parts.append(format_bytes(wanted.memory_bytes))
    if wanted.disk_bytes:
        parts.append(f"{format_bytes(wanted.disk_bytes)} disk")
    return ", ".join(parts)

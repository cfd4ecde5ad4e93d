"""What a request would cost now: every offer that fits with its total, and why each other one does not."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gridtie.market.bookings import gone_by, kept_free, reduced
from gridtie.market.clearing import Book, Clearing
from gridtie.market.eligibility import (
    Ineligible,
    admissible,
    busy,
    closing,
    holds,
    nearness,
    place_gang,
    units_per_machine,
    variant_of,
)
from gridtie.market.lateness import after_queue, begins_late, end_of, ends_late, meaning, to_second
from gridtie.market.offer import Booked, Capacity, Listing, MachineShape, Offer
from gridtie.market.owner_first import lent_to, reserved
from gridtie.market.request import Alternative, Request
from gridtie.market.scoring import Tariff, preference, tariff_of, total
from gridtie.market.start_window import window_words
from gridtie.market.tranches import ask
from gridtie.values.money import MICROS_MAX, Micros, format_money, price_for
from gridtie.values.period import from_text, to_text, to_the_second
from gridtie.values.quantity import format_duration

SHOWN_MISSES = 12  # as text
SENT_MISSES = 200  # as data; all of them are counted
SENT_LISTED = 5
_HOUR_US = 3_600_000_000
_TERMS = {  # of the cost, in words
    "compute": "the units for as long as the job expects",
    "speed": "what running there takes longer, or shorter, by its certificate",
    "transfer": "moving its data there, which is not charged here",
    "fetch": "the units' price while that comes, not charged either",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer that fits, now or when it is free again."""

    offer: Offer
    capacity: Capacity
    alternative: int
    units: int
    terms: Mapping[str, Micros]
    idle: bool  # it gets its place at once, which may be in the queue of its site
    start: str  # 'now', or when
    start_at: datetime | None  # None: nobody knows
    placed_at: datetime | None  # when it gets its place
    run_us: int  # expected there, by the certificate
    fetch_us: int  # that its data takes to come


@dataclass(frozen=True, slots=True)
class Listed:
    """A price list entry that would do: ordered at its cloud, whole instances at a time."""

    offer: Offer
    listing: Listing
    instances: int
    cost: Micros


@dataclass(frozen=True, slots=True)
class Miss:
    offer: Offer
    where: str
    reason: Ineligible


@dataclass(frozen=True, slots=True)
class Quote:
    """`choices` best first, those that start now before the others; `listed` cheapest first; `misses` nearest first."""

    request: Request
    choices: tuple[Choice, ...]
    listed: tuple[Listed, ...]
    misses: tuple[Miss, ...]


def quote(request: Request, book: Book) -> Quote:
    """Uses the very rules of clearing, so that a quote and the round after it agree.

    `book.parameters['busy_until']` may say when a machine is expected free: {resource: {machine: RFC 3339}}.
    """
    tariff = tariff_of(book)
    choices: list[Choice] = []
    listed: list[Listed] = []
    misses: list[Miss] = []
    for offer in book.offers:
        found = _consider(request, offer, book, tariff)
        if isinstance(found, Choice):
            choices.append(found)
        elif isinstance(found, Listed):
            listed.append(found)
        else:
            misses.append(Miss(offer, _where(offer, book), found))
    choices.sort(
        key=lambda c: (not c.idle, preference(request, c.offer, c.capacity, c.alternative, c.terms)),
    )
    listed.sort(key=lambda entry: (entry.cost, entry.offer.id))
    misses.sort(key=lambda miss: (-nearness(miss.reason.code), miss.offer.price, miss.offer.id))
    return Quote(request, tuple(choices), tuple(listed), tuple(misses))


def indicative(request: Request, book: Book, clearing: Clearing) -> dict[str, Any]:
    """What became of `request` in a round that was only computed: {fits, site, price, total, text}."""
    for trade in clearing.trades:
        if trade.request == request.id:
            site, price = book.capacities[trade.resource].site_name, format_money(trade.price)
            cost = format_money(total(trade.cost_terms))
            text = f"with all that waits now it would run at {site} for {price} per unit-hour, {cost} in all"
            if any(request.id in one.by for one in clearing.displaced):
                text += ", in the place of running work that its bid displaces"
            return {"fits": True, "site": site, "price": price, "total": cost, "text": text}
    refusal = next(one for one in clearing.refusals if one.request == request.id)
    change = f"; {refusal.change}" if refusal.change else ""
    text = f"with all that waits now it would wait: {refusal.reason}{change}"
    return {"fits": False, "site": None, "price": None, "total": None, "text": text}


def _consider(request: Request, offer: Offer, book: Book, tariff: Tariff) -> Choice | Listed | Ineligible:
    capacity = book.capacities.get(offer.resource) if offer.resource else None
    if offer.listing is not None and offer.resource is None:
        return _compare(request, offer, offer.listing, book.at)
    usable = admissible(request, offer, capacity, book.at)
    if isinstance(usable, Ineligible):
        return usable
    assert capacity is not None
    alternatives, machines = request.needs.alternatives, request.needs.machines
    whole, capacity = capacity, lent_to(request.organisation, capacity)
    free, all_free = (kept_free(one, book.at, gone_by(request, book.at)) for one in (capacity, whole))
    idle = [i for i in usable if place_gang(free, alternatives[i], machines) is not None]
    if not idle and any(place_gang(all_free, alternatives[i], machines) is not None for i in usable):
        return reserved(whole)
    index = (idle or usable)[0]
    booking = book.parameters.get("booking")
    if booking is not None and not idle:
        return busy(capacity, booking)
    placed = book.at if idle else _free_at(request, capacity, alternatives[index], book)
    if placed is None and capacity.queue_wait_s:  # others have its machines, and their scheduler alone knows until when
        placed = after_queue(capacity, book.at)
    starts = None if placed is None else max(placed, after_queue(capacity, book.at))
    closes, gone = closing(request, capacity), None if starts is None else gone_by(request, starts)
    if closes is not None and not idle and (gone is None or gone > closes):
        placed = None  # what is lent after that is not known here
    at = placed if placed is None or booking is not None else starts
    start = (
        " ".join(filter(None, (f"at {to_the_second(booking['from'])},", window_words(booking)))).removesuffix(",")
        if booking
        else _start_words(capacity, at, book.at, idle=bool(idle), closes=closes)
    )
    units = units_per_machine(alternatives[index]) * machines
    offer = replace(offer, price=ask(offer, units))
    return Choice(offer, capacity, index, units, tariff.terms(request, offer, capacity, index), bool(idle), start, at,
                  placed, tariff.run_us(request, capacity, index),
                  tariff.transport.time_us(request, capacity.hub))  # fmt: skip


def _start_words(
    capacity: Capacity, start: datetime | None, at: datetime, *, idle: bool, closes: datetime | None
) -> str:
    if start is None:
        return "when a run there ends" if closes is None else "when a run there ends and it is lent long enough"
    if idle and start == at:
        return "now"
    waits = f", after {_whole((capacity.queue_wait_s or 0) * 1_000_000)} in the site's own queue" if idle else ""
    return f"about {to_the_second(to_second(start))}{waits}"


def _free_at(request: Request, capacity: Capacity, wanted: Alternative, book: Book) -> datetime | None:
    """When the last rank of the gang would find its machine free, if every run there ends as expected."""
    until: Mapping[str, str] = book.parameters.get("busy_until", {}).get(capacity.resource, {})
    free = {machine.name: machine for machine in capacity.machines}
    times: list[datetime] = []
    for machine in capacity.machines_total:
        now = free.get(machine.name)
        if now is not None and holds(now, wanted):
            times.append(_unbooked(request, wanted, now, capacity.booked, book.at))
        elif holds(machine, wanted) and machine.name in until:
            ended = max(book.at, from_text(until[machine.name]))
            times.append(_unbooked(request, wanted, machine, capacity.booked, ended))
    count = request.needs.machines
    return sorted(times)[count - 1] if len(times) >= count else None


def _unbooked(
    request: Request, wanted: Alternative, machine: MachineShape, booked: Sequence[Booked], at: datetime
) -> datetime:
    """The first moment from then on at which no booking of the machine stands in the way until it has left again."""
    ends = sorted(one.end for one in booked if one.machine == machine.name and one.end > at)
    return next(
        begin for begin in (at, *ends) if holds(reduced([machine], booked, begin, gone_by(request, begin))[0], wanted)
    )


def _compare(request: Request, offer: Offer, listing: Listing, at: datetime) -> Listed | Ineligible:
    """The first in rank, then cheapest, alternative that this instance can hold, or the first reason why it cannot."""
    needs = request.needs
    if offer.chip not in {one.chip for one in needs.alternatives} or not offer.window.contains(at):
        missed = admissible(request, offer, None, at)
        assert isinstance(missed, Ineligible)  # without a resource nothing is admissible
        return missed
    if needs.hubs or needs.places or needs.data_places:
        return Ineligible("listed-only", "the place of a cloud's region is not known here, and the job names places")
    units = (listing.vcpus if offer.chip == "cpu" else listing.accelerators) * needs.machines
    costs: list[tuple[int, Micros]] = []
    for wanted in needs.alternatives:
        if wanted.chip != offer.chip or wanted.hubs or wanted.places or wanted.sites:
            continue
        if not _large_enough(listing, wanted):
            continue
        price = offer.price
        if wanted.use_spot and listing.spot_price_per_hour is not None:
            price = Micros(offer.price * listing.spot_price_per_hour // listing.price_per_hour)
        if price * units * request.expected_us <= MICROS_MAX * _HOUR_US:
            costs.append((wanted.rank, price_for(price, units, request.expected_us)[0]))
    if costs:
        return Listed(offer, listing, needs.machines, min(costs)[1])
    return Ineligible("listed-only", f"{listing.instance} is smaller than the job's machines")


def _large_enough(listing: Listing, wanted: Alternative) -> bool:
    return (
        listing.accelerators >= wanted.accelerators
        and (not listing.vcpus or listing.vcpus >= wanted.cpus)
        and (not listing.memory_bytes or listing.memory_bytes >= wanted.memory_bytes)
    )


def _where(offer: Offer, book: Book) -> str:
    capacity = book.capacities.get(offer.resource) if offer.resource else None
    if capacity is not None:
        return f"{capacity.site_name} ({capacity.hub})"
    return _listing_text(offer.listing) if offer.listing is not None else offer.id


def _listing_text(listing: Listing) -> str:
    return f"{listing.cloud} {listing.region} {listing.instance}"


def to_json(made: Quote, wall: Ineligible | None = None) -> dict[str, Any]:
    """`wall`: why it can run nowhere as the sites stand, where that is so."""
    return {
        "fits": bool(made.choices),
        "starts_now": bool(made.choices) and made.choices[0].start == "now",
        "choices": [_choice_json(made.request, choice) for choice in made.choices],
        "listed": [
            {
                "offer": entry.offer.id,
                "where": _listing_text(entry.listing),
                "instances": entry.instances,
                "total": format_money(entry.cost),
                "note": "listed only: order it at the cloud",
            }
            for entry in made.listed[:SENT_LISTED]
        ],
        "misses": [
            {
                "offer": miss.offer.id,
                "where": miss.where,
                "code": miss.reason.code,
                "reason": miss.reason.reason,
                "change": miss.reason.change,
            }
            for miss in made.misses[:SENT_MISSES]
        ],
        "missed_because": dict(sorted(Counter(miss.reason.code for miss in made.misses).items())),
        "indicative": None,  # what the engine would decide now, where it clears the ticks
        "lines": lines(made, wall),
    }


def _choice_json(request: Request, choice: Choice) -> dict[str, Any]:
    end = _end_at(request, choice)
    return {
        "offer": choice.offer.id,
        "site": choice.capacity.site_name,
        "hub": choice.capacity.hub,
        "chip": choice.capacity.chip,
        "variant": variant_of(request.needs, choice.capacity),
        "units": choice.units,
        "price": format_money(choice.offer.price),
        "terms": {name: format_money(amount) for name, amount in choice.terms.items()},
        "total": format_money(total(choice.terms)),
        "expected_s": -(-choice.run_us // 1_000_000),
        "start": choice.start,
        "start_at": to_text(choice.start_at) if choice.start_at is not None else None,
        "end_at": to_text(end) if end is not None else None,
        "late": _late(request, choice),
    }


def _end_at(request: Request, choice: Choice) -> datetime | None:
    return None if choice.start_at is None else end_of(request, choice.start_at, choice.fetch_us + choice.run_us)


def _late(request: Request, choice: Choice) -> str | None:
    """What of it lies after the deadline: its 'start', so that it never runs there, or its 'end' alone."""
    if choice.placed_at is not None and begins_late(request, choice.placed_at):
        return "start"
    if choice.start_at is None:
        return None
    return "end" if ends_late(request, choice.start_at, choice.fetch_us + choice.run_us) else None


def _beyond(request: Request, choice: Choice) -> str:
    late, end = _late(request, choice), _end_at(request, choice)
    if late is None or end is None:
        return ""
    return f", ends about {to_the_second(end)}, after its deadline" if late == "end" else ", after its deadline"


def _fetched(choice: Choice) -> str:
    if not choice.fetch_us:
        return ""
    return f", its data takes {_whole(choice.fetch_us)} to come"


def _whole(span_us: int) -> str:
    """Below an hour to the second, so that the total can be checked by hand."""
    seconds = -(-span_us // 1_000_000)
    if 120 <= seconds < 3600 and seconds % 60:
        return f"{seconds // 60} min {seconds % 60} s"
    return format_duration(timedelta(seconds=seconds))


def _legend(terms: Collection[str]) -> list[str]:
    """Where a total has more than one part."""
    parts = [f"{name}: {words}" for name, words in _TERMS.items() if name in terms]
    return [f"  {'; '.join(parts)}"] if len(parts) > 1 else []


def lines(made: Quote, wall: Ineligible | None = None) -> list[str]:
    """The quote for people: the best choice first, every term named, then why the others do not fit. An advice stands
    once; before a `wall` those for one offer would lead nowhere."""
    span = format_duration(timedelta(microseconds=made.request.expected_us))
    rows = []
    for place, choice in enumerate(made.choices):
        unit = "core" if choice.capacity.chip == "cpu" else choice.capacity.chip
        named = " + ".join(f"{name} {format_money(amount)}" for name, amount in choice.terms.items())
        variant = variant_of(made.request.needs, choice.capacity)
        how = f" as its {variant} variant" if variant else ""
        mark = "→" if place == 0 else " "
        rows.append(
            f"{mark} {choice.capacity.site_name} ({choice.capacity.hub}): {choice.units} × {unit}{how} at "
            f"{format_money(choice.offer.price)}/h for {_whole(choice.run_us)} = {format_money(total(choice.terms))} "
            f"[{named}], starts {choice.start}{_fetched(choice)}{_beyond(made.request, choice)}"
        )
    rows += _legend({name for choice in made.choices for name in choice.terms})
    late = {_late(made.request, choice) for choice in made.choices}
    if "end" in late:
        rows.append(f"  {meaning(made.request)}")
    if "start" in late:
        rows.append("  a job that has no place by its deadline fails; make gridtie.deadline later for a later start")
    if made.choices and made.request.mode == "auction":
        bid = made.request.max_price
        most = "whatever it comes to" if bid is None else f"your bid of {format_money(bid)}"
        rows.append(f"  an auction sets the price: from the sellers' prices above up to {most}")
    limit = made.request.max_total
    if made.choices and limit is not None and limit < total(made.choices[0].terms):
        rows.append(f"  budget.max_total {format_money(limit)} is less than that: it is stopped when that is used up")
    stopped = made.request.limit_us
    if made.choices and stopped is not None and stopped < made.choices[0].run_us:
        rows.append(
            f"  gridtie.time_limit {_whole(stopped)} is shorter than that: it is stopped then, and pays till then"
        )
    if wall is not None:
        rows.append(f"{wall.reason}; what would change it: {wall.change}")
    elif not made.choices:
        rows.append("no offer fits now; waiting costs nothing")
    for entry in made.listed[:SENT_LISTED]:
        rows.append(
            f"  {_listing_text(entry.listing)}: {entry.instances} instance(s) for {span} = {format_money(entry.cost)}, "
            "listed only: order it at the cloud"
        )
    given = {""} if wall is None else {miss.reason.change for miss in made.misses}
    for miss in made.misses[:SHOWN_MISSES]:
        change = "" if miss.reason.change in given else f"; {miss.reason.change}"
        given.add(miss.reason.change)
        rows.append(f"  not {miss.where}: {miss.reason.reason}{change}")
    if len(made.misses) > SHOWN_MISSES:
        rows.append(f"  and {len(made.misses) - SHOWN_MISSES} more offers do not fit")
    return rows

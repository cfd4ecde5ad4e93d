"""What a request would cost now: every offer that fits with its total, and why each other one does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridtie.market.clearing import Book
from gridtie.market.eligibility import BUSY, Ineligible, first_reason, nearness
from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Request
from gridtie.market.scoring import cost_terms, preference
from gridtie.values.money import format_money
from gridtie.values.quantity import format_duration

SHOWN_MISSES = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer that fits, now or when it is free again."""

    offer: Offer
    capacity: Capacity
    alternative: int
    units: int
    terms: Mapping[str, int]
    start: str  # 'now', or why later


@dataclass(frozen=True, slots=True)
class Miss:
    offer: Offer
    where: str
    reason: Ineligible


@dataclass(frozen=True, slots=True)
class Quote:
    """`choices` best first; `misses` nearest first."""

    request: Request
    choices: tuple[Choice, ...]
    misses: tuple[Miss, ...]


def quote(request: Request, book: Book) -> Quote:
    """Uses the very rules of clearing, so that a quote and the round after it agree."""
    choices: list[tuple[tuple[int, int, int, str], Choice]] = []
    misses: list[Miss] = []
    for offer in book.offers:
        capacity = book.capacities.get(offer.resource) if offer.resource else None
        found = first_reason(request, offer, capacity, book.at)
        start = "now"
        if isinstance(found, Ineligible) and found.code == BUSY and capacity is not None:
            found = first_reason(request, offer, capacity, book.at, capacity.machines_total)
            start = "when a run there ends"
        if isinstance(found, Ineligible):
            misses.append(Miss(offer, _where(offer, capacity), found))
            continue
        assert capacity is not None
        terms = cost_terms(request, offer, found.alternative, book.parameters)
        choice = Choice(offer, capacity, found.alternative, found.units, terms, start)
        choices.append((preference(request, offer, capacity, found.alternative, terms), choice))
    choices.sort(key=lambda pair: (pair[1].start != "now", pair[0]))
    misses.sort(key=lambda miss: (-nearness(miss.reason.code), miss.offer.price, miss.offer.id))
    return Quote(request, tuple(choice for _, choice in choices), tuple(misses))


def _where(offer: Offer, capacity: Capacity | None) -> str:
    if capacity is not None:
        return f"{capacity.site_name} ({capacity.hub})"
    if offer.listing is not None:
        return f"{offer.listing.cloud} {offer.listing.region} {offer.listing.instance}"
    return offer.id


def to_json(made: Quote) -> dict[str, Any]:
    return {
        "fits": bool(made.choices),
        "starts_now": bool(made.choices) and made.choices[0].start == "now",
        "choices": [
            {
                "offer": choice.offer.id,
                "site": choice.capacity.site_name,
                "hub": choice.capacity.hub,
                "chip": choice.capacity.chip,
                "units": choice.units,
                "price": format_money(choice.offer.price),
                "terms": {name: format_money(amount) for name, amount in choice.terms.items()},
                "total": format_money(sum(choice.terms.values())),
                "start": choice.start,
            }
            for choice in made.choices
        ],
        "misses": [
            {
                "offer": miss.offer.id,
                "where": miss.where,
                "code": miss.reason.code,
                "reason": miss.reason.reason,
                "change": miss.reason.change,
            }
            for miss in made.misses
        ],
        "lines": lines(made),
    }


def lines(made: Quote) -> list[str]:
    """The quote for people: the best choice first, every term named, then why the others do not fit."""
    span = format_duration(timedelta(microseconds=made.request.expected_us))
    rows = []
    for place, choice in enumerate(made.choices):
        unit = "core" if choice.capacity.chip == "cpu" else choice.capacity.chip
        named = " + ".join(f"{name} {format_money(amount)}" for name, amount in choice.terms.items())
        mark = "→" if place == 0 else " "
        rows.append(
            f"{mark} {choice.capacity.site_name} ({choice.capacity.hub}): {choice.units} × {unit} at "
            f"{format_money(choice.offer.price)}/h for {span} = {format_money(sum(choice.terms.values()))} "
            f"[{named}], starts {choice.start}"
        )
    if not made.choices:
        rows.append("no offer fits now; waiting costs nothing")
    for miss in made.misses[:SHOWN_MISSES]:
        change = f"; {miss.reason.change}" if miss.reason.change else ""
        rows.append(f"  not {miss.where}: {miss.reason.reason}{change}")
    if len(made.misses) > SHOWN_MISSES:
        rows.append(f"  and {len(made.misses) - SHOWN_MISSES} more offers do not fit")
    return rows

"""Asks in tranches: the more of a resource is in use, the more its next unit costs.

An offer's `price` is for its first units; beyond the first `after` of them the price of a tranche holds. What counts is
what is in use at once: when a run ends, the cheapest units are for sale again. In a book the first unit is the first
that is free (`advanced`).

Asks only rise. Owners' costs do (the last machines are the old ones, or those that their own people miss most), and so
the cheapest units are always sold first: whichever runs end, those that stay have paid for what they hold, and prices
exist at which nobody wants another outcome. Under falling asks neither is true. Who wants to sell much at once says
so with `units_min`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from gridtie.market.offer import Capacity, Offer, Tranche
from gridtie.values.ids import ResourceId
from gridtie.values.money import Micros

Ladder = tuple[tuple[int, int], ...]  # (after so many units, price), rising


def ladder(offer: Offer) -> Ladder:
    return ((0, offer.price), *((tranche.after, tranche.price) for tranche in offer.tranches))


def asked(offer: Offer, first: int, units: int) -> int:
    """What `units` ask an hour where `first` are taken already."""
    steps = ladder(offer)
    ends = [*(after for after, _ in steps[1:]), first + units]
    return sum(
        max(min(end, first + units) - max(after, first), 0) * price
        for (after, price), end in zip(steps, ends, strict=True)
    )


def ask(offer: Offer, units: int, first: int = 0) -> Micros:
    """The same per unit, a begun micro-unit whole."""
    if not offer.tranches:
        return offer.price
    return Micros(-(-asked(offer, first, units) // max(units, 1)))


def dearest(offer: Offer) -> Micros:
    return offer.tranches[-1].price if offer.tranches else offer.price


def advanced(offer: Offer, taken: int) -> Offer:
    """The offer of what is left when `taken` units are in use."""
    passed = [tranche for tranche in offer.tranches if tranche.after <= taken]
    left = offer.tranches[len(passed) :]
    return _with(offer, [(0, passed[-1].price if passed else offer.price),
                         *((tranche.after - taken, tranche.price) for tranche in left)])  # fmt: skip


def now_on_sale(offers: Sequence[Offer], capacities: Mapping[ResourceId, Capacity]) -> tuple[Offer, ...]:
    """The offers, each from its next unit on: `capacities` say what runs of the exchange hold."""

    def next_of(offer: Offer) -> Offer:
        capacity = capacities.get(offer.resource) if offer.resource is not None and offer.tranches else None
        return offer if capacity is None else advanced(offer, in_use(capacity))

    return tuple(next_of(offer) for offer in offers)


def in_use(capacity: Capacity) -> int:
    """Units of all its machines less those that are free."""
    total, free = (sum(m.cpus if capacity.chip == "cpu" else m.accelerators for m in part)
                   for part in (capacity.machines_total, capacity.machines))  # fmt: skip
    return max(total - free, 0)


def set_back(offer: Offer, units: int) -> Offer:
    """The offer when so many units more are free, each at what its next one asks."""
    return _with(offer, [(after + units if after else 0, price) for after, price in ladder(offer)])


def raised(offer: Offer, least: int) -> Offer:
    """No unit for less than `least`."""
    return _with(offer, [(after, max(price, least)) for after, price in ladder(offer)])


def evened(offers: Sequence[Offer], at: datetime) -> tuple[Offer, ...]:
    """Several offers of one resource, one of them in tranches: each becomes the cheapest ask for every unit, plus what
    it asks above that at most. So one supply of the resource remains, and no offer asks less than before."""
    stepped = {offer.resource for offer in offers if offer.tranches and offer.resource is not None}
    found = list(offers)
    for resource in stepped:
        mine = [
            n for n, o in enumerate(offers) if o.resource == resource and o.state == "open" and o.window.contains(at)
        ]
        if len(mine) > 1:
            marks = sorted({after for n in mine for after, _ in ladder(offers[n])})
            least = [(mark, min(_at(offers[n], mark) for n in mine)) for mark in marks]
            for n in mine:
                above = max(_at(offers[n], mark) - price for mark, price in least)
                found[n] = _with(offers[n], [(mark, price + above) for mark, price in least])
    return tuple(found)


def _at(offer: Offer, unit: int) -> int:
    return [price for after, price in ladder(offer) if after <= unit][-1]


def _with(offer: Offer, steps: Sequence[tuple[int, int]]) -> Offer:
    rising = [Tranche(after=after, price=Micros(price)) for n, (after, price) in enumerate(steps)
              if n and price > steps[n - 1][1]]  # fmt: skip
    return replace(offer, price=Micros(steps[0][1]), tranches=tuple(rising))

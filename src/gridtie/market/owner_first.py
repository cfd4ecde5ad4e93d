"""The reserve of an owner in his own pool: his own requests are served there first, and others never get it.

A pool keeps `reserved_percent` of its units for its owner, less those he uses already. A round has three parts, each
by the rule itself:

    1  each owner's requests on what his pools keep for him, as if he were alone: at 100 per cent he gets what his
       own machines would give him without any exchange (the sharing incentive), and the rest of the round adds to it
    2  everybody on what is not kept
    3  each owner's requests that are still open on all that is left of his own pools

What the large engine shows for its outcome (`reckoning`) is that of part 2: nothing is claimed of the whole.
What is kept is not lent meanwhile: a run cannot be called back, so a notice of reclaim would be a promise nobody keeps.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from gridtie.market.clearing import Book, Clearing, ClearingRule, ProductPrice, Refusal, SellerShare, Trade
from gridtie.market.displacement import freed
from gridtie.market.eligibility import BUSY, Fit, Ineligible, first_reason, without
from gridtie.market.offer import Capacity, MachineShape
from gridtie.market.tranches import advanced
from gridtie.values.ids import OfferId, OrganisationId, RequestId, ResourceId
from gridtie.values.money import Micros

_Machines = Mapping[ResourceId, tuple[MachineShape, ...]]


class OwnerFirst:
    """Any rule, with the reserves of owners honoured. A book without any is handed on as it is."""

    def __init__(self, rule: ClearingRule) -> None:
        self.rule = rule
        self.name = rule.name

    def __call__(self, book: Book) -> Clearing:
        kept = {key: kept_units(capacity) for key, capacity in book.capacities.items()}
        if not any(kept.values()):
            return self.rule(book)
        parts = {key: split(capacity, kept[key]) for key, capacity in book.capacities.items()}
        held, lent = ({key: part[i] for key, part in parts.items()} for i in (0, 1))
        owners = sorted({capacity.owner for key, capacity in book.capacities.items() if kept[key]})
        clearings: list[Clearing] = []
        for owner in owners:
            clearings.append(self._of_owner(book, owner, held, _open(book, clearings), _trades(clearings)))
        clearings.append(self.rule(_with(_sold(book, _trades(clearings)), lent, _open(book, clearings))))
        gone = [one for one in book.running if one.run in {out.run for out in clearings[-1].displaced}]
        free = dict(zip(book.capacities, freed(book, gone), strict=True))
        left = _after(book, free, _trades(clearings))
        for owner in owners:
            clearings.append(self._of_owner(book, owner, left, _open(book, clearings), _trades(clearings)))
        first, last = _trades(clearings[: len(owners)]), _trades(clearings[len(owners) + 1 :])
        whole = replace(_together(book, clearings, said=clearings[len(owners)]),
                        owners_first=tuple(sorted(trade.request for trade in first)),
                        owners_last=tuple(sorted(trade.request for trade in last)))  # fmt: skip
        return _explained(book, left, whole)

    def _of_owner(
        self, book: Book, owner: OrganisationId, machines: _Machines, open_: set[RequestId], before: Collection[Trade]
    ) -> Clearing:
        """All capacities stay in the book, for what is usual of a chip is told by those of everybody."""
        mine = {key for key, c in book.capacities.items() if c.owner == owner and c.reserved_percent}
        book = _sold(book, before)
        own = {request.id for request in book.requests if request.organisation == owner}
        part = replace(_with(book, machines, open_ & own), running=())
        offers = tuple(offer for offer in book.offers if offer.resource in mine)
        return self.rule(replace(part, offers=offers))


def of_everybody(book: Book, clearing: Clearing) -> tuple[Book, Clearing]:
    """Part 2 of a round: what was not kept, and what everybody got of it. Without reserves, the whole round."""
    parts = {key: split(capacity, kept_units(capacity)) for key, capacity in book.capacities.items()}
    open_ = {request.id for request in book.requests} - set(clearing.owners_first)
    apart = {*clearing.owners_first, *clearing.owners_last}
    first = [trade for trade in clearing.trades if trade.request in set(clearing.owners_first)]
    return (
        _with(_sold(book, first), {key: lent for key, (_, lent) in parts.items()}, open_),
        replace(clearing, trades=tuple(trade for trade in clearing.trades if trade.request not in apart)),
    )


def kept_units(capacity: Capacity) -> int:
    """Free units that only the owner may have, of what is free now."""
    total, free = (sum(_units(capacity, m) for m in part) for part in (capacity.machines_total, capacity.machines))
    reserve = -(-total * capacity.reserved_percent // 100) - capacity.owner_units
    return max(0, min(reserve, free))


def lent_to(organisation: OrganisationId, capacity: Capacity) -> Capacity:
    """With what is free of it for this organisation."""
    if organisation == capacity.owner or not (kept := kept_units(capacity)):
        return capacity
    return replace(capacity, machines=split(capacity, kept)[1])


def reserved(capacity: Capacity) -> Ineligible:
    reason = f"what is free at {capacity.site_name} is kept for its owner's own work"
    return Ineligible("reserved", reason, "wait until a run there ends, or ask elsewhere")


def split(capacity: Capacity, kept: int) -> tuple[tuple[MachineShape, ...], tuple[MachineShape, ...]]:
    """(what is kept, what is lent) of each machine; the freest are kept first, so that the owner's gangs fit. Of a
    machine kept in part he has his part of cores, memory and disk, begun ones with it."""
    keep: dict[str, int] = {}
    for machine in sorted(capacity.machines, key=lambda m: (-_units(capacity, m), m.name)):
        keep[machine.name] = min(max(_units(capacity, machine), 0), kept)
        kept -= keep[machine.name]
    held, lent = [], []
    for machine in capacity.machines:
        there, mine = max(_units(capacity, machine), 1), keep[machine.name]
        own = {name: -(-getattr(machine, name) * mine // there)
               for name in ("cpus", "memory_bytes", "disk_bytes", "accelerators")}  # fmt: skip
        held.append(replace(machine, **own))
        lent.append(replace(machine, **{name: getattr(machine, name) - value for name, value in own.items()}))
    return tuple(held), tuple(lent)


def _sold(book: Book, trades: Iterable[Trade]) -> Book:
    """Offers in tranches go on where the parts before ended."""
    taken = Counter[ResourceId]()
    for trade in trades:
        taken[trade.resource] += trade.units
    return replace(book, offers=tuple(advanced(offer, taken[offer.resource]) if offer.resource is not None else offer
                                      for offer in book.offers))  # fmt: skip


def _units(capacity: Capacity, machine: MachineShape) -> int:
    return machine.cpus if capacity.chip == "cpu" else machine.accelerators


def _trades(clearings: Iterable[Clearing]) -> tuple[Trade, ...]:
    return tuple(trade for clearing in clearings for trade in clearing.trades)


def _open(book: Book, clearings: Iterable[Clearing]) -> set[RequestId]:
    return {request.id for request in book.requests} - {trade.request for trade in _trades(clearings)}


def _with(book: Book, machines: _Machines, open_: set[RequestId]) -> Book:
    capacities = {key: replace(capacity, machines=machines[key]) for key, capacity in book.capacities.items()}
    return replace(book, capacities=capacities, requests=tuple(r for r in book.requests if r.id in open_))


def _after(book: Book, machines: _Machines, trades: Iterable[Trade]) -> dict[ResourceId, tuple[MachineShape, ...]]:
    free = {key: {machine.name: machine for machine in part} for key, part in machines.items()}
    asked = {request.id: request for request in book.requests}
    for trade in trades:
        wanted = asked[trade.request].needs.alternatives[trade.alternative]
        for name in trade.machines:
            free[trade.resource][name] = without(free[trade.resource][name], wanted)
    return {key: tuple(part.values()) for key, part in free.items()}


def _together(book: Book, clearings: Iterable[Clearing], said: Clearing) -> Clearing:
    """One clearing: the reasons of the part in which all took part, the highest price of each product, an offer's
    shares added up."""
    refusals = {refusal.request: refusal for refusal in said.refusals}
    prices: dict[tuple[str, str, str], ProductPrice] = {}
    shares: dict[OfferId, SellerShare] = {}
    trades: list[Trade] = []
    for clearing in clearings:
        trades += clearing.trades
        for price in clearing.prices:
            product = (price.chip, price.hub, price.isolation)
            other = prices.get(product)
            dearest = price if other is None or price.price > other.price else other
            prices[product] = replace(dearest, units=price.units + (other.units if other else 0))
        for share in clearing.shares:
            before = shares.get(share.offer)
            if before is not None:
                share = replace(share, unit_us=share.unit_us + before.unit_us,
                                amount=Micros(share.amount + before.amount))  # fmt: skip
            shares[share.offer] = share
    served = {trade.request for trade in trades}
    return Clearing(
        trades=tuple(trades),
        refusals=tuple(refusals[r.id] for r in book.requests if r.id not in served),
        prices=tuple(prices[product] for product in sorted(prices)),
        shares=tuple(shares[offer] for offer in sorted(shares)),
        reckoning=said.reckoning,
        displaced=said.displaced,
        fixed=said.fixed,
    )


def _explained(book: Book, left: _Machines, clearing: Clearing) -> Clearing:
    """Who is told that a pool is busy while it has room for its owner only is told that."""
    asked = {request.id: request for request in book.requests}

    def truly(refusal: Refusal) -> Refusal:
        for offer in book.offers if refusal.code == BUSY else ():
            if offer.resource is None:
                continue
            capacity = book.capacities[offer.resource]
            fit = first_reason(asked[refusal.request], offer, capacity, book.at, left[offer.resource])
            if capacity.reserved_percent and isinstance(fit, Fit):
                told = reserved(capacity)
                return replace(refusal, code=told.code, reason=told.reason, change=told.change,
                               counts={**refusal.counts, told.code: 1})  # fmt: skip
        return refusal

    return replace(clearing, refusals=tuple(truly(refusal) for refusal in clearing.refusals))

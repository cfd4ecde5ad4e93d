"""What a round still has to sell: the offers each request may use, and the machines as trades take from them.

Every rule works on a shelf, so that all of them, quotes and explanations say the same about who may buy what. What a
kind of need may use is found out once per round: only what is free changes, and it only shrinks.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gridtie.market.bookings import gone_by, reduced
from gridtie.market.clearing import Book, ProductPrice, Refusal, SellerShare, Trade
from gridtie.market.eligibility import (
    Ineligible,
    Standing,
    admissible,
    busy,
    holds,
    limit_of,
    nearness,
    place_gang,
    slots,
    standing,
    units_per_machine,
    without,
)
from gridtie.market.fragments import Mix
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Request
from gridtie.market.scoring import Preference, preference, sold_us, tariff_of
from gridtie.market.tranches import ask, evened
from gridtie.registry.parts import share_of
from gridtie.values.ids import OfferId, ResourceId
from gridtie.values.money import Micros, format_money, price_for

Product = tuple[str, str, str]  # chip, hub, isolation
Miss = tuple[Ineligible, Offer]
NO_OFFER = Ineligible("no-offer", "nothing is offered here yet", "wait for an offer")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that one alternative of a request may use when there is room."""

    offer: Offer
    capacity: Capacity
    alternative: int
    wanted: Alternative
    limit: int | None  # of the request for it, per unit-hour
    ask: Micros  # of its units on average, per unit-hour, as much as was taken when it was asked for

    @property
    def product(self) -> Product:
        return product_of(self.capacity)


class Shelf:
    """Mutable, lives for one round. Its answers follow from the book and the trades taken so far."""

    def __init__(self, book: Book) -> None:
        self.book = book = replace(book, offers=evened(book.offers, book.at))
        self.tariff = tariff_of(book)
        self._taken: Counter[ResourceId] = Counter()  # units
        self._room: dict[object, bool] = {}
        self._liked: dict[object, dict[tuple[str, int, int], Preference]] = {}
        self._stands: dict[object, list[tuple[Offer, Capacity | None, Standing]]] = {}
        there = book.capacities.values()
        self._choosy = any(capacity.allowed_organisations or capacity.work_classes for capacity in there)
        self._timed = any(capacity.opening is not None for capacity in there)
        self._free: dict[ResourceId, dict[str, MachineShape]] = {
            key: {machine.name: machine for machine in capacity.machines} for key, capacity in book.capacities.items()
        }
        self._by_chip: dict[str, list[Offer]] = {}
        for offer in sorted(book.offers, key=lambda offer: offer.id):
            self._by_chip.setdefault(offer.chip, []).append(offer)
        self._mixes: dict[str, Mix] = {}
        self._known: dict[object, tuple[list[Candidate], list[Miss]]] = {}
        self._ranked: dict[object, list[Candidate]] = {}
        self._stepped = any(offer.tranches for offers in self._by_chip.values() for offer in offers)

    def ranked(self, request: Request) -> list[Candidate]:
        """All candidates, whether there is room or not, the one the request likes best first. Of those in tranches the
        ones that it can pay after what was taken.

        Where nothing is in tranches, sorted once for all that want the same with the same data: of a long queue those
        are most.
        """
        key = (self._wish(request), request.origins, request.transfer_bytes)
        found = None if self._stepped else self._ranked.get(key)
        if found is None:
            asking = [self._asking(request, candidate) for candidate in self._look(request)[0]]
            found = [one for one in asking if one.limit is None or not one.offer.tranches or one.ask <= one.limit]
            kind = (request.needs, request.expected_us, request.transfer_bytes, request.origins)
            known = self._liked.setdefault(kind, {})  # many requests differ in their limits alone
            found.sort(key=lambda candidate: self._liking(request, candidate, known))
            self._ranked[key] = found
        return found

    def _liking(
        self, request: Request, candidate: Candidate, known: dict[tuple[str, int, int], Preference]
    ) -> Preference:
        key = (candidate.offer.id, candidate.alternative, candidate.ask)
        found = known.get(key)
        if found is None:
            found = known[key] = self._preference(request, candidate)
        return found

    def _asking(self, request: Request, candidate: Candidate) -> Candidate:
        if not candidate.offer.tranches:
            return candidate
        units, taken = units_of(request, candidate.wanted), self._taken[candidate.capacity.resource]
        return replace(candidate, ask=ask(candidate.offer, units, taken))

    def _preference(self, request: Request, candidate: Candidate) -> Preference:
        offer, capacity, index = candidate.offer, candidate.capacity, candidate.alternative
        terms = self.tariff.terms(request, offer, capacity, index, candidate.ask)
        return preference(request, offer, capacity, index, terms)

    def asks(self, request: Request, candidate: Candidate) -> Micros:
        """Per unit-hour, of the units that it would take next."""
        return self._asking(request, candidate).ask

    def has_room(self, request: Request, candidate: Candidate) -> bool:
        """Whether `room` would find machines, without choosing them. Remembered until something is taken."""
        key = (candidate.capacity.resource, candidate.wanted, request.needs.machines,
               request.limit_us if candidate.capacity.booked else None)  # fmt: skip
        found = self._room.get(key)
        if found is None:
            able = slots(self._kept_free(request, candidate.capacity), candidate.wanted)
            found = self._room[key] = able >= request.needs.machines
        return found

    def room(self, request: Request, candidate: Candidate) -> tuple[str, ...] | None:
        """A machine for every rank, or None when they are taken."""
        free = self._kept_free(request, candidate.capacity)
        needs, wanted = request.needs, candidate.wanted
        mix = self._mixes.get(wanted.chip)
        if mix is None:
            mix = self._mixes[wanted.chip] = Mix(self.book.requests, wanted.chip)
        return place_gang(free, wanted, needs.machines, mix.growth(needs, wanted))

    def _kept_free(self, request: Request, capacity: Capacity) -> tuple[MachineShape, ...]:
        """What is free for it: not what is booked for a time at which it may still be there."""
        free = tuple(self._free[capacity.resource].values())
        if not capacity.booked:
            return free
        return reduced(free, capacity.booked, self.book.at, gone_by(request, self.book.at))

    def fits(self, candidate: Candidate, machines: Sequence[str]) -> bool:
        """Whether these very machines can take a rank each."""
        free = self._free[candidate.capacity.resource]
        return all(name in free and holds(free[name], candidate.wanted) for name in machines)

    def take(self, candidate: Candidate, machines: Sequence[str]) -> None:
        self._room.clear()
        free = self._free[candidate.capacity.resource]
        for name in machines:
            free[name] = without(free[name], candidate.wanted)
        self._taken[candidate.capacity.resource] += units_per_machine(candidate.wanted) * len(machines)

    def trade(self, request: Request, candidate: Candidate, machines: tuple[str, ...], price: Micros) -> Trade:
        return Trade(
            request=request.id,
            offer=candidate.offer.id,
            resource=candidate.capacity.resource,
            alternative=candidate.alternative,
            units=units_of(request, candidate.wanted),
            price=price,
            machines=machines,
            cost_terms=self.tariff.terms(request, candidate.offer, candidate.capacity, candidate.alternative, price),
        )

    def refusal(self, request: Request) -> Refusal:
        """The nearest miss speaks for all; the counts say how many offers failed for which reason."""
        candidates, known = self._look(request)
        idle = {candidate.offer.id: candidate for candidate in candidates}
        misses = known + [(self._missed(request, candidate), candidate.offer) for candidate in idle.values()]
        counts = Counter(miss.code for miss, _ in misses)
        chips = {alternative.chip for alternative in request.needs.alternatives}
        others = {chip: offers for chip, offers in self._by_chip.items() if chip not in chips}
        if others:
            counts["chip"] = sum(len(offers) for offers in others.values())
            first = min((offer for offers in others.values() for offer in offers), key=lambda o: (o.price, o.id))
            missed = admissible(request, first, self._capacity(first), self.book.at)
            assert isinstance(missed, Ineligible)
            misses.append((missed, first))
        if not misses:
            return _refused(request, NO_OFFER, NO_OFFER.reason, {})
        nearest, _ = max(misses, key=lambda miss: (nearness(miss[0].code), -miss[1].price, miss[1].id))
        alone = sum(counts.values()) == 1
        reason = nearest.reason if alone else f"no offer fits now; closest: {nearest.reason}"
        return _refused(request, nearest, reason, counts)

    def _missed(self, request: Request, candidate: Candidate) -> Ineligible:
        asks = self.asks(request, candidate)
        if candidate.limit is not None and candidate.offer.tranches and asks > candidate.limit:
            price, limit = format_money(asks), format_money(Micros(candidate.limit))
            whole = format_money(Micros(asks * share_of(candidate.capacity.chip)))
            return Ineligible("price", f"what is left at {candidate.capacity.site_name} costs {price} per unit-hour, "
                              f"over your limit of {limit}", f"raise gridtie.budget.max_price to {whole}")  # fmt: skip
        return busy(candidate.capacity, self.book.parameters.get("booking"))

    def _look(self, request: Request) -> tuple[list[Candidate], list[Miss]]:
        """(candidates, misses among the offers of a chip it asks for), both in the order of offer ids."""
        key = self._wish(request)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._search(request)
        return found

    def _wish(self, request: Request) -> tuple[object, ...]:
        """Requests with the same one may use the same offers."""
        return (request.needs, request.organisation, request.max_price, request.unit_price_cap, request.expected_us,
                request.deadline, request.limit_us if self._timed else None)  # fmt: skip

    def _search(self, request: Request) -> tuple[list[Candidate], list[Miss]]:
        candidates: list[Candidate] = []
        misses: list[Miss] = []
        alternatives = request.needs.alternatives
        limits = [limit_of(request, wanted) for wanted in alternatives]
        units = [units_of(request, wanted) for wanted in alternatives]
        for offer, capacity, known in self._standing(request):
            usable = admissible(request, offer, capacity, self.book.at, known)
            if isinstance(usable, Ineligible):
                misses.append((usable, offer))
                continue
            assert capacity is not None
            candidates += [
                Candidate(offer, capacity, i, alternatives[i], limits[i], ask(offer, units[i])) for i in usable
            ]
        return candidates, misses

    def _standing(self, request: Request) -> list[tuple[Offer, Capacity | None, Standing]]:
        """Of every offer of a chip it asks for what needs and organisation say, which many requests have in common."""
        key = (request.needs, request.organisation if self._choosy else "")
        found = self._stands.get(key)
        if found is None:
            chips = dict.fromkeys(alternative.chip for alternative in request.needs.alternatives)
            offers = [(offer, self._capacity(offer)) for chip in chips for offer in self._by_chip.get(chip, ())]
            found = [(offer, one, standing(request, offer, one, self.book.at)) for offer, one in offers]
            self._stands[key] = found
        return found

    def _capacity(self, offer: Offer) -> Capacity | None:
        return self.book.capacities.get(offer.resource) if offer.resource is not None else None


def units_of(request: Request, wanted: Alternative) -> int:
    return units_per_machine(wanted) * request.needs.machines


def product_of(capacity: Capacity) -> Product:
    return (capacity.chip, capacity.hub, capacity.isolation)


def _refused(request: Request, why: Ineligible, reason: str, counts: "Counter[str] | dict[str, int]") -> Refusal:
    return Refusal(
        request=request.id, code=why.code, reason=reason, counts=dict(sorted(counts.items())), change=why.change
    )


def volume(shelf: Shelf, trades: Sequence[Trade]) -> list[tuple[OfferId, int, Micros]]:
    """Of each trade: who sells, units × microseconds sold, and what is paid for them."""
    requests = {request.id: request for request in shelf.book.requests}
    lasts = [sold_us(shelf.book, shelf.tariff, requests[trade.request], trade) for trade in trades]
    return [(trade.offer, trade.units * us, price_for(trade.price, trade.units, us)[0])
            for trade, us in zip(trades, lasts, strict=True)]  # fmt: skip


def shared_out(shelf: Shelf, trades: Sequence[Trade]) -> tuple[SellerShare, ...]:
    """What buyers of these trades pay, divided over the offers by unit-hours sold; the last micro-units go to the
    largest remainders, ties by offer id. Nothing is lost: the shares add up to the payments."""
    sold: Counter[OfferId] = Counter()
    paid = 0
    for offer, unit_us, amount in volume(shelf, trades):
        sold[offer] += unit_us
        paid += amount
    whole = sum(sold.values())
    if not whole:  # runs that are expected to take no time: they pay nothing
        return tuple(SellerShare(offer=offer, unit_us=0, amount=Micros(0)) for offer in sorted(sold))
    parts = {offer: divmod(paid * unit_us, whole) for offer, unit_us in sold.items()}
    left = paid - sum(part for part, _ in parts.values())
    lucky = set(sorted(parts, key=lambda offer: (-parts[offer][1], offer))[:left])
    return tuple(
        SellerShare(offer=offer, unit_us=sold[offer], amount=Micros(parts[offer][0] + (offer in lucky)))
        for offer in sorted(parts)
    )


def posted_prices(book: Book, trades: Sequence[Trade]) -> tuple[ProductPrice, ...]:
    """Per product the highest price paid in this round: under posted prices there is no single one."""
    best: dict[Product, tuple[int, int, str]] = {}
    for trade in trades:
        product = product_of(book.capacities[trade.resource])
        price, units, offer = best.get(product, (-1, 0, ""))
        dearest = max((price, offer), (trade.price, trade.offer))
        best[product] = (dearest[0], units + trade.units, dearest[1])
    return tuple(
        ProductPrice(chip=chip, hub=hub, isolation=isolation, price=Micros(price), units=units, marginal=offer)
        for (chip, hub, isolation), (price, units, offer) in sorted(best.items())
    )


def posted_shares(shelf: Shelf, trades: Sequence[Trade]) -> tuple[SellerShare, ...]:
    """Every seller keeps what his own buyers pay."""
    by_offer: dict[str, list[Trade]] = {}
    for trade in trades:
        by_offer.setdefault(trade.offer, []).append(trade)
    return tuple(share for offer in sorted(by_offer) for share in shared_out(shelf, by_offer[offer]))

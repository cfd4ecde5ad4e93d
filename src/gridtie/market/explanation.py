"""Why an order stands where it stands, from the round that decided it: in words, and as data."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridtie.market.bids import bidder_of
from gridtie.market.clearing import Book, Clearing, Reckoning, Refusal, Trade
from gridtie.market.displacement import wanted_of
from gridtie.market.eligibility import limit_of, units_per_machine, variant_of
from gridtie.market.entitlement import weighed, weight_of
from gridtie.market.lateness import after_queue, end_of, ends_late, meaning
from gridtie.market.pool_price import COUNTED, HOUR_US, prices_of
from gridtie.market.quote import quote
from gridtie.market.quote import to_json as quote_to_json
from gridtie.market.request import Request
from gridtie.market.scoring import tariff_of, total, turn
from gridtie.market.shelf import Candidate, Shelf
from gridtie.market.start_window import window_words
from gridtie.market.tranches import ask, ladder
from gridtie.values.money import Micros, format_money
from gridtie.values.period import to_the_second
from gridtie.values.quantity import format_duration
from gridtie.values.rule_names import MAX_MIN

CHANGE = "what would change it: "
MOVING = ("transfer", "fetch")  # terms of the cost


@dataclass(frozen=True, slots=True)
class Place:
    """Where it could have run: at which price of this round per unit-hour, for how much in all, and what it bid."""

    candidate: Candidate
    price: Micros
    cost: int
    bid: int | None  # None: whatever is asked
    free: bool  # room for all of it before the round

    @property
    def site(self) -> str:
        return self.candidate.capacity.site_name

    @property
    def margin(self) -> int:
        return (self.price if self.bid is None else self.bid) - self.price


def why(request: Request, book: Book, clearing: Clearing, rule: str) -> dict[str, Any]:
    """{lines, data}: its rank; what it got and what the next best would have cost; or the first reason why not, what
    stood in its way, the smallest winning bid there, and what would change it. Under the large engine the places are
    at the prices of its pools, under other rules at what is asked."""
    reckoning = clearing.reckoning
    shelf = Shelf(book)
    # Under max-min nobody has a rank: shares decide.
    by_bid = rule != MAX_MIN and (request.mode == "auction" or reckoning is not None)
    in_order = rule != MAX_MIN and (reckoning is None or reckoning.mode == "welfare")  # else no bid decides
    bidders = {one.id: bidder_of(shelf, one, now=False) for one in book.requests} if by_bid and in_order else {}

    def place_of(one: Request) -> tuple[Any, ...]:
        if one.id not in bidders:
            return turn(one)
        bid, tie = bidders[one.id].key
        return bid * weight_of(book.parameters, one.organisation), tie

    ranked = sorted(book.requests, key=place_of)
    rank = next((place for place, other in enumerate(ranked, 1) if other.id == request.id and in_order), None)
    if rank is not None and by_bid and not bidders[request.id].bids:
        rank = None  # nothing here fits it, so that its bid was weighed against none
    places = _places(request, shelf, reckoning)
    quoted = quote_to_json(quote(request, book))
    trade = next((trade for trade in clearing.trades if trade.request == request.id), None)
    refusal = next((one for one in clearing.refusals if one.request == request.id), None)
    head = [f"round {book.round}: {_many(len(clearing.trades), 'trade')} of {_many(len(book.requests), 'request')}"]
    if (booking := book.parameters.get("booking")) is not None:
        head.append(f"for capacity from {to_the_second(booking['from'])} to {to_the_second(booking['until'])}")
        if words := window_words(booking):
            head.append(words)
    order = "by its bid, as that counts" if weighed(book) else "by its bid"
    if rank is not None:
        head.append(f"it was number {rank} of {len(ranked)} {order if by_bid else 'in turn'}")
    if weighed(book):
        head.append(f"its organisation counts {format_money(weight_of(book.parameters, request.organisation))} times")
    data: dict[str, Any] = {
        "round": book.round,
        "rank": rank,
        "of": len(ranked),
        "traded": trade is not None,
        "places": [_place_json(place) for place in places],
        "blocking": None,
        "smallest_winning_bid": None,
        "displaced": False,
        "quote": quoted,
    }
    if trade is not None:
        sold = sum(other.units for other in clearing.trades if other.resource == trade.resource)
        body = _of_trade(request, trade, book, clearing, places, sold, at_least=by_bid and reckoning is None)
        if any(request.id in one.by for one in clearing.displaced):
            body.insert(1, "its bid displaced running work there; it starts as soon as that has stopped")
        body += [f"not {miss['where']}: {miss['reason']}" for miss in quoted["misses"][:5]]
    elif request.id in {one.request for one in clearing.displaced}:
        body = _of_displaced(request, book, clearing)
        data["displaced"] = True
    elif refusal is not None:
        body = _of_refusal(request, refusal, book, clearing, places, data)
    else:
        body = ["this round did not look at it"]
    return {"lines": [*head, *body], "data": data}


def _of_displaced(request: Request, book: Book, clearing: Clearing) -> list[str]:
    """What it had, what its going costs it, and the least bid that took its place."""
    held = next(one for one in book.running if one.request.id == request.id)
    out = next(one for one in clearing.displaced if one.run == held.run)
    site, requests = book.capacities[held.resource].site_name, {other.id: other for other in book.requests}
    least = format_money(min(_bid(trade, requests) for trade in clearing.trades if trade.request in out.by))
    own = limit_of(request, wanted_of(held))
    bid = format_money(max(held.price, own or 0))
    again = format_duration(timedelta(microseconds=held.lost_us))
    return [
        f"it ran at {site} for {format_money(held.price)} per unit-hour and was displaced by a bid of {least}",
        f"its own bid there was {bid}; with a restart that costs it {again} it counted as "
        f"{format_money(_counted(max(held.price, own or 0), held.lost_us))}",
        "it pays up to its newest checkpoint, and goes on from there when it finds another place",
        f"{CHANGE}bid more than that (gridtie.budget.max_price), or gridtie.preemptible: false",
    ]


def _counted(bid: int, lost_us: int) -> Micros:
    return Micros(bid + bid * lost_us // HOUR_US)


def _places(request: Request, shelf: Shelf, reckoning: Reckoning | None) -> list[Place]:
    """One for each alternative at each resource, cheapest in all first."""
    prices = prices_of(reckoning) if reckoning is not None and reckoning.mode == "welfare" else None
    found: dict[object, Place] = {}
    for one in shelf.ranked(request):
        price = one.ask if prices is None else prices.per_unit_hour(one.offer, one.wanted)
        terms = shelf.tariff.terms(request, one.offer, one.capacity, one.alternative, price)
        free = shelf.has_room(request, one)
        key = (one.capacity.resource, one.alternative)
        found.setdefault(key, Place(one, price, total(terms), limit_of(request, one.wanted), free))
    return sorted(found.values(), key=lambda place: (not place.free, place.cost, place.candidate.offer.id))


def _place_json(place: Place) -> dict[str, Any]:
    return {
        "site": place.site,
        "resource": place.candidate.capacity.resource,
        "offer": place.candidate.offer.id,
        "alternative": place.candidate.alternative,
        "price": format_money(place.price),
        "total": format_money(place.cost),
        "bid": None if place.bid is None else format_money(place.bid),
        "free": place.free,
    }


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _tranches(trade: Trade, book: Book, sold: int) -> list[str]:
    """Of an offer whose units cost more the more are in use; `sold`: of its resource in this round."""
    offer = next(offer for offer in book.offers if offer.id == trade.offer)
    if not offer.tranches:
        return []
    steps = ladder(offer)
    first, *more = [
        f"{_many(end - after, 'unit')} at {format_money(Micros(price))}"
        if place == 0
        else f"{end - after} at {format_money(Micros(price))}"
        for place, ((after, price), (end, _)) in enumerate(itertools.pairwise(steps))
    ]
    text = ", ".join([first, *more, f"more at {format_money(Micros(steps[-1][1]))}"])
    return [f"sold in tranches: {text}; the next after this round costs {format_money(ask(offer, 1, sold))}"]


def _late(request: Request, trade: Trade, book: Book) -> list[str]:
    tariff, capacity = tariff_of(book), book.capacities[trade.resource]
    run_us = tariff.transport.time_us(request, capacity.hub) + tariff.run_us(request, capacity, trade.alternative)
    start = after_queue(capacity, book.at) if request.start_at is None else max(book.at, request.start_at)
    if not ends_late(request, start, run_us):
        return []
    return [
        f"it is expected to end about {to_the_second(end_of(request, start, run_us))}, after its deadline",
        meaning(request),
    ]


def _of_trade(
    request: Request, trade: Trade, book: Book, clearing: Clearing, places: Sequence[Place], sold: int, *,
    at_least: bool,
) -> list[str]:  # fmt: skip
    """`at_least`: the places are at what their sellers ask, which the auction may have lifted."""
    site, own = book.capacities[trade.resource].site_name, total(trade.cost_terms)
    rows = [f"it got {_many(trade.units, 'unit')} at {site} for {format_money(trade.price)} per unit-hour"]
    if variant := variant_of(request.needs, book.capacities[trade.resource]):
        rows.append(f"it runs there as its {variant} variant")
    moved = [f"{name} {format_money(trade.cost_terms[name])}" for name in MOVING if name in trade.cost_terms]
    if moved:
        rows.append(f"moving its data there counted: {' + '.join(moved)}")
    if wait := book.capacities[trade.resource].queue_wait_s:
        rows.append(f"its site's own queue is expected to hold it for {format_duration(timedelta(seconds=wait))}")
    rows += [*_tranches(trade, book, sold), *_late(request, trade, book)]
    others = [one for one in places if one.candidate.offer.id != trade.offer]
    if not others:
        return [*rows, "nothing else fitted"]
    other = others[0]
    price = f"{'at least ' if at_least else ''}{format_money(other.price)}"
    row = f"next best: {other.site} at {price}, {format_money(other.cost)} instead of {format_money(own)} in all"
    if not at_least:
        more = other.cost - own
        row += f": {format_money(abs(more))} {'more' if more >= 0 else 'less'}"
    if not at_least:
        row += _against(other) or _served(other, own, request, clearing)
    return [*rows, row if other.free else f"{row}, once there is room"]


def _of_refusal(
    request: Request, refusal: Refusal, book: Book, clearing: Clearing, places: Sequence[Place], data: dict[str, Any]
) -> list[str]:
    rows = [f"it waits: {refusal.reason}"]
    counts = ", ".join(
        f"{count} × {code}" for code, count in sorted(refusal.counts.items(), key=lambda i: (-i[1], i[0]))
    )
    if counts and not refusal.counts.keys() & {"outbid", "paradoxical", "later"}:
        rows.append(f"offers that do not fit: {counts}")
    best = max(places, key=lambda place: (place.free, place.margin), default=None)
    if best is not None and clearing.reckoning is not None:
        data["blocking"] = _blocking(best, clearing.reckoning, request.expected_us, request.needs.machines)
        rows.append(data["blocking"]["text"])
    later = refusal.code == "later"  # its place is the one it is planned for
    rows += [] if later else _smallest(request, best, book, clearing, data)
    others = [place for place in places if place is not best]
    if others and not later:
        other = min(others, key=lambda place: (not place.free, place.cost))
        rows.append(f"next best: {other.site} at {format_money(other.price)}, {format_money(other.cost)} in all"
                    + _against(other))  # fmt: skip
    if refusal.change:
        rows.append(f"{CHANGE}{refusal.change}")
    return rows


def _against(place: Place) -> str:
    if place.bid is None or place.margin >= 0:
        return ""
    return f", which is over its limit there of {format_money(place.bid)}"


def _served(place: Place, own: int, request: Request, clearing: Clearing) -> str:
    """Why it did not get what would have cost it less."""
    others = any(t.resource == place.candidate.capacity.resource and t.request != request.id for t in clearing.trades)
    return ", but the round served others there" if place.cost < own and others else ""


def _blocking(place: Place, reckoning: Reckoning, run_us: int, machines: int) -> dict[str, Any]:
    """What is scarce, and when, at the place that it came closest to: the largest part of the price above what is
    asked, of all slots that it would cover if it started now."""
    prices = prices_of(reckoning)
    resource = place.candidate.capacity.resource
    price = prices.by_pool.get(resource)
    wanted = place.candidate.wanted
    if price is None or price.free == 0:
        return {"resource": resource, "counted": None, "slot": 0, "text": f"nothing of {place.site} was free"}
    asked = price.ask * reckoning.slot_us // HOUR_US * units_per_machine(wanted)
    found = []
    for slot in range(min(max(-(-run_us // reckoning.slot_us), 1), reckoning.slots)):
        units, *others = prices.parts(price, wanted, first=slot)
        found += [(part, -slot, name) for part, name in zip((units - asked, *others), COUNTED, strict=True)]
    most, earlier, counted = max(found, key=lambda part: part[:2])
    slot, later = -earlier, f" in slot {-earlier}" if earlier else ""
    text = f"{price.sold} of {price.free} free units of {place.site} were sold"
    if most <= 0:
        found_none = ": its gang found no machines as well" if machines > 1 else ""
        return {"resource": resource, "counted": None, "slot": 0, "text": f"{text}{found_none}"}
    return {
        "resource": resource,
        "counted": counted,
        "slot": slot,
        "text": f"{text}; what is scarce there{later}: {counted}",
    }


def _smallest(request: Request, best: Place | None, book: Book, clearing: Clearing, data: dict[str, Any]) -> list[str]:
    """Who won with least: where it came closest, or else anywhere with a chip that it wants."""
    requests = {other.id: other for other in book.requests}
    chips = {alternative.chip for alternative in request.needs.alternatives}
    here = best.candidate.capacity.resource if best is not None and clearing.reckoning is not None else None
    won = [t for t in clearing.trades if here in (None, t.resource) and book.capacities[t.resource].chip in chips]
    if not won:
        return []
    data["smallest_winning_bid"] = format_money(min(_bid(trade, requests) for trade in won))
    price = format_money(min(trade.price for trade in won))
    if best is None or here is None:
        return [f"smallest winning price for {' or '.join(sorted(chips))}: {price}"]
    return [f"smallest winning bid at {best.site}: {data['smallest_winning_bid']}, the least paid there {price}"]


def _bid(trade: Trade, requests: Mapping[Any, Request]) -> int:
    """Without a limit: what it pays."""
    request = requests[trade.request]
    limit = limit_of(request, request.needs.alternatives[trade.alternative])
    return trade.price if limit is None else limit

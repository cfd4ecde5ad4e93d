"""By which rule a round is cleared and with which parameters: what the settings and the rounds before it say.

With `best-welfare` the tick decides about all that waits, posted requests included; between two ticks a posted request
pays what its place cost at the last one, if that is more than its seller asks, so that arriving early wins nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.flow.fair_terms import fair_parameters
from gridtie.market.clearing import Book, Clearing
from gridtie.market.entitlement import weighed
from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Request
from gridtie.market.scoring import tariff_of
from gridtie.market.start_window import CHEAPEST, FIRST, Window
from gridtie.market.tranches import raised
from gridtie.settings import Settings
from gridtie.store.unit import Unit
from gridtie.values.ids import ResourceId
from gridtie.values.money import parse_money
from gridtie.values.period import Period, from_us, to_text
from gridtie.values.rule_names import BEST_WELFARE, MAX_MIN, WEIGHING_RULES

POSTED_RULE = "posted-price"
BANK_RULE = "bank-rate"
TICKS_VALID = 2  # a tick that finds nothing to do keeps no round: older prices say nothing about now
REQUESTS_MAX, PER_KIND_MAX = 2048, 512  # that a tick looks at; 10,000 would hold the writer for 25 s


def rule_of(settings: Settings, mode: str, *, pinned: bool) -> str:
    """Certifications, and requests that wait for no tick, are served at posted prices; withdrawals at the rate."""
    if mode == "bank":
        return BANK_RULE
    return POSTED_RULE if pinned or mode == "posted" else settings.auction_rule


def sought_by(settings: Settings, request: Request) -> str:
    """Which start in its window a booking gets: the first where waiting decides, and prices do not, else the
    cheapest."""
    by_time = settings.auction_rule == MAX_MIN or (
        settings.auction_rule == BEST_WELFARE and settings.auction_mode == "wait"
    )
    return FIRST if request.mode == "auction" and by_time else CHEAPEST


def requests_of(unit: Unit, settings: Settings, mode: str, *, pinned: bool) -> tuple[Request, ...]:
    if rule_of(settings, mode, pinned=pinned) != BEST_WELFARE:
        return tuple(unit.market.queue(mode=mode, pinned=pinned))
    return tuple(
        request
        for kind in (mode, "posted")
        for request in unit.market.queue(mode=kind, pinned=False, limit=REQUESTS_MAX, per_kind=PER_KIND_MAX)
    )


def parameters_of(
    unit: Unit, exchange: Exchange, rule: str, requests: Sequence[Request], during: Period | None = None,
    window: Window | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`during`: of capacity that is booked for then, picked in a `window`, which has neither slots nor the prices of
    now."""
    made = moving_terms(exchange, requests)
    if during is not None:
        made["booking"] = {"from": to_text(during.start), "until": to_text(during.end)}
        made["booking"] |= {} if window is None else window.to_json()
    if rule not in WEIGHING_RULES:
        return made
    made |= fair_parameters(unit, exchange, requests)
    if rule != BEST_WELFARE:
        return made
    if during is not None:
        settings = exchange.settings
        return made | {"mode": settings.auction_mode, "engine": {"sweeps": settings.auction_sweeps}}
    return made | _of_engine(unit, exchange.settings)


def moving_terms(exchange: Exchange, requests: Sequence[Request]) -> dict[str, Any]:
    """What moving their data costs here; nothing where it costs nothing."""
    settings, made = exchange.settings, dict[str, Any]()
    if per_gb := parse_money(settings.transfer_per_gb):
        made["transfer_price_per_gb"] = per_gb
    hubs = sorted({origin.hub for request in requests for origin in request.origins})
    per_way, speed = parse_money(settings.transfer_per_gb_1000_km), settings.transfer_mbit_s * 1_000_000 // 8
    if hubs and (per_way or speed):
        made["transport"] = {"per_gb_1000_km": per_way, "bytes_per_s": speed,
                             "ways": {hub: exchange.places.ways(hub) for hub in hubs}}  # fmt: skip
    return made


def may_displace(settings: Settings, rule: str) -> bool:
    """Only where bids are money and are for now: with several slots running work is fixed load."""
    return rule == BEST_WELFARE and settings.auction_mode == "welfare" and settings.auction_slots == 1


def _of_engine(unit: Unit, settings: Settings) -> dict[str, Any]:
    """Of a round of the large engine; they are part of its book, so a replay computes with the same."""
    engine: dict[str, Any] = {"sweeps": settings.auction_sweeps}
    if (before := _fresh_prices(unit, settings)) is not None:
        engine["prices_before"] = before
    made: dict[str, Any] = {"mode": settings.auction_mode, "engine": engine}
    if settings.auction_slots > 1:
        made |= {"slots": settings.auction_slots, "slot_us": settings.auction_slot_s * 1_000_000,
                 "busy_until": busy_until(unit)}  # fmt: skip
    return made


def busy_until(unit: Unit) -> dict[str, dict[str, str]]:
    """{resource: {machine: when it should be free}}, if each run takes as long as it is expected to there, by the
    certificate, and no longer than its time limit."""
    capacities = {one.resource: one for one in unit.market.pools()}
    tariff = tariff_of(Book(round="", at=unit.at, offers=(), capacities=capacities, requests=()))

    def lasts_us(request: Request, resource: ResourceId, alternative: int) -> int:
        there = capacities.get(resource)  # None: its site is no longer active
        run_us = request.expected_us if there is None else tariff.run_us(request, there, alternative)
        return run_us if request.limit_us is None else min(run_us, request.limit_us)

    return unit.market.busy_until(lasts_us)


def posted(unit: Unit, exchange: Exchange, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The offers as they are sold between two ticks: at what their units cost at the last one, if that is more."""
    before = prices_between(unit, exchange.settings)
    if before is None:
        return offers
    unit_prices = {pool: prices[0] for pool, prices in before["pools"].items()} | before.get("paid", {})
    return tuple(raised(offer, int(unit_prices.get(offer.resource, 0))) for offer in offers)


def priced_at(unit: Unit, exchange: Exchange) -> Mapping[str, datetime]:
    """By pool, when the tick was whose price is the least that is paid there until the next one."""
    if prices_between(unit, exchange.settings) is None:
        return {}
    kept = _valid_prices(unit, exchange.settings)
    return {} if kept is None else {pool: from_us(us) for pool, us in kept["since"].items()}


def prices_between(unit: Unit, settings: Settings) -> Mapping[str, Any] | None:
    """What was paid at the last tick, where that is the least that posted requests pay until the next one."""
    if settings.auction_rule != BEST_WELFARE or settings.auction_mode != "welfare":
        return None
    return _fresh_prices(unit, settings)


def prices_to_keep(unit: Unit, settings: Settings, book: Book, clearing: Clearing) -> Mapping[str, Any] | None:
    """Per hour, of the first slot: for the round after this, and for what is sold until then. Where bids are weighed
    prices are no money, so what is sold until then costs the most that anybody paid there. A pool that was full, and so
    had no price, keeps that of the tick before, and `since` when it had it: who comes as it gets free is not sold it
    for less than those who wait.
    """
    hour_us, reckoning = 3_600_000_000, clearing.reckoning
    if reckoning is None or "booking" in book.parameters:
        return None
    paid: dict[str, int] = {price.resource: price.ask for price in reckoning.prices}
    for trade in clearing.trades:
        paid[trade.resource] = max(trade.price, paid.get(trade.resource, 0))
    kept, kept_paid = _of_full_pools(book, clearing)
    before = _valid_prices(unit, settings) if kept else None
    since = {} if before is None else {"since": {pool: before["since"][pool] for pool in kept}}
    return ({"paid": kept_paid | paid} if weighed(book) else {}) | since | {
        "memory_unit": reckoning.memory_unit,
        "disk_unit": reckoning.disk_unit,
        "pools": kept | {
            price.resource: [part[0] * hour_us // reckoning.slot_us
                             for part in (price.unit, price.core, price.memory, price.disk)]
            for price in reckoning.prices
        },
    }  # fmt: skip


def keep_full_prices(unit: Unit, settings: Settings, book: Book) -> None:
    """A tick that changes nothing keeps no round; what full pools cost holds on all the same while somebody waits."""
    kept, found = _valid_prices(unit, settings), unit.market.last_prices()
    if kept is None or found is None or "booking" in book.parameters:
        return
    full = {pool: unit.at_us for pool in kept["pools"] if (one := book.capacities.get(pool)) and not _free(one)}
    if full:
        _, document = found
        unit.market.keep_prices({**document, "seen": document.get("seen", {}) | full})


def _fresh_prices(unit: Unit, settings: Settings) -> Mapping[str, Any] | None:
    kept = _valid_prices(unit, settings)
    return None if kept is None else {key: value for key, value in kept.items() if key not in ("since", "seen")}


def _valid_prices(unit: Unit, settings: Settings) -> Mapping[str, Any] | None:
    """Of pools whose price was found, or that a tick has `seen` full, no longer ago than ticks are valid; with the time
    at which it was found."""
    found = unit.market.last_prices()
    if found is None:
        return None
    at_us, kept = found
    oldest = unit.at_us - TICKS_VALID * settings.tick_s * 1_000_000
    seen, since = kept.get("seen", {}), kept.get("since", {})
    pools = {pool: prices for pool, prices in kept["pools"].items() if max(at_us, seen.get(pool, at_us)) >= oldest}
    if not pools:
        return None
    paid = {"paid": {pool: paid for pool, paid in kept["paid"].items() if pool in pools}} if "paid" in kept else {}
    return {**kept, **paid, "pools": pools, "since": {pool: since.get(pool, at_us) for pool in pools}}


def _free(capacity: Capacity) -> bool:
    by_core = capacity.chip == "cpu"
    return any((machine.cpus if by_core else machine.accelerators) > 0 for machine in capacity.machines)


def _of_full_pools(book: Book, clearing: Clearing) -> tuple[dict[str, list[int]], dict[str, int]]:
    """(prices, the most paid) at the tick before, of pools that had nothing free at this one; in this one's parts."""
    reckoning, before = clearing.reckoning, book.parameters.get("engine", {}).get("prices_before")
    if reckoning is None or before is None:
        return {}, {}
    priced = {price.resource for price in reckoning.prices}
    full = [key for key, one in book.capacities.items()
            if key in before["pools"] and key not in priced and not _free(one)]  # fmt: skip
    prices = {}
    for key in full:
        unit, core, memory, disk = (int(part) for part in before["pools"][key])
        prices[str(key)] = [unit, core, memory * reckoning.memory_unit // int(before["memory_unit"]),
                            disk * reckoning.disk_unit // int(before["disk_unit"])]  # fmt: skip
    return prices, {str(key): before["paid"][key] for key in full if key in before.get("paid", {})}

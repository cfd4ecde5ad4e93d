"""The market as the faces show it."""

from collections.abc import Sequence
from typing import Any

from gridtie.flow.clear_market import load_book
from gridtie.flow.exchange import Exchange
from gridtie.flow.market_terms import posted, priced_at
from gridtie.flow.tell_nowhere import tell_nowhere
from gridtie.market.book import book_from_json, clearing_from_json
from gridtie.market.eligibility import Ineligible
from gridtie.market.explanation import CHANGE, why
from gridtie.market.fairness import Fairness
from gridtie.market.nowhere import CODE as NOWHERE
from gridtie.market.offer import Offer
from gridtie.market.rules.uniform_price import UniformPrice
from gridtie.market.tranches import now_on_sale
from gridtie.registry.open_hours import Opening
from gridtie.registry.parts import unit_of
from gridtie.store.journal import load
from gridtie.store.market import offer_of
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import from_us, to_text, to_the_second
from gridtie.views.reckoning import percent, reckoning_view, unit_hours


def offers_view(unit: Unit, exchange: Exchange, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """With what the next unit costs now: that may depend on how many are in use, and on what was paid at the last
    tick."""
    in_steps = any(offer.tranches for offer in offers)
    now = now_on_sale(offers, unit.market.capacities(lambda _: True)) if in_steps else tuple(offers)
    now = posted(unit, exchange, now)
    return [offer_view(offer, ask=next_of.price) for offer, next_of in zip(offers, now, strict=True)]


def offer_view(offer: Offer, *, ask: Micros | None = None) -> dict[str, Any]:
    listing = offer.listing
    return {
        "id": offer.id,
        "state": offer.state,
        "resource": offer.resource,
        "organisation": offer.owner,
        "chip": offer.chip,
        "hub": offer.hub or None,
        "price": format_money(offer.price),
        "tranches": [{"after": one.after, "price": format_money(one.price)} for one in offer.tranches],
        "price_now": format_money(offer.price if ask is None else ask),
        "unit": unit_of(offer.chip),
        "units_min": offer.units_min,
        "units_max": offer.units_max,
        "from": to_text(offer.window.start),
        "until": to_text(offer.window.end),
        "spot": offer.spot,
        "terms": offer.terms,
        "listing": None if listing is None else f"{listing.cloud} {listing.region} {listing.instance}",
        "listed_price": None if listing is None else f"{format_money(listing.price_per_hour)} {listing.currency}",
    }


def offer_named(unit: Unit, text: str) -> Offer:
    """By id or a unique start of it, whoever owns it. Raises NotFound, Ambiguous."""
    return offer_of(unit.market.offer_row(unit.market.find_offer(text)))


def market_view(unit: Unit, exchange: Exchange) -> dict[str, Any]:
    """Products (chip, hub, isolation) with the lowest price that is paid for one on arrival, the time of the tick that
    found it where it is above what is asked, the lowest that is asked, and what is free of them now: to others than its
    owner, where he lends by the hour."""
    book = load_book(unit, exchange, (), rule=UniformPrice.name)  # as it is asked
    now = {offer.id: offer.price for offer in posted(unit, exchange, book.offers)}
    ticks = priced_at(unit, exchange)
    products: dict[tuple[str, str, str], dict[str, Any]] = {}
    seen: set[str] = set()
    shut: dict[tuple[str, str, str], Opening] = {}  # of each the first that opens
    for offer in book.offers:
        capacity = book.capacities.get(offer.resource) if offer.resource else None
        if capacity is None or not offer.window.contains(book.at):
            continue
        key = (capacity.chip, capacity.hub, capacity.isolation)
        row = products.setdefault(
            key,
            {"price": None, "ask": offer.price, "priced_at": None, "units_free": 0, "units_closed": 0,
             "units_total": 0, "offers": 0},
        )  # fmt: skip
        if row["price"] is None or now[offer.id] < row["price"]:
            tick = ticks.get(capacity.resource) if now[offer.id] > offer.price else None
            row["price"], row["priced_at"] = now[offer.id], None if tick is None else to_text(tick)
        row["ask"] = min(row["ask"], offer.price)
        row["offers"] += 1
        if capacity.resource in seen:
            continue
        seen.add(capacity.resource)
        by_core = capacity.chip == "cpu"
        row["units_total"] += sum(m.cpus if by_core else m.accelerators for m in capacity.machines_total)
        if not (capacity.connected and capacity.in_market):
            continue
        lent = capacity.opening
        closed = lent is not None and lent.begins > book.at
        if lent is not None and closed:
            shut[key] = min(shut.get(key, lent), lent, key=lambda one: (one.begins, one.opens))
        free = sum(m.cpus if by_core else m.accelerators for m in capacity.machines)
        row["units_closed" if closed else "units_free"] += free
    items = [
        {
            "chip": chip,
            "hub": hub,
            "isolation": isolation,
            **row,
            "price": format_money(row["price"]),
            "ask": format_money(row["ask"]),
            "opens": shut[chip, hub, isolation].opens if (chip, hub, isolation) in shut else None,
        }
        for (chip, hub, isolation), row in sorted(products.items())
    ]
    newest = unit.market.rounds(before=None, limit=1)
    last = _round_row(newest[0]) if newest else None
    return {"products": items, "last_round": last, "currency": exchange.settings.currency,
            "fairness": _choices(exchange.fairness)}  # fmt: skip


def _choices(fairness: Fairness) -> dict[str, Any] | None:
    if fairness == Fairness():
        return None
    scale, tokens = fairness.credit_scale, fairness.tokens
    hours = {chip: format_money(counts) for chip, counts in fairness.hours.items()}
    return {
        "weights": dict(fairness.weights),
        "credits": {"scale": scale, "hours": hours} if scale else None,
        "tokens": None if tokens is None else {
            "refresh": format_money(tokens.refresh), "every_hours": int(tokens.every.total_seconds()) // 3600,
            "carry_over": format_money(tokens.carry_over),
        },
    }  # fmt: skip


def _round_row(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "rule": row.rule,
        "at": to_text(from_us(row.at_us)),
        "trades": row.trades,
        "refusals": row.refusals,
        "book_digest": row.book_digest,
        "digest": row.digest,
    }


def rounds_page(unit: Unit, *, before: int | None, limit: int) -> dict[str, Any]:
    """With what each sold and how near it came to the best: reads every result, so not for the event loop."""
    rows = unit.market.rounds(before=before, limit=limit + 1)
    following = str(rows[limit - 1].number) if len(rows) > limit else None
    return {"items": [_round_line(unit, row) for row in rows[:limit]], "next": following}


def _round_line(unit: Unit, row: Any) -> dict[str, Any]:
    clearing = load(unit.market.clearing(row.number).decode())
    reckoning = clearing.get("reckoning")
    return {
        **_round_row(row),
        "units": sum(trade["units"] for trade in clearing["trades"]),
        "volume_unit_hours": None if reckoning is None else unit_hours(reckoning["volume_unit_us"]),
        "gap_percent": None if reckoning is None else percent(reckoning["gap_ppm"]),
    }


def round_view(unit: Unit, number: int) -> dict[str, Any]:
    """Prices, volume, refusals by cause and the reckoning: what everybody may know of a round."""
    row, book, clearing = unit.market.round(number)
    document = load(clearing.decode())
    causes: dict[str, int] = {}
    for refusal in document["refusals"]:
        causes[refusal["code"]] = causes.get(refusal["code"], 0) + 1
    prices = [{**price, "price": format_money(int(price["price"]))} for price in document["prices"]]
    reckoning = clearing_from_json(document).reckoning
    seen = load(book.decode())
    sites = {key: capacity["site_name"] for key, capacity in seen["capacities"].items()}
    return {
        **_round_row(row),
        "prices": prices,
        "refused_because": causes,
        "fairness": _fairness(seen["parameters"]),
        "reckoning": None if reckoning is None else reckoning_view(reckoning, sites),
    }


def _fairness(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """Whose bids were weighed is for those who may replay the round; everybody may know how."""
    if not parameters.keys() & {"fair_weights", "fair_credits"}:
        return None
    return {"weights": sorted(parameters.get("fair_weights", {}).values()),
            "credits_counted": "fair_credits" in parameters,
            "credit_scale": parameters.get("fair_credit_scale")}  # fmt: skip


def round_full(unit: Unit, number: int) -> dict[str, Any]:
    row, book, clearing = unit.market.round(number)
    return {**_round_row(row), "book": load(book.decode()), "clearing": load(clearing.decode())}


def _displaced(unit: Unit, job: JobId, *, but: int) -> list[str]:
    """The last time that a higher bid took its place, where this round is not the one."""
    rounds = [run.displaced for run in unit.runs.of_job(job) if run.displaced not in (None, but)]
    if not rounds:
        return []
    row, book, clearing = unit.market.round(rounds[-1])
    seen = book_from_json(load(book.decode()))
    held = next(running.request for running in seen.running if running.request.job == job)
    lines = why(held, seen, clearing_from_json(load(clearing.decode())), row.rule)["lines"]
    return [f"before that, at {to_the_second(from_us(row.at_us))}:", *lines]


def _wall(unit: Unit, exchange: Exchange, job: JobId) -> Ineligible | None:
    """Why no site here could take it as they stand, while it waits for one."""
    row = unit.market.request_row(job)
    return tell_nowhere(unit, exchange, unit.market.request_of(job)) if row.state in ("open", "waiting") else None


def _in_words(wall: Ineligible | None) -> list[str]:
    return [] if wall is None else [wall.reason, f"{CHANGE}{wall.change}"]


def _wall_json(wall: Ineligible | None) -> dict[str, Any] | None:
    return None if wall is None else {"code": wall.code, "reason": wall.reason, "change": wall.change}


def explain_job(unit: Unit, exchange: Exchange, job: JobId) -> dict[str, Any]:
    """From the round that decided it last; a job that no round has seen yet says so."""
    number = unit.market.last_round_of(job)
    row = unit.jobs.row(job)
    wall = _wall(unit, exchange, job)
    if number is None:
        known = row.reason if row.reason_code != NOWHERE else ""  # said at submit: since then sites may have joined
        words = [known or ("no round of the market has looked at it yet" if wall is None else wall.reason)]
        words += [line for line in _in_words(wall) if line not in words[0]]
        if not exchange.engine.ready and unit.market.request_row(job).mode == "auction":
            words.append("ticks wait until the clearing engine is compiled: see what the exchange prints")
        lines = [f"{row.name} is {row.state}: {words[0]}", *words[1:]]
        return {"lines": lines, "data": {"round": None, "nowhere": _wall_json(wall)}}
    seen, book_bytes, clearing_bytes = unit.market.round(number)
    book, clearing = book_from_json(load(book_bytes.decode())), clearing_from_json(load(clearing_bytes.decode()))
    known = (*book.requests, *(running.request for running in book.running))
    request = next((r for r in known if r.job == job), None) or unit.market.request_of(job)
    told = why(request, book, clearing, seen.rule)
    told["data"]["nowhere"] = _wall_json(wall)
    advised = [line for line in told["lines"] if wall is None or not line.startswith(CHANGE)]  # not twice
    told["lines"] = [*_in_words(wall), *advised, *_displaced(unit, job, but=number)]
    if not told["data"]["traded"] and row.state in ("cancelled", "failed"):
        told["lines"].insert(0, f"{row.name} is {row.state}: {row.reason}; the last round that looked at it:")
    return told

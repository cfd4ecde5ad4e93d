"""Books and clearings as canonical JSON, so that a round can be stored, signed and computed again byte for byte.

Integers that a double does not carry (an absurd price, a long gang's micro-units) are written as strings of digits:
whatever a member may ask for, the round that reads it can be stored.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from gridtie.market.clearing import (
    Book,
    Clearing,
    Depth,
    Displaced,
    Planned,
    PoolPrice,
    ProductPrice,
    Reckoning,
    Refusal,
    Running,
    SellerShare,
    Trade,
)
from gridtie.market.offer import Booked, Capacity, Listing, MachineShape, Offer, Tranche
from gridtie.market.request import Alternative, Needs, Origin, Request, Rest
from gridtie.registry.open_hours import Opening
from gridtie.values.canonical import SAFE_INTEGER_MAX
from gridtie.values.ids import ResourceId, SiteId
from gridtie.values.period import Period, from_text, to_text

_WHOLE = frozenset(
    {
        "price", "price_per_hour", "spot_price_per_hour", "max_hourly_cost", "max_price", "max_total",
        "unit_price_cap", "expected_us", "limit_us", "max_latency_us", "latency_us", "score", "transfer_bytes",
        "memory_bytes",
        "disk_bytes", "chip_memory_bytes", "unit_us", "amount", "transfer_price_per_gb",
        "ask", "unit", "core", "memory", "disk", "bound", "welfare", "forgone", "unsold", "made_whole",
        "volume_unit_us", "paid", "lost_us", "size_bytes", "per_gb_1000_km", "longest_us",
    }
)  # fmt: skip


def offer_to_json(offer: Offer) -> dict[str, Any]:
    data = _plain(offer)
    data["window"] = [to_text(offer.window.start), to_text(offer.window.end)]
    return data if offer.tranches else {key: value for key, value in data.items() if key != "tranches"}


def offer_from_json(data: Mapping[str, Any]) -> Offer:
    start, end = data["window"]
    listing = data.get("listing")
    values = {**data, "window": Period(from_text(start), from_text(end))}
    tranches = tuple(Tranche(**tranche) for tranche in data.get("tranches", ()))
    return Offer(**{**values, "listing": Listing(**listing) if listing else None, "tranches": tranches})


def request_to_json(request: Request) -> dict[str, Any]:
    data = _plain(request)
    data["arrived_at"] = to_text(request.arrived_at)
    data["deadline"] = to_text(request.deadline) if request.deadline else None
    for name in ("start_at", "start_by"):
        data[name] = to_text(data[name]) if data[name] else None
    if not request.needs.variants and request.needs.plain:  # said only where it says something
        del data["needs"]["variants"], data["needs"]["plain"]
    for name in ("images", "data_sites", "data_at", "guarded", "contracts", "interactive"):
        if not data["needs"][name]:
            del data["needs"][name]
    rests = data["needs"].pop("resting")
    if rests:
        data["needs"]["resting"] = [{"site": rest["site"], "until": to_text(rest["until"])} for rest in rests]
    silent = ("origins", "start_at", "start_by", "limit_us")
    return {key: value for key, value in data.items() if value or key not in silent}


def request_from_json(data: Mapping[str, Any]) -> Request:
    values = dict(data)
    values["needs"] = needs_from_json(data["needs"])
    values["arrived_at"] = from_text(data["arrived_at"])
    values["deadline"] = from_text(data["deadline"]) if data.get("deadline") else None
    for name in ("start_at", "start_by"):
        values[name] = from_text(data[name]) if data.get(name) else None
    values["origins"] = tuple(Origin(**item) for item in data.get("origins", ()))
    return Request(**values)


def needs_from_json(data: Mapping[str, Any]) -> Needs:
    values = _tuples(Needs, data)
    values["alternatives"] = tuple(Alternative(**_tuples(Alternative, item)) for item in data["alternatives"])
    values["images"] = tuple((stack, image) for stack, image in data.get("images", ()))
    rests = data.get("resting", ())
    values["resting"] = tuple(Rest(site=SiteId(rest["site"]), until=from_text(rest["until"])) for rest in rests)
    return Needs(**values)


def capacity_to_json(capacity: Capacity) -> dict[str, Any]:
    data = _plain(capacity)
    data["booked"] = [one | {"start": to_text(one["start"]), "end": to_text(one["end"])} for one in data["booked"]]
    if (opening := data["opening"]) is not None:
        marks = {name: to_text(opening[name]) for name in ("begins", "ends", "again") if opening[name]}
        data["opening"] = {name: value for name, value in (opening | marks).items() if value not in (None, "")}
    usual = {"booked": [], "bookable": True, "stack": "", "images": False, "queue_wait_s": None, "work_classes": [],
             "opening": None}  # fmt: skip
    return {key: value for key, value in data.items() if key not in usual or value != usual[key]}


def capacity_from_json(data: Mapping[str, Any]) -> Capacity:
    values = _tuples(Capacity, data)
    for name in ("machines", "machines_total"):
        values[name] = tuple(MachineShape(**machine) for machine in data[name])
    values["booked"] = tuple(
        Booked(**{**one, "start": from_text(one["start"]), "end": from_text(one["end"])})
        for one in data.get("booked", ())
    )
    if (opening := data.get("opening")) is not None:
        marks = {name: from_text(opening[name]) for name in ("begins", "ends", "again") if name in opening}
        values["opening"] = Opening(**{"ends": None, **opening, **marks})
    return Capacity(**values)


def book_to_json(book: Book) -> dict[str, Any]:
    running = {"running": [_written(running_to_json(one)) for one in book.running]} if book.running else {}
    return {
        "round": book.round,
        "at": to_text(book.at),
        "offers": [_written(offer_to_json(offer)) for offer in book.offers],
        "capacities": {key: _written(capacity_to_json(capacity)) for key, capacity in book.capacities.items()},
        "requests": [_written(request_to_json(request)) for request in book.requests],
        "parameters": _written(book.parameters),
        **running,
        **({"version": book.version} if book.version > 1 else {}),
    }


def book_from_json(document: Mapping[str, Any]) -> Book:
    data = _read(document)
    return Book(
        round=data["round"],
        at=from_text(data["at"]),
        offers=tuple(offer_from_json(item) for item in data["offers"]),
        capacities={ResourceId(key): capacity_from_json(item) for key, item in data["capacities"].items()},
        requests=tuple(request_from_json(item) for item in data["requests"]),
        parameters=dict(data["parameters"]),
        running=tuple(running_from_json(item) for item in data.get("running", ())),
        version=data.get("version", 1),
    )


def running_to_json(running: Running) -> dict[str, Any]:
    return {**_plain(running), "request": request_to_json(running.request)}


def running_from_json(data: Mapping[str, Any]) -> Running:
    return Running(**{**_tuples(Running, data), "request": request_from_json(data["request"])})


def trade_to_json(trade: Trade) -> dict[str, Any]:
    return {key: _written(value) for key, value in _plain(trade).items()}


def clearing_to_json(clearing: Clearing) -> dict[str, Any]:
    """What only the large engine says is left out of other rules' rounds, who is displaced where nobody is, and what
    earlier versions did not say."""
    optional = ("reckoning", "displaced", "fixed", "owners_first", "owners_last")
    made = {key: _written(value) for key, value in _plain(clearing).items() if value or key not in optional}
    for depth in made.get("reckoning", {}).get("depth", ()):
        if depth["price"] is None:
            del depth["price"]
    return made


def clearing_from_json(document: Mapping[str, Any]) -> Clearing:
    data = _read(document)
    return Clearing(
        trades=tuple(Trade(**_tuples(Trade, item)) for item in data["trades"]),
        refusals=tuple(Refusal(**_tuples(Refusal, item)) for item in data["refusals"]),
        prices=tuple(ProductPrice(**item) for item in data["prices"]),
        shares=tuple(SellerShare(**item) for item in data.get("shares", ())),
        reckoning=_reckoning(data["reckoning"]) if data.get("reckoning") else None,
        displaced=tuple(Displaced(**_tuples(Displaced, item)) for item in data.get("displaced", ())),
        **{name: tuple(data.get(name, ())) for name in ("fixed", "owners_first", "owners_last")},
    )


def _reckoning(data: Mapping[str, Any]) -> Reckoning:
    values = _tuples(Reckoning, data)
    values["prices"] = tuple(PoolPrice(**_tuples(PoolPrice, item)) for item in data["prices"])
    values["planned"] = tuple(Planned(**item) for item in data["planned"])
    values["depth"] = tuple(Depth(**_tuples(Depth, item)) for item in data["depth"])
    return Reckoning(**values)


def _plain(value: Any) -> Any:
    """As dataclasses.asdict, without its deep copies: what is in a book does not change."""
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _tuples(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Lists become tuples; a key this version does not know is left out."""
    known = {field.name for field in fields(kind)}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key in known}


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return str(value) if isinstance(value, int) and abs(value) > SAFE_INTEGER_MAX else value


def _read(value: Any, name: str = "") -> Any:
    """The reverse: digits under the name of a whole number, or in the terms of a cost, are one."""
    if isinstance(value, Mapping):
        return {key: _read(item, "amount" if name == "cost_terms" else key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_read(item, name) for item in value]
    digits = isinstance(value, str) and name in _WHOLE and value.isascii() and value.removeprefix("-").isdecimal()
    return int(value) if digits else value

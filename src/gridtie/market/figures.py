"""The figures of a book, held before any rule sees it: a sum that makes no sense would price everybody else's.

What people send is held at the rim, with line and column; this is for books that come from elsewhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from gridtie.errors import InvalidBook
from gridtie.market.clearing import Book, Clearing, ClearingRule
from gridtie.market.offer import Offer
from gridtie.market.request import Needs, Request

_OF_REQUEST = ("expected_us", "transfer_bytes")
_OR_NONE = ("max_price", "max_total", "unit_price_cap", "limit_us")
_OF_ALTERNATIVE = ("accelerators", "cpus", "memory_bytes", "disk_bytes", "chip_memory_bytes")
_OF_ENGINE = ("passes", "warm_passes", "sweeps", "gap_ppm")


class InFigures:
    """Any rule, with the figures of its book held first. Raises InvalidBook, naming the figure."""

    def __init__(self, rule: ClearingRule) -> None:
        self.rule = rule
        self.name = rule.name

    def __call__(self, book: Book) -> Clearing:
        _once("requests", (request.id for request in book.requests))
        _once("offers", (offer.id for offer in book.offers))
        seen: set[int] = set()  # many requests have their needs in common
        for request in book.requests:
            _request(request)
            if id(request.needs) not in seen:
                seen.add(id(request.needs))
                _needs(request.needs, request.id)
        for offer in book.offers:
            _offer(offer)
        engine = book.parameters.get("engine", {})
        for name in _OF_ENGINE if isinstance(engine, Mapping) else ():
            _whole(engine.get(name, 0), "engine", name)
        return self.rule(book)


def _request(request: Request) -> None:
    for name in _OF_REQUEST:
        _whole(getattr(request, name), request.id, name)
    for name in _OR_NONE:
        if (value := getattr(request, name)) is not None:
            _whole(value, request.id, name)
    for origin in request.origins:
        _whole(origin.size_bytes, request.id, "origins")


def _needs(needs: Needs, of: str) -> None:
    _whole(needs.machines, of, "machines")
    for wanted in needs.alternatives:
        for name in _OF_ALTERNATIVE:
            _whole(getattr(wanted, name), of, name)
        if wanted.max_hourly_cost is not None:
            _whole(wanted.max_hourly_cost, of, "max_hourly_cost")


def _offer(offer: Offer) -> None:
    _whole(offer.price, offer.id, "price")
    for tranche in offer.tranches:
        _whole(tranche.price, offer.id, "tranches")


def _whole(value: Any, of: str, name: str) -> None:
    if type(value) is not int or value < 0:
        _refuse(f"{of}.{name}", f"it is a whole number from 0 on, not {str(value)[:40]}")


def _once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in ids:
        if key in seen:
            _refuse(f"{what}[{key}]", "it stands there twice")
        seen.add(key)


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidBook(field=field, message=message)

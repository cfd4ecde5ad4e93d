"""The file in which an owner describes a dataset, in TOML: its card, terms and price; every problem at its place.

title = "Court decisions 2024"
description = "…"
licence = "CC-BY-4.0"            a name of the SPDX list, or words
languages = ["zh", "en"]
grade = 3                        of GB/T 42460, 1 to 4

[terms]
purposes = ["training"]
places = ["CN"]
delivery = "compute"             copy, compute

[terms.release]                  what may leave a job at the data
files = ["metrics.json"]

[price]
kind = "access"                  free, flat, access, record
amount = "2.50"

[[source]]                       as in the sources of a cleaning
name = "court decisions"
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from gridtie.data.dataset import FREE, GRADES, PRICES, Card, Origin, Price
from gridtie.data.terms import COPY, DELIVERIES, Release, Terms
from gridtie.errors import InvalidInput, Problem
from gridtie.registry.places import PLACE
from gridtie.tomltext import TomlReader
from gridtie.values.money import Micros, parse_money

NAME = r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?"
TEXT_MAX, LIST_MAX = 10_000, 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CARD = ("title", "description", "licence", "languages", "keywords", "grade", "contact", "personal", "uses", "limits",
         "open", "terms", "price", "source")  # fmt: skip
_TERMS = ("purposes", "recipients", "places", "not_before", "not_after", "count", "delivery", "derive",
          "redistribute", "delete_after_days", "release")  # fmt: skip
_RELEASE = ("files", "files_max", "bytes_max", "figures")
_ORIGIN = ("name", "kind", "licence", "record")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    card: Card
    terms: Terms
    price: Price
    open: bool

    def with_origins(self, origins: Sequence[Origin]) -> "CardFile":
        """Those of a cleaning report, where the card names none."""
        if self.card.origins or not origins:
            return self
        return replace(self, card=replace(self.card, origins=tuple(origins)))


def check_name(name: str) -> str:
    """Lower-case letters, digits, '.', '_' and '-': it is part of addresses. Raises InvalidInput."""
    if not re.fullmatch(NAME, name) or ".." in name:
        message = f"{name!r} must be 1 to 64 lower-case letters, digits, and '.', '_' or '-' inside"
        raise InvalidInput(source="dataset", problems=[Problem(message, path="name")])
    return name


def read_card(text: str, *, source: str, hubs: Collection[str]) -> CardFile:
    """Raises InvalidInput with every problem."""
    reader = _Card(text, source=source)
    reader.only(reader.data, _CARD)
    for key, value in reader.data.items():
        if not _plain(value):
            reader.wrong(f"{key} holds a control character", key)
    terms = _terms(reader, hubs)
    made = CardFile(
        card=_card(reader),
        terms=terms,
        price=_price(reader),
        open=reader.flag("", "open", False),
    )
    _consistent(reader, made)
    reader.done()
    return made


def _plain(found: Any) -> bool:
    """Whether its texts are without signs that no line of text has."""
    if isinstance(found, Mapping):
        return all(map(_plain, found.values()))
    if isinstance(found, list):
        return all(map(_plain, found))
    return not (isinstance(found, str) and _CONTROL.search(found))


class _Card(TomlReader):
    """Values of one kind each; what is wrong is noted and read as if it were not there."""

    def among(self, table: str) -> Mapping[str, Any]:
        found: Any = self.data
        for name in filter(None, table.split(".")):
            found = found.get(name, {})
            if not isinstance(found, Mapping):
                self.wrong(f"{table} is a table: write [{table}] above its keys", table)
                return {}
        return found if isinstance(found, Mapping) else {}

    def value(self, table: str, key: str, kind: type, usual: Any, words: str) -> Any:
        found = self.among(table).get(key, usual)
        if found is usual or (isinstance(found, kind) and not (kind is int and isinstance(found, bool))):
            return found
        self.wrong(f"{key} is {words}", table or key, key if table else "")
        return usual

    def text(self, table: str, key: str, usual: str | None = "", at_most: int = TEXT_MAX) -> str:
        if key not in self.among(table) and usual is None:
            self.wrong(f"{key} is missing", table or key, key if table else "")
        found = str(self.value(table, key, str, usual or "", "a text"))
        if len(found) > at_most:
            self.wrong(f"{key} is longer than {at_most} characters", table or key, key if table else "")
        return found.strip()

    def texts(self, table: str, key: str, usual: Sequence[str] = ()) -> tuple[str, ...]:
        found = self.value(table, key, list, list(usual), "a list of texts")
        if len(found) > LIST_MAX or not all(isinstance(one, str) and one.strip() for one in found):
            self.wrong(f"{key} is a list of at most {LIST_MAX} texts", table or key, key if table else "")
            return tuple(usual)
        return tuple(dict.fromkeys(one.strip() for one in found))

    def count(self, table: str, key: str, usual: int | None, low: int = 1, high: int = 1 << 50) -> int | None:
        found = self.value(table, key, int, usual, "a whole number")
        if found is not None and not low <= found <= high:
            self.wrong(f"{key} lies between {low} and {high}", table or key, key if table else "")
            return usual
        return None if found is None else int(found)

    def flag(self, table: str, key: str, usual: bool) -> bool:
        return bool(self.value(table, key, bool, usual, "true or false"))

    def time(self, table: str, key: str) -> datetime | None:
        found = self.value(table, key, datetime, None, "a time with a zone, as 2026-12-31T00:00:00Z")
        if found is not None and found.tzinfo is None:
            self.wrong(f"{key} has no time zone; write it with a trailing Z", table, key)
            return None
        return None if found is None else found.astimezone(UTC)


def _card(reader: _Card) -> Card:
    grade = reader.count("", "grade", None, min(GRADES), max(GRADES))
    return Card(
        title=reader.text("", "title", None, 200),
        description=reader.text("", "description", None),
        licence=reader.text("", "licence", None, 200),
        languages=reader.texts("", "languages"),
        keywords=reader.texts("", "keywords"),
        grade=grade,
        contact=reader.text("", "contact", at_most=200),
        personal=reader.text("", "personal"),
        uses=reader.texts("", "uses"),
        limits=reader.texts("", "limits"),
        origins=_origins(reader),
    )


def _origins(reader: _Card) -> tuple[Origin, ...]:
    listed = reader.data.get("source", [])
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed) or len(listed) > LIST_MAX:
        reader.wrong(f"sources are at most {LIST_MAX} tables: write [[source]] above the keys of each", "source")
        return ()
    made = []
    for number, given in enumerate(listed, 1):
        reader.only(given, _ORIGIN, "source")
        texts = {key: given.get(key) for key in _ORIGIN}
        for key, value in texts.items():
            if not isinstance(value, str) or not value.strip():
                reader.wrong(f"source {number}: {key} is missing", "source", key)
        made.append(Origin(**{key: str(value) for key, value in texts.items()}))
    return tuple(made)


def _terms(reader: _Card, hubs: Collection[str]) -> Terms:
    given, release = reader.among("terms"), reader.among("terms.release")
    reader.only(given, _TERMS, "terms")
    reader.only(release, _RELEASE, "terms.release")
    delivery = reader.text("terms", "delivery", COPY)
    delivery = delivery or COPY
    if delivery not in DELIVERIES:
        reader.wrong(f"delivery is one of {', '.join(DELIVERIES)}", "terms", "delivery")
    places = reader.texts("terms", "places")
    for place in places:
        if place not in hubs and not re.fullmatch(PLACE, place):
            reader.wrong(f"{place!r} is no hub and no place; a place is CN, CN-52 or CN-520100", "terms", "places")
    usual = Release()
    return Terms(
        purposes=reader.texts("terms", "purposes"),
        recipients=reader.texts("terms", "recipients"),
        places=places,
        not_before=reader.time("terms", "not_before"),
        not_after=reader.time("terms", "not_after"),
        count=reader.count("terms", "count", None),
        delivery=delivery,
        derive=reader.flag("terms", "derive", True),
        redistribute=reader.flag("terms", "redistribute", False),
        delete_after_days=reader.count("terms", "delete_after_days", None, 0, 36_500),
        release=Release(
            files=reader.texts("terms.release", "files", usual.files),
            files_max=reader.count("terms.release", "files_max", usual.files_max) or usual.files_max,
            bytes_max=reader.count("terms.release", "bytes_max", usual.bytes_max) or usual.bytes_max,
            figures=reader.flag("terms.release", "figures", usual.figures),
        ),
    )


def _price(reader: _Card) -> Price:
    given = reader.among("price")
    reader.only(given, ("kind", "amount"), "price")
    kind = reader.text("price", "kind") or FREE
    if kind not in PRICES:
        reader.wrong(f"kind is one of {', '.join(PRICES)}", "price", "kind")
        return Price()
    text = reader.text("price", "amount") or "0"
    try:
        amount = parse_money(text)
    except ValueError:
        reader.wrong(f'{text!r} is no amount; write it as "2.50"', "price", "amount")
        return Price()
    if amount < 0 or (amount > 0) != (kind != FREE):
        reader.wrong("free data costs nothing, other data more than nothing", "price", "amount")
    return Price(kind=kind, amount=Micros(amount))


def _consistent(reader: _Card, made: CardFile) -> None:
    terms = made.terms
    limited = terms.purposes or terms.recipients or terms.count or terms.delivery != COPY or terms.places
    if made.open and (limited or made.price.kind != FREE):
        reader.wrong("open data is free and limits neither purpose, recipient, place, count nor delivery", "open")
    if made.card.grade == 1 and not terms.places:
        reader.wrong("data that says who somebody is (grade 1) names the places it may not leave", "terms", "places")
    if terms.not_before and terms.not_after and terms.not_after <= terms.not_before:
        reader.wrong("not_after is not after not_before", "terms", "not_after")

"""A record as it was read, and the texts within it: where personal data can stand, and in what company."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span

SHORT = 200  # code points up to which a field's name counts as context: {"phone": "…"}
LEAST, MOST = 10**4, 10**20  # whole numbers that are looked at as texts
Place = tuple[str | int, ...]
Leaves = Sequence[tuple[Place, str]]


def leaves(record: Any) -> list[tuple[Place, str]]:
    """Every text of a record with its place, in order: keys of objects are no texts, their values are, and so are whole
    numbers long enough to be somebody's, and days. So are bytes that are a text, for many
    writers of Parquet mark none as one."""
    found: list[tuple[Place, str]] = []
    _gather(record, (), found)
    return found


def _gather(record: Any, at: Place, found: list[tuple[Place, str]]) -> None:
    if isinstance(record, str):
        found.append((at, record))
    elif isinstance(record, (int, float, Decimal)):
        if text := _digits(record):
            found.append((at, text))
    elif isinstance(record, date):
        if text := _day(record):
            found.append((at, text))
    elif isinstance(record, bytes):
        if text := _said(record):
            found.append((at, text))
    elif isinstance(record, dict):
        for key, value in record.items():
            _gather(value, (*at, key), found)
    elif isinstance(record, (list, tuple)):  # a map of Parquet is a list of pairs
        for number, value in enumerate(record):
            _gather(value, (*at, number), found)


def _digits(number: float | Decimal) -> str:
    """Of a whole number with as many digits as a rule looks for; a column with gaps is often read as 13800138000.0."""
    if isinstance(number, bool) or not LEAST <= (number if number > 0 else -number) < MOST or number != int(number):
        return ""
    return str(int(number))


def _day(when: date) -> str:
    """As a text has it; of a moment within a day nothing, for that is no day of birth."""
    if isinstance(when, datetime):
        return when.date().isoformat() if when.time() == time() else ""
    return when.isoformat()


def _said(raw: bytes) -> str:
    try:
        return "" if b"\0" in raw else raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def with_leaves(record: Any, change: Callable[[Place, str], str], *, typed: bool = False, at: Place = ()) -> Any:
    """The record with every text changed; everything else stays as it was read.

    `typed`: what was a number stays one, or becomes no value where the change left no number. A day that was changed
    becomes no value.
    """
    if isinstance(record, str):
        return change(at, record)
    if isinstance(record, int | float | Decimal):
        text = _digits(record)
        said = change(at, text) if text else text
        return record if said == text else (int(said) if said.isdecimal() else None) if typed else said
    if isinstance(record, date):
        text = _day(record)
        return record if not text or change(at, text) == text else None
    if isinstance(record, bytes):
        return change(at, text).encode("utf-8", "replace") if (text := _said(record)) else record
    if isinstance(record, dict):
        return {key: with_leaves(value, change, typed=typed, at=(*at, key)) for key, value in record.items()}
    if isinstance(record, list | tuple):
        inner = (with_leaves(value, change, typed=typed, at=(*at, number)) for number, value in enumerate(record))
        return type(record)(inner)
    return record


def keys(record: Any) -> Iterator[str]:
    """Every name in a record, of its fields and of the fields within them."""
    if isinstance(record, dict):
        yield from record
    if isinstance(record, (dict, list, tuple)):
        for value in record.values() if isinstance(record, dict) else record:
            if not isinstance(value, str):
                yield from keys(value)


def scan_leaves(scanner: Scanner, texts: Leaves) -> list[list[Span]]:
    """The spans of each text. The name of a short field stands before it, as a reader of the record would see it."""
    heads = [_head(place) if 0 < len(text) <= SHORT else "" for place, text in texts]
    found = scanner.scan_all([head + text for head, (_, text) in zip(heads, texts, strict=True)])
    return [_behind(len(head), spans) if head else spans for head, spans in zip(heads, found, strict=True)]


def _head(place: Place) -> str:
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    return f"{name}: " if name else ""


def _behind(start: int, spans: Sequence[Span]) -> list[Span]:
    return [
        Span(span.start - start, span.end - start, span.kind, span.score, span.rule)
        for span in spans
        if span.start >= start
    ]


def main_text(record: Any, field: str) -> str | None:
    """What the record is about, for language, quality and likeness: the field, or the record itself where it is a text.

    None where the record has no such text.
    """
    if isinstance(record, str):
        return record
    found = record.get(field) if isinstance(record, dict) else None
    return found if isinstance(found, str) else None

"""Results on stdout: a table for people; JSON, YAML, CSV or bare names for programs. Words go to stderr."""

import argparse
import csv
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from gridtie.errors import InvalidInput, Problem
from gridtie.values.period import to_the_second

T = TypeVar("T")
_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")  # as `to_text` writes it
FORMATS = ("table", "wide", "json", "yaml", "csv", "name")
_COLOURS = {
    "succeeded": "32", "active": "32", "valid": "32", "open": "32", "running": "36", "failed": "31", "lost": "31",
    "queued": "33", "placed": "33", "cancelled": "35", "pending": "33", "quarantined": "31",
}  # fmt: skip


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", choices=FORMATS, default="table", metavar="FORMAT",
                        help="table (default), wide (every column), json, yaml, csv or name")  # fmt: skip
    parser.add_argument("--columns", metavar="A,B", help="these columns, in this order")


def say(text: str) -> None:
    """A word for a person: stderr, so that stdout stays pure."""
    sys.stderr.write(plain(_timed(text)) + "\n")


def print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def structured(args: argparse.Namespace) -> bool:
    """Whether a program reads the answer, whole and as it is."""
    return args.output in ("json", "yaml")


def print_data(data: object, args: argparse.Namespace) -> None:
    if args.output != "yaml":
        print_json(data)
        return
    import yaml

    sys.stdout.write(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False))


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], args: argparse.Namespace) -> None:
    """A list in the format asked for; `columns` are the default ones of the table. Raises InvalidInput."""
    if structured(args):
        print_data(list(rows), args)
        return
    if args.output == "name":
        for row in rows:
            print(row.get("id") or row.get("name") or "")
        return
    there = list(dict.fromkeys(key for row in rows for key in row))
    chosen = _chosen(args.columns.split(","), there) if args.columns else list(columns)
    if args.output == "wide" and not args.columns:
        chosen += [key for key in there if key not in chosen]
    if args.output == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(chosen)
        writer.writerows([_guarded(text_of(row.get(column))) for column in chosen] for row in rows)
    else:
        print_table([[_as_read(text_of(row.get(column))) for column in chosen] for row in rows], chosen)


def _timed(text: str) -> str:
    """Its times to the second, in UTC."""
    return _INSTANT.sub(lambda found: to_the_second(found[0]), text)


def _as_read(text: str) -> str:
    """A title must not look like another row."""
    return _timed(text).replace("\n", "\\n").replace("\t", "\\t")


def _chosen(names: list[str], there: list[str]) -> list[str]:
    wrong = [name for name in names if there and name not in there]
    if wrong:
        known = ", ".join(there)
        raise InvalidInput(
            source="--columns", problems=[Problem(f"no column {n!r}; there are: {known}") for n in wrong]
        )
    return names


def print_record(record: Mapping[str, Any], args: argparse.Namespace) -> None:
    """One thing, a line per field."""
    if args.output in ("table", "wide") and not args.columns:
        width = max((len(key) for key in record), default=0)
        for key, value in record.items():
            print(f"{key:<{width}}  {_as_read(text_of(value))}")
    elif structured(args):
        print_data(record, args)
    else:
        print_rows([record], list(record), args)


def print_lines(lines: Iterable[str]) -> None:
    """What the exchange tells, in words of sites and other members too."""
    for line in lines:
        print(plain(line))


def first(rows: Iterable[T], most: int) -> list[T]:
    """As many of what comes page by page; no page is asked for that is not shown."""
    shown: list[T] = []
    for row in rows:
        shown.append(row)
        if len(shown) == most:
            break
    return shown


def print_table(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> None:
    titles = [heading.replace("_", " ").upper() for heading in headings]
    widths = [max([display_width(line[i]) for line in [titles, *rows]]) for i in range(len(titles))]
    print("  ".join(_padded(title, width) for title, width in zip(titles, widths, strict=True)).rstrip())
    for row in rows:
        cells = [_padded(cell, width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(coloured(cell) for cell in cells).rstrip())


def coloured(cell: str) -> str:
    """A state in its colour, when a terminal looks and nobody said NO_COLOR; the word is there either way."""
    code = _COLOURS.get(cell.strip())
    if code is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return cell
    return f"\x1b[{code}m{cell}\x1b[0m"


def text_of(value: object) -> str:
    if value is None or value in ([], (), {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item) for item in value)
    if isinstance(value, Mapping):
        if set(value) == {"id", "name"}:
            return f"{text_of(value['name'])} ({text_of(value['id'])})"
        return " ".join(f"{text_of(key)}={text_of(item)}" for key, item in value.items())
    return plain(str(value))


def plain(text: str) -> str:
    """What others wrote (names, reasons) must not move a reader's cursor or change what he sees: controls are spelled
    out, and so are the marks that turn the direction of writing."""
    if text.isprintable():
        return text
    hidden = ("Cc", "Cf", "Cs")
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in hidden and char not in "\n\t" else char
        for char in text
    )


def display_width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def _guarded(cell: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

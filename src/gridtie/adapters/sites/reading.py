"""What the settings of all schedulers have in common: how they are read, and what can be wrong with one."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from gridtie.errors import Problem
from gridtie.values.quantity import parse_bytes

NUMBERS = ("timeout", "every", "patience")  # seconds


def gathered(
    data: Mapping[str, Any], *, about: Mapping[str, str], needed: Collection[str], tables: Collection[str],
    wrong_text: Callable[[str, str], str],
) -> tuple[dict[str, Any], list[Problem]]:  # fmt: skip
    """The values that are fine (every table is there, numbers are floats), and every problem.

    `about`: every key there is, with what it means. `wrong_text` says what is wrong with a line of text, or ''.
    """
    problems = [Problem(f"{key}: missing: {about[key]}", path=key) for key in needed if not data.get(key)]
    values: dict[str, Any] = {table: {} for table in tables}
    for key, value in data.items():
        if wrong := _wrong(key, value, about, tables, wrong_text):
            problems.append(Problem(f"{key}: {wrong}", path=key))
        else:
            values[key] = float(value) if key in NUMBERS else value
    return values, problems


def wrong_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:  # a port that is no number, a label that no name service can have
        fine = False
    if not fine:
        return f"{value!r} is no address: http://HOST:PORT"
    if "@" in parts.netloc or parts.query or parts.fragment:
        return "http://HOST:PORT alone: a token goes into a file (`token`)"
    return ""


def _wrong(
    key: str, value: Any, about: Mapping[str, str], tables: Collection[str], wrong_text: Callable[[str, str], str]
) -> str:
    if key not in about:
        return f"no such setting; there are {', '.join(about)}"
    if key in tables:
        fine = isinstance(value, Mapping) and all(isinstance(one, str) and one for one in value.values())
        return "" if fine else f"write {about[key].partition(':')[0]}"
    if key in NUMBERS:
        try:
            return "" if 0 < float(value) < 1e6 else "a number of seconds above 0"
        except (TypeError, ValueError):
            return "a number of seconds"
    if not isinstance(value, str) or "\n" in value or "\0" in value:
        return "one line of text"
    if key == "disk":
        try:
            parse_bytes(value, default_unit="GB")
        except ValueError as cause:
            return str(cause)
    return wrong_text(key, value)

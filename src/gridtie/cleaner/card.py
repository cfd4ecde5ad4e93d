"""The card of a dataset that was cleaned: what the old one says, and that it was cleaned."""

import json
from collections.abc import Mapping
from typing import Any

_TIMES = ("not_before", "not_after")


def cleaned_card(found: Mapping[str, Any], policy: str) -> str:
    """`found`: the dataset as the exchange shows it. Its grade is left out: nobody has judged the result yet."""
    card = found["card"]
    said: dict[str, Any] = {
        **{name: card[name] for name in ("licence", "languages", "keywords", "contact", "uses", "limits")},
        "title": f"{card['title'][:190]}, cleaned",
        "description": f"{card['description'][:9_800]}\nCleaned{f' by the policy {policy[:100]}' if policy else ''}.",
        "open": found["open"],
    }
    terms = {name: value for name, value in found["terms"].items() if value not in (None, []) and name != "release"}
    lines = _lines(said)
    lines += ["[terms]", *_lines(terms), "[price]", *_lines(found["price"])]
    for origin in card["origins"]:
        lines += ["[[source]]", *_lines(origin)]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {value if name in _TIMES else _toml(value)}" for name, value in values.items()]


def _toml(value: Any) -> str:
    """Texts of JSON are texts of TOML: the one character that only TOML writes out, no card has."""
    return json.dumps(value, ensure_ascii=False)

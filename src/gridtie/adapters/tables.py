"""The tables that ship with the software, read once: chips, their spellings, hubs, rules of cleaning, names."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gridtie.registry.chips import ChipRegistry
from gridtie.registry.places import Places

if TYPE_CHECKING:
    from gridtie.cleaning.rule import RuleSet


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("gridtie.registry") / "tables" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def load_chips() -> ChipRegistry:
    return ChipRegistry.from_rows(_rows("chips.csv"), _rows("chip_aliases.csv"))


@cache
def load_places() -> Places:
    return Places.from_rows(_rows("hubs.csv"))


def rule_texts() -> dict[str, str]:
    """The rule files that ship with the software, by name."""
    folder = files("gridtie.cleaning") / "rules"
    found = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    return {name: (folder / name).read_text(encoding="utf-8") for name in found}


@cache
def names_text() -> str:
    """The model of names that ships with the software."""
    return (files("gridtie.cleaning") / "models" / "names.json").read_text(encoding="utf-8")


def load_rules(own: Mapping[str, str] | None = None) -> "RuleSet":
    """`own`: texts of rule files beside those that ship, by name."""
    return _rules(tuple((own or {}).items()))


@cache
def _rules(own: tuple[tuple[str, str], ...]) -> "RuleSet":
    from gridtie.cleaning.rule import RuleSet  # with NumPy: an agent asks for the chips alone, and stays small

    return RuleSet.read(rule_texts(), dict(own), proven=True)

"""An operator's choices of who counts more and who gets tokens, read from one TOML text.

[weights]                          times the usual, by organisation; who is not named counts once
lab-one = 2

[credits]                          who gave more to the compute bank than he took counts more, and the reverse
scale = 1000                       so many hours more count double, so many less count half
hours = { cpu = 0.01, h100 = 1 }   what an hour of each chip counts; other chips do not

[tokens]                           of every organisation's purse, where the exchange's currency is no money
refresh = "100"
every_hours = 168
carry_over = "50"                  of what is left at a refresh, at most so much is kept
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gridtie.market.entitlement import PPM, WEIGHT_MAX, TokenPolicy
from gridtie.tomltext import Place, TomlReader
from gridtie.values.money import Micros, parse_money

NO_MONEY = "XXX"  # ISO 4217: no currency
SCALE_MAX = 1_000_000_000
HOURS_MAX = 24 * 366
_KEYS: Mapping[str, tuple[str, ...]] = {
    "weights": (),  # any organisation
    "credits": ("scale", "hours"),
    "tokens": ("refresh", "every_hours", "carry_over"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """`hours` are in millionths. `places` are line and column of what must be known elsewhere: (table, key)."""

    weights: Mapping[str, int | float] = field(default_factory=dict)
    credit_scale: int = 0  # 0: credits do not count
    hours: Mapping[str, int] = field(default_factory=dict)
    tokens: TokenPolicy | None = None
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)


def parse(text: str, *, source: str, weighing: bool, currency: str) -> Fairness:
    """`weighing`: the auction rule has use for weights. Raises InvalidInput with every problem and its place."""
    reader = _Reader(text, source=source)
    for table in ("weights", "credits"):
        if table in reader.data and not weighing:
            reader.wrong("only the auction rules best-welfare and max-min weigh; set auction_rule", table)
    if "tokens" in reader.data and currency != NO_MONEY:
        reader.wrong(f"tokens are made from nothing, so the exchange's currency must be {NO_MONEY}, not {currency}",
                     "tokens")  # fmt: skip
    made = reader.fairness()
    reader.done()
    return made


class _Reader(TomlReader):
    def fairness(self) -> Fairness:
        self.only(self.data, _KEYS)
        for name, known in _KEYS.items():
            if known:
                self.only(self.table(name), known, name)
        weights = {key: self._number(value, 0, WEIGHT_MAX, "weights", key, above=True)
                   for key, value in self.table("weights").items()}  # fmt: skip
        scale, hours = self._credits()
        places = {("weights", key): self.place("weights", key) for key in weights}
        places |= {("hours", key): self.place("credits", "hours") for key in hours}
        return Fairness(weights=weights, credit_scale=scale, hours=hours, tokens=self._tokens(), places=places)

    def _credits(self) -> tuple[int, dict[str, int]]:
        given = self.table("credits")
        if not given:
            return 0, {}
        scale = self._number(given.get("scale"), 1, SCALE_MAX, "credits", "scale", whole=True)
        hours = given.get("hours")
        if not isinstance(hours, Mapping) or not hours:
            self.wrong("hours says what an hour of each chip counts, such as { cpu = 1 }", "credits", "hours")
            return int(scale), {}
        counted = {chip: self._number(value, 0, SCALE_MAX, "credits", "hours", above=True)
                   for chip, value in hours.items()}  # fmt: skip
        return int(scale), {chip: round(value * PPM) for chip, value in counted.items()}

    def _tokens(self) -> TokenPolicy | None:
        given = self.table("tokens")
        if not given:
            return None
        hours = self._number(given.get("every_hours"), 1, HOURS_MAX, "tokens", "every_hours", whole=True)
        refresh, carry = self._amount(given, "refresh", least=1), self._amount(given, "carry_over", least=0)
        return TokenPolicy(refresh=refresh, carry_over=carry, every=timedelta(hours=hours))

    def _number(
        self, value: object, low: int, high: int, table: str, key: str, *, whole: bool = False, above: bool = False
    ) -> int | float:
        """`low` itself is not allowed where it must be `above` it. 1 where it is wrong."""
        kinds: type | tuple[type, ...] = int if whole else (int, float)
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        if fits and isinstance(value, int | float) and low <= value <= high and not (above and value == low):
            return value
        kind, least = "a whole number" if whole else "a number", "above" if above else "from"
        got = f"not {value!r}" if value is not None else "and it is missing"
        self.wrong(f"{key} must be {kind} {least} {low} to {high}, {got}", table, key)
        return 1

    def _amount(self, given: Mapping[str, Any], key: str, *, least: int) -> Micros:
        value = given.get(key)
        try:
            amount = parse_money(value) if isinstance(value, str) else None
        except ValueError as cause:
            self.wrong(f"{key}: {cause}", "tokens", key)
            return Micros(1)
        if amount is not None and amount >= least:
            return amount
        got = "and it is missing" if value is None else f"not {value!r}"
        self.wrong(f'{key} must be an amount in quotes, such as "100", {"above 0" if least else "0 or more"}, {got}',
                   "tokens", key)  # fmt: skip
        return Micros(1)

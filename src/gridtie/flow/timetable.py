"""Which verb runs when. Every one is safe to run at any time and any number of times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gridtie.flow.answer_once import forget_answers
from gridtie.flow.exchange import Exchange
from gridtie.settings import Settings
from gridtie.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Duty:
    """`verb` runs on the writer every `every_s` seconds, and soon after a fact of one of the kinds `on`."""

    name: str
    every_s: Callable[[Settings], float]
    verb: Callable[[Unit, Exchange], Any]
    on: tuple[str, ...] = ()


DUTIES: tuple[Duty, ...] = (Duty("forget old answers", lambda _: 3600.0, lambda unit, _: forget_answers(unit)),)

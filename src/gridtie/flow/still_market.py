"""What the last round at posted prices read when it found nothing to decide: kept in memory, for the next one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Decided:
    """`sight`: all that it read but its time, to be compared; it says the same from `at` on, before `until`."""

    sight: Any
    at: datetime
    until: datetime


@dataclass
class StillMarket:
    """Set by the writer, read beside it. After a restart nothing is known, and the first round is held."""

    last: Decided | None = None
    left_out: int = 0  # rounds since this process began

    def stands(self, sight: Any, at: datetime) -> bool:
        last = self.last
        return last is not None and last.at <= at < last.until and last.sight == sight

"""Time, fresh ids and randomness as values handed in: the system's, or a virtual clock for tests and simulation."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from gridtie.values.ids import uuid7_text


class Clock(Protocol):
    """What the shell may know of time and chance."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean anything."""
        ...

    def new_id(self, prefix: str) -> str: ...

    def random_bytes(self, count: int) -> bytes: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{uuid7_text(time.time_ns() // 1_000_000, secrets.randbits(74))}"

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


@dataclass
class VirtualClock:
    """Stands still until it is advanced; ids and bytes come from a seed."""

    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    seed: int = 0
    elapsed: timedelta = timedelta(0)
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311  (reproducible on purpose, never for keys)

    def now(self) -> datetime:
        return self.start + self.elapsed

    def monotonic(self) -> float:
        return self.elapsed.total_seconds()

    def new_id(self, prefix: str) -> str:
        unix_ms = int(self.now().timestamp() * 1000)
        return f"{prefix}_{uuid7_text(unix_ms, self._random.getrandbits(74))}"

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def advance(self, span: timedelta) -> None:
        if span < timedelta(0):
            raise ValueError("time does not run backwards")
        self.elapsed += span

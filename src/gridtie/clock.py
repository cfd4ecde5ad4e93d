"""Time, fresh ids and randomness as values handed in: the system's, or a virtual clock for tests and simulation."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from gridtie.values.ids import uuid7_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What the shell may know of time and chance."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean anything."""
        ...

    def not_before(self, instant: datetime) -> None:
        """What was written before we began may be of a wall clock that was ahead: time goes on from there."""
        ...

    def ahead(self) -> timedelta:
        """How far this stands before the machine's wall clock; below nought where it stands after it."""
        ...

    def new_id(self, prefix: str) -> str: ...

    def random_bytes(self, count: int) -> bytes: ...


def _boot_ns() -> int:
    """Goes on while the machine sleeps, and nobody can set it."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


SLEW = 2000  # of so much time that passes, one part may make up for what the wall clock is ahead or behind


class SystemClock:
    """The wall clock as it stood when this was made, counted on by a clock that nobody can set. Thread-safe.

    So a step of the wall clock (by NTP, an operator, a machine that was resumed) ends no lease and bills no hour: it is
    followed by 0.05 % of the time that passes, as adjtime does, and time never runs back. A restart takes a step ahead
    at once, and none back.
    """

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns, steady_ns: Callable[[], int] = _boot_ns) -> None:
        self._wall_ns, self._steady_ns = wall_ns, steady_ns
        self._now_ns, self._at_ns = wall_ns(), steady_ns()
        self._lock = threading.Lock()

    def _count(self) -> int:
        with self._lock:
            at = self._steady_ns()
            passed, self._at_ns = max(0, at - self._at_ns), max(at, self._at_ns)
            self._now_ns += passed
            self._now_ns += max(-(passed // SLEW), min(passed // SLEW, self._wall_ns() - self._now_ns))
            return self._now_ns

    def not_before(self, instant: datetime) -> None:
        with self._lock:
            self._now_ns = max(self._now_ns, (instant - _EPOCH) // timedelta(microseconds=1) * 1000)

    def ahead(self) -> timedelta:
        return timedelta(microseconds=(self._count() - self._wall_ns()) // 1000)

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._count() // 1000)

    def monotonic(self) -> float:
        return self._steady_ns() / 1e9

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{uuid7_text(self._count() // 1_000_000, secrets.randbits(74))}"

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

    def not_before(self, instant: datetime) -> None:
        self.elapsed = max(self.elapsed, instant - self.start)

    def ahead(self) -> timedelta:
        return timedelta(0)

    def advance(self, span: timedelta) -> None:
        if span < timedelta(0):
            raise ValueError("time does not run backwards")
        self.elapsed += span

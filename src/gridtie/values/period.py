"""Instants and half-open intervals; every instant is aware UTC, stored as whole microseconds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z, exactly."""
    return (at - EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)


def to_text(at: datetime) -> str:
    """RFC 3339 in UTC with a Z, microseconds only where there are any."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:-6] + "Z"


def to_the_second(at: datetime | str) -> str:
    """A moment as a person reads it, in sentences and tables alike: `2026-11-27 21:33:12 UTC`. A text is RFC 3339."""
    instant = from_text(at) if isinstance(at, str) else at.astimezone(UTC)
    return f"{instant.replace(microsecond=0, tzinfo=None)} UTC"


def from_text(text: str) -> datetime:
    """RFC 3339 → aware UTC; raises ValueError for anything without a zone, or before or after all dates there."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it like 2026-11-28T12:00:00Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is in no year from 1 to 9999, in UTC") from None


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end): two periods that touch do not overlap."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def duration_us(self) -> int:
        return (self.end - self.start) // _MICROSECOND

    def overlaps(self, other: "Period") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, at: datetime) -> bool:
        return self.start <= at < self.end

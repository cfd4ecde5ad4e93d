"""When a site is lent to others than its owner: hours of the week and closed days, on the site's own clock.

A time that this clock shows twice is the first of the two; one that it skips counts as if the clock had not been put
forward yet (as in RFC 5545, 3.3.5). Hours that overlap are added up. What is closed is closed, whatever the hours.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from gridtie.errors import Problem

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS = range(2000, 2200)  # of closed days
_DAY = 24 * 60
_WEEK = 7 * _DAY
_JUMP = 2 * _DAY  # in minutes: no clock was ever put on by so much
_HOURS = re.compile(r"([a-z,-]+) (\d\d):(\d\d) ?- ?(\d\d):(\d\d)")
_CLOSED = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d)?")
_HOURS_LOOK = "'mon-fri 19:00-07:00' or 'sat,sun 00:00-24:00'"
_CLOSED_LOOK = "2026-12-24, 2026-12-24..2026-12-26 or 2026-12-24T12:00..2026-12-24T18:00"


@dataclass(frozen=True, slots=True)
class OpenHours:
    """`week`: (minute of the week, minutes long), in order; empty: at all hours. `closed`: from and until, without a
    zone, in order."""

    zone: str
    week: tuple[tuple[int, int], ...]
    closed: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A time without a break in which others may be there. Its ends in words are on the site's clock, as known when it
    was made: whoever reads it later needs no table of zones."""

    begins: datetime  # where it is open already, the instant that was asked for
    ends: datetime | None  # None: nothing ends it
    again: datetime | None = None  # the one after it begins
    longest_us: int | None = None  # of any in a usual week; None: no end
    zone: str
    opens: str
    closes: str = ""
    reopens: str = ""


def problems_of_hours(policy: Mapping[str, Any]) -> list[Problem]:
    """Of a whole policy: everything wrong with its `open_hours`, `closed_days` and `time_zone`."""
    problems = []
    for rule, read in (("open_hours", _read_hours), ("closed_days", _read_closed)):
        for text in policy.get(rule) or ():
            try:
                read(text)
            except ValueError as wrong:
                problems.append(Problem(f"policy.{rule}: {text[:60]!r} {wrong}", path=f"policy.{rule}"))
    zone = policy.get("time_zone")
    if zone is None and (policy.get("open_hours") or policy.get("closed_days")):
        problems.append(Problem("policy.time_zone: hours and closed days are on the clock of the site: name its zone, "
                                "such as Asia/Shanghai", path="policy.time_zone"))  # fmt: skip
    if zone is not None and not _zone_known(zone):
        problems.append(Problem(f"policy.time_zone: no time zone {zone[:60]!r}; an IANA name, such as Asia/Shanghai "
                                "or UTC", path="policy.time_zone"))  # fmt: skip
    return problems


def open_hours_of(policy: Mapping[str, Any]) -> OpenHours | None:
    """Of a policy without problems; None where it says nothing of the time."""
    hours, closed = policy.get("open_hours"), policy.get("closed_days")
    if not hours and not closed:
        return None
    week = _merged(sorted(part for text in hours or () for part in _read_hours(text)))
    return OpenHours(policy["time_zone"], week, tuple(sorted(_read_closed(text) for text in closed or ())))


@lru_cache(maxsize=512)  # a round asks once for each resource of a site
def opening(hours: OpenHours, at: datetime) -> Opening:
    """The one that `at` is in, or the next."""
    begins, ends = _opening(hours, at)
    again = None if ends is None else _opening(hours, ends)[0]
    longest = max((length for _, length in hours.week), default=None)
    return Opening(
        begins=begins, ends=ends, again=again, longest_us=None if longest is None else longest * 60_000_000,
        zone=hours.zone, opens=_words(begins, hours.zone), closes=_words(ends, hours.zone) if ends else "",
        reopens=_words(again, hours.zone) if again else "",
    )  # fmt: skip


def in_words(hours: OpenHours, at: datetime) -> str:
    """Whether it is lent to others now, and until when."""
    found = opening(hours, at)
    again = f", and again from {found.reopens}" if found.reopens else ""
    if found.begins > at:
        return f"closed, opens {found.opens}"
    return f"open until {found.closes}{again}" if found.ends else "open"


def openings(hours: OpenHours, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant after `after`, up to `until`, at which it opens."""
    begins, ends = _opening(hours, after)
    while begins <= until:
        if begins > after:
            yield begins
        if ends is None:
            return
        begins, ends = _opening(hours, ends)


def _opening(hours: OpenHours, at: datetime) -> tuple[datetime, datetime | None]:
    """The first instant from `at` on at which it is open, and the first after that at which it is not."""
    zone = ZoneInfo(hours.zone)
    shut = [(_instant(begin, zone), _instant(end, zone)) for begin, end in hours.closed]
    begins = at
    while True:
        begins, ends = _weekly(hours, zone, begins)
        inside = [end for begin, end in shut if begin <= begins < end]
        if not inside:
            break
        begins = max(inside)
    stops = [begin for begin, end in shut if begins < begin < end] + ([] if ends is None else [ends])
    return begins, min(stops, default=None)


def _weekly(hours: OpenHours, zone: ZoneInfo, at: datetime) -> tuple[datetime, datetime | None]:
    """The same, of the hours of the week alone."""
    if not hours.week:
        return at, None
    found: tuple[datetime, datetime] | None = None
    local = at.astimezone(zone).replace(tzinfo=None, fold=0)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time())
    now = (local - monday) // timedelta(minutes=1)
    put_on = at.astimezone(zone).utcoffset() != (at - timedelta(minutes=_JUMP)).astimezone(zone).utcoffset()
    past = now - (_JUMP if put_on else 0)  # what ended before it by the clock has ended
    for week in range(-1, 4):  # hours that the clock skips altogether come a week later
        for minute, length in hours.week[bisect_left(hours.week, past - week * _WEEK, key=sum) :]:
            start = monday + timedelta(weeks=week, minutes=minute)
            ends = _instant(start + timedelta(minutes=length), zone)
            if ends <= at or ends <= (begins := _instant(start, zone)):
                continue
            if found is None:
                found = max(at, begins), ends
            elif begins <= found[1]:
                found = found[0], max(found[1], ends)
            else:
                return found
    assert found is not None
    return found


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _words(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{DAYS[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M} ({zone})"


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _read_hours(text: str) -> list[tuple[int, int]]:
    """(minute of the week, minutes long) of each day that is named. Raises ValueError with what follows its text."""
    match = _HOURS.fullmatch(" ".join(text.lower().split()))
    if match is None:
        raise ValueError(f"is not days and hours such as {_HOURS_LOOK}")
    named, *clock = match.groups()
    hour, minute, hour_end, minute_end = (int(part) for part in clock)
    start, end = hour * 60 + minute, hour_end * 60 + minute_end
    if start >= _DAY or end > _DAY or minute > 59 or minute_end > 59:
        raise ValueError("has a time that no clock shows: from 00:00 to 24:00")
    if start == end:
        raise ValueError("is empty; a whole day is 00:00-24:00")
    length = end - start if end > start else end + _DAY - start
    return [(day * _DAY + start, length) for day in _read_days(named)]


def _read_days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        for name in (first, last) if dash else (first,):
            if name not in DAYS:
                raise ValueError(f"names no day {name!r}; they are {', '.join(DAYS)}")
        begin, count = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7 + 1
        days += [(begin + more) % 7 for more in range(count)]
    return days


def _merged(parts: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Without overlaps or seams, also that between two weeks; () when they fill the week."""
    ends: list[list[int]] = []
    for start, length in parts:
        if ends and start <= ends[-1][1]:
            ends[-1][1] = max(ends[-1][1], start + length)
        else:
            ends.append([start, start + length])
    while len(ends) > 1 and ends[-1][1] - _WEEK >= ends[0][0]:  # the last runs on into those of the next week
        first = ends.pop(0)
        ends[-1][1] = max(ends[-1][1], first[1] + _WEEK)
    if ends and ends[-1][1] - ends[-1][0] >= _WEEK:
        return ()
    return tuple((start, end - start) for start, end in ends)


def _read_closed(text: str) -> tuple[datetime, datetime]:
    first, dots, last = text.strip().partition("..")
    begin, end = _CLOSED.fullmatch(first), _CLOSED.fullmatch(last if dots else first)
    if begin is None or end is None or (not dots and begin[2]):
        raise ValueError(f"is no closed time such as {_CLOSED_LOOK}")
    try:
        days = date.fromisoformat(begin[1]), date.fromisoformat(end[1])
        clocks = [time.fromisoformat(part[2][1:]) if part[2] else time() for part in (begin, end)]
    except ValueError:
        raise ValueError("names a day or a time that there is not") from None
    if not all(day.year in YEARS for day in days):
        raise ValueError(f"is not in the years {YEARS[0]} to {YEARS[-1]}")
    start, until = (datetime.combine(day, clock) for day, clock in zip(days, clocks, strict=True))
    until += timedelta() if end[2] else timedelta(days=1)
    if until <= start:
        raise ValueError("ends before it begins")
    return start, until


def _zone_known(name: str) -> bool:
    """Not 'localtime' and the like, which are another zone on another machine, nor clocks that count leap seconds."""
    if (name != "UTC" and "/" not in name) or name.startswith(("right/", "posix/")):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True

"""Hours and closed days of a site, against a clock that is read every five minutes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridtie.registry import open_hours
from gridtie.registry.open_hours import DAYS, in_words, open_hours_of, opening, openings
from gridtie.registry.site import policy_problems

MINUTE, STEP, DAY = timedelta(minutes=1), timedelta(minutes=5), timedelta(days=1)
# Days around which their clocks change, or do not.
PLACES = [
    ("Europe/Berlin", date(2026, 3, 29)),  # 02:00 → 03:00
    ("Europe/Berlin", date(2026, 10, 25)),  # 03:00 → 02:00
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Africa/Cairo", date(2026, 4, 24)),  # 00:00 → 01:00
    ("Antarctica/Troll", date(2026, 3, 29)),  # 01:00 → 03:00
    ("Asia/Shanghai", date(2026, 11, 30)),
]
AROUND = 16 * DAY


@cache
def shown(zone: str, around: date) -> dict[datetime, datetime]:
    """Of every time that the clock shows: when it shows it first."""
    first = datetime.combine(around, time(), UTC) - AROUND
    known: dict[datetime, datetime] = {}
    for n in range(2 * AROUND // STEP):
        at = first + n * STEP
        known.setdefault(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), at)
    return known


def instant(local: datetime, zone: str, around: date) -> datetime:
    """Of a time that is skipped: as if the clock had gone on as before."""
    back = 0
    while local - back * STEP not in shown(zone, around):
        back += 1
    return shown(zone, around)[local - back * STEP] + back * STEP


def minutes_of(hours: Sequence[tuple[Sequence[int], int, int]]) -> set[int]:
    """Of the week: those in which it is open."""
    found = set()
    for days, start, end in hours:
        for day in days:
            length = (end - start - 1) % (24 * 60) + 1
            found |= {(day * 24 * 60 + start + n) % (7 * 24 * 60) for n in range(length)}
    return found


def open_spans(
    hours: Sequence[tuple[Sequence[int], int, int]],
    closed: Sequence[tuple[datetime, datetime]],
    zone: str,
    around: date,
) -> list[tuple[datetime, datetime | None]]:
    """All that is open in the days around, by steps of five minutes; None: longer than they are looked at."""
    week, first = minutes_of(hours), datetime.combine(around, time()) - AROUND + 2 * DAY
    marks: list[tuple[datetime, datetime]] = []
    begun = None
    for n in range((2 * AROUND - 4 * DAY) // STEP):
        local = first + n * STEP
        there = not hours or local.weekday() * 1440 + local.hour * 60 + local.minute in week
        if there and begun is None:
            begun = local
        if not there and begun is not None:
            marks.append((instant(begun, zone, around), instant(local, zone, around)))
            begun = None
    if begun is not None:
        marks.append((instant(begun, zone, around), instant(first + 2 * AROUND - 4 * DAY, zone, around)))
    shut = [(instant(a, zone, around), instant(b, zone, around)) for a, b in closed]
    start, end = marks[0][0], instant(first + 2 * AROUND - 4 * DAY, zone, around)
    spans: list[tuple[datetime, datetime | None]] = []
    begun = None
    edges = sorted({start, end, *(edge for span in marks + shut for edge in span)})
    for at in (edge for edge in edges if start <= edge <= end):
        there = any(a <= at < b for a, b in marks) and not any(a <= at < b for a, b in shut)
        if there and begun is None:
            begun = at
        if not there and begun is not None:
            spans.append((begun, None if at == end else at))
            begun = None
    return spans


clocks = st.sampled_from([0, 30, 60, 90, 120, 135, 150, 180, 200, 420, 720, 1140, 1380, 1435])
named_hours = st.tuples(
    st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True), clocks, clocks | st.just(1440)
).filter(lambda one: one[1] != one[2] and (one[1], one[2]) != (0, 0))
closed_times = st.tuples(st.integers(-4, 4), clocks, st.integers(1, 800)).map(
    lambda one: (one[0], one[1], one[1] + 5 * one[2])
)


def written(days: Sequence[int], start: int, end: int) -> str:
    clock = "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (start, end))
    return f"{','.join(DAYS[day] for day in days)} {clock}"


@given(
    st.sampled_from(PLACES), st.lists(named_hours, max_size=3), st.lists(closed_times, max_size=2),
    st.integers(-576, 576),
)  # fmt: skip
@example(PLACES[0], [((6,), 120, 180)], [], 0)  # all of it is skipped by the clock
@example(PLACES[0], [((6,), 150, 195)], [], 0)  # it would end before it begins
@example(PLACES[1], [(range(7), 150, 120)], [], 0)
@example(PLACES[2], [(range(7), 0, 1440)], [(0, 60, 120)], 30)
def test_an_opening_is_the_one_that_a_clock_shows(
    place: tuple[str, date], hours: list[Any], closed: list[Any], step: int
) -> None:
    zone, around = place
    midnight = datetime.combine(around, time())
    shut = [(midnight + day * DAY + a * MINUTE, midnight + day * DAY + b * MINUTE) for day, a, b in closed]
    known = open_hours_of({
        "time_zone": zone, "open_hours": [written(*one) for one in hours],
        "closed_days": [f"{a:%Y-%m-%dT%H:%M}..{b:%Y-%m-%dT%H:%M}" for a, b in shut],
    })  # fmt: skip
    if known is None:
        assert not hours
        return
    at = instant(midnight, zone, around) + step * STEP
    spans = [(max(a, at), b) for a, b in open_spans(hours, shut, zone, around) if b is None or b > at]
    found = opening(known, at)
    assert found.begins == spans[0][0]
    assert found.ends == spans[0][1] or (spans[0][1] is None and found.ends > at + 10 * DAY)
    if len(spans) > 1:
        assert found.again == spans[1][0]
    until = at + 6 * DAY
    assert list(openings(known, at, until)) == [a for a, _ in spans if at < a <= until]


def hours_of(*hours: str, closed: Sequence[str] = (), zone: str = "Asia/Shanghai") -> Any:
    return open_hours_of({"time_zone": zone, "open_hours": list(hours), "closed_days": list(closed)})


def test_nights_and_weekends_are_one_opening_where_they_meet() -> None:
    hours = hours_of("mon-fri 19:00-07:00", "sat-sun 00:00-24:00")
    found = opening(hours, datetime(2026, 11, 28, 12, tzinfo=UTC))  # Saturday evening there
    assert (found.closes, found.reopens) == (
        "Mon 2026-11-30 00:00 (Asia/Shanghai)", "Mon 2026-11-30 19:00 (Asia/Shanghai)"
    )  # fmt: skip
    assert found.longest_us == (5 + 48) * 3_600_000_000  # from Friday evening on


def test_a_closed_day_lasts_until_its_midnight_there() -> None:
    hours = hours_of(closed=["2026-12-24..2026-12-26"])
    found = opening(hours, datetime(2026, 12, 25, tzinfo=UTC))
    assert (found.opens, found.ends) == ("Sun 2026-12-27 00:00 (Asia/Shanghai)", None)
    before = opening(hours, datetime(2026, 12, 1, tzinfo=UTC))
    assert (before.closes, before.reopens, before.longest_us) == (
        "Thu 2026-12-24 00:00 (Asia/Shanghai)", "Sun 2026-12-27 00:00 (Asia/Shanghai)", None
    )  # fmt: skip


def test_however_often_it_opens_and_is_closed_then_few_times_of_its_clock_are_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many rules as a policy may have, of which each day's is closed: for every round of the market."""
    known, day = open_hours.__dict__["_instant"], datetime.combine(date(2026, 11, 28), time())
    looked: list[datetime] = []
    monkeypatch.setattr(open_hours, "_instant", lambda local, zone: looked.append(local) or known(local, zone))
    hours = [f"mon-sun {n * 14 // 60:02}:{n * 14 % 60:02}-{n * 14 // 60:02}:{n * 14 % 60 + 1:02}" for n in range(100)]
    closed = [f"{day + n * DAY:%Y-%m-%d}T00:00..{day + n * DAY:%Y-%m-%d}T23:30" for n in range(400)]
    found = opening(hours_of(*hours, closed=closed), datetime(2026, 11, 28, tzinfo=UTC))
    assert found.opens == f"{day + 400 * DAY:%a %Y-%m-%d} 00:00 (Asia/Shanghai)"
    assert len(looked) < 400 * 20


@pytest.mark.parametrize("hours", [("mon-sun 00:00-24:00",), ("fri-mon 00:00-24:00", "tue-thu 00:00-24:00"), ()])
def test_what_fills_the_week_has_no_end(hours: tuple[str, ...]) -> None:
    known = hours_of(*hours, closed=["2020-01-01"])
    assert opening(known, datetime(2026, 12, 1, tzinfo=UTC)).ends is None
    assert list(openings(known, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))) == []


def test_a_policy_that_says_nothing_of_the_time_has_no_hours() -> None:
    assert open_hours_of({"reserved_percent": 20, "time_zone": "UTC", "open_hours": []}) is None


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"open_hours": ["mun-fri 19:00-07:00"]}, "no day 'mun'"),
        ({"open_hours": ["mon-fri 7pm-7am"]}, "is not days and hours"),
        ({"open_hours": ["mon 07:00-07:00"]}, "is empty"),
        ({"open_hours": ["mon 24:00-07:00"]}, "no clock shows"),
        ({"open_hours": ["mon 10:75-11:00"]}, "no clock shows"),
        ({"closed_days": ["2026-12-26..2026-12-24"]}, "ends before it begins"),
        ({"closed_days": ["2026-12-24T12:00..2026-12-24T12:00"]}, "ends before it begins"),
        ({"closed_days": ["2026-02-30"]}, "there is not"),
        ({"closed_days": ["24.12.2026"]}, "no closed time"),
        ({"closed_days": ["2026-12-24T12:00"]}, "no closed time"),
        ({"closed_days": ["9999-12-31"]}, "years 2000 to 2199"),
        ({"time_zone": "Asia/Shanghia"}, "no time zone"),
        ({"time_zone": "localtime"}, "no time zone"),
        ({"time_zone": "Asia"}, "no time zone"),
        ({"time_zone": "right/Asia/Shanghai"}, "no time zone"),
        ({"time_zone": "posix/Asia/Shanghai"}, "no time zone"),
        ({"time_zone": "../../etc/passwd"}, "no time zone"),
        ({"work_classes": ["batch", "night"]}, "no class 'night'"),
        ({"open_hours": "mon-fri 19:00-07:00"}, "a list of texts"),
        ({"time_zone": 8}, "a text"),
    ],
)
def test_what_is_wrong_with_hours_is_said(policy: dict[str, Any], words: str) -> None:
    [problem] = policy_problems({"time_zone": "Asia/Shanghai", **policy})
    assert words in problem.message
    assert problem.path == f"policy.{next(iter(policy))}"


def test_everything_wrong_is_said_at_once() -> None:
    wrong = {"open_hours": ["mun 1-2", "mon 07:00-07:00"], "closed_days": ["soon"], "reserved_percent": 200}
    assert sorted(problem.path for problem in policy_problems(wrong)) == [
        "policy.closed_days", "policy.open_hours", "policy.open_hours", "policy.reserved_percent", "policy.time_zone"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "closed", "words"),
    [
        (["mon-fri 19:00-07:00"], [], "closed, opens Mon 2026-11-30 19:00 (Asia/Shanghai)"),
        (["mon 07:00-20:00"], [], "open until Mon 2026-11-30 20:00 (Asia/Shanghai), and again from Mon "
         "2026-12-07 07:00 (Asia/Shanghai)"),
        ([], ["2026-12-24"], "open until Thu 2026-12-24 00:00 (Asia/Shanghai), and again from Fri 2026-12-25 00:00 "
         "(Asia/Shanghai)"),
        ([], ["2026-11-24"], "open"),
    ],
)  # fmt: skip
def test_a_site_says_whether_it_is_lent_now_and_until_when(hours: list[str], closed: list[str], words: str) -> None:
    at = datetime(2026, 11, 30, 4, tzinfo=UTC)  # noon there
    assert in_words(hours_of(*hours, closed=closed), at) == words

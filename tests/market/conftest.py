"""A market made by hand: one resource, its offer and a request that fits; each test says only what it changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gridtie.market.clearing import Book
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request
from gridtie.registry.open_hours import Opening
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
WINDOW = Period(AT - timedelta(hours=1), AT + timedelta(hours=8))
MACHINE = MachineShape(name="m0", cpus=64, memory_bytes=64 << 30, disk_bytes=1 << 40, accelerators=8)
CAPACITY = Capacity(
    resource="res_0", identifier="cn.demo/aurora", site="site_0", site_name="aurora", owner="org_owner", hub="gui'an",
    place="CN-520100", chip="a100", chip_memory_bytes=80 << 30, isolation="container", depth="schedulable",
    in_market=True, connected=True, score=1000, latency_us=5000, machines=(MACHINE,), machines_total=(MACHINE,),
)  # fmt: skip
OFFER = Offer(id="offer_0", resource="res_0", owner="org_owner", chip="a100", hub="gui'an", price=2_000_000,
              window=WINDOW)  # fmt: skip
WANTED = Alternative(chip="a100", accelerators=1)
REQUEST = Request(id="req_0", job="job_0", organisation="org_buyer", needs=Needs(alternatives=(WANTED,)), arrived_at=AT)


def capacity(n: int = 0, *, units: int | None = None, **to) -> Capacity:
    """`units`: one machine with so many accelerators."""
    named = {"resource": f"res_{n}", "site": f"site_{n}"}
    if units is not None:
        machine = replace(MACHINE, accelerators=units)
        named |= {"machines": (machine,), "machines_total": (machine,)}
    return replace(CAPACITY, **{**named, **({"site_name": f"site{n}"} if n else {}), **to})


def opening(begins: float = 0, ends: float | None = 4, *, again: float = 24, longest: float | None = 12) -> Opening:
    """In hours from now on."""
    marks = [None if hours is None else AT + timedelta(hours=hours) for hours in (begins, ends, again)]
    words = ["" if mark is None else f"{mark:%a %H:%M} (UTC)" for mark in marks]
    return Opening(begins=marks[0], ends=marks[1], again=marks[2], zone="UTC", opens=words[0], closes=words[1],
                   reopens=words[2], longest_us=None if longest is None else int(longest * 3_600_000_000))  # fmt: skip


def offer(n: int = 0, **to) -> Offer:
    return replace(OFFER, **{"id": f"offer_{n}", "resource": f"res_{n}", **to})


def wanted(**to) -> Alternative:
    return replace(WANTED, **to)


def request(n: int = 0, *alternatives: Alternative, needs: dict | None = None, **to) -> Request:
    wishes = replace(REQUEST.needs, **{**({"alternatives": alternatives} if alternatives else {}), **(needs or {})})
    return replace(REQUEST, **{"id": f"req_{n}", "job": f"job_{n}", "needs": wishes, **to})


def bid(n: int, price: int, units: int = 1, **to) -> Request:
    """For one hour in a call auction, each organisation its own unless named."""
    named = {"mode": "auction", "max_price": price, "organisation": f"org_{n}", **to}
    return request(n, wanted(accelerators=units), **named)


def book(capacities=(CAPACITY,), offers=(OFFER,), requests=(REQUEST,), **parameters) -> Book:
    return Book(round="7", at=AT, offers=tuple(offers), capacities={c.resource: c for c in capacities},
                requests=tuple(requests), parameters=parameters)  # fmt: skip


@pytest.fixture
def made() -> SimpleNamespace:
    return SimpleNamespace(AT=AT, MACHINE=MACHINE, WINDOW=WINDOW, capacity=capacity, offer=offer, wanted=wanted,
                           opening=opening, request=request, bid=bid, book=book)  # fmt: skip

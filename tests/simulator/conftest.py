"""Figures as a study would hand them over, with names that a trace may hold and a page must not obey."""

from collections.abc import Callable
from typing import Any

import pytest

from gridtie.simulator.report_data import (
    Bar,
    Gain,
    Law,
    MobilityPoint,
    PricePath,
    ReportData,
    SizeRow,
    UsageSeries,
    WaitPoint,
    Words,
)
from gridtie.values.money import Micros

HOSTILE = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "$\\frac{1}{0}$ & {0} %s", "上海实验室" * 9,
           "\u202egnp.exe\u0000\n\u2028")  # fmt: skip


def point(scope: str, policy: str, capacity: int, mean: float) -> WaitPoint:
    return WaitPoint(
        scope=scope, policy=policy, capacity=capacity, mean_s=mean, median_s=mean / 2, p95_s=3 * mean, p99_s=5 * mean,
        utilisation=0.5, moved_share=None if scope == "silo" else 0.25, low_s=mean * 0.9, high_s=mean * 1.1,
    )  # fmt: skip


def full() -> ReportData:
    times = tuple(3600.0 * hour for hour in range(48))
    return ReportData(
        title=HOSTILE[0],
        command=f"gridtie simulate {HOSTILE[1]}",
        facts=((Words("jobs", "作业"), "1,234"),),
        assumptions=(Words("Capacities are assumed.", "容量为假设。"),),
        waits=tuple(
            point(scope, "easy", capacity, wait / capacity)
            for scope, wait in (("silo", 9e6), ("federated", 4e6))
            for capacity in (400, 600, 900)
        ),
        size_classes=("1", "2–4"),
        sizes=(SizeRow(scope="silo", policy="easy", share=None, means_s=(7777.0, None), low_s=7000.0, high_s=8888.0),),
        mobility=tuple(
            MobilityPoint(policy="easy", capacity=900, share=share, mean_s=mean)
            for share, mean in ((0.0, 9000.0), (0.5, 400.0), (1.0, 0.0))
        ),
        usage=(UsageSeries(label=HOSTILE[2], capacity=900, times_s=times, busy=(500.0,) * 48, waiting=(20.0,) * 48),),
        prices=(PricePath(label=HOSTILE[3], times_s=times, prices=tuple(Micros(n * 1000) for n in range(48))),),
        sample=tuple(
            Bar(site=name, organisation=name, start_s=0.0, end_s=60.0 * (n + 1), accelerators=n + 1, home=n % 2 == 0)
            for n, name in enumerate(HOSTILE)
        ),
        gains=tuple(
            Gain(organisation=name, jobs=n, alone_s=100.0 * n, connected_s=100.0, paid=Micros(7), earned=None)
            for n, name in enumerate(HOSTILE)
        ),
        compared=("silo, easy", "federated, easy"),
        laws=(Law("books balance", True, "2 transfers"), Law("nothing is sold twice", False, HOSTILE[0])),
    )


@pytest.fixture(scope="session")
def data() -> ReportData:
    return full()


@pytest.fixture
def hostile() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture
def wait_point() -> Callable[..., Any]:
    return point

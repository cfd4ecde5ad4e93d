"""The timetable of a server: each duty at its times, and none while nothing is due."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gridtie.api.bus import Bus
from gridtie.api.server import keep_leading, keep_timetable
from gridtie.flow.lead_exchange import Leadership
from gridtie.flow.timetable import Duty
from gridtie.settings import load
from gridtie.wiring import close_exchange, open_exchange


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Any]:
    """An exchange that nobody serves."""
    opened = open_exchange(load(tmp_path / "home", {}), create=True)
    yield opened
    close_exchange(opened)


def test_a_duty_with_nothing_due_holds_no_writer_and_looks_again_only_after_something_was_written(quiet: Any) -> None:
    asked: list[bool] = []
    turns: list[str] = []
    beats: list[str] = []

    def due(unit: Any, _: Any) -> bool:
        asked.append(unit.settings.get("work") is not None)
        return asked[-1]

    duty = Duty("work", lambda _: 0.001, lambda unit, _: turns.append(unit.actor), due=due)

    async def until(done: Any) -> None:
        async with asyncio.timeout(20):
            while not done():
                await asyncio.sleep(0.001)

    async def play() -> None:
        bus = Bus()
        keeping = asyncio.create_task(keep_timetable(quiet, bus, beats.append, [duty]))
        await until(lambda: len(beats) > 20)
        assert (asked, turns) == ([False], [])
        quiet.database.write(lambda unit: unit.settings.add("work", ""), actor="test")
        await until(lambda: len(turns) > 3)
        bus.close()
        await keeping

    asyncio.run(play())
    assert set(beats) == {"work"}
    assert asked[0] is False
    assert all(asked[1:])


def test_a_duty_whose_look_finds_nothing_holds_no_writer_and_looks_again_at_each_turn(quiet: Any) -> None:
    looks: list[bool] = []
    turns: list[str] = []

    def look(unit: Any, _: Any) -> bool:
        looks.append(len(looks) >= 5)
        return looks[-1]

    duty = Duty("work", lambda _: 0.001, lambda unit, _: turns.append(unit.actor), look=look)

    async def play() -> None:
        bus = Bus()
        keeping = asyncio.create_task(keep_timetable(quiet, bus, lambda _: None, [duty]))
        async with asyncio.timeout(20):
            while not turns:
                await asyncio.sleep(0.001)
        bus.close()
        await keeping

    asyncio.run(play())
    assert looks[:6] == [False] * 5 + [True]


def test_a_duty_that_is_not_able_yet_runs_soon_after_it_is_however_seldom_its_turn_comes(quiet: Any) -> None:
    asked: list[bool] = []
    turns: list[str] = []

    def able(_: Any) -> bool:
        asked.append(len(asked) >= 1)
        return asked[-1]

    duty = Duty("work", lambda _: 86_400.0, lambda unit, _: turns.append(unit.actor), able=able)

    async def play() -> None:
        bus = Bus()
        keeping = asyncio.create_task(keep_timetable(quiet, bus, lambda _: None, [duty]))
        async with asyncio.timeout(20):
            while not turns:
                await asyncio.sleep(0.01)
        bus.close()
        await keeping

    asyncio.run(play())
    assert asked == [False, True]


def test_a_server_leads_after_a_fault_that_nobody_foresaw_too(quiet: Any) -> None:
    class Faulty:
        faults = 2

        def submit(self, work: Any, **more: Any) -> Any:
            if self.faults:
                self.faults -= 1
                raise RuntimeError("nobody foresaw it")
            return quiet.database.submit(work, **more)

    leadership = Leadership("server_one", 10.0, quiet.clock, alone=False)
    several = replace(
        quiet, leadership=leadership, database=Faulty(), settings=replace(quiet.settings, leader_lease_s=0.004)
    )

    async def play() -> None:
        leading = asyncio.create_task(keep_leading(several))
        async with asyncio.timeout(20):
            while not leadership.leads:
                await asyncio.sleep(0.001)
        leading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leading

    asyncio.run(play())
    assert leadership.epoch == 1

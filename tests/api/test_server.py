"""The timetable of a server: each duty at its times, and none while nothing is due."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from gridtie.api.bus import Bus
from gridtie.api.server import keep_leading, keep_timetable
from gridtie.errors import GridtieError, Overloaded, StorageUnreachable
from gridtie.flow.lead_exchange import Leadership, lead_exchange
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
        read = quiet.database.read

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


def test_a_server_that_follows_takes_no_turn_at_writing_while_the_leader_is_well(quiet: Any) -> None:
    """Else it would wait for its turn behind a leader that stands still in a write, and see its silence late."""
    looks: list[bool] = []
    turns: list[bool] = []

    class Watched:
        def read(self, work: Any) -> Any:
            looks.append(True)
            return quiet.database.read(work)

        def submit(self, work: Any, **more: Any) -> Any:
            turns.append(True)
            return quiet.database.submit(work, **more)

    class Hand:
        now_s = 0.0

        def monotonic(self) -> float:
            return self.now_s

    hand: Any = Hand()
    ours = Leadership("server_one", 10.0, hand, alone=False)
    theirs = replace(quiet, leadership=Leadership("server_two", 10.0, hand, alone=False))
    several = replace(
        quiet, leadership=ours, database=Watched(), settings=replace(quiet.settings, leader_lease_s=0.004)
    )

    def beat() -> None:
        quiet.database.write(lambda unit: lead_exchange(unit, theirs), actor="server_two")

    async def play() -> None:
        beat()
        leading = asyncio.create_task(keep_leading(several))
        async with asyncio.timeout(20):
            while len(looks) < 20:
                await asyncio.sleep(0.001)
            hand.now_s = 9.9
            beat()
            most = len(looks) + 5
            while len(looks) < most:
                await asyncio.sleep(0.001)
            assert (turns, ours.leads) == ([], False)
            hand.now_s = 20.0
            while not ours.leads:
                await asyncio.sleep(0.001)
        leading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leading

    asyncio.run(play())
    assert turns
    assert ours.epoch == 2


@pytest.mark.parametrize(
    "away",
    [StorageUnreachable(place="postgresql://db/gridtie", reason="it was restarted", retry_after_s=1),
     Overloaded(url="postgresql://db/gridtie", reason="too many writes are waiting", retry_after_s=1)],
    ids=lambda error: error.code,
)  # fmt: skip
def test_a_database_that_is_away_is_told_in_a_line_for_each_duty_and_a_fault_of_ours_with_its_place(
    quiet: Any, away: GridtieError
) -> None:
    faults: list[Exception] = [ZeroDivisionError("ours"), away]
    beats: list[str] = []

    def verb(*_: Any) -> None:
        if faults:
            raise faults.pop()

    duty = Duty("work", lambda _: 0.001, verb)

    async def play() -> None:
        bus = Bus()
        keeping = asyncio.create_task(keep_timetable(quiet, bus, beats.append, [duty]))
        async with asyncio.timeout(20):
            while not beats:
                await asyncio.sleep(0.001)
        bus.close()
        await keeping

    with structlog.testing.capture_logs() as told:
        asyncio.run(play())
    first, second = told
    assert (first["log_level"], first["duty"], first.get("exc_info")) == ("error", "work", None)
    assert first["reason"] == away.message
    assert isinstance(second["exc_info"], ZeroDivisionError)

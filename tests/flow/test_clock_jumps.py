"""Somebody sets a wall clock while a job runs: no lease ends by it, nothing begins before its time, no bill changes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.clock import SystemClock
from gridtie.dispatch.run import RunReport
from gridtie.flow.advance_runs import take_reports
from gridtie.flow.expire_leases import expire_leases
from gridtie.flow.keep_bookings import keep_bookings
from gridtie.flow.start_exchange import start_exchange
from gridtie.flow.watch_budgets import watch_budgets
from gridtie.values.period import to_text, to_us
from gridtie.views.exchange import clock_words
from gridtie.wiring import close_exchange, open_exchange

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # no statement of its own
YUAN = 1_000_000
START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND_PRICE = YUAN / 3600  # of the offer below, for one core
STEPS = [timedelta(days=2), timedelta(hours=3), -timedelta(minutes=3), -timedelta(hours=3)]


@dataclass
class Time:
    """What truly passed; every machine here counts it alike."""

    passed: timedelta = timedelta(0)


class SetClock(SystemClock):
    """The real clock of a process, on a machine whose wall clock somebody sets `off`."""

    def __init__(self, time: Time) -> None:
        self.time, self.off = time, timedelta(0)
        super().__init__(lambda: to_us(START + time.passed + self.off) * 1000, self._passed_ns)

    def _passed_ns(self) -> int:
        return self.time.passed // timedelta(microseconds=1) * 1000

    def advance(self, span: timedelta) -> None:
        self.time.passed += span

    def begin(self) -> None:
        """As the next process on that machine does."""
        super().__init__(self._wall_ns, self._steady_ns)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(time: Time) -> SetClock:
    return SetClock(time)


@pytest.fixture
def north(world: Any) -> Any:
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN, hours=24 * 365)
    return site


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def said(world: Any, agent: SetClock, run: Any, *events: str, **more: Any) -> None:
    """Reports as the agent's own clock dates them."""
    for event in events:
        row = world.run(run)
        report = RunReport(seq=row.next_seq, event=event, at=agent.now(), **more)
        world.write(
            lambda unit, row=row, report=report: take_reports(
                unit, world.exchange, site=row.site, key=run, epoch=row.epoch, reports=[report]
            )
        )


def minutes(world: Any, site: Any, run: Any, count: int) -> int:
    """They pass: every ten seconds the duties look, and then its site is heard. How often the duties had to act."""
    acted = 0
    for _ in range(6 * count):
        world.later(seconds=10)
        for duty in (expire_leases, keep_bookings, watch_budgets):
            acted += world.write(lambda unit, duty=duty: duty(unit, world.exchange))
        world.alive(site, runs=(run,))
    return acted


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("whose", ["exchange", "agent"])
def test_a_step_ends_no_healthy_run_and_bills_the_time_that_passed(
    world: Any, north: Any, buyer: Any, time: Time, clock: SetClock, whose: str, step: timedelta
) -> None:
    agent = SetClock(time)
    job, run = world.placed(buyer, on_disconnect="replace")
    said(world, agent, run, "accept", "start")
    set_off = clock if whose == "exchange" else agent
    assert minutes(world, north, run, 1) == 0
    set_off.off = step
    assert minutes(world, north, run, 5) == 0
    said(world, agent, run, "finish", "succeed", exit_code=0)
    [only] = world.runs(job)
    assert (only.state, world.job(job).state, world.job(job).epoch) == ("succeeded", "succeeded", 1)
    [paid] = world.paid(job)
    assert paid == pytest.approx(360 * SECOND_PRICE, abs=SECOND_PRICE)


@pytest.mark.parametrize("step", STEPS)
def test_a_site_that_does_fall_silent_is_given_up_when_its_lease_ends_whatever_the_wall_says(
    world: Any, north: Any, buyer: Any, time: Time, clock: SetClock, step: timedelta
) -> None:
    _, run = world.placed(buyer, on_disconnect="replace")
    said(world, SetClock(time), run, "accept", "start")
    world.alive(north, runs=(run,))
    clock.off = step
    world.later(seconds=79)
    assert world.write(lambda unit: expire_leases(unit, world.exchange)) == 0
    world.later(seconds=2)
    assert world.write(lambda unit: expire_leases(unit, world.exchange)) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_booking_begins_when_so_much_time_has_passed_and_not_when_the_wall_says_so(
    world: Any, north: Any, buyer: Any, clock: SetClock, step: timedelta
) -> None:
    _, run = world.placed(buyer, start_at=to_text(clock.now() + timedelta(minutes=10)))
    clock.off = step
    assert minutes(world, north, run, 9) == 0
    assert minutes(world, north, run, 2) == 1
    assert [fact.kind for fact in world.facts(run)] == ["run.booked", "run.assigned"]


@pytest.mark.parametrize("step", STEPS)
def test_an_exchange_that_begins_again_after_a_step_loses_no_run_and_bills_the_time_that_passed(
    world: Any, north: Any, buyer: Any, time: Time, clock: SetClock, step: timedelta
) -> None:
    """A step ahead it takes at once, and none back: it knows from the boot clock how long nobody counted."""
    agent = SetClock(time)
    job, run = world.placed(buyer, on_disconnect="replace")
    said(world, agent, run, "accept", "start")
    assert minutes(world, north, run, 2) == 0
    clock.off = step
    newest = max(fact.at_us for fact in world.facts(run))
    close_exchange(world.exchange)
    clock.begin()
    world.exchange = open_exchange(world.exchange.settings, clock=clock)
    world.write(lambda unit: start_exchange(unit, world.exchange, "test"))
    assert to_us(clock.now()) >= newest
    assert minutes(world, north, run, 2) == 0
    said(world, agent, run, "finish", "succeed", exit_code=0)
    [only] = world.runs(job)
    assert only.state == "succeeded"
    [paid] = world.paid(job)
    assert paid == pytest.approx(240 * SECOND_PRICE, abs=SECOND_PRICE)


@pytest.mark.parametrize("step", STEPS)
def test_an_agent_that_begins_again_after_a_step_is_never_paid_for_more_than_the_exchange_saw(
    world: Any, north: Any, buyer: Any, time: Time, step: timedelta
) -> None:
    agent = SetClock(time)
    job, run = world.placed(buyer, on_disconnect="replace")
    said(world, agent, run, "accept", "start")
    assert minutes(world, north, run, 2) == 0
    agent.off = step
    agent.begin()
    assert minutes(world, north, run, 2) == 0
    said(world, agent, run, "finish", "succeed", exit_code=0)
    [only] = world.runs(job)
    assert only.state == "succeeded"
    [paid] = world.paid(job)
    assert paid <= 241 * SECOND_PRICE  # a site whose clock went back says less, and is paid what it says
    if step > timedelta(0) or -step > timedelta(minutes=4):
        assert paid >= 239 * SECOND_PRICE


@pytest.mark.parametrize(("step", "said"), [(timedelta(days=2), "2 days after"), (-timedelta(days=2), "2 days before"),
                                            (timedelta(hours=23), ""), (-timedelta(hours=23), "")])  # fmt: skip
def test_that_the_wall_clock_stands_days_off_is_said_as_long_as_it_does(
    world: Any, clock: SetClock, step: timedelta, said: str
) -> None:
    assert clock_words(world.exchange) == []
    clock.off = step
    words = clock_words(world.exchange)
    assert [said in line for line in words] == [True] * bool(said), words
    clock.off = timedelta(0)
    assert clock_words(world.exchange) == []

"""The clock of a process: what it makes of a wall clock that somebody sets."""

from datetime import UTC, datetime, timedelta

import pytest

from gridtie.clock import SystemClock

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine:
    """Two clocks of one machine; `wall` may be set, `steady` only goes on."""

    def __init__(self) -> None:
        self.steady, self.off = 1e6, timedelta(0)

    def made(self) -> SystemClock:
        return SystemClock(self.wall_ns, lambda: round(self.steady * 1e9))

    def wall_ns(self) -> int:
        return round((START + self.off).timestamp() * 1e9) + round((self.steady - 1e6) * 1e9)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(days=400), -timedelta(days=400)])
def test_a_step_of_the_wall_clock_is_followed_by_a_two_thousandth_of_the_time_that_passes(
    machine: Machine, step: timedelta
) -> None:
    clock = machine.made()
    machine.off = step
    assert clock.now() == START
    for _ in range(600):
        machine.steady += 1
        clock.now()
    gone = clock.now() - START
    assert abs(gone - timedelta(seconds=600)) <= timedelta(seconds=0.3)
    assert (gone > timedelta(seconds=600)) == (step > timedelta(0))


def test_time_never_runs_back_whatever_is_done_to_the_clocks(machine: Machine) -> None:
    clock, before, off = machine.made(), START, [HOUR, -HOUR, timedelta(0), timedelta(seconds=-1)]
    for number in range(200):
        machine.off = off[number % 4]
        machine.steady += (0.5, -0.1, 0.0)[number % 3]
        assert clock.now() >= before
        before = clock.now()


def test_a_wall_clock_that_is_a_little_off_is_caught_up_with(machine: Machine) -> None:
    clock = machine.made()
    machine.off = timedelta(milliseconds=20)
    machine.steady += 60
    assert clock.now() == START + timedelta(seconds=60, milliseconds=20)


def test_a_new_process_takes_a_step_ahead_at_once_and_goes_on_from_what_was_written_after_a_step_back(
    machine: Machine,
) -> None:
    machine.off = HOUR
    assert machine.made().now() == START + HOUR
    machine.off = -HOUR
    clock = machine.made()
    clock.not_before(START + timedelta(minutes=5))
    assert clock.now() == START + timedelta(minutes=5)
    machine.steady += 10
    assert timedelta(seconds=9.9) < clock.now() - START - timedelta(minutes=5) < timedelta(seconds=10)


def test_ids_are_of_the_same_time_and_not_of_the_wall_clock(machine: Machine) -> None:
    clock = machine.made()
    first = clock.new_id("job")
    machine.off, machine.steady = -HOUR, machine.steady + 1
    assert clock.new_id("job") > first

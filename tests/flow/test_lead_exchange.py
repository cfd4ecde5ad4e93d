"""One of several leads; another takes over after a whole lease without a beat; who led before writes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from gridtie.flow.exchange import Exchange
from gridtie.flow.lead_exchange import Leadership, lead_exchange, stop_leading

LEASE_S = 10.0


@pytest.fixture
def servers(world: Any) -> tuple[Exchange, Exchange]:
    """Two processes on one database, as far as a verb can tell."""
    one, two = (
        replace(world.exchange, leadership=Leadership(f"server_{name}", LEASE_S, world.clock, alone=False))
        for name in ("one", "two")
    )
    return one, two


def turn(world: Any, exchange: Exchange) -> bool:
    return bool(world.write(lambda unit: lead_exchange(unit, exchange)))


def holds(world: Any, exchange: Exchange) -> bool:
    return bool(world.read(exchange.leadership.holds))


def test_who_comes_first_leads_and_keeps_it_for_as_long_as_he_shows_himself(world: Any, servers: Any) -> None:
    one, two = servers
    assert turn(world, one)
    for _ in range(20):
        world.later(seconds=LEASE_S / 2)
        assert turn(world, one)
        assert not turn(world, two)
    assert (holds(world, one), holds(world, two)) == (True, False)
    assert [note.data["epoch"] for note in world.facts(one.id) if note.kind == "exchange.led"] == [1]


def test_a_whole_lease_of_silence_as_the_other_saw_it_passes_it_on_with_the_next_epoch(
    world: Any, servers: Any
) -> None:
    one, two = servers
    turn(world, one)
    world.later(hours=5)
    assert not turn(world, two)  # it looks for the first time: how long nobody moved before, it cannot know
    world.later(seconds=LEASE_S - 0.1)
    assert not turn(world, two)
    world.later(seconds=0.1)
    assert turn(world, two)
    assert (two.leadership.epoch, holds(world, two)) == (2, True)


def test_who_led_before_holds_nothing_whatever_he_believes_and_learns_it_at_his_next_turn(
    world: Any, servers: Any
) -> None:
    one, two = servers
    turn(world, one)
    turn(world, two)
    world.later(seconds=LEASE_S)
    turn(world, two)
    assert one.leadership.leads  # he stood still, and has heard of nothing
    assert not holds(world, one)
    assert not turn(world, one)
    assert not one.leadership.leads


def test_who_goes_in_peace_is_followed_at_once_and_takes_nothing_with_him_that_is_not_his(
    world: Any, servers: Any
) -> None:
    one, two = servers
    turn(world, one)
    world.write(lambda unit: stop_leading(unit, two))
    assert holds(world, one)
    world.write(lambda unit: stop_leading(unit, one))
    assert not holds(world, one)
    assert turn(world, two)


def test_a_takeover_that_was_rolled_back_is_none(world: Any, servers: Any) -> None:
    one, _ = servers

    def breaks(unit: Any) -> None:
        assert lead_exchange(unit, one)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        world.write(breaks)
    assert not holds(world, one)
    assert turn(world, one)


def test_the_only_server_that_can_write_leads_without_a_row(world: Any) -> None:
    alone = replace(world.exchange, leadership=Leadership("server_one", LEASE_S, world.clock, alone=True))
    before = world.rows()
    assert turn(world, alone)
    assert holds(world, alone)
    world.write(lambda unit: stop_leading(unit, alone))
    assert world.rows() == before

"""Who was heard lately, in memory: what is kept there follows what was committed, and does not grow with the years."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.flow.advance_runs import end_run
from gridtie.flow.expire_leases import expire_leases
from gridtie.flow.presence import Presence
from gridtie.values.ids import RunId, SiteId

YUAN = 1_000_000
START = datetime(2026, 1, 1, tzinfo=UTC)
AGAIN = timedelta(seconds=5)


def test_a_run_whose_end_was_not_written_is_not_taken_for_a_silent_one(world: Any) -> None:
    """The disk was full as its end was written: it works on, and was heard a moment ago."""
    site = world.site("north", world.organisation("seller"))
    world.offer(site)
    job, run = world.placed(world.organisation("buyer", balance=10 * YUAN), on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(hours=1)
    world.alive(site, runs=(run,))

    def torn(unit: Any) -> None:
        end_run(unit, world.exchange, unit.jobs.get(job), unit.runs.get(run), "fail", reason="exit", exit_code=1)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        world.write(torn)
    assert world.write(lambda unit: expire_leases(unit, world.exchange)) == 0
    assert world.run(run).state == "running"


def test_a_run_that_ended_is_forgotten(world: Any) -> None:
    site = world.site("north", world.organisation("seller"))
    world.offer(site)
    _, run = world.placed(world.organisation("buyer", balance=10 * YUAN))
    world.report(run, "accept", "start")
    assigned = world.clock.now()
    world.later(minutes=1)
    world.alive(site, runs=(run,))
    heard = world.exchange.presence.silent_for(run, assigned, world.clock.now())
    assert heard == timedelta(0)
    world.report(run, "finish", "succeed")
    forgotten = world.exchange.presence.silent_for(run, assigned, world.clock.now())
    assert forgotten > timedelta(minutes=1)


def test_news_is_told_once_and_again_after_a_while() -> None:
    presence = Presence(control=timedelta(seconds=30), started_at=START)
    told = [presence.tell("run_1", "kill", START + timedelta(seconds=s), again_after=AGAIN) for s in (0, 1, 4.9, 5, 6)]
    assert told == [True, False, False, True, False]
    assert presence.tell("run_1", "cancel", START, again_after=AGAIN)
    assert presence.tell("run_2", "kill", START, again_after=AGAIN)


def test_what_was_told_long_ago_takes_no_room() -> None:
    """Receipts are told for ever, and an agent may hold runs that nobody knows."""
    presence = Presence(control=timedelta(seconds=30), started_at=START)
    for number in range(20_000):
        presence.tell(f"rcpt_{number}", "sign", START + timedelta(milliseconds=number), again_after=AGAIN)
    assert len(presence._told) <= 2 * 5_000


def test_a_site_is_connected_for_as_long_as_its_lease_and_not_a_moment_longer() -> None:
    presence = Presence(control=timedelta(seconds=30), started_at=START)
    site = SiteId("site_1")
    assert not presence.connected(site, START)
    assert presence.renew(site, (), START)
    assert presence.connected(site, START + timedelta(seconds=30))
    assert not presence.connected(site, START + timedelta(seconds=30, microseconds=1))
    assert not presence.renew(site, (), START + timedelta(seconds=30))
    assert presence.renew(site, (RunId("run_1"),), START + timedelta(seconds=61))


@pytest.mark.parametrize(
    ("sites", "silent", "braked"), [(3, 3, True), (4, 2, False), (5, 3, True), (6, 3, False), (2, 2, False)]
)
def test_the_brake_needs_three_sites_that_are_more_than_half(sites: int, silent: int, braked: bool) -> None:
    presence = Presence(control=timedelta(seconds=30), started_at=START)
    for number in range(sites):
        presence.renew(SiteId(f"site_{number}"), (), START)
    now = START + timedelta(seconds=31)
    seen = {SiteId(f"site_{number}"): number >= silent for number in range(sites)}
    assert presence.brake(seen, now) is braked


def test_the_brake_lets_go_one_lease_after_the_last_minute_in_which_they_fell_silent() -> None:
    presence = Presence(control=timedelta(seconds=30), started_at=START)
    sites = {SiteId(f"site_{number}"): False for number in range(3)}
    for site in sites:
        presence.renew(site, (), START)
    assert presence.brake(sites, START + timedelta(seconds=90))
    assert presence.brake(sites, START + timedelta(seconds=90, microseconds=1))
    assert not presence.brake(sites, START + timedelta(seconds=120))


def test_what_a_shared_site_can_lend_rings_only_when_it_grows() -> None:
    presence, site = Presence(control=timedelta(seconds=3), started_at=START), SiteId("site_1")

    def lends(*cpus: int) -> SiteCapacity:
        return SiteCapacity(machines={f"m{number}": Room(count, 1, 0) for number, count in enumerate(cpus)})

    assert presence.lends(site) is None
    grew = [presence.take_capacity(site, one) for one in (lends(4, 4), lends(4, 2), lends(3, 3), None, None)]
    assert grew == [False, False, True, True, False]


def test_why_a_run_waits_is_known_until_it_runs_or_ends() -> None:
    presence = Presence(control=timedelta(seconds=3), started_at=START)
    run, other = RunId("run_1"), RunId("run_2")
    presence.take_notes({run: "in the queue", other: "the controller is away"})
    assert (presence.note(run), presence.note(other)) == ("in the queue", "the controller is away")
    presence.take_notes({run: ""})
    assert presence.note(run) == ""


def test_which_server_a_sites_agent_calls_is_known_while_it_is_connected() -> None:
    presence, site = Presence(control=timedelta(seconds=3), started_at=START), SiteId("site_1")
    assert presence.elsewhere(site, START) == ""
    presence.renew(site, (), START, through="http://two")
    assert presence.elsewhere(site, START) == "http://two"
    assert presence.elsewhere(site, START + timedelta(seconds=4)) == ""
    presence.renew(site, (), START)
    assert presence.elsewhere(site, START) == ""

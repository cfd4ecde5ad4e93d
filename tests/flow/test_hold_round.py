"""Rounds that would repeat the last one are left out; whatever may change what is decided, time too, is noticed."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from tests.flow.conftest import HOUR, YUAN

from gridtie.access import Actor, Scope, roles_of
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.clear_market import Outcome, clear_market
from gridtie.flow.declare_site import change_policy
from gridtie.flow.expire_requests import expire_requests
from gridtie.flow.fund_account import top_up
from gridtie.flow.hold_round import hold_round, may_decide
from gridtie.flow.keep_bookings import keep_bookings
from gridtie.flow.post_offer import OfferTerms, post_offer
from gridtie.store.journal import load
from gridtie.values.money import Micros
from gridtie.values.period import Period, to_text


class Undone(Exception):
    """Rolls back a round that is held only to see what it would do."""


def asked(world: Any) -> bool:
    """As the timetable does: looks, and holds the round where it may decide something."""
    due: bool = world.read(lambda unit: may_decide(unit, world.exchange))
    if due:
        world.write(lambda unit: hold_round(unit, world.exchange))
    return due


def would(world: Any) -> Outcome:
    seen: list[Outcome] = []

    def hold(unit: Any) -> None:
        seen.append(clear_market(unit, world.exchange, "posted"))
        raise Undone

    with pytest.raises(Undone):
        world.exchange.database.write(hold, actor="nobody")
    return seen[0]


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=1000 * YUAN)


@pytest.fixture
def north(world: Any) -> Any:
    site = world.site("north", world.organisation("seller"))
    world.offer(site)
    return site


def test_who_waits_is_told_why_once_and_no_round_is_held_until_something_changes(
    world: Any, north: Any, buyer: Any
) -> None:
    (_, run), waiting = world.placed(buyer), world.submit(buyer)
    assert [asked(world) for _ in range(2)] == [True, True], "one that told it, and one that found it told"
    why = world.job(waiting).reason
    assert "busy" in why
    rows, before = world.rows(), world.exchange.still_market.left_out
    for _ in range(5):
        world.later(seconds=5)
        world.alive(runs=(run,))
        assert not asked(world)
    assert world.rows() == rows
    assert world.exchange.still_market.left_out == before + 5
    world.later(minutes=5)
    assert asked(world), "its site fell silent"
    assert world.job(waiting).reason != why
    world.alive(runs=(run,))
    assert asked(world), "and came back"
    assert asked(world)
    assert not asked(world)
    world.report(run, "accept", "start", "finish", "succeed")
    assert asked(world), "a run ended"
    assert world.job(waiting).state == "placed"


def test_who_waits_for_money_which_no_book_shows_is_looked_at_in_every_round(world: Any, north: Any) -> None:
    poor = world.organisation("poor", balance=YUAN // 2)
    job = world.submit(poor)
    assert [asked(world) for _ in range(4)] == [True] * 4
    world.write(lambda unit: top_up(unit, poor, 5 * YUAN, memo="paid in"))
    assert asked(world)
    assert world.job(job).state == "placed"


def test_time_alone_opens_an_offer(world: Any, buyer: Any) -> None:
    site = world.site("north", world.organisation("seller"))
    sold(world, site, begins=HOUR, ends=9 * HOUR)
    job = world.submit(buyer)
    assert [asked(world) for _ in range(3)] == [True, True, False]
    world.later(minutes=59)
    world.alive()
    assert not asked(world)
    world.later(minutes=1)
    world.alive()
    assert asked(world)
    assert world.job(job).state == "placed"


def sold(world: Any, site: Any, *, begins: timedelta, ends: timedelta, price: int = YUAN) -> None:
    owner = Actor(name="owner", organisation=site.owner, roles=roles_of("owner"))
    now = world.clock.now()
    terms = OfferTerms(price=Micros(price), window=Period(now + begins, now + ends), units_min=1, units_max=None,
                       spot=False, terms="")  # fmt: skip
    world.write(lambda unit: post_offer(unit, owner, Scope(None), site.resource, terms))


def _arrives(world: Any, dice: Random, buyer: Any) -> None:
    def some(**more: Any) -> dict[str, Any]:
        return {name: value for name, value in more.items() if dice.random() < 0.4}

    start = world.clock.now() + timedelta(minutes=dice.randrange(5, 120))
    booked = {"start_at": to_text(start)} | some(start_by=to_text(start + timedelta(minutes=dice.randrange(5, 90))))
    deadline = {"deadline": to_text(world.clock.now() + timedelta(minutes=dice.randrange(240, 400)))}
    world.submit(
        buyer, cpus=dice.randint(1, 2), expected=timedelta(minutes=dice.choice((20, 60))),
        **some(time_limit=timedelta(minutes=dice.choice((30, 90)))), **(booked if dice.random() < 0.6 else {}),
        **(deadline if dice.random() < 0.3 else {}),
    )  # fmt: skip


def _goes_on(world: Any, dice: Random, *, chance: float = 0.15) -> None:
    """Runs begin and end as they like; some overstay."""
    live = world.read(lambda unit: [(row.id, row.state, row.starts_us, row.assigned_us) for row in unit.runs.live()])
    for run, state, starts, placed in live:
        if (starts is None or placed >= starts) and dice.random() < chance:
            event = {"assigned": "accept", "accepted": "start", "running": "finish"}.get(state)
            world.report(run, *((event,) if event else ("succeed",)))


@pytest.mark.parametrize("seed", range(5))
def test_no_round_that_is_left_out_would_have_placed_or_told_anybody_whatever_comes_and_goes(
    world: Any, buyer: Any, seed: int
) -> None:
    dice, counted = Random(seed), Counter[bool]()
    for number in range(dice.randint(1, 2)):
        site = world.site(f"site-{number}", world.organisation(f"seller-{number}"), cpus=2, machines=dice.randint(1, 2))
        for _ in range(dice.randint(1, 2)):
            sold(world, site, begins=timedelta(minutes=dice.randrange(0, 90)) * dice.randint(0, 1),
                 ends=timedelta(minutes=dice.randrange(100, 500)), price=dice.randint(1, 3) * YUAN)  # fmt: skip
        if dice.random() < 0.5:
            lent = [world.clock.now() + timedelta(minutes=dice.randrange(60)) for _ in range(4)]
            hours = [f"mon-sun {begin:%H:%M}-{end + HOUR:%H:%M}" for begin, end in (lent[:2], lent[2:])]
            policy = {"time_zone": "UTC", "open_hours": hours}
            world.write(lambda unit, key=site.id, policy=policy: change_policy(unit, key, policy))
            if queued := Random(f"queued {seed} {number}").randrange(3) * 1800:
                world.queued(site, queued)
    for _ in range(8):
        _arrives(world, dice, buyer)
    for _ in range(60):
        if dice.random() < 0.1:
            _arrives(world, dice, buyer)
        if dice.random() < 0.2:
            _goes_on(world, dice)
        world.later(seconds=dice.choice((1, 5, 5, 60, 300)))
        if dice.random() < 0.9:
            world.alive()
        world.write(lambda unit: keep_bookings(unit, world.exchange))
        ending = expire_requests(world.exchange)
        world.write(lambda unit, ending=ending: ending(unit, world.exchange))
        truth = would(world)
        due = asked(world)
        counted[due] += 1
        assert due or truth == Outcome(), f"after {counted}"
    assert counted[False] > 5, counted
    for _ in range(5):  # who overstayed goes
        _goes_on(world, dice, chance=1.0)


def test_a_cancelled_job_leaves_the_queue_and_the_round_is_held_again(world: Any, north: Any, buyer: Any) -> None:
    world.placed(buyer)
    first, second = world.submit(buyer), world.submit(buyer, priority=-1)
    for _ in range(3):
        world.alive()
        due = asked(world)
    assert not due
    world.write(lambda unit: cancel_job(unit, first))
    assert asked(world)
    refusal = world.read(lambda unit: unit.market.request_row(second).refusal)
    assert load(refusal)["code"] == "busy"

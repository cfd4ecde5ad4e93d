"""What an owner lends by hours, days and classes of work, and what all others and he himself get of it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.flow.conftest import HOUR, YUAN, job_spec

from gridtie.dispatch.job import JobDocument
from gridtie.errors import InvalidInput
from gridtie.flow.certify_resource import certify_resource, prepare_test
from gridtie.flow.clear_market import clear_market
from gridtie.flow.declare_site import change_policy
from gridtie.flow.hold_round import hold_round, may_decide
from gridtie.flow.keep_bookings import keep_bookings
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.sync_agent import orders_for
from gridtie.market.book import book_from_json, clearing_from_json
from gridtie.market.verification import faults
from gridtie.store.journal import load
from gridtie.values.period import from_us, to_text
from gridtie.views.market import explain_job, market_view

HALF = timedelta(minutes=30)


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


@pytest.fixture
def north(world: Any) -> Any:
    """Four cores on one machine."""
    site = world.site("north", world.organisation("seller", balance=100 * YUAN), cpus=4)
    world.offer(site)
    return site


def rule(world: Any, site: Any, **policy: Any) -> None:
    world.write(lambda unit: change_policy(unit, site.id, policy))


def lend(world: Any, site: Any, *spans: tuple[float, float]) -> None:
    """Every day, in hours from this minute on."""
    now = world.clock.now()
    clocks = ["-".join(f"{now + timedelta(hours=hours):%H:%M}" for hours in span) for span in spans]
    rule(world, site, time_zone="UTC", open_hours=[f"mon-sun {clock}" for clock in clocks])


def told(world: Any, job: Any) -> str:
    return str(world.job(job).reason)


def later(world: Any, **span: float) -> None:
    world.later(**span)
    world.alive()


def test_others_get_it_in_its_hours_and_its_owner_always(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (3, 9))
    waits, own = world.submit(buyer, time_limit=HOUR), world.submit(north.owner)
    assert world.clear() == 1
    opens = f"{world.clock.now() + 3 * HOUR:%a %Y-%m-%d %H:%M} (UTC)"
    assert (world.job(own).state, told(world, waits)) == ("placed", f"north lends nothing until {opens}")
    lines = world.read(lambda unit: explain_job(unit, world.exchange, waits))["lines"]
    assert any(f"north lends nothing until {opens}" in line for line in lines)
    later(world, hours=3)
    assert world.clear() == 1
    assert world.job(waits).state == "placed"


def test_a_job_that_may_run_past_the_closing_waits_and_is_told_what_fits(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (0, 2), (5, 12))
    long, short = (world.submit(buyer, time_limit=limit) for limit in (2 * HOUR, 1.5 * HOUR))
    endless = world.submit(buyer)
    assert world.clear() == 1
    assert world.job(short).state == "placed"
    now = world.clock.now()
    closes, opens = (f"{now + hours * HOUR:%a %Y-%m-%d %H:%M} (UTC)" for hours in (2, 5))
    assert told(world, long).startswith(f"north lends until {closes}, and the job may be there for 2 h 5 min")
    assert world.job(long).change == f"a shorter gridtie.time_limit, or wait until {opens}"
    assert "north lends for 7 h at a time at most, and the job has no time limit" in told(world, endless)
    later(world, hours=5)
    assert world.clear() == 1
    assert world.job(long).state == "placed"


def test_nothing_is_lent_on_a_closed_day_and_a_change_of_rules_leaves_who_runs_alone(
    world: Any, north: Any, buyer: Any
) -> None:
    _, run = world.placed(buyer)
    today = f"{world.clock.now():%Y-%m-%d}"
    rule(world, north, time_zone="UTC", closed_days=[today])
    waits = world.submit(buyer, time_limit=HOUR)
    assert world.clear() == 0
    assert told(world, waits).startswith("north lends nothing until ")
    assert world.run(run).state == "assigned"
    rule(world, north, closed_days=[])
    assert world.clear() == 1


def test_only_work_of_the_classes_that_are_lent_for_is_taken(world: Any, north: Any, buyer: Any) -> None:
    rule(world, north, work_classes=["batch"])
    batch, entered = world.submit(buyer), world.submit(buyer, interactive=True)
    own = world.submit(north.owner, interactive=True)
    assert world.clear() == 2
    assert [world.job(job).state for job in (batch, own, entered)] == ["placed", "placed", "queued"]
    assert "the owner of north lends for batch work, not interactive work" in told(world, entered)


def test_who_waits_for_an_opening_is_told_once_and_rounds_are_left_out_until_it_comes(
    world: Any, north: Any, buyer: Any
) -> None:
    lend(world, north, (2, 4), (6, 12))
    job, long = world.submit(buyer, time_limit=HOUR), world.submit(buyer, time_limit=3 * HOUR)

    def held() -> bool:
        due: bool = world.read(lambda unit: may_decide(unit, world.exchange))
        if due:
            world.write(lambda unit: hold_round(unit, world.exchange))
        return due

    assert [held() for _ in range(3)] == [True, True, False]
    rows = world.rows()
    later(world, minutes=50)
    assert not held(), "an hour before it closes again is not looked at before it opens"
    assert world.rows() == rows
    later(world, minutes=70)
    assert held()
    assert (world.job(job).state, world.job(long).state) == ("placed", "queued")
    assert world.job(long).change.startswith("a shorter gridtie.time_limit, or wait until ")
    rule(world, north, open_hours=[])
    assert held(), "the owner changed his rules"
    assert world.job(long).state == "placed"


def test_who_would_wait_past_the_closing_in_a_sites_own_queue_is_not_placed_there_and_told_when_that_is_so(
    world: Any, north: Any, buyer: Any
) -> None:
    lend(world, north, (0, 4))
    world.queued(north, 7200)
    own = [world.submit(north.owner) for _ in range(4)]
    fits, long = (world.submit(buyer, time_limit=limit) for limit in (HOUR, 2 * HOUR))
    document = JobDocument(jobs=(job_spec(time_limit=HOUR), job_spec(time_limit=2 * HOUR)))
    quotes = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert [quote["missed_because"] for quote in quotes] == [{}, {"hours": 1}]
    assert world.write(lambda unit: hold_round(unit, world.exchange)) == 4
    assert "2 h 5 min (with 5 min to come and go) after its wait in the site's own queue" in told(world, long)
    assert "busy" in told(world, fits)
    while world.read(lambda unit: may_decide(unit, world.exchange)):
        world.write(lambda unit: hold_round(unit, world.exchange))
    later(world, minutes=56)
    assert world.read(lambda unit: may_decide(unit, world.exchange)), "he waits for something else from now on"
    world.write(lambda unit: hold_round(unit, world.exchange))
    assert "1 h 5 min (with 5 min to come and go) after its wait in the site's own queue" in told(world, fits)
    world.queued(north, 3600)
    world.report(world.job(own[0]).run, "accept", "start", "finish", "succeed", exit_code=0)
    assert world.clear() == 1
    assert (world.job(fits).state, world.job(long).state) == ("placed", "queued")


def at(world: Any, **span: float) -> str:
    return to_text((world.clock.now() + timedelta(**span)).replace(second=0, microsecond=0))


def starts(world: Any, job: Any) -> str:
    return to_text(from_us(world.run(world.job(job).run).starts_us))


def test_a_time_is_booked_within_the_hours_alone_and_stands_when_they_change(
    world: Any, north: Any, buyer: Any
) -> None:
    lend(world, north, (3, 5))
    early = world.submit(buyer, start_at=at(world, hours=2, minutes=30))
    late = world.submit(buyer, start_at=at(world, hours=4))  # five minutes to go are not lent
    fits = world.submit(buyer, start_at=at(world, hours=3, minutes=50))
    tomorrow = world.submit(buyer, start_at=at(world, hours=27))
    own = world.submit(north.owner, start_at=at(world, hours=2))
    assert world.clear() == 3
    assert [world.job(job).state for job in (early, late)] == ["queued", "queued"]
    assert [world.job(job).state for job in (fits, tomorrow, own)] == ["placed"] * 3
    assert told(world, early).startswith("north lends nothing until ")
    assert world.job(late).change == "a shorter gridtie.expected, or another gridtie.start_at"
    rule(world, north, open_hours=["mon-sun 00:00-00:10"])
    later(world, hours=3, minutes=50)
    world.write(lambda unit: keep_bookings(unit, world.exchange))
    orders = world.read(lambda unit: orders_for(unit, world.exchange, north.id, ()))
    assert world.job(fits).run in [plan["run"] for plan in orders.assignments]


def test_in_a_window_of_starts_an_opening_is_one_and_a_round_of_it_proves(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (3, 5))
    job = world.submit(buyer, start_at=at(world, hours=1), start_by=at(world, hours=8))
    assert world.clear() == 1
    assert starts(world, job) == at(world, hours=3)
    number = world.read(lambda unit: unit.market.last_round_of(job))
    found, book, clearing = world.read(lambda unit: unit.market.round(number))
    assert faults(found.rule, book_from_json(load(book)), clearing_from_json(load(clearing))) == ()
    [quote] = world.read(lambda unit: quote_jobs(unit, world.exchange, JobDocument(jobs=(
        job_spec(start_at=at(world, hours=1), start_by=at(world, hours=8)),)), buyer))  # fmt: skip
    assert quote["choices"][0]["start_at"] == at(world, hours=3)


def test_a_quote_says_when_it_is_lent(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (3, 5))
    document = JobDocument(jobs=(job_spec(time_limit=HOUR), job_spec()))
    short, endless = world.read(lambda unit: quote_jobs(unit, world.exchange, document, buyer))
    assert (short["fits"], short["missed_because"]) == (False, {"hours": 1})
    assert any("north lends nothing until" in line for line in short["lines"])
    assert not any("can run nowhere" in line for line in short["lines"])
    assert any("can run nowhere: north lends for 2 h at a time at most" in line for line in endless["lines"])
    [own] = world.read(lambda unit: quote_jobs(unit, world.exchange, JobDocument(jobs=(job_spec(),)), north.owner))
    assert own["starts_now"]


def test_what_a_closed_site_would_have_free_is_told_apart_from_what_is_free(world: Any, north: Any, buyer: Any) -> None:
    def shown() -> tuple[Any, ...]:
        [row] = world.read(lambda unit: market_view(unit, world.exchange))["products"]
        return row["units_free"], row["units_closed"], row["units_total"], row["opens"]

    south = world.site("south", world.organisation("other"), cpus=4)
    world.offer(south)
    assert shown() == (8, 0, 8, None)
    lend(world, north, (3, 5))
    opens = f"{world.clock.now() + 3 * HOUR:%a %Y-%m-%d %H:%M} (UTC)"
    assert shown() == (4, 4, 8, opens)
    lend(world, south, (2, 5))
    world.submit(north.owner)
    assert world.clear() == 1
    assert shown() == (0, 7, 8, f"{world.clock.now() + 2 * HOUR:%a %Y-%m-%d %H:%M} (UTC)")
    later(world, hours=2)
    assert shown() == (4, 3, 8, opens)


@pytest.mark.parametrize("settings", [
    {"auction_rule": "best-welfare"}, {"auction_rule": "best-welfare", "auction_slots": 4, "auction_slot_s": 1800},
    {"auction_rule": "uniform-price"}, {"auction_rule": "max-min"},
])  # fmt: skip
def test_every_rule_of_a_tick_keeps_to_it(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (0, 2))
    bids = [
        world.submit(buyer, mode="auction", budget={"max_price": 5 * YUAN}, time_limit=limit)
        for limit in (HALF, 3 * HOUR, HOUR, None)
    ]
    own = world.submit(north.owner, mode="auction", budget={"max_price": 5 * YUAN})
    world.clear("auction")
    assert [world.job(job).state for job in (*bids, own)] == ["placed", "queued", "placed", "queued", "placed"]
    assert "north lends" in told(world, bids[1])
    number = world.read(lambda unit: unit.market.last_round_of(own))
    found, book, clearing = world.read(lambda unit: unit.market.round(number))
    assert faults(found.rule, book_from_json(load(book)), clearing_from_json(load(clearing))) == ()


def test_a_test_of_the_exchange_is_no_lending(world: Any, north: Any, buyer: Any) -> None:
    lend(world, north, (3, 5))
    rule(world, north, closed_days=[f"{world.clock.now():%Y-%m-%d}"], work_classes=["gang"])
    files = world.read(lambda unit: prepare_test(unit, world.exchange, north.resource, "quick"))
    who = {"organisation": buyer, "member": world.any_member(buyer)}
    world.write(lambda unit: certify_resource(unit, world.exchange, files, **who))
    assert world.write(lambda unit: clear_market(unit, world.exchange, "posted", pinned=True)).placed == 1


def test_hours_without_a_zone_and_a_zone_that_is_none_are_refused(world: Any, north: Any) -> None:
    for policy in ({"open_hours": ["mon 07:00-19:00"]}, {"time_zone": "Asia"}):
        with pytest.raises(InvalidInput) as refused:
            rule(world, north, **policy)
        assert [problem.path for problem in refused.value.problems] == ["policy.time_zone"]
    rule(world, north, time_zone="Asia/Shanghai")
    rule(world, north, open_hours=["mon 07:00-19:00"])

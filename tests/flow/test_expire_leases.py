"""Silence beyond a lease: the run is void, costs nothing that was not saved, and its job goes on elsewhere."""

import re
from datetime import timedelta
from typing import Any

import pytest

from gridtie.errors import StaleEpoch
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.expire_leases import expire_leases
from gridtie.flow.move_site import revoke_site
from gridtie.flow.presence import Presence
from gridtie.flow.publish_artefacts import publish_artefacts
from gridtie.flow.sync_agent import Held, orders_for
from gridtie.store.journal import load

YUAN = 1_000_000


@pytest.fixture
def seller(world: Any) -> Any:
    return world.organisation("seller")


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


@pytest.fixture
def north(world: Any, seller: Any) -> Any:
    """The cheaper of two sites, so that every first run goes there."""
    site = world.site("north", seller)
    world.offer(site, YUAN)
    return site


@pytest.fixture
def south(world: Any, seller: Any) -> Any:
    site = world.site("south", seller)
    world.offer(site, 2 * YUAN)
    return site


def expire(world: Any) -> int:
    return world.write(lambda unit: expire_leases(unit, world.exchange))


def test_a_lost_run_is_void_costs_nothing_and_goes_on_elsewhere_from_its_last_checkpoint(
    world: Any, north: Any, south: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(minutes=6)
    world.alive(north, runs=(run,))
    assert world.checkpoint(run, "step 100")
    world.later(minutes=6)
    world.alive(north, runs=(run,))
    world.later(seconds=80, milliseconds=-1)
    world.alive(south)
    assert expire(world) == 0  # not a moment early
    world.later(seconds=1)
    assert expire(world) == 1
    lost, row = world.run(run), world.job(job)
    assert (lost.state, lost.reason) == ("lost", "lease")
    assert (row.state, row.retries, row.reason_code) == ("queued", 1, "site_lost")
    [paid] = world.paid(job)
    assert paid == pytest.approx(YUAN / 10, abs=2)  # until the checkpoint, which the buyer has; not a second more
    assert world.balance(buyer).held == 0
    world.alive()  # north is back, and cheaper; still the job does not go there again
    assert world.clear() == 1
    again = world.run(world.job(job).run)
    assert (again.site, again.epoch) == (south.id, 2)
    [file] = load(again.plan)["checkpoint"]
    assert (file["path"], file["size"]) == ("state", len("step 100"))
    before = world.rows()
    assert expire(world) == 0
    assert world.rows() == before


def given_up(world: Any, north: Any, buyer: Any, *, late_s: float, heard: bool, ran_s: float | None) -> int:
    """What is paid for a run under `replace` whose only checkpoint arrives `late_s` after it began."""
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(seconds=late_s)
    if heard:
        world.alive(north, runs=(run,))
    assert world.checkpoint(run, "half of it", ran_s=ran_s)
    world.later(seconds=91)
    assert expire(world) == 1
    [paid] = world.paid(job)
    return paid


@pytest.mark.parametrize(
    ("late_s", "heard", "ran_s", "paid_s"),
    [(72, True, 36, 36),  # it was long under way, and its site says when it was saved
     (72, True, 3600, 72),  # a site that says more is not believed
     (72, True, None, 72),  # an older agent does not say
     (80, False, None, 45)],  # its site must have stopped it by then, as far as it was told to go on
)  # fmt: skip
def test_a_checkpoint_that_arrives_late_counts_from_when_it_was_saved(
    world: Any, north: Any, buyer: Any, late_s: float, heard: bool, ran_s: float | None, paid_s: float
) -> None:
    paid = given_up(world, north, buyer, late_s=late_s, heard=heard, ran_s=ran_s)
    assert paid == pytest.approx(YUAN * paid_s / 3600, abs=2)


def test_without_a_checkpoint_nothing_of_a_lost_run_is_billed(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(minutes=20)
    assert expire(world) == 1
    assert world.paid(job) == [0]
    assert world.balance(buyer).posted == 100 * YUAN


@pytest.mark.parametrize(("policy", "seconds"), [("replace", 80), ("stop", 90), ("wait", 1845)])
def test_each_policy_endures_its_own_silence(world: Any, north: Any, buyer: Any, policy: str, seconds: int) -> None:
    _, run = world.placed(buyer, on_disconnect=policy)
    world.report(run, "accept", "start")
    world.alive(north, runs=(run,))
    world.later(seconds=seconds, milliseconds=-5)
    assert expire(world) == 0
    world.later(milliseconds=10)
    assert expire(world) == 1


def test_a_site_that_renews_keeps_its_run_for_ever(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    for _ in range(50):
        world.later(seconds=70)
        world.alive(north, runs=(run,))
        assert expire(world) == 0
    assert world.run(run).state == "running"


def test_a_connected_site_that_forgot_a_run_does_not_keep_it_alive(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    for _ in range(4):
        world.later(seconds=25)
        world.alive(north)
    assert expire(world) == 1


def test_a_run_that_its_site_does_not_take_goes_elsewhere_without_using_a_retry(
    world: Any, north: Any, south: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer)
    world.later(seconds=31)
    world.alive(south)
    assert expire(world) == 1
    assert (world.run(run).state, world.job(job).retries) == ("rejected", 0)
    world.alive()
    assert world.clear() == 1
    assert world.run(world.job(job).run).site == south.id


def test_a_job_without_retries_left_ends_and_says_why(world: Any, north: Any, south: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, on_disconnect="replace", retry={"limit": 1})
    world.report(run, "accept", "start")
    world.later(seconds=100)
    world.alive(south)
    assert expire(world) == 1
    assert world.clear() == 1
    run = world.job(job).run
    world.report(run, "accept", "start")
    world.later(seconds=100)
    assert expire(world) == 1
    row = world.job(job)
    assert (row.state, row.retries) == ("failed", 1)
    assert row.reason == "the site lost contact, and its 1 retries are used up"
    assert row.ended_us is not None


@pytest.mark.parametrize(
    ("reason", "on", "state", "words"),
    [
        ("preempted", ("preempted",), "queued", "waits|it goes on elsewhere"),
        ("preempted", ("site_lost",), "failed", "took its machines back, and its retry policy"),
        ("site", ("site_lost",), "queued", "waits|it goes on elsewhere"),
        ("site", ("preempted",), "failed", "the site lost it, and its retry policy"),
    ],
)
def test_a_job_goes_on_after_exactly_the_losses_that_its_policy_names(
    world: Any, north: Any, south: Any, buyer: Any, reason: str, on: tuple[str, ...], state: str, words: str
) -> None:
    job, run = world.placed(buyer, retry={"on": on, "limit": 1})
    world.report(run, "accept", "start")
    world.report(run, "lose", reason=reason)
    row = world.job(job)
    assert row.state == state
    assert re.search(words, row.reason), row.reason


def test_a_job_that_never_wants_a_second_run_ends_with_its_first(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, on_disconnect="replace", retry={"on": (), "limit": 5})
    world.report(run, "accept", "start")
    world.later(seconds=100)
    expire(world)
    assert world.job(job).state == "failed"


def test_a_job_that_each_site_has_lost_once_goes_back_to_the_one_that_lost_it_first(
    world: Any, north: Any, south: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer, retry={"limit": 4})
    places = []
    for _ in range(4):
        places.append(world.run(run).site)
        world.report(run, "accept", "start")
        world.report(run, "lose", reason="site")
        world.alive(north, south)
        assert world.clear() == 1, world.job(job).reason
        run = world.job(job).run
    assert places[0] != places[1]
    assert places[2:] == places[:2]


def test_a_job_whose_only_site_lost_it_may_go_back_there(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, retry={"limit": 1})
    world.report(run, "accept", "start")
    world.report(run, "lose", reason="site")
    world.alive(north)
    assert world.clear() == 1, world.job(job).reason


def test_a_cancelled_job_whose_site_is_lost_is_not_started_elsewhere(
    world: Any, north: Any, south: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.write(lambda unit: cancel_job(unit, job))
    world.later(seconds=100)
    world.alive(south)
    assert expire(world) == 1
    assert (world.run(run).state, world.job(job).state) == ("lost", "cancelled")
    assert world.job(job).reason == "cancelled by its owner"
    assert world.clear() == 0


def test_an_agent_that_restarted_without_its_runs_gives_them_up_at_once(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.greet(north, boot="ab" * 16)
    assert (world.run(run).state, world.run(run).reason) == ("lost", "agent_restart")
    assert world.job(job).state == "queued"


def test_an_agent_that_restarted_and_holds_its_runs_goes_on(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer)
    world.report(run, "accept", "start")
    answer = world.greet(north, Held(run, 1, "running"), boot="ab" * 16)
    assert (answer["keep"], answer["kill"]) == ([run], [])
    assert world.run(run).state == "running"


def test_a_site_hears_that_a_run_it_still_holds_is_over(world: Any, north: Any, south: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(seconds=100)
    world.alive(south)
    expire(world)
    world.clear()
    orders = world.read(lambda unit: orders_for(unit, world.exchange, north.id, [Held(run, 1, "running")]))
    assert [item["run"] for item in orders.kill] == [run]
    assert orders.keep == []
    assert world.job(job).epoch == 2


def test_a_lost_run_publishes_nothing_any_more(world: Any, north: Any, south: Any, buyer: Any) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.checkpoint(run, "good")
    world.later(seconds=100)
    expire(world)
    before = world.rows()
    with pytest.raises(StaleEpoch):
        world.checkpoint(run, "from the grave", sequence=1)
    with pytest.raises(StaleEpoch):
        world.write(
            lambda unit: publish_artefacts(
                unit, world.exchange, site=south.id, key=run, epoch=1, kind="output", rank=0, sequence=0, files=[]
            )
        )
    assert world.rows() == before
    [file] = load(world.job(job).checkpoint)
    assert file["size"] == len("good")


def test_a_checkpoint_published_twice_is_kept_once(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer)
    world.report(run, "accept", "start")
    assert world.checkpoint(run, "one")
    before = world.rows()
    assert not world.checkpoint(run, "one")
    assert world.rows() == before


def test_a_rank_that_published_nothing_in_its_second_run_keeps_the_checkpoint_of_its_first(
    world: Any, north: Any, south: Any, buyer: Any
) -> None:
    job, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.checkpoint(run, "zero", rank=0)
    world.checkpoint(run, "first", rank=1)
    world.later(seconds=100)
    world.alive(south)
    assert expire(world) == 1
    world.clear()
    second = world.job(job).run
    assert second != run
    world.report(second, "accept", "start")
    world.checkpoint(second, "zero once more", rank=0)
    kept = {file["path"]: file["size"] for file in load(world.job(job).checkpoint)}
    assert kept == {"state": len("zero once more"), "rank-1/state": len("first")}


def test_a_revoked_site_loses_its_runs_and_they_go_on_elsewhere(world: Any, north: Any, south: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.write(lambda unit: revoke_site(unit, world.exchange, north.id, "stolen"))
    assert world.run(run).state == "lost"
    world.alive(south)
    assert world.clear() == 1
    assert world.run(world.job(job).run).site == south.id


def test_when_most_sites_fall_silent_at_once_nobody_is_judged(world: Any, seller: Any, buyer: Any) -> None:
    sites = [world.site(name, seller) for name in ("a", "b", "c", "d")]
    for site in sites:
        world.offer(site, YUAN)
    runs = [world.placed(buyer, on_disconnect="replace")[1] for _ in sites]
    for run in runs:
        world.report(run, "accept", "start")
    world.alive(*sites)
    world.later(seconds=45)
    assert expire(world) == 0  # all of them, within a minute: that is rather us
    world.later(seconds=25)
    assert expire(world) == 0
    world.alive(*sites, runs=tuple(runs))
    world.later(seconds=20)
    assert expire(world) == 0
    assert {world.run(run).state for run in runs} == {"running"}


def test_one_silent_site_of_four_pulls_no_brake(world: Any, seller: Any, buyer: Any) -> None:
    sites = [world.site(name, seller) for name in ("a", "b", "c", "d")]
    for site in sites:
        world.offer(site, YUAN)
    _, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    silent = world.run(run).site
    world.later(seconds=95)
    world.alive(*[site for site in sites if site.id != silent])
    assert expire(world) == 1


def test_after_a_restart_every_lease_has_its_full_length_again(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer, on_disconnect="replace")
    world.report(run, "accept", "start")
    world.later(hours=5)
    restarted = Presence(control=timedelta(seconds=30), started_at=world.clock.now())
    assigned = world.clock.now() - timedelta(hours=5)
    assert restarted.silent_for(run, assigned, world.clock.now()) == timedelta(0)
    world.later(seconds=91)
    assert restarted.silent_for(run, assigned, world.clock.now()) == timedelta(seconds=91)
    assert not restarted.connected(north.id, world.clock.now())
    assert expire(world) == 1

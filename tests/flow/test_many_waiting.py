"""What a run costs does not grow with how many jobs wait: counted in SQLite's own instructions, not in seconds."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.flow.conftest import job_spec

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
EACH = 20  # instructions to one tick of the count
WAITING = 400


def ticks(world: Any, act: Callable[[], Any]) -> int:
    """How many EACH instructions the connection that writes took for it."""
    seen = [0]

    def tick() -> int:
        seen[0] += 1
        return 0

    def watch(each: int) -> None:
        world.write(lambda unit: unit.connection.connection.driver_connection.set_progress_handler(tick, each))

    watch(EACH)
    act()
    watch(0)
    return seen[0]


def run_once(world: Any, buyer: Any) -> int:
    _, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.later(seconds=5)
    world.alive(runs=(run,))
    return ticks(world, lambda: world.report(run, "finish", "succeed", exit_code=0))


def ordered(world: Any, *, backwards: bool) -> None:
    """Which of two indexes SQLite takes can depend on the order in which they were made, and SQLAlchemy has none."""

    def work(unit: Any) -> None:
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        for name, sql in sorted(unit.connection.exec_driver_sql(asked).all(), reverse=backwards):
            unit.connection.exec_driver_sql(f"DROP INDEX {name}")
            unit.connection.exec_driver_sql(sql)

    world.write(work)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_end_of_a_run_costs_the_same_however_many_jobs_wait(world: Any, backwards: bool) -> None:
    ordered(world, backwards=backwards)
    world.offer(world.site("north", world.organisation("seller")), 1_000_000)
    buyer = world.organisation("buyer", balance=1_000_000_000)
    run_once(world, buyer)  # what is done once, first
    few = run_once(world, buyer)
    for _ in range(WAITING):
        world.submit(buyer, cpus=1000)
    assert run_once(world, buyer) < 1.2 * few


def test_what_data_the_jobs_of_one_file_had_is_found_as_soon_however_many_other_jobs_there_are(world: Any) -> None:
    buyer = world.organisation("buyer", balance=1_000_000_000)
    job = world.submit_all(buyer, job_spec(name="a"), job_spec(name="b"))[1]

    def asked() -> int:
        return ticks(world, lambda: world.write(lambda unit: unit.deliveries.of_work(job)))

    few = [asked(), asked()][1]
    for _ in range(WAITING):
        world.submit(buyer, cpus=1000)
    assert asked() <= few

"""The signed record of a resource says what is so at the instant it was signed."""

from typing import Any

from gridtie.flow.issue_identifier import describe_resource
from gridtie.store.journal import load

YUAN = 1_000_000


def described(world: Any, key: Any) -> dict[str, Any]:
    world.write(lambda unit: describe_resource(unit, world.exchange, key))
    return dict(load(world.read(lambda unit: unit.resources.get(key).descriptor))["payload"])


def test_what_is_available_is_the_total_less_what_runs_hold(world: Any) -> None:
    north = world.site("north", world.organisation("seller"), cpus=2)
    world.offer(north, YUAN)
    idle = described(world, north.resource)
    assert {**idle["total"], "at": idle["available"]["at"]} == idle["available"]
    _, run = world.placed(world.organisation("buyer", balance=10 * YUAN))
    busy = described(world, north.resource)
    assert busy["total"] == idle["total"]
    assert 0 <= busy["available"]["cpus"] < busy["total"]["cpus"]
    assert busy["available"]["machines"] == busy["total"]["machines"] - 1
    world.report(run, "accept", "start", "finish", "succeed", exit_code=0)
    assert described(world, north.resource)["available"]["cpus"] == busy["total"]["cpus"]

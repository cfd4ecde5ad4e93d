"""The limit of unfinished jobs holds exactly, whatever ended or was rolled back since they were last counted."""

from typing import Any

import pytest

from gridtie.errors import InsufficientFunds, QuotaExceeded
from gridtie.flow.cancel_job import cancel_job

YUAN = 1_000_000


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"jobs_open_max": 3}


def test_as_many_as_the_limit_are_taken_and_not_one_more_until_one_ends(world: Any) -> None:
    buyer = world.organisation("buyer", balance=YUAN)
    jobs = [world.submit(buyer) for _ in range(3)]
    for _ in range(2):
        with pytest.raises(QuotaExceeded):
            world.submit(buyer)
    for job in jobs[:2]:
        world.write(lambda unit, job=job: cancel_job(unit, job))
    world.submit(buyer)
    world.submit(buyer)
    with pytest.raises(QuotaExceeded):
        world.submit(buyer)
    world.submit(world.organisation("other", balance=YUAN))


def test_submits_that_were_refused_for_another_reason_use_up_nothing(world: Any, spec: Any) -> None:
    buyer = world.organisation("buyer")
    for _ in range(5):
        with pytest.raises(InsufficientFunds):
            world.submit(buyer)
    rich = world.organisation("rich", balance=YUAN)
    with pytest.raises(QuotaExceeded):
        world.submit_all(rich, *[spec() for _ in range(4)], kind="group")  # all or none
    world.submit_all(rich, *[spec() for _ in range(3)], kind="group")

"""What comes with a job file reaches the jobs that it is for."""

from collections.abc import Callable
from typing import Any

from gridtie.dispatch.job import JobDocument
from gridtie.flow.submit_job import Submission, completed, submit_document


def test_a_secret_that_a_job_of_the_file_names_reaches_that_one_alone_and_others_reach_all(
    world: Any, spec: Callable[..., Any]
) -> None:
    buyer = world.organisation("buyer", balance=10_000_000)
    document = JobDocument(jobs=(spec(), spec(secrets=("KEY",))), kind="chain")
    given = Submission(organisation=buyer, member=world.any_member(buyer), envs={},
                       secrets={"TOKEN": "t", "KEY": "k"})  # fmt: skip
    specs = completed(document, given, "job.yaml")
    made = world.write(lambda unit: submit_document(unit, world.exchange, document, specs, given))
    kept = [world.read(lambda unit, key=key: sorted(unit.jobs.secrets(key))) for key in made]
    assert kept == [["TOKEN"], ["KEY", "TOKEN"]]
    assert [one.secrets for one in specs] == [("TOKEN",), ("KEY", "TOKEN")]

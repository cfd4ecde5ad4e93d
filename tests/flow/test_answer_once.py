"""The same call under the same key acts once and is answered alike, whatever happens in between."""

from dataclasses import replace
from typing import Any

import pytest

from gridtie.dispatch.job import JobDocument
from gridtie.errors import IdempotencyMismatch, InsufficientFunds, QuotaExceeded, Refused
from gridtie.flow.answer_once import Answer, OnceKey, answer_once
from gridtie.flow.fund_account import top_up
from gridtie.flow.submit_job import Submission, submit_document
from gridtie.flow.timetable import DUTIES

YUAN = 1_000_000
KEY = OnceKey(tenant="org_a", key="k1", route="POST /v1/jobs", body_hash="ab")


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def submit(world: Any, buyer: Any, spec: Any, once: OnceKey | None, *, sealed: bool = False, count: int = 1) -> Answer:
    member = world.any_member(buyer)
    given = Submission(organisation=buyer, member=member, envs={}, secrets={})
    specs = (spec(),) * count
    document = JobDocument(jobs=specs, kind="group" if count > 1 else "job")

    def work(unit: Any) -> Any:
        return {"jobs": submit_document(unit, world.exchange, document, specs, given)}

    answer: Answer = world.write(lambda unit: answer_once(unit, world.exchange, once, 201, work, sealed=sealed))
    return answer


def count_of(world: Any, table: str) -> int:
    return len(world.rows()[table])


def test_a_repeated_submit_makes_one_job_and_hears_its_first_answer(world: Any, buyer: Any, spec: Any) -> None:
    first = submit(world, buyer, spec, KEY)
    before = world.rows()
    for _ in range(3):
        assert submit(world, buyer, spec, KEY) == replace(first, replayed=True)
    assert world.rows() == before
    assert count_of(world, "job") == count_of(world, "request") == 1


@pytest.mark.parametrize("change", [{"route": "POST /v1/offers"}, {"body_hash": "cd"}])
def test_the_same_key_for_something_else_is_refused_and_does_nothing(
    world: Any, buyer: Any, spec: Any, change: Any
) -> None:
    submit(world, buyer, spec, KEY)
    before = world.rows()
    with pytest.raises(IdempotencyMismatch):
        submit(world, buyer, spec, replace(KEY, **change))
    assert world.rows() == before


def test_two_tenants_may_use_the_same_key(world: Any, buyer: Any, spec: Any) -> None:
    submit(world, buyer, spec, KEY)
    assert not submit(world, buyer, spec, replace(KEY, tenant="org_b")).replayed
    assert count_of(world, "job") == 2


def test_a_refused_call_is_not_kept_so_the_key_works_once_the_reason_is_mended(world: Any, spec: Any) -> None:
    poor = world.organisation("poor")
    world.member(poor)
    before = world.rows()
    with pytest.raises(InsufficientFunds):
        submit(world, poor, spec, KEY)
    assert world.rows() == before
    world.write(lambda unit: top_up(unit, poor, YUAN, memo=""))
    assert not submit(world, poor, spec, KEY).replayed


def test_a_failure_after_the_work_takes_the_work_back_too(world: Any, buyer: Any, spec: Any) -> None:
    member = world.any_member(buyer)
    specs = (spec(),)
    given = Submission(organisation=buyer, member=member, envs={}, secrets={})
    before = world.rows()

    def work(unit: Any) -> Any:
        submit_document(unit, world.exchange, JobDocument(jobs=specs), specs, given)
        raise Refused(reason="on second thoughts")

    with pytest.raises(Refused):
        world.write(lambda unit: answer_once(unit, world.exchange, KEY, 201, work, sealed=False))
    assert world.rows() == before


def test_an_answer_with_a_secret_is_kept_sealed_and_given_again_in_clear(world: Any, buyer: Any, spec: Any) -> None:
    first = submit(world, buyer, spec, KEY, sealed=True)
    [row] = world.rows()["idempotency"]
    assert first.body not in row
    assert submit(world, buyer, spec, KEY, sealed=True).body == first.body


def test_an_answer_is_kept_for_a_week(world: Any, buyer: Any, spec: Any) -> None:
    [forget] = [duty for duty in DUTIES if duty.name == "forget old answers"]
    submit(world, buyer, spec, KEY)
    world.later(days=7, milliseconds=-5)
    assert world.write(lambda unit: forget.verb(unit, world.exchange)) == 0
    world.later(milliseconds=10)
    assert world.write(lambda unit: forget.verb(unit, world.exchange)) == 1
    assert count_of(world, "idempotency") == 0


@pytest.mark.parametrize("settings", [{"jobs_open_max": 3}])
def test_a_group_is_taken_whole_or_not_at_all(world: Any, buyer: Any, spec: Any, settings: Any) -> None:
    submit(world, buyer, spec, KEY, count=2)
    before = world.rows()
    with pytest.raises(QuotaExceeded, match="limited to 3"):
        submit(world, buyer, spec, None, count=2)
    assert world.rows() == before
    submit(world, buyer, spec, None)

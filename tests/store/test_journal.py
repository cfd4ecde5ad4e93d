"""The chain of facts: one edited, missing or moved row is found, and each sees only what concerns him."""

from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from gridtie.clock import VirtualClock
from gridtie.store.database import Database
from gridtie.store.journal import _AFTER_OWN, after, broken_link, last_seq, of_subject

EDITS = {
    "at_us": "at_us + 1",
    "actor": "'somebody else'",
    "kind": "'job.cancelled'",
    "organisation": "'org_c'",
    "subject": "'job_9'",
    "data": '\'{"amount":"1000"}\'',
    "previous_hash": f"'{'0' * 63}1'",
    "hash": f"'{'0' * 64}'",
}


@pytest.fixture
def told(database: Database) -> Database:
    """Nine facts, of two organisations in turn; every third concerns only the exchange."""
    for number in range(9):
        organisation = ("org_a", "org_b", None)[number % 3]
        database.write(
            lambda unit, number=number, organisation=organisation: unit.note(
                "job.queued", f"job_{number}", organisation=organisation, amount=str(number)
            ),
            actor="test",
        )
    return database


def broken(database: Database) -> int | None:
    return database.read(lambda unit: broken_link(unit.connection))


def edit(database: Database, statement: str) -> None:
    database.write(lambda unit: unit.connection.exec_driver_sql(statement), actor="somebody at the tables")


def test_an_untouched_chain_holds_and_an_empty_one_too(told: Database, tmp_path: Any) -> None:
    assert broken(told) is None
    empty = Database(tmp_path / "empty" / "gridtie.db", VirtualClock())
    assert broken(empty) is None
    empty.close()


@pytest.mark.parametrize("column", EDITS)
@pytest.mark.parametrize("row", [1, 5, 9])
def test_an_edit_of_any_column_of_any_row_is_found_at_its_place(told: Database, column: str, row: int) -> None:
    edit(told, f"UPDATE journal SET {column} = {EDITS[column]} WHERE seq = {row}")
    assert broken(told) == row


def test_a_row_taken_out_or_moved_is_found(told: Database) -> None:
    edit(told, "DELETE FROM journal WHERE seq = 4")
    assert broken(told) == 5
    edit(told, "UPDATE journal SET seq = 4 WHERE seq = 9")
    assert broken(told) == 4


def test_the_chain_goes_on_after_an_edit_but_never_mends_it(told: Database) -> None:
    edit(told, "UPDATE journal SET data = '{}' WHERE seq = 3")
    told.write(lambda unit: unit.note("job.queued", "job_10"), actor="test")
    assert broken(told) == 3


def test_each_sees_what_concerns_him_and_the_exchange_sees_all(told: Database) -> None:
    def seen(organisation: str | None) -> list[int]:
        notes = told.read(lambda unit: after(unit.connection, 0, organisation=organisation, count=100))
        return [note.seq for note in notes]

    assert seen("org_a") == [1, 4, 7]
    assert seen("org_b") == [2, 5, 8]
    assert seen("org_c") == []
    assert seen(None) == list(range(1, 10))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_who_sees_little_is_not_read_everything_to_find_it(told: Database) -> None:
    plan = "EXPLAIN QUERY PLAN " + str(_AFTER_OWN.compile(dialect=sqlite.dialect()))
    [step] = told.read(lambda unit: unit.connection.exec_driver_sql(plan, (0, "org_a", 1, 0)).all())
    assert "journal_organisation (organisation=? AND seq>?)" in step.detail


def test_a_reader_that_goes_on_from_the_last_it_saw_misses_nothing_and_hears_nothing_twice(told: Database) -> None:
    heard: list[int] = []
    for _ in range(6):
        at = heard[-1] if heard else 0
        notes = told.read(lambda unit, at=at: after(unit.connection, at, organisation=None, count=4))
        heard += [note.seq for note in notes]
        told.write(lambda unit: unit.note("job.queued", "job_new"), actor="test")
    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) >= 13


def test_a_fact_keeps_who_when_and_what(told: Database, clock: VirtualClock) -> None:
    told.write(lambda unit: unit.note("job.failed", "job_0", organisation="org_a", reason="line 1\nline 2"), actor="me")
    [_, fact] = told.read(lambda unit: of_subject(unit.connection, "job_0"))
    assert (fact.actor, fact.kind, fact.data) == ("me", "job.failed", {"reason": "line 1\nline 2"})
    assert fact.seq == told.read(lambda unit: last_seq(unit.connection)) == 10
    assert broken(told) is None

"""Statements put straight to SQLite's driver: the same answers and the same errors as SQLAlchemy gives."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    create_engine,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from gridtie.store import prepared
from gridtie.store.dialect import Whole
from gridtie.store.prepared import ask

things = Table("thing", MetaData(), Column("id", Text, primary_key=True), Column("size", Whole), Column("yes", Boolean),
               Column("document", JSON))  # fmt: skip
ONE = select(things.c.id, things.c.size).where(things.c.id == bindparam("key"))
SOME = select(things.c.size.label("big")).where(things.c.size > bindparam("least")).order_by(things.c.id).limit(2)
COUNT = select(func.count()).select_from(things)
TYPED = select(things.c.yes, things.c.document)
MANY = select(things.c.id).where(things.c.id.in_(bindparam("keys", expanding=True))).order_by(things.c.id)
ADD = insert(things)
GROW = update(things).where(things.c.id == bindparam("key"), things.c.size.is_not(None))
TOUCH = GROW.values(size=things.c.size + 1)
TAKE = GROW.values(size=0).returning(things.c.id)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as opened:
        things.metadata.create_all(opened)
        rows = [{"id": "a", "size": 5, "yes": True, "document": {"x": [1]}},
                {"id": "b", "size": None, "yes": False, "document": None},
                {"id": "ü", "size": 1 << 62, "yes": None, "document": 3}]  # fmt: skip
        opened.execute(insert(things), rows)
        yield opened


def _asked(connection: Connection, statement: Select[Any], values: dict[str, Any]) -> list[Any]:
    """The third time, by which it is prepared if it can be."""
    for _ in range(2):
        ask(connection, statement, values).all()
    return list(ask(connection, statement, values).all())


@given(key=st.one_of(st.sampled_from(["a", "b", "ü", ""]), st.text(max_size=3)), least=st.integers(-9, 1 << 62))
def test_the_answer_is_that_of_sqlalchemy_value_for_value_and_name_for_name(
    connection: Connection, key: str, least: int
) -> None:
    for statement in (ONE, SOME, COUNT, TYPED, MANY):
        values: dict[str, Any] = {"key": key, "least": least, "keys": ["a", key]}
        found, expected = _asked(connection, statement, values), connection.execute(statement, values).all()
        assert found == expected
        assert [dict(row._mapping) for row in found] == [dict(row._mapping) for row in expected]


def test_only_plain_questions_are_prepared(connection: Connection) -> None:
    for statement in (ONE, SOME, COUNT, TYPED, MANY):
        _asked(connection, statement, {"key": "a", "least": 0, "keys": ["a"]})
    assert [bool(prepared._questions[one]) for one in (ONE, SOME, COUNT, TYPED, MANY)] == [True] * 3 + [False] * 2


def test_what_is_made_for_one_execution_is_not_kept(connection: Connection) -> None:
    before = len(prepared._questions)
    for number in range(20):
        assert ask(connection, select(things.c.size).where(things.c.size == number), None).all() in ([], [(5,)])
    assert len(prepared._questions) <= before + 1


def test_a_parameter_that_is_missing_and_a_database_that_refuses_are_the_errors_they_were(
    connection: Connection, tmp_path: Path
) -> None:
    _asked(connection, ONE, {"key": "a"})
    with pytest.raises(StatementError, match="key"):
        ask(connection, ONE, {})
    engine = create_engine(f"sqlite:///{tmp_path / 'other'}")
    with engine.connect() as other:
        things.metadata.create_all(other)
        assert _asked(other, ONE, {"key": "a"}) == []
        other.exec_driver_sql("DROP TABLE thing")
        with pytest.raises(OperationalError, match="no such table") as refused:
            ask(other, ONE, {"key": "a"})
        assert isinstance(refused.value, DBAPIError)


def _fresh(path: Path) -> Connection:
    opened = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT").connect()
    things.metadata.create_all(opened)
    return opened


def test_a_write_leaves_the_rows_and_the_count_that_sqlalchemy_leaves(tmp_path: Path) -> None:
    plain, ours = _fresh(tmp_path / "plain"), _fresh(tmp_path / "ours")
    for number in range(4):
        for statement, values in (
            (ADD, {"id": f"a{number}", "size": number}),
            (ADD, {"id": f"b{number}", "yes": True, "document": {"x": number}}),
            (GROW, {"key": f"a{number}", "size": 1 << 62}),
            (GROW, {"key": f"b{number}", "size": 7}),
            (GROW, {"key": "nobody", "size": 7}),
            (TOUCH, {"key": "a0"}),
        ):
            expected = plain.execute(statement, values).rowcount
            assert ask(ours, statement, values).rowcount == expected
        assert ask(ours, TAKE, {"key": "a1"}).all() == plain.execute(TAKE, {"key": "a1"}).all()
    everything = select(things).order_by(things.c.id)
    assert ours.execute(everything).all() == plain.execute(everything).all()
    assert {key: bool(made) for key, made in prepared._writes[ADD].items()} == {
        frozenset(("id", "size")): True, frozenset(("id", "yes", "document")): False,
    }  # fmt: skip
    assert [bool(made) for one in (GROW, TOUCH, TAKE) for made in prepared._writes[one].values()] == [True, True, False]


def test_a_write_that_is_refused_is_the_error_it_was_and_is_not_put_again(tmp_path: Path) -> None:
    """On a full disk SQLite may roll back what came before: put again, it would be all that is kept."""
    other, put = _fresh(tmp_path / "other"), list[str]()
    for number in range(3):
        ask(other, ADD, {"id": str(number), "size": number})
    driver: Any = other.connection.driver_connection
    driver.set_trace_callback(put.append)
    with pytest.raises(IntegrityError, match="UNIQUE") as refused:
        ask(other, ADD, {"id": "1", "size": 9})
    assert isinstance(refused.value.orig, sqlite3.IntegrityError)
    assert len(put) == 1
    with pytest.raises(DBAPIError):
        ask(other, ADD, {"id": object(), "size": 9})
    with pytest.raises(OverflowError):
        ask(other, ADD, {"id": "4", "size": 1 << 64})

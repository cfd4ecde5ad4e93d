"""Questions put straight to SQLite's driver: the same answers and the same errors as SQLAlchemy gives."""

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
)
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

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
    assert [prepared._prepared[one] is not None for one in (ONE, SOME, COUNT, TYPED, MANY)] == [True] * 3 + [False] * 2


def test_what_is_made_for_one_execution_is_not_kept(connection: Connection) -> None:
    before = len(prepared._prepared)
    for number in range(20):
        assert ask(connection, select(things.c.size).where(things.c.size == number), None).all() in ([], [(5,)])
    assert len(prepared._prepared) <= before + 1


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

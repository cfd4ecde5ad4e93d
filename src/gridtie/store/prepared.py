"""Fixed statements to SQLite without what SQLAlchemy does around each execution, which costs four times the statement.

A statement that is kept, as the constants of this package are, is compiled when it is put for the second time (a write
for each set of columns that it is given), and from then on put to the driver as it is. Whatever is not a plain
statement of plain types stays with SQLAlchemy. So does every question that fails: it is put again there, for its error.
A write that fails is not: SQLite may have rolled back what came before it.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Executable, Insert, Select, Update
from sqlalchemy.engine import Dialect, IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class _Prepared:
    sql: str
    names: tuple[str | None, ...]  # of the parameters, in the order of their marks; None: a constant
    constants: tuple[Any, ...]  # where there is no name

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for a parameter that is missing."""
        pairs = zip(self.names, self.constants, strict=True)
        return [constant if name is None else given[name] for name, constant in pairs]


@dataclass(frozen=True, slots=True)
class _Question(_Prepared):
    columns: SimpleResultMetaData

    def put(self, driver: sqlite3.Connection, given: Mapping[str, Any]) -> Result[Any]:
        """Raises KeyError, sqlite3.Error."""
        return IteratorResult(self.columns, iter(driver.execute(self.sql, self.values(given)).fetchall()))


@dataclass(frozen=True, slots=True)
class Written:
    rowcount: int


# None: it was put once; False: it is not for us. What is made for one execution is forgotten with it.
_questions: WeakKeyDictionary[Select[Any], _Question | Literal[False] | None] = WeakKeyDictionary()
_writes: WeakKeyDictionary[Insert | Update, dict[frozenset[str], _Prepared | Literal[False] | None]]
_writes = WeakKeyDictionary()


def ask(connection: Connection, statement: Executable, given: Mapping[str, Any] | Sequence[Any] | None) -> Any:
    """As `connection.execute`; of a write, the number of rows."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and (given is None or isinstance(given, Mapping)):
        if isinstance(statement, Select):
            return _ask(connection, driver, statement, given)
        if given and isinstance(statement, Insert | Update):
            return _write(connection, driver, statement, given)
    return connection.execute(statement, given)


def _ask(
    connection: Connection, driver: sqlite3.Connection, statement: Select[Any], given: Mapping[str, Any] | None
) -> Any:
    question = _questions.get(statement)
    if question:
        try:
            return question.put(driver, given or {})
        except (KeyError, sqlite3.Error):
            return connection.execute(statement, given)
    answer = connection.execute(statement, given)
    if question is None:
        again = statement in _questions
        made = _question(statement, connection.dialect, list(answer.keys())) if again else None
        _questions[statement] = made or (False if again else None)
    return answer


def _write(
    connection: Connection, driver: sqlite3.Connection, statement: Insert | Update, given: Mapping[str, Any]
) -> Any:
    known, columns = _writes.setdefault(statement, {}), frozenset(given)
    write = known.get(columns)
    if not write:
        answer = connection.execute(statement, given)
        if write is None:
            again = columns in known
            made = _plain(statement, connection.dialect, list(given)) if again else None
            known[columns] = made or (False if again else None)
        return answer
    values = write.values(given)
    try:
        return Written(driver.execute(write.sql, values).rowcount)
    except sqlite3.Error as cause:
        raise DBAPIError.instance(write.sql, values, cause, sqlite3.Error, dialect=connection.dialect) from cause


def _question(statement: Select[Any], dialect: Dialect, columns: list[str]) -> _Question | None:
    if any(_read(column.type, dialect) for column in statement.selected_columns):
        return None
    plain = _plain(statement, dialect)
    if plain is None:
        return None
    return _Question(plain.sql, plain.names, plain.constants, SimpleResultMetaData(columns))


def _plain(
    statement: Select[Any] | Insert | Update, dialect: Dialect, columns: list[str] | None = None
) -> _Prepared | None:
    if statement.get_execution_options():
        return None
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    if columns is not None and (compiled.effective_returning or compiled.insert_prefetch or compiled.update_prefetch):
        return None
    marks: list[BindParameter[Any]] = [compiled.binds[name] for name in compiled.positiontup]
    if any(mark.expanding or mark.literal_execute or mark.callable for mark in marks):
        return None
    if any(mark.type.dialect_impl(dialect).bind_processor(dialect) for mark in marks):
        return None
    names = tuple(mark.key if mark.required else None for mark in marks)
    return _Prepared(compiled.string, names, tuple(mark.value for mark in marks))


def _read(kind: TypeEngine[Any], dialect: Dialect) -> Any:
    """What makes of a stored value one of this type; None where they are the same."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)

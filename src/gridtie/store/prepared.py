"""Fixed questions to SQLite without what SQLAlchemy does around each execution, which costs four times the question.

A statement that is kept, as the constants of this package are, is compiled when it is asked for the second time, and
from then on put to the driver as it is. Whatever is not a plain question of plain types stays with SQLAlchemy, and so
does every question that fails: it is put again there, for its error.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Executable, Select
from sqlalchemy.engine import Dialect, IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.types import TypeEngine


@dataclass(frozen=True, slots=True)
class _Prepared:
    sql: str
    names: tuple[str | None, ...]  # of the parameters, in the order of their marks; None: a constant
    constants: tuple[Any, ...]  # where there is no name
    columns: SimpleResultMetaData

    def put(self, driver: sqlite3.Connection, given: Mapping[str, Any]) -> Result[Any]:
        """Raises KeyError for a parameter that is missing, and sqlite3.Error."""
        pairs = zip(self.names, self.constants, strict=True)
        values = [constant if name is None else given[name] for name, constant in pairs]
        return IteratorResult(self.columns, iter(driver.execute(self.sql, values).fetchall()))


# None: it was asked once, or it is not for us. What is made for one execution is forgotten with it.
_prepared: WeakKeyDictionary[Select[Any], _Prepared | None] = WeakKeyDictionary()


def ask(connection: Connection, statement: Executable, given: Mapping[str, Any] | Sequence[Any] | None) -> Any:
    """As `connection.execute`."""
    driver = connection.connection.driver_connection
    if not isinstance(statement, Select) or not isinstance(driver, sqlite3.Connection):
        return connection.execute(statement, given)
    prepared = _prepared.get(statement)
    if prepared is not None and (given is None or isinstance(given, Mapping)):
        try:
            return prepared.put(driver, given or {})
        except (KeyError, sqlite3.Error):
            return connection.execute(statement, given)
    answer = connection.execute(statement, given)
    if prepared is None:
        again = statement in _prepared
        _prepared[statement] = _prepare(statement, connection.dialect, list(answer.keys())) if again else None
    return answer


def _prepare(statement: Select[Any], dialect: Dialect, columns: list[str]) -> _Prepared | None:
    if statement.get_execution_options() or any(_read(column.type, dialect) for column in statement.selected_columns):
        return None
    compiled: Any = statement.compile(dialect=dialect)
    marks: list[BindParameter[Any]] = [compiled.binds[name] for name in compiled.positiontup]
    if any(mark.expanding or mark.literal_execute or mark.callable for mark in marks):
        return None
    if any(mark.type.dialect_impl(dialect).bind_processor(dialect) for mark in marks):
        return None
    names = tuple(mark.key if mark.required else None for mark in marks)
    return _Prepared(compiled.string, names, tuple(mark.value for mark in marks), SimpleResultMetaData(columns))


def _read(kind: TypeEngine[Any], dialect: Dialect) -> Any:
    """What makes of a stored value one of this type; None where they are the same."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)

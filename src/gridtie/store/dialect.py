"""Where the two databases speak differently: JSON inside text, text that sorts by its bytes, and who they are."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Integer, Text, cast, literal, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

POSTGRESQL, SQLITE = "postgresql", "sqlite"
Whole = BigInteger().with_variant(Integer, SQLITE)  # 64 bits in both; STRICT tables know INTEGER only


class _AsJson(FunctionElement[Any]):
    type = JSON()
    inherit_cache = True


class _JsonCount(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


@compiles(CreateColumn, POSTGRESQL)
def _by_bytes(element: CreateColumn, compiler: DDLCompiler, **more: Any) -> str:
    """Ids, cursors and prefixes are compared by bytes, whatever language the server was set up for."""
    text: str = compiler.visit_create_column(element, **more)  # type: ignore[no-untyped-call]
    return text.replace(" TEXT", ' TEXT COLLATE "C"', 1) if isinstance(element.element.type, Text) else text


@compiles(_AsJson)
def _as_json(element: _AsJson, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(_AsJson, POSTGRESQL)
def _as_json_postgresql(element: _AsJson, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS JSON)"


@compiles(_JsonCount)
def _json_count(element: _JsonCount, compiler: SQLCompiler, **more: Any) -> str:
    column, name = (compiler.process(part, **more) for part in element.clauses)
    return f"json_array_length({column}, '$.' || {name})"


@compiles(_JsonCount, POSTGRESQL)
def _json_count_postgresql(element: _JsonCount, compiler: SQLCompiler, **more: Any) -> str:
    column, name = (compiler.process(part, **more) for part in element.clauses)
    return f"json_array_length(CAST({column} AS JSON) -> {name})"


def one_of(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """`column` is one of these constants, written into the statement once: a list of parameters is written out anew
    at every execution. Raises ValueError for what is more than a word.
    """
    known = sorted(words)
    if not all(re.fullmatch(r"[a-z-]+", word) for word in known):
        raise ValueError(f"not words: {known}")
    return column.in_([literal_column(f"'{word}'") for word in known])


def json_text(column: ColumnElement[Any], *path: str) -> ColumnElement[Any]:
    """What stands at `path` of a document, as text; NULL when nothing does."""
    found: ColumnElement[Any] = _AsJson(column)[path].as_string()
    return found


def json_whole(column: ColumnElement[Any], *path: str) -> ColumnElement[Any]:
    """The whole number at `path` of a document; NULL when nothing stands there."""
    return cast(json_text(column, *path), BigInteger)


def json_count(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """How long the list under `name` of a document is."""
    return _JsonCount(column, literal(name, Text()))

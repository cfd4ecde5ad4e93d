"""A copy of a whole store while it serves, as one SQLite file, and back into either database.

One form for both: what was written by a server on SQLite can be restored into PostgreSQL and the other way round, and
every copy can be opened, checked and brought forward like any exchange on SQLite.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from gridtie.errors import (
    AlreadyExists,
    InvalidInput,
    NotInitialised,
    Problem,
    StorageDamaged,
    StorageFull,
    StorageUnwritable,
)
from gridtie.store import schema
from gridtie.store.backend import Backend, begin
from gridtie.store.migrations import check_version, migrate
from gridtie.store.sqlite import SqliteBackend

ROWS = 1000  # that travel at once
Counts = Mapping[str, int]  # table → rows


def backup(source: Backend, target: Path) -> Counts:
    """One moment of `source`, which may be serving. Raises AlreadyExists, NotInitialised, LocalFault errors."""
    if target.exists():
        raise AlreadyExists(noun="file", key=str(target))
    if not source.exists():
        raise NotInitialised(path=source.place)
    with _whole(target) as fresh:
        if isinstance(source, SqliteBackend):
            _copy_file(source.path, fresh)
        else:
            _write_file(source, fresh)
        return _counted(fresh)


def restore(source: Path, target: Backend) -> Counts:
    """Whole or not at all, in the newest version, never over an exchange.

    Raises AlreadyExists, InvalidInput, LocalFault errors.
    """
    if not source.is_file():
        raise InvalidInput(source=str(source), problems=[Problem("there is no such file")])
    if target.exists():
        raise AlreadyExists(noun="exchange", key=target.place)
    with tempfile.TemporaryDirectory(prefix="gridtie-restore-") as folder:
        copy = Path(folder) / "copy.db"
        _copy_file(source, copy)
        forward = SqliteBackend(copy)
        try:
            migrate(forward)
            if isinstance(target, SqliteBackend):
                target.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with _whole(target.path) as fresh:
                    _copy_file(copy, fresh)
            else:
                _read_file(forward, target)
        except DBAPIError as cause:
            raise forward.error(cause) from cause
        finally:
            forward.close()
        return _counted(copy)


def _copy_file(source: Path, target: Path) -> None:
    """By SQLite's own online backup. Raises StorageDamaged, StorageFull, StorageUnwritable."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old:
            old.execute("SELECT value FROM setting WHERE key = 'schema_version'").fetchone()
            with closing(sqlite3.connect(target)) as new:
                old.backup(new)
    except sqlite3.Error as cause:
        name = str(getattr(cause, "sqlite_errorname", ""))
        if name == "SQLITE_FULL":
            raise StorageFull(reason=str(cause), path=target.parent) from cause
        if name.startswith(("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PERM")):
            raise StorageUnwritable(path=target, reason=str(cause)) from cause
        raise StorageDamaged(path=source, reason=str(cause)) from cause


def _write_file(source: Backend, target: Path) -> None:
    """From one snapshot of PostgreSQL."""
    file = SqliteBackend(target)
    try:
        with source.reader() as old:
            check_version(old, source.place)
            _load(old, file)
    except DBAPIError as cause:
        raise source.error(cause) from cause
    finally:
        file.close()
        target.with_suffix(".lock").unlink(missing_ok=True)


def _read_file(source: SqliteBackend, target: Backend) -> None:
    try:
        with source.reader() as old:
            _load(old, target)
    except DBAPIError as cause:
        raise target.error(cause) from cause


def _load(old: Connection, target: Backend) -> None:
    """Makes the tables and fills them in one transaction. Raises AlreadyExists when somebody was faster."""
    new = target.writer()
    try:
        begin(new, target)
        if inspect(new).has_table(schema.setting.name):
            raise AlreadyExists(noun="exchange", key=target.place)
        schema.metadata.create_all(new)
        for table in schema.metadata.sorted_tables:
            rows = old.execute(select(table).execution_options(yield_per=ROWS))
            for part in rows.mappings().partitions(ROWS):
                new.execute(insert(table), [dict(row) for row in part])
        new.exec_driver_sql("COMMIT")
    finally:
        new.close()


def _counted(file: Path) -> Counts:
    opened = SqliteBackend(file)
    try:
        with opened.reader() as connection:
            return {
                table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
                for table in schema.metadata.sorted_tables
                if inspect(connection).has_table(table.name)
            }
    finally:
        opened.close()


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A file of this name appears only when it is complete and on the disk, readable by its owner alone."""
    fresh = target.with_name(target.name + ".part")
    try:
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    except OSError as cause:
        raise StorageUnwritable(path=target, reason=cause.strerror or str(cause)) from cause
    try:
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.rename(target)
    finally:
        for name in (fresh, *(fresh.with_name(fresh.name + end) for end in ("-wal", "-shm"))):
            name.unlink(missing_ok=True)


def lost_references(connection: Connection) -> list[str]:
    """Rows that point at nothing, one sentence for each kind of them."""
    found = []
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                parent = key.column
                missing = ~select(parent).where(parent == column).exists()
                statement = select(func.count()).select_from(table).where(column.is_not(None), missing)
                if count := int(connection.execute(statement).scalar_one()):
                    found.append(f"{count} rows of {table.name} name a {parent.table.name} that is not there")
    return found

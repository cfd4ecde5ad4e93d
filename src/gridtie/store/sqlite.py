"""SQLite: one file, one process that writes it, readers beside the writer."""

import fcntl
import io
import itertools
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gridtie.errors import (
    GridtieError,
    Overloaded,
    StorageDamaged,
    StorageFull,
    StorageInUse,
    StorageUnwritable,
)

# Permissions, and what a quota or a broken disk answers to a write; what is stored is not to blame.
_CANNOT_WRITE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC",
                 "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_IOERR_SHM")  # fmt: skip
_MEMORIES = itertools.count()  # each database in memory has a name of its own in this process


class SqliteBackend:
    """The file `path`; None: memory. The lock beside the file is taken by the first connection that writes."""

    alone = True
    begin = "BEGIN IMMEDIATE"
    tell: str | None = None

    def __init__(self, path: Path | None, *, synchronous: str = "FULL") -> None:
        self._synchronous = synchronous
        self.path = path or Path("memory")
        self.place = str(self.path)
        self._memory = f"/gridtie-{next(_MEMORIES)}" if path is None else None
        self._lock_file: Any = None if path is not None else io.BytesIO()
        self._changes = 0  # of rows, by the connection that writes
        self._anchor: Connection | None = None  # memory lasts as long as somebody is connected
        self._local = threading.local()
        self._writers, self._readers = self._engine(writing=True), self._engine(writing=False)

    def writer(self) -> Connection:
        if self._lock_file is None:
            self._lock_file = _take_lock(self.path)
        connection = self._writers.connect()
        self._changes = 0
        if self._memory is not None and self._anchor is None:
            self._anchor = self._writers.connect()
        return connection

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._readers.connect()
        plain: Any = connection.connection.driver_connection  # these two cannot fail, and cost a tenth so
        plain.execute("BEGIN")
        try:
            yield connection
        finally:
            plain.execute("COMMIT")

    def has_written(self, connection: Connection) -> bool:
        plain: Any = connection.connection.driver_connection
        before, self._changes = self._changes, plain.total_changes
        return before != self._changes

    def check(self, connection: Connection) -> None:
        """Whatever Python brings is new enough: STRICT tables say so themselves."""

    def exists(self) -> bool:
        return self.path.exists()

    def error(self, cause: DBAPIError) -> GridtieError:
        text, name = str(cause.orig), str(getattr(cause.orig, "sqlite_errorname", ""))
        if name == "SQLITE_FULL":
            return StorageFull(reason=text, path=self.path)
        if name.startswith(_CANNOT_WRITE):
            return StorageUnwritable(path=self.path, reason=text)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return Overloaded(url=self.place, reason=text, retry_after_s=1)
        return StorageDamaged(path=self.path, reason=text)

    def listener(self) -> None:
        return None

    def close(self) -> None:
        if self._anchor is not None:
            self._anchor.close()
        self._writers.dispose()
        self._readers.dispose()
        if self._lock_file is not None:
            self._lock_file.close()

    def _engine(self, *, writing: bool) -> Engine:
        name = self.place if self._memory is None else f"file:{self._memory}?vfs=memdb&uri=true"
        engine = create_engine(f"sqlite:///{name}", poolclass=NullPool, isolation_level="AUTOCOMMIT")
        pragmas = ["PRAGMA busy_timeout=30000", "PRAGMA foreign_keys=ON", "PRAGMA cache_size=-16000"]
        pragmas += ["PRAGMA journal_mode=WAL", f"PRAGMA synchronous={self._synchronous}"] if writing else []
        pragmas += [] if writing else ["PRAGMA query_only=ON"]

        @event.listens_for(engine, "connect")
        def _configure(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in pragmas:
                connection.execute(pragma)

        return engine


def _take_lock(file: Path) -> Any:
    """An exclusive lock beside the file, so that two servers never write it."""
    folder = file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = open(file.with_suffix(".lock"), "a+", encoding="ascii")  # noqa: SIM115  kept open while we serve
    except OSError as cause:
        raise StorageUnwritable(path=folder, reason=cause.strerror or str(cause)) from cause
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        pid = handle.read().strip() or "unknown"
        handle.close()
        raise StorageInUse(pid=pid, path=folder) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle

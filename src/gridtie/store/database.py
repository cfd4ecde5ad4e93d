"""The embedded database: one writer thread with group commit, readers beside it, nothing lost once acknowledged."""

import contextlib
import fcntl
import io
import itertools
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from gridtie.clock import Clock
from gridtie.errors import (
    AlreadyExists,
    GridtieError,
    Overloaded,
    StorageDamaged,
    StorageFull,
    StorageInUse,
    StorageUnwritable,
    VersionUnsupported,
)
from gridtie.store import schema
from gridtie.store.journal import Note
from gridtie.store.unit import Unit

T = TypeVar("T")
Work = Callable[[Unit], T]

GROUP_MAX = 64  # units of work per commit
QUEUE_MAX = 4096
# Permissions, and what a quota or a broken disk answers to a write; what is stored is not to blame.
_CANNOT_WRITE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC",
                 "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_IOERR_SHM")  # fmt: skip
_MEMORIES = itertools.count()  # each database in memory has a name of its own in this process
log = structlog.get_logger("store")


@dataclass
class _Command:
    work: Callable[[Unit], Any]
    actor: str
    future: "Future[Any]"


class Database:
    """Opens (or makes) `folder`/gridtie.db. Raises LocalFault errors that name the mend.

    `write` runs a verb on the writer thread; its future resolves only after the commit reached the disk.
    `read` runs on a connection of the calling thread that cannot write.

    Without a `folder` it lives in memory and is gone when it is closed: for simulation, which reads and writes in turn.
    """

    def __init__(self, folder: Path | None, clock: Clock, *, synchronous: str = "FULL") -> None:
        self.path = (folder or Path("memory")) / "gridtie.db"
        self._clock = clock
        self._synchronous = synchronous
        self._memory = f"/gridtie-{next(_MEMORIES)}" if folder is None else None
        self._lock_file = _take_lock(folder) if folder is not None else io.BytesIO()
        self._anchor: Connection | None = None  # memory lasts as long as somebody is connected
        self._listeners: list[Callable[[list[Note]], None]] = []
        self._local = threading.local()
        self._door = threading.Lock()  # nothing enters the queue behind the mark that ends it
        self._closed = False
        try:
            self._engine = self._open(writing=True)
            self._reader_engine = self._open(writing=False)
            if self._memory is not None:
                self._anchor = self._engine.connect()
            with self._engine.connect() as connection:
                _prepare(connection, self.path)
        except DBAPIError as cause:
            self._lock_file.close()
            raise _storage_error(cause, self.path) from cause
        except GridtieError:
            self._lock_file.close()
            raise
        self._queue: queue.Queue[_Command | None] = queue.Queue(QUEUE_MAX)
        self._thread = threading.Thread(target=self._write_forever, name="store-writer", daemon=True)
        self._thread.start()

    def on_commit(self, listener: Callable[[list[Note]], None]) -> None:
        """`listener` is called on the writer thread with the facts of each commit; it must not block."""
        self._listeners.append(listener)

    def submit(self, work: Work[T], *, actor: str) -> "Future[T]":
        """Queues a verb. Its result is set after the commit; its exception after its own rollback.

        Raises Overloaded when too many wait, and after `close`.
        """
        future: Future[T] = Future()
        with self._door:
            if self._closed:
                raise Overloaded(url=str(self.path), reason="it is shutting down", retry_after_s=1)
            try:
                self._queue.put_nowait(_Command(work, actor, future))
            except queue.Full:
                raise Overloaded(url=str(self.path), reason="too many writes are waiting", retry_after_s=1) from None
        return future

    def write(self, work: Work[T], *, actor: str) -> T:
        return self.submit(work, actor=actor).result()

    def read(self, work: Work[T]) -> T:
        """Runs `work` on one consistent snapshot. Raises StorageDamaged and its kin."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._reader_engine.connect()
        unit = Unit(connection=connection, clock=self._clock, at=self._clock.now(), actor="reader")
        try:
            connection.exec_driver_sql("BEGIN")
            try:
                return work(unit)
            finally:
                connection.exec_driver_sql("COMMIT")
        except DBAPIError as cause:
            raise _storage_error(cause, self.path) from cause

    @property
    def waiting(self) -> int:
        """Verbs in the queue, for the metrics."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finishes what is queued, then lets go of the file. Closing twice changes nothing."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        self._queue.put(None)
        self._thread.join()
        if self._anchor is not None:
            self._anchor.close()
        self._engine.dispose()
        self._reader_engine.dispose()
        self._lock_file.close()

    def _open(self, *, writing: bool) -> Engine:
        name = str(self.path) if self._memory is None else f"file:{self._memory}?vfs=memdb&uri=true"
        engine = create_engine(f"sqlite:///{name}", poolclass=NullPool, isolation_level="AUTOCOMMIT")
        pragmas = ["PRAGMA busy_timeout=30000", "PRAGMA foreign_keys=ON", "PRAGMA cache_size=-16000"]
        pragmas += ["PRAGMA journal_mode=WAL", f"PRAGMA synchronous={self._synchronous}"] if writing else []
        pragmas += [] if writing else ["PRAGMA query_only=ON"]

        @event.listens_for(engine, "connect")
        def _configure(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in pragmas:
                connection.execute(pragma)

        return engine

    def _write_forever(self) -> None:
        connection = self._engine.connect()
        stopping = False
        while not stopping:
            group = [self._queue.get()]
            while len(group) < GROUP_MAX and group[-1] is not None:
                try:
                    group.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            stopping = group[-1] is None
            commands = [command for command in group if command is not None]
            if commands:
                self._commit(connection, commands)
        connection.close()

    def _commit(self, connection: Connection, commands: list[_Command]) -> None:
        """One transaction, a savepoint per command: a refused verb leaves the others alone."""
        done: list[tuple[_Command, Any]] = []
        notes: list[Note] = []
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for command in commands:
                if command.future.set_running_or_notify_cancel():
                    self._run_one(connection, command, done, notes)
            connection.exec_driver_sql("COMMIT")
        except DBAPIError as cause:
            _roll_back(connection)
            error = _storage_error(cause, self.path)
            for command in commands:
                if not command.future.done():
                    command.future.set_exception(error)
            return
        for listener in self._listeners if notes else ():
            try:
                listener(notes)
            except Exception:  # what is committed stays committed, and the writer goes on
                log.exception("a listener failed")
        for command, result in done:
            command.future.set_result(result)

    def _run_one(
        self, connection: Connection, command: _Command, done: list[tuple[_Command, Any]], notes: list[Note]
    ) -> None:
        unit = Unit(connection=connection, clock=self._clock, at=self._clock.now(), actor=command.actor)
        connection.exec_driver_sql("SAVEPOINT one")
        started = time.monotonic()
        try:
            result = command.work(unit)
        except IntegrityError as cause:
            connection.exec_driver_sql("ROLLBACK TO one")
            conflict = AlreadyExists(noun="record", key=str(cause.orig))
            conflict.__cause__ = cause
            command.future.set_exception(conflict)
        except DBAPIError:
            raise  # the disk or the file: the whole group fails
        except Exception as cause:  # noqa: BLE001  the outermost loop of the writer: a verb's fault stays its own
            connection.exec_driver_sql("ROLLBACK TO one")
            command.future.set_exception(cause)
        else:
            done.append((command, result))
            notes.extend(unit.notes)
        connection.exec_driver_sql("RELEASE one")
        if (spent := time.monotonic() - started) > 0.25 and self._memory is None:  # simulated time has no slow verbs
            log.warning("slow unit of work", verb=getattr(command.work, "__qualname__", "?"), seconds=round(spent, 3))


def _take_lock(folder: Path) -> Any:
    """An exclusive lock on the folder, so that two servers never write one file."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = open(folder / "gridtie.lock", "a+", encoding="ascii")  # noqa: SIM115  kept open while we serve
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


def _prepare(connection: Connection, path: Path) -> None:
    """Creates the tables of a fresh file; checks the version of an old one."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    fresh = not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'setting'").first()
    if fresh:
        schema.metadata.create_all(connection)
        version = {"key": "schema_version", "value": str(schema.SCHEMA_VERSION)}
        connection.execute(schema.setting.insert(), version)
    connection.exec_driver_sql("COMMIT")
    statement = select(schema.setting.c.value).where(schema.setting.c.key == "schema_version")
    found = connection.execute(statement).scalar() or "unknown"
    if found != str(schema.SCHEMA_VERSION):
        raise VersionUnsupported(subject=f"the schema of {path}", found=found, needed=schema.SCHEMA_VERSION)


def _roll_back(connection: Connection) -> None:
    with contextlib.suppress(DBAPIError):  # on a full disk SQLite has rolled back by itself
        connection.exec_driver_sql("ROLLBACK")


def _storage_error(cause: DBAPIError, path: Path) -> GridtieError:
    text, name = str(cause.orig), str(getattr(cause.orig, "sqlite_errorname", ""))
    if name == "SQLITE_FULL":
        return StorageFull(reason=text, path=path)
    if name.startswith(_CANNOT_WRITE):
        return StorageUnwritable(path=path, reason=text)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Overloaded(url=str(path), reason=text, retry_after_s=1)
    return StorageDamaged(path=path, reason=text)

"""The store: one writer thread with group commit, readers beside it, nothing lost once acknowledged."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from gridtie.clock import Clock
from gridtie.errors import AlreadyExists, GridtieError, InvalidInput, Overloaded, Problem
from gridtie.store import journal
from gridtie.store.backend import Backend, backend_at, begin
from gridtie.store.courier import Courier
from gridtie.store.journal import Note
from gridtie.store.migrations import prepare
from gridtie.store.unit import Unit

T = TypeVar("T")
Work = Callable[[Unit], T]

GROUP_MAX = 64  # units of work per commit
QUEUE_MAX = 4096
SLOW_S = 0.25  # a verb that takes longer is named in the log: all others wait for it
log = structlog.get_logger("store")


@dataclass
class _Command:
    work: Callable[[Unit], Any]
    actor: str
    future: "Future[Any]"


class Reader:
    """Reads what is in a store, beside whoever serves it. Raises LocalFault errors that name the mend."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self._backend, self._clock = backend, clock

    @property
    def place(self) -> str:
        """Where it is, for people: a file or a URL without its password."""
        return self._backend.place

    def read(self, work: Work[T]) -> T:
        """Runs `work` on one consistent snapshot, on the calling thread. Raises StorageDamaged and its kin, and
        InvalidInput for what no value of the database can be, such as a text with a NUL."""
        try:
            with self._backend.reader() as connection:
                return work(Unit(connection=connection, clock=self._clock, at=self._clock.now(), actor="reader"))
        except DataError as cause:
            raise _refusal(cause) from cause
        except DBAPIError as cause:
            raise self._backend.error(cause) from cause

    def close(self) -> None:
        self._backend.close()


class Database(Reader):
    """Opens (or makes) the store at `place`: an SQLite file, a postgresql:// URL, or None for memory.

    `write` runs a verb on the writer thread; its future resolves only after the commit reached the disk. Of all
    processes on one database only one writes at a time, so a verb may rely on what it read.
    `read` runs on a connection of the calling thread that cannot write.

    In memory it is gone when it is closed: for simulation, which reads and writes in turn.
    """

    def __init__(self, place: Path | str | None, clock: Clock, **more: Any) -> None:
        super().__init__(backend_at(place, **more), clock)
        self._simulated = place is None
        self._listeners: list[Callable[[list[Note]], None]] = []
        self._door = threading.Lock()  # nothing enters the queue behind the mark that ends it
        self._closed = False
        self._version = 0
        self._connection: Connection | None = None
        try:
            self._connection = self._backend.writer()
            prepare(self._connection, self._backend)
            self._courier = self._couriers()
        except DBAPIError as cause:
            self._backend.close()
            raise self._backend.error(cause) from cause
        except GridtieError:
            self._backend.close()
            raise
        self._queue: queue.Queue[_Command | None] = queue.Queue(QUEUE_MAX)
        self._thread = threading.Thread(target=self._write_forever, name="store-writer", daemon=True)
        self._thread.start()
        if self._courier is not None:
            self._courier.start()

    @property
    def alone(self) -> bool:
        """Whether no other process can write here while we do."""
        return self._backend.alone

    @property
    def version(self) -> int | None:
        """While it stays the same nothing was written, by whomever; None when others write here, too."""
        return self._version if self.alone else None

    def on_commit(self, listener: Callable[[list[Note]], None]) -> None:
        """`listener` hears the facts of each commit, before it is acknowledged; those of other processes soon after.

        It is called on threads of the store and must not block.
        """
        self._listeners.append(listener)

    def on_word(self, topic: str, hearer: Callable[[Any], None], *, deaf: Callable[[], None]) -> None:
        """What other processes `tell`; `deaf` is called after some may have been missed. Nothing when we are alone."""
        if self._courier is not None:
            self._courier.on_word(topic, hearer)
            self._courier.on_deaf(deaf)

    def tell(self, topic: str, body: Any) -> None:
        """A few kilobytes of JSON to the other processes, without a row: it may be lost."""
        if self._courier is not None:
            self._courier.tell(topic, body)

    def submit(self, work: Work[T], *, actor: str) -> "Future[T]":
        """Queues a verb. Its result is set after the commit; its exception after its own rollback.

        Raises Overloaded when too many wait, and after `close`.
        """
        future: Future[T] = Future()
        with self._door:
            if self._closed:
                raise Overloaded(url=self.place, reason="it is shutting down", retry_after_s=1)
            try:
                self._queue.put_nowait(_Command(work, actor, future))
            except queue.Full:
                raise Overloaded(url=self.place, reason="too many writes are waiting", retry_after_s=1) from None
        return future

    def write(self, work: Work[T], *, actor: str) -> T:
        return self.submit(work, actor=actor).result()

    @property
    def waiting(self) -> int:
        """Verbs in the queue, for the metrics."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finishes what is queued, then lets go of the store. Closing twice changes nothing."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        self._queue.put(None)
        self._thread.join()
        if self._courier is not None:
            self._courier.close()
        self._backend.close()

    def _couriers(self) -> Courier | None:
        if self.alone:
            return None
        seen = self.read(lambda unit: journal.last_seq(unit.connection))

        def newer(seq: int) -> Any:
            return self.read(lambda unit: journal.after(unit.connection, seq, organisation=None))

        return Courier(self._backend, self._clock.new_id("proc"), newer=newer, deliver=self._deliver, seen=seen)

    def _write_forever(self) -> None:
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
                self._commit(commands)
        self._hang_up()

    def _commit(self, commands: list[_Command]) -> None:
        """One transaction; a savepoint for each of several commands: a refused verb leaves the others alone."""
        done: list[tuple[_Command, Any]] = []
        notes: list[Note] = []
        try:
            connection = self._begin()
            for command in commands:
                if command.future.set_running_or_notify_cancel():
                    self._run_one(connection, command, done, notes, apart=len(commands) > 1)
            if notes and self._courier is not None:
                self._courier.own(notes)
                connection.exec_driver_sql(str(self._backend.tell))
            written = self._backend.has_written(connection)
            connection.exec_driver_sql("COMMIT" if done else "ROLLBACK")
            # After it: who saw the older number and read the older state asks again.
            self._version += written and bool(done)
        except Exception as cause:  # noqa: BLE001  this thread goes on: without it nothing would ever be written again
            error = self._undone(cause)
            if self._courier is not None:
                self._courier.disown(notes)
            for command in commands:
                if not command.future.done():
                    command.future.set_exception(error)
            return
        if notes:
            self._deliver(notes)
        for command, result in done:
            command.future.set_result(result)

    def _deliver(self, notes: list[Note]) -> None:
        for listener in self._listeners:
            try:
                listener(notes)
            except Exception:  # what is committed stays committed, and the writer goes on
                log.exception("a listener failed")

    def _begin(self) -> Connection:
        """A connection that the database closed meanwhile is replaced, once: nothing was done on it yet."""
        if self._connection is not None:
            try:
                begin(self._connection, self._backend)
                return self._connection
            except DBAPIError as cause:
                if not cause.connection_invalidated:
                    raise
                self._hang_up()
        self._connection = self._backend.writer()
        begin(self._connection, self._backend)
        return self._connection

    def _undone(self, cause: Exception) -> Exception:
        """What those are told whose transaction came to nothing."""
        if isinstance(cause, DBAPIError):
            self._roll_back(cause)
            return self._backend.error(cause)
        log.error("a transaction failed in a way that nobody foresaw", exc_info=cause)
        if self._connection is not None:
            with suppress(Exception):
                self._connection.exec_driver_sql("ROLLBACK")
        self._hang_up()
        return cause

    def _roll_back(self, cause: DBAPIError) -> None:
        if self._connection is None:
            return
        if not cause.connection_invalidated:
            with suppress(DBAPIError):  # on a full disk SQLite has rolled back by itself
                self._connection.exec_driver_sql("ROLLBACK")
        if cause.connection_invalidated or self._connection.invalidated:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None

    def _run_one(
        self, connection: Connection, command: _Command, done: list[tuple[_Command, Any]], notes: list[Note], *,
        apart: bool,
    ) -> None:  # fmt: skip
        """`apart` from others in its transaction; else what it did goes when that is rolled back."""
        unit = Unit(connection=connection, clock=self._clock, at=self._clock.now(), actor=command.actor)
        if apart:
            connection.exec_driver_sql("SAVEPOINT one")
        started = time.monotonic()
        failed: Exception | None = None
        try:
            result = command.work(unit)
        except (IntegrityError, DataError) as cause:
            refused = _refusal(cause)
            refused.__cause__ = cause
            failed = refused
        except DBAPIError:
            raise  # the disk or the file: the whole group fails
        except Exception as cause:  # noqa: BLE001  the outermost loop of the writer: a verb's fault stays its own
            failed = cause
        else:
            done.append((command, result))
            notes.extend(unit.notes)
        if apart and failed is not None:
            connection.exec_driver_sql("ROLLBACK TO one")
        if apart:
            connection.exec_driver_sql("RELEASE one")
        if failed is not None:
            command.future.set_exception(failed)
        if (spent := time.monotonic() - started) > SLOW_S and not self._simulated:  # simulated time has no slow verbs
            log.warning("slow unit of work", verb=_name(command.work), seconds=round(spent, 3))


def _name(work: Any) -> str:
    """Of a verb that is handed over within a partial, the verb's: never what else it was given."""
    while isinstance(work, partial):
        work = next((given for given in work.args if callable(given)), work.func)
    return getattr(work, "__qualname__", type(work).__name__)


def _refusal(cause: IntegrityError | DataError) -> GridtieError:
    """What the database would not take from a verb: a second record of one key, or a value it has no room for."""
    words = str(cause.orig).strip().splitlines()[0]
    if isinstance(cause, IntegrityError):
        return AlreadyExists(noun="record", key=words)
    return InvalidInput(source="record", problems=[Problem(f"it can be no value of the database: {words}")])

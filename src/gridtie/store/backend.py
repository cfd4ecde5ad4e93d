"""What the store asks of a database: connections, how a transaction begins, and what an error of it means."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gridtie.errors import GridtieError

SCHEMES = ("postgresql://", "postgres://")


class Backend(Protocol):
    """Raises LocalFault errors that name the mend."""

    place: str  # as people may read it: never with a password
    alone: bool  # nobody else can have it open for writing
    begin: str  # of a transaction that writes; only one of all processes is in one at a time
    tell: str | None  # said within such a transaction, so that other processes look at the journal

    def writer(self) -> Connection:
        """A new connection; its holder closes it."""
        ...

    def reader(self) -> AbstractContextManager[Connection]:
        """A connection in one snapshot, on which nothing can be written."""
        ...

    def has_written(self, connection: Connection) -> bool:
        """Whether its transaction changed any row; True where only the database knows."""
        ...

    def check(self, connection: Connection) -> None:
        """Raises LocalFault for a database that cannot keep what we keep."""
        ...

    def exists(self) -> bool:
        """Whether an exchange was made here; makes nothing."""
        ...

    def error(self, cause: DBAPIError) -> GridtieError: ...

    def listener(self) -> "Listener | None":
        """Where other processes are heard; None when there are none."""
        ...

    def close(self) -> None: ...


class Listener(Protocol):
    def hear(self, seconds: float) -> list[str]:
        """What others said since, at most after so long; '' stands for: the journal grew. Raises DBAPIError."""
        ...

    def say(self, word: str) -> None:
        """At most WORD_MAX bytes of UTF-8. Raises DBAPIError."""
        ...

    def close(self) -> None: ...


WORD_MAX = 7900


def begin(connection: Connection, backend: Backend) -> None:
    """A transaction that writes. Raises DBAPIError."""
    connection.exec_driver_sql(backend.begin, execution_options={"no_parameters": True})  # it may be two statements


def is_url(place: str) -> bool:
    return place.startswith(SCHEMES)


def backend_at(place: Path | str | None, **more: Any) -> Backend:
    """A path: that SQLite file. A postgresql:// URL: that database. None: memory, gone when it is closed."""
    if isinstance(place, str):
        from gridtie.store.postgresql import PostgresqlBackend

        return PostgresqlBackend(place, **more)
    from gridtie.store.sqlite import SqliteBackend

    return SqliteBackend(place, **more)

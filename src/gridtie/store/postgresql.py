"""PostgreSQL: several server processes on one database, of which one writes at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.pool import NullPool

from gridtie.errors import (
    GridtieError,
    InvalidInput,
    LocalFault,
    Overloaded,
    Problem,
    StorageDamaged,
    StorageFull,
    StorageUnreachable,
    StorageUnwritable,
)
from gridtie.store.backend import Listener
from gridtie.store.dialect import POSTGRESQL

VERSION_MIN = 130000
READERS = 16
READER_IDLE_MS = 600_000  # who reads keeps nobody waiting, and may reckon for long between two statements
CHANNEL = "gridtie"
# Whoever writes holds this lock of the database until its transaction ends, so all processes together are one writer.
TURN = 7_233_184_988_217_301


class PostgresqlBackend:
    """`url` as libpq has it; what it leaves out comes from PGPASSFILE and its kin.

    `idle_s`: how long a process may hold the writers' turn without a word before the database takes it back, so that
    a process that was stopped in the middle keeps nobody waiting, and finds that its commit is refused.
    """

    alone = False
    begin = f"BEGIN; SELECT pg_advisory_xact_lock({TURN})"
    tell: str | None = f"SELECT pg_notify('{CHANNEL}', '')"

    def __init__(self, url: str, *, idle_s: float = 15.0) -> None:
        parsed = _parsed(url)
        self.place = parsed.set(query={}, drivername=POSTGRESQL).render_as_string(hide_password=True)
        idle_ms = int(idle_s * 1000)
        still = "-c statement_timeout=60000 -c idle_in_transaction_session_timeout"
        turn = f"-c lock_timeout={idle_ms + 15_000} -c synchronous_commit=on"
        self._writers = _engine(parsed, f"{still}={idle_ms} {turn}", pooled=False)
        self._readers = _engine(parsed, f"{still}={READER_IDLE_MS}", pooled=True)

    def writer(self) -> Connection:
        return self._writers.connect()

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        connection = self._begun()
        try:
            yield connection
        finally:
            with suppress(DBAPIError):  # nothing was written; a broken connection does not come back from the pool
                connection.exec_driver_sql("ROLLBACK")
            connection.close()

    def _begun(self) -> Connection:
        """A pooled connection may be older than the last restart of the database: then a fresh one, once."""
        for last in (False, True):
            try:
                connection = self._readers.connect()
            except TimeoutError:
                reason = "every connection for reading is in use"
                raise Overloaded(url=self.place, reason=reason, retry_after_s=1) from None
            try:
                connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return connection
            except DBAPIError as cause:
                connection.close()
                if last or not cause.connection_invalidated:
                    raise
        raise AssertionError("the second try returns or raises")

    def exists(self) -> bool:
        try:
            with self.reader() as connection:
                return connection.exec_driver_sql("SELECT to_regclass('setting')").scalar() is not None
        except DBAPIError as cause:
            raise self.error(cause) from cause

    def has_written(self, connection: Connection) -> bool:  # noqa: ARG002  only the database would know
        return True

    def check(self, connection: Connection) -> None:
        """Raises LocalFault for a database that cannot keep what we keep."""
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
        if version < VERSION_MIN:
            raise LocalFault(reason=f"{self.place} is PostgreSQL {version // 10_000}; 13 or newer is needed")
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise LocalFault(
                reason=f"{self.place} keeps text as {encoding}; make it with: createdb -E UTF8 -T template0"
            )

    def error(self, cause: DBAPIError) -> GridtieError:
        lines = str(cause.orig).strip().splitlines() or [type(cause.orig).__name__]
        text, state = lines[0], str(getattr(cause.orig, "sqlstate", None) or "")
        if state == "53100":
            return StorageFull(reason=text, path=self.place)
        if state in ("25006", "42501"):
            return StorageUnwritable(path=self.place, reason=text)
        if state.startswith("53") or state in ("55P03", "57014", "40001", "40P01"):
            return Overloaded(url=self.place, reason=text, retry_after_s=1)
        silent = not state and isinstance(cause, OperationalError | InterfaceError)
        if silent or cause.connection_invalidated or state[:2] in ("08", "57", "28", "3D") or state == "25P03":
            return StorageUnreachable(place=self.place, reason=text, retry_after_s=1)
        return StorageDamaged(path=self.place, reason=text)

    def listener(self) -> Listener:
        return _Listener(self._writers.connect())

    def close(self) -> None:
        self._writers.dispose()
        self._readers.dispose()


class _Listener:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        self._driver: Any = connection.connection.driver_connection

    def hear(self, seconds: float) -> list[str]:
        heard: list[str] = []
        try:
            heard += [notice.payload for notice in self._driver.notifies(timeout=seconds, stop_after=1)]
            heard += [notice.payload for notice in self._driver.notifies(timeout=0)]
        except self._driver.OperationalError as cause:
            raise DBAPIError("LISTEN", None, cause, connection_invalidated=True) from cause
        return heard

    def say(self, word: str) -> None:
        self._connection.exec_driver_sql(f"SELECT pg_notify('{CHANNEL}', %(word)s)", {"word": word})

    def close(self) -> None:
        with suppress(DBAPIError):
            self._connection.close()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as cause:
        problem = Problem("is not a URL such as postgresql://gridtie@db.example/gridtie")
        raise InvalidInput(source="database", problems=[problem]) from cause
    if not parsed.database:
        raise InvalidInput(source="database", problems=[Problem("the URL names no database: postgresql://host/NAME")])
    return parsed


def _engine(url: URL, options: str, *, pooled: bool) -> Engine:
    """Connections that we begin and end ourselves; what a pool gives out was left clean."""
    given = str(url.query.get("options", ""))
    more = {"connect_timeout": 5, "application_name": "gridtie", "options": f"{given} {options}".strip(),
            "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}  # fmt: skip
    url = url.difference_update_query(["options"])
    pool: dict[str, Any] = {"poolclass": NullPool}
    if pooled:
        pool = {
            "pool_size": READERS // 2,
            "max_overflow": READERS // 2,
            "pool_timeout": 5,
            "pool_reset_on_return": None,
        }
    try:
        return create_engine(url, isolation_level="AUTOCOMMIT", connect_args=more, **pool)
    except (ImportError, NoSuchModuleError) as cause:
        raise LocalFault(reason="PostgreSQL needs a driver: pip install 'gridtie[postgresql]'") from cause

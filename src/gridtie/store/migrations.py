"""From one version of the tables to the next: numbered steps, only forward, each with its number in one transaction.

A step is written once and never changed: it names tables and columns itself and reads nothing of schema.py, which
describes only the newest version. A new exchange is made in that version at once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, create_mock_engine, inspect, select, text, update
from sqlalchemy.engine.mock import MockConnection

from gridtie.errors import NotInitialised, StorageOutdated, VersionUnsupported
from gridtie.store import schema
from gridtie.store.backend import Backend, begin
from gridtie.store.dialect import POSTGRESQL

VERSION_KEY = "schema_version"
_VERSION = select(schema.setting.c.value).where(schema.setting.c.key == VERSION_KEY)


def ddl(connection: Connection, statement: str) -> None:
    """Runs a statement of a step: TEXT and WHOLE are the two types of schema.py, STRICT ends a CREATE TABLE."""
    postgresql = connection.dialect.name == POSTGRESQL
    for word, there, here in (
        ("TEXT", 'TEXT COLLATE "C"', "TEXT"),
        ("WHOLE", "BIGINT", "INTEGER"),
        ("STRICT", "", "STRICT"),
    ):
        statement = statement.replace(word, there if postgresql else here)
    connection.exec_driver_sql(statement)


def _several_servers(connection: Connection) -> None:
    """2: of several servers on one database one leads.

    Version 1 was changed in place until there were steps: what was added last, an early one lacks.
    """
    known = {column["name"] for column in inspect(connection).get_columns("run")}
    for name, words in (("preemptible", "WHOLE NOT NULL DEFAULT 0"), ("displaced", "WHOLE"),
                        ("waits_for", "TEXT NOT NULL DEFAULT '[]'")):  # fmt: skip
        if name not in known:
            ddl(connection, f"ALTER TABLE run ADD COLUMN {name} {words}")
    if not inspect(connection).has_table("tes_task"):
        ddl(connection, "CREATE TABLE tes_task (job TEXT NOT NULL, organisation TEXT NOT NULL, name TEXT NOT NULL, "
                        "tags TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (job), "
                        "FOREIGN KEY(job) REFERENCES job (id)) STRICT")  # fmt: skip
        ddl(connection, "CREATE INDEX tes_task_of ON tes_task (organisation, job)")
    ddl(connection, "CREATE TABLE leader (duty TEXT NOT NULL, epoch WHOLE NOT NULL, holder TEXT, beats WHOLE NOT NULL, "
                    "since_us WHOLE NOT NULL, PRIMARY KEY (duty)) STRICT")  # fmt: skip


def _bookings(connection: Connection) -> None:
    """3: a run may be booked for a later start, and says when it has left its machines."""
    for name, words in (("until_us", "WHOLE"), ("starts_us", "WHOLE"), ("booking", "TEXT")):
        ddl(connection, f"ALTER TABLE run ADD COLUMN {name} {words}")


def _data(connection: Connection) -> None:
    """4: datasets, contracts on them, what was delivered, and which open jobs read data by which contract."""
    for statement in (
        "CREATE TABLE dataset (id TEXT NOT NULL, organisation TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, "
        "versions WHOLE NOT NULL, words TEXT NOT NULL, document TEXT NOT NULL, created_us WHOLE NOT NULL, "
        "PRIMARY KEY (id), UNIQUE (organisation, name), FOREIGN KEY(organisation) REFERENCES organisation (id)) STRICT",
        "CREATE TABLE dataset_version (dataset TEXT NOT NULL, number WHOLE NOT NULL, digest TEXT NOT NULL, "
        "document TEXT NOT NULL, PRIMARY KEY (dataset, number), UNIQUE (dataset, digest), "
        "FOREIGN KEY(dataset) REFERENCES dataset (id)) STRICT",
        "CREATE TABLE data_contract (id TEXT NOT NULL, dataset TEXT NOT NULL, provider TEXT NOT NULL, "
        "consumer TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, payload TEXT NOT NULL, "
        "signatures TEXT NOT NULL, deliveries WHOLE NOT NULL, from_us WHOLE NOT NULL, until_us WHOLE NOT NULL, "
        "created_us WHOLE NOT NULL, PRIMARY KEY (id), CHECK (from_us < until_us), "
        "FOREIGN KEY(dataset) REFERENCES dataset (id), FOREIGN KEY(provider) REFERENCES organisation (id), "
        "FOREIGN KEY(consumer) REFERENCES organisation (id)) STRICT",
        "CREATE INDEX data_contract_consumer ON data_contract (consumer, dataset)",
        "CREATE INDEX data_contract_provider ON data_contract (provider, id)",
        "CREATE INDEX data_contract_state ON data_contract (state, until_us)",
        "CREATE TABLE delivery (id TEXT NOT NULL, dataset TEXT NOT NULL, version WHOLE NOT NULL, contract TEXT, "
        "provider TEXT NOT NULL, consumer TEXT NOT NULL, member TEXT NOT NULL, channel TEXT NOT NULL, "
        "purpose TEXT NOT NULL, job TEXT, parts TEXT NOT NULL, records WHOLE, bytes WHOLE NOT NULL, "
        "charge WHOLE NOT NULL, at_us WHOLE NOT NULL, until_us WHOLE NOT NULL, delete_by_us WHOLE, PRIMARY KEY (id), "
        "FOREIGN KEY(dataset) REFERENCES dataset (id), FOREIGN KEY(contract) REFERENCES data_contract (id), "
        "FOREIGN KEY(provider) REFERENCES organisation (id), FOREIGN KEY(consumer) REFERENCES organisation (id), "
        "FOREIGN KEY(job) REFERENCES job (id)) STRICT",
        "CREATE INDEX delivery_consumer ON delivery (consumer, dataset, id)",
        "CREATE INDEX delivery_provider ON delivery (provider, id)",
        "CREATE INDEX delivery_job ON delivery (job)",
        "CREATE INDEX delivery_contract ON delivery (contract, until_us)",
        "CREATE TABLE data_use (job TEXT NOT NULL, contract TEXT NOT NULL, PRIMARY KEY (job, contract), "
        "FOREIGN KEY(job) REFERENCES job (id), FOREIGN KEY(contract) REFERENCES data_contract (id)) STRICT",
        "CREATE INDEX data_use_contract ON data_use (contract)",
    ):
        ddl(connection, statement)


def _derivations(connection: Connection) -> None:
    """5: what was made from a version, and who used it, is found by an index."""
    ddl(connection, "CREATE TABLE derivation (source TEXT NOT NULL, dataset TEXT NOT NULL, "
                    "number WHOLE NOT NULL, PRIMARY KEY (source, dataset, number), "
                    "FOREIGN KEY(dataset) REFERENCES dataset (id)) STRICT")  # fmt: skip
    ddl(connection, "CREATE INDEX delivery_version ON delivery (dataset, version, id)")
    named = {
        f"{owner}/{name}": key for key, owner, name in connection.exec_driver_sql(
            "SELECT dataset.id, organisation.name, dataset.name FROM dataset "
            "JOIN organisation ON organisation.id = dataset.organisation"
        )
    }  # fmt: skip
    made = set()
    for key, number, document in connection.exec_driver_sql("SELECT dataset, number, document FROM dataset_version"):
        for said in json.loads(document).get("derived_from", ()):
            name, _, version = said.rpartition("@")
            made.add((f"{named[name]}@{version}" if name in named else said, key, number))
    insert = text("INSERT INTO derivation (source, dataset, number) VALUES (:source, :dataset, :number)")
    for source, key, number in sorted(made):
        connection.execute(insert, {"source": source, "dataset": key, "number": number})


def _jobs_of_one_file(connection: Connection) -> None:
    """6: the jobs of one file are found by an index."""
    ddl(connection, "CREATE INDEX job_batch ON job (batch)")


STEPS: Mapping[int, Callable[[Connection], None]] = {
    2: _several_servers, 3: _bookings, 4: _data, 5: _derivations, 6: _jobs_of_one_file
}  # fmt: skip


def prepare(connection: Connection, backend: Backend) -> None:
    """Makes the tables where there are none; of others only checks the version.

    Raises StorageOutdated, VersionUnsupported, LocalFault, DBAPIError.
    """
    backend.check(connection)
    begin(connection, backend)
    try:
        if not _is_made(connection):
            for statement in _newest(connection.dialect.name):
                connection.exec_driver_sql(statement)
            version = {"key": VERSION_KEY, "value": str(schema.SCHEMA_VERSION)}
            connection.execute(schema.setting.insert(), version)
    finally:
        connection.exec_driver_sql("COMMIT")
    check_version(connection, backend.place)


@cache
def _newest(dialect: str) -> Sequence[str]:
    """The tables of schema.py in words, put together once for all databases of a process: simulations make many.

    Indexes come last and in the order of their names: SQLAlchemy has none, and which SQLite takes can hang on it.
    """
    made: list[str] = []
    engine: MockConnection = create_mock_engine(
        f"{dialect}://", lambda statement, *_, **__: made.append(str(statement.compile(dialect=engine.dialect)))
    )
    schema.metadata.create_all(engine, checkfirst=False)
    indexes = [statement for statement in made if statement.lstrip().startswith("CREATE INDEX")]
    return [statement for statement in made if statement not in indexes] + sorted(indexes)


def check_version(connection: Connection, place: str) -> None:
    """Raises StorageOutdated for an older one, VersionUnsupported for one that we do not know."""
    found = version_of(connection)
    if found in map(str, range(1, schema.SCHEMA_VERSION)):
        raise StorageOutdated(place=place, found=found, needed=schema.SCHEMA_VERSION)
    if found != str(schema.SCHEMA_VERSION):
        raise VersionUnsupported(subject=f"the schema of {place}", found=found, needed=schema.SCHEMA_VERSION)


def version_of(connection: Connection) -> str:
    return connection.execute(_VERSION).scalar() or "unknown"


def migrate(backend: Backend) -> Sequence[int]:
    """Takes every step that is still missing; their numbers. Killed in between, it goes on from the last whole step.

    Raises NotInitialised, VersionUnsupported, StorageInUse, DBAPIError.
    """
    taken: list[int] = []
    if not backend.exists():
        raise NotInitialised(path=backend.place)
    connection = backend.writer()
    try:
        if connection.dialect.name == POSTGRESQL:  # a step may take as long as its rows need
            connection.exec_driver_sql("SET statement_timeout = 0")
        while (found := version_of(connection)) != str(schema.SCHEMA_VERSION):
            if found not in map(str, range(1, schema.SCHEMA_VERSION)):
                check_version(connection, backend.place)
            number = int(found) + 1
            begin(connection, backend)
            STEPS[number](connection)
            where = schema.setting.c.key == VERSION_KEY, schema.setting.c.value == found
            connection.execute(update(schema.setting).where(*where).values(value=str(number)))
            connection.exec_driver_sql("COMMIT")
            taken.append(number)
    finally:
        connection.close()
    return taken


def _is_made(connection: Connection) -> bool:
    return inspect(connection).has_table(schema.setting.name)

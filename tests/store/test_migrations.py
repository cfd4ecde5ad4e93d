"""A database of every version that was ever written comes forward whole, and none is served before it has."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from gridtie.adapters.signers.ed25519 import verify
from gridtie.clock import SystemClock, VirtualClock
from gridtie.errors import NotInitialised, StorageOutdated, VersionUnsupported
from gridtie.identity.signing import decode
from gridtie.store.backend import Backend, backend_at
from gridtie.store.backup import lost_references
from gridtie.store.database import Database, Reader
from gridtie.store.migrations import STEPS, migrate, version_of
from gridtie.store.schema import SCHEMA_VERSION
from gridtie.store.unit import Unit
from gridtie.views.receipt import proof_of_books

WRITTEN = sorted((Path(__file__).parent / "written").glob("*.sql"))  # each by the program of its version, none touched


def written(source: Path, file: Path) -> bytes:
    """Makes the database that `source` holds; the public key of its exchange."""
    text = source.read_text(encoding="utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(text)
    return decode(text.splitlines()[0].rpartition(": ")[2], length=32, subject="the exchange")


def columns(raw: sqlite3.Connection, table: str) -> str:
    return ", ".join(f'"{row[1]}"' for row in raw.execute(f'PRAGMA table_info("{table}")'))


def shape(backend: Backend) -> dict[str, object]:
    """Tables with their columns, keys and indexes, as the database itself tells them."""

    def look(connection: Connection) -> dict[str, object]:
        seen = inspect(connection)
        return {
            name: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(name)),
                seen.get_pk_constraint(name)["constrained_columns"],
                sorted(str(sorted(u["column_names"])) for u in seen.get_unique_constraints(name)),
                sorted((str(i["name"]), str(i["column_names"])) for i in seen.get_indexes(name)),
                sorted((str(f["constrained_columns"]), f["referred_table"]) for f in seen.get_foreign_keys(name)),
                sorted(" ".join(str(c["sqltext"]).split()) for c in seen.get_check_constraints(name)),
            )
            for name in seen.get_table_names()
        }

    with backend.reader() as connection:
        return look(connection)


def test_every_version_before_this_one_has_a_database_that_it_wrote() -> None:
    assert [path.stem for path in WRITTEN] == [f"version-{number}" for number in range(1, SCHEMA_VERSION)]
    assert list(STEPS) == list(range(2, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("source", WRITTEN, ids=lambda path: path.stem)
def test_what_an_older_version_wrote_comes_forward_whole_and_its_books_still_prove(
    source: Path, tmp_path: Path
) -> None:
    file = tmp_path / "old" / "gridtie.db"
    public_key = written(source, file)
    with closing(sqlite3.connect(file)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        look = {name: f'SELECT {columns(raw, name)} FROM "{name}"' for name in tables if name != "setting"}
        before = {name: raw.execute(words).fetchall() for name, words in look.items()}
    backend = backend_at(file)
    assert list(migrate(backend)) == list(range(int(source.stem.rpartition("-")[2]) + 1, SCHEMA_VERSION + 1))
    assert list(migrate(backend)) == []  # a second time there is nothing to do
    reader = Reader(backend, VirtualClock())
    proof = reader.read(lambda unit: proof_of_books(unit, public_key, verify))
    assert proof["ok"], proof
    assert proof["receipts_checked"] > 0
    assert reader.read(lambda unit: lost_references(unit.connection)) == []
    with closing(sqlite3.connect(file)) as raw:
        assert {name: raw.execute(words).fetchall() for name, words in look.items()} == before
    fresh = tmp_path / "new" / "gridtie.db"
    Database(fresh, VirtualClock()).close()
    assert shape(backend) == shape(backend_at(fresh))
    backend.close()
    opened = Database(file, SystemClock())  # and it is served
    opened.write(lambda unit: unit.note("exchange.started", "exch_0"), actor="test")
    opened.close()


def test_what_versions_say_they_were_made_from_can_be_asked_from_the_other_end_after_it(tmp_path: Path) -> None:
    file = tmp_path / "gridtie.db"
    written(WRITTEN[3], file)
    migrate(backend_at(file))
    reader = Reader(backend_at(file), VirtualClock())

    def look(unit: Unit) -> list[set[str]]:
        known = {name: unit.datasets.find(f"buyer/{name}") for name in ("raw", "clean", "mixed")}
        return [{unit.datasets.get(key).name for key, _ in unit.datasets.derived(known[name].id, 1, 10)}
                for name in known]  # fmt: skip

    assert reader.read(look) == [{"clean", "mixed"}, {"mixed"}, set()]
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT source FROM derivation WHERE source LIKE 's3:%'").fetchall() == [
            ("s3://elsewhere/x",)
        ]
        for asked in ("SELECT dataset, number FROM derivation WHERE source = 'x' ORDER BY dataset, number LIMIT 9",
                      "SELECT id FROM delivery WHERE dataset = 'x' AND version = 1 ORDER BY id DESC"):  # fmt: skip
            plan = " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {asked}"))
            assert "SEARCH" in plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan


def test_the_steps_make_on_postgresql_what_a_new_exchange_has_there(place: Path | str) -> None:
    """What the steps make, dropped from a new exchange and made again by them."""
    backend = backend_at(place)
    Database(place, VirtualClock()).close()
    fresh = shape(backend)
    connection = backend.writer()
    for table in ("derivation", "data_use", "delivery", "data_contract", "dataset_version", "dataset", "leader"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for column in ("until_us", "starts_us", "booking"):
        connection.exec_driver_sql(f"ALTER TABLE run DROP COLUMN {column}")
    connection.exec_driver_sql("DROP INDEX job_batch")
    connection.exec_driver_sql("UPDATE setting SET value = '1' WHERE key = 'schema_version'")
    connection.close()
    assert list(migrate(backend)) == list(STEPS)
    assert shape(backend) == fresh
    backend.close()


def test_an_older_database_is_not_served_and_one_is_told_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "home" / "gridtie.db"
    written(WRITTEN[0], file)
    before = file.read_bytes()
    with pytest.raises(StorageOutdated) as refused:
        Database(file, VirtualClock())
    assert "gridtie db migrate" in refused.value.remedy
    assert file.read_bytes() == before


def test_a_step_that_breaks_off_leaves_the_database_as_it_was_and_can_be_taken_again(
    place: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (a TEXT)")
        raise KeyboardInterrupt

    Database(place, VirtualClock()).close()
    backend = backend_at(place)
    connection = backend.writer()
    connection.exec_driver_sql("UPDATE setting SET value = '1' WHERE key = 'schema_version'")
    connection.close()
    monkeypatch.setattr("gridtie.store.migrations.STEPS", {2: half})
    with pytest.raises(KeyboardInterrupt):
        migrate(backend)
    with backend.reader() as reading:
        assert version_of(reading) == "1"
        assert not inspect(reading).has_table("half")
    backend.close()


def test_what_there_is_not_and_what_is_newer_is_refused(place: Path | str, tmp_path: Path) -> None:
    with pytest.raises(NotInitialised):
        migrate(backend_at(tmp_path / "nothing.db"))
    Database(place, VirtualClock()).close()
    backend = backend_at(place)
    connection = backend.writer()
    connection.exec_driver_sql("UPDATE setting SET value = '999' WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(VersionUnsupported, match="999"):
        migrate(backend)
    backend.close()

"""What only PostgreSQL can do to us: others write at the same time, connections break, its disk fills up."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from benchmarks.postgresql import Postgresql

from gridtie.clock import SystemClock
from gridtie.errors import (
    GridtieError,
    InvalidInput,
    LocalFault,
    StorageFull,
    StorageUnreachable,
    StorageUnwritable,
)
from gridtie.store import courier
from gridtie.store.backend import WORD_MAX
from gridtie.store.database import Database
from gridtie.store.journal import broken_link, last_seq

PLACES = ["postgresql"]


@pytest.fixture
def second(database: Database, place: str) -> Iterator[Database]:
    """Another process's view of the same database, as far as the store can tell."""
    opened = Database(place, SystemClock())
    yield opened
    opened.close()


def wait_for(found: Callable[[], Any], seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return value


# ── together ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_of_two_who_write_at_once_each_row_is_kept_and_the_chain_has_neither_gap_nor_fork(
    database: Database, second: Database, put: Any
) -> None:
    def work(store: Database, name: str) -> None:
        for number in range(50):
            store.write(put(f"{name}{number}"), actor=name)

    threads = [threading.Thread(target=work, args=pair) for pair in zip([database, second] * 2, "abcd", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert database.read(lambda unit: last_seq(unit.connection)) == 200
    assert second.read(lambda unit: broken_link(unit.connection)) is None


def test_a_verb_may_rely_on_what_it_read_whoever_else_writes(database: Database, second: Database) -> None:
    """The classic double spend: each reads how much is left and takes one of it."""
    database.write(lambda unit: unit.settings.add("left", "20"), actor="test")
    taken: list[str] = []

    def take(unit: Any) -> None:
        left = int(unit.settings.get("left"))
        if left:
            unit.connection.exec_driver_sql(f"UPDATE setting SET value = '{left - 1}' WHERE key = 'left'")
            taken.append(unit.actor)

    def work(store: Database) -> None:
        for _ in range(20):
            store.write(take, actor="test")

    threads = [threading.Thread(target=work, args=(store,)) for store in (database, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 20
    assert database.read(lambda unit: unit.settings.get("left")) == "0"


def test_each_hears_what_the_other_commits_once_and_in_order_and_words_that_are_no_rows(
    database: Database, second: Database, put: Any
) -> None:
    heard: list[str] = []
    words: list[Any] = []
    second.on_commit(lambda notes: heard.extend(note.subject for note in notes))
    second.on_word("lease", words.append, deaf=lambda: None)
    database.on_word("lease", words.append, deaf=lambda: None)
    keys = [f"k{number:03}" for number in range(100)]
    for future in [database.submit(put(key), actor="test") for key in keys]:
        future.result(20)
    wait_for(lambda: len(heard) >= 100)
    assert heard == keys
    second.write(put("own"), actor="test")
    assert heard[-1] == "own"  # its own before it was acknowledged
    for number in range(50):
        database.tell("lease", [number, "x" * (WORD_MAX // 10)])
    wait_for(lambda: len(words) >= 50)
    assert [number for number, _ in words] == list(range(50))  # to the other only, whole, in order


# ── apart ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def connections_gone(database: Database, server: Postgresql, place: str) -> None:
    name = place.partition("?")[0].rpartition("/")[2]
    server.sql(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'")


def test_after_its_connections_were_ended_it_reads_writes_and_hears_again_by_itself(
    database: Database, second: Database, postgresql: Postgresql, place: str, put: Any, settings_of: Any
) -> None:
    heard: list[str] = []
    deaf: list[bool] = []
    second.on_commit(lambda notes: heard.extend(note.subject for note in notes))
    second.on_word("lease", lambda _: None, deaf=lambda: deaf.append(True))
    database.write(put("before"), actor="test")
    settings_of(second)
    connections_gone(database, postgresql, place)
    assert database.write(put("after"), actor="test") == "after"
    assert set(settings_of(second)) == {"before", "after"}
    wait_for(lambda: deaf and "after" in heard)  # and knows that words may have been missed meanwhile
    assert heard == ["before", "after"]


def test_a_connection_that_stays_lost_is_told_once_and_once_when_it_is_back(
    database: Database, postgresql: Postgresql, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []
    listener = database._backend.listener
    monkeypatch.setattr(courier, "REST_S", 0.01)
    monkeypatch.setattr(database._backend, "listener", lambda: tried.append(True) or listener())
    name = place.partition("?")[0].rpartition("/")[2]
    with structlog.testing.capture_logs() as logs:
        postgresql.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connections_gone(database, postgresql, place)
        wait_for(lambda: len(tried) >= 5)
        postgresql.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        wait_for(lambda: any("back" in entry["event"] for entry in logs))
    told = [entry["event"] for entry in logs if "courier" in entry["event"]]
    assert told == ["the courier lost its connection", "the courier has its connection back"]


def test_what_was_under_way_when_the_connection_broke_is_refused_by_name_and_not_kept(
    database: Database, postgresql: Postgresql, place: str, put: Any, settings_of: Any
) -> None:
    def broken(unit: Any) -> None:
        put("half")(unit)
        connections_gone(database, postgresql, place)
        put("other half")(unit)

    with pytest.raises(StorageUnreachable) as lost:
        database.write(broken, actor="test")
    assert "same idempotency key" in lost.value.remedy
    assert settings_of(database) == {}
    assert database.write(put("next"), actor="test") == "next"


def test_whoever_stands_still_in_the_middle_of_a_write_loses_his_turn_and_his_commit(
    place: str, second: Database, put: Any, settings_of: Any
) -> None:
    """As a process does that is stopped there; the other one need not wait for it to go on."""
    slow = Database(place, SystemClock(), idle_s=1.0)
    began, go_on = threading.Event(), threading.Event()

    def stands_still(unit: Any) -> None:
        put("late")(unit)
        began.set()
        assert go_on.wait(30)

    late = slow.submit(stands_still, actor="test")
    assert began.wait(20)
    begun = time.monotonic()
    assert second.write(put("meanwhile"), actor="test") == "meanwhile"
    assert time.monotonic() - begun < 10
    go_on.set()
    with pytest.raises(StorageUnreachable, match="idle-in-transaction"):
        late.result(20)
    assert set(settings_of(second)) == {"meanwhile"}
    slow.close()


# ── the server and its disk ───────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def small_disk(postgresql: Postgresql, tmp_path: Path) -> Iterator[str]:
    """A database whose rows are on a disk of 16 MB; its log of changes is not, for without that the server stops."""
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", tmp_path],
                                      capture_output=True, check=False).returncode:  # fmt: skip
        pytest.skip("a small disk needs root and the right to mount")
    for folder in list(tmp_path.parents)[:3]:  # pytest keeps them to itself, and the server is another user
        if folder.name.startswith(("pytest-", "popen-")):
            folder.chmod(0o755)
    shutil.chown(tmp_path, "postgres")
    postgresql.sql(f"CREATE TABLESPACE small LOCATION '{tmp_path}'")
    postgresql.sql("CREATE DATABASE small TEMPLATE template0 TABLESPACE small")
    yield postgresql.url("small")
    postgresql.drop(postgresql.url("small"))
    postgresql.sql("DROP TABLESPACE small")
    subprocess.run(["umount", tmp_path], check=True)


def test_on_a_full_disk_a_write_is_refused_by_name_nothing_of_it_is_kept_and_room_is_used_again(
    small_disk: str, tmp_path: Path, put: Any, settings_of: Any
) -> None:
    database = Database(small_disk, SystemClock())
    database.write(put("before"), actor="test")
    ballast = tmp_path / "ballast"
    ballast.write_bytes(os.urandom(shutil.disk_usage(tmp_path).free - (256 << 10)))
    with pytest.raises(StorageFull, match="No space left on device") as full:
        database.write(put("big", os.urandom(1 << 20).hex()), actor="test")
    assert "writing resumes by itself" in full.value.remedy
    assert settings_of(database) == {"before": ""}
    ballast.unlink()
    assert database.write(put("after", os.urandom(1 << 20).hex()), actor="test") == "after"
    assert set(settings_of(database)) == {"before", "after"}
    assert database.read(lambda unit: broken_link(unit.connection)) is None
    database.close()


def refusal(url: str) -> GridtieError:
    with pytest.raises(GridtieError) as refused:
        Database(url, SystemClock())
    assert "\n" not in refused.value.message
    return refused.value


def test_what_is_wrong_with_a_url_or_its_server_is_said_without_the_password(postgresql: Postgresql) -> None:
    nobody = refusal("postgresql://gridtie:very-secret@127.0.0.1:1/gridtie")
    assert isinstance(nobody, StorageUnreachable)
    assert "127.0.0.1" in nobody.message
    unknown = refusal(postgresql.url("nowhere"))
    assert isinstance(unknown, StorageUnreachable)
    assert 'database "nowhere" does not exist' in unknown.message
    nameless = refusal("postgresql://gridtie:very-secret@db.example")
    assert isinstance(nameless, InvalidInput)
    assert "names no database" in str(nameless.problems[0])
    assert isinstance(refusal("postgresql://[very-secret"), InvalidInput)
    for said in (nobody, unknown, nameless):
        assert "very-secret" not in f"{said.message} {said.reason} {said.remedy} {said.problems} {said.params}"


def test_a_database_that_cannot_keep_our_text_or_that_we_may_not_use_is_refused(postgresql: Postgresql) -> None:
    postgresql.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    latin = refusal(postgresql.url("latin"))
    assert isinstance(latin, LocalFault)
    assert "createdb -E UTF8" in latin.message
    postgresql.sql("CREATE ROLE guest LOGIN")
    guest = refusal(postgresql.empty().replace("postgres@", "guest@"))
    assert isinstance(guest, StorageUnwritable)
    assert "permission denied" in guest.message


def test_an_exchange_on_sqlite_loads_nothing_of_postgresql() -> None:
    code = "import sys, gridtie.wiring; print([m for m in sys.modules if 'postgresql' in m or 'psycopg' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

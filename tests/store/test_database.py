"""One writer, group commit, readers beside it: what is acknowledged stays, what failed leaves nothing behind."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from gridtie.clock import SystemClock, VirtualClock
from gridtie.errors import (
    AlreadyExists,
    GridtieError,
    Overloaded,
    Refused,
    StorageDamaged,
    StorageFull,
    StorageInUse,
    StorageUnwritable,
    VersionUnsupported,
)
from gridtie.store import database as module
from gridtie.store.database import Database
from gridtie.store.journal import broken_link, last_seq
from gridtie.store.schema import SCHEMA_VERSION


@pytest.fixture
def held(database: Database) -> Iterator[Callable[[], None]]:
    """The writer is busy until this is called, so that all that is queued meanwhile becomes one group."""
    began, release = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        began.set()
        assert release.wait(20)

    blocked = database.submit(hold, actor="holder")
    assert began.wait(20)

    def let_go() -> None:
        release.set()
        blocked.result(20)

    yield let_go
    release.set()


only_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def fail(_: Any) -> None:
    raise Refused(reason="I do not want to")


# ── group commit ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_waits_together_is_committed_together_in_order(
    database: Database, held: Any, put: Any, settings_of: Any
) -> None:
    commits: list[list[str]] = []
    database.on_commit(lambda notes: commits.append([note.subject for note in notes]))
    keys = [f"k{number:02}" for number in range(20)]
    futures = [database.submit(put(key), actor="test") for key in keys]
    assert settings_of(database) == {}
    held()
    assert [future.result(20) for future in futures] == keys
    assert commits == [keys]
    assert sorted(settings_of(database)) == keys


def test_a_verb_that_raises_takes_back_all_of_its_own_and_nothing_of_its_neighbours(
    database: Database, held: Any, put: Any, settings_of: Any
) -> None:
    heard: list[str] = []
    database.on_commit(lambda notes: heard.extend(note.subject for note in notes))

    def half(unit: Any) -> None:
        put("half")(unit)
        fail(unit)

    first = database.submit(put("first"), actor="test")
    bad = database.submit(half, actor="test")
    worse = database.submit(lambda unit: 1 // 0, actor="test")
    last = database.submit(put("last"), actor="test")
    held()
    assert (first.result(20), last.result(20)) == ("first", "last")
    with pytest.raises(Refused):
        bad.result(20)
    with pytest.raises(ZeroDivisionError):
        worse.result(20)
    assert set(settings_of(database)) == {"first", "last"}
    assert heard == ["first", "last"]
    assert database.read(lambda unit: last_seq(unit.connection)) == 2
    assert database.read(lambda unit: broken_link(unit.connection)) is None


def test_a_verb_alone_in_its_commit_that_raises_takes_back_all_of_its_own(
    database: Database, put: Any, settings_of: Any
) -> None:
    def half(unit: Any) -> None:
        put("half")(unit)
        fail(unit)

    for verb, refusal in ((half, Refused), (lambda unit: 1 // 0, ZeroDivisionError)):
        with pytest.raises(refusal):
            database.write(verb, actor="test")
    database.write(put("next"), actor="test")
    with pytest.raises(AlreadyExists):
        database.write(put("next"), actor="test")
    assert set(settings_of(database)) == {"next"}
    assert database.read(lambda unit: last_seq(unit.connection)) == 1


def test_the_version_grows_with_what_is_written_and_with_nothing_else(database: Database, put: Any) -> None:
    if not database.alone:  # only the database would know what others write
        assert database.version is None
        return
    database.write(put("first"), actor="test")
    before = database.version
    assert before is not None
    database.write(lambda unit: unit.settings.get("nothing"), actor="test")
    database.read(lambda unit: unit.settings.get("nothing"))
    assert database.version == before
    database.write(put("something"), actor="test")
    assert database.version == before + 1


def test_a_record_that_exists_already_is_a_refusal_of_its_own_verb(
    database: Database, held: Any, put: Any, settings_of: Any
) -> None:
    futures = [database.submit(put("same", str(number)), actor="test") for number in range(3)]
    held()
    assert futures[0].result(20) == "same"
    for future in futures[1:]:
        with pytest.raises(AlreadyExists):
            future.result(20)
    assert settings_of(database) == {"same": "0"}


def test_nothing_is_acknowledged_before_it_is_committed(database: Database, put: Any, settings_of: Any) -> None:
    seen: list[Any] = []
    done: Future[Any] = database.submit(put("k", "kept"), actor="test")
    done.add_done_callback(lambda _: seen.append(settings_of(database)))
    done.result(20)
    while not seen:
        threading.Event().wait(0.001)
    assert seen[0] == {"k": "kept"}


def test_a_call_that_its_caller_gave_up_in_the_queue_is_not_made(
    database: Database, held: Any, put: Any, settings_of: Any
) -> None:
    given_up, kept = database.submit(put("a"), actor="test"), database.submit(put("b"), actor="test")
    assert given_up.cancel()
    held()
    assert kept.result(20) == "b"
    with pytest.raises(CancelledError):
        given_up.result(20)
    assert set(settings_of(database)) == {"b"}


def test_a_listener_that_fails_stops_neither_the_writer_nor_the_other_listeners(
    database: Database, put: Any, settings_of: Any
) -> None:
    heard: list[str] = []

    def broken(_: Any) -> None:
        raise RuntimeError("I am broken")

    database.on_commit(broken)
    database.on_commit(lambda notes: heard.extend(note.subject for note in notes))
    for key in ("a", "b"):
        assert database.submit(put(key), actor="test").result(20) == key
    assert heard == ["a", "b"]


def test_a_fault_of_ours_in_the_middle_of_a_commit_takes_back_its_group_and_stops_no_later_one(
    database: Database, put: Any, settings_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(_: Any) -> bool:
        raise RuntimeError("nobody foresaw it")

    with monkeypatch.context() as patched:
        patched.setattr(database._backend, "has_written", faulty)
        with pytest.raises(RuntimeError, match="nobody foresaw it"):
            database.submit(put("a"), actor="test").result(20)
    database.submit(put("b"), actor="test").result(20)
    assert list(settings_of(database)) == ["b"]


def test_too_many_waiting_writes_are_turned_away_and_said_so(
    database: Database, held: Any, put: Any, settings_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(module.QUEUE_MAX):
        last = database.submit(put(f"k{number}"), actor="test")
    assert database.waiting == module.QUEUE_MAX
    with pytest.raises(Overloaded, match="too many writes are waiting") as refused:
        database.submit(put("one more"), actor="test")
    assert refused.value.remedy == "Try again in 1 s."
    held()
    last.result(60)
    assert len(settings_of(database)) == module.QUEUE_MAX


def test_writers_from_many_threads_lose_nothing_and_the_journal_has_no_gap(database: Database, put: Any) -> None:
    def work(name: str) -> None:
        for number in range(25):
            database.write(put(f"{name}{number}"), actor=name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert database.read(lambda unit: last_seq(unit.connection)) == 200
    assert database.read(lambda unit: broken_link(unit.connection)) is None


@only_sqlite
def test_a_slow_verb_is_named_also_within_a_partial_and_nothing_that_it_was_given(
    database: Database, put: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after(verb: Callable[[Any], Any], _: str, unit: Any) -> Any:
        return verb(unit)

    def alone(*_: Any) -> None:
        pass

    monkeypatch.setattr(module, "SLOW_S", -1.0)
    with structlog.testing.capture_logs() as told:
        database.write(put("k"), actor="test")
        database.write(partial(after, put("l"), "hush"), actor="test")
        database.write(partial(alone, "hush"), actor="test")
    assert [line["verb"].rpartition(".")[2] for line in told] == ["verb", "verb", "alone"]
    assert "hush" not in str(told)


def test_closing_finishes_what_is_queued_and_turns_away_what_comes_after(
    place: Path | str, put: Any, settings_of: Any
) -> None:
    opened = Database(place, VirtualClock())
    futures = [opened.submit(put(f"k{number}"), actor="test") for number in range(100)]
    opened.close()
    assert all(future.done() for future in futures)
    with pytest.raises(Overloaded, match="shutting down"):
        opened.submit(put("late"), actor="test")
    opened.close()
    again = Database(place, VirtualClock())
    assert len(settings_of(again)) == 100
    again.close()


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_reader_sees_one_moment_while_others_write(database: Database, put: Any, settings_of: Any) -> None:
    def look(unit: Any) -> tuple[int, int]:
        before = last_seq(unit.connection)
        database.write(put("meanwhile"), actor="test")
        return before, last_seq(unit.connection)

    assert database.read(look) == (0, 0)
    assert set(settings_of(database)) == {"meanwhile"}


def test_a_reader_cannot_write(database: Database, put: Any, settings_of: Any) -> None:
    with pytest.raises(StorageUnwritable):
        database.read(put("k"))
    assert settings_of(database) == {}
    assert database.write(put("k"), actor="test") == "k"


def test_a_reader_that_fails_leaves_its_connection_usable(database: Database, settings_of: Any) -> None:
    with pytest.raises(Refused):
        database.read(fail)
    assert settings_of(database) == {}


# ── the disk ──────────────────────────────────────────────────────────────────────────────────────────────────────
@only_sqlite
def test_the_writer_waits_for_the_disk_and_readers_for_nobody(database: Database) -> None:
    def pragmas(unit: Any) -> list[Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [unit.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert database.write(pragmas, actor="test") == ["wal", 2, 1]


@only_sqlite
def test_a_full_disk_refuses_what_does_not_fit_and_everything_else_goes_on(
    database: Database, held: Any, put: Any, settings_of: Any
) -> None:
    def limit(pages: int) -> Callable[[Any], None]:
        return lambda unit: unit.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar()

    held()
    database.write(put("before"), actor="test")
    count = database.read(lambda unit: unit.connection.exec_driver_sql("PRAGMA page_count").scalar())
    database.write(limit(count), actor="test")
    for number in range(3):
        with pytest.raises(StorageFull) as full:
            database.write(put(f"big{number}", "x" * 100_000), actor="test")
        assert "reading goes on, writing resumes by itself" in full.value.remedy
        assert settings_of(database) == {"before": ""}
    database.write(limit(count + 1000), actor="test")
    assert database.write(put("after", "x" * 100_000), actor="test") == "after"
    assert set(settings_of(database)) == {"before", "after"}
    assert database.read(lambda unit: broken_link(unit.connection)) is None


@only_sqlite
def test_on_a_full_disk_nothing_of_a_group_is_acknowledged(database: Database, put: Any, settings_of: Any) -> None:
    count = database.read(lambda unit: unit.connection.exec_driver_sql("PRAGMA page_count").scalar())
    database.write(
        lambda unit: unit.connection.exec_driver_sql(f"PRAGMA max_page_count = {count}").scalar(), actor="test"
    )
    began, release = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        began.set()
        assert release.wait(20)

    holder = database.submit(hold, actor="test")
    assert began.wait(20)
    group = [database.submit(put("small"), actor="test"), database.submit(put("big", "x" * 100_000), actor="test")]
    release.set()
    holder.result(20)
    for future in group:
        with pytest.raises(StorageFull):
            future.result(20)
    assert settings_of(database) == {}


SCRIPT = """
import resource, sys, threading
from pathlib import Path
from gridtie.clock import SystemClock
from gridtie.errors import GridtieError
from gridtie.store.database import Database

def put(key, size=0):
    def verb(unit):
        unit.settings.add(key, "x" * size)
        unit.note("setting.kept", key)
    return verb

def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + chr(10))
    sys.stdout.flush()
"""


def script(folder: Path, text: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT + f"folder = Path({str(folder)!r})\n" + text],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_whoever_was_answered_finds_his_row_after_the_process_was_killed(folder: Path, settings_of: Any) -> None:
    process = script(
        folder,
        """
database, lock = Database(folder / "gridtie.db", SystemClock()), threading.Lock()
def work(name):
    for number in range(100000):
        database.write(put(f"{name}{number}"), actor=name)
        with lock:
            say(f"{name}{number}")
for name in "abcd":
    threading.Thread(target=work, args=(name,)).start()
""",
    )
    assert process.stdout is not None
    answered = [process.stdout.readline().strip() for _ in range(200)]
    process.send_signal(signal.SIGKILL)
    answered += [line.strip() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    process.wait(20)
    again = Database(folder / "gridtie.db", SystemClock())
    assert set(answered) <= set(settings_of(again))
    assert again.read(lambda unit: broken_link(unit.connection)) is None
    assert again.read(lambda unit: last_seq(unit.connection)) == len(settings_of(again))
    assert again.read(lambda unit: unit.connection.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    again.close()


def test_a_disk_that_refuses_a_write_is_not_called_damaged_and_works_again(folder: Path) -> None:
    process = script(
        folder,
        """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = Database(folder / "gridtie.db", SystemClock())
database.write(put("before"), actor="test")
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "gridtie.db-wal").stat().st_size + 50_000, hard))
try:
    database.write(put("big", 1_000_000), actor="test")
except GridtieError as refused:
    say(refused.code)
say(database.read(lambda unit: unit.settings.get("before")) is not None)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
database.write(put("after", 1_000_000), actor="test")
say(database.read(lambda unit: unit.settings.get("big")), len(database.read(lambda unit: unit.settings.get("after"))))
database.close()
""",
    )
    out, _ = process.communicate(timeout=30)
    assert out.splitlines() == ["storage-unwritable", "True", "None 1000000"]


# ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────────
def refusal(folder: Path) -> GridtieError:
    """What opening says, in one line; and the folder is not left locked by it."""
    with pytest.raises(GridtieError) as refused:
        Database(folder / "gridtie.db", VirtualClock()).close()
    assert "\n" not in refused.value.message
    assert "Traceback" not in refused.value.message
    return refused.value


def changed(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "gridtie.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_database_of_a_newer_version_is_left_as_it_is(folder: Path) -> None:
    Database(folder / "gridtie.db", VirtualClock()).close()
    changed(folder, "UPDATE setting SET value = '999' WHERE key = 'schema_version'")
    said = refusal(folder)
    assert isinstance(said, VersionUnsupported)
    assert f"is 999; {SCHEMA_VERSION} is needed" in said.message
    changed(folder, f"UPDATE setting SET value = '{SCHEMA_VERSION}' WHERE key = 'schema_version'")
    Database(folder / "gridtie.db", VirtualClock()).close()


def test_a_database_that_does_not_say_its_version_is_not_ours(folder: Path) -> None:
    Database(folder / "gridtie.db", VirtualClock()).close()
    changed(folder, "DELETE FROM setting WHERE key = 'schema_version'")
    assert isinstance(refusal(folder), VersionUnsupported)


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    garbage = b"these are my holiday pictures\n" * 500
    (folder / "gridtie.db").write_bytes(garbage)
    said = refusal(folder)
    assert isinstance(said, StorageDamaged)
    assert "gridtie.db" in said.message
    assert "Restore a backup" in said.remedy
    assert (folder / "gridtie.db").read_bytes() == garbage


def test_a_damaged_page_is_met_as_a_typed_error_and_not_as_wrong_data(folder: Path, put: Any) -> None:
    opened = Database(folder / "gridtie.db", VirtualClock())
    for number in range(50):
        opened.write(put(f"k{number}", "x" * 1000), actor="test")
    opened.close()
    whole = (folder / "gridtie.db").read_bytes()
    (folder / "gridtie.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert isinstance(refusal(folder), StorageDamaged)


def test_a_folder_where_a_file_should_be_cannot_be_written(folder: Path) -> None:
    (folder / "gridtie.db").mkdir(parents=True)
    assert isinstance(refusal(folder), StorageUnwritable)


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(refusal(tmp_path / "file" / "home"), StorageUnwritable)


def test_a_folder_that_may_only_be_read_is_named_with_the_mend() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name) / "home"
        folder.mkdir()
        folder.chmod(0o555)
        Path(name).chmod(0o755)
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)  # whoever may do everything may also write here
        try:
            said = refusal(folder)
        finally:
            os.seteuid(was)
        assert isinstance(said, StorageUnwritable)
        assert "Permission denied" in said.message
        assert "GRIDTIE_HOME" in said.remedy


@only_sqlite
def test_two_servers_never_write_one_file(folder: Path, database: Database, put: Any) -> None:
    said = refusal(folder)
    assert isinstance(said, StorageInUse)
    assert f"pid {os.getpid()}" in said.message
    assert database.write(put("k"), actor="test") == "k"


# ── in memory ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_database_in_memory_keeps_what_it_was_told_apart_from_others_until_it_is_closed(
    put: Any, settings_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = Database(None, VirtualClock()), Database(None, VirtualClock())
    try:
        one.write(put("here"), actor="test")
        with pytest.raises(Refused):
            one.write(fail, actor="test")
        assert "here" in settings_of(one)
        assert "here" not in settings_of(two)
        with pytest.raises(GridtieError):
            one.read(put("a reader cannot write"))
    finally:
        one.close()
        two.close()
    assert list(tmp_path.iterdir()) == []

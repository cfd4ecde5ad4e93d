"""`gridtie db` as processes: the drill that an operator runs, and every refusal on the way."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.postgresql import Postgresql

from gridtie.cli.main import main

COMMAND = [sys.executable, "-m", "gridtie.cli.main"]
OLD = Path(__file__).parents[2] / "store" / "written" / "version-1.sql"


def gridtie(home: Path, *arguments: str, database: str = "") -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "GRIDTIE_HOME": str(home)} | ({"GRIDTIE_DATABASE": database} if database else {})
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:  # a process of its own for `init` has tests of its own
        patch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
        assert main(["init", "--yes", "--name", "north"]) == 0
    return tmp_path / "home"


def test_an_exchange_moves_from_sqlite_to_postgresql_and_back_and_nothing_is_written_over(
    home: Path, postgresql: Postgresql, tmp_path: Path
) -> None:
    copy, back, url = str(tmp_path / "monday.db"), str(tmp_path / "tuesday.db"), postgresql.empty()
    done = gridtie(home, "db", "backup", copy)
    assert done.returncode == 0, done.stderr
    assert "keys, files and logs are not in it" in done.stderr
    again = gridtie(home, "db", "backup", copy)
    assert (again.returncode, "exists already" in again.stderr) == (5, True)
    done = gridtie(home, "db", "restore", copy, database=url)
    assert done.returncode == 0, done.stderr
    again = gridtie(home, "db", "restore", copy, database=url)
    assert (again.returncode, "exists already" in again.stderr) == (5, True)
    checked = gridtie(home, "db", "check", database=url)
    assert checked.returncode == 0, checked.stderr
    assert "books balance" in checked.stdout
    assert gridtie(home, "db", "backup", back, database=url).returncode == 0
    assert gridtie(home, "db", "check", back).stdout == checked.stdout == gridtie(home, "db", "check").stdout
    postgresql.drop(url)


def test_a_copy_that_is_put_back_asks_for_no_files_that_lie_in_a_bucket(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, other = str(tmp_path / "monday.db"), tmp_path / "other"
    bucket = {"GRIDTIE_S3_BUCKET": "files", "GRIDTIE_S3_ENDPOINT": "http://127.0.0.1:9",
              "GRIDTIE_S3_ACCESS_KEY": "k", "GRIDTIE_S3_SECRET_KEY": "s"}  # fmt: skip
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRIDTIE_HOME", str(home))
    assert main(["db", "backup", copy]) == 0
    monkeypatch.setenv("GRIDTIE_HOME", str(other))
    assert main(["db", "restore", copy]) == 0
    assert f"next: copy its keys to {other}, then" in capsys.readouterr().err


def test_an_exchange_whose_keys_are_not_there_is_neither_served_nor_given_others(home: Path, tmp_path: Path) -> None:
    copy, other = str(tmp_path / "monday.db"), tmp_path / "other"
    assert gridtie(home, "db", "backup", copy).returncode == 0
    done = gridtie(other, "db", "restore", copy)
    assert (done.returncode, f"next: copy its keys, files and logs to {other}, then" in done.stderr) == (0, True)
    shutil.copy(home / "exchange.key", other)
    for words in (["db", "check"], ["serve", "--port", "0"], ["init", "--yes"]):
        refused = gridtie(other, *words)
        assert refused.returncode == 3, (words, refused.stderr)
        assert "its keys are not in" in refused.stderr
        assert "secrets.key, pepper.key" in refused.stderr
    assert not (other / "pepper.key").exists()
    for name in ("secrets.key", "pepper.key"):
        shutil.copy(home / name, other)
    assert gridtie(other, "db", "check").stdout == gridtie(home, "db", "check").stdout
    assert "already; nothing was changed" in gridtie(other, "init", "--yes").stderr


def test_what_somebody_changed_at_the_tables_is_named_and_check_fails(home: Path) -> None:
    with closing(sqlite3.connect(home / "gridtie.db")) as raw:
        raw.execute("UPDATE journal SET actor = 'nobody' WHERE seq = 2")
        raw.execute("UPDATE member SET organisation = 'org_gone'")
        raw.commit()
    checked = gridtie(home, "db", "check")
    assert checked.returncode == 1
    assert "the journal's chain breaks at number 2" in checked.stdout
    assert "DOES NOT HOLD, of 0 transfers" in checked.stdout
    assert "debits = credits" not in checked.stdout  # nothing is said of what was not found
    assert "1 rows of member name a organisation that is not there" in checked.stdout


def test_an_old_exchange_is_not_served_until_it_was_brought_forward(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with closing(sqlite3.connect(home / "gridtie.db")) as raw:
        raw.executescript(OLD.read_text(encoding="utf-8"))
    served = gridtie(home, "serve", "--port", "0")
    assert served.returncode == 1
    assert "version 1; this Gridtie needs 6" in served.stderr
    assert "gridtie db migrate" in served.stderr
    assert gridtie(home, "db", "backup", str(tmp_path / "before.db")).returncode == 0
    done = gridtie(home, "db", "migrate")
    assert (done.returncode, "took step 2" in done.stderr) == (0, True)
    assert "nothing to do" in gridtie(home, "db", "migrate").stderr
    # A copy from before comes forward as it is put back.
    done = gridtie(home, "db", "restore", str(tmp_path / "before.db"), database=str(tmp_path / "other.db"))
    assert done.returncode == 0, done.stderr
    assert gridtie(home, "db", "migrate", database=str(tmp_path / "other.db")).stderr.count("nothing to do") == 1


def test_where_there_is_nothing_that_is_said(tmp_path: Path) -> None:
    for verb, more in (("migrate", ()), ("check", ()), ("backup", (str(tmp_path / "x.db"),))):
        done = gridtie(tmp_path / "home", "db", verb, *more)
        assert (done.returncode, "there is no exchange in" in done.stderr) == (3, True), done.stderr
    done = gridtie(tmp_path / "home", "db", "restore", str(tmp_path / "missing.db"))
    assert (done.returncode, "missing.db" in done.stderr) == (2, True)
    down = gridtie(tmp_path / "home", "serve", "--port", "0", database="postgresql://me:secret@127.0.0.1:1/gridtie")
    assert down.returncode == 1
    assert "does not answer" in down.stderr
    assert "secret" not in down.stderr

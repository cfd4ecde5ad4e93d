"""Whoever changes the file of the books behind the exchange's back is found out, whichever cell he changes."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gridtie.views.receipt import verification

PLACES = ["sqlite"]  # the proof is the same; only its file can be changed cell by cell, against every constraint
YUAN = 1_000_000
FREE = {"receipt": {"created_us", "signed_us", "state"}, "account": {"may_overdraw"}}  # no money depends on them


@pytest.fixture
def books(world: Any) -> Any:
    """A top-up, a voucher, and a job paid by both."""
    seller, buyer = world.organisation("seller"), world.organisation("buyer", balance=50 * YUAN)
    world.offer(world.site("north", seller), YUAN)
    world.voucher(buyer, YUAN // 4, days=2)
    _, run = world.placed(buyer, budget={"pay_with": ("voucher:v", "balance")})
    world.report(run, "accept", "start")
    world.later(minutes=30)
    world.report(run, "finish", "succeed")
    world.check()
    return world


def proof(world: Any) -> Any:
    return world.read(lambda unit: verification(unit, world.exchange))


def file_of(world: Any) -> Path:
    path = world.read(lambda unit: unit.connection.exec_driver_sql("PRAGMA database_list").first()[2])
    return Path(path)


def other(value: Any) -> Any:
    """A small change: another number that no row has yet, or another last letter."""
    if isinstance(value, int):
        return value + 1000
    return "x" if value is None else value[:-1] + ("y" if value.endswith("x") else "x")


def changes(raw: sqlite3.Connection, table: str) -> list[tuple[int, str, Any]]:
    raw.row_factory = sqlite3.Row
    rows = raw.execute(f"SELECT rowid AS rowid_, * FROM {table}").fetchall()
    names = [name for name in tuple(rows[0].keys()) if name != "rowid_" and name not in FREE.get(table, ())]
    return [(row["rowid_"], name, row[name]) for row in rows for name in names]


@pytest.mark.parametrize("table", ["transfer", "account", "receipt"])
def test_a_change_of_any_cell_of_the_books_is_found(books: Any, table: str) -> None:
    raw = sqlite3.connect(file_of(books), isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("PRAGMA foreign_keys = OFF")
    for row, name, value in changes(raw, table):
        raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (other(value), row))
        assert not proof(books)["ok"], f"{name} of row {row} of {table}"
        key = other(value) if name == "seq" else row
        raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, key))
    raw.close()
    assert proof(books)["ok"]


@pytest.mark.parametrize("table", ["transfer", "account", "receipt"])
def test_a_row_that_is_gone_is_found(books: Any, table: str) -> None:
    raw = sqlite3.connect(file_of(books), isolation_level=None)
    rows = [row for (row,) in raw.execute(f"SELECT rowid FROM {table}").fetchall()]
    for row in rows:
        raw.execute("BEGIN")
        (held,) = raw.execute(f"SELECT * FROM {table} WHERE rowid = ?", (row,)).fetchall()
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
        raw.execute("COMMIT")
        assert not proof(books)["ok"], f"row {row} of {table}"
        raw.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(held))})", held)
    raw.close()
    assert proof(books)["ok"]


def test_every_letter_of_a_sealed_content_counts(books: Any) -> None:
    raw = sqlite3.connect(file_of(books), isolation_level=None)
    (sealed,) = raw.execute("SELECT document FROM transfer WHERE kind = 'post' LIMIT 1").fetchone()
    for at in range(len(sealed)):
        changed = sealed[:at] + chr(ord(sealed[at]) ^ 1) + sealed[at + 1 :]
        raw.execute("UPDATE transfer SET document = ? WHERE document = ?", (changed, sealed))
        assert not proof(books)["ok"], changed
        raw.execute("UPDATE transfer SET document = ? WHERE document = ?", (sealed, changed))
    raw.close()

"""Either database under a clock that only tests move, and how to look at what is in it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridtie.clock import VirtualClock
from gridtie.store.database import Database


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(seed=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def database(place: Path | str, clock: VirtualClock) -> Iterator[Database]:
    """On either database, each test once."""
    opened = Database(place, clock)
    yield opened
    opened.close()


@pytest.fixture
def settings_of() -> Callable[[Database], dict[str, str]]:
    """Every row of the simplest table, which these tests write to."""

    def look(database: Database) -> dict[str, str]:
        rows = database.read(
            lambda unit: unit.connection.exec_driver_sql(
                "SELECT key, value FROM setting WHERE key <> 'schema_version'"
            ).all()
        )
        return {row.key: row.value for row in rows}

    return look


@pytest.fixture
def put() -> Callable[..., Callable[[Any], str]]:
    """A verb that keeps a value and notes it."""

    def make(key: str, value: str = "") -> Callable[[Any], str]:
        def verb(unit: Any) -> str:
            unit.settings.add(key, value)
            unit.note("setting.kept", key)
            return key

        return verb

    return make


@pytest.fixture
def tick(clock: VirtualClock) -> Callable[[], None]:
    return lambda: clock.advance(timedelta(milliseconds=1))

"""A copy of one moment, taken while it is written to, goes back into either database whole, or not at all."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridtie.clock import SystemClock, VirtualClock
from gridtie.errors import AlreadyExists, GridtieError, InvalidInput, NotInitialised, StorageDamaged
from gridtie.store.backend import Backend, backend_at
from gridtie.store.backup import backup, lost_references, restore
from gridtie.store.database import Database, Reader
from gridtie.store.journal import broken_link, head, last_seq


@pytest.fixture
def filled(place: Path | str, put: Any) -> Database:
    """300 facts, each with the row it tells of."""
    opened = Database(place, SystemClock())
    for future in [opened.submit(put(f"k{number}", "x" * 100), actor="test") for number in range(300)]:
        future.result(20)
    return opened


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Where nothing is yet, on either database."""
    if request.param == "sqlite":
        yield tmp_path / "elsewhere" / "gridtie.db"
        return
    server = request.getfixturevalue("postgresql")
    url = server.empty()
    yield url
    server.drop(url)


def look(place: Path | str) -> tuple[int, str, int | None]:
    """How long its journal is, what stands for all of it, and where it breaks."""
    reader = Reader(backend_at(place), VirtualClock())
    try:
        return reader.read(
            lambda unit: (last_seq(unit.connection), head(unit.connection), broken_link(unit.connection))
        )
    finally:
        reader.close()


def using(place: Path | str, work: Callable[[Backend], Any]) -> Any:
    backend = backend_at(place)
    try:
        return work(backend)
    finally:
        backend.close()


def test_a_copy_taken_under_load_is_one_moment_and_goes_back_into_either_database(
    filled: Database, place: Path | str, other: Path | str, put: Any, tmp_path: Path
) -> None:
    stop = threading.Event()

    def load() -> None:
        number = 0
        while not stop.is_set():
            filled.write(put(f"more{number}"), actor="load")
            number += 1

    thread = threading.Thread(target=load)
    thread.start()
    copy = tmp_path / "copy.db"
    counts = using(place, lambda backend: backup(backend, copy))
    stop.set()
    thread.join()
    filled.close()
    length, last, broken = look(copy)
    assert broken is None
    assert 300 <= length == counts["journal"]
    assert counts["setting"] == length + 1  # of every fact its row, and the schema's number
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert using(other, lambda backend: restore(copy, backend)) == counts
    assert look(other) == (length, last, None)
    again = Database(other, SystemClock())  # and it is served, and goes on where it was
    again.write(put("after"), actor="test")
    assert again.read(lambda unit: broken_link(unit.connection)) is None
    assert again.read(lambda unit: lost_references(unit.connection)) == []
    again.close()


def test_nothing_is_ever_written_over(filled: Database, place: Path | str, tmp_path: Path) -> None:
    filled.close()
    copy = tmp_path / "copy.db"
    using(place, lambda backend: backup(backend, copy))
    before = look(place)
    with pytest.raises(AlreadyExists, match=r"copy\.db"):
        using(place, lambda backend: backup(backend, copy))
    with pytest.raises(AlreadyExists, match="exchange"):
        using(place, lambda backend: restore(copy, backend))
    assert look(place) == before


@pytest.mark.parametrize("spoil", [lambda text: b"holiday pictures", lambda text: text[: len(text) // 2]])
def test_a_copy_that_is_none_or_half_makes_nothing(
    filled: Database, place: Path | str, other: Path | str, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    filled.close()
    copy = tmp_path / "copy.db"
    using(place, lambda backend: backup(backend, copy))
    copy.write_bytes(spoil(copy.read_bytes()))
    with pytest.raises(StorageDamaged):
        using(other, lambda backend: restore(copy, backend))
    assert not using(other, lambda backend: backend.exists())


def test_what_is_not_there_is_named(other: Path | str, tmp_path: Path) -> None:
    with pytest.raises(NotInitialised):
        using(other, lambda backend: backup(backend, tmp_path / "copy.db"))
    with pytest.raises(InvalidInput, match=r"copy\.db"):
        using(other, lambda backend: restore(tmp_path / "copy.db", backend))
    with pytest.raises(GridtieError, match="nowhere"):
        using(other, lambda backend: restore(tmp_path / "nowhere" / "copy.db", backend))
    assert list(tmp_path.glob("*.part*")) == []

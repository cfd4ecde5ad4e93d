"""How a process learns how long nobody counted, from what an earlier one kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gridtie.adapters import clock_file
from gridtie.adapters.clock_file import ClockFile
from gridtie.clock import VirtualClock

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "boot_id"
    file.write_text("first\n")
    monkeypatch.setattr(clock_file, "BOOT_ID", file)
    return file


def away(tmp_path: Path, seconds: float) -> ClockFile:
    """Kept by a process 100 s after the boot; the next begins `seconds` later, its wall clock a day behind."""
    first = VirtualClock(START)
    first.advance(timedelta(seconds=100))
    ClockFile(tmp_path / "clock", first).keep()
    second = VirtualClock(START - timedelta(days=1))
    second.elapsed = timedelta(seconds=100 + seconds)
    return ClockFile(tmp_path / "clock", second)


def test_the_next_process_knows_how_long_nobody_counted(tmp_path: Path, boot: Path) -> None:
    assert away(tmp_path, 25.5).resumed() == START + timedelta(seconds=125.5)


def test_what_was_kept_before_the_machine_began_anew_says_nothing(tmp_path: Path, boot: Path) -> None:
    assert away(tmp_path, -60).resumed() is None
    assert away(tmp_path, 60).resumed() is not None
    boot.write_text("second\n")
    assert ClockFile(tmp_path / "clock", VirtualClock(START + timedelta(days=1))).resumed() is None


@pytest.mark.parametrize("torn", [None, "", "first", "first 100.0", "first x y", "\N{SNOWMAN}"])
def test_a_torn_word_and_none_at_all_say_nothing(tmp_path: Path, boot: Path, torn: str | None) -> None:
    if torn is not None:
        (tmp_path / "clock").write_text(torn)
    assert ClockFile(tmp_path / "clock", VirtualClock(START)).resumed() is None


def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_is_held_up(tmp_path: Path, boot: Path) -> None:
    gone = ClockFile(tmp_path / "gone" / "clock", VirtualClock(START))
    gone.keep()
    assert gone.resumed() is None

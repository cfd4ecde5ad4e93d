"""A small file is whole or not there, and writing it disturbs nobody who writes the same or has a file beside it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gridtie.wholefile import write_whole


def test_of_many_who_write_one_file_at_once_each_succeeds_and_one_of_their_texts_stays_whole(tmp_path: Path) -> None:
    path, texts = tmp_path / "last-job", [f"{number}" * 5000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: [write_whole(path, text) for _ in range(20)], texts))
    assert path.read_text() in texts
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["last-job"]


def test_a_file_of_nearly_the_same_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "receipt.new").write_text("mine")
    write_whole(tmp_path / "receipt.json", "[]")
    assert (tmp_path / "receipt.new").read_text() == "mine"


def test_what_must_not_be_written_over_stays_as_the_first_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_whole(path, "first", over=False)
    with pytest.raises(FileExistsError):
        write_whole(path, "second", over=False)
    assert path.read_text() == "first"
    assert [found.name for found in tmp_path.iterdir()] == ["key"]


def test_what_breaks_off_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):  # when its folder has the file already
        write_whole(tmp_path / "key", "\ud800")
    assert list(tmp_path.iterdir()) == []

"""Output at known offsets: a repetition is taken, a hole or a different story is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.logs import FileLogs
from gridtie.errors import OffsetMismatch, UnsafePath
from gridtie.values.ids import uuid7_text

RUN = "run_" + uuid7_text(1, 1)


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 100)), max_size=20))
def test_whatever_is_repeated_the_text_stays_the_same(
    tmp_path_factory: pytest.TempPathFactory, text: bytes, calls: list[tuple[int, int]]
) -> None:
    logs = FileLogs(tmp_path_factory.mktemp("logs"))
    held = 0
    for start, count in calls:
        part = text[start : start + count]
        if start > held:
            with pytest.raises(OffsetMismatch):
                logs.append(RUN, 0, start, part)
        elif start <= len(text):
            held = max(held, logs.append(RUN, 0, start, part))
    assert logs.read(RUN, 0, 0, 1000) == text[:held]
    assert logs.size(RUN, 0) == held


def test_a_different_story_about_the_same_bytes_is_refused(tmp_path: Path) -> None:
    logs = FileLogs(tmp_path)
    logs.append(RUN, 0, 0, b"hello")
    with pytest.raises(OffsetMismatch):
        logs.append(RUN, 0, 3, b"p!")
    assert logs.append(RUN, 0, 3, b"lo!") == 6


def test_ranks_are_apart_and_strange_runs_are_refused(tmp_path: Path) -> None:
    logs = FileLogs(tmp_path)
    logs.append(RUN, 0, 0, b"a")
    logs.append(RUN, 3, 0, b"b")
    assert logs.ranks(RUN) == [0, 3]
    assert logs.read(RUN, 1, 0, 10) == b""
    for strange in ("../x", "run_", "job_" + RUN[4:]):
        with pytest.raises(UnsafePath):
            logs.append(strange, 0, 0, b"")

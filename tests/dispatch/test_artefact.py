"""Names of files that travel: what is accepted stays inside, whatever it looks like."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.dispatch.artefact import DEPTH_MAX, PATH_MAX, handed_on, of_rank, safe_path, shelved
from gridtie.dispatch.run import BlobFile
from gridtie.errors import UnsafePath

HOSTILE = ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", "./../x", "a//b", "a/./b", ".", "./", "~root/x",
           "a\\b", "..\\x", "a\0b", "a\nb", "\x7f", "C:\\x", "x" * 256, "a/" * (DEPTH_MAX + 1) + "a",
           "x/" * PATH_MAX, "\ud800"]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_what_could_leave_its_folder_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        safe_path(path)


@pytest.mark.parametrize("path", ["a", "a/b.txt", ".hidden", "..a", "a..b/c", "名字/文件", "sp ace", "%2e%2e/x", "-rf"])
def test_ordinary_names_pass_unchanged(path: str) -> None:
    assert safe_path(path) == path


@given(st.text(max_size=60) | st.lists(st.sampled_from(["..", ".", "a", "/", "\\", "", "~"]), max_size=8).map("/".join))
def test_whatever_is_accepted_stays_below_its_folder_and_is_its_own_normal_form(text: str) -> None:
    try:
        safe = safe_path(text)
    except UnsafePath:
        return
    joined = os.path.normpath(os.path.join("/root/of/it", safe))
    assert joined.startswith("/root/of/it/")
    assert safe_path(safe) == safe


_NAMES = st.lists(st.sampled_from(["rank-0", "rank-1", "rank-1.pt", "rank-12", "model"]), min_size=1, max_size=3)


@given(st.lists(_NAMES, max_size=6))
def test_every_rank_gets_back_the_checkpoint_it_published_under_whatever_names(names: list[list[str]]) -> None:
    files = [
        BlobFile(path="/".join(parts), sha256=str(n), size=n, executable=n % 2 == 0) for n, parts in enumerate(names)
    ]
    ranks = {rank: tuple(files[rank::3]) for rank in range(3)}
    together = [file for rank, own in ranks.items() for file in shelved(own, rank)]
    assert {rank: of_rank(together, rank) for rank in ranks} == ranks


def test_what_the_job_before_left_takes_the_place_of_files_and_folders_of_the_next() -> None:
    def files(*paths: str) -> list[BlobFile]:
        return [BlobFile(path=path, sha256="0" * 64, size=1) for path in paths]

    left = files("a", "b/c", "d/e/f")
    made = handed_on(files("a", "a/x", "b", "b/d", "d/e", "d/e/f/g", "d/x", "z"), left)
    assert [file.path for file in made] == ["b/d", "d/x", "z", "a", "b/c", "d/e/f"]

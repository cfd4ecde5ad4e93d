"""What may leave a job that came to data: figures under names, and nothing that is a record by its looks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.data.release import (
    LIST_MAX,
    ROWS_MAX,
    VALUES_MAX,
    WORDS_MAX,
    overrun,
    refusal,
    told_of_release,
    unlike_figures,
)
from gridtie.dispatch.run import Release

FIGURES = Release(files=("*.json",))

PASSES = {
    "metrics": {"loss": 0.25, "epochs": 3, "best": {"step": 120, "done": True, "note": None}},
    "words": {"model": "resnet50", "data": "lab/scans@v1".replace("@", ":"), "day": "2026-05-01", "准确率": 0.9},
    "a curve": {"loss": [1 / n for n in range(1, LIST_MAX + 1)]},
    "a matrix": {"confusion": [[5, 1], [0, 7]]},
    "a bare number": 7,
    "labels": ["cat", "dog"],
}
REFUSED = {
    "text": ({"note": "Zhang San lives at Long Street 5"}, "text that is no word"),
    "a sentence without spaces": ({"n": "张三住在贵阳市云岩区某路五号"}, "text that is no word"),
    "a name as a key": ({"Zhang San, born 1980": 1}, "text that is no word"),
    "a long number in a word": ({"id": "1101-0119-9003-0712"}, "a word with more than 8 digits"),
    "records": ({"rows": [{"age": 30, "weight": 70}]}, "a list of objects"),
    "a long list": (list(range(LIST_MAX + 1)), "a list of more than 1,000 values"),
    "a tall table": ([[1, 2]] * (ROWS_MAX + 1), "a table larger than 100 by 100"),
    "a table of words": ({"rows": [["a", "b"]]}, "a table of more than numbers"),
    "a table of tables": ([[[1]]], "a table of more than numbers"),
    "many values": ({f"k{n}": list(range(LIST_MAX)) for n in range(VALUES_MAX // LIST_MAX + 1)}, "more than 10,000"),
    "many words": ({f"k{n}": 1 for n in range(WORDS_MAX + 1)}, "more than 1,000 words"),
    "depth": (json.loads('{"a":' * 9 + "1" + "}" * 9), "nested deeper than 8"),
}


@pytest.mark.parametrize("name", PASSES)
def test_figures_leave(name: str) -> None:
    assert unlike_figures(json.dumps(PASSES[name]).encode()) == ""


@pytest.mark.parametrize("name", REFUSED)
def test_what_looks_like_records_or_text_stays(name: str) -> None:
    value, why = REFUSED[name]
    assert why in unlike_figures(json.dumps(value, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"age,weight\n30,70\n", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"a": NaN}', "NaN is no number of JSON"),
        (b'{"a": "Zhang San of Long Street", "a": 1}', "text that is no word"),  # a reader sees the last alone
        (b'{"a": 110101199003071234567}', "a number of more than 17 digits"),
        (b'{"a": 0.110101199003071234567}', "a number of more than 17 digits"),
        (b'{"a": 0e110101199003071234}', "more than 3 digits after its e"),
    ],
)
def test_what_hides_from_a_reader_of_json_stays_too(raw: bytes, why: str) -> None:
    assert why in unlike_figures(raw)


_numbers = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
_objects = st.recursive(_numbers, lambda inner: st.dictionaries(st.text("abc_", max_size=8), inner, max_size=4))


@given(_objects)
def test_any_shallow_object_of_numbers_passes_or_is_too_deep(value: object) -> None:
    assert unlike_figures(json.dumps(value).encode()) in ("", "it is nested deeper than 8")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_check(raw: bytes) -> None:
    assert isinstance(unlike_figures(raw), str)


def test_name_number_and_bytes_are_bounded_over_the_whole_run() -> None:
    release = Release(files=("m.json", "r/*.json", "-"), files_max=2, bytes_max=10)
    ok = b'{"a": 1}'
    assert refusal(release, "m.json", ok, files=0, sent=0) == ""
    assert refusal(release, "deep/m.json", ok, files=0, sent=0) == ""
    assert refusal(release, "r/x.json", ok, files=0, sent=0) == ""
    for path in ("x.json", "r/a/x.json", "-", "m.json.csv"):
        assert refusal(release, path, ok, files=0, sent=0) == "only m.json and r/*.json may leave"
    assert refusal(release, "m.json", ok, files=2, sent=0) == "only 2 files may leave"
    assert refusal(release, "m.json", ok, files=1, sent=3) == "only 10 bytes may leave in all"
    assert "the name of a file" in refusal(FIGURES, "张三.json", ok, files=0, sent=0)
    assert refusal(Release(files=("*.bin",), figures=False), "张三.bin", b"\xff", files=0, sent=0) == ""
    assert refusal(Release(files=("-",)), "-", ok, files=0, sent=0) == "only nothing may leave"


def test_a_name_carries_no_long_number_out() -> None:
    assert not refusal(FIGURES, "day-20261127/step_a.json", b"1", files=0, sent=0)
    assert "8 digits in a row" in refusal(FIGURES, "1101-0119/9003071234/a.json", b"1", files=0, sent=0)


def test_a_manifest_beyond_the_release_is_seen_without_its_files() -> None:
    release = Release(files=("*.json",), files_max=2, bytes_max=10)
    assert overrun(release, [("a.json", 5), ("b.json", 5)]) == ""
    for files in ([("a.csv", 1)], [("a.json", 11)], [(f"{n}.json", 1) for n in range(3)]):
        assert overrun(release, files) == "at most 2 files of *.json with 10 bytes in all may leave"


def test_of_a_log_only_what_the_agent_says_of_it_is_taken() -> None:
    assert told_of_release(0, b"[gridtie: it printed 3 bytes in 1 lines]\n")
    assert not told_of_release(0, b"[gridtie: it]\nZhang San\n")
    assert not told_of_release(0, b"Zhang San")
    assert not told_of_release(1 << 14, b"[gridtie: more]\n")

"""Whatever a file holds, each record or its problem is counted, and what is written can be read again."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from gridtie.cleaner import files
from gridtie.cleaner.files import Part, Writer, form_of, parts_of, read
from gridtie.errors import InvalidInput


def told(path: Path) -> list[Any]:
    """Values, or the problem where there is none."""
    return [found.problem or found.value for part in parts_of(path) for found in read(part)]


def test_lines_that_are_no_records_are_told_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"text":"one"}\n{"text": \n\n"just text"\n{"text":"\xff"}\n[1]\n3\n'
        b'{"n":123456789012345678901234567890}\r\n{"text":"last"}'
    )
    assert told(path) == [
        {"text": "one"}, "broken-json", "just text", "not-utf8", "no-record", "no-record",
        {"n": 123456789012345678901234567890}, {"text": "last"},
    ]  # fmt: skip
    (part,) = parts_of(path)
    assert [found.line for found in read(part)] == [1, 2, 4, 5, 6, 7, 8, 9]


def test_a_file_cut_into_parts_anywhere_gives_each_line_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = random.Random(20261127)
    lines = [json.dumps({"text": "x" * seed.randrange(60), "n": n}) for n in range(300)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    for size in (1, 7, 40, 64, 1000, 10**9):
        monkeypatch.setattr(files, "PART", size)
        assert told(path) == [json.loads(line) for line in lines], size


def test_an_endless_line_is_passed_over_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 1000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text":"a"}\n"' + b"x" * 5_000_000 + b'"\n{"text":"b"}\n'))
    assert told(path) == [{"text": "a"}, "too-long", {"text": "b"}]


@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_a_packed_file_that_breaks_off_gives_what_came_before(tmp_path: Path, packing: str) -> None:
    seed = random.Random(1)
    lines = b"".join(json.dumps({"text": str(seed.random())}).encode() + b"\n" for _ in range(20_000))
    whole = gzip.compress(lines) if packing == ".gz" else zstandard.compress(lines)
    path = tmp_path / f"a.jsonl{packing}"
    path.write_bytes(whole)
    assert len(told(path)) == 20_000
    path.write_bytes(whole[: len(whole) // 2])
    found = told(path)
    assert 100 < len(found) < 20_000
    assert found[-1] in ("truncated", "unreadable", "broken-json")
    path.write_bytes(b"no such packing at all")
    assert told(path) == ["unreadable"]


def test_tables_keep_their_quotes_and_name_rows_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('name,note\n张三,"a, ""b""\nand more"\nshort\n李四,x\n'.encode())
    assert told(path) == [{"name": "张三", "note": 'a, "b"\nand more'}, "broken-row", {"name": "李四", "note": "x"}]


def test_plain_text_is_read_by_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n\n\nthree\n")
    assert told(path) == ["one\ntwo\n\n", "three"]


def test_nested_parquet_keeps_its_types(tmp_path: Path) -> None:
    rows = [{"text": "a", "who": {"mail": "x@y.org", "ages": [1, 2]}, "n": 3}, {"text": None, "who": None, "n": None}]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert told(path) == rows
    (part,) = parts_of(path)
    writer = Writer(part, tmp_path / "b.parquet")
    for row in rows:
        writer.write(row)
    writer.close()
    assert pq.read_table(tmp_path / "b.parquet").equals(pq.read_table(path))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.txt", "a.csv", "a.tsv"])
def test_what_is_written_is_read_again_and_bytes_do_not_depend_on_the_time(tmp_path: Path, name: str) -> None:
    form, packing = form_of(Path(name))
    records: list[Any] = [{"text": 'a,b\t"c"', "who": "张三"}, {"text": "", "who": "x"}]
    if form == "text":
        records = ["one\ntwo\n", "three"]
    made = []
    for folder in ("one", "two"):
        path = tmp_path / folder / name
        path.parent.mkdir()
        writer = Writer(Part(name, form, packing, 0, 0, 0), path)
        for record in records:
            writer.write(record)
        writer.close()
        assert told(path) == records
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_a_name_that_says_no_format_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        form_of(Path("a.docx"))
    assert ".jsonl" in str(refused.value.problems[0])


def test_nothing_half_written_looks_finished(tmp_path: Path) -> None:
    writer = Writer(Part("a.jsonl", "jsonl", "", 0, 0, 0), tmp_path / "a.jsonl")
    writer.write({"text": "x"})
    writer.abandon()
    assert list(tmp_path.iterdir()) == []

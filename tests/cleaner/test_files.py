"""Whatever a file holds, each record or its problem is counted, and what is written can be read again."""

import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from gridtie.cleaner import files
from gridtie.cleaner.files import Part, Writer, form_of, of_one_result, parts_of, read
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


@pytest.mark.parametrize("around", ['{"a":%s}', "[%s]"])
def test_a_record_of_more_levels_than_anything_can_walk_through_is_told_and_no_fault(
    tmp_path: Path, around: str
) -> None:
    path, made = tmp_path / "a.jsonl", []
    for levels in (files.DEEPEST - 1, files.DEEPEST, 300, 900, 1_100, 50_000):
        inner = '"13800138000"'
        for _ in range(levels):
            inner = around % inner
        made.append(f'{{"text":{inner}}}\n')
    path.write_text("".join(made) + '{"text":"' + "[{" * 200 + '"}\n')
    found = told(path)
    assert json.dumps(found[0], separators=(",", ":")) + "\n" == made[0]
    assert found[1:4] == ["too-deep"] * 3
    assert found[4:6] == ["broken-json"] * 2
    assert found[6] == {"text": "[{" * 200}


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
def test_a_packed_file_that_breaks_off_within_an_endless_line_is_counted(tmp_path: Path, packing: str) -> None:
    line = b'{"text":"' + random.Random(1).randbytes(20 * 2**20).replace(b"\n", b"") + b'"}\n'
    whole = gzip.compress(line, 1) if packing == ".gz" else zstandard.compress(line)
    path = tmp_path / f"a.jsonl{packing}"
    path.write_bytes(whole[:-1000])
    assert told(path) == ["too-long", "truncated"]


def test_the_end_of_an_endless_line_is_held_by_no_later_part_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'"')
        file.truncate(4 * files.PART)
        file.seek(0, os.SEEK_END)
        file.write(b'"\n{"text":"b"}\n')
    tracemalloc.start()
    assert told(path) == ["too-long", {"text": "b"}]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * files.MAX_LINE


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


def test_frames_of_zst_follow_each_other_and_one_that_breaks_off_before_it_gave_anything_is_counted(
    tmp_path: Path,
) -> None:
    frame = zstandard.compress(b'{"text":"a"}\n' * 2)
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(frame + frame)
    assert told(path) == [{"text": "a"}] * 4
    path.write_bytes(frame + frame[:-3])
    assert told(path) == [{"text": "a"}] * 2 + ["truncated"]
    path.write_bytes(frame + b"what no frame begins with")
    assert told(path) == [{"text": "a"}] * 2 + ["unreadable"]


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


def test_what_a_parquet_file_says_beside_its_rows_is_left_out_where_it_may_not_stay(tmp_path: Path) -> None:
    inner = pa.struct([pa.field("x", pa.int64(), metadata={"note": "secret"})])
    schema = pa.schema(
        [
            pa.field("text", pa.string(), metadata={"note": "of secret", "unit": "words"}),
            pa.field("secret", pa.string()),
            pa.field("deep", pa.list_(pa.struct([pa.field("secret", pa.string())]))),
            pa.field("fine", pa.list_(inner)),
        ],
        metadata={"owner": "secret", "secret": "x", "pandas": "{}", "raw": b"\xff"},
    )
    path = tmp_path / "a.parquet"
    row = {"text": "a", "secret": None, "deep": None, "fine": [{"x": 1}]}
    pq.write_table(pa.Table.from_pylist([row], schema), path)
    (part,) = parts_of(path)
    writer = Writer(part, tmp_path / "b.parquet", personal=lambda text: "secret" in text)
    writer.write(row)
    writer.close()
    found = pq.read_table(tmp_path / "b.parquet")
    assert found.to_pylist() == [{"text": "a", "fine": [{"x": 1}]}]
    assert b"secret" in pq.read_schema(path).serialize().to_pybytes()
    assert b"secret" not in found.schema.serialize().to_pybytes()
    assert b"secret" not in (tmp_path / "b.parquet").read_bytes()
    assert found.schema.metadata == {b"pandas": b"{}"}
    assert found.schema.field("text").metadata[b"unit"] == b"words"


def test_a_small_file_of_many_long_rows_unfolds_a_few_at_a_time(tmp_path: Path) -> None:
    path, long = tmp_path / "a.parquet", "b " * (5 << 20)
    pq.write_table(pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 60, pa.int32()), [long])}), path)
    assert path.stat().st_size < 1_000_000
    script = f"""if True:
        import resource
        from pathlib import Path
        from gridtie.cleaner.files import parts_of, read
        (part,) = parts_of(Path({str(path)!r}))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert sum(len(found.value["text"]) == {len(long)} for found in read(part)) == 60
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    took = int(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
    assert took < 350_000  # kB, of 600 MB


def test_rows_of_one_large_group_are_not_held_together(tmp_path: Path) -> None:
    path, count = tmp_path / "a.parquet", 60_000
    pq.write_table(pa.table({"text": [f"{number} " + "word " * 400 for number in range(count)]}), path)
    assert pq.read_metadata(path).num_row_groups == 1
    script = f"""if True:
        import resource
        from pathlib import Path
        from gridtie.cleaner.files import Writer, parts_of, read
        (part,) = parts_of(Path({str(path)!r}))
        writer = Writer(part, Path({str(tmp_path / "b.parquet")!r}))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for found in read(part):
            writer.write(found.value)
        writer.close()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    took = int(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
    assert pq.read_table(tmp_path / "b.parquet").equals(pq.read_table(path))
    assert took < 100_000  # kB, of 120 MB of texts


def test_times_that_no_type_of_python_holds_are_left_as_they_are(tmp_path: Path) -> None:
    table = pa.table({
        "nano": pa.array([1_234_567_890_123_456_789, None], pa.timestamp("ns")),
        "late": pa.array([2**62, 0], pa.timestamp("us", "Asia/Shanghai")), "day": pa.array([2**31 - 1, 0], pa.date32()),
        "text": ["a", "b"],
    })  # fmt: skip
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    (part,) = parts_of(path)
    writer = Writer(part, tmp_path / "b.parquet")
    for row in told(path):
        writer.write(row)
    writer.close()
    assert pq.read_table(tmp_path / "b.parquet").equals(table)
    assert str(told(path)[0]["nano"]) == "2009-02-13 23:31:30.123456789"


def test_rows_of_parquet_that_are_none_are_counted_each_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 1000)
    offsets, raw = pa.py_buffer(bytes([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])), pa.py_buffer(b"a\xff")
    pq.write_table(
        pa.table({"text": pa.Array.from_buffers(pa.string(), 2, [None, offsets, raw])}), tmp_path / "a.parquet"
    )
    assert told(tmp_path / "a.parquet") == [{"text": "a"}, "not-utf8"]
    pq.write_table(pa.table({"text": ["x", "y" * 2000]}), tmp_path / "b.parquet")
    assert told(tmp_path / "b.parquet") == [{"text": "x"}, "too-long"]
    two = pa.Table.from_arrays([pa.array(["mail a@x.org"]), pa.array(["b"])], names=["text", "text"])
    pq.write_table(two, tmp_path / "c.parquet")
    assert told(tmp_path / "c.parquet") == ["columns-of-one-name"]


def test_small_row_groups_are_one_part_and_a_broken_one_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"{number}" * 4 for number in range(6)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=1, compression="none", use_dictionary=False)
    assert [(part.start, part.end) for part in parts_of(path)] == [(0, 6)]
    whole = path.read_bytes()
    said = pq.read_metadata(path).row_group(2).column(0)
    at = said.data_page_offset
    path.write_bytes(whole[:at] + b"\xff" * 8 + whole[at + 8 :])
    assert told(path) == [{"text": text} for text in texts[:2]] + ["unreadable"] + [
        {"text": text} for text in texts[3:]
    ]
    monkeypatch.setattr(files, "PART", 1)
    assert [(part.start, part.end) for part in parts_of(path)] == [(number, number + 1) for number in range(6)]


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
        writer = Writer(Part(name, name, form, packing, 0, 0, 0), path)
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
    writer = Writer(Part("a.jsonl", "a.jsonl", "jsonl", "", 0, 0, 0), tmp_path / "a.jsonl")
    writer.write({"text": "x"})
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_what_a_full_disk_broke_off_leaves_nothing_behind(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for name, packing in (("a.jsonl", ""), ("a.jsonl.gz", ".gz"), ("a.jsonl.zst", ".zst")):
        writer = Writer(Part(name, name, "jsonl", packing, 0, 0, 0), tmp_path / name)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, before[1]))
        try:
            writer.write({"text": "what has no room"})
            with pytest.raises(OSError, match="File too large"):
                writer.close()
            writer.abandon()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_files_whose_results_would_be_one_are_named() -> None:
    def asked(*names: str) -> list[str]:
        return of_one_result((Path("in", name), name) for name in names)

    assert asked("x/a.jsonl", "y/a.jsonl", "b.txt", "b.csv", "b.txt.gz") == []
    assert asked("b.txt.gz", "b.md.gz", "x/b.md.gz") == [
        "in/b.txt.gz and in/b.md.gz would have one result, b-00000.txt.gz: rename one, or clean a folder above both"
    ]
    assert len(asked("x/a.ndjson", "x/a.jsonl")) == 1

"""What is told of files of lines and of Parquet: columns of lines by the first, records, and why one is refused."""

import gzip
import json
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridtie.adapters import parts
from gridtie.adapters.parts import examine


def columns(tmp_path: Path, raw: bytes, name: str = "a.jsonl") -> dict[str, object] | None:
    file = tmp_path / "file"
    file.write_bytes(raw)
    schema = examine(file, name).schema
    return schema and {field["name"]: field["type"] for field in json.loads(schema)["fields"]}


LINES = b"""{"text": "a", "n": 1, "x": 1, "ok": true, "tags": ["a"], "mixed": 1, "none": null}

{"text": null, "n": 2.5, "x": 2, "tags": [], "deep": {"a": 1}, "mixed": "b", "grid": [[1]]}
"""


def test_kinds_are_those_of_all_lines_looked_at(tmp_path: Path) -> None:
    assert columns(tmp_path, LINES) == {
        "text": "string", "n": "double", "x": "long", "ok": "boolean",
        "tags": {"type": "array", "elementType": "string", "containsNull": True}, "mixed": "variant",
        "none": "variant", "deep": "variant", "grid": "variant",
    }  # fmt: skip
    assert columns(tmp_path, gzip.compress(LINES), "a.jsonl.gz") == columns(tmp_path, LINES)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"{}",
        b"[1]",
        b"no json",
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b"1\n{",
        b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"\\ud800": 1}',
    ],
)
def test_lines_that_are_no_objects_have_no_columns_and_are_no_problem(tmp_path: Path, raw: bytes) -> None:
    assert columns(tmp_path, raw) is None


def test_only_the_first_lines_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_CHUNK", 64)
    assert columns(tmp_path, b'{"a": 1}\n' * 20 + b"no json\n") == {"a": "long"}
    assert columns(tmp_path, b'{"a": "' + b"x" * 200 + b'"}\n') is None


@pytest.mark.parametrize("chunk", [1, 2, 3, 64])
def test_lines_that_are_not_blank_are_counted_wherever_chunks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(parts, "_CHUNK", chunk)
    (tmp_path / "file").write_bytes(b"\n \n1\n\n\n 2 \r\n\t\n\n3")
    assert examine(tmp_path / "file", "a.jsonl").records == 3
    assert examine(tmp_path / "file", "a.csv").records == 2


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_and_many_ends_of_lines_are_counted_at_once(
    tmp_path: Path,
) -> None:
    bomb, file = gzip.compress(b"\n" * (16 << 20)), tmp_path / "file"
    file.write_bytes(bomb)
    [problem] = examine(file, "a.jsonl.gz").problems
    assert "over 100 times its size" in problem
    file.write_bytes(b"\n" * (16 << 20))
    began = process_time()
    assert examine(file, "a.jsonl").records == 0
    assert process_time() - began < 1


def test_a_parquet_file_with_broken_names_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"aXXb": [1]}), tmp_path / "file", store_schema=False)
    (tmp_path / "file").write_bytes((tmp_path / "file").read_bytes().replace(b"aXXb", b"a\xff\xfeb"))
    [problem] = examine(tmp_path / "file", "a.parquet").problems
    assert "is no Parquet file" in problem


def test_what_is_said_of_a_file_that_cannot_be_unpacked_repeats_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("张三 13800138000".encode())
    assert examine(tmp_path / "file", "a.jsonl.gz").problems == ("a.jsonl.gz cannot be unpacked: it is no gzip file",)

"""Columns of files of lines of JSON, by a look at the first lines."""

import gzip
import json
from pathlib import Path

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


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"{}", b"[1]", b"no json", b'{"a": "\xff"}', b"[" * 100_000, b"1\n{"])
def test_lines_that_are_no_objects_have_no_columns_and_are_no_problem(tmp_path: Path, raw: bytes) -> None:
    assert columns(tmp_path, raw) is None


def test_only_the_first_lines_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_CHUNK", 64)
    assert columns(tmp_path, b'{"a": 1}\n' * 20 + b"no json\n") == {"a": "long"}
    assert columns(tmp_path, b'{"a": "' + b"x" * 200 + b'"}\n') is None

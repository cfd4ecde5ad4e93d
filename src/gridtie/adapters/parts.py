"""What is in a file of a dataset: its kind, how many records, and the columns of Parquet and of lines of JSON."""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from gridtie.data.dataset import Examined
from gridtie.errors import FormatMissing

PARQUET = "application/vnd.apache.parquet"
MEDIA = {
    ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson", ".json": "application/json",
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".md": "text/markdown",
    ".parquet": PARQUET, ".toml": "application/toml",
}  # fmt: skip
_HEADED = (".csv", ".tsv")
_LINES = (".jsonl", ".ndjson", *_HEADED)
_CHUNK = 1 << 20
_JSON_LINES = (".jsonl", ".ndjson")
LOOKED_AT, COLUMNS_MAX = 100, 1000  # lines whose names stand for all; of more columns none is told
UNPACKED_MAX = 100  # times its own size, and a chunk: what is looked at must not cost more than what was sent
_BLANKS = b" \t\r\x0b\x0c"
_HALF = re.compile("[\ud800-\udfff]")  # halves of a character, which no name is written with


def examine(file: Path, path: str) -> Examined:
    """Never raises for what is in the file: that is told as a problem. Raises FormatMissing for Parquet without
    pyarrow."""
    name = path.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    media = MEDIA.get(suffix, "application/octet-stream")
    if suffix == ".parquet" and not packed:
        return _parquet(file, path)
    if suffix not in _LINES:
        return Examined(media="application/gzip" if packed else media)
    most = UNPACKED_MAX * file.stat().st_size + _CHUNK if packed else None
    try:
        with gzip.open(file, "rb") if packed else file.open("rb") as source:
            lines = _count_lines(source, most)
            if lines is None:
                bomb = f"{path} unpacks to over {UNPACKED_MAX} times its size: send it unpacked"
                return Examined(media=media, problems=(bomb,))
            source.seek(0)
            schema = _json_columns(source) if suffix in _JSON_LINES else None
    except gzip.BadGzipFile:  # its own words repeat how the file begins
        return Examined(media=media, problems=(f"{path} cannot be unpacked: it is no gzip file",))
    except (OSError, EOFError, zlib.error) as cause:
        return Examined(media=media, problems=(f"{path} cannot be unpacked: {cause}",))
    return Examined(media=media, records=max(0, lines - (suffix in _HEADED)), schema=schema)


def _count_lines(source: BinaryIO | gzip.GzipFile, most: int | None) -> int | None:
    """Lines that are not blank; the last needs no end. A quoted line break in a CSV file counts as two lines.

    None when there are more than `most` bytes. Whole chunks at a time: a file may be nothing but ends of lines.
    """
    count, read, filled = 0, 0, False
    for chunk in _chunks(source):
        read += len(chunk)
        if most is not None and read > most:
            return None
        dense = chunk.translate(None, _BLANKS)
        while b"\n\n" in dense:
            dense = dense.replace(b"\n\n", b"\n")
        if dense:
            count += dense.count(b"\n") - (dense.startswith(b"\n") and not filled)
            filled = not dense.endswith(b"\n")
    return count + filled


def _chunks(source: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _json_columns(source: Any) -> str | None:
    """As those of Parquet are told, by the first lines; None where these are not objects with some names."""
    head = source.read(_CHUNK)
    lines = head.split(b"\n")
    whole = lines[:-1] if len(head) == _CHUNK else lines
    kinds: dict[str, set[Any]] = {}
    try:
        records = [json.loads(line) for line in islice(filter(bytes.strip, whole), LOOKED_AT)]
        if not all(isinstance(record, dict) for record in records):
            return None
        for record in records:
            for name, value in record.items():
                kinds.setdefault(name, set()).update(() if value in (None, []) else {_json_type(value)})
    except (ValueError, RecursionError):
        return None
    if not kinds or len(kinds) > COLUMNS_MAX or any(map(_HALF.search, kinds)):
        return None
    return _struct((name, _joined(found)) for name, found in kinds.items())


def _json_type(value: Any) -> str:
    """'[]' before the kind of what a list holds."""
    if isinstance(value, list):
        inner = {_json_type(item) for item in value}
        return f"[]{_joined(inner)}" if inner and not any(kind.startswith("[]") for kind in inner) else "variant"
    words = {bool: "boolean", int: "long", float: "double", str: "string"}
    return words.get(type(value), "variant")


def _joined(kinds: set[Any]) -> Any:
    """Of several kinds of number the wider; whatever else does not go together is of any kind."""
    if kinds == {"long", "double"}:
        return "double"
    if len(kinds) != 1:
        return "variant"
    [kind] = kinds
    if kind.startswith("[]"):
        return {"type": "array", "elementType": kind[2:], "containsNull": True}
    return kind


def _struct(columns: Iterable[tuple[str, Any]]) -> str:
    fields = [{"name": name, "type": kind, "nullable": True, "metadata": {}} for name, kind in columns]
    return json.dumps({"type": "struct", "fields": fields})


def _parquet(file: Path, path: str) -> Examined:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise FormatMissing(path=path, package="pyarrow") from None
    try:
        with ParquetFile(file) as table:
            return Examined(media=PARQUET, records=table.metadata.num_rows, schema=_columns(table.schema_arrow))
    except RecursionError:
        return Examined(media=PARQUET, problems=(f"{path} has columns nested too deep",))
    except (OSError, ArrowException, UnicodeDecodeError) as cause:
        return Examined(media=PARQUET, problems=(f"{path} is no Parquet file: {cause}",))


def _columns(schema: Any) -> str:
    """As Delta Sharing's schemaString has them."""
    fields = [{"name": field.name, "type": _type(field.type), "nullable": field.nullable, "metadata": {}}
              for field in schema]  # fmt: skip
    return json.dumps({"type": "struct", "fields": fields})


def _type(kind: Any) -> Any:
    """Types of Delta for types of Arrow; what has none is told as a string."""
    from pyarrow import types

    simple = {"int8": "byte", "int16": "short", "int32": "integer", "int64": "long", "uint8": "short",
              "uint16": "integer", "uint32": "long", "uint64": "decimal(20,0)", "float": "float", "double": "double",
              "halffloat": "float", "bool": "boolean", "date32[day]": "date", "string": "string",
              "large_string": "string", "binary": "binary", "large_binary": "binary"}  # fmt: skip
    if str(kind) in simple:
        return simple[str(kind)]
    if types.is_timestamp(kind):
        return "timestamp"
    if types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if types.is_struct(kind):
        return {"type": "struct", "fields": [{"name": f.name, "type": _type(f.type), "nullable": f.nullable,
                                              "metadata": {}} for f in kind]}  # fmt: skip
    if types.is_list(kind) or types.is_large_list(kind):
        return {"type": "array", "elementType": _type(kind.value_type), "containsNull": True}
    if types.is_map(kind):
        return {"type": "map", "keyType": _type(kind.key_type), "valueType": _type(kind.item_type),
                "valueContainsNull": True}  # fmt: skip
    return "string"

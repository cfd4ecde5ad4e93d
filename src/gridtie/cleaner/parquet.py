"""Parquet files: their row groups as parts, their rows as records, and rows written with the types they had."""

import contextlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from gridtie.cleaner.packings import needed
from gridtie.cleaning.document import leaves

_AT_ONCE = 16  # rows that are read: a file of 1 kB can hold as many of 16 MiB as it likes
_ROWS = 256  # that Arrow takes over from Python at once
_GROUP, _GROUP_ROWS = 16 * 2**20, 1 << 17  # bytes in memory and rows of a group that is written, at most
_BUFFER = 1 << 20  # bytes of a column that are read at once


class Exact:
    """A time that no Python type holds (nanoseconds, the year 10000): left as it is, and written as it was."""

    def __init__(self, scalar: Any) -> None:
        self.scalar = scalar

    def __str__(self) -> str:
        try:
            return str(self.scalar.cast("string"))
        except _arrow().ArrowException:  # its zone is not known here
            return str(self.scalar.value)


def groups(path: Path, most: int) -> list[tuple[int, int]]:
    """Row groups [start, end) that are one part: neighbours of `most` bytes together, for some writers make thousands.
    Of a file that is none: one part that cannot be read."""
    with contextlib.suppress(OSError, _arrow().ArrowException):
        said = _parquet(path).read_metadata(path)
        made: list[tuple[int, int]] = []
        start = size = 0
        for number in range(said.num_row_groups):
            size += said.row_group(number).total_byte_size
            if size >= most or number == said.num_row_groups - 1:
                made.append((start, number + 1))
                start, size = number + 1, 0
        return made
    return [(0, 1)]


def names(path: Path) -> list[str] | None:
    """None where it cannot be read."""
    with contextlib.suppress(OSError, _arrow().ArrowException):
        return list(_parquet(path).read_schema(path).names)
    return None


def rows(path: Path, start: int, end: int, most: int) -> Iterator[tuple[Any, str]]:
    """Each row of these groups, or why there is none. `most`: bytes of texts in a row."""
    broken = (OSError, _arrow().ArrowException)
    try:
        file = _parquet(path).ParquetFile(path, buffer_size=_BUFFER)
    except broken:
        yield None, "unreadable"
        return
    with file:
        names = file.schema_arrow.names
        same = len(set(names)) < len(names)  # a row would be an object with fewer columns
        for number in range(start, end):
            try:
                for batch in file.iter_batches(batch_size=_AT_ONCE, row_groups=[number], use_threads=False):
                    if same:
                        yield from ((None, "columns-of-one-name") for _ in range(batch.num_rows))
                    else:
                        yield from _rows(_stored(batch), most)
            except broken:
                yield None, "unreadable"  # what is left of this group


def _stored(batch: Any) -> Any:
    """With what columns of extension types are kept as: from what Python makes of those, not all can be made again."""
    arrow = _arrow()
    columns = [one.storage if isinstance(one, arrow.ExtensionArray) else one for one in batch.columns]
    return arrow.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _rows(batch: Any, most: int) -> Iterator[tuple[Any, str]]:
    if batch.num_rows == 1:
        yield _row(batch, most)
        return
    try:
        if batch.nbytes <= most:
            yield from ((row, "") for row in batch.to_pylist())
            return
    except (ValueError, OverflowError, _arrow().ArrowException):
        pass  # one of them, so each by itself
    for number in range(batch.num_rows):
        yield _row(batch.slice(number, 1), most)


def _row(batch: Any, most: int) -> tuple[Any, str]:
    try:
        row = {name: _value(column[0]) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
    except UnicodeDecodeError:
        return None, "not-utf8"
    except (ValueError, OverflowError, _arrow().ArrowException):
        return None, "unreadable"
    long = batch.nbytes > most and sum(len(text) for _, text in leaves(row)) > most
    return (None, "too-long") if long else (row, "")


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        if not _arrow().types.is_temporal(scalar.type):
            raise
        return Exact(scalar)


class Writer:
    """Rows with the columns and types of `like`, each of which may hold no value: what must not stay becomes none. So
    many at a time as make up a row group, for a file may hold them all in one.

    `texts`: columns that hold texts now, whatever they held. `personal`: whether a text may not stay. What the file
    says of itself is left out where it may not, entry by entry, and so is a column with such a name within it: of what
    is written none has a value there.
    """

    def __init__(
        self, like: Path, into: BinaryIO, texts: Collection[str], personal: Callable[[str], bool]
    ) -> None:  # fmt: skip
        arrow, parquet = _arrow(), _parquet(like)
        try:
            schema = parquet.read_schema(like)
        except (OSError, arrow.ArrowException):
            schema = arrow.schema([])  # nothing of it could be read, so there are no rows
        fields = [
            _open(arrow.field(field.name, arrow.string()) if field.name in texts else field, personal)
            for field in schema
            if not any(personal(name) for name in _names(field))
        ]
        self._schema = arrow.schema(fields, metadata=_said(schema.metadata, personal))
        self._file = parquet.ParquetWriter(into, self._schema, compression="zstd")
        self._rows: list[Any] = []
        self._tables: list[Any] = []
        self._size = 0

    def write(self, row: Any) -> None:
        self._rows.append({name: _typed(value) for name, value in row.items()})
        if len(self._rows) >= _ROWS:
            self._pack()

    def _pack(self) -> None:
        """What Arrow holds takes a fifth of the room of what Python does."""
        arrow = _arrow()
        try:
            table = arrow.Table.from_pylist(self._rows, schema=self._schema)
        except arrow.ArrowException:
            table = arrow.Table.from_pylist([self._fitting(row) for row in self._rows], schema=self._schema)
        self._rows.clear()
        self._tables.append(table)
        self._size += table.nbytes
        if self._size >= _GROUP or len(self._tables) * _ROWS >= _GROUP_ROWS:
            self._put()

    def _fitting(self, row: dict[str, Any]) -> dict[str, Any]:
        """Without values that their column cannot hold, such as a map of which a number that is a key had to go."""
        arrow, made = _arrow(), {}
        for field in self._schema:
            with contextlib.suppress(arrow.ArrowException):
                arrow.array([row.get(field.name)], field.type)
                made[field.name] = row.get(field.name)
        return made

    def _put(self) -> None:
        rows = sum(table.num_rows for table in self._tables)
        if rows:
            self._file.write_table(_arrow().concat_tables(self._tables), row_group_size=rows)
        self._tables.clear()
        self._size = 0

    def close(self) -> None:
        self._pack()
        self._put()
        self._file.close()

    def abandon(self) -> None:
        """Else it would write its end into a closed file, whenever it is collected."""
        self._file.close()


def _names(field: Any) -> Iterator[str]:
    """Of a column and of what it holds."""
    yield field.name
    kind = field.type
    for number in range(kind.num_fields):
        yield from _names(kind.field(number))


def _said(metadata: Any, personal: Callable[[str], bool]) -> dict[bytes, bytes]:
    """Entries whose name is no head of what they say, for `pandas` has all of its in one text."""
    made = {}
    for key, value in (metadata or {}).items():
        with contextlib.suppress(UnicodeDecodeError):  # nobody knows what it says
            if not personal(key.decode()) and not personal(f"{key.decode()}: {value.decode()}"):
                made[key] = value
    return made


def _open(field: Any, personal: Callable[[str], bool]) -> Any:
    """The same that may be null, in whatever it holds too; names of a map's values may not."""
    kind, types = field.type, _arrow().types
    if types.is_struct(kind):
        kind = _arrow().struct([_open(inner, personal) for inner in kind])
    elif types.is_map(kind):
        kind = _arrow().map_(kind.key_field, _open(kind.item_field, personal), kind.keys_sorted)
    elif types.is_fixed_size_list(kind):
        kind = _arrow().list_(_open(kind.value_field, personal), kind.list_size)
    elif types.is_large_list(kind):
        kind = _arrow().large_list(_open(kind.value_field, personal))
    elif types.is_list(kind):
        kind = _arrow().list_(_open(kind.value_field, personal))
    return field.with_type(kind).with_nullable(True).with_metadata(_said(field.metadata, personal))


def _typed(value: Any) -> Any:
    return value.scalar if isinstance(value, Exact) else value


def _arrow() -> Any:
    return needed("pyarrow", "pyarrow", "a Parquet file")


def _parquet(path: Path) -> Any:
    return needed("pyarrow.parquet", "pyarrow", str(path))

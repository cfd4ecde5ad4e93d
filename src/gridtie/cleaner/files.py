"""Files of records: JSON lines, tables, plain text, Parquet, packed or not; read as streams, written whole or not.

What cannot be read is a record too, with the reason in place of its value: nothing is passed over in silence.
"""

import contextlib
import csv
import gzip
import io
import json
import math
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO

import orjson

from gridtie.cleaner import parquet
from gridtie.cleaner.packings import BLOCK, broken, opened, zstd
from gridtie.errors import InvalidInput, Problem

MAX_LINE = 16 * 2**20  # bytes; a longer one is counted and passed over without being held
PART = 64 * 2**20  # bytes of an unpacked file that are one unit of work
DEEPEST = 100  # objects and lists within each other: each is a step down for whatever walks through a record
PARAGRAPH = 1 << 20  # bytes of a plain text that are one record at most
_FORMS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".txt": "text", ".text": "text", ".md": "text",
    ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet",
}  # fmt: skip
_LONG = 2.0**63  # from here on a float may have been a whole number that orjson could not hold
_PACKINGS = (".gz", ".zst")
_MARKS = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Part:
    """One unit of work: bytes [start, end) of a plain file, row groups of a Parquet file, or a packed file whole."""

    path: str
    input: str  # what the file is called in this run: with the folders between it and the one that was given
    form: str
    packing: str  # '', .gz, .zst
    number: int
    start: int
    end: int

    @property
    def name(self) -> str:
        """Of its output, unique among the parts of a run."""
        stem, ending = _stem(self.input, self.form, self.packing)
        return f"{stem}-{self.number:05d}{ending}"


@dataclass(frozen=True, slots=True)
class Read:
    """A record, or why there is none. `line` counts from 1 within the part."""

    value: Any
    problem: str = ""
    line: int = 0


def _stem(stem: str, form: str, packing: str) -> tuple[str, str]:
    """What names of the results of an input begin and end with."""
    for ending in (packing, *(ending for ending, known in _FORMS.items() if known == form)):
        stem = stem.removesuffix(ending) if ending else stem
    return stem, f"{'.txt' if form == 'text' else f'.{form}'}{packing}"


def of_one_result(inputs: Iterable[tuple[PurePath, str]]) -> list[str]:
    """Which of these files, by what they are called, would be written over each other, in words: `a.jsonl` and
    `a.ndjson` too."""
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, name in inputs:
        known[_stem(name, *form_of(path))].append(str(path))
    return [
        f"{one} and {others[0]} would have one result, {stem}-00000{ending}: rename one, or clean a folder above both"
        for (stem, ending), (one, *others) in known.items()
        if others
    ]


def form_of(path: PurePath) -> tuple[str, str]:
    """Raises InvalidInput for a name that says no format."""
    packing = path.suffix if path.suffix in _PACKINGS else ""
    bare = path.name.removesuffix(packing)
    for ending, form in _FORMS.items():
        if bare.endswith(ending):
            return form, packing
    known = " ".join(sorted(_FORMS))
    why = f"the name says no format; known are {known}, also with .gz or .zst"
    raise InvalidInput(source=str(path), problems=[Problem(why)])


def parts_of(path: Path, name: str = "") -> list[Part]:
    """The same for one file, however many workers there are. `name`: what it is called in this run."""
    form, packing = form_of(path)
    size = path.stat().st_size
    if form == "parquet":
        cuts = parquet.groups(path, PART)
    elif packing or form in ("csv", "tsv", "text"):  # quoted line ends and paragraphs cannot be found from the middle
        cuts = [(0, size)]
    else:
        cuts = [(at, min(size, at + PART)) for at in range(0, max(size, 1), PART)]
    return [Part(str(path), name or path.name, form, packing, number, *cut) for number, cut in enumerate(cuts)]


def columns_of(path: Path) -> list[str] | None:
    """Of a table, as its head says; none for a plain text; None for an empty file, and where each line has its own."""
    form, _ = form_of(path)
    if form == "parquet":
        return parquet.names(path)
    if form == "jsonl":
        return None
    return [] if form == "text" else next(_heads(*parts_of(path)), None)


def _heads(part: Part) -> Iterator[list[str]]:
    with opened(part.path, part.packing) as file:
        lines = (line.decode("utf-8-sig") + "\n" for _, line in _lines(file, part) if isinstance(line, bytes))
        with contextlib.suppress(UnicodeDecodeError, csv.Error):
            yield from csv.reader(lines, delimiter=_MARKS[part.form], strict=True)


def digest_of(path: Path) -> str:
    made = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            made.update(block)
    return made.hexdigest()


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────
def read(part: Part, wanted: Container[int] | None = None) -> Iterator[Read]:
    """Every record of a part, and every place where there should be one. Of places that are not `wanted` the value may
    be left out, where that spares work."""
    if part.form == "parquet":
        for value, problem in parquet.rows(Path(part.path), part.start, part.end, MAX_LINE):
            yield Read(value, problem)
        return
    with opened(part.path, part.packing) as file:
        lines = _lines(file, part)
        match part.form:
            case "jsonl":
                yield from _json(lines, wanted)
            case "text":
                yield from _paragraphs(lines)
            case _:
                yield from _table(lines, _MARKS[part.form])


def _lines(file: BinaryIO, part: Part) -> Iterator[tuple[int, bytes | str]]:
    """(number, line without its end), or (number, problem). A line belongs to the part in which it begins."""
    position, end = part.start, part.end if not part.packing else math.inf
    if not part.packing and part.start:
        file.seek(part.start - 1)
        # the end of a line that began before, or just a line end
        position += _passed_over(file, part.end - part.start) - 1
    number = 0
    while position < end:
        long = False
        try:
            line = file.readline(MAX_LINE)
            position += len(line)
            if len(line) >= MAX_LINE and not line.endswith(b"\n"):
                long = True
                position += _passed_over(file, end - position)
        except broken() as cause:
            if long:
                yield number + 1, "too-long"
            yield number + 1 + long, "truncated" if isinstance(cause, EOFError) else "unreadable"
            return
        if not line:
            return
        number += 1
        yield number, "too-long" if long else line.rstrip(b"\r\n")


def _passed_over(file: BinaryIO, most: float) -> int:
    """How many bytes there were up to the end of a line, none of them held; of over `most`, not all are counted."""
    passed = 0
    while passed <= most and (more := file.readline(BLOCK)):
        passed += len(more)
        if more.endswith(b"\n"):
            break
    return passed


def _json(lines: Iterator[tuple[int, bytes | str]], wanted: Container[int] | None) -> Iterator[Read]:
    place = -1
    for number, line in lines:
        if not line.strip():
            continue
        place += 1
        if isinstance(line, str):
            yield Read(None, line, number)
        elif wanted is not None and place not in wanted:
            yield Read(None, "", number)
        else:
            yield _parsed(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, number)


def _parsed(line: bytes, number: int) -> Read:
    try:
        # Lines are never written as they were read: of a key that stands twice only the last value was looked at.
        value = orjson.loads(line)
        if _has_long(value):
            value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        try:
            value = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            return Read(None, "not-utf8", number)
        except (ValueError, RecursionError):
            return Read(None, "broken-json", number)
    if not isinstance(value, dict | str):
        return Read(None, "no-record", number)
    if _nested(value) and line.count(b"{") + line.count(b"[") > DEEPEST and _deeper(value, DEEPEST):
        return Read(None, "too-deep", number)
    return Read(value, "", number)


def _nested(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(one, dict | list) for one in value.values())


def _deeper(value: Any, most: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    return not most or any(_deeper(one, most - 1) for one in (value.values() if isinstance(value, dict) else value))


def _has_long(value: Any) -> bool:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            if not isinstance(one, str) and _has_long(one):
                return True
        return False
    return isinstance(value, float) and abs(value) >= _LONG


def _paragraphs(lines: Iterator[tuple[int, bytes | str]]) -> Iterator[Read]:
    """Blank lines part the records of a plain text, and are kept with the one before."""
    held: list[bytes] = []
    first, size, ended = 1, 0, False
    for number, line in lines:
        if isinstance(line, str):
            yield Read(None, line, number)
            continue
        if held and ((ended and line.strip()) or size > PARAGRAPH):
            yield _paragraph(held, first)
            held, first, size = [], number, 0
        held.append(line)
        size += len(line)
        ended = not line.strip()
    if held:
        yield _paragraph(held, first)


def _paragraph(lines: list[bytes], number: int) -> Read:
    try:
        return Read(b"\n".join(lines).decode("utf-8"), "", number)
    except UnicodeDecodeError:
        return Read(None, "not-utf8", number)


def _table(lines: Iterator[tuple[int, bytes | str]], mark: str) -> Iterator[Read]:
    """A row is an object of its columns. A row with too many or too few cells is broken."""
    problems: list[Read] = []

    def text() -> Iterator[str]:
        for number, line in lines:
            if isinstance(line, str):
                problems.append(Read(None, line, number))
                continue
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8") + "\n"
            except UnicodeDecodeError:
                problems.append(Read(None, "not-utf8", number))

    rows = csv.reader(text(), delimiter=mark, strict=True)
    head: list[str] | None = None
    wrong = ""  # with the head, and so with every row
    while True:
        usual = csv.field_size_limit(MAX_LINE)  # of the whole process, so no longer than for this row
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error:
            wrong = wrong or ("no-head" if head is None else "")
            yield Read(None, "broken-row", rows.line_num)
            continue
        finally:
            csv.field_size_limit(usual)
        if head is None and (problems or wrong):
            wrong = "no-head"  # the first line could not be read: the next one is a row, and what is in it no name
        yield from problems
        problems.clear()
        if head is None and not wrong:
            head = row
            wrong = "" if len(set(head)) == len(head) else "columns-of-one-name"
        elif row:
            problem = wrong or ("" if head and len(row) == len(head) else "broken-row")
            yield Read(None if problem else dict(zip(head or (), row, strict=True)), problem, rows.line_num)
    yield from problems


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────
HALF = ".gridtie-"  # begins the names of what is not whole yet


def strange_below(folder: Path, results: Collection[str]) -> list[str]:
    """What lies there and is none of these results, nor a folder that holds some."""
    holding = {parent.as_posix() for name in results for parent in PurePath(name).parents}
    below = ((path.relative_to(folder).as_posix(), path.is_dir()) for path in folder.rglob("*"))
    return sorted(name for name, is_folder in below if name not in (holding if is_folder else results))


def remove_report(out: Path) -> None:
    """Of an earlier cleaning of the same inputs, before its results are written over: while two policies stand there
    mixed, and after a kill, nothing says that they are finished."""
    for name in ("audit.signature.json", "audit.html", "audit.json"):
        (out / name).unlink(missing_ok=True)


def scratch_of(path: Path) -> Path:
    """Of this process alone: one that outlived a killed cleaning may still write the same, beside the next."""
    return path.with_name(f"{HALF}{os.getpid()}-{path.name}")


def put(path: Path, data: bytes) -> None:
    """Whole or not there."""
    scratch = scratch_of(path)
    scratch.write_bytes(data)
    scratch.replace(path)


def settle(file: IO[bytes]) -> None:
    """On the disk before anything says that it is done."""
    file.flush()
    os.fsync(file.fileno())


class Writer:
    """Writes the kept records of a part beside its final name; `close` puts the file there whole.

    `texts`: columns that hold texts now, whatever they held. `personal`: whether what a Parquet file says beside its
    rows may not stay.
    """

    def __init__(
        self, part: Part, path: Path, texts: Collection[str] = (), personal: Callable[[str], bool] = lambda _text: False
    ) -> None:  # fmt: skip
        self.path, self.part = path, part
        self._scratch = scratch_of(path)
        self._raw = self._scratch.open("wb")
        self._file: Any = self._raw
        if part.packing == ".gz":
            self._file = gzip.GzipFile(fileobj=self._raw, mode="wb", mtime=0, compresslevel=6, filename="")
        elif part.packing == ".zst":
            self._file = zstd(part.path).ZstdCompressor(level=6).stream_writer(self._raw, closefd=False)
        self._head: list[str] = []
        if part.form == "parquet":
            self._table = parquet.Writer(Path(part.path), self._raw, texts, personal)

    def write(self, record: Any) -> None:
        match self.part.form:
            case "jsonl":
                self._file.write(_dumped(record) + b"\n")
            case "text":
                self._file.write(record.encode("utf-8") + b"\n")
            case "parquet":
                self._table.write(record)
            case _:
                self._file.write(self._row(record).encode("utf-8"))

    def _row(self, record: dict[str, str]) -> str:
        out = io.StringIO()
        table = csv.writer(out, delimiter=_MARKS[self.part.form], lineterminator="\n")
        if not self._head:
            self._head = list(record)
            table.writerow(self._head)
        table.writerow(record.values())
        return out.getvalue()

    def close(self) -> None:
        if self.part.form == "parquet":
            self._table.close()
        if self._file is not self._raw:
            self._file.close()
        settle(self._raw)
        self._raw.close()
        self._scratch.replace(self.path)

    def abandon(self) -> None:
        with contextlib.suppress(OSError):  # what it still holds has no room either
            if self.part.form == "parquet":
                self._table.abandon()
            self._raw.close()
        self._scratch.unlink(missing_ok=True)


def _dumped(record: Any) -> bytes:
    try:
        return orjson.dumps(record)
    except TypeError:
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

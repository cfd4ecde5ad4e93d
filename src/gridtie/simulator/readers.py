"""Reading traces: Slurm's accounting, the Standard Workload Format, CSV with a column map, and known public files.

Every format becomes a table of text fields, and one column map says which field plays which role. A figure that is
none is refused with file, line and column; a row that is no job that ran is skipped and counted with its reason.
"""

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from gridtie.errors import InvalidInput, Problem
from gridtie.simulator.formats import MINUTES, MINUTES_HEADER, PRESETS, SACCT, SACCT_FIELDS, SWF, SWF_FIELDS, Preset
from gridtie.simulator.trace import NONE, Trace
from gridtie.values.money import MICROS_PER_UNIT, parse_money

FORMATS = ("auto", "csv", "swf", "sacct", MINUTES, *sorted(PRESETS))
ROLES = (
    "submit", "run", "start", "end", "units", "site", "organisation", "limit", "wait", "deadlines", "values", "bid",
)  # fmt: skip
_MOMENTS = ("submit", "start", "end")
OPTIONAL = ("site", "organisation", "limit", "wait")
PROBLEMS_MAX = 10
NAMES_MAX = 200  # characters of a first line that is shown
LARGEST = 2**40  # seconds or units beyond this are no figure of a trace
_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


@dataclass(slots=True)
class Table:
    """Rows of text with the line of each. `names` maps a field to its place."""

    source: str
    separator: str
    names: dict[str, int]
    rows: list[list[str]]
    lines: list[int]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, row: int, at: int, message: str) -> None:
        """Notes what is wrong with a cell; refuses the file once there is enough to say."""
        column = 1 + sum(len(cell) + 1 for cell in self.rows[row][:at])
        self.problems.append(Problem(message, line=self.lines[row], column=column))
        if len(self.problems) >= PROBLEMS_MAX:
            self.refuse()

    def refuse(self) -> NoReturn:
        raise InvalidInput(source=self.source, problems=self.problems)


def read_trace(
    path: Path, *, form: str = "auto", columns: Mapping[str, str] | None = None, zone: tzinfo = UTC, name: str = ""
) -> Trace:
    """One file, which is the site `name` unless it names sites. `columns` maps roles to fields, `field:min` for one
    that counts minutes; `zone` is that of times which name none. Raises InvalidInput."""
    lines = read_lines(path)
    minutes = form == MINUTES or lines[:1] == [MINUTES_HEADER]
    found, origin = form, 0
    if form == "auto" and not minutes:
        found = _recognised(lines, path) or ("csv" if columns or _named_by_roles(lines) else _unknown(lines, path))
    if minutes:
        _refuse(path, "it holds minutes, not jobs: nothing can be replayed; give it alone, and it is measured")
    if found == "swf":
        (table, origin), preset = _swf(lines, path), SWF
    elif found == "sacct":
        table = _table(lines, path, "|")
        preset = _of_slurm(table, (columns or {}).get("units"))
    else:
        table, preset = _table(lines, path, _separator(lines)), PRESETS.get(found, Preset(columns={}))
    if found == "gavel":
        _seconds_for_steps(table, path)
    given = {role: field for role, field in preset.columns.items() if field in table.names or role not in OPTIONAL}
    if found == "csv" and not columns:
        given = {role: role for role in ROLES if role in table.names}
    wanted = {**given, **(columns or {})}
    for role in wanted:
        if role not in ROLES:
            raise InvalidInput(source="--map", problems=[Problem(f"no role {role!r}; there are: {', '.join(ROLES)}")])
    trace = _trace(table, wanted, preset, path, zone, name or stem(path))
    return replace(trace, submit=trace.submit + origin)


def read_table(path: Path, *, needed: Sequence[str]) -> Table:
    """A CSV file whose first line names its columns, among them the needed ones; raises InvalidInput."""
    lines = read_lines(path)
    table = _table(lines, path, _separator(lines))
    for name in needed:
        _place(table, name, name)
    return table


def read_lines(path: Path) -> list[str]:
    """Every line of a text file, plain or gzip; raises InvalidInput for what is neither."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        begun = raw.rfind(b"\n", 0, cause.start) + 1
        column = len(raw[begun : cause.start].decode("utf-8", "replace")) + 1
        message = f"byte {cause.start + 1} is no UTF-8 text: {_ENCODED}"
        problem = Problem(message, line=raw[:begun].count(b"\n") + 1, column=column)
        raise InvalidInput(source=str(path), problems=[problem]) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        _refuse(path, f"it is a damaged gzip file: {cause}")
    if "\0" in text[:1000]:
        _refuse(path, f"it is no UTF-8 text: {_ENCODED}", line=1)
    return text.splitlines()


_ENCODED = "convert it first, as with iconv -f UTF-16 -t UTF-8, or -f GB18030 where it is Chinese"


def recognised(path: Path) -> str | None:
    """The format that a file's first line shows, if any; raises InvalidInput for what is no text."""
    return _recognised(read_lines(path), path)


def _recognised(lines: Sequence[str], path: Path) -> str | None:
    head = lines[0] if lines else ""
    for name, preset in PRESETS.items():
        if preset.header and head == preset.header:
            return name
    if "JobID" in head.split("|"):
        return "sacct"
    return "swf" if _looks_like_swf(lines, path) else None


def _named_by_roles(lines: Sequence[str]) -> bool:
    """Whether the columns of a CSV file bear the names of their roles, as far as is needed."""
    names = {name.strip().strip('"') for name in lines[0].split(_separator(lines))} if lines else set()
    return "submit" in names and ("run" in names or {"start", "end"} <= names)


def _unknown(lines: Sequence[str], path: Path) -> NoReturn:
    if not any(line.strip() for line in lines):
        _refuse(path, "it is empty")
    names = ", ".join(lines[0].split(_separator(lines)))
    _refuse(
        path,
        f"its first line, {names[:NAMES_MAX]!r}, shows no format that is known: name the columns, as in "
        "--map submit=FIELD,run=FIELD,units=FIELD,site=FIELD (sacct: export with -P and a header, so without -n)",
        line=1,
    )


def _looks_like_swf(lines: Sequence[str], path: Path) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return ".swf" in path.suffixes or first.startswith(";") or len(first.split()) == len(SWF_FIELDS)


def _refuse(path: Path, message: str, line: int = 0) -> NoReturn:
    raise InvalidInput(source=str(path), problems=[Problem(message, line=line, column=1 if line else 0)])


def _separator(lines: Sequence[str]) -> str:
    """Of a CSV file: a comma, or where its first line has none, what spreadsheets write instead."""
    head = lines[0] if lines else ""
    return next((mark for mark in (",", ";", "\t") if mark in head), ",")


def _table(lines: Sequence[str], path: Path, separator: str) -> Table:
    reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE if separator == "|" else csv.QUOTE_MINIMAL)
    head = next(_rows(reader, path), [])
    names = [name.strip() for name in head]
    if not any(names):
        _refuse(path, "it is empty: a first line with the names of the columns is needed")
    table = Table(str(path), separator, {name: i for i, name in enumerate(names)}, [], [])
    if len(table.names) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        _refuse(path, f"the column {twice!r} is there twice", line=1)
    for row in _rows(reader, path):
        if not row or row == head:  # exports that were put one behind the other repeat it
            continue
        table.rows.append(row)
        table.lines.append(reader.line_num)
        if len(row) != len(names):
            table.wrong(len(table.rows) - 1, 0, f"{len(row)} fields, but the first line names {len(names)}")
    if table.problems:
        table.refuse()
    return table


def _rows(reader: Any, path: Path) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as cause:
        _refuse(path, f"it is no table: {cause}", line=reader.line_num)


def _of_slurm(table: Table, units: str | None) -> Preset:
    """It counts accelerators where any job has some, else cores; or what `units` names."""
    missing = [name for name in ("JobID", "Submit", "Start", "End") if name not in table.names]
    if missing:
        _refuse(
            Path(table.source), f"no column {missing[0]}: export with sacct -P -o " + ",".join(SACCT_FIELDS), line=1
        )
    for name in (units,) if units else ("AllocTRES", "ReqTRES"):
        at = table.names.get(name)
        if at is not None and any("gres/gpu" in row[at] for row in table.rows):
            return replace(SACCT, columns={**SACCT.columns, "units": name})
    return replace(SACCT, columns={**SACCT.columns, "units": "AllocCPUS"}, unit="cores", count=None)


def _seconds_for_steps(table: Table, path: Path) -> None:
    """Run times of Gavel's jobs on a V100, from the throughputs that its authors ship beside them."""
    rates = read_table(path.with_name("throughputs_isolated.csv.gz"), needed=("worker_type", "steps_per_s"))
    kind, job, gang, rate = (rates.names[n] for n in ("worker_type", "job_type", "scale_factor", "steps_per_s"))
    speed = {(row[job], row[gang]): float(row[rate]) for row in rates.rows if row[kind] == "v100"}
    steps, job, gang = (table.names[name] for name in ("total_steps", "job_type", "scale_factor"))
    for row in table.rows:
        rate_here = speed.get((row[job], row[gang]), 0.0)
        row[steps] = str(float(row[steps]) / rate_here) if rate_here else ""


def _swf(lines: Sequence[str], path: Path) -> tuple[Table, int]:
    """Its rows, and the second of the epoch from which it counts, 0 where it does not say."""
    allocated, asked = SWF_FIELDS.index("allocated"), SWF_FIELDS.index("processors")
    table = Table(str(path), " ", {name: i for i, name in enumerate(SWF_FIELDS)}, [], [])
    origin = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith(";"):
            dated = re.match(r"\s*;\s*UnixStartTime:\s*(\d{1,11})\s*$", line)
            origin = int(dated[1]) if dated else origin
            continue
        row = line.split()
        table.rows.append(row)
        table.lines.append(number)
        if len(row) != len(SWF_FIELDS):
            table.wrong(len(table.rows) - 1, 0, f"{len(row)} fields; the format has {len(SWF_FIELDS)}")
        elif row[allocated] == "-1":  # many logs know only what was asked for
            row[allocated] = row[asked]
    if table.problems:
        table.refuse()
    return table, origin


def _trace(
    table: Table, wanted: Mapping[str, str], preset: Preset, path: Path, zone: tzinfo, name: str
) -> Trace:  # fmt: skip
    """The rows that are jobs, in arrays."""
    places = {role: _place(table, role, name) for role, name in wanted.items()}
    skip: list[str | None] = [None] * len(table.rows)
    if preset.skip is not None:
        skip = [preset.skip(row, table.names) for row in table.rows]
    _skip_repeated(table, skip, [table.names[of] for of in preset.key if of in table.names])
    if "submit" not in places or ("run" not in places and not {"start", "end"} <= set(places)):
        raise InvalidInput(
            source="--map", problems=[Problem(f"{table.source}: submit, and run or start and end, are needed")]
        )

    def cells(role: str, read: Callable[[str, float], float | None], missing: str | None) -> list[int]:
        return _cells(table, skip, places, role, read, missing)

    moment = partial(_moment, zone=zone)
    submit = cells("submit", moment, "has no time of submission")
    starts = cells("start", moment, "never started") if "start" in places else []
    if "run" in places:
        run = cells("run", _span, "has no run time")
    else:
        run = [end - start for start, end in zip(starts, cells("end", moment, "has not ended"), strict=True)]
    units = cells("units", preset.count or _whole, "asks for no " + preset.unit) if "units" in places else None
    limit = cells("limit", _span, None) if "limit" in places else None
    if "wait" in places:
        wait: list[int] | None = cells("wait", _span, None)
    elif "start" in places:
        wait = [start - came for start, came in zip(starts, submit, strict=True)]
    else:
        wait = None
    early = 0 if "start" in places and "wait" not in places else NONE
    for i, seconds in enumerate(run):
        if skip[i] is None and seconds <= 0:
            skip[i] = "ran for no time" if seconds == 0 else "ended before it started"
        elif skip[i] is None and wait is not None and wait[i] < early:
            skip[i] = "started before it was submitted"
        elif skip[i] is None and units is not None and units[i] <= 0:
            skip[i] = f"asks for no {preset.unit}"
    bid = cells("bid", _bid, "bids nothing") if "bid" in places else None
    site = _names(table, skip, places.get("site"), name, "has no site")
    owner = _names(table, skip, places.get("organisation"), "", None)
    steps = [
        _steps(table, i, places, preset) if skip[i] is None and "deadlines" in places else () for i in range(len(run))
    ]
    if table.problems:
        table.refuse()
    trace = _arrays(path, name, preset, skip, submit, run, units, limit, wait, site, owner, steps)
    keep = np.array([reason is None for reason in skip], bool)
    return trace if bid is None else replace(trace, bid=np.array(bid, np.int64)[keep])


def _arrays(
    path: Path, name: str, preset: Preset, skip: Sequence[str | None], submit: Sequence[int], run: Sequence[int],
    units: Sequence[int] | None, limit: Sequence[int] | None, wait: Sequence[int] | None, site: Sequence[str],
    owner: Sequence[str], steps: Sequence[tuple[tuple[int, int], ...]],
) -> Trace:  # fmt: skip
    keep = np.array([reason is None for reason in skip], bool)
    if not keep.any():
        _refuse(path, f"no job in it ran ({len(skip)} rows: {_counted(skip)})")

    def kept(values: Sequence[int] | None, default: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(int(keep.sum()), default) if values is None else np.array(values, np.int64)[keep]

    at_site = [name for name, kind in zip(site, keep, strict=True) if kind]
    of_owner = [name or at for name, at, kind in zip(owner, site, keep, strict=True) if kind]
    sites, owners = sorted(set(at_site)), sorted(set(of_owner))
    number, owner_number = {n: i for i, n in enumerate(sites)}, {n: i for i, n in enumerate(owners)}
    chosen = [of for of, kind in zip(steps, keep, strict=True) if kind]
    return Trace(
        name=name,
        unit=preset.unit,
        submit=kept(submit, 0), run=kept(run, 1), units=kept(units, 1), limit=kept(limit, NONE),
        waited=kept(wait, NONE),
        site=np.array([number[n] for n in at_site], np.int64),
        organisation=np.array([owner_number[n] for n in of_owner], np.int64),
        sites=tuple(sites), organisations=tuple(owners),
        step_first=np.concatenate(([0], np.cumsum([len(of) for of in chosen]))).astype(np.int64),
        step_after=np.array([after for of in chosen for after, _ in of], np.int64),
        step_value=np.array([value for of in chosen for _, value in of], np.int64),
        skipped=tuple(sorted(Counter(reason for reason in skip if reason is not None).items())),
    )  # fmt: skip


def _skip_repeated(table: Table, skip: list[str | None], key: Sequence[int]) -> None:
    seen: set[tuple[str, ...]] = set()
    for i, row in enumerate(table.rows):
        job = tuple(row[at] for at in key)
        if key and skip[i] is None and job in seen:
            skip[i] = "stands there twice"
        seen.add(job)


def stem(path: Path) -> str:
    """The file's name without what says how it is written: log.north.sacct.gz is log.north."""
    return Path(path.name.removesuffix(".gz")).stem


def _counted(reasons: Sequence[str | None]) -> str:
    counts = Counter(reason for reason in reasons if reason)
    return ", ".join(f"{count} {reason}" for reason, count in counts.most_common()) or "it has no rows"


def _place(table: Table, role: str, name: str) -> tuple[int, float]:
    """Where a role's field is, and by what its figures are multiplied."""
    plain, _, unit = name.partition(":") if name not in table.names else (name, "", "")
    if plain not in table.names:
        raise InvalidInput(
            source=table.source,
            problems=[
                Problem(f"no column {plain!r} for {role}; there are: {', '.join(table.names)}", line=1, column=1)
            ],
        )
    if unit not in _SECONDS:
        raise InvalidInput(source="--map", problems=[Problem(f"{name!r}: a time counts ms, s, min, h or d")])
    return table.names[plain], _SECONDS[unit]


def _cells(
    table: Table, skip: list[str | None], places: Mapping[str, tuple[int, float]], role: str,
    read: Callable[[str, float], float | None], missing: str | None,
) -> list[int]:  # fmt: skip
    """A role's figures. A cell that says nothing skips its row under `missing`, or is -1 where that is None."""
    at, factor = places[role]
    out = [NONE] * len(table.rows)
    for i, row in enumerate(table.rows):
        if skip[i] is not None:
            continue
        try:
            value = read(row[at].strip(), factor)
        except ValueError as cause:
            table.wrong(i, at, f"{role}: {cause}")
            continue
        if value is None:
            skip[i] = missing
        elif not abs(value) < LARGEST:
            hint = "; milliseconds are FIELD:ms" if role in _MOMENTS else ""
            table.wrong(i, at, f"{role}: {row[at].strip()!r} is out of range{hint}")
        else:
            out[i] = round(value)
    return out


def _bid(text: str, factor: float) -> float | None:
    """Micro-units per unit and hour."""
    if not text:
        return None
    amount = parse_money(text)
    if not 0 <= amount <= 10**6 * MICROS_PER_UNIT:
        raise ValueError(f"{text!r} is not a bid per hour from 0 to 1,000,000")
    return float(amount) * factor


def _whole(text: str, factor: float) -> float | None:
    if not text:
        return None
    value = _number(text)
    if value != int(value):
        raise ValueError(f"{text!r} is not a whole number")
    return value * factor


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if not -LARGEST < value < LARGEST:
        raise ValueError(f"{text!r} is out of range")
    return value


def _moment(text: str, factor: float, *, zone: tzinfo) -> float | None:
    """Seconds: a number, or a date with a time; one that names no zone is of `zone`, in an hour that comes twice of
    its first turn."""
    if text in ("", "Unknown", "None", "N/A"):
        return None
    try:
        return float(text) * factor
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a number nor a time such as 2026-01-31T08:00:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def _span(text: str, factor: float) -> float | None:
    """Seconds: a number, or Slurm's [days-]hours:minutes:seconds."""
    if text in ("", "-1", "UNLIMITED", "Partition_Limit", "INVALID", "Unknown"):
        return None
    if ":" not in text:
        return _number(text) * factor
    days, _, clock = text.rpartition("-")
    parts = clock.split(":")
    try:
        numbers = [float(part) for part in parts]
        whole = int(days) if days else 0
    except ValueError:
        raise ValueError(f"{text!r} is not a time such as 1-12:00:00") from None
    if len(parts) > 3 or min(numbers) < 0 or whole < 0:
        raise ValueError(f"{text!r} is not a time such as 1-12:00:00")
    seconds = 0.0
    for number in numbers:
        seconds = seconds * 60 + number
    return whole * 86_400 + seconds


def _names(
    table: Table, skip: list[str | None], place: tuple[int, float] | None, default: str, missing: str | None
) -> list[str]:
    """A row without a name is skipped under `missing`, unless that is None."""
    if place is None:
        return [default] * len(table.rows)
    names = [row[place[0]].strip() for row in table.rows]
    for i, name in enumerate(names):
        if not name and skip[i] is None:
            skip[i] = missing
    return names


def _steps(
    table: Table, row: int, places: Mapping[str, tuple[int, float]], preset: Preset
) -> tuple[tuple[int, int], ...]:
    """(seconds after submission, value) of a job's deadlines; none where it has no deadline."""
    at, factor = places["deadlines"]
    cells = table.rows[row]
    if not cells[at].strip() or (preset.free is not None and preset.free(cells, table.names)):
        return ()
    try:
        after = [round(_number(part) * factor) for part in cells[at].split("-")]
        values = [1] * len(after)
        if "values" in places:
            values = [round(_number(part)) for part in cells[places["values"][0]].split("-")]
    except ValueError as cause:
        table.wrong(row, at, f"deadlines: {cause}")
        return ()
    if len(after) != len(values) or after != sorted(after) or values != sorted(values, reverse=True) or min(values) < 0:
        table.wrong(row, at, "deadlines must rise and their values fall, one value each")
        return ()
    return tuple(zip(after, values, strict=True))

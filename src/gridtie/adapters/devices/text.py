"""Reading what device tools print: boxed tables, CSV with a header, link matrices, JSON. Shared by the vendors."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gridtie.errors import Problem, UnreadableTool
from gridtie.registry.inventory import Peer

TEXT_MAX = 1 << 20
VALUE_MAX = 200  # of one name, number or id; a longer one is cut, so that no pattern meets a line of a megabyte
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RULE = re.compile(r"[\s|+=\-╭╮╰╯─]*")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_SIZE = re.compile(r"(\d{1,15})\s*(KiB|MiB|GiB|KB|MB|GB|B)?", re.IGNORECASE)
_PAIR = re.compile(r"(\d{1,9})\s*(?:MiB)?\s*/\s*(\d{1,9})")
_PCI = re.compile(r"(?:([0-9a-fA-F]{1,8}):)?([0-9a-fA-F]{1,2}):([0-9a-fA-F]{1,2})\.([0-7])")
_ABSENT = frozenset({"", "n/a", "[n/a]", "na", "none", "unknown", "[not supported]", "not supported", "unknown error"})
# The same prefix means the same size in every tool seen: they print binary sizes, whichever way they spell the unit.
_SIZES = {"b": 1, "kib": 1 << 10, "kb": 1 << 10, "mib": 1 << 20, "mb": 1 << 20, "gib": 1 << 30, "gb": 1 << 30}


def unreadable(tool: str, reason: str, line: int = 0) -> UnreadableTool:
    place = f"{reason} (line {line})" if line else reason
    return UnreadableTool(tool=tool, reason=place, problems=(Problem(reason, line=line),))


def clean(tool: str, text: str) -> str:
    """The text without colour codes; raises UnreadableTool for nothing at all, or for far too much."""
    if len(text) > TEXT_MAX:
        raise unreadable(tool, f"more than {TEXT_MAX} characters")
    text = _ESCAPES.sub("", text)
    if not text.strip():
        raise unreadable(tool, "it printed nothing")
    return text


# ── single values ─────────────────────────────────────────────────────────────────────────────────────────────────
def value(text: object) -> str | None:
    """The text, or None where the tool says that it has no such thing."""
    stripped = str(text)[:VALUE_MAX].strip() if text is not None else ""
    return None if stripped.lower() in _ABSENT or stripped.startswith(("[", "ERR")) else stripped


def size(text: object, unit: str = "MiB") -> int | None:
    """'65536', '65536 MiB' → bytes; `unit` counts where the text has none."""
    match = _SIZE.fullmatch((value(text) or "").strip())
    return int(match[1]) * _SIZES[(match[2] or unit).lower()] if match else None


def used_of_total(text: str) -> int | None:
    """The total of the last non-empty 'used / total' pair of MiB in the cell, in bytes."""
    totals = [int(match[2]) for match in _PAIR.finditer(text)]
    return next((total << 20 for total in reversed(totals) if total), None)


def percent(text: object) -> int | None:
    """The first number of the text as whole percent, within 0 to 100."""
    match = _NUMBER.search(value(text) or "")
    return min(100, round(float(match[0]))) if match else None


def pci_address(text: object) -> str | None:
    """domain:bus:device.function in lower case with a four-digit domain, as sysfs has it."""
    match = _PCI.search(str(text)[:VALUE_MAX] if text is not None else "")
    if match is None:
        return None
    domain, bus, device, function = match.groups()
    return f"{int(domain or '0', 16):04x}:{int(bus, 16):02x}:{int(device, 16):02x}.{function}"


# ── boxed tables ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one device between two rules; `line` is that of the first row."""

    line: int
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str:
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


def blocks(text: str) -> Iterator[Block]:
    """Every block of a boxed table up to its process list."""
    rows: list[tuple[str, ...]] = []
    first = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("|") and re.search(r"\bProcess(es)?\b", line):
            break
        if not line.startswith("|") or _RULE.fullmatch(line):
            if rows:
                yield Block(first, tuple(rows))
            rows = []
            continue
        if not rows:
            first = number
        rows.append(tuple(" ".join(cell.split())[:VALUE_MAX] for cell in line.strip("|").split("|")))
    if rows:
        yield Block(first, tuple(rows))


def device_blocks(tool: str, text: str) -> list[tuple[int, str, Block]]:
    """(index, rest of the first cell, block) of every device; raises UnreadableTool for a block cut short."""
    found = []
    for block in blocks(text):
        match = re.fullmatch(r"(\d{1,4})\s+(\S.*)", block.cell(0, 0))
        if match is None:
            continue
        if len(block.rows) < 2:
            raise unreadable(tool, f"device {match[1]} is cut off after its first row", block.line)
        found.append((int(match[1]), match[2].strip(), block))
    return found


def without_mode(name: str) -> str:
    """A device's name without the persistence mode that shares its cell: 'P800 OAM N/A' → 'P800 OAM'."""
    words = name.split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in {"N/A", "On", "Off"} else words)


def header_value(text: str, pattern: str) -> str:
    match = re.search(pattern, text)
    return (value(match[1]) or "") if match else ""


# ── CSV with a header ─────────────────────────────────────────────────────────────────────────────────────────────
def table(tool: str, text: str, needed: Sequence[str]) -> list[tuple[int, Mapping[str, str]]]:
    """(line, row) of a CSV whose first line names the columns; units in brackets are no part of a name."""
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if needed[0] in line.split(",")[0].strip().lower()), None)
    if start is None:
        raise unreadable(tool, f"no header with {needed[0]!r}", 1)
    names = [cell.partition("[")[0].strip().lower() for cell in lines[start].split(",")]
    if missing := [name for name in needed if name not in names]:
        raise unreadable(tool, f"no column {missing[0]!r}", start + 1)
    rows: list[tuple[int, Mapping[str, str]]] = []
    for number, line in enumerate(lines[start + 1 :], start=start + 2):
        if not line.strip():
            continue
        try:
            cells = next(csv.reader([line], skipinitialspace=True))
        except (csv.Error, StopIteration):
            raise unreadable(tool, "not a line of CSV", number) from None
        if len(cells) != len(names):
            raise unreadable(tool, f"{len(cells)} values where the header has {len(names)}", number)
        rows.append((number, dict(zip(names, (cell.strip() for cell in cells), strict=True))))
    return rows


# ── link matrices ─────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Reach:
    peers: tuple[Peer, ...]
    cpus: str
    numa_node: int | None


def matrix(text: str, prefix: str) -> dict[int, Reach]:
    """`topo -m`: device index → how it reaches the others. A matrix is an extra: what is not one gives nothing."""
    lines = [line for line in _ESCAPES.sub("", text[:TEXT_MAX]).splitlines() if line.strip()]
    device = re.compile(rf"{prefix}-?ID(\d{{1,6}})|{prefix}(\d{{1,6}})")
    start = next((at for at, line in enumerate(lines) if device.match(line.strip())), None)
    if start is None:
        return {}
    columns = [token for token in lines[start].split() if re.fullmatch(r"[A-Za-z][\w-]{0,30}\d", token)]
    reaches: dict[int, Reach] = {}
    for line in lines[start + 1 :]:
        tokens = line.split()
        match = device.fullmatch(tokens[0])
        if match is None or len(tokens) < 1 + len(columns):
            continue
        paths, rest = tokens[1 : 1 + len(columns)], tokens[1 + len(columns) :]
        peers = tuple(Peer(to=to, path=path) for to, path in zip(columns, paths, strict=True) if path != "X")
        cpus = rest[0] if rest and re.fullmatch(r"\d[\d,-]{0,200}", rest[0]) else ""
        numa = int(rest[1]) if len(rest) > 1 and re.fullmatch(r"\d{1,4}", rest[1]) else None
        reaches[int(match[1] or match[2])] = Reach(peers, cpus, numa)
    return reaches


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def load_json(tool: str, text: str) -> object:
    """The first JSON document of the text; tools print warnings before it, and hy-smi forgets commas."""
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    if start < 0:
        raise unreadable(tool, "no JSON in it", 1)
    body = text[start:]
    reason = ""
    for candidate in (body, _with_commas(body)):
        try:
            document, _ = json.JSONDecoder().raw_decode(candidate)
        except (ValueError, RecursionError) as error:
            reason = reason or f"not JSON: {getattr(error, 'msg', 'nested too deep')}"
            line = text[:start].count("\n") + getattr(error, "lineno", 1)
        else:
            return document
    raise unreadable(tool, reason, line)


def _with_commas(body: str) -> str:
    return re.sub(r'("[^"\n]{1,200}")(?=\s*"[^"\n]{1,200}"\s*:)', r"\1,", body)


def mapping(document: object) -> Mapping[str, object]:
    return document if isinstance(document, dict) else {}


def pick(record: Mapping[str, object], *names: str) -> str | None:
    """The first of these keys that has a value, whatever the case of its letters."""
    folded = {str(key).lower(): item for key, item in record.items()}
    for name in names:
        found = folded.get(name.lower())
        if not isinstance(found, dict | list) and (text := value(found)) is not None:
            return text
    return None

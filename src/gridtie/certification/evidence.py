"""What a site answered, read as what it is: hostile until proved otherwise."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.certification.generator import SUITE
from gridtie.errors import InvalidEvidence
from gridtie.values.canonical import digest

EVIDENCE_BYTES_MAX = 4 << 20
ITEMS_MAX = 64
SAMPLES_MAX = 20_000
RESULTS_MAX = 512
TEXT_MAX = 400
_HEX = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+){1,2}")
UNITS = ("FLOP/s", "B/s", "B", "s", "tokens/s")


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the program's own time, seconds since its start."""

    name: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Result:
    path: str
    sha256: str  # hex
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One test. A rate is amount / seconds of a sample; an item in seconds has the samples themselves."""

    name: str
    unit: str
    phase: str
    amount: float  # FLOP, bytes or tokens in one sample; 0 where the unit is seconds
    samples_s: tuple[float, ...]
    untimed_s: float  # of the phase: making inputs, reducing, hashing, writing
    details: Mapping[str, Any]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    challenge: str
    nonce: str
    program_digest: str
    rank: int
    ranks: int
    elapsed_s: float
    host: Mapping[str, str]
    phases: tuple[Phase, ...]
    items: tuple[Item, ...]
    missing: tuple[Missing, ...]
    digest: str  # of the whole document, canonical

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.items] + [one.name for one in self.missing]

    def item(self, name: str) -> Item | None:
        return next((item for item in self.items if item.name == name), None)


def parse(raw: bytes) -> Evidence:
    """Raises InvalidEvidence for anything but a whole, finite, bounded document of this suite."""
    if len(raw) > EVIDENCE_BYTES_MAX:
        raise InvalidEvidence(reason=f"larger than {EVIDENCE_BYTES_MAX >> 20} MiB")
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        whole = digest(data)
    except (ValueError, RecursionError) as cause:
        raise InvalidEvidence(reason=f"not JSON that can be signed ({type(cause).__name__})") from None
    top = _Reader(data, "evidence")
    if top.text("suite") != SUITE:
        raise InvalidEvidence(reason=f"not of suite {SUITE}")
    host = top.mapping("host")
    if len(host) > 32 or not all(isinstance(v, str) and len(v) <= TEXT_MAX for v in host.values()):
        raise InvalidEvidence(reason="host: short texts only")
    items, missing = [], []
    listed = top.listing("items", ITEMS_MAX)
    for index, entry in enumerate(listed):
        reader = _Reader(entry, f"items[{index}]")
        if reader.text("status") == "not-measured":
            missing.append(Missing(reader.matching("name", _NAME), reader.text("reason")))
        else:
            items.append(_item(reader))
    phases = [_Reader(entry, f"phases[{i}]") for i, entry in enumerate(top.listing("phases", ITEMS_MAX))]
    evidence = Evidence(
        challenge=top.text("challenge"),
        nonce=top.matching("nonce", _HEX),
        program_digest=top.text("program_digest"),
        rank=top.count("rank", 65_536),
        ranks=top.count("ranks", 65_536),
        elapsed_s=top.seconds("elapsed_s"),
        host=host,
        phases=tuple(Phase(p.text("name"), p.seconds("begin_s"), p.seconds("end_s")) for p in phases),
        items=tuple(items),
        missing=tuple(missing),
        digest=whole,
    )
    if len(set(evidence.names)) != len(evidence.names):
        raise InvalidEvidence(reason="an item occurs twice")
    return evidence


def _item(reader: "_Reader") -> Item:
    unit = reader.text("unit")
    if unit not in UNITS:
        raise InvalidEvidence(reason=f"{reader.where}.unit: {unit[:20]!r} is none of {', '.join(UNITS)}")
    results = [_Reader(entry, f"{reader.where}.results") for entry in reader.listing("results", RESULTS_MAX)]
    samples = reader.listing("samples_s", SAMPLES_MAX)
    if not samples or not all(_finite(sample) and 0 < sample < 1e6 for sample in samples):
        raise InvalidEvidence(reason=f"{reader.where}.samples_s: positive, finite seconds, at least one")
    return Item(
        name=reader.matching("name", _NAME),
        unit=unit,
        phase=reader.text("phase"),
        amount=reader.seconds("amount", high=1e18),
        samples_s=tuple(float(sample) for sample in samples),
        untimed_s=reader.seconds("untimed_s"),
        details=reader.mapping("details"),
        results=tuple(Result(r.text("path"), r.matching("sha256", _HEX), r.count("size", 1 << 31)) for r in results),
    )


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class _Reader:
    def __init__(self, data: object, where: str) -> None:
        self.where = where
        if not isinstance(data, Mapping):
            raise InvalidEvidence(reason=f"{where} is not an object")
        self._data = data

    def text(self, key: str) -> str:
        value = self._data.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX:
            raise InvalidEvidence(reason=f"{self.where}.{key}: text of at most {TEXT_MAX} characters")
        return value

    def matching(self, key: str, form: re.Pattern[str]) -> str:
        value = self.text(key)
        if not form.fullmatch(value):
            raise InvalidEvidence(reason=f"{self.where}.{key}: {value[:20]!r} has not the form {form.pattern}")
        return value

    def count(self, key: str, high: int) -> int:
        value = self._data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= high:
            raise InvalidEvidence(reason=f"{self.where}.{key}: a whole number from 0 to {high}")
        return value

    def seconds(self, key: str, *, high: float = 1e6) -> float:
        value = self._data.get(key)
        if not isinstance(value, int | float) or not _finite(value) or not 0 <= value <= high:
            raise InvalidEvidence(reason=f"{self.where}.{key}: a finite number from 0 to {high:g}")
        return float(value)

    def listing(self, key: str, most: int) -> list[Any]:
        value = self._data.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise InvalidEvidence(reason=f"{self.where}.{key}: a list of at most {most}")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self._data.get(key)
        if not isinstance(value, Mapping):
            raise InvalidEvidence(reason=f"{self.where}.{key}: an object")
        return value

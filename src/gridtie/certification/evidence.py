"""What a test program sent back: raw samples and the digests of what it computed. Hostile until checked."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from typing import Any

from gridtie.errors import InvalidEvidence

FORMAT = "gridtie-evidence/1"
BYTES_MAX = 4 << 20
ITEMS_MAX = 512
SAMPLES_MAX = 10_000
RANKS_MAX = 4096
NS_MAX = 10**15  # eleven days
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One item on one device of one machine. `work` units were done in each sample."""

    name: str
    rank: int
    device: int
    samples_ns: tuple[int, ...] = ()
    work: float = 0.0
    unit: str = ""
    data: Mapping[str, Any]
    not_measured: str = ""

    def integer(self, key: str) -> int:
        """Raises InvalidEvidence when there is no such non-negative whole number."""
        value = self.data.get(key)
        if type(value) is not int or value < 0:
            raise InvalidEvidence(reason=f"{self.name}: {key} is not a whole number")
        return value

    def hashes(self, key: str) -> list[str]:
        value = self.data.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) and _HEX.fullmatch(v) for v in value):
            raise InvalidEvidence(reason=f"{self.name}: {key} is not a list of SHA-256 digests")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Of one machine, or of several after `merge`."""

    challenge: str
    nonce: str
    ranks: tuple[int, ...]
    program: Mapping[str, str]
    software: Mapping[str, str]  # of the lowest rank
    items: tuple[Measured, ...]
    elapsed_ns: int  # as the slowest machine says
    digest: str  # 'sha256:…' of the bytes it was read from; of the ranks' digests after merging


def parse(raw: bytes) -> Evidence:
    """Raises InvalidEvidence for anything that is not evidence of one machine; memory is bounded by the input's size."""
    if len(raw) > BYTES_MAX:
        raise InvalidEvidence(reason=f"larger than {BYTES_MAX} bytes")
    try:
        data = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as cause:
        raise InvalidEvidence(reason=f"not JSON: {str(cause)[:100]}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InvalidEvidence(reason=f"not of format {FORMAT}")
    listed = data.get("items")
    if not isinstance(listed, list) or len(listed) > ITEMS_MAX:
        raise InvalidEvidence(reason=f"items is not a list of at most {ITEMS_MAX}")
    rank = _whole(data, "rank", most=RANKS_MAX)
    items = tuple(_measured(entry, rank) for entry in listed)
    places = {(item.name, item.device) for item in items}
    if len(places) != len(items):
        raise InvalidEvidence(reason="an item is there twice")
    return Evidence(
        challenge=_text(data, "challenge"),
        nonce=_text(data, "nonce"),
        ranks=(rank,),
        program=_texts(data, "program"),
        software=_texts(data, "software"),
        items=items,
        elapsed_ns=_whole(data, "elapsed_ns", most=NS_MAX),
        digest="sha256:" + sha256(raw).hexdigest(),
    )


def merge(parts: Sequence[Evidence]) -> Evidence:
    """The evidence of all machines of one run. Raises InvalidEvidence when they are not of one challenge."""
    if not parts:
        raise InvalidEvidence(reason="no machine sent any")
    ordered = sorted(parts, key=lambda part: part.ranks)
    first = ordered[0]
    ranks = tuple(rank for part in ordered for rank in part.ranks)
    if len({(part.challenge, part.nonce) for part in ordered}) > 1:
        raise InvalidEvidence(reason="the machines answered different challenges")
    if len(set(ranks)) != len(ranks):
        raise InvalidEvidence(reason="two machines claim the same rank")
    if any(part.program != first.program for part in ordered):
        raise InvalidEvidence(reason="the machines ran different programs")
    if len(ordered) == 1:
        return first
    return Evidence(
        challenge=first.challenge,
        nonce=first.nonce,
        ranks=ranks,
        program=first.program,
        software=first.software,
        items=tuple(item for part in ordered for item in part.items),
        elapsed_ns=max(part.elapsed_ns for part in ordered),
        digest="sha256:" + sha256("\n".join(part.digest for part in ordered).encode()).hexdigest(),
    )


def statistics(values: Sequence[float]) -> dict[str, float | int]:
    """n, median, min, max, 5th and 95th percentile (nearest rank) and median absolute deviation."""
    ordered = sorted(values)
    middle = median(ordered)

    def at(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return {
        "n": len(ordered),
        "median": middle,
        "min": ordered[0],
        "max": ordered[-1],
        "p5": at(0.05),
        "p95": at(0.95),
        "mad": median(abs(value - middle) for value in ordered),
    }


def _measured(entry: object, rank: int) -> Measured:
    if not isinstance(entry, dict):
        raise InvalidEvidence(reason="an item is not an object")
    name, device = _text(entry, "name"), _whole(entry, "device", most=1024)
    if not _NAME.fullmatch(name):
        raise InvalidEvidence(reason="an item has no proper name")
    if "not_measured" in entry:
        return Measured(name=name, rank=rank, device=device, data={}, not_measured=_text(entry, "not_measured") or "?")
    samples, work, data = entry.get("samples_ns"), entry.get("work"), entry.get("data")
    if not isinstance(samples, list) or not 0 < len(samples) <= SAMPLES_MAX:
        raise InvalidEvidence(reason=f"{name}: no samples, or more than {SAMPLES_MAX}")
    if not all(type(value) is int and 0 < value <= NS_MAX for value in samples):
        raise InvalidEvidence(reason=f"{name}: a sample is not a time in nanoseconds")
    if isinstance(work, bool) or not isinstance(work, int | float) or not 0 <= work < 1e24:
        raise InvalidEvidence(reason=f"{name}: work is not a number")
    if not isinstance(data, dict):
        raise InvalidEvidence(reason=f"{name}: data is not an object")
    return Measured(
        name=name, rank=rank, device=device, samples_ns=tuple(samples), work=float(work), unit=_text(entry, "unit"),
        data=data,
    )  # fmt: skip


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or len(value) > 300 or not value.isprintable():
        raise InvalidEvidence(reason=f"{key} is not a short text")
    return value


def _texts(data: Mapping[str, Any], key: str) -> dict[str, str]:
    value = data.get(key)
    if not isinstance(value, dict) or len(value) > 64:
        raise InvalidEvidence(reason=f"{key} is not a small object")
    return {_text({"name": name}, "name"): _text(value, name) for name in value}


def _whole(data: Mapping[str, Any], key: str, *, most: int) -> int:
    value = data.get(key)
    if type(value) is not int or not 0 <= value <= most:
        raise InvalidEvidence(reason=f"{key} is not a whole number up to {most}")
    return value

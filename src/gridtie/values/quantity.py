"""Numbers with their units: bytes, durations, and how both are written."""

import re
from datetime import timedelta

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

_BYTE_UNITS = {
    "b": 1,
    "kb": 1000, "mb": 1000**2, "gb": 1000**3, "tb": 1000**4, "pb": 1000**5,
    "kib": KIB, "mib": MIB, "gib": GIB, "tib": 1 << 40, "pib": 1 << 50,
    "k": KIB, "m": MIB, "g": GIB, "t": 1 << 40,
}  # fmt: skip
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]*)")
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]*)")


def parse_bytes(text: str, *, default_unit: str | None = None) -> int:
    """'64GB' → bytes. A bare number needs `default_unit`; raises ValueError saying what is wrong."""
    match = _BYTES.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size such as 64GB")
    number, unit = match.groups()
    unit = unit.lower() or (default_unit or "").lower()
    if not unit:
        raise ValueError(f"{text!r} has no unit; write {text}GB or {text}MB")
    if unit not in _BYTE_UNITS:
        raise ValueError(f"{unit!r} is not a unit of size; use B, KB, MB, GB, TB or KiB, MiB, GiB, TiB")
    whole, _, fraction = number.partition(".")
    scale = _BYTE_UNITS[unit]
    return int(whole) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)


def format_bytes(count: int) -> str:
    """A size for people, binary units, one decimal: 68719476736 → '64 GiB'."""
    for unit, scale in (("TiB", 1 << 40), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        if abs(count) >= scale:
            return f"{count / scale:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} B"


def parse_duration(text: str, *, default_unit: str | None = None) -> timedelta:
    """'90s', '10m', '2h', '1d' → timedelta; also 'HH:MM:SS'. Raises ValueError saying what is wrong."""
    text = text.strip()
    if match := re.fullmatch(r"(?:(\d{1,4})-)?(\d{1,4}):(\d{2}):(\d{2})", text):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    match = _DURATION.fullmatch(text.lower())
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as 90s, 10m, 2h or 1d")
    number, unit = match.groups()
    unit = unit or (default_unit or "")
    if unit not in _SECONDS:
        raise ValueError(f"{text!r} needs a unit: s, m, h, d or w")
    try:
        return timedelta(microseconds=round(float(number) * _SECONDS[unit] * 1_000_000))
    except OverflowError:
        raise ValueError(f"{text!r} is longer than anything that can be counted") from None


def format_duration(span: timedelta) -> str:
    """A span for people: '0.4 s', '12 s', '3 min', '2 h 5 min', '3 d'."""
    seconds = span.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d"

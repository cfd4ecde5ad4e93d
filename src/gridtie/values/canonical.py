"""The one byte form that is hashed and signed: RFC 8785 (JSON Canonicalization Scheme)."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

_TYPE_ERROR = "only null, booleans, numbers, strings, lists and string-keyed objects have a canonical form"
SAFE_INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 100

_string = json.encoder.encode_basestring  # escapes just what RFC 8785 §3.2.2.2 escapes, and as it does


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of a JSON value.

    Raises ValueError for NaN, infinities, lone surrogates, nesting beyond DEPTH_MAX, and integers that a double does
    not carry exactly (the first is 2⁵³+1): amounts and hashes that may exceed 2⁵³ are written as strings. Whatever is
    accepted has the same bytes again after a journey as JSON, also where 1e16 comes back as an integer.
    """
    try:
        return _text(value, 0).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate is not a character") from None


def digest(value: object) -> str:
    """'sha256:' and the hex SHA-256 of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def _text(value: object, depth: int) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER_MAX and not _is_double(value):
            raise ValueError(f"{value} is outside the integers that JSON carries exactly; write it as a string")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if depth > DEPTH_MAX:
        raise ValueError(f"nested deeper than {DEPTH_MAX} levels")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError(_TYPE_ERROR)
        # RFC 8785 §3.2.3: members sort by UTF-16 code units, not by code points.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_string(key)}:{_text(value[key], depth + 1)}" for key in keys) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return "[" + ",".join(_text(item, depth + 1) for item in value) + "]"
    raise ValueError(_TYPE_ERROR)


def _is_double(value: int) -> bool:
    """Whether `value` is how some double is written."""
    try:
        return _number(float(value)) == str(value)
    except OverflowError:
        return False


def _number(value: float) -> str:
    """ECMAScript's Number::toString, which RFC 8785 §3.2.2.3 prescribes."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + ("" if fraction == "0" else fraction)
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if 0 < point <= 21:
        body = digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + digits
    else:
        power = point - 1
        body = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{power:+d}"
    return sign + body

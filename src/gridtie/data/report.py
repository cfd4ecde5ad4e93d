"""A cleaning report handed in with data: is it about these files, and what does it say of them?"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gridtie.cleaning.page import FORM, page
from gridtie.data.cardfile import LIST_MAX, TEXT_MAX
from gridtie.data.dataset import Cleaning, Origin, Part
from gridtie.errors import InvalidInput, NotFound, Problem

REPORT_BYTES_MAX = 8 << 20  # ten thousand files twice, by name and digest; a parsed one takes up to 25 times as much
COUNT_MAX = 1 << 53


def read_report(raw: bytes, digest: str, parts: Sequence[Part], *, source: str) -> tuple[Cleaning, tuple[Origin, ...]]:
    """Its figures and the sources that it declares. Raises InvalidInput: no report, or of other files."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, Mapping) or said.get("form") != FORM:
        raise InvalidInput(source=source, problems=[Problem(f"it is no cleaning report of the form {FORM}")])
    try:
        return _read(said, digest, parts, source)
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        problem = Problem(f"it is a cleaning report with something missing or of another kind: {cause}")
        raise InvalidInput(source=source, problems=[problem]) from None


def report_page(raw: bytes, language: str, *, of: str) -> str:
    """A report that was handed in, as the page that the cleaner writes. Raises NotFound where it says too little."""
    try:
        return page(json.loads(raw), language)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, RecursionError):
        raise NotFound(noun="page of the cleaning report of", key=of) from None


def _read(
    said: Mapping[str, Any], digest: str, parts: Sequence[Part], source: str
) -> tuple[Cleaning, tuple[Origin, ...]]:
    outputs = {str(one["sha256"]) for one in said["outputs"]}
    strange = [part.path for part in parts if part.sha256 not in outputs]
    if strange:
        shown = ", ".join(strange[:5])
        raise InvalidInput(source=source, problems=[Problem(f"it is not about {shown}: publish what it lists")])
    counts = said["counts"]
    cleaning = Cleaning(
        report=digest,
        pack=_text(said["pack"]),
        passed=bool(said["checks"]) and all(check["held"] is True for check in said["checks"]),
        kept=_sum([counts["kept"]]),
        treated=_sum(number for _, action, number in counts["found"] if action != "keep"),
        dropped=_sum(counts["dropped"].values()),
    )
    origins = tuple(
        Origin(**{key: _text(one[key]) for key in ("name", "kind", "licence", "record")})
        for one in said["sources"]
        if one["kind"]
    )
    if len(origins) > LIST_MAX:
        raise ValueError(f"over {LIST_MAX} sources")
    return cleaning, origins


def _sum(numbers: Iterable[Any]) -> int:
    """Raises ValueError for what counts nothing."""
    listed = list(numbers)
    if not all(type(number) is int and 0 <= number <= COUNT_MAX for number in listed) or sum(listed) > COUNT_MAX:
        raise ValueError("a count is a whole number")
    return sum(listed)


def _text(found: Any) -> str:
    """What a catalogue can show: as long as on a card, and of whole characters. Raises ValueError."""
    if not isinstance(found, str) or len(found) > TEXT_MAX:
        raise ValueError(f"a name is a text of at most {TEXT_MAX} characters")
    found.encode()
    return found

"""A cleaning report handed in with data: is it about these files, and what does it say of them?"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gridtie.cleaning.audit import FORM
from gridtie.data.dataset import Cleaning, Origin, Part
from gridtie.errors import InvalidInput, Problem

REPORT_BYTES_MAX = 32 << 20


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
        pack=str(said["pack"]),
        passed=all(check["held"] is True for check in said["checks"]),
        kept=int(counts["kept"]),
        treated=sum(int(number) for _, action, number in counts["found"] if action != "keep"),
        dropped=sum(int(number) for number in counts["dropped"].values()),
    )
    origins = tuple(
        Origin(name=str(one["name"]), kind=str(one["kind"]), licence=str(one["licence"]), record=str(one["record"]))
        for one in said["sources"]
        if one["kind"]
    )
    return cleaning, origins

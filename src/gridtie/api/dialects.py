"""How errors sound where clients of other protocols call: beside our own form, what those read and show."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.errors import DataDenied, GridtieError, NotFound

Told = tuple[Mapping[str, Any], Mapping[str, str]]  # names of the document, headers


@dataclass(frozen=True, slots=True)
class Dialect:
    """`status`: ours in theirs. `basic`: tokens come as HTTP Basic too."""

    ways: tuple[str, ...]
    status: Mapping[int, int]
    say: Callable[[GridtieError, int], Told]
    basic: bool = False


def in_words(error: GridtieError) -> str:
    """What, where and what to do, in one line."""
    return "; ".join([error.message, *(str(problem) for problem in error.problems), error.remedy])


def _tes(error: GridtieError, status: int) -> Told:
    return {"msg": in_words(error), "status_code": status}, {}


_DELTA_CODES = {400: "INVALID_PARAMETER_VALUE", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED",
                404: "RESOURCE_DOES_NOT_EXIST", 429: "RESOURCE_EXHAUSTED"}  # fmt: skip


def _delta_sharing(error: GridtieError, status: int) -> Told:
    code = _DELTA_CODES.get(status, error.code.upper().replace("-", "_"))
    return {"errorCode": code, "message": in_words(error)}, {}


_MISSING = {"version": "RevisionNotFound", "file": "EntryNotFound"}


def _hub(error: GridtieError, status: int) -> Told:
    words = in_words(error)
    headers = {"X-Error-Message": re.sub(r"[^\x20-\x7e]+", "?", words)}  # a header holds no other characters
    if isinstance(error, DataDenied):
        headers["X-Error-Code"] = "GatedRepo"
    elif isinstance(error, NotFound):
        headers["X-Error-Code"] = _MISSING.get(str(error.params.get("noun")), "RepoNotFound")
    return {"error": words}, headers


_DIALECTS = (
    Dialect(("/ga4gh/tes/v1/", "/v1/tasks", "/v1/service-info"), {422: 400}, _tes, basic=True),
    Dialect(("/delta-sharing/",), {422: 400, 409: 403}, _delta_sharing),
    Dialect(("/api/datasets/", "/datasets/"), {422: 400, 409: 403}, _hub),
)


def dialect_of(path: str) -> Dialect | None:
    """None: our own interface."""
    return next((dialect for dialect in _DIALECTS if path.startswith(dialect.ways)), None)

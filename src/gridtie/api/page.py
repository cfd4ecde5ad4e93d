"""Query parameters that every list takes, and names for the parts of a call."""

from typing import Annotated

from fastapi import Path, Query

from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Items of one page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[A-Za-z0-9_.:~-]+$", description="`next` of the page before."),
]
Key = Annotated[str, Path(min_length=1, max_length=200, description="An id, a unique start of one, or a name.")]
DEFAULT_LIMIT = PAGE_DEFAULT

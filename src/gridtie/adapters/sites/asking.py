"""One question to a scheduler's HTTP interface, and an answer that is an object of JSON, or none at all."""

import http.client
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from gridtie.errors import SchedulerAway

ANSWER_BYTES_MAX = 256 << 20


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, document: Any = None, *,
    headers: Mapping[str, str], place: str, away: Callable[[str], SchedulerAway], bare: Collection[int] = (),
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    """Status and answer; the connection is closed. Raises `away` with words where nobody can tell what happened.

    `place`: what could not be reached, for the words. `bare`: statuses that say all, whatever the body is.
    """
    text = None if document is None else json.dumps(document)
    kind = {"Content-Type": "application/json", "Connection": "close"}
    try:
        connection.request(method, path, body=text, headers={**kind, **headers})
        response = connection.getresponse()
        status, answer = response.status, response.read(ANSWER_BYTES_MAX)
    except (OSError, http.client.HTTPException) as cause:
        raise away(f"{place} cannot be reached: {cause}") from cause
    finally:
        connection.close()
    try:
        found = json.loads(answer)
        if not isinstance(found, dict):
            raise ValueError("no object")
    except ValueError as cause:
        if status in bare:
            return status, {}
        words = answer[:80].decode("utf-8", "replace")
        raise away(f"it answers {status} {words!r} to {method} {path}") from cause
    return status, found

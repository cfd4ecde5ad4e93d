"""A file to an exchange, in parts: goes on where a broken upload stopped, and beside others who send the same."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gridtie.client.transport import Response
from gridtie.errors import InvalidSignature, OffsetMismatch

TRIES = 12  # in a row without a byte of progress
PAUSE_FIRST_S, PAUSE_MAX_S = 0.02, 1.0
Put = Callable[[int, bytes], Mapping[str, Any]]


def upload(
    path: Path,
    size: int,
    *,
    part_bytes: int,
    head: Callable[[], Response],
    put: Callable[[int, bytes], dict[str, object]],
) -> None:
    """`head` asks what the exchange has of it, `put` adds a part from an offset on.

    Of several who send one content at the same time, such as two files that are alike, one writes at any instant: the
    others are told of an offset that is not theirs, and ask again. Raises OffsetMismatch when that never ends.
    """
    tries, pause, reached = 0, PAUSE_FIRST_S, -1
    while (response := head()).status != 200:
        offset = min(size, int(response.headers.get("gridtie-offset", 0)))
        if offset > reached:
            tries, pause, reached = 0, PAUSE_FIRST_S, offset
        try:
            _send(path, offset, part_bytes, put)
            return
        except OffsetMismatch:
            tries += 1
            if tries == TRIES:
                raise
        time.sleep(pause)
        pause = min(pause * 2, PAUSE_MAX_S)


def _send(path: Path, offset: int, part_bytes: int, put: Put) -> None:
    with path.open("rb") as file:
        while True:
            file.seek(offset)
            part = file.read(part_bytes)
            answer = put(offset, part)
            if answer["complete"]:
                return
            if not part:
                raise InvalidSignature(subject=str(path), reason="the file changed while it was sent")
            offset = int(answer["next"])

"""What a member's client makes of the bytes that a site sends it."""

import struct
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from gridtie.client.sessions import ERRORS, EXIT, FRAME_MAX, OUTPUT, JobSession
from gridtie.errors import SessionEnded


def frame(kind: int, content: bytes, length: int | None = None) -> bytes:
    return struct.pack("!BI", kind, len(content) if length is None else length) + content


def session(parts: Sequence[bytes]) -> JobSession:
    """One whose site has said these; whoever asks for more than them fails."""
    answers = [SimpleNamespace(body=part, headers={}) for part in parts]
    answers[-1].headers["gridtie-final"] = "1"
    client: Any = SimpleNamespace(raw=lambda *_, **__: answers.pop(0))
    return JobSession(client, {"id": "session_1"})


def test_frames_are_put_together_however_they_were_cut() -> None:
    whole = frame(OUTPUT, b"out") + frame(ERRORS, b"err") + frame(EXIT, b"7")
    heard = session([whole[at : at + 1] for at in range(len(whole))])
    assert list(heard.receive()) == [(OUTPUT, b"out"), (ERRORS, b"err")]
    assert heard.exit_code == 7


@pytest.mark.parametrize(
    "said", [frame(EXIT, b"seven"), frame(EXIT, b""), frame(EXIT, b"\xff"), frame(OUTPUT, b"x", FRAME_MAX + 1)]
)
def test_what_a_site_says_that_means_nothing_ends_the_session_in_words(said: bytes) -> None:
    with pytest.raises(SessionEnded, match="its site"):
        list(session([said]).receive())

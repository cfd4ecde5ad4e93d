"""Around every call: what is received at one time is bounded as a whole, and given free again."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gridtie.flow.exchange import Exchange
from gridtie.settings import load
from gridtie.wiring import close_exchange, open_exchange

MiB = 1 << 20


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    opened = open_exchange(load(tmp_path / "home", {}, bodies_max_bytes=4 * MiB), create=True)
    yield opened
    close_exchange(opened)


def test_many_bodies_that_nobody_ends_leave_room_and_are_given_free_when_they_are_cut_off(
    port: int, client: Any, admin: Any
) -> None:
    head = b"PUT /v1/blobs/%s?offset=0&size=1 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (b"0" * 64, 2 * MiB)
    with ExitStack() as lines:
        for _ in range(4):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            line.sendall(head + b"x" * (MiB - 16))  # and never the rest
        while (answer := admin.post("/v1/jobs/check", {"text": "#" * MiB})).status_code != 503:
            assert answer.status_code in (422,)  # the four have not all arrived yet
        assert answer.json()["code"] == "overloaded"
        assert client.get("/healthz").status_code == 200
    while admin.post("/v1/jobs/check", {"text": "#" * MiB}).status_code == 503:
        pass
    assert admin.post("/v1/jobs/check", {"text": "run: echo hi"}).status_code == 200

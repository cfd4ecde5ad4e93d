"""Around every call: what is received at one time is bounded as a whole, and given free again."""

import socket
import time
from collections.abc import Callable, Iterator
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
        wait_for(lambda: held(client) >= 4 * (MiB - 16))
        answer = admin.post("/v1/jobs/check", {"text": "#" * MiB})
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        assert client.get("/healthz").status_code == 200
    wait_for(lambda: held(client) == 0)
    assert admin.post("/v1/jobs/check", {"text": "run: echo hi"}).status_code == 200


def held(client: Any) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("gridtie_body_bytes ")).split()[1])


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)

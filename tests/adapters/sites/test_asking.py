"""Answers that are none: of each kind one word of what came, and never a traceback."""

import http.client
import socket
import threading

import pytest

from gridtie.adapters.sites.asking import ask
from gridtie.errors import SchedulerAway


def away(reason: str) -> SchedulerAway:
    return SchedulerAway(scheduler="test", reason=reason, look="look")


def answered(raw: bytes, **more: object) -> tuple[int, dict[str, object]]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                line.sendall(raw)

        threading.Thread(target=serve, daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.getsockname()[1], timeout=5)
        return ask(connection, "GET", "/x", headers={}, place="here", away=away, **more)  # type: ignore[arg-type]


def test_an_object_comes_back_with_its_status_and_everything_else_is_named() -> None:
    assert answered(b'HTTP/1.1 422 No\r\n\r\n{"a": 1}') == (422, {"a": 1})
    assert answered(b"HTTP/1.1 404 No\r\n\r\nnot here", bare=(404,)) == (404, {})
    for raw, words in (
        (b"HTTP/1.1 404 No\r\n\r\nnot here", "it answers 404 'not here' to GET /x"),
        (b"HTTP/1.1 200 OK\r\n\r\n[1]", "it answers 200 '[1]' to GET /x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "it answers 200 '{' to GET /x"),
        (b"nonsense\r\n", "here cannot be reached"),
        (b"", "here cannot be reached"),
    ):
        with pytest.raises(SchedulerAway) as told:
            answered(raw)
        assert words in str(told.value.params["reason"])

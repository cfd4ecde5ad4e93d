"""The wire below the app: a client gets so much time, and so many bytes, to say what it wants.

uvicorn waits for ever for the end of a request's head, and keeps whatever comes until then. Bodies are the Guard's.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gridtie.api.problems import MEDIA_TYPE, problem_document
from gridtie.errors import GridtieError, InputTooLarge, InvalidInput, Problem

HEAD_S = 20.0  # from the connection, or from the first byte of a further request, to the end of its head
HEAD_MAX_BYTES = 64 << 10
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class HeadLimited(HttpToolsProtocol):
    """Closes connections that do not come to the point: slow heads, endless heads, and what is not HTTP."""

    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._timer is None:
                self._wait_for_head()
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_MAX_BYTES:
            self._refuse(InputTooLarge(source="the head of the request", limit=f"{HEAD_MAX_BYTES} bytes"), 431)

    def on_headers_complete(self) -> None:
        self._heard()
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True

    def send_400_response(self, msg: str) -> None:
        self._refuse(InvalidInput(source="request", problems=[Problem(msg)]), 400)

    def _wait_for_head(self) -> None:
        late: Callable[[], Any] = self._late
        self._timer = self.loop.call_later(HEAD_S, late)

    def _heard(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if self._head_bytes:
            self._refuse(InvalidInput(source="request", problems=[Problem("its head came too slowly")]), 408)
        else:
            self.transport.close()

    def _refuse(self, error: GridtieError, status: int) -> None:
        """Answers below the app and closes. What an earlier request of this connection still gets is not cut into."""
        self._heard()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            body = orjson.dumps(problem_document(error, status, "none"))
            head = b"HTTP/1.1 %d %b\r\ncontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (
                status, _REASONS[status], MEDIA_TYPE.encode(), len(body),
            )  # fmt: skip
            self.transport.write(head + body)
        self.transport.close()

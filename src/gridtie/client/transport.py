"""HTTP on the standard library: kept-alive connections, one per thread, and problems turned back into our errors."""

import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from gridtie import errors
from gridtie.errors import GridtieError, InvalidInput, Overloaded, Problem, Unreachable

TIMEOUT_S = 35.0
BODY_MAX = 1 << 30
_SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_LATE_PROBLEM = re.compile(rb' +\{"type":"urn:gridtie:error:')  # of an answer that was begun before it failed
_BY_CODE = {cls.code: cls for cls in errors.all_errors()}


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class Transport(Protocol):
    """How calls reach the exchange. Another one (in memory, with faults) can take its place."""

    def request(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """Raises Unreachable when no answer came. Whether the call was carried out is then not known."""
        ...

    def stream(self, path: str, *, headers: Mapping[str, str]) -> Iterator[str]:
        """Lines of a long answer as they come; ends quietly when the line is cut."""
        ...


class _Lines:
    """A file that remembers the last line that was read of it."""

    def __init__(self, file: Any) -> None:
        self._file, self.last = file, b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self._file.readline(limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _WholeHead(http.client.HTTPResponse):
    """http.client takes the end of the line for the end of a head: a 200 without a word, where all broke off."""

    def begin(self) -> None:
        file: Any = self.fp
        self.fp = lines = cast(Any, _Lines(file))
        super().begin()
        self.fp = file
        if lines.last.strip(b"\r\n") or not lines.last:
            raise http.client.IncompleteRead(lines.last)


class HttpTransport:
    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https"):
            raise InvalidInput(source="--exchange", problems=[Problem(f"{url!r} is not an http or https URL")])
        self._url, self._timeout_s = url, timeout_s
        self._secure, self._host = parts.scheme == "https", host
        self._port = port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._local = threading.local()

    def request(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> Response:
        """A kept connection that the server closed meanwhile is opened again once, where repeating is harmless."""
        reused = getattr(self._local, "connection", None) is not None
        try:
            return self._once(method, path, body, headers)
        except (http.client.HTTPException, OSError) as cause:
            self._drop()
            if reused and _repeatable(method, headers) and not isinstance(cause, TimeoutError):
                try:
                    return self._once(method, path, body, headers)
                except (http.client.HTTPException, OSError) as again:
                    self._drop()
                    cause = again
            raise Unreachable(url=self._url, reason=_words(cause)) from cause

    def stream(self, path: str, *, headers: Mapping[str, str]) -> Iterator[str]:
        connection = self._connect(self._timeout_s)
        try:
            connection.request("GET", self._prefix + path, headers=dict(headers))
            answer = connection.getresponse()
            if answer.status != 200:
                raise_for_problem(_response(answer))
            while line := answer.readline():
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        except (http.client.HTTPException, OSError) as cause:
            if isinstance(cause, ConnectionRefusedError):
                raise Unreachable(url=self._url, reason=_words(cause)) from cause
            time.sleep(0.2)  # a cut line: the caller takes it up again
        finally:
            connection.close()

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(self._timeout_s)
        try:
            connection.request(method, self._prefix + path, body=body, headers=dict(headers))
        except (BrokenPipeError, ConnectionResetError):
            if body is None or connection.sock is None:
                raise  # else its answer may be there: who refuses a body does not read it to its end
        return _response(connection.getresponse())

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection
        if self._secure:
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=timeout_s, context=context)
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout_s)
        connection.response_class = _WholeHead
        return connection

    def _drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


def _repeatable(method: str, headers: Mapping[str, str]) -> bool:
    """Signed calls are numbered, so the same bytes are never accepted twice: their signer repeats them."""
    return (method in _SAFE_TO_REPEAT or "Idempotency-Key" in headers) and "Gridtie-Signature" not in headers


def _response(answer: http.client.HTTPResponse) -> Response:
    body = answer.read(BODY_MAX + 1)
    if len(body) > BODY_MAX:
        raise http.client.HTTPException("the answer is too large")
    if answer.length:  # read(n) takes a line that broke half way for the end
        raise http.client.IncompleteRead(b"", answer.length)
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def _words(cause: Exception) -> str:
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def document_of(response: Response) -> Any:
    """The JSON of a good answer. Raises Unreachable for one that no exchange gives: something else answers there."""
    try:
        return json.loads(response.body) if response.body else None
    except (ValueError, RecursionError):
        raise Unreachable(url="its address", reason="what answers there is not an exchange") from None


def raise_for_problem(response: Response) -> None:
    """Turns an error answer back into the exchange's own error, with its places and its way out.

    Whoever answers in the exchange's place (a proxy that is up while it is down) is Overloaded: worth another try.
    """
    if response.status < 400 and not _LATE_PROBLEM.match(response.body):
        return
    try:
        document = json.loads(response.body)
        code, params = str(document["code"]), dict(document.get("params") or {})
        problems = [_problem(entry) for entry in document.get("problems") or []]
    except (ValueError, KeyError, TypeError, AttributeError):
        words = response.body[:200].decode("utf-8", "replace").strip() or "no explanation"
        if response.status in _TRY_AGAIN:
            after = response.headers.get("retry-after", "")
            wait = after if after.isascii() and after.isdigit() else "1"
            raise Overloaded(url="it", reason=f"{response.status}: {words}", retry_after_s=wait) from None
        raise RemoteProblem(title=f"the exchange answered {response.status}: {words}", detail="", remedy="") from None
    if document.get("request"):
        params["request"] = document["request"]
    kind = _BY_CODE.get(code)
    if kind is None:
        title, detail, fix = (str(document.get(name) or "") for name in ("title", "detail", "fix"))
        raise RemoteProblem(title=title or f"{response.status} {code}", detail=detail, remedy=fix)
    params.pop("problems", None)
    raise kind(problems=problems, **params)


def _problem(entry: Mapping[str, object]) -> Problem:
    line, column = (entry.get(name) for name in ("line", "column"))
    return Problem(
        str(entry["message"]),
        line if isinstance(line, int) else 0,
        column if isinstance(column, int) else 0,
        str(entry.get("path") or ""),
    )


class RemoteProblem(GridtieError):
    """An error this version does not know by its code; shown as the exchange worded it."""

    code = "remote-problem"
    what = "{title}"
    why = "{detail}"
    fix = "{remedy}"

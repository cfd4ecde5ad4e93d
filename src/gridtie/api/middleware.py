"""Around every call: its id, its limits, its headers and its measure; what nobody caught becomes InternalFault."""

import asyncio
import secrets
import time
from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridtie.api.problems import is_stream, problem_response
from gridtie.errors import GridtieError, InputTooLarge, InternalFault, InvalidInput, Overloaded, Problem
from gridtie.market.pricelist import BYTES_MAX as PRICE_LIST_MAX
from gridtie.settings import Settings

HEADERS_MAX_BYTES = 16 << 10
TARGET_MAX_BYTES = 8 << 10
LEAST_RATE = 64 << 10  # bytes per second that a large body must keep up
log = structlog.get_logger("api")

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


class _Refusal(Exception):
    def __init__(self, error: GridtieError, status: int) -> None:
        self.error, self.status = error, status


class Guard:
    """Pure ASGI, so that streams pass through unbuffered. Bodies are read here, whole, within size and time."""

    def __init__(self, app: ASGIApp, *, settings: Settings, registry: CollectorRegistry) -> None:
        self._app = app
        self._settings = settings
        self._held = 0  # bytes of all bodies that are being received or worked on
        measured(registry, "gridtie_body_bytes", "Bodies that are being received or worked on.", lambda: self._held)
        self._requests = Counter(
            "gridtie_http_requests", "Calls answered.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "gridtie_http_seconds", "Time to the end of the answer; streams and held calls included.", ["route"],
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15), registry=registry,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = "req_" + secrets.token_hex(8)
        scope.setdefault("state", {}).update(id=request_id, held=0)
        started, status, method = time.perf_counter(), 0, scope["method"]

        async def send_more(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                have = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in SECURITY_HEADERS if name not in have]
                message["headers"] = [*message["headers"], *extra, (b"gridtie-request", request_id.encode())]
            await send(message)

        try:
            body = await self._body(scope, receive)
            if scope["method"] == "HEAD" and not _knows_heads(scope["path"]) and not is_stream(scope["path"]):
                scope = {**scope, "method": "GET"}  # the server beneath keeps the body back
            await self._app(scope, body, send_more)
        except _Refusal as refusal:
            response = problem_response(refusal.error, request_id, status=refusal.status)
            response.headers["Connection"] = "close"
            await response(scope, receive, send_more)
        except Exception as cause:
            log.error("a call failed", request=request_id, path=scope["path"], method=scope["method"], exc_info=cause)
            if not status:
                await problem_response(InternalFault(request=request_id), request_id)(scope, receive, send_more)
        finally:
            self._held -= scope["state"]["held"]
            route = getattr(scope.get("route"), "path", "unrouted")
            self._requests.labels(route, method, status).inc()
            self._seconds.labels(route).observe(time.perf_counter() - started)

    def _limit(self, path: str) -> int:
        settings = self._settings
        if "/blobs/" in path:
            return settings.blob_part_bytes
        if path.startswith("/agent/") and "/logs/" in path:
            return settings.log_chunk_bytes
        if path == "/v1/offers/import":
            return max(settings.body_max_bytes, PRICE_LIST_MAX)
        lists_files = path in ("/v1/jobs", "/v1/tasks", "/ga4gh/tes/v1/tasks")
        if lists_files or (path.startswith("/agent/") and path.endswith("/artefacts")):
            return settings.manifest_max_bytes
        return settings.body_max_bytes

    async def _body(self, scope: Scope, receive: Receive) -> Receive:
        """Reads the body before anybody works on it. Raises _Refusal when it is too large, too slow or cut off."""
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS_MAX_BYTES:
            raise _Refusal(InputTooLarge(source="the headers", limit=f"{HEADERS_MAX_BYTES} bytes"), 431)
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > TARGET_MAX_BYTES:
            raise _Refusal(InputTooLarge(source="the address", limit=f"{TARGET_MAX_BYTES} bytes"), 414)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        limit = self._limit(scope["path"])
        too_large = _Refusal(InputTooLarge(source="the body", limit=f"{limit} bytes"), 413)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 18 or int(length) > limit:
            raise too_large
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._settings.body_timeout_s + int(length) / LEAST_RATE):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Refusal(InvalidInput(source="body", problems=[Problem("it was cut off")]), 400)
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > limit:
                        raise too_large
                    self._hold(scope, len(parts[-1]))
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            raise _Refusal(InvalidInput(source="body", problems=[Problem("it came too slowly")]), 408) from None
        return _replay(b"".join(parts), receive)

    def _hold(self, scope: Scope, count: int) -> None:
        """Many bodies at once, each within its own limit, must not fill the memory either. Raises _Refusal."""
        if self._held + count > self._settings.bodies_max_bytes:
            raise _Refusal(Overloaded(reason="too many large bodies at once", retry_after_s=1), 503)
        self._held += count
        scope["state"]["held"] += count


def _knows_heads(path: str) -> bool:
    """Where a route of its own answers HEAD: files, which nobody should read only to keep them back."""
    return "/blobs/" in path or path.startswith(("/v1/deliveries/", "/datasets/"))


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def measured(registry: CollectorRegistry, name: str, sentence: str, read: Callable[[], float]) -> None:
    """A gauge that is asked when somebody scrapes, and costs nothing before."""
    Gauge(name, sentence, registry=registry).set_function(read)

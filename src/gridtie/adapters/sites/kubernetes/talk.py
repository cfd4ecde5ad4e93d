"""The Kubernetes API over plain HTTP; nothing is decided here."""

import base64
import contextlib
import http.client
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from gridtie.adapters.sites.asking import ANSWER_BYTES_MAX, ask
from gridtie.adapters.sites.kubernetes import websocket
from gridtie.adapters.sites.kubernetes.kubeconfig import Access
from gridtie.errors import SchedulerAway, SiteRefused

STDIN, STDOUT, STDERR, STATUS = range(4)
STDIN_BYTES = 1 << 15
_CERTAIN = frozenset((400, 403, 404, 405, 413, 422))  # the API took note, and says no


class Api:
    def __init__(self, access: Access, *, timeout: float) -> None:
        self._access, self._timeout = access, timeout
        self.address = f"{access.host}:{access.port}"

    def away(self, reason: str) -> SchedulerAway:
        return SchedulerAway(scheduler="Kubernetes API", reason=reason, look="kubectl get --raw /readyz")

    def _connect(self) -> http.client.HTTPConnection:
        access = self._access
        if access.tls is None:
            return http.client.HTTPConnection(access.host, access.port, timeout=self._timeout)
        return http.client.HTTPSConnection(access.host, access.port, timeout=self._timeout, context=access.tls)

    def _headers(self) -> dict[str, str]:
        try:
            token = self._access.token()
        except (OSError, UnicodeDecodeError) as cause:
            raise self.away(f"its token cannot be read: {cause}") from cause
        return {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and answer. Raises SchedulerAway where nobody can tell what happened."""
        headers = {**self._headers(), "Accept": "application/json"}
        if method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        return ask(
            self._connect(), method, self._access.path + path, body, headers=headers, place=self.address,
            away=self.away, bare=(404,),
        )  # fmt: skip

    def items(self, path: str) -> list[dict[str, Any]]:
        """All of a list. Raises SchedulerAway, also for a refusal: not being allowed to look is not knowing."""
        status, found = self.call("GET", path)
        if status != 200 or not isinstance(found.get("items"), list):
            raise self.away(f"GET {path}: {status}, {found.get('message', 'no list')}")
        return [item for item in found["items"] if isinstance(item, dict)]

    def create(self, path: str, document: Mapping[str, Any]) -> bool:
        """False: one of that name is there already. Raises SiteRefused for a certain no."""
        status, found = self.call("POST", path, document)
        if status in (200, 201, 202):
            return True
        if status == 409 and found.get("reason") != "Conflict":  # that one is a quota's, counted twice at once
            return False
        words = f"{found.get('message') or found.get('reason') or 'no reason given'} ({status})"
        if status in _CERTAIN:
            raise SiteRefused(reason=f"Kubernetes: {words}")
        raise self.away(f"POST {path}: {words}")

    def delete(self, path: str, *, at_once: bool = False) -> None:
        options: dict[str, Any] = {"propagationPolicy": "Background"}
        if at_once:
            options["gracePeriodSeconds"] = 0
        status, found = self.call("DELETE", path, options)
        if status not in (200, 202, 404, 409):
            raise self.away(f"DELETE {path}: {status}, {found.get('message', '')}")

    # ── exec ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], given: bytes) -> bytes:
        """What the command printed. Raises SchedulerAway where it could not be run, or failed."""
        query = urlencode(
            [("container", container), ("stdin", "true"), ("stdout", "true"), ("stderr", "true"),
             *(("command", word) for word in command)]
        )  # fmt: skip
        path = f"{self._access.path}/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/exec?{query}"
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {
            **self._headers(), "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": "v5.channel.k8s.io, v4.channel.k8s.io",
        }  # fmt: skip
        connection = self._connect()
        try:
            connection.request("GET", path, headers=headers)
            sock = connection.sock
            response = http.client.HTTPResponse(sock, method="GET")
            response.begin()
            if response.status != 101 or response.getheader("Sec-WebSocket-Accept") != websocket.accept_of(key):
                raise self.away(f"exec in {pod}: {response.status} {_words(response.read(1 << 16))}")
            for start in range(0, len(given), STDIN_BYTES):
                part = bytes((STDIN,)) + given[start : start + STDIN_BYTES]
                sock.sendall(websocket.frame(websocket.BINARY, part, masked=True))
            return self._printed(sock, response.fp, pod)
        except (OSError, http.client.HTTPException, EOFError, ValueError) as cause:
            raise self.away(f"exec in {pod}: {cause}") from cause
        finally:
            connection.close()

    def _printed(self, sock: Any, stream: BinaryIO, pod: str) -> bytes:
        channels: dict[int, bytearray] = {STDOUT: bytearray(), STDERR: bytearray(), STATUS: bytearray()}
        channel, end = STDOUT, time.monotonic() + 10 * self._timeout
        while time.monotonic() < end and sum(map(len, channels.values())) < ANSWER_BYTES_MAX:
            kind, body = websocket.read_frame(stream)
            if kind == websocket.CLOSE:
                break
            if kind == websocket.PING:
                sock.sendall(websocket.frame(websocket.PONG, body, masked=True))
            elif kind in (0, 1, websocket.BINARY) and body:
                if kind:
                    channel, body = body[0], body[1:]
                channels.setdefault(channel, bytearray()).extend(body)
                if channel == STATUS:
                    break
        status = json.loads(channels[STATUS] or b"{}")
        if status.get("status") != "Success":
            said = bytes(channels[STDERR][-200:]).decode("utf-8", "replace").strip()
            raise self.away(f"exec in {pod}: {status.get('message', 'it was cut off')} {said}".strip())
        return bytes(channels[STDOUT])


def _words(answer: bytes) -> str:
    """A Status of the API says it in its message; a kubelet answers in plain words."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        return str(json.loads(answer)["message"])[:300]
    return answer[:300].decode("utf-8", "replace").strip()

"""The exchange calls nobody: whatever address a member or a site writes down, no process of ours goes there."""

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.shop import CARD, send

METADATA = "http://169.254.169.254/latest/meta-data/"


class Watch:
    """Every address that any thread of this process connects to or asks a name server for, besides `own`."""

    def __init__(self) -> None:
        self.own: set[int] = set()
        self.seen: list[object] = []
        self._on = threading.Event()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on.is_set() or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            return
        address = arguments[1] if event != "socket.getaddrinfo" else arguments[:2]
        if not (isinstance(address, tuple) and address[1] in self.own):
            self.seen.append((event, address))

    @contextlib.contextmanager
    def over(self, port: int) -> Iterator[None]:
        self.own.add(port)
        self._on.set()
        try:
            yield
        finally:
            self._on.clear()


WATCH = Watch()


@pytest.fixture
def canary() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        yield f"http://localhost:{listener.getsockname()[1]}/canary"
        with pytest.raises(TimeoutError):
            listener.accept()


def test_no_address_that_anybody_writes_down_is_ever_called(admin: Any, port: int, canary: str, make_site: Any) -> None:
    agent = make_site(admin, "north")
    inside = ("file:///etc/passwd", "http://0x7f000001/", "http://[::ffff:127.0.0.1]/", METADATA, canary)
    with WATCH.over(port):
        made = set()
        for address in inside:
            task = {
                "inputs": [{"path": "/data/in", "url": address}], "outputs": [{"path": "/data/out", "url": address}],
                "executors": [{"image": address.partition("//")[2] or "x", "command": ["cat", address]}],
            }  # fmt: skip
            made.add(admin.post("/ga4gh/tes/v1/tasks", task).status_code)
            job = {"name": "j", "run": f"curl {address}", "envs": {"A": address}, "file_mounts": {"/data": address},
                   "workdir": address, "inputs": {address: 1}}  # fmt: skip
            made.add(admin.post("/v1/jobs", {"text": json.dumps(job)}).status_code)
            made.add(admin.post("/v1/quotes", {"text": json.dumps(job)}).status_code)
            part = {"path": "data/a.txt", **send(admin, address.encode())}
            card = CARD.replace("names removed", f"see {address}")
            made.add(admin.post("/v1/datasets", {"name": "d", "card": card, "parts": [part]}).status_code)
            made.add(admin.post("/v1/datasets", {"name": "e", "card": address, "parts": [part]}).status_code)
            made.add(admin.post("/v1/organisations", {"name": address}).status_code)
            made.add(admin.get(f"/v1/market/why/{address.encode().hex()}").status_code)
        headers = {"Authorization": f"Bearer {admin.token}", "Content-Type": "text/csv"}
        raw = admin.client.request("POST", "/v1/offers/import", content=canary.encode(), headers=headers)
        agent.call("POST", "/agent/v1/sync", {"held": [], "note": canary, "callback": canary})
        for host in (canary.partition("//")[2], "169.254.169.254"):
            admin.client.get("/v1/exchange", headers={"Host": host, "X-Forwarded-Host": host, "Referer": canary})
    assert raw.status_code >= 400
    assert 201 in made
    assert WATCH.seen == []


def test_a_call_would_have_been_seen(port: int) -> None:
    with WATCH.over(port), socket.socket() as line, contextlib.suppress(OSError):
        line.connect(("127.0.0.1", 9))
    assert WATCH.seen == [("socket.connect", ("127.0.0.1", 9))]
    WATCH.seen.clear()

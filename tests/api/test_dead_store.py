"""A bucket that does not answer any more holds up who wants a file of it, and nobody else."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import Client

from gridtie.flow.exchange import Exchange
from gridtie.settings import load
from gridtie.wiring import close_exchange, open_exchange

CALLERS = 24  # more than there are threads for files
JOB = "name: plain\nresources: {cpus: 1, memory: 64MB}\nrun: echo hi\n"
EMPTY = b"<?xml version='1.0'?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


class Store(ThreadingHTTPServer):
    """An empty bucket; once `silent`, it takes calls and answers none until it is `over`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.silent, self.over = threading.Event(), threading.Event()
        self.held = threading.Semaphore(0)


class _Answers(BaseHTTPRequestHandler):
    server: Store

    def do_GET(self) -> None:
        if self.server.silent.is_set():
            self.server.held.release()
            self.server.over.wait(60)
        self.send_response(404 if self.command == "HEAD" else 200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(EMPTY) if self.command == "GET" else 0))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(EMPTY)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815  as the standard library calls them

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store()
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.over.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def exchange(store: Store, tmp_path: Path) -> Iterator[Exchange]:
    bucket = {"s3_bucket": "files", "s3_endpoint": f"http://127.0.0.1:{store.server_port}", "s3_access_key": "k",
              "s3_secret_key": "s"}  # fmt: skip
    opened = open_exchange(load(tmp_path / "home", {}, sync_hold_s=0.2, **bucket), create=True)
    yield opened
    close_exchange(opened)


def test_what_needs_no_file_goes_on_while_the_bucket_says_nothing(
    store: Store, admin: Any, port: int, make_site: Any
) -> None:
    agent = make_site(admin, "north")
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "5"})
    store.silent.set()
    with ThreadPoolExecutor(CALLERS) as callers:

        def fetch(number: int) -> int:
            own = replace(admin, client=Client(port))
            return int(own.get(f"/v1/blobs/{sha256(b'%d' % number).hexdigest()}").status_code)

        waiting = [callers.submit(fetch, number) for number in range(CALLERS)]
        assert store.held.acquire(timeout=20)
        begun = time.monotonic()
        made = admin.post("/v1/jobs", {"text": JOB})
        assert made.status_code == 201, made.text
        key = made.json()["jobs"][0]["id"]
        for path in (f"/v1/jobs/{key}", "/v1/jobs?name=plain", f"/v1/jobs/{key}/events", "/v1/market", "/healthz",
                     "/v1/ledger/verify"):  # fmt: skip
            assert admin.get(path).status_code == 200, path
        assert admin.post("/v1/quotes", {"text": JOB}).status_code == 200
        assert agent.call("POST", "/agent/v1/sync", {"held": []}).status_code == 200
        assert admin.post(f"/v1/jobs/{key}/cancel", {}).status_code == 200
        took = time.monotonic() - begun
        assert not any(call.done() for call in waiting), "the bucket answered"
        store.over.set()
        assert {call.result() for call in waiting} <= {404, 503}
    assert took < 10

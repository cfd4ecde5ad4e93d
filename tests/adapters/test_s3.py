"""What an S3 store answers becomes an error that says what to do; no call waits for ever, none tells the key."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gridtie.adapters.s3 import ATTEMPTS, Bucket, S3Place
from gridtie.errors import (
    BucketClock,
    BucketDenied,
    BucketMissing,
    BucketUnreachable,
    GridtieError,
    InvalidInput,
    StorageFull,
)
from gridtie.settings import load
from gridtie.wiring import open_exchange

SECRET = "a-secret-that-nobody-reads"


def place(port: int) -> S3Place:
    endpoint = f"http://127.0.0.1:{port}"
    return S3Place(bucket="files", prefix="gridtie", endpoint=endpoint, access_key="k", secret_key=SECRET)


@contextmanager
def answering(status: int, code: str) -> Iterator[tuple[int, list[str]]]:
    """A store that answers every call with one of S3's documented errors: (port, calls seen)."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port, calls
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "NoSuchBucket", BucketMissing),
        (403, "AccessDenied", BucketDenied),
        (403, "InvalidAccessKeyId", BucketDenied),
        (403, "SignatureDoesNotMatch", BucketDenied),
        (400, "AuthorizationHeaderMalformed", BucketDenied),
        (403, "RequestTimeTooSkewed", BucketClock),
        (507, "XMinioStorageFull", StorageFull),
    ],
)
def test_what_the_store_refuses_stops_the_start_by_name(status: int, code: str, error: type[GridtieError]) -> None:
    with answering(status, code) as (port, calls), pytest.raises(error) as caught:
        Bucket(place(port)).prove()
    assert SECRET not in f"{caught.value!r} {caught.value.message} {caught.value.remedy} {place(port)!r}"
    assert caught.value.remedy
    assert all(call.startswith("/files") for call in calls)  # path style


def test_a_store_that_is_busy_is_asked_a_few_times_and_no_more() -> None:
    with answering(503, "SlowDown") as (port, calls), pytest.raises(BucketUnreachable):
        Bucket(place(port)).prove()
    assert len(calls) == ATTEMPTS


def test_a_store_that_is_not_there_keeps_the_exchange_from_starting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every call is refused
        (tmp_path / "gridtie.toml").write_text(
            f's3_bucket = "files"\ns3_endpoint = "http://127.0.0.1:{taken.getsockname()[1]}"\n'
            f's3_access_key = "k"\ns3_secret_key = "{SECRET}"\n'
        )
        settings = load(tmp_path, {})
        with pytest.raises(BucketUnreachable):
            open_exchange(settings, create=True)
    assert SECRET not in f"{settings!r} {settings.public()}"


def test_settings_that_make_no_bucket_are_all_named_at_once(tmp_path: Path) -> None:
    wrong = {"GRIDTIE_S3_BUCKET": "No_Bucket", "GRIDTIE_S3_ENDPOINT": "s3.example", "GRIDTIE_S3_PREFIX": "/a/",
             "GRIDTIE_S3_SECRET_KEY": SECRET, "GRIDTIE_S3_ADDRESSING": "path"}  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, wrong)
    words = "\n".join(str(problem) for problem in caught.value.problems)
    assert all(name in words for name in ("s3_bucket", "s3_endpoint", "s3_prefix", "s3_access_key"))
    assert SECRET not in words

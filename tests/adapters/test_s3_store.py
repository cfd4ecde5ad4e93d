"""Files and logs in a bucket of a real S3 server (moto, on loopback): the promises of the local folder, and more.

Two stores on one bucket stand for two servers that share no disk. moto takes any signature, so what a wrong key does
is not seen here.
"""

import contextlib
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.test_s3_logs import RUN as TOLD
from tests.adapters.test_s3_logs import told_twice

from gridtie.adapters.s3 import PIECE, Bucket, S3Place
from gridtie.adapters.s3_blobs import S3Blobs
from gridtie.adapters.s3_logs import S3Logs
from gridtie.errors import BucketMissing, InvalidInput, NotFound, OffsetMismatch, StorageDamaged
from gridtie.settings import load
from gridtie.values.ids import uuid7_text
from gridtie.wiring import close_exchange, found_exchange, open_exchange

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("s3")]

ROOT = Path(__file__).parents[2]
RUN = "run_" + uuid7_text(1, 1)
SITE, OTHER = "site_" + uuid7_text(1, 2), "site_" + uuid7_text(1, 3)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = ROOT / ".s3" / "bin" / "python"
    if not program.exists():
        pytest.skip("no S3 server to test with; make s3 installs one in .s3")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    log = (tmp_path_factory.mktemp("moto") / "log").open("wb")
    server = subprocess.Popen([program, "-c", code], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert server.poll() is None, "the S3 server ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)
        log.close()


@pytest.fixture
def bucket(port: int, request: pytest.FixtureRequest) -> Bucket:
    name = "b" + hashlib.sha256(request.node.name.encode()).hexdigest()[:20]
    found = Bucket(
        S3Place(bucket=name, prefix="x/y", endpoint=f"http://127.0.0.1:{port}", access_key="k", secret_key="s")
    )
    with pytest.raises(BucketMissing):
        found.prove()
    found._client.create_bucket(Bucket=name)
    found.prove()
    assert list(found.listed("")) == []
    return found


def store(bucket: Bucket, folder: Path, **more: int) -> S3Blobs:
    return S3Blobs(bucket, folder, **{"limit_bytes": 1 << 30, "cache_bytes": 1 << 30, "reserve_bytes": 0, **more})


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_an_upload_begun_at_one_server_ends_at_another_and_is_read_at_both(bucket: Bucket, tmp_path: Path) -> None:
    rng = random.Random(7)
    content = rng.randbytes(2 * PIECE + 12_345)
    one, two = store(bucket, tmp_path / "1"), store(bucket, tmp_path / "2")
    key, offset, turn = name_of(content), 0, 0
    while offset < len(content):
        server = (one, two)[turn % 2]
        assert server.partial(key, SITE) == offset
        assert server.size(key) is None, "a file is seen before it is whole"
        offset, _ = server.append(key, offset, len(content), content[offset : offset + 1_500_000], SITE)
        turn += 1
    assert [one.size(key, SITE), two.size(key, SITE), two.size(key, OTHER)] == [len(content), len(content), None]
    assert one.open(key, SITE).read_bytes() == two.open(key).read_bytes() == content
    with pytest.raises(NotFound):
        two.open(key, OTHER)
    one.grant(OTHER, [key])
    assert two.open(key, OTHER).read_bytes() == content
    assert [name for name, _ in bucket.listed("blobs/partial/")] == []


def test_a_hole_is_refused_and_wrong_bytes_leave_nothing(bucket: Bucket, tmp_path: Path) -> None:
    files, key = store(bucket, tmp_path), name_of(b"0123456789")
    with pytest.raises(OffsetMismatch):
        files.append(key, 3, 10, b"3456")
    assert files.append(key, 0, 10, b"0123") == (4, False)
    assert files.append(key, 2, 10, b"2345") == (6, False)
    with pytest.raises(InvalidInput):
        files.append(key, 6, 10, b"wron")
    assert list(bucket.listed("")) == []
    with pytest.raises(InvalidInput):
        files.append(key, 0, 10, b"wrongwrong")
    assert list(bucket.listed("")) == []
    assert files.append(key, 0, 10, b"0123456789") == (10, True)
    empty = name_of(b"")
    assert files.append(empty, 0, 0, b"") == (0, True)
    assert files.open(empty).read_bytes() == b""


def test_bytes_that_changed_in_the_bucket_are_never_handed_out(bucket: Bucket, tmp_path: Path) -> None:
    files, key = store(bucket, tmp_path), name_of(b"right")
    files.append(key, 0, 5, b"right")
    bucket.put(f"blobs/{key[:2]}/{key}", b"wrong")
    with pytest.raises(StorageDamaged):
        files.open(key)
    assert list(tmp_path.iterdir()) == []


def test_the_cache_lets_go_of_what_was_not_read_for_longest(bucket: Bucket, tmp_path: Path) -> None:
    files = store(bucket, tmp_path, cache_bytes=10_000)
    names = []
    for number in range(24):
        content = bytes([number]) * 1000
        names.append(name_of(content))
        files.append(names[-1], 0, 1000, content)
        os.utime(files.open(names[-1]), (number, number))
    assert [path.name for path in sorted(tmp_path.iterdir(), key=lambda p: p.stat().st_mtime)] == names[-10:]
    assert files.open(names[0]).read_bytes() == bytes(1000)


def test_whatever_is_said_twice_to_two_servers_the_log_reads_as_it_was_written(bucket: Bucket) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed, file=sys.stderr)
    servers = [S3Logs(bucket, part_bytes=400) for _ in range(2)]
    told_twice(servers, random.Random(seed), turns=60, most=400)
    servers[1].append(TOLD, 11, 0, b"eleven")
    assert servers[0].ranks(TOLD) == [0, 11]
    assert servers[0].ranks("run_" + uuid7_text(1, 9)) == []


def test_an_exchange_opens_on_a_bucket(bucket: Bucket, tmp_path: Path) -> None:
    place = bucket.place
    environ = {"GRIDTIE_S3_BUCKET": place.bucket, "GRIDTIE_S3_ENDPOINT": place.endpoint,
               "GRIDTIE_S3_ACCESS_KEY": "k", "GRIDTIE_S3_SECRET_KEY": "s"}  # fmt: skip
    exchange = open_exchange(load(tmp_path, environ), create=True)
    try:
        found_exchange(exchange, organisation="lab-one")
        exchange.blobs.append(name_of(b"abc"), 0, 3, b"abc")
        assert exchange.blobs.open(name_of(b"abc")).read_bytes() == b"abc"
    finally:
        close_exchange(exchange)
    assert not (tmp_path / "blobs").exists()


def test_two_servers_that_take_one_file_at_once_show_it_right(bucket: Bucket, tmp_path: Path) -> None:
    """One is given other bytes of the same length: what is joined is what was found right."""
    content = random.Random(5).randbytes(3 * 100_000)
    key = name_of(content)
    for number in range(6):
        owners = (SITE, SITE if number % 2 else OTHER)
        stores = [store(bucket, tmp_path / f"{number}-{n}") for n in range(2)]

        def send(server: S3Blobs, sent: bytes, owner: str) -> None:
            for start in range(0, len(content), 100_000):
                with contextlib.suppress(OffsetMismatch, InvalidInput):
                    server.append(key, start, len(content), sent[start : start + 100_000], owner)

        sent = (content, bytes(len(content)) if number < 4 else content)
        threads = [threading.Thread(target=send, args=each) for each in zip(stores, sent, owners, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if stores[1].size(key) is not None:
            assert store(bucket, tmp_path / f"{number}-r").open(key).read_bytes() == content
        for server, owner in zip(stores, owners, strict=True):
            send(server, content, owner)
            assert server.open(key, owner).read_bytes() == content
        bucket.delete([name for name, _ in bucket.listed("blobs/")])

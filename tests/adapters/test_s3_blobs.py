"""The folder in which a server keeps what it read from a bucket: several calls use it at the same time."""

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters import s3_blobs
from gridtie.adapters.s3_blobs import S3Blobs

CONTENT = bytes(range(256)) * 256
KEY = hashlib.sha256(CONTENT).hexdigest()
PIECE = len(CONTENT) // 2


class OneFile:
    """A bucket that holds one file. The second reader has made its own file before the first goes on, and waits until
    that one is done."""

    def __init__(self) -> None:
        self.first, self.second, self.done = threading.Event(), threading.Event(), threading.Event()

    def size(self, key: str) -> int:
        return len(CONTENT)

    def read(self, key: str, start: int, count: int) -> bytes:
        if start:
            assert self.second.wait(20)
        elif self.first.is_set():
            self.second.set()
            assert self.done.wait(20)
        self.first.set()
        return CONTENT[start : start + count]


def store(bucket: Any, folder: Path) -> S3Blobs:
    return S3Blobs(bucket, folder, limit_bytes=1 << 30, cache_bytes=1 << 30, reserve_bytes=0)


def test_two_who_fetch_one_file_at_the_same_time_both_get_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a call that failed: who waited for it goes on, and who comes then waits for nobody."""
    monkeypatch.setattr(s3_blobs, "PIECE", PIECE)
    bucket, path = OneFile(), tmp_path / KEY
    files = store(bucket, tmp_path)

    def first() -> bytes:
        files._fetch(KEY, len(CONTENT), path)
        return path.read_bytes()

    def second() -> bytes:
        assert bucket.first.wait(20)
        return first()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        seen = one.result(30)
        bucket.done.set()
        assert (seen == CONTENT, other.result(30) == CONTENT) == (True, True)
    assert [found.name for found in tmp_path.iterdir()] == [KEY]


def test_a_file_that_went_while_room_was_made_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / ("0" * 64)).symlink_to(tmp_path / "gone")  # listed, and not there when it is looked at
    bucket = OneFile()
    bucket.second.set()
    assert store(bucket, tmp_path).open(KEY).read_bytes() == CONTENT


class Many:
    """A bucket of files of a thousand bytes."""

    def __init__(self, count: int) -> None:
        contents = [bytes([number]) * 1000 for number in range(count)]
        self.files = {hashlib.sha256(content).hexdigest(): content for content in contents}

    def size(self, key: str) -> int:
        return len(self.files[key.rpartition("/")[2]])

    def read(self, key: str, start: int, count: int) -> bytes:
        return self.files[key.rpartition("/")[2]][start : start + count]


def test_a_file_stays_until_whoever_asked_for_it_has_opened_it_however_many_others_come_between(tmp_path: Path) -> None:
    """Twice as many as stay in any case, in a folder that has room for two."""
    bucket = Many(2 * s3_blobs.WRITERS)
    files = S3Blobs(bucket, tmp_path, limit_bytes=1 << 30, cache_bytes=2000, reserve_bytes=0)  # type: ignore[arg-type]
    paths = {name: files.open(name) for name in bucket.files}
    assert {name: path.read_bytes() for name, path in paths.items()} == bucket.files


def test_room_is_made_of_no_file_that_somebody_has_asked_for_since_it_was_looked_at(tmp_path: Path) -> None:
    bucket = Many(1)
    files = S3Blobs(bucket, tmp_path, limit_bytes=1 << 30, cache_bytes=2000, reserve_bytes=0)  # type: ignore[arg-type]
    [name] = bucket.files
    path = files.open(name)
    os.utime(path, (1, 1))
    [(_, found)] = files._kept()
    assert files.open(name) == path
    assert not files._gone(path, found)
    [(_, found)] = files._kept()
    assert files._gone(path, found)
    assert files.open(name).read_bytes() == bucket.files[name]

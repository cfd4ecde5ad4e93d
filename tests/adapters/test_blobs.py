"""Files by content: in parts, in any rhythm, never half visible, never wrong."""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.blobs import FileBlobs
from gridtie.errors import InputTooLarge, InvalidInput, NotFound, OffsetMismatch, StorageFull


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def blobs(folder: Path, **more: object) -> FileBlobs:
    return FileBlobs(folder, limit_bytes=1 << 20, reserve_bytes=0, **more)  # type: ignore[arg-type]


@given(st.binary(max_size=500), st.lists(st.integers(min_value=1, max_value=200), max_size=12))
def test_parts_of_any_size_make_the_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: list[int]
) -> None:
    store = blobs(tmp_path_factory.mktemp("blobs"))
    key, offset = name_of(content), 0
    for cut in [*cuts, len(content) + 1]:
        assert store.size(key) is None or offset == len(content)
        part = content[offset : offset + cut]
        offset, complete = store.append(key, offset, len(content), part)
        assert complete is (offset == len(content))
    assert store.open(key).read_bytes() == content
    assert store.partial(key) == 0


def test_an_upload_goes_on_where_a_dead_process_left_it(tmp_path: Path) -> None:
    content = b"0123456789"
    blobs(tmp_path).append(name_of(content), 0, 10, content[:4])
    again = blobs(tmp_path)
    assert again.partial(name_of(content)) == 4
    assert again.append(name_of(content), 4, 10, content[4:]) == (10, True)


def test_wrong_bytes_are_dropped_and_the_upload_starts_anew(tmp_path: Path) -> None:
    store, key = blobs(tmp_path), name_of(b"right")
    with pytest.raises(InvalidInput):
        store.append(key, 0, 5, b"wrong")
    assert (store.size(key), store.partial(key)) == (None, 0)
    assert store.append(key, 0, 5, b"right") == (5, True)


def test_holes_limits_and_strange_names_are_refused(tmp_path: Path) -> None:
    store, key = blobs(tmp_path), name_of(b"abc")
    with pytest.raises(OffsetMismatch):
        store.append(key, 2, 3, b"c")
    with pytest.raises(InputTooLarge):
        store.append(key, 0, 1 << 21, b"a")
    with pytest.raises(InvalidInput):
        store.append(key, 2, 3, b"cd")
    with pytest.raises(InvalidInput):
        store.size("../../etc/passwd")
    with pytest.raises(NotFound):
        store.open(key)


def test_a_nearly_full_disk_takes_no_more_and_keeps_what_is_there(tmp_path: Path) -> None:
    room = [1 << 30]
    store = FileBlobs(tmp_path, limit_bytes=1 << 20, reserve_bytes=1 << 20, free=lambda _: room[0])
    store.append(name_of(b"a"), 0, 1, b"a")
    room[0] = 1 << 20
    with pytest.raises(StorageFull):
        store.append(name_of(b"b"), 0, 1, b"b")
    assert store.open(name_of(b"a")).read_bytes() == b"a"


def test_a_content_that_another_owner_sent_is_not_there_until_it_is_sent_or_granted(tmp_path: Path) -> None:
    store, key = blobs(tmp_path), name_of(b"weights")
    store.append(key, 0, 7, b"weights", "org_a")
    assert store.size(key, "org_a") == store.size(key) == 7
    assert (store.size(key, "org_b"), store.partial(key, "org_b")) == (None, 0)
    with pytest.raises(NotFound):
        store.open(key, "org_b")
    assert store.append(key, 0, 7, b"wei", "org_b") == (3, False)  # no shorter way for a guess
    with pytest.raises(InvalidInput):
        store.append(key, 3, 7, b"....", "org_b")
    assert store.size(key, "org_b") is None
    assert store.append(key, 0, 7, b"weights", "org_b") == (7, True)
    assert store.open(key, "org_b").read_bytes() == b"weights"
    store.grant("site_c", [key])
    store.grant("site_c", [key])
    assert blobs(tmp_path).open(key, "site_c").read_bytes() == b"weights"


def test_nobody_sees_how_far_the_upload_of_another_owner_is(tmp_path: Path) -> None:
    store, key = blobs(tmp_path), name_of(b"0123456789")
    store.append(key, 0, 10, b"01234", "org_a")
    assert (store.partial(key, "org_a"), store.partial(key, "org_b")) == (5, 0)
    with pytest.raises(OffsetMismatch):
        store.append(key, 5, 10, b"56789", "org_b")
    assert store.append(key, 5, 10, b"56789", "org_a") == (10, True)


def test_an_owner_is_an_id_and_never_a_path(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        blobs(tmp_path).size(name_of(b"a"), "../../etc")


def test_two_servers_on_one_folder_never_show_what_is_wrong_whoever_writes_between_them(tmp_path: Path) -> None:
    size, part = 200_000, 50_000
    for number in range(60):
        content = number.to_bytes(2, "big") * (size // 2)
        folder = tmp_path / str(number)
        told: list[str] = []

        def send(store: FileBlobs, sent: bytes, key: str = name_of(content), told: list[str] = told) -> None:
            for start in range(0, size, part):
                try:
                    store.append(key, start, size, sent[start : start + part], "org_x1")
                except (OffsetMismatch, InvalidInput) as refused:
                    told.append(refused.code)

        servers = [threading.Thread(target=send, args=(blobs(folder), sent)) for sent in (content, bytes(size))]
        for server in servers:
            server.start()
        for server in servers:
            server.join()
        store, key = blobs(folder), name_of(content)
        if store.size(key) is not None:
            assert name_of(store.open(key).read_bytes()) == key, told
        send(store, content)
        assert store.open(key, "org_x1").read_bytes() == content


def test_while_another_process_writes_an_upload_nobody_else_does(tmp_path: Path) -> None:
    store, key = blobs(tmp_path), name_of(b"0123456789")
    store.append(key, 0, 10, b"0123")
    take = f"import fcntl, sys; f = open({str(tmp_path / 'partial' / key)!r}, 'r+b'); fcntl.flock(f, fcntl.LOCK_EX)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{take}; print(flush=True); sys.stdin.read()"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(OffsetMismatch):
            store.append(key, 4, 10, b"456789")
        other.communicate()
    assert store.append(key, 4, 10, b"456789") == (10, True)


def test_a_full_disk_refuses_by_name_shows_nothing_half_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a disk that is full; run as root")
    try:
        store, content = blobs(tmp_path, free=lambda _: 1 << 30), os.urandom(300_000)
        key, filler = name_of(content), tmp_path / "filler"
        filler.write_bytes(bytes(850_000))
        store.append(key, 0, 300_000, content[:100_000], "org_x1")
        with pytest.raises(StorageFull, match="No space left on device"):
            store.append(key, 100_000, 300_000, content[100_000:], "org_x1")
        with pytest.raises(StorageFull, match="the disk is nearly full"):
            blobs(tmp_path).append(key, 100_000, 300_000, content[100_000:], "org_x1")
        assert (store.size(key), store.size(key, "org_x1")) == (None, None)
        held = store.partial(key, "org_x1")
        assert 100_000 <= held < 300_000
        filler.unlink()
        assert store.append(key, held, 300_000, content[held:], "org_x1") == (300_000, True)
        assert store.open(key, "org_x1").read_bytes() == content
    finally:
        subprocess.run(["umount", tmp_path], check=True)

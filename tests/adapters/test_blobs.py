"""Files by content: in parts, in any rhythm, never half visible, never wrong."""

import hashlib
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

"""What is kept of a rank's output: all of a little, head and tail of much, and never a secret."""

import resource
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.sites.output import MASK, TAIL_BYTES, OutputLog

LIMIT = 1 << 20


def kept(folder: Path, parts: list[bytes], *, secrets: list[bytes] | None = None, limit: int = LIMIT) -> bytes:
    path = folder / "log"
    path.unlink(missing_ok=True)
    log = OutputLog(str(path), limit, secrets or [])
    for number, part in enumerate(parts):
        log.add(part)
        log.tick(float(number))
    log.close()
    return path.read_bytes()


@given(parts=st.lists(st.binary(max_size=200), max_size=30))
def test_a_little_output_is_kept_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]) -> None:
    assert kept(tmp_path_factory.getbasetemp(), parts) == b"".join(parts)


@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_a_secret_is_masked_wherever_reads_cut_it(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    text = b"begin hunter2hunter2 middle hunter2hunter2hunter end"
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    parts = [text[a:b] for a, b in pairwise(edges)]
    whole = kept(tmp_path_factory.getbasetemp(), parts, secrets=[b"hunter2hunter2", b"abc"])
    assert whole == text.replace(b"hunter2hunter2", MASK)


@given(
    secrets=st.lists(st.text("ab", min_size=4, max_size=8).map(str.encode), min_size=1, max_size=3),
    parts=st.lists(st.text("ab", max_size=9).map(str.encode), max_size=12),
)
def test_secrets_that_overlap_each_other_are_never_shown_and_never_in_part(
    tmp_path_factory: pytest.TempPathFactory, secrets: list[bytes], parts: list[bytes]
) -> None:
    whole, shown = b"".join(parts), kept(tmp_path_factory.getbasetemp(), parts, secrets=secrets)
    assert not any(secret in shown for secret in secrets)
    if not any(secret in whole for secret in secrets):
        assert shown == whole


def test_much_output_keeps_head_and_tail_and_says_how_much_is_missing(tmp_path: Path) -> None:
    lines = [b"%09d\n" % number * 100 for number in range(40_000)]
    whole = kept(tmp_path, lines)
    assert whole.startswith(lines[0])
    assert whole.endswith(lines[-1])
    assert len(whole) <= LIMIT * 1.1
    gaps = [line for line in whole.splitlines() if line.endswith(b"bytes omitted]")]
    omitted = sum(int(gap.split()[1].replace(b",", b"")) for gap in gaps)
    marks = sum(len(gap) + 2 for gap in gaps)
    assert len(whole) - marks + omitted == sum(len(line) for line in lines)


def test_a_single_endless_line_is_bounded_too(tmp_path: Path) -> None:
    whole = kept(tmp_path, [b"x" * 65536] * 500)
    assert len(whole) <= LIMIT * 1.1
    assert b"bytes omitted]" in whole


def test_a_flood_costs_no_memory_however_much_comes_between_two_looks(tmp_path: Path) -> None:
    log, part = OutputLog(str(tmp_path / "log"), LIMIT, []), b"x" * 65536
    tracemalloc.start()
    try:
        for _ in range(1000):
            log.add(part)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        log.close()
    assert peak < 8 * TAIL_BYTES


def test_what_finds_no_room_is_counted_and_later_output_is_kept_again(tmp_path: Path) -> None:
    log = OutputLog(str(tmp_path / "log"), LIMIT, [])
    log.add(b"before\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))  # to the log this is a disk with three bytes left
    try:
        log.add(b"lost\n")
        log.add(b"waits\n")
        log.tick(1.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log.tick(2.0)
    log.add(b"after\n")
    log.close()
    assert (tmp_path / "log").read_bytes() == b"before\nlos\n[gridtie: 2 bytes omitted]\nwaits\nafter\n"

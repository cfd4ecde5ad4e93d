"""Output in a bucket: what is remembered of it costs little, however many parts came, and stays bounded."""

import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

import pytest

from gridtie.adapters import s3_logs
from gridtie.adapters.s3_logs import S3Logs
from gridtie.adapters.s3_parts import Part, cover
from gridtie.errors import OffsetMismatch
from gridtie.values.ids import uuid7_text

RUN, OTHER = ("run_" + uuid7_text(1, number) for number in (7, 8))


class Memory:
    """A bucket: its keys are listed in order, and what it is asked for is counted."""

    def __init__(self) -> None:
        self.listings, self.keys, self.reads = 0, 0, 0
        self.objects: dict[str, bytes] = {}
        self._keys: list[str] = []

    def put(self, key: str, content: bytes) -> None:
        if key not in self.objects:
            self._keys.insert(bisect_right(self._keys, key), key)
        self.objects[key] = content

    def listed(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        self.listings += 1
        for key in self._keys[bisect_right(self._keys, after or prefix) :]:
            if not key.startswith(prefix):
                return
            self.keys += 1
            yield key, len(self.objects[key])

    def read(self, key: str, start: int, count: int) -> bytes:
        self.reads += 1
        return self.objects[key][start : start + count]


def logs(bucket: Memory, *, part_bytes: int = 64) -> S3Logs:
    return S3Logs(bucket, part_bytes=part_bytes)  # type: ignore[arg-type]


def told_twice(
    servers: Sequence[S3Logs], rng: random.Random, *, turns: int, most: int,
    meanwhile: Callable[[S3Logs], None] = lambda _: None,
) -> None:  # fmt: skip
    """Parts of `most` bytes at most, some again, some too early, by any server: what is read is what was told."""
    text, held = rng.randbytes(3000), 0
    for turn in range(turns):
        start = rng.randrange(max(0, held - 300), held + 40) if turn else 0
        part = text[start : start + rng.randrange(1, most)]
        server = rng.choice(servers)
        meanwhile(server)
        if start > held:
            with pytest.raises(OffsetMismatch):
                server.append(RUN, 0, start, part)
        elif start <= len(text):
            held = max(held, server.append(RUN, 0, start, part))
        at, count = rng.randrange(0, 3000), rng.randrange(1, 900)
        assert rng.choice(servers).read(RUN, 0, at, count) == text[:held][at : at + count]
        assert {server.size(RUN, 0) for server in servers} == {held}
    with pytest.raises(OffsetMismatch):
        servers[0].append(RUN, 0, 0, b"another story")


def test_a_job_that_prints_a_line_at_a_time_for_hours_costs_each_line_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket, line, count, walked = Memory(), b"0123456789", 1000, 0
    server = logs(bucket)

    def counted(parts: Sequence[Part], *more: int | None, **named: int) -> list[tuple[Part, int, int]]:
        nonlocal walked
        walked += len(parts)
        return cover(parts, *more, **named)

    monkeypatch.setattr(s3_logs, "cover", counted)
    for number in range(count):
        assert server.append(RUN, 0, number * len(line), line) == (number + 1) * len(line)
        assert server.read(RUN, 0, number * len(line), 100) == line
    assert (bucket.listings, bucket.reads) == (2 * count, count)
    assert bucket.keys <= 20 * count  # of each look the parts within 64 bytes of the end
    assert walked <= 20 * count
    assert server.read(RUN, 0, 5, 100_000) == (line * count)[5:]


@pytest.mark.parametrize("seed", [1, 2, None])  # None: drawn in the test, as all processes must collect the same
def test_whatever_is_said_twice_to_two_servers_and_forgotten_by_them_reads_as_it_was_written(
    seed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed is None:
        seed = random.SystemRandom().randrange(1 << 30)
    print("seed", seed, file=sys.stderr)
    rng, bucket = random.Random(seed), Memory()
    monkeypatch.setattr(s3_logs, "KNOWN_MAX", 20)  # of one rank alone there are more
    servers = [logs(bucket, part_bytes=400) for _ in range(2)]

    def meanwhile(server: S3Logs) -> None:
        if rng.random() < 0.2:
            server.append(OTHER, rng.randrange(3), 0, b"another")

    told_twice(servers, rng, turns=200, most=60, meanwhile=meanwhile)


def test_what_is_remembered_of_all_ranks_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_logs, "KNOWN_MAX", 100)
    server = logs(Memory())
    for rank in range(50):
        for number in range(10):
            server.append(RUN, rank, number, b"x")
        assert server.size(RUN, 1000 + rank) == 0  # of which there is nothing
    held = [len(known.ends) + 1 for known in server._known.values()]
    assert sum(held) == server._held <= 100
    assert server.read(RUN, 0, 0, 100) == b"x" * 10

"""Output of runs in a bucket, for servers that share no disk: each part that was acknowledged is an object."""

import threading
from bisect import bisect_right
from dataclasses import dataclass, field

from gridtie.adapters.s3 import PIECE, Bucket, Gone
from gridtie.adapters.s3_parts import Part, cover, part_key, part_of
from gridtie.errors import OffsetMismatch, UnsafePath
from gridtie.values.ids import is_id

KNOWN_MAX = 200_000  # parts that are remembered, of all ranks together


@dataclass(slots=True)
class _Known:
    """How the parts of one rank lead on; grows at its end alone. `ends`: where each step does."""

    steps: list[tuple[Part, int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.ends[-1] if self.ends else 0

    @property
    def weight(self) -> int:
        return 1 + len(self.ends)

    def take(self, parts: list[Part]) -> None:
        for step in cover(parts, place=self.size):
            self.steps.append(step)
            self.ends.append(self.size + step[2])


class S3Logs:
    def __init__(self, bucket: Bucket, *, part_bytes: int) -> None:
        """`part_bytes`: the most that one call appends."""
        self._bucket, self._part_bytes = bucket, part_bytes
        self._known: dict[str, _Known] = {}
        self._held = 0  # parts in it
        self._lock = threading.Lock()

    def append(self, run: str, rank: int, offset: int, part: bytes) -> int:
        """The next offset. What overlaps must be equal. Raises OffsetMismatch on a hole or on a difference.

        The one who writes is the agent that holds the run; that it may say the same to two servers changes nothing.
        """
        folder = _folder(run, rank)
        size = self._look(folder).size
        if offset > size:
            raise OffsetMismatch(expected=size, given=offset)
        overlap = min(size - offset, len(part))
        if overlap and self.read(run, rank, offset, overlap) != part[:overlap]:
            raise OffsetMismatch(expected=size, given=offset)
        if rest := part[overlap:]:
            self._bucket.put(part_key(folder, size, len(rest)), rest)
        return size + len(rest)

    def size(self, run: str, rank: int) -> int:
        return self._look(_folder(run, rank)).size

    def read(self, run: str, rank: int, offset: int, count: int) -> bytes:
        known, found = self._look(_folder(run, rank)), bytearray()
        for index in range(bisect_right(known.ends, offset), len(known.ends)):
            (part, start, length), end = known.steps[index], known.ends[index]
            place, last = end - length, min(end, offset + count)
            for at in range(max(offset, place), last, PIECE):
                try:
                    found += self._bucket.read(part.key, start + at - place, min(PIECE, last - at))
                except Gone:  # somebody cleared the bucket: what is left is what we can tell
                    return bytes(found)
            if end >= offset + count:
                break
        return bytes(found)

    def ranks(self, run: str) -> list[int]:
        folder = _folder(run, 0).rpartition("/")[0]
        return sorted(int(name) for name in self._bucket.folders(f"{folder}/") if name.isdigit())

    def _look(self, folder: str) -> _Known:
        """Asks only for what may be new: a part we do not know that leads further begins near the end we know."""
        with self._lock:
            near = max(0, self._known[folder].size - self._part_bytes) if folder in self._known else 0
        after = part_key(folder, near, 0) if near else ""
        fresh = [part_of(key, size) for key, size in self._bucket.listed(f"{folder}/", after)]
        with self._lock:
            known = self._known.get(folder)
            if known is not None or not near:
                return self._keep(folder, known or _Known(), fresh)
        return self._look(folder)  # dropped meanwhile: what was asked for may not reach back

    def _keep(self, folder: str, known: _Known, fresh: list[Part]) -> _Known:
        if self._known.pop(folder, None) is not None:
            self._held -= known.weight
        known.take(fresh)
        self._known[folder] = known  # the last to be dropped
        self._held += known.weight
        while self._held > KNOWN_MAX and len(self._known) > 1:
            self._held -= self._known.pop(next(iter(self._known))).weight
        return known


def _folder(run: str, rank: int) -> str:
    if not is_id("run", run) or rank < 0:
        raise UnsafePath(path=run)
    return f"logs/{run[-2:]}/{run}/{rank}"

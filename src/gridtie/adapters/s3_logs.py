"""Output of runs in a bucket, for servers that share no disk: each part that was acknowledged is an object."""

import threading

from gridtie.adapters.s3 import PIECE, Bucket, Gone
from gridtie.adapters.s3_parts import Part, cover, end_of, part_key, part_of
from gridtie.errors import OffsetMismatch, UnsafePath
from gridtie.values.ids import is_id

KNOWN_MAX = 2000  # ranks whose parts are remembered


class S3Logs:
    def __init__(self, bucket: Bucket, *, part_bytes: int) -> None:
        """`part_bytes`: the most that one call appends."""
        self._bucket, self._part_bytes = bucket, part_bytes
        self._known: dict[str, dict[str, Part]] = {}
        self._lock = threading.Lock()

    def append(self, run: str, rank: int, offset: int, part: bytes) -> int:
        """The next offset. What overlaps must be equal. Raises OffsetMismatch on a hole or on a difference.

        The one who writes is the agent that holds the run; that it may say the same to two servers changes nothing.
        """
        folder = _folder(run, rank)
        size = end_of(cover(self._parts(folder)))
        if offset > size:
            raise OffsetMismatch(expected=size, given=offset)
        overlap = min(size - offset, len(part))
        if overlap and self.read(run, rank, offset, overlap) != part[:overlap]:
            raise OffsetMismatch(expected=size, given=offset)
        if rest := part[overlap:]:
            self._bucket.put(part_key(folder, size, len(rest)), rest)
        return size + len(rest)

    def size(self, run: str, rank: int) -> int:
        return end_of(cover(self._parts(_folder(run, rank))))

    def read(self, run: str, rank: int, offset: int, count: int) -> bytes:
        found, place = bytearray(), 0
        for part, start, length in cover(self._parts(_folder(run, rank)), offset + count):
            first = max(offset, place)
            for at in range(first, place + length, PIECE):
                wanted = min(PIECE, place + length - at)
                try:
                    found += self._bucket.read(part.key, start + at - place, wanted)
                except Gone:  # somebody cleared the bucket: what is left is what we can tell
                    return bytes(found)
            place += length
        return bytes(found)

    def ranks(self, run: str) -> list[int]:
        folder = _folder(run, 0).rpartition("/")[0]
        return sorted(int(name) for name in self._bucket.folders(f"{folder}/") if name.isdigit())

    def _parts(self, folder: str) -> list[Part]:
        """Asks only for what may be new: a part we do not know that leads further begins near the end we know."""
        known = self._known.get(folder, {})
        near = max(0, end_of(cover(list(known.values()))) - self._part_bytes)
        after = part_key(folder, near, 0) if near else ""
        fresh = {key: part_of(key, size) for key, size in self._bucket.listed(f"{folder}/", after)}
        known = {**known, **fresh}
        with self._lock:
            self._known.pop(folder, None)
            while len(self._known) >= KNOWN_MAX:
                del self._known[next(iter(self._known))]
            self._known[folder] = known
        return list(known.values())


def _folder(run: str, rank: int) -> str:
    if not is_id("run", run) or rank < 0:
        raise UnsafePath(path=run)
    return f"logs/{run[-2:]}/{run}/{rank}"

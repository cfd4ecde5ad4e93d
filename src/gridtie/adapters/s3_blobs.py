"""Files under the SHA-256 of their content in a bucket, for servers that share no disk.

The keys are those of the local folder (`ab/abcd…`, `claims/OWNER/…`), so a folder is moved by copying it. Unfinished
uploads wait as parts under `partial/`. A file that somebody reads is fetched once into a folder of this server,
checked against its name, and kept there for the next reader.
"""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from gridtie.adapters.blobs import check_part, checked, other_digest, owned
from gridtie.adapters.logs import storage_error
from gridtie.adapters.s3 import PARTS_MAX, PIECE, Bucket, Gone
from gridtie.adapters.s3_parts import Part, cover, end_of, part_key, part_of
from gridtie.errors import InvalidInput, NotFound, OffsetMismatch, StorageDamaged, StorageFull

KNOWN_MAX = 100_000  # files and claims that are remembered: neither is ever taken back
WRITERS = 8
IN_HAND_S = 30.0


class S3Blobs:
    def __init__(self, bucket: Bucket, cache: Path, *, limit_bytes: int, cache_bytes: int, reserve_bytes: int) -> None:
        self._bucket, self._cache = bucket, cache
        self._limit, self._cache_bytes, self._reserve = limit_bytes, cache_bytes, reserve_bytes
        self._lock = threading.Lock()
        self._known: dict[str, int] = {}  # key → bytes
        self._fetching: dict[str, threading.Lock] = {}
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in cache.glob("*.new"):
            left.unlink(missing_ok=True)

    def size(self, sha256: str, owner: str | None = None) -> int | None:
        key = _key(sha256)
        if owner is not None and self._size(_claim(owner, sha256)) is None:
            return None
        return self._size(key)

    def partial(self, sha256: str, owner: str | None = None) -> int:
        return end_of(cover(self._parts(_fresh(sha256, owner))))

    def grant(self, owner: str, names: Iterable[str]) -> None:
        """Claims on contents that somebody else sent. Raises LocalFault errors; again is harmless."""
        fresh = [key for name in names if (key := _claim(owner, name)) not in self._known]
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda key: self._bucket.put(key, b""), fresh))
        for key in fresh:
            self._remember(key, 0)

    def append(self, sha256: str, offset: int, total: int, part: bytes, owner: str | None = None) -> tuple[int, bool]:
        """Adds a part; (next offset, complete). Raises OffsetMismatch, InputTooLarge, InvalidInput, LocalFault ones."""
        check_part(sha256, offset, total, part, self._limit)
        if (size := self.size(sha256, owner)) is not None:
            return size, True
        if len(part) == total:
            self._whole(sha256, part)
        else:
            fresh = _fresh(sha256, owner)
            held = end_of(cover(self._parts(fresh)))
            if offset > held:
                raise OffsetMismatch(expected=held, given=offset)
            if part:
                self._bucket.put(part_key(fresh, offset, len(part)), part)
            if max(held, offset + len(part)) < total:
                return max(held, offset + len(part)), False
            self._join(sha256, fresh, offset, total)
        self._remember(_key(sha256), total)
        if owner is not None:
            self.grant(owner, [sha256])
        return total, True

    def open(self, sha256: str, owner: str | None = None) -> Path:
        """Its bytes on this server, right. Raises NotFound, StorageDamaged, StorageFull."""
        size = self.size(sha256, owner)
        if size is None:
            raise NotFound(noun="blob", key=sha256)
        path = self._cache / sha256
        with self._lock:
            turn = self._fetching.setdefault(sha256, threading.Lock())
        with turn:
            try:
                if not self._taken(path):
                    self._fetch(sha256, size, path)
            except OSError as cause:
                raise storage_error(cause, path) from cause
            finally:
                with self._lock:
                    self._fetching.pop(sha256, None)
        return path

    def _taken(self, path: Path) -> bool:
        """Whether it is here; then it is the last to go."""
        with self._lock, suppress(FileNotFoundError):
            os.utime(path)
            return True
        return False

    # ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _whole(self, sha256: str, content: bytes) -> None:
        if hashlib.sha256(content).hexdigest() != sha256:
            raise other_digest()
        if self._size(_key(sha256)) is None:
            self._bucket.put(_key(sha256), content)

    def _join(self, sha256: str, fresh: str, offset: int, total: int) -> None:
        """One object of the parts that cover it; seen by nobody before its digest is found right."""
        parts = self._parts(fresh)
        steps = cover(parts, total)
        digest, piece = hashlib.sha256(), max(PIECE, -(-total // PARTS_MAX))
        try:
            with self._bucket.upload(_key(sha256)) as upload:
                waiting = bytearray()
                for content in self._contents(steps):
                    digest.update(content)
                    waiting += content
                    while len(waiting) >= piece:
                        upload.add(bytes(waiting[:piece]))
                        del waiting[:piece]
                if waiting:
                    upload.add(bytes(waiting))
                if end_of(steps) != total:  # another server joined them meanwhile, and cleared them away
                    raise Gone
                if digest.hexdigest() != sha256:
                    raise other_digest()
        except Gone:
            raise OffsetMismatch(expected=0, given=offset) from None
        except InvalidInput:
            self._bucket.delete(part.key for part in parts)
            raise
        self._bucket.delete(part.key for part in parts)

    def _contents(self, steps: Sequence[tuple[Part, int, int]]) -> Iterator[bytes]:
        for part, start, count in steps:
            for place in range(start, start + count, PIECE):
                yield self._bucket.read(part.key, place, min(PIECE, start + count - place))

    def _parts(self, fresh: str) -> list[Part]:
        return [part_of(key, size) for key, size in self._bucket.listed(f"{fresh}/")]

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def _fetch(self, sha256: str, size: int, path: Path) -> None:
        self._make_room(size)
        # Of this call alone: after one that failed, two who waited for it may fetch at the same time.
        new, digest = path.with_suffix(f".{os.urandom(6).hex()}.new"), hashlib.sha256()
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for start in range(0, size, PIECE):
                    content = self._bucket.read(_key(sha256), start, min(PIECE, size - start))
                    digest.update(content)
                    file.write(content)
            if digest.hexdigest() != sha256:
                place = f"{self._bucket.place}/{_key(sha256)}"
                raise StorageDamaged(path=place, reason="its bytes have another SHA-256 than its name says")
            new.replace(path)
        except Gone:
            with self._lock:
                self._known.pop(_key(sha256), None)
            raise NotFound(noun="blob", key=sha256) from None
        finally:
            new.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """The files not read for longest go until this one fits; the last few stay, and who has just asked for his: he
        has yet to open it."""
        kept = sorted(self._kept(), key=lambda one: one[1].st_mtime)
        held = sum(found.st_size for _, found in kept)
        for path, found in kept[:-WRITERS]:
            if held + size <= self._cache_bytes:
                break
            if time.time() - found.st_mtime > IN_HAND_S and self._gone(path, found):
                held -= found.st_size
        if shutil.disk_usage(self._cache).free - size < self._reserve:
            raise StorageFull(reason="the disk is nearly full", path=self._cache)

    def _gone(self, path: Path, found: os.stat_result) -> bool:
        """Unless somebody has asked for it since we looked."""
        with self._lock, suppress(FileNotFoundError):
            if path.stat().st_mtime_ns != found.st_mtime_ns:
                return False
            path.unlink()
        return True

    def _kept(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._cache.iterdir():
            if path.suffix == "":
                with suppress(FileNotFoundError):  # somebody else made room meanwhile
                    yield path, path.stat()

    def _size(self, key: str) -> int | None:
        if key not in self._known:
            found = self._bucket.size(key)
            if found is None:
                return None
            self._remember(key, found)
        return self._known.get(key)

    def _remember(self, key: str, size: int) -> None:
        with self._lock:
            while len(self._known) >= KNOWN_MAX:
                del self._known[next(iter(self._known))]
            self._known[key] = size


def _key(sha256: str) -> str:
    return f"blobs/{checked(sha256)[:2]}/{sha256}"


def _claim(owner: str, sha256: str) -> str:
    return f"blobs/claims/{owned(owner)}/{checked(sha256)}"


def _fresh(sha256: str, owner: str | None) -> str:
    """Each owner has a half-finished upload of his own."""
    name = checked(sha256)
    return "blobs/partial/" + (name if owner is None else f"{owned(owner)}.{name}")

"""What a rank printed, as it is kept: secrets masked, the beginning and the end whole, every gap marked.

Used by the keeper, and copied to a scheduler's nodes: only the standard library of Python 3.8, and nothing that is slow
to import.
"""

from __future__ import annotations

import os

TAIL_BYTES = 1 << 18
SAMPLE_BYTES = 1 << 16
SAMPLE_S = 0.25
SECRET_MIN_BYTES = 4  # shorter values would turn ordinary text into asterisks
MASK = b"***"


class OutputLog:
    """Passes the first half of `limit` through, then samples four times a second, then keeps the tail.

    Who prints slowly loses nothing until `limit`; who prints 100 MB/s costs neither memory nor disk.
    """

    def __init__(self, path: str, limit: int, secrets: list[bytes]) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._written = os.fstat(self._file).st_size
        self._limit = limit
        self._head = limit // 2
        self._tail = min(TAIL_BYTES, limit // 4)
        self._sample = min(SAMPLE_BYTES, max(1, limit // 16))
        self._secrets = sorted({s for s in secrets if len(s) >= SECRET_MIN_BYTES}, key=len, reverse=True)
        self._carry = b""  # may be the beginning of a secret that the next read completes
        self._waiting = bytearray()
        self._omitted = 0
        self._sampled = 0.0

    @property
    def flooded(self) -> bool:
        """Whether more arrives than is kept: the reader need not hurry."""
        return self._omitted > 0 or len(self._waiting) > self._sample

    def add(self, part: bytes) -> bool:
        """True when the file grew."""
        part = self._masked(part)
        if not self._waiting and not self._omitted and self._written + len(part) <= self._head:
            self._write(part)
            return bool(part)
        self._waiting += part
        if len(self._waiting) > self._tail * 2:
            self._omit(len(self._waiting) - self._tail)
        return False

    def tick(self, now: float) -> bool:
        """To be called often. Lets a sample of what waits through; True when the file grew."""
        if not self._waiting or now - self._sampled < SAMPLE_S:
            return False
        if self._written + self._sample > self._limit - self._tail:
            return False  # the rest of the room is the tail's
        self._sampled = now
        self._let_through(self._sample)
        return True

    def close(self, closing: bytes = b"") -> None:
        """`closing` is a last line of the keeper's own."""
        self._waiting += self._replaced(self._carry)
        self._carry = b""
        self._let_through(self._tail)
        self._write(closing)
        os.close(self._file)

    def _omit(self, count: int) -> None:
        del self._waiting[:count]
        self._omitted += count

    def _let_through(self, most: int) -> None:
        if len(self._waiting) > most:
            self._omit(len(self._waiting) - most)
        if self._omitted:
            omitted, self._omitted = self._omitted, 0
            self._write(f"\n[gridtie: {omitted:,} bytes omitted]\n".encode())
            if self._omitted:  # no room even for that: what waits goes on waiting
                self._omitted = omitted
                return
        self._write(bytes(self._waiting))
        self._waiting.clear()

    def _write(self, part: bytes) -> None:
        """A full disk must not end the job's processes: what finds no room counts as omitted."""
        try:
            while part:
                count = os.write(self._file, part)
                self._written += count
                part = part[count:]
        except OSError:
            self._omitted += len(part)

    def _masked(self, part: bytes) -> bytes:
        """`part` with every secret replaced, less its end where that may be the beginning of one."""
        if not self._secrets:
            return part
        part = self._carry + part
        cut = len(part) - max(_overlap(part, secret) for secret in self._secrets)
        while (start := self._spanning(part, cut)) is not None:
            cut = start
        self._carry = part[cut:]
        return self._replaced(part[:cut])

    def _spanning(self, part: bytes, cut: int) -> int | None:
        """Where a secret begins that a cut there would tear in two."""
        for secret in self._secrets:
            start = part.find(secret, max(0, cut - len(secret) + 1), cut + len(secret) - 1)
            if 0 <= start < cut:
                return start
        return None

    def _replaced(self, part: bytes) -> bytes:
        for secret in self._secrets:
            part = part.replace(secret, MASK)
        return part


def _overlap(part: bytes, secret: bytes) -> int:
    """Length of the longest end of `part` that is a beginning, but not all, of `secret`."""
    for length in range(min(len(secret) - 1, len(part)), 0, -1):
        if part.endswith(secret[:length]):
            return length
    return 0

"""Packed files: what they hold as a stream, and that one which breaks off says so."""

import contextlib
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from gridtie.errors import FormatMissing

BLOCK = 1 << 20
_SIP = 512  # bytes of a frame at once: the most that so few can unfold into is 16 MiB


def needed(name: str, package: str, path: str) -> Any:
    """Raises FormatMissing."""
    try:
        return import_module(name)
    except ImportError:
        raise FormatMissing(path=path, package=package) from None


def zstd(path: str) -> Any:
    return needed("zstandard", "zstandard", path)


@contextlib.contextmanager
def opened(path: str, packing: str) -> Iterator[BinaryIO]:
    """Reading raises one of `broken()` where it cannot go on, EOFError where the rest is missing."""
    with Path(path).open("rb") as raw:
        if packing == ".gz":
            yield gzip.GzipFile(fileobj=raw)  # type: ignore[misc]
        elif packing == ".zst":
            yield io.BufferedReader(_Frames(raw, zstd(path).ZstdDecompressor()), BLOCK)
        else:
            yield raw


def broken() -> tuple[type[Exception], ...]:
    known: Any = sys.modules.get("zstandard")
    return (EOFError, OSError, zlib.error, *([known.ZstdError] if known else []))


class _Frames(io.RawIOBase):
    """All frames of a file. The library's own stream ends where the file does, in the middle of a frame too."""

    def __init__(self, raw: BinaryIO, unpacker: Any) -> None:
        self._raw, self._unpacker = raw, unpacker
        self._frame: Any = None
        self._packed, self._held = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._held:
            self._packed = self._packed or self._raw.read(_SIP)
            if not self._packed and self._frame is None:
                return 0
            if not self._packed:
                raise EOFError("a frame without its end")
            self._frame = self._frame or self._unpacker.decompressobj()
            self._held = memoryview(self._frame.decompress(self._packed))
            ended = self._frame.eof
            self._packed = self._frame.unused_data if ended else b""
            self._frame = None if ended else self._frame
        count = min(len(into), len(self._held))
        into[:count], self._held = self._held[:count], self._held[count:]
        return count

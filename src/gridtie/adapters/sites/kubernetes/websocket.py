"""The little of RFC 6455 that `exec` of the Kubernetes API needs: frames, in binary, one connection for one command."""

import base64
import hashlib
import os
from typing import BinaryIO

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
FRAME_BYTES_MAX = 1 << 26
CLOSE, PING, PONG, BINARY = 8, 9, 10, 2


def accept_of(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + MAGIC).digest()).decode()  # noqa: S324  the protocol's


def frame(kind: int, body: bytes, *, masked: bool) -> bytes:
    """One whole message. A client masks what it sends, a server never does."""
    size = len(body)
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes((0x80 | kind, bit | size))
    elif size < 1 << 16:
        head = bytes((0x80 | kind, bit | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x80 | kind, bit | 127)) + size.to_bytes(8, "big")
    if not masked:
        return head + body
    key = os.urandom(4)
    return head + key + _mask(body, key)


def _mask(body: bytes, key: bytes) -> bytes:
    size = len(body)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def read_frame(stream: BinaryIO) -> tuple[int, bytes]:
    """Kind (0 where a message goes on) and body. Raises EOFError where the other side is gone, ValueError."""
    first, second = _exactly(stream, 2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(_exactly(stream, 2 if size == 126 else 8), "big")
    if size > FRAME_BYTES_MAX:
        raise ValueError(f"a frame of {size:,} bytes")
    key = _exactly(stream, 4) if second & 0x80 else b""
    body = _exactly(stream, size)
    return first & 0x0F, _mask(body, key) if key else body


def _exactly(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("the connection ended in the middle of a frame")
    return body

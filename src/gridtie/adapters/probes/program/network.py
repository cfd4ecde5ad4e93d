"""The way to the exchange, and the links between the machines of one run: plain TCP."""

import socket
import time
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from .numbers import NotMeasured, first_seed, item, timed, words

PATIENCE_S = 15.0
BODY_MAX = 8 << 20


def exchange(url: str, params: dict[str, Any], *, name: str) -> list[dict[str, Any]]:
    """Round trip: one TCP connect, which takes exactly one. Bandwidth: fetching the API's description."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in ("http", "https") or not host:
        raise NotMeasured("the exchange has no usable URL")
    count = int(params["repetitions"])
    try:
        connects = [timed(lambda: socket.create_connection((host, port), timeout=PATIENCE_S).close())[1]
                    for _ in range(count)]  # fmt: skip
        answers = [timed(lambda: _get(url.rstrip("/") + "/healthz"))[1] for _ in range(count)]
    except OSError as cause:
        raise NotMeasured(f"the exchange could not be reached: {cause}"[:200]) from None
    items = [item(f"{name}-latency", connects, 1.0, "round trip"), item(f"{name}-answer", answers, 1.0, "answer")]
    try:
        sizes, spent = [], []
        for _ in range(3):
            body, taken = timed(lambda: _get(url.rstrip("/") + "/openapi.json"))
            sizes.append(body)
            spent.append(taken)
        items.append(item(f"{name}-bandwidth", spent, float(min(sizes)), "B"))
    except OSError:
        items.append({"name": f"{name}-bandwidth", "device": 0, "not_measured": "the exchange offers nothing to fetch"})
    return items


def _get(url: str) -> int:
    """Bytes of the answer's body."""
    with urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310  http or https, checked by the caller
        return len(answer.read(BODY_MAX))


class Ring:
    """Every machine listens, connects to the next one and is connected to by the one before it."""

    def __init__(self, ips: list[str], rank: int, port: int) -> None:
        self.rank, self.size = rank, len(ips)
        following = (rank + 1) % self.size
        deadline = time.monotonic() + PATIENCE_S
        try:
            with socket.create_server(("", port + rank), reuse_port=False) as server:
                server.settimeout(PATIENCE_S)
                self.next = self._reach(ips[following], port + following, deadline)
                self.before, _ = server.accept()
        except OSError as cause:
            raise NotMeasured(f"machine {following} could not be reached: {cause}"[:200]) from None
        for link in (self.next, self.before):
            link.settimeout(PATIENCE_S)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _reach(self, ip: str, port: int, deadline: float) -> socket.socket:
        while True:
            try:
                return socket.create_connection((ip, port), timeout=2.0)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def close(self) -> None:
        self.next.close()
        self.before.close()

    def shift(self, out: memoryview, into: memoryview) -> None:
        """Sends `out` on and receives `into` at the same time, so that a full buffer never blocks the circle."""
        self.next.setblocking(False)
        self.before.setblocking(False)
        sent = got = 0
        deadline = time.monotonic() + PATIENCE_S
        while sent < len(out) or got < len(into):
            moved = 0
            if sent < len(out):
                try:
                    moved = self.next.send(out[sent : sent + (1 << 18)])
                    sent += moved
                except BlockingIOError:
                    pass
            if got < len(into):
                try:
                    part = self.before.recv_into(into[got : got + (1 << 18)])
                    if part == 0:
                        raise NotMeasured("the machine before closed the link")
                    got += part
                    moved += part
                except BlockingIOError:
                    pass
            if not moved:
                if time.monotonic() > deadline:
                    raise NotMeasured("the link stood still")
                time.sleep(0)


def link(ring: Ring, params: dict[str, Any], *, name: str, nonce: bytes) -> list[dict[str, Any]]:
    """Bytes on to the next machine while as many arrive from the one before; and the time of a small message."""
    size, count = int(params["bytes"]), int(params["repetitions"])
    mine = words(first_seed(nonce, name, ring.rank), b"data", size // 8).tobytes()
    into = bytearray(size)
    small_out, small_in = bytearray(8), bytearray(8)
    latencies, samples = [], []
    for _ in range(max(8, count)):
        latencies.append(timed(lambda: ring.shift(memoryview(small_out), memoryview(small_in)))[1])
    for _ in range(count):
        samples.append(timed(lambda: ring.shift(memoryview(mine), memoryview(into)))[1])
    received = sha256(into).hexdigest()
    return [
        item(name, samples, float(size), "B", received=received, size=size),
        item(f"{name}-latency", latencies, 1.0, "message"),
    ]


def all_reduce(ring: Ring, params: dict[str, Any], *, name: str, nonce: bytes) -> dict[str, Any]:
    """Ring all-reduce of whole numbers: size-1 steps that add, size-1 steps that spread. Bus bytes per machine."""
    count = int(params["bytes"]) // 8 // ring.size * ring.size
    start = words(first_seed(nonce, name, ring.rank), b"data", count) >> np.uint64(8)
    samples, digest = [], ""
    for _ in range(int(params["repetitions"])):
        vector = start.copy()
        samples.append(timed(lambda vector=vector: _reduce(ring, vector))[1])
        digest = sha256(vector.astype("<u8").tobytes()).hexdigest()
    moved = 2.0 * (ring.size - 1) / ring.size * count * 8
    return item(name, samples, moved, "B", sum=digest, count=count)


def _reduce(ring: Ring, vector: "np.ndarray[Any, np.dtype[np.uint64]]") -> None:
    parts = np.split(vector, ring.size)
    arrived = np.empty_like(parts[0])
    into = memoryview(arrived).cast("B")
    for step in range(ring.size - 1):
        out = parts[(ring.rank - step) % ring.size]
        ring.shift(memoryview(out).cast("B"), into)
        parts[(ring.rank - step - 1) % ring.size][:] += arrived
    for step in range(ring.size - 1):
        out = parts[(ring.rank + 1 - step) % ring.size]
        ring.shift(memoryview(out).cast("B"), into)
        parts[(ring.rank - step) % ring.size][:] = arrived

"""Between the machines of one run: round trip, one-way transfer, and an all-reduce over all of them."""

import contextlib
import hashlib
import os
import socket
import struct
import threading
import time
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.adapters.probes.program.recorder import NotMeasured, Test
from gridtie.certification.generator import seed, words

_MEET_S = 20.0
_HEAD = 65_536  # elements of the sum that the verifier computes again
_SAMPLES = 12


def addresses() -> list[str]:
    return os.environ.get("SKYPILOT_NODE_IPS", "").split()


def addends(nonce: bytes, rank: int, count: int) -> npt.NDArray[np.float32]:
    """Small whole numbers, so that their sum over any machines in any order is exact."""
    raw = words(seed(nonce, "allreduce", rank), count)
    return (raw % np.uint64(1999)).astype(np.float32) - np.float32(999)


class Ring:
    """Connected to the next rank and from the one before. Close it on every path."""

    def __init__(self, rank: int, ranks: int, base_port: int) -> None:
        if len(hosts := addresses()) != ranks:
            raise NotMeasured(f"the site named {len(hosts)} of {ranks} addresses")
        self.rank, self.ranks = rank, ranks
        following = (rank + 1) % ranks
        try:
            with socket.create_server(("", base_port + rank), backlog=4) as server:
                server.settimeout(_MEET_S)
                self.next = _connect(hosts[following], base_port + following)
                self.previous = server.accept()[0]
        except OSError as error:
            raise NotMeasured(f"no network between the machines: {error}") from error
        for one in (self.next, self.previous):
            one.settimeout(_MEET_S)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self.next.close()
        self.previous.close()

    @contextlib.contextmanager
    def serving(self) -> Any:
        """While inside, messages from the previous rank are taken and acknowledged."""
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        yield
        self.next.sendall(struct.pack("<q", 0))
        thread.join(_MEET_S)

    def send(self, message: bytes) -> None:
        """Returns when the next rank has all of it."""
        self.next.sendall(struct.pack("<q", len(message)) + message)
        _receive(self.next, 1)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while size := struct.unpack("<q", _receive(self.previous, 8))[0]:
                _receive(self.previous, min(size, 1 << 30))
                self.previous.sendall(b"\0")

    def all_reduce(self, values: npt.NDArray[np.float32]) -> None:
        """In place: reduce-scatter, then all-gather, each rank sending 2 (R − 1) / R of the data."""
        parts = np.array_split(values, self.ranks)
        for phase in range(2):
            for hop in range(self.ranks - 1):
                out, into = (self.rank + phase - hop) % self.ranks, (self.rank + phase - hop - 1) % self.ranks
                raw = self._swap(parts[out].tobytes(), parts[into].nbytes)
                incoming = np.frombuffer(raw, np.float32)
                parts[into][:] = parts[into] + incoming if phase == 0 else incoming

    def _swap(self, message: bytes, expected: int) -> bytes:
        sender = threading.Thread(target=self.next.sendall, args=(message,), daemon=True)
        sender.start()
        raw = _receive(self.previous, expected)
        sender.join(_MEET_S)
        return raw


def latency(test: Test, ring: Ring, samples: int) -> None:
    with ring.serving():
        for _ in range(samples):
            test.time(lambda: ring.send(b"12345678"))
    test.unit = "s"
    test.details = {"to": (ring.rank + 1) % ring.ranks, "round_trip": True}


def bandwidth(test: Test, ring: Ring, size: int) -> None:
    message = bytes(size)
    with ring.serving():
        for _ in range(_SAMPLES):
            test.time(lambda: ring.send(message))
    test.unit, test.amount = "B/s", float(size)
    test.details = {"to": (ring.rank + 1) % ring.ranks}


def all_reduce(test: Test, ring: Ring, nonce: bytes, size: int, port: int) -> None:
    """Through torch.distributed where PyTorch is there, since that is what a user's job goes through."""
    count = max(size // 4, _HEAD)
    mine = addends(nonce, ring.rank, count)
    backend, total = "ring over TCP", mine
    collective = _Collective.join(ring, port)
    for _ in range(_SAMPLES):
        total = mine.copy()
        if collective is None:
            test.time(partial(ring.all_reduce, total))
        else:
            backend, total = collective.backend, collective.sum(test, total)
    if collective is not None:
        collective.leave()
    test.unit, test.amount = "B/s", 2 * (ring.ranks - 1) / ring.ranks * count * 4
    test.details = {
        "backend": backend,
        "count": count,
        "head_sha256": hashlib.sha256(total[:_HEAD].astype("<f4").tobytes()).hexdigest(),
    }


class _Collective:
    """torch.distributed: nccl between accelerators that have it, gloo otherwise."""

    def __init__(self, ring: Ring, port: int) -> None:
        import torch
        import torch.distributed as distributed

        self._torch, self._distributed = torch, distributed
        self.backend = "nccl" if torch.cuda.is_available() and distributed.is_nccl_available() else "gloo"
        self._device = torch.device("cuda", 0) if self.backend == "nccl" else torch.device("cpu")
        meeting = f"tcp://{addresses()[0]}:{port}"
        distributed.init_process_group(self.backend, init_method=meeting, rank=ring.rank, world_size=ring.ranks)

    @staticmethod
    def join(ring: Ring, port: int) -> "_Collective | None":
        try:
            return _Collective(ring, port)
        except ImportError:
            return None

    def sum(self, test: Test, data: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        tensor = self._torch.from_numpy(data).to(self._device)

        def wait() -> None:
            if self.backend == "nccl":
                self._torch.cuda.synchronize()

        test.time(lambda: self._distributed.all_reduce(tensor), wait)
        total: npt.NDArray[np.float32] = tensor.cpu().numpy()
        return total

    def leave(self) -> None:
        self._distributed.destroy_process_group()


def _connect(host: str, port: int) -> socket.socket:
    """The other machine may start later: tries until the meeting time is over."""
    deadline = time.monotonic() + _MEET_S
    while True:
        try:
            return socket.create_connection((host, port), timeout=2)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _receive(source: socket.socket, size: int) -> bytes:
    parts = []
    while size > 0:
        part = source.recv(min(size, 1 << 20))
        if not part:
            raise ConnectionError("the other machine hung up")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

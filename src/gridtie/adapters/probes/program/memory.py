"""Memory: how fast it moves, and whether as much is there as is claimed."""

import time
from functools import partial
from typing import Any

import numpy as np

from gridtie.adapters.probes.program.device import Device
from gridtie.adapters.probes.program.recorder import NotMeasured, Test
from gridtie.certification.generator import CAPACITY_CHUNK_WORDS, capacity_streams


def bandwidth(test: Test, plan: dict[str, Any], devices: list[Device], kind: str) -> None:
    """'copy' moves every byte twice; a triad by two passes, as NumPy does it, moves it five times."""
    size = plan["bandwidth_bytes"]
    arrays = [[device.floats(size // 4) for _ in range(3)] for device in devices]

    def move() -> int:
        moved = 0
        for device, (target, left, right) in zip(devices, arrays, strict=True):
            if kind == "copy":
                device.copy(target, left)
                moved += 2
            else:
                moved += device.triad(target, left, right)
        return moved

    def wait() -> None:
        for device in devices:
            device.wait()

    moved = move()
    wait()
    end = time.perf_counter() + plan["memory_budget_s"]
    while time.perf_counter() < end or len(test.samples_s) < 5:
        test.time(move, wait)
    test.unit, test.amount = "B/s", float(moved * size)
    test.details = {"array_bytes": size, "devices": len(devices)}


def _checksums(device: Device, chunks: list[Any], weights: Any) -> list[int]:
    return [device.checksum(chunk, weights) for chunk in chunks]


def capacity(test: Test, plan: dict[str, Any], nonce: bytes, rank: int, devices: list[Device]) -> None:
    """Fills all of it, keeps all of it, then reads all of it back into one checksum per MiB."""
    chunk_bytes = CAPACITY_CHUNK_WORDS * 8
    count = plan["capacity_bytes"] // chunk_bytes
    held = []
    wanted = count
    for device in devices:
        base, weights = (device.integers(stream) for stream in capacity_streams(nonce, rank))
        chunks: list[Any] = []

        def fill(device: Device = device, base: Any = base, chunks: list[Any] = chunks) -> None:
            try:
                chunks.extend(device.fill_chunk(base, index) for index in range(wanted))
            except (MemoryError, RuntimeError) as full:
                if not chunks:
                    raise NotMeasured(f"nothing could be allocated: {full}") from full

        test.time(fill, device.wait)
        held.append((device, chunks, weights))
    count = min(len(chunks) for _, chunks, _ in held)
    sums: list[int] = []
    for device, chunks, weights in held:
        sums += test.time(partial(_checksums, device, chunks[:count], weights))
    test.answer("capacity.bin", np.array(sums, "<i8").tobytes())
    test.unit, test.amount = "B", float(count * chunk_bytes * len(devices))
    test.details = {"chunks": count, "devices": len(devices), "wanted_bytes": plan["capacity_bytes"] * len(devices)}

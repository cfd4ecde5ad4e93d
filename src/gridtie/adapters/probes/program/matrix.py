"""Matrix products per precision: a chain that cannot be shortened, on every device at once."""

import statistics
import time
from typing import Any

import numpy as np

from gridtie.adapters.probes.program.device import Device
from gridtie.adapters.probes.program.recorder import Test
from gridtie.certification.generator import (
    MODULUS,
    SIZES,
    WITNESS_N,
    chain_seed,
    diagonal,
    fractions,
    link_key,
    residues,
    seed,
)

DEVICES_STRIDE = 1024  # the seed of device d of rank r is that of 'rank' r · 1024 + d
_WARM_UP = 2


def matrix(test: Test, plan: dict[str, Any], nonce: bytes, rank: int, devices: list[Device], precision: str) -> None:
    n, steps = _size(plan, devices, precision)
    links = plan["links"]
    chains = [_Chain(nonce, rank * DEVICES_STRIDE + d, device, precision, n, links, steps)
              for d, device in enumerate(devices)]  # fmt: skip
    test.unit, test.amount = "FLOP/s", 2.0 * n**3 * len(devices)
    test.details = {"n": n, "steps": steps, "links": links, "devices": len(devices), "modulus": MODULUS[precision]}
    for link in range(links):
        for chain in chains:
            chain.begin(link)
        for step in range(steps):
            for chain in chains:
                chain.prepare(step)
            test.time(lambda: _multiply(chains))
            for chain in chains:
                chain.reduce()
        for d, chain in enumerate(chains):
            chain.previous = test.answer(f"matrix.{precision}.{d}.{link}.bin", chain.fetch())
    if precision in ("fp64", "fp32"):
        for d, device in enumerate(devices):
            a, b = (fractions(seed(nonce, "witness", rank, d, side), WITNESS_N**2).reshape(WITNESS_N, WITNESS_N)
                    for side in "ab")  # fmt: skip
            test.answer(f"witness.{precision}.{d}.bin", device.real_product(a, b, precision).astype("<f8").tobytes())


def _multiply(chains: list["_Chain"]) -> None:
    """All devices at once: started one after the other, then waited for."""
    for chain in chains:
        chain.multiply()
    for chain in chains:
        chain.device.wait()


def _size(plan: dict[str, Any], devices: list[Device], precision: str) -> tuple[int, int]:
    """(n, products per link) such that the timed part takes the plan's budget here. Warms up on the way."""
    n, took = plan["n_min"], 0.0
    budget = plan["matrix_budget_s"] / plan["links"]
    for size in SIZES:
        if not plan["n_min"] <= size <= plan["n_max"] or (took and took * (size / n) ** 3 > budget / 4):
            continue
        n, took = size, _product_s(devices[0], precision, size)
    # An accelerator hands a product over at once; at least two per link, or there is no spread to show.
    return n, max(2, min(plan["steps_max"], round(budget / took)))


def _product_s(device: Device, precision: str, n: int) -> float:
    ones = np.ones((n, n), np.int16)
    a, z = device.load(ones, precision), device.load(ones, precision)
    samples = []
    for _ in range(_WARM_UP + 3):
        began = time.perf_counter()
        device.product(a, z, precision)
        device.wait()
        samples.append(time.perf_counter() - began)
    return max(statistics.median(samples[_WARM_UP:]), 1e-6)


class _Chain:
    """The chain of one device; freivalds.py says what it is and why."""

    def __init__(
        self, nonce: bytes, index: int, device: Device, precision: str, n: int, links: int, steps: int
    ) -> None:
        self.device, self.precision, self.n = device, precision, n
        self._seed = chain_seed(nonce, precision, index, n, links, steps)
        a, x = (residues(seed(self._seed, name), n * n, MODULUS[precision]).reshape(n, n) for name in "AX")
        self._a, self._state = device.load(a, precision), device.state(x, precision)
        self.previous = bytes(32)
        self._key = b""
        self._z: Any = None
        self._product: Any = None

    def begin(self, link: int) -> None:
        self._key = link_key(self._seed, link, self.previous)

    def prepare(self, step: int) -> None:
        d = diagonal(self._key, step, self.n, MODULUS[self.precision])
        self._z = self.device.scaled(d, self._state, self.precision)
        self.device.wait()

    def multiply(self) -> None:
        self._product = self.device.product(self._a, self._z, self.precision)

    def reduce(self) -> None:
        self._state = self.device.reduced(self._product, self.precision)

    def fetch(self) -> bytes:
        return self.device.fetch(self._state).tobytes()

"""What a device must do for the tests, and the processor doing it with NumPy."""

from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from gridtie.adapters.probes.program.recorder import NotMeasured
from gridtie.certification import generator

Array = Any  # the framework's own
Small = npt.NDArray[np.int16]


class Device(Protocol):
    """One processor or accelerator. Arrays are its framework's; residues come and go as int16 on the host."""

    name: str

    def load(self, values: Small, precision: str) -> Array:
        """In the type that is multiplied. Raises NotMeasured for a precision this device has not."""
        ...

    def state(self, values: Small, precision: str) -> Array:
        """In a type that holds sums of this precision exactly."""
        ...

    def scaled(self, diagonal: Small, state: Array, precision: str) -> Array:
        """diagonal · state, reduced, in the type that is multiplied."""
        ...

    def product(self, a: Array, z: Array, precision: str) -> Array:
        """The timed call."""
        ...

    def reduced(self, product: Array, precision: str) -> Array:
        """As a state; raises NotMeasured when a sum left the exact range."""
        ...

    def fetch(self, state: Array) -> Small: ...

    def real_product(self, a: Any, b: Any, precision: str) -> npt.NDArray[np.float64]:
        """Of full-mantissa numbers, for the accuracy witness."""
        ...

    def wait(self) -> None:
        """Until everything started has been done."""
        ...

    def integers(self, values: npt.NDArray[np.int64]) -> Array: ...

    def fill_chunk(self, base: Array, index: int) -> Array: ...

    def checksum(self, chunk: Array, weights: Array) -> int: ...

    def floats(self, count: int) -> Array: ...

    def copy(self, target: Array, source: Array) -> None: ...

    def triad(self, target: Array, left: Array, right: Array) -> int:
        """target = left + 3 · right; how often each element was moved to or from memory."""
        ...


class NumpyDevice:
    name = "cpu (NumPy)"
    _TYPES: ClassVar = {"fp64": np.float64, "fp32": np.float32}

    def load(self, values: Small, precision: str) -> Array:
        if precision not in self._TYPES:
            raise NotMeasured(f"NumPy has no fast {precision} product")
        return values.astype(self._TYPES[precision])

    state = load

    def scaled(self, diagonal: Small, state: Array, precision: str) -> Array:
        return _symmetric(diagonal.astype(state.dtype)[:, None] * state, generator.MODULUS[precision])

    def product(self, a: Array, z: Array, precision: str) -> Array:  # noqa: ARG002
        return a @ z

    def reduced(self, product: Array, precision: str) -> Array:
        if max(product.max(), -product.min()) >= generator.EXACT_MAX[precision]:
            raise NotMeasured("a sum left the range in which products are exact")
        return _symmetric(product, generator.MODULUS[precision])

    def fetch(self, state: Array) -> Small:
        small: Small = state.astype("<i2")
        return small

    def real_product(self, a: Any, b: Any, precision: str) -> npt.NDArray[np.float64]:
        kind = self._TYPES[precision]
        product: npt.NDArray[np.float64] = (a.astype(kind) @ b.astype(kind)).astype(np.float64)
        return product

    def wait(self) -> None:
        pass

    def integers(self, values: npt.NDArray[np.int64]) -> Array:
        return values

    def fill_chunk(self, base: Array, index: int) -> Array:
        return generator.capacity_chunk(base, index)

    def checksum(self, chunk: Array, weights: Array) -> int:
        return generator.capacity_checksum(chunk, weights)

    def floats(self, count: int) -> Array:
        return np.arange(count, dtype=np.float32)

    def copy(self, target: Array, source: Array) -> None:
        np.copyto(target, source)

    def triad(self, target: Array, left: Array, right: Array) -> int:
        np.multiply(right, np.float32(3), out=target)
        np.add(target, left, out=target)
        return 5


def _symmetric(values: Any, modulus: int) -> Any:
    """Modulo `modulus` into the symmetric range, in place where it can be; exact, as every term is an exact integer."""
    quotient = values * values.dtype.type(1 / modulus)
    np.rint(quotient, out=quotient)
    quotient *= modulus
    values -= quotient
    return values


def devices(*, only_processor: bool = False) -> list[Device]:
    """Every accelerator that PyTorch sees, else the processor through PyTorch, else through NumPy."""
    try:
        from gridtie.adapters.probes.program.torch_device import torch_devices
    except ImportError:
        return [NumpyDevice()]
    return list(torch_devices(only_processor=only_processor))

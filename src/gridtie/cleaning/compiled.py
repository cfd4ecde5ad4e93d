"""Kernels compiled where Numba is there. Where it is not, those that matter are passes of NumPy over whole texts, and
the small ones are the Python that they are written in: slower, and the same results."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from gridtie.cleaning import plain

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

try:
    from numba import njit
except ImportError:  # at a site that has NumPy alone

    def njit(**_: bool) -> Callable[[Kernel], Kernel]:
        return lambda kernel: cast(Kernel, plain.KERNELS.get(kernel.__name__, kernel))


__all__ = ["njit"]

"""Kernels compiled where Numba is there. Where it is not, those that matter are passes of NumPy over whole texts, and
the small ones are the Python that they are written in: slower, and the same results."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, TypeVar, cast

from gridtie.cleaning.plain import KERNELS

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_compile: Callable[..., Any] | None
try:
    _compile = import_module("numba").njit
    with suppress(ImportError):  # what travels to a site is without it
        _compile = import_module("gridtie.brought").njit
except ImportError:  # at a site that has NumPy alone
    _compile = None
COMPILED = _compile is not None


def njit(**options: bool) -> Callable[[Kernel], Kernel]:
    """As Numba's."""

    def made(kernel: Kernel) -> Kernel:
        found = KERNELS.get(kernel.__name__, kernel) if _compile is None else _compile(**options)(kernel)
        return cast(Kernel, found)

    return made

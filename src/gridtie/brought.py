"""Kernels that came compiled with the installed package, so that nobody waits for a compiler at first use.

A wheel holds what numba compiled when it was built (`setup.py`), for any machine of its kind rather than for the one
it was built on: the same code wherever it is installed. It serves the numba and the Python that it was built with; with
others, on an older processor or in a tree of sources, numba compiles as it always does. A kernel changed since is not
taken either: the index holds a digest of its file.
"""

import platform
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import numba
from numba.core import codegen
from numba.core.caching import FunctionCache, IndexDataCacheFile

FOLDER = files("gridtie") / "kernels" / f"numba-{numba.__version__}"
BROUGHT = FOLDER.is_dir()
# What kernels in a wheel may ask of a processor, as numba's index has it; x86-64-v3 is nearly any since 2015.
KINDS = {"x86_64": ("x86-64-v3", "+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt,+movbe,+popcnt")}
KIND = KINDS.get(platform.machine(), ("generic", ""))


def _suits(features: str) -> bool:
    return set(filter(None, KIND[1].split(","))) <= set(features.split(","))


def serves() -> bool:
    """Whether what was brought runs on this machine."""
    return BROUGHT and _suits(codegen.get_host_cpu_features())


class _Cache(FunctionCache):
    """What was compiled on this machine, else what was brought."""

    def __init__(self, kernel: Callable[..., Any]) -> None:
        super().__init__(kernel)
        self._brought = IndexDataCacheFile(str(FOLDER), self._impl.filename_base, self._impl.locator.get_source_stamp())

    def _load_overload(self, sig: Any, target_context: Any) -> Any:
        found = super()._load_overload(sig, target_context)
        if found is not None:
            return found
        signature, (machine, _, has), code = self._index_key(sig, target_context.codegen())
        if not _suits(has):
            return None
        stored = self._brought.load((signature, (machine, *KIND), code))
        return None if stored is None else self._impl.rebuild(target_context, stored)


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Numba's, kept in its cache."""

    def made(kernel: Callable[..., Any]) -> Any:
        compiled = numba.njit(**{**options, "cache": True})(kernel)
        if BROUGHT and hasattr(compiled, "_cache"):  # without a compiler (NUMBA_DISABLE_JIT) it is the function itself
            compiled._cache = _Cache(kernel)
        return compiled

    return made

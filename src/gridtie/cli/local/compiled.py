"""Where what numba compiles is kept: beside the sources, else in the user's cache folder, else where a command says."""

from collections.abc import Callable
from pathlib import Path

NOWHERE = "cannot cache"  # what numba says when a kernel is named and no folder can be written


def kept(imports: Callable[[], object], folder: Callable[[], Path]) -> Path | None:
    """Imports kernels; where nothing compiled can be kept, they are kept in `folder` from now on, which is returned.

    Raises RuntimeError when that folder cannot be written either.
    """
    try:
        imports()
    except RuntimeError as refusal:
        if NOWHERE not in str(refusal):
            raise
        import numba

        numba.config.CACHE_DIR = str(other := folder())  # type: ignore[attr-defined]
        imports()
        return other
    return None

"""Where what numba compiles is kept: beside the sources, else in the user's cache folder, else where a command says."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from gridtie.cli.output import say

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


def kept_or_said(imports: Callable[[], object], how_long: str) -> bool:
    """Imports kernels for a command; False, and said, where what it compiles lasts no longer than the command."""
    if kept(imports, _passing_folder) is None:
        return True
    say(
        "neither the installation nor your cache folder can be written, so what is compiled cannot be kept: every "
        f"run compiles first, for {how_long}. Set NUMBA_CACHE_DIR to a folder of yours, and only the first does."
    )
    return False


def engine_for(rule: str) -> None:
    """Before a round is recomputed whose rule runs compiled code: where none can be kept, that is said."""
    from gridtie.market.rules.welfare import NAME

    def imports() -> None:
        import gridtie.market.engine.clear  # noqa: F401

    if rule == NAME:
        kept_or_said(imports, "half a minute")


def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gridtie-compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

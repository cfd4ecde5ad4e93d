"""Where what numba compiles is kept: beside the sources, else in the user's cache folder, else where a command says."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridtie.cli.output import say
from gridtie.values.rule_names import BEST_WELFARE

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
    from gridtie.brought import serves

    if kept(imports, _passing_folder) is None or serves():
        return True
    say(
        "neither the installation nor your cache folder can be written, so what is compiled cannot be kept: every "
        f"run compiles first, for {how_long}. Set NUMBA_CACHE_DIR to a folder of yours, and only the first does."
    )
    return False


def compiled() -> bool:
    """Whether the engine came compiled, or was compiled here before, by one of its kernels."""
    from gridtie.market.engine.lanes import lane_pass

    return lies_compiled(lane_pass, "lanes.lane_pass")


def lies_compiled(kernel: Any, name: str) -> bool:
    from gridtie.brought import serves

    return serves() or any(Path(str(kernel.stats.cache_path)).glob(f"{name}-*.nbc"))


def engine_for(rule: str) -> None:
    """Before a round is recomputed whose rule runs compiled code: how long that takes is said, where none was kept."""

    def imports() -> None:
        import gridtie.market.engine.clear  # noqa: F401

    if rule == BEST_WELFARE and kept_or_said(imports, "half a minute") and not compiled():
        say("compiling the clearing engine, once (half a minute) …")


def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gridtie-compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

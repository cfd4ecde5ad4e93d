"""Adds the kernels, compiled, to a wheel: who installs it must not wait for a compiler at the first clearing.

They need numba where the wheel is built (an isolated build has it); without it the wheel is pure and says so. All else
stands in pyproject.toml. `gridtie.brought` reads what lies here.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
RUNS = (
    ("-m", "gridtie.market.engine.warm"),
    ("-m", "gridtie.cleaning.warm"),
    ("-m", "gridtie.cli.main", "simulate", *map(str, sorted((HERE / "examples/logs").glob("*.sacct"))),
     "--deadline", "2", "--policies", "easy,late,market"),
)  # fmt: skip


class WithKernels(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        if find_spec("numba") is None:
            print("no numba here: this wheel brings no kernels, and each installation compiles them at first use")
            return
        self._compile(Path(self.build_lib).resolve())

    def _compile(self, root: Path) -> None:
        import numba

        sys.path.insert(0, str(root))
        from gridtie.brought import KIND

        name, features = KIND
        work, folder = root.parent / "kernels", root / "gridtie" / "kernels" / f"numba-{numba.__version__}"
        for old in (work, folder.parent):
            shutil.rmtree(old, ignore_errors=True)
        environment = os.environ | {
            "PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(work),
            "NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features,
        }  # fmt: skip
        for run in RUNS:
            subprocess.run([sys.executable, *run], env=environment, cwd=root, check=True, stdout=subprocess.DEVNULL)
        folder.mkdir(parents=True)
        for file in sorted(work.glob("*/*.nb?")):
            if (folder / file.name).exists():
                raise SystemExit(f"two kernels would be kept as {file.name}: give one of their files another name")
            shutil.move(file, folder / file.name)


class ForOneKindOfMachine(Distribution):
    def has_ext_modules(self) -> bool:
        return find_spec("numba") is not None


setup(cmdclass={"build_py": WithKernels}, distclass=ForOneKindOfMachine)

import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import gridtie.brought
from gridtie.brought import KIND

ROOT = Path(__file__).parent.parent
KERNEL = """
from gridtie.brought import njit

@njit(nogil=True)
def twice(number):
    return 2 * number
"""
ASK = """
import json
from gridtie.brought import serves
from gridtie.doubling import twice
answer = twice(21)
print(json.dumps([answer, serves(), sum(twice.stats.cache_hits.values())]))
"""


class Installed:
    """A package of one kernel, and a cache of numba's that nobody has used."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder, folder / "gridtie"
        self.package.mkdir()
        (self.package / "__init__.py").touch()
        shutil.copy(gridtie.brought.__file__, self.package)
        (self.package / "doubling.py").write_text(KERNEL)

    def called(self, cache: str, **more: str) -> tuple[int, bool, int]:
        """The result, whether kernels that were brought serve here, and how many came from a cache."""
        environment = {
            **os.environ, "PYTHONPATH": str(self.folder), "NUMBA_CACHE_DIR": str(self.folder / cache), **more,
        }  # fmt: skip
        done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
        result, serves, hits = json.loads(done.stdout)
        return result, serves, hits

    def compiled_here(self, cache: str) -> list[Path]:
        return list((self.folder / cache).glob("*/*.nbc"))


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """As setup.py leaves it in a wheel."""
    import numba

    made = Installed(tmp_path)
    made.called("build", NUMBA_CPU_NAME=KIND[0], NUMBA_CPU_FEATURES=KIND[1])
    folder = made.package / "kernels" / f"numba-{numba.__version__}"
    folder.mkdir(parents=True)
    for file in (tmp_path / "build").glob("*/*.nb?"):
        shutil.move(file, folder)
    return made


def test_a_kernel_that_was_brought_is_not_compiled_again(installed: Installed) -> None:
    assert installed.called("fresh") == (42, True, 1)
    assert not installed.compiled_here("fresh")


def test_a_kernel_whose_file_was_changed_since_is_compiled_here(installed: Installed) -> None:
    (installed.package / "doubling.py").write_text(KERNEL.replace("2 * number", "3 * number"))
    assert installed.called("fresh") == (63, True, 0)
    assert len(installed.compiled_here("fresh")) == 1


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only there is more asked for than any processor has")
def test_an_older_processor_is_not_given_what_it_cannot_run(installed: Installed) -> None:
    assert installed.called("fresh", NUMBA_CPU_NAME="nehalem", NUMBA_CPU_FEATURES="+sse4.2") == (42, True, 0)
    assert len(installed.compiled_here("fresh")) == 1


def test_what_was_compiled_here_goes_before_what_was_brought(installed: Installed) -> None:
    shutil.rmtree(installed.package / "kernels")
    assert installed.called("fresh") == (42, False, 0)
    assert installed.called("fresh") == (42, False, 1)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_wheel_brings_every_kernel_that_a_first_clearing_cleaning_and_simulation_need(tmp_path: Path) -> None:
    kept = ("src", "examples", "pyproject.toml", "setup.py", "README.md")
    for name in kept:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    command = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), ".")
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("gridtie-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "NUMBA_CACHE_DIR": str(tmp_path / "fresh")}
    logs = map(str, sorted((ROOT / "examples/logs").glob("*.sacct")))
    warm = (("gridtie.market.engine.warm",), ("gridtie.cleaning.warm",))
    for arguments in (*warm, ("gridtie.cli.main", "simulate", *logs)):
        subprocess.run((sys.executable, "-m", *arguments), env=environment, check=True, capture_output=True)
    assert not list((tmp_path / "fresh").glob("*/*.nbc"))

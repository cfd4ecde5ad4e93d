"""The test program. It travels to the site as source files and runs there alone: standard library, NumPy, maybe
PyTorch.

Its modules, and those of certification it shares with the verifier, keep their package paths in the work directory,
where they come before anything installed: what the verifier computes and what the site computes are one text.
"""

import hashlib
from pathlib import Path

_ROOT = Path(__file__).parents[4]
_MODULES = (
    "gridtie/certification/generator.py",
    "gridtie/certification/transformer.py",
    *(
        f"gridtie/adapters/probes/program/{name}.py"
        for name in (
            *("main", "recorder", "device", "torch_device", "matrix"),
            *("memory", "storage", "network", "peers", "model"),
        )
    ),
)
_PACKAGES = ("gridtie", "gridtie/certification", "gridtie/adapters", "gridtie/adapters/probes",
             "gridtie/adapters/probes/program")  # fmt: skip
_START = b"""\
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, os.environ.get("GRIDTIE_CPUS") or str(len(os.sched_getaffinity(0))))
try:
    import numpy
except ImportError:
    sys.exit("the tests of a certification need NumPy, and " + sys.executable + " of this machine has none")
from gridtie.adapters.probes.program.main import main
sys.exit(main(sys.argv[1]))
"""


def probe_files() -> list[tuple[str, bytes]]:
    """(path in the work directory, content), program.py first; challenge.json is still to be added."""
    files = [("program.py", _START)]
    files += [(f"{package}/__init__.py", b"") for package in _PACKAGES]
    return files + [(name, (_ROOT / name).read_bytes()) for name in _MODULES]


def program_digest() -> str:
    """'sha256:…' over every file that travels; names the very text that ran."""
    state = hashlib.sha256()
    for name, content in probe_files():
        state.update(f"{name} {len(content)}\n".encode() + content)
    return "sha256:" + state.hexdigest()

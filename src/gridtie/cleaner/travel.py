"""The files of a job that cleans: the cleaner itself as one archive, the few lines that unpack and start it, and what
it is to do. A site needs Python 3.11, NumPy and orjson; Numba makes large shares faster, and some formats and actions
need what they need here (pyarrow, zstandard, cryptography)."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from typing import Any

ARCHIVE, PROGRAM, WORK = "cleaner.zip", "program.py", "work.json"
COMPILED_FROM = 50_000_000  # bytes of a share: below, compiling (28 s) takes longer than it saves (0.4 to 0.6 s a MB)
_WHOLE = ("cleaner", "cleaning", "values")
_ALONE = ("__init__.py", "errors.py", "tomltext.py", "adapters/__init__.py", "adapters/tables.py",
          "identity/__init__.py", "identity/signing.py", "registry/__init__.py", "registry/chips.py",
          "registry/places.py")  # fmt: skip
_NEEDS = {".parquet": "pyarrow", ".zst": "zstandard"}
_START = """\
import importlib.util, json, os, sys, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
UNPACKED = os.path.join(HERE, "unpacked")
if __name__ == "__main__":
    with zipfile.ZipFile(os.path.join(HERE, "cleaner.zip")) as archive:
        archive.extractall(UNPACKED)
sys.path.insert(0, UNPACKED)  # there by now: what is no folder when it is first looked into stays unknown
if os.environ.get("CLEANER_PLAIN"):  # in the processes that this one starts, too
    sys.modules["numba"] = None

if __name__ == "__main__":
    with open(os.path.join(HERE, "work.json"), encoding="utf-8") as file:
        work = json.load(file)
    missing = [name for name in work["needs"] if importlib.util.find_spec(name) is None]
    if sys.version_info < (3, 11) or missing:
        found = "Python " + sys.version.split()[0] + "".join(" without " + name for name in missing)
        sys.exit("the cleaner needs Python 3.11 or newer with " + ", ".join(work["needs"]) + "; here is " + found)
    if work["share_bytes"] < COMPILED_FROM:
        os.environ["CLEANER_PLAIN"] = "1"
        sys.modules["numba"] = None
    from gridtie.cleaner.share import main

    main(work, os.environ)
"""


def program() -> bytes:
    return _START.replace("COMPILED_FROM", str(COMPILED_FROM)).encode()


def archive() -> bytes:
    """The same bytes for the same code."""
    made = io.BytesIO()
    root = resources("gridtie")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in _ALONE:
            _add(zipped, name, (root / name).read_bytes())
        for name in _WHOLE:
            _add_below(zipped, name, root / name)
    return made.getvalue()


def _add_below(zipped: zipfile.ZipFile, name: str, folder: Traversable) -> None:
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        if child.is_dir() and child.name != "__pycache__":
            _add_below(zipped, f"{name}/{child.name}", child)
        elif child.is_file():
            _add(zipped, f"{name}/{child.name}", child.read_bytes())


def _add(zipped: zipfile.ZipFile, name: str, content: bytes) -> None:
    zipped.writestr(zipfile.ZipInfo(f"gridtie/{name}"), content, zipfile.ZIP_DEFLATED)


def work_of(
    step: str, inputs: Sequence[str], *, share_bytes: int, given: Mapping[str, Any], keys: Sequence[str] = (),
    encrypts: bool = False,
) -> bytes:  # fmt: skip
    """`inputs`: paths in the dataset. `given`: policy, words, names, field, sources, pack, as texts; rules, texts by
    name. `keys`: names of those whose values are the job's secrets, in their order."""
    needs = {"numpy", "orjson"} | {_NEEDS[ending] for path in inputs for ending in _NEEDS if path.endswith(ending)}
    needs |= {"cryptography"} if encrypts else set()
    said: dict[str, Any] = {**given, "step": step, "inputs": list(inputs), "share_bytes": share_bytes,
                            "needs": sorted(needs), "keys": list(keys)}  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()

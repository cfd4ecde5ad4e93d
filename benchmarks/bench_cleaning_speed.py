"""How fast a core cleans: `python benchmarks/bench_cleaning_speed.py [TEXTS.jsonl[.gz]]`.

Each step over all texts in MB (10^6 bytes of UTF-8) a second of processor time, best of five, and a whole pass by one
process, reading and writing included. Names are found by rules alone where nothing else is said. What a process pays
once, making a scanner ready, is told beside; so is a first scan, which has yet to meet most of what a rule costs.

Without a file the texts are half a megabyte of short pages, a fifth with personal data: what a whole pass costs
whatever its size, and each text whatever its length, weighs more there than in texts that people have.
"""

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench_cleaning_peers import base_texts
from gridtie.adapters.tables import load_rules, names_text
from gridtie.cleaner.run import clean
from gridtie.cleaner.work import Task
from gridtie.cleaning import kernels
from gridtie.cleaning.anchors import Anchors
from gridtie.cleaning.block import Block, blocks
from gridtie.cleaning.quality import PHRASE
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.tagger import NamesModel, Tagger

POLICY = Path(__file__).parent.parent / "examples" / "texts" / "policy.toml"


def spent(work: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def whole(texts: list[str], folder: Path) -> Callable[[], object]:
    source = folder / "texts.jsonl"
    with source.open("w") as file:
        file.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)

    def run() -> None:
        out = Path(tempfile.mkdtemp(dir=folder))
        task = Task(
            out=out, policy_text=POLICY.read_text(), policy_source=str(POLICY), words_text="", text_field="text",
            aside=False, keys={}, names_text="",
        )  # fmt: skip
        clean(task, [source], workers=1, progress=lambda _: None)

    return run


def with_names() -> Scanner:
    return Scanner(load_rules(), Tagger(NamesModel.read(names_text(), source="names")))


def bare(path: Path | None) -> None:
    """In a process that has no Numba."""
    texts = base_texts(path, math.inf)
    size = sum(len(text.encode()) for text in texts) / 1e6
    for name, scanner in (("scan", Scanner(load_rules())), ("names, too,", with_names())):
        speed = size / spent(lambda scanner=scanner: scanner.scan_all(texts), 5)  # type: ignore[misc]
        print(f"{name + ' without Numba':30} {speed:7.1f} MB/s", flush=True)


def ready() -> Scanner:
    """A scanner for rules, of a process that has its kernels."""
    Scanner(load_rules()).scan("138 0013 8000")
    start = time.process_time()
    made = Scanner(load_rules())
    print(f"{'make a scanner ready':30} {time.process_time() - start:7.2f} s", flush=True)
    return made


def main() -> None:
    texts = base_texts(Path(sys.argv[1]) if sys.argv[1:] else None, math.inf)
    data = [np.frombuffer(text.encode(), np.uint8) for text in texts]
    size = sum(len(one) for one in data) / 1e6
    squeezed = [kernels.squeezed(one)[1] for one in data]
    print(f"{len(texts)} texts, {size:.1f} MB")
    scanner, named = ready(), with_names()
    print(f"{'scan, the first time':30} {size / spent(lambda: scanner.scan_all(texts), 1):7.1f} MB/s", flush=True)
    anchors = Anchors([rule for rule in load_rules().rules if rule.source == "pattern"])
    with tempfile.TemporaryDirectory() as folder:
        run = whole(texts, Path(folder))
        run()
        steps: dict[str, Callable[[], object]] = {
            "look for anchors and digits": lambda: [anchors.look(Block.of(some)) for some in blocks(texts)],
            "scan, that included": lambda: scanner.scan_all(texts),
            "the same with names": lambda: named.scan_all(texts),
            "scan text by text": lambda: [scanner.scan(text) for text in texts],
            "decode, classify, squeeze": lambda: [kernels.squeezed(one) for one in data],
            "repeated phrases": lambda: [kernels.repeated(one, PHRASE) for one in squeezed],
            "MinHash of squeezed text": lambda: [kernels.signature(one) for one in squeezed],
            "MinHash, squeezing included": lambda: [kernels.signature(kernels.squeezed(one)[1]) for one in data],
            "whole pass": run,
        }
        for name, work in steps.items():
            print(f"{name:30} {size / spent(work, 5):7.1f} MB/s", flush=True)
        print(f"peak of memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB, all texts held")
    path = f"Path({sys.argv[1]!r})" if sys.argv[1:] else None
    alone = (
        "import sys; sys.modules['numba'] = None; from pathlib import Path; "
        f"import bench_cleaning_speed as it; it.bare({path})"
    )
    subprocess.run(
        [sys.executable, "-c", alone], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


if __name__ == "__main__":
    main()

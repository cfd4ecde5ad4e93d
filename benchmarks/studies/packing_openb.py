"""How much of a pool packing can sell: openb's pods on openb's machines, at 1.3 times the accelerators there are.

    python -m benchmarks.studies.packing_openb FOLDER [--variants]      FOLDER has openb_node_list_gpu_node.csv.gz …

A run shuffles the pods of a list, adds pods drawn from it with replacement until 1.3 times the accelerators are asked
for, and offers them. Nothing ends. Published figures: Q. Weng and others, "Beware of Fragmentation" (ATC 2023).
"""

import csv
import gzip
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gridtie.market.packing import Packing, Pool, Tasks, big_first, improved, pack

SEEDS = (1, 2, 3)
DEMAND = 1.3
WINDOWS = (256, 2_048)
ACCELERATORS = 8  # of the largest machine
PUBLISHED = {"random, one at a time": 87.5, "best-fit, one at a time": 93.1, "gradient, one at a time": 95.4}


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") as lines:
        return list(csv.DictReader(lines))


def pool(folder: Path) -> tuple[Pool, list[str]]:
    machines = rows(folder / "openb_node_list_gpu_node.csv.gz")
    models = sorted({row["model"] for row in machines})
    free = np.zeros((len(machines), ACCELERATORS), np.int64)
    for n, row in enumerate(machines):
        free[n, : int(row["gpu"])] = 1000
    cpu, memory = (np.array([int(row[name]) for row in machines]) for name in ("cpu_milli", "memory_mib"))
    return Pool(cpu=cpu, memory=memory, free=free, model=np.array([models.index(r["model"]) for r in machines])), models


def tasks(path: Path, models: list[str], there: int, seed: int) -> Tasks:
    """`there`: thousandths of accelerators in the pool. A model that no machine has stands as one beyond the list."""
    shapes = []
    for row in rows(path):
        count = int(row["num_gpu"])
        named = [model for model in (row.get("gpu_spec") or "").split("|") if model]
        mask = sum({1 << (models.index(model) if model in models else len(models)) for model in named})
        shapes.append(
            (int(row["cpu_milli"]), int(row["memory_mib"]), count, int(row["gpu_milli"]) if count else 0, mask)
        )
    kind, of = np.unique(np.array(shapes, dtype=np.int64), axis=0, return_inverse=True)
    dice, of = np.random.default_rng(seed), of.reshape(-1)
    asked = kind[:, 2] * kind[:, 3]
    more = dice.permutation(of)[dice.integers(0, len(of), 8 * len(of))]
    arrived = np.concatenate((dice.permutation(of), more))
    return Tasks(kind=kind, of=arrived[: int(np.searchsorted(np.cumsum(asked[arrived]), DEMAND * there)) + 1])


def windows(there: Pool, wanted: Tasks, size: int, rule: str) -> Packing:
    """The pods come in windows; each is served big first, for good, by the mix of all."""
    order = np.concatenate([
        first + big_first(Tasks(kind=wanted.kind, of=wanted.of[first : first + size]))
        for first in range(0, len(wanted.of), size)
    ])  # fmt: skip
    return pack(there, wanted, order, rule)


def exchanged(wanted: Tasks, found: Packing) -> Packing:
    """A pod is worth its accelerators; a whole one as much as a thousand pods without any."""
    return improved(wanted, found, (wanted.kind[:, 2] * wanted.kind[:, 3] + 1).astype(np.float64))


def policies(there: Pool, wanted: Tasks, seed: int) -> dict[str, Callable[[], Packing]]:
    arrival, draw = np.arange(len(wanted.of)), np.random.default_rng(seed).random(len(wanted.of))
    found: dict[str, Callable[[], Packing]] = {
        "random, one at a time": lambda: pack(there, wanted, arrival, "random", draw=draw),
        "best-fit, one at a time": lambda: pack(there, wanted, arrival, "best-fit"),
        "gradient, one at a time": lambda: pack(there, wanted, arrival, "gradient"),
    }
    for rule in ("best-fit", "gradient"):
        for size in WINDOWS:
            found[f"{rule}, windows of {size:,}, big first"] = lambda r=rule, s=size: windows(there, wanted, s, r)
    found |= {
        "best-fit, all known, big first": lambda: pack(there, wanted, big_first(wanted), "best-fit"),
        "gradient, all known, big first": lambda: pack(there, wanted, big_first(wanted), "gradient"),
        "gradient, all known, in order of arrival, exchanged": lambda: exchanged(
            wanted, pack(there, wanted, arrival, "gradient")
        ),
    }
    return found


def measured(there: Pool, found: Packing) -> tuple[float, float, float]:
    """Per cent of accelerators sold, of pods served, and of the cores sold."""
    sold = 1 - found.left.free.sum() / there.free.sum()
    return 100 * sold, 100 * float((found.machine >= 0).mean()), 100 * (1 - found.left.cpu.sum() / there.cpu.sum())


def spread(values: list[float]) -> str:
    return f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}"


def table(folder: Path) -> None:
    there, models = pool(folder)
    lists = [
        (seed, tasks(folder / "openb_pod_list_default.csv.gz", models, int(there.free.sum()), seed)) for seed in SEEDS
    ]
    whole = int(there.free.sum()) // 1000
    print(
        f"{len(there.cpu):,} machines, {whole:,} accelerators; pods: {', '.join(f'{len(t.of):,}' for _, t in lists)}\n"
    )
    print("| policy | accelerators sold, % | published | pods served, % | cores sold, % | CPU s |")
    print("|---|---|---|---|---|---|")
    for name in policies(there, lists[0][1], 0):
        results, took = [], []
        for seed, wanted in lists:
            policy = policies(there, wanted, seed)[name]
            policy()  # compiled once
            begun = time.process_time()
            found = policy()
            took.append(time.process_time() - begun)
            results.append(measured(there, found))
        sold, served, cores = (spread([r[i] for r in results]) for i in range(3))
        print(f"| {name} | {sold} | {PUBLISHED.get(name, '')} | {served} | {cores} | {statistics.median(took):.2f} |")


def variants(folder: Path) -> None:
    there, models = pool(folder)
    print("| list | one at a time: best-fit | gradient | all known: gradient | in order of arrival, exchanged |")
    print("|---|---|---|---|---|")
    for path in sorted(folder.glob("openb_pod_list_*.csv.gz")):
        cells: list[list[float]] = [[], [], [], []]
        for seed in SEEDS:
            wanted = tasks(path, models, int(there.free.sum()), seed)
            chosen = policies(there, wanted, seed)
            for cell, name in zip(cells, (*list(chosen)[1:3], *list(chosen)[-2:]), strict=True):
                cell.append(measured(there, chosen[name]())[0])
        name = path.name.removeprefix("openb_pod_list_").removesuffix(".csv.gz")
        print(f"| {name} | {' | '.join(spread(cell) for cell in cells)} |")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--variants"]):
        sys.exit(__doc__)
    (variants if sys.argv[2:] else table)(Path(sys.argv[1]))

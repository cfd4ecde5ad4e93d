"""How fast, how near the optimum, how large: `python -m benchmarks.clearing.bench [sizes warm first scaling]`.

Every clearing is audited. A row of `sizes` is the median over its seeds, each in a process of its own that reads the
book from a file, clears it once unmeasured and then measured: wall and CPU seconds of one clearing with two threads,
peak memory of that process (Python, kernels and the book included), certified gap, beside it what the prices alone
prove. `bound over LP`: how far that lies above the optimum of the relaxation of the same places, which are those that
could hold a job if they were empty. The gap may be proven from further below, by hurdles. `warm` clears fifty epochs in
which 1 to 5 % of the jobs leave and as many arrive, each from the prices and the choice before. `first` is a new
process: import and first clearing. `scaling` fits t ~ n^a through the least of three clearings of each size, and draws
it with `--picture FILE`.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from benchmarks.clearing.instances import Size, book
from benchmarks.clearing.peers import RELAXATION
from benchmarks.clearing.peers import measured as peer
from benchmarks.clearing.picture import Scaling, draw
from benchmarks.peak import peak_mb
from benchmarks.stage import machine

from gridtie.adapters.threads import BlockThreads
from gridtie.market.engine.audit import faults
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints

SEEDS = (1, 2, 3)
# Size, passes, sweeps, rounds: as many as the target for that size needs.
TABLE = (
    (Size(jobs=1_000, pools=100, load=1.5), 28, 32, 16),
    (Size(jobs=10_000, pools=1_000, load=1.5), 28, 6, 0),
    (Size(jobs=10_000, pools=1_000, load=1.5), 28, 6, 12),
    (Size(jobs=100_000, pools=2_500, load=1.5), 28, 2, 0),
    (Size(jobs=100_000, pools=2_500, load=1.5), 28, 4, 0),
    (Size(jobs=100_000, pools=10_000, load=1.5), 28, 2, 0),
    (Size(jobs=100_000, pools=10_000, load=1.5), 28, 3, 0),
    (Size(jobs=100_000, pools=10_000, load=1.5), 28, 12, 0),
    (Size(jobs=1_000, pools=100, load=4.0), 28, 32, 16),
    (Size(jobs=100_000, pools=2_500, load=4.0), 28, 6, 0),
    (Size(jobs=100_000, pools=10_000, load=4.0), 28, 6, 0),
    (Size(jobs=20_000, pools=200, load=1.5, slots=24), 28, 2, 0),
    (Size(jobs=20_000, pools=200, load=1.5, slots=24), 28, 5, 0),
    (Size(jobs=20_000, pools=200, load=1.5, slots=24), 60, 6, 0),
    (Size(jobs=20_000, pools=200, load=4.0, slots=24), 28, 5, 0),
    (Size(jobs=20_000, pools=200, load=4.0, slots=24), 60, 6, 0),
)
GROWING = (3_000, 10_000, 30_000, 100_000)
WARM = EngineSettings(warm_passes=4, warm_temperature=0.02, sweeps=2, fall=2)
Row = tuple[float, float, float, float, float, float]  # wall s, CPU s, peak MB, gap, at the prices alone, bound


def timed(
    columns: ColumnBook, settings: EngineSettings, threads: BlockThreads, before: Ints | None = None,
    choice: Ints | None = None,
) -> tuple[ColumnClearing, float, float]:  # fmt: skip
    wall, cpu = time.perf_counter(), time.process_time()
    cleared = clear(columns, settings=settings, prices_before=before, choice_before=choice, run_blocks=threads)
    took = time.perf_counter() - wall, time.process_time() - cpu
    if wrong := faults(columns, cleared):
        raise SystemExit(f"the checker refuses this clearing: {wrong[0]}")
    return cleared, *took


def _child(pipe: Connection, path: str, settings: EngineSettings) -> None:
    with np.load(path) as stored:
        columns = ColumnBook(**stored)
    threads = BlockThreads(2)
    clear(columns, settings=settings, run_blocks=threads)
    wall, cpu = time.perf_counter(), time.process_time()
    cleared = clear(columns, settings=settings, run_blocks=threads)
    took = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_mb()
    threads.close()
    if wrong := faults(columns, cleared):
        raise SystemExit(f"the checker refuses this clearing: {wrong[0]}")
    pipe.send((*took, peak, cleared.gap, 1 - cleared.welfare / cleared.bound, float(cleared.bound)))


def measured(size: Size, seed: int, settings: EngineSettings) -> Row:
    columns = book(size, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.npz"
        np.savez(path, **{field.name: getattr(columns, field.name) for field in fields(columns)})
        here, there = get_context("spawn").Pipe()
        child = get_context("spawn").Process(target=_child, args=(there, str(path), settings))
        child.start()
        answer: Row = here.recv() if here.poll(600) else (float("nan"),) * 6  # type: ignore[assignment]
        child.join()
    return answer


def sizes() -> None:
    head = (
        f"{'':<36}{'passes':>7}{'sweeps':>7}{'rounds':>7}{'wall s':>8}{'CPU s':>8}{'peak MB':>8}{'gap':>8}{'worst':>8}"
    )
    print(f"{head}{'at prices':>10}{'bound over LP':>15}")
    for size, passes, sweeps, rounds in TABLE:
        settings = EngineSettings(passes=passes, sweeps=sweeps, fall=sweeps, rounds=rounds)
        rows = [measured(size, seed, settings) for seed in SEEDS]
        wall, cpu, peak, gap, priced = (statistics.median(row[i] for row in rows) for i in range(5))
        over = "-"
        if size.jobs == 1_000:
            relaxed = [peer(size, seed, RELAXATION, 60.0) for seed in SEEDS]
            found = [row[5] / lp[1] - 1 for row, lp in zip(rows, relaxed, strict=True) if lp]
            over = f"{statistics.median(found):.3%}" if found else "-"
        print(
            f"{size!s:<24}, load {size.load:<5}{passes:>7}{sweeps:>7}{rounds:>7}{wall:>8.3f}{cpu:>8.3f}{peak:>8.0f}"
            f"{gap:>8.2%}{max(row[3] for row in rows):>8.2%}{priced:>10.2%}{over:>15}",
            flush=True,
        )


def chosen(columns: ColumnBook, jobs: Ints) -> ColumnBook:
    """The book of some of the jobs, each of which is its own class."""
    parts = np.diff(columns.class_first)[jobs]
    first = np.concatenate(([0], np.cumsum(parts))).astype(np.int32)
    at = np.arange(first[-1]) - np.repeat(first[:-1], parts) + np.repeat(columns.class_first[jobs], parts)
    picked = {f.name: getattr(columns, f.name)[at] for f in fields(columns) if f.name.startswith("column_")}
    kept = {f.name: getattr(columns, f.name) for f in fields(columns) if f.name not in picked}
    return ColumnBook(**{**kept, **picked, "class_first": first, "job_class": np.arange(len(jobs), dtype=np.int32)})


def warm(epochs: int = 50) -> None:
    """A book of 150,000 jobs of which 100,000 bid at a time."""
    dice = np.random.default_rng(1)
    everything = book(Size(jobs=150_000, pools=10_000, load=2.25), 1)
    jobs = dice.permutation(150_000)
    threads, before = BlockThreads(2), None
    held, rows = np.full(150_000, -1), []  # which of its columns a job runs on
    for epoch in range(epochs + 1):
        leave = dice.permutation(100_000)[: int(dice.uniform(0.01, 0.05) * 100_000)]
        arrive = 100_000 + dice.permutation(50_000)[: len(leave)]
        jobs[leave], jobs[arrive] = jobs[arrive], jobs[leave]
        here = np.sort(jobs[:100_000])
        columns = chosen(everything, here)
        choice = np.where(held[here] >= 0, columns.class_first[:-1] + held[here], -1)
        cleared, wall, cpu = timed(columns, WARM, threads, before, choice)
        before, held[:] = cleared.price, -1
        held[here] = np.where(cleared.choice >= 0, cleared.choice - columns.class_first[:-1], -1)
        if epoch:  # the first one is cold
            stays = (cleared.choice == choice)[choice >= 0].mean()
            rows.append((wall, cpu, cleared.gap, stays))
    wall, cpu, gap, stay = (np.array(column) for column in zip(*rows, strict=True))
    print(
        f"{epochs} warm epochs of 100,000 × 10,000, 1-5 % churn: wall median {np.median(wall):.3f} s, worst "
        f"{wall.max():.3f} s; CPU median {np.median(cpu):.3f} s; gap median {np.median(gap):.2%}, worst {gap.max():.2%}"
        f"; {np.median(stay):.0%} of those that ran and still bid run where they ran"
    )


FIRST = """
import time; begun = time.perf_counter()
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.warm import tiny
imported = time.perf_counter()
clear(tiny(1, 3, False, False), settings=EngineSettings())
print(1000 * (imported - begun), 1000 * (time.perf_counter() - imported))
"""


def first() -> None:
    def run(**more: str) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", FIRST], capture_output=True, text=True, check=True, env={**os.environ, **more}
        )
        imported, cleared = done.stdout.split()
        return float(imported), float(cleared)

    runs = [run() for _ in range(5)]
    print(f"import {statistics.median(r[0] for r in runs):.0f} ms, first clearing "
          f"{statistics.median(r[1] for r in runs):.0f} ms, kernels in the cache (medians of 5)")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        print(f"first clearing with an empty cache: {run(NUMBA_CACHE_DIR=folder)[1] / 1000:.1f} s, once")


def scaling(picture: Path | None = None) -> None:
    rows = {
        "jobs and pools, 10 to 1": ("jobs", [Size(jobs=n, pools=n // 10, load=1.5) for n in GROWING]),
        "jobs, 1,000 pools": ("jobs", [Size(jobs=n, pools=1_000, load=1.5) for n in GROWING]),
        "pools, 30,000 jobs": ("pools", [Size(jobs=30_000, pools=n, load=1.5) for n in (300, 1_000, 3_000, 10_000)]),
        "slots, 3,000 × 30": ("slots", [Size(jobs=3_000, pools=30, load=1.5, slots=n) for n in (6, 12, 24, 48)]),
    }
    threads, drawn = BlockThreads(2), []
    for name, (axis, sizes) in rows.items():
        spent, columns = [], []
        for size in sizes:
            made = book(size, 1)
            spent.append(min(timed(made, EngineSettings(sweeps=3), threads)[2] for _ in range(3)))
            columns.append(made.columns)
        row = Scaling(name, axis, [getattr(size, axis) for size in sizes], spent)
        each = " ".join(f"{s:.3f}" for s in spent)
        rate = 8.0 * 28 * columns[-1] / spent[-1] / 1e9
        print(f"{name:<26} CPU s {each:<28} exponent {row.fit[0]:.2f}; {spent[-1] / columns[-1] * 1e9:.0f} ns a column"
              f"; the ascent reads {rate:.2f} GB/s of columns over the whole clearing", flush=True)  # fmt: skip
        drawn.append(row)
    if picture is not None:
        draw(drawn, picture)


PARTS: Mapping[str, Callable[..., None]] = {"sizes": sizes, "warm": warm, "first": first, "scaling": scaling}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them if none is named")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where scaling draws its fits, as SVG")
    args, load = parser.parse_args(), os.getloadavg()[0]
    print(f"machine: {machine()}; load before: {load:.1f}")
    for part in args.parts or PARTS:
        print(f"\n{part}")
        PARTS[part](*([args.picture] if part == "scaling" else []))


if __name__ == "__main__":
    main()

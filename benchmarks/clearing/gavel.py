"""Gavel's max-min and max-sum policies on Gavel's own inputs: ours beside their programme in cvxpy with ECOS.

    python -m benchmarks.clearing.gavel FOLDER      FOLDER has throughputs_isolated.csv.gz and msr_seed0_jobs.csv.gz

Theirs is the programme of their policies (max_min_fairness.py with an equal isolated share, max_sum_throughput.py),
a variable for each job and kind, written again in cvxpy after theirs and solved with ECOS in `.bench`
(make bench-peers).
"""

import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks.stage import machine

from gridtie.market.fair_shares import OBJECTIVES, Demand, shares

KINDS = ("k80", "p100", "v100")
SIZES = (1_024, 4_096, 16_384, 65_536)
PEER = Path(".bench/bin/python")
PEER_SCRIPT = Path(__file__).with_name("gavel_peer.py")


def demand(folder: Path, jobs: int, seed: int) -> Demand:
    """Jobs drawn with replacement from the trace; a quarter of them can run at once on each kind."""
    speed: dict[tuple[str, str, int], float] = {}
    with gzip.open(folder / "throughputs_isolated.csv.gz", "rt") as rows:
        for row in csv.DictReader(rows):
            speed[row["worker_type"], row["job_type"], int(row["scale_factor"])] = float(row["steps_per_s"])
    with gzip.open(folder / "msr_seed0_jobs.csv.gz", "rt") as rows:
        trace = [(row["job_type"], int(row["scale_factor"])) for row in csv.DictReader(rows)]
    known = [job for job in trace if any(speed.get((kind, *job), 0) > 0 for kind in KINDS)]
    drawn = np.random.default_rng(seed).integers(0, len(known), jobs)
    throughput = np.array([[speed.get((kind, *known[i]), 0.0) for kind in KINDS] for i in drawn])
    units = np.array([known[i][1] for i in drawn], dtype=np.int64)
    there = np.full(len(KINDS), jobs // 4, dtype=np.int64)
    return Demand(throughput=throughput, units=units, weight=np.ones(jobs), there=there)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    print(f"Gavel's policies on its own inputs\nmachine: {machine()}")
    print(
        f"{'jobs':>7} {'objective':<9} {'classes':>7} {'ours, CPU s':>11} {'theirs':>9} {'ratio':>7} {'difference':>11}"
    )
    for jobs in SIZES:
        wanted = demand(folder, jobs, seed=1)
        for objective in OBJECTIVES:
            shares(wanted, objective)  # the solver is loaded once
            took = []
            for _ in range(5):
                begun = time.process_time()
                found = shares(wanted, objective)
                took.append(time.process_time() - begun)
            ours = sorted(took)[2]
            theirs = _peer(wanted, objective)
            if theirs is None:
                print(f"{jobs:>7,} {objective:<9} {found.classes:>7} {ours:>11.4f}   SKIPPED: run `make bench-peers`")
                continue
            away = abs(theirs["objective"] - found.objective) / abs(found.objective)
            print(f"{jobs:>7,} {objective:<9} {found.classes:>7} {ours:>11.4f} {theirs['cpu_s']:>9.3f} "
                  f"{theirs['cpu_s'] / ours:>6.0f}× {away:>11.1e}")  # fmt: skip


def _peer(wanted: Demand, objective: str) -> dict[str, float] | None:
    if not PEER.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demand.npz"
        np.savez(data, throughput=wanted.throughput, units=wanted.units, there=wanted.there)
        done = subprocess.run([PEER, PEER_SCRIPT, data, objective], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    answer: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


if __name__ == "__main__":
    main()

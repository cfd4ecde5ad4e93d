"""Who waits under which policy, by the accelerators a job needs at once: Philly, clusters interconnected.

python -m benchmarks.studies.gangs FOLDER [TOTAL]      FOLDER has philly_jobs.csv.gz; 648 accelerators by default
"""

import sys
from pathlib import Path

from gridtie.simulator import trace as traces
from gridtie.simulator.capacity import sized
from gridtie.simulator.policies import Assumptions, draw
from gridtie.simulator.readers import read_trace
from gridtie.simulator.replay import replay

SIZES = ((1, 1), (2, 4), (8, 8), (12, 32))


def main(folder: Path, total: int) -> None:
    trace = read_trace(folder / "philly_jobs.csv.gz", form="philly", columns={})
    trace = traces.of_sites(traces.in_days(trace, 20, 80), least=100)
    sites, assumed = sized(trace, f"total={total}", step=8), Assumptions()
    of = [(trace.units >= low) & (trace.units <= high) for low, high in SIZES]
    names = (
        f"{low if low == high else f'{low}-{high}'}: {some.sum():,} jobs"
        for (low, high), some in zip(SIZES, of, strict=True)
    )
    print("| | " + " | ".join(names) + " |\n|" + "---|" * (len(SIZES) + 1))
    for policy in ("fifo", "easy", "sjf", "market"):
        run, _ = replay(trace, sites, draw(trace, assumed, 1), assumed, arrangement="federated", policy=policy)
        print(f"| {policy} | " + " | ".join(f"{run.wait[some].mean():,.0f}" for some in of) + " |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 648)

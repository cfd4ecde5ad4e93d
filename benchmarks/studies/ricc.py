"""How far a replay is from what a batch system really did: RICC's recorded waits against ours, job by job.

    python -m benchmarks.studies.ricc FOLDER      FOLDER has ricc_jobs.csv.gz

Every job with its own submission, run time, cores and requested limit, on one pool of the machine's cores.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gridtie.simulator.capacity import sized
from gridtie.simulator.policies import Assumptions, draw
from gridtie.simulator.readers import read_trace
from gridtie.simulator.replay import replay
from gridtie.simulator.trace import Ints, Trace

CORES = 8_192
LIMITS = Assumptions(estimates="limits")
CASES = (("fifo", LIMITS), ("easy", LIMITS), ("easy", Assumptions()), ("fill", LIMITS))
SIZES = ((1, 1), (2, 8), (9, 64), (65, 512), (513, CORES))
Numbers = npt.NDArray[np.float64]


def ranks(values: Ints) -> Numbers:
    """[J] the mean place of equals."""
    _, of, count = np.unique(values, return_inverse=True, return_counts=True)
    place: Numbers = (np.cumsum(count) - (count - 1) / 2)[of]
    return place


def row(name: str, trace: Trace, wait: Ints) -> None:
    median, p95 = np.percentile(wait, (50, 95))
    alike = np.corrcoef(ranks(wait), ranks(trace.waited))[0, 1]
    parts = [wait[(trace.units >= low) & (trace.units <= high)].mean() for low, high in SIZES]
    cells = [wait.mean(), median, p95, np.average(wait, weights=trace.units), *parts]
    print(f"| {name} | " + " | ".join(f"{cell:,.0f}" for cell in cells) + f" | {alike:.2f} |", flush=True)


def levels(moments: Ints, changes: Ints, at: Ints) -> Ints:
    """The sum of the changes up to and with each moment of `at`."""
    order = np.argsort(moments, kind="stable")
    summed = np.concatenate(([0], np.cumsum(changes[order])))
    found: Ints = summed[np.searchsorted(moments[order], at, side="right")]
    return found


def recorded(trace: Trace) -> None:
    """What the records alone say, nothing replayed."""
    start = trace.submit + trace.waited
    both, change = np.concatenate((start, start + trace.run)), np.concatenate((trace.units, -trace.units))
    moments = np.unique(np.concatenate((trace.submit, both)))
    moments = moments[moments <= trace.submit[-1]]
    busy = levels(both, change, moments)[:-1]
    waiting = levels(np.concatenate((trace.submit, start)), change, moments)[:-1]
    length = np.diff(moments)
    there = CORES - levels(both, change, trace.submit) >= trace.units  # its own cores, if it started, are counted
    late = trace.waited > 60
    owed = np.bincount(trace.organisation, weights=trace.waited * trace.units)
    print("\n| in the records | |\n|---|---|")
    for name, value in (
        ("cores at work, mean", f"{np.average(busy, weights=length):,.0f}"),
        (f"most at once (there are {CORES:,})", f"{busy.max():,}"),
        (f"time with more than {CORES:,} at work", f"{100 * length[busy > CORES].sum() / length.sum():.1f} %"),
        ("time in which somebody waits", f"{100 * length[waiting > 0].sum() / length.sum():.1f} %"),
        ("jobs that waited over a minute", f"{100 * late.mean():.1f} %"),
        ("of these, their cores were idle when they came", f"{100 * there[late].mean():.1f} %"),
        ("jobs over their limit", f"{100 * (trace.run > trace.limit).mean():.1f} %"),
        ("limit over run time, median", f"{np.median(trace.limit / trace.run):.0f}"),
        (f"core-seconds waited by three of {len(owed)} groups", f"{100 * np.sort(owed)[-3:].sum() / owed.sum():.1f} %"),
    ):
        print(f"| {name} | {value} |")


def main(folder: Path) -> None:
    trace = read_trace(folder / "ricc_jobs.csv.gz", form="ricc", columns={})
    sites = sized(trace, f"total={CORES}")
    print("| | mean | median | p95 | by size | " + " | ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in SIZES)
          + " | rank correlation |\n|" + "---|" * (len(SIZES) + 6))  # fmt: skip
    row("recorded", trace, trace.waited)
    for policy, assumed in CASES:
        run, _ = replay(trace, sites, draw(trace, assumed, 1), assumed, arrangement="silo", policy=policy)
        row(f"{policy}, {'limits' if assumed is LIMITS else 'exact run times'}", trace, run.wait)
    recorded(trace)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

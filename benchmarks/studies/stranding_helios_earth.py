"""Work that waited while accelerators stood idle next door: Helios-Earth, May 2020, minute by minute. No simulation.

python -m benchmarks.studies.stranding_helios_earth FOLDER      FOLDER has earth_vc_minutes_rle.csv.gz
"""

import csv
import gzip
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

MINUTES = 44_640
COLUMNS = ("cap_gpus", "running_gpus", "pending_gpus", "pending_gpus_jobs8plus")

Ints = npt.NDArray[np.int64]


def minutes(path: Path) -> Ints:
    """[column, cluster, minute]; a row of the file holds until the cluster's next."""
    rows: dict[str, list[tuple[int, ...]]] = {}
    with gzip.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            rows.setdefault(row["vc"], []).append((int(row["minute"]), *(int(row[name]) for name in COLUMNS)))
    found = np.zeros((len(COLUMNS), len(rows), MINUTES), np.int64)
    for v, name in enumerate(sorted(rows)):
        changes = np.array(sorted(rows[name]))
        length = np.diff(np.append(changes[:, 0], MINUTES))
        found[:, v, changes[0, 0] :] = np.repeat(changes[:, 1:], length, axis=0).T
    return found


def report(there: Ints, running: Ints, pending: Ints, gangs: Ints) -> None:
    idle = np.maximum(there - running, 0)
    waits, free = pending.sum(axis=0), idle.sum(axis=0)
    hours = waits.sum() / 60
    # What waits in a cluster could take idle accelerators of its own if shapes allowed; only the excess needs others.
    excess = np.maximum(pending - idle, 0)
    elsewhere = np.maximum(idle - pending, 0).sum(axis=0)
    stranded = np.minimum(excess.sum(axis=0), elsewhere).sum() / 60
    quiet = np.where(pending > 0, 0, idle).sum(axis=0)
    at_once = np.minimum(waits, quiet).sum() / 60
    waiting = waits > 0
    load = running.mean(axis=1) / there.mean(axis=1)
    demand = running + pending
    print(f"{len(there)} clusters, {there[:, 0].sum()} accelerators, {MINUTES:,} minutes\n")
    print("| figure | value |\n|---|---|")
    for name, value in (
        ("running, mean accelerators", f"{running.sum(axis=0).mean():.0f} ({100 * running.sum() / there.sum():.1f} %)"),
        (
            "waiting, mean accelerators",
            f"{waits.mean():.0f} ({100 * waits.mean() / demand.sum(axis=0).mean():.1f} % of demand)",
        ),
        ("idle, mean accelerators", f"{free.mean():.0f}"),
        ("minutes in which somebody waits", f"{100 * waiting.mean():.1f} %"),
        (
            "of these, the idle ones of all clusters cover the whole queue",
            f"{100 * (free >= waits)[waiting].mean():.1f} %",
        ),
        ("waited for, accelerator-hours", f"{hours:,.0f}"),
        ("… while as many stood idle somewhere", f"{100 * np.minimum(waits, free).sum() / 60 / hours:.1f} %"),
        (
            "… beyond what was idle in the own cluster, and idle in another",
            f"{100 * stranded / hours:.1f} % ({stranded:,.0f})",
        ),
        ("… while idle in clusters in which nobody waited", f"{100 * at_once / hours:.1f} % ({at_once:,.0f})"),
        ("… by jobs of 8 and more", f"{100 * gangs.sum() / waits.sum():.1f} %"),
        ("load of a cluster, lowest and highest", f"{load.min():.2f} and {load.max():.2f}"),
    ):
        print(f"| {name} | {value} |")
    print(
        "\n| percentile of demand over the month | sum of the clusters' own | all together | less |\n|---|---|---|---|"
    )
    for q in (50, 95, 99, 100):
        own, pooled = np.percentile(demand, q, axis=1).sum(), np.percentile(demand.sum(axis=0), q)
        print(f"| {'maximum' if q == 100 else q} | {own:,.0f} | {pooled:,.0f} | {100 * (1 - pooled / own):.0f} % |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    report(*minutes(Path(sys.argv[1]) / "earth_vc_minutes_rle.csv.gz"))

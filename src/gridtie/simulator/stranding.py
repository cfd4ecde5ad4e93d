"""What stood still while others waited: measured from minutes of a real cluster, nothing simulated."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gridtie.errors import Problem
from gridtie.simulator.readers import read_table

FIELDS = ("vc", "minute", "cap_gpus", "running_gpus", "pending_gpus")
LARGEST = 10**7
DAY = 1440  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranding:
    """Accelerators are means over time unless said; shares are of 1."""

    groups: int
    minutes: int
    capacity: float
    running: float
    pending: float
    pending_of_demand: float
    minutes_with_waiting: float  # share in which somebody waits
    minutes_covered: float  # of those, share in which idle ones anywhere cover the whole queue
    waiting_hours: float  # accelerator-hours asked for and not had
    coincident: float  # of them, share while as many were idle somewhere in the cluster
    elsewhere: float  # of them, share that idle ones of other groups could have run at once
    own_peaks: tuple[tuple[float, float, float], ...]  # quantile, sum of the groups' own, of all together


def measured(path: Path) -> Stranding:
    """From run-length encoded minutes: a row holds until the next of its group. Raises InvalidInput."""
    table = read_table(path, needed=FIELDS)
    at = [table.names[name] for name in FIELDS]
    names = sorted({row[at[0]] for row in table.rows})
    number = {name: i for i, name in enumerate(names)}
    values = np.zeros((len(table.rows), len(FIELDS)), np.int64)
    for i, row in enumerate(table.rows):
        values[i, 0] = number[row[at[0]]]
        for j in range(1, len(FIELDS)):
            if not row[at[j]].isdigit() or int(row[at[j]]) > LARGEST:
                table.wrong(i, at[j], f"{FIELDS[j]}: {row[at[j]]!r} is not a whole number up to {LARGEST:,}")
                continue
            values[i, j] = int(row[at[j]])
    if not len(values):
        table.problems.append(Problem("it holds no minute"))
    if table.problems:
        table.refuse()
    days = -(-(int(values[:, 1].max()) + 1) // DAY)  # a row holds to the end of the last day
    capacity, running, pending = _minutes(values, len(names), days * DAY)
    return _of(capacity, running, pending)


def _minutes(values: npt.NDArray[np.int64], groups: int, minutes: int) -> npt.NDArray[np.float64]:
    """[3, G, minutes] capacity, running, pending."""
    out = np.zeros((3, groups, minutes))
    for group in range(groups):
        mine = values[values[:, 0] == group]
        mine = mine[np.argsort(mine[:, 1], kind="stable")]
        row = np.searchsorted(mine[:, 1], np.arange(minutes), side="right") - 1
        known = row >= 0
        out[:, group, known] = mine[row[known], 2:].T
    return out


def _of(
    capacity: npt.NDArray[np.float64], running: npt.NDArray[np.float64], pending: npt.NDArray[np.float64]
) -> Stranding:
    idle = np.maximum(capacity - running, 0)
    all_idle, all_pending = idle.sum(0), pending.sum(0)
    waits = all_pending > 0
    total = max(float(all_pending.sum()), 1.0)
    # A group's own idle ones count for its own queue first, though gangs and fragments may keep it from them.
    could = np.minimum(np.maximum(pending - idle, 0).sum(0), np.maximum(idle - pending, 0).sum(0))
    demand = running + pending
    peaks = tuple(
        (q, float(np.quantile(demand, q, axis=1).sum()), float(np.quantile(demand.sum(0), q))) for q in (0.95, 0.99)
    )
    return Stranding(
        groups=len(capacity), minutes=capacity.shape[1], capacity=float(capacity.sum(0).mean()),
        running=float(running.sum(0).mean()), pending=float(all_pending.mean()),
        pending_of_demand=float(all_pending.sum() / max(demand.sum(), 1.0)),
        minutes_with_waiting=float(waits.mean()),
        minutes_covered=float((all_idle >= all_pending)[waits].mean()) if waits.any() else 1.0,
        waiting_hours=float(all_pending.sum() / 60),
        coincident=float(np.minimum(all_pending, all_idle).sum() / total),
        elsewhere=float(could.sum() / total), own_peaks=peaks,
    )  # fmt: skip

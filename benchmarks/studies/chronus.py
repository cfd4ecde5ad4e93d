"""Deadlines in one cluster (Chronus' job sets): how much of the value do orders obtain, and placing work backwards?

    python -m benchmarks.studies.chronus FOLDER_OF_THE_TRACE [--load 1.14] [--samples 10]

Jobs become known when they are submitted, with their run times, deadlines and values; nothing is pre-empted. A job
is worth the value of the first deadline that it meets times its GPU-minutes; best-effort work is worth its value
whenever it ends. Every replay is checked by counting events anew. See docs/studies/deadlines-chronus.md.
"""

import argparse
import csv
import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np

from gridtie.simulator import late
from gridtie.simulator.events import FILL, NEVER, STRICT, Ints, Jobs, Places, advance, fresh
from gridtie.simulator.study import interval

SETS = ("slo", "mix1", "mix2")
DAY = 24 * 60
SPAN = 14 * DAY  # minutes that the sets span
ROUND = 5  # minutes from one plan to the next
FOREVER = 10**7


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    submit: Ints  # [J] minutes, ascending
    minutes: Ints
    gpus: Ints
    due: Ints  # [J, D] deadlines, ascending; the last one repeats
    worth: Ints  # [J, D] value when it ends by then

    def value_at(self, job: Ints, end: Ints) -> Ints:
        """[N] of jobs that end then."""
        met = end[:, None] <= self.due[job]
        first = np.argmax(met, axis=1)
        return np.where(met.any(axis=1), self.worth[job, first], 0)


def read(path: Path) -> Work:
    """Jobs without a GPU are left out: in GPU-minutes they are worth nothing."""
    with gzip.open(path, "rt", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["gpus"]) > 0]
    rows.sort(key=lambda row: int(row["submit_min"]))
    deadlines = 4
    due, worth = np.zeros((len(rows), deadlines), np.int64), np.zeros((len(rows), deadlines), np.int64)
    submit, minutes, gpus = (
        np.array([int(row[name]) for row in rows], np.int64) for name in ("submit_min", "duration_min", "gpus")
    )
    for at, row in enumerate(rows):
        times = [int(x) + int(submit[at]) for x in row["expect_time_list"].split("-")]
        values = [int(x) for x in row["expect_value_list"].split("-")]
        if row["best_effort"] == "1":
            times = [FOREVER]
        times, values = (part + [part[-1]] * (deadlines - len(part)) for part in (times, values))
        due[at], worth[at] = times, np.array(values) * gpus[at] * minutes[at]
    return Work(submit=submit, minutes=minutes, gpus=gpus, due=due, worth=worth)


def setting(work: Work, key: Ints, capacity: int, *, drop: bool) -> tuple[Jobs, Places]:
    order = np.argsort(key, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    nobody = np.full(len(order), -1, np.int64)
    latest = work.due[:, -1] - work.minutes if drop else np.full(len(order), NEVER)
    jobs = Jobs(
        submit=work.submit, run=work.minutes, estimate=work.minutes, units=work.gpus, home=nobody, delay=0 * nobody,
        rank=rank, by_rank=order, group=0 * nobody, latest=latest,
    )  # fmt: skip
    return jobs, Places(np.array([capacity]), np.ones(1), np.array([0, 1]), np.array([0]))


def by_rank(work: Work, key: Ints, capacity: int, *, strict: bool, drop: bool) -> Ints:
    """Start of each job, or -1, in an order that does not change."""
    jobs, places = setting(work, key, capacity, drop=drop)
    state = fresh(jobs, places, planned=False)
    advance(jobs, places, state, STRICT if strict else FILL, NEVER, np.zeros(1, np.int64))
    return state.start


def by_plan(work: Work, capacity: int) -> Ints:
    """Start of each job, or -1, under the policy `late`."""
    distinct = np.diff(work.due, axis=1, prepend=-1) > 0  # the last deadline repeats
    first = np.concatenate(([0], np.cumsum(distinct.sum(axis=1))))
    steps = late.aims(first, work.due[distinct], (work.worth // (work.gpus * work.minutes)[:, None])[distinct])
    jobs, places = setting(work, work.due[:, -1] - work.minutes, capacity, drop=True)
    state = fresh(jobs, places)
    late.play(jobs, places, state, steps, ROUND)
    return state.start


def checked(work: Work, start: Ints, capacity: int) -> None:
    """Counts every start and end anew. Raises where more runs than there is, or something starts too early."""
    ran = np.flatnonzero(start >= 0)
    if (start[ran] < work.submit[ran]).any():
        raise AssertionError("a job starts before it was submitted")
    moment = np.concatenate((start[ran] + work.minutes[ran], start[ran]))
    change = np.concatenate((-work.gpus[ran], work.gpus[ran]))
    order = np.lexsort((change, moment))  # at one moment, ends come first
    if np.cumsum(change[order]).max(initial=0) > capacity:
        raise AssertionError("more runs than there are GPUs")


def ceiling(work: Work, capacity: int, slot: int = 120) -> float:
    """The relaxation with everything known beforehand, in slots of `slot` minutes in which work may flow freely.

    A job may be done in parts from its submission on, on up to its GPUs at once, each part worth what its slot's best
    deadline is; a slot has the GPU-minutes of its length. All this only adds to what is possible, so this is above
    every schedule. Alike jobs are one.
    """
    model = highspy.Highs()
    model.silent()
    slots = int(work.due[work.due < FOREVER].max()) // slot + 1
    rows: list[list[int]] = [[] for _ in range(slots)]
    columns = 0
    for (first, tiers), (amount, gpus) in sorted(_alike(work, slot, slots).items()):
        mine = []
        for at in range(first, tiers[-1][0] + 1):
            density = next(density for last, density in tiers if at <= last)
            model.addVar(0.0, float(min(amount, gpus * slot)) if at < slots else float(amount))
            model.changeColCost(columns, float(density))
            if at < slots:  # beyond the last deadline there is room for all that is worth something for ever
                rows[at].append(columns)
            mine.append(columns)
            columns += 1
        model.addRow(-highspy.kHighsInf, float(amount), len(mine), mine, [1.0] * len(mine))
    for terms in rows:
        model.addRow(-highspy.kHighsInf, float(slot * capacity), len(terms), terms, [1.0] * len(terms))
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    return float(model.getInfo().objective_function_value)


def _alike(work: Work, slot: int, slots: int) -> dict[tuple[int, tuple[tuple[int, int], ...]], tuple[int, int]]:
    """GPU-minutes and GPUs by (first slot, last slot and value per GPU-minute of every deadline that can be met)."""
    alike: dict[tuple[int, tuple[tuple[int, int], ...]], tuple[int, int]] = {}
    for j in range(len(work.submit)):
        size = int(work.gpus[j] * work.minutes[j])
        tiers = {
            min(int(due) // slot, slots): int(worth) // size
            for due, worth in reversed(list(zip(work.due[j], work.worth[j], strict=True)))
            if due >= work.submit[j] + work.minutes[j]
        }
        if tiers:
            key = (int(work.submit[j]) // slot, tuple(sorted(tiers.items())))
            amount, gpus = alike.get(key, (0, 0))
            alike[key] = (amount + size, gpus + int(work.gpus[j]))
    return alike


def resampled(work: Work, seed: int) -> Work:
    """Fourteen of its days, drawn with replacement, one after another: each job at its time of day."""
    days = np.random.default_rng(seed).integers(0, SPAN // DAY, SPAN // DAY)
    jobs = [np.flatnonzero(work.submit // DAY == day) for day in days]
    take, later = np.concatenate(jobs), np.repeat((np.arange(len(days)) - days) * DAY, [len(some) for some in jobs])
    due = np.where(work.due[take] < FOREVER, work.due[take] + later[:, None], FOREVER)
    return Work(
        submit=work.submit[take] + later, minutes=work.minutes[take], gpus=work.gpus[take], due=due,
        worth=work.worth[take],
    )  # fmt: skip


def capacity_at(work: Work, load: float) -> int:
    return round(float((work.gpus * work.minutes).sum()) / SPAN / load)


Rules = dict[str, Callable[[Work, int], Ints]]


def rules() -> Rules:
    def order(key: Callable[[Work], Ints], *, strict: bool = False, drop: bool = True) -> Callable[[Work, int], Ints]:
        return lambda work, capacity: by_rank(work, key(work), capacity, strict=strict, drop=drop)

    return {
        "FIFO": order(lambda work: work.submit, strict=True, drop=False),
        "SJF, fill": order(lambda work: work.minutes, drop=False),
        "EDF, fill": order(lambda work: work.due[:, -1], drop=False),
        "SJF, hopeless dropped": order(lambda work: work.minutes),
        "EDF, hopeless dropped": order(lambda work: work.due[:, -1]),
        "least laxity, hopeless dropped": order(lambda work: work.due[:, -1] - work.minutes),
        "longest first, hopeless dropped": order(lambda work: -work.minutes),
        "late": by_plan,
    }


def value_of(work: Work, start: Ints, capacity: int) -> tuple[float, float]:
    """The share of the value that is obtained, and of the jobs that obtain nothing. Counts everything anew."""
    checked(work, start, capacity)
    ran = np.flatnonzero(start >= 0)
    value = work.value_at(ran, start[ran] + work.minutes[ran])
    return float(value.sum() / work.worth[:, 0].sum()), 1.0 - float((value > 0).sum()) / len(start)


def the_sets(folder: Path, load: float) -> None:
    for name in SETS:
        work = read(folder / f"philly_{name}.csv.gz")
        capacity = capacity_at(work, load)
        print(f"{name}: {len(work.submit):,} jobs, {capacity:,} GPUs, load {load}", flush=True)
        for rule, starts in rules().items():
            began = time.process_time()
            value, missed = value_of(work, starts(work, capacity), capacity)
            took = time.process_time() - began
            print(f"  {rule:32} value {value:.4f}  missed {100 * missed:5.1f} %  {took:5.1f} CPU s", flush=True)
        bound = ceiling(work, capacity) / work.worth[:, 0].sum()
        print(f"  all known beforehand, divisible (LP): {bound:.4f}", flush=True)


def other_samples(folder: Path, load: float, samples: int) -> None:
    """Means and 95 % intervals over samples of every set, and how often `late` obtains more than each order."""
    for name in SETS:
        whole = read(folder / f"philly_{name}.csv.gz")
        found: dict[str, list[float]] = {}
        for seed in range(1, samples + 1):
            work = resampled(whole, seed)
            capacity = capacity_at(work, load)
            for rule, starts in rules().items():
                found.setdefault(rule, []).append(value_of(work, starts(work, capacity), capacity)[0])
            bound = float(ceiling(work, capacity) / work.worth[:, 0].sum())
            found.setdefault("LP", []).append(bound)
            found.setdefault("late, of the LP", []).append(found["late"][-1] / bound)
        print(f"{name}: {samples} samples of its days, load {load}", flush=True)
        for rule, values in found.items():
            low, high = interval(values)
            beaten = sum(late > value for late, value in zip(found["late"], values, strict=True))
            print(f"  {rule:32} {np.mean(values):.4f}  [{low:.4f}, {high:.4f}]  below late in {beaten}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--load", type=float, default=1.14)
    parser.add_argument("--samples", type=int, default=0, help="of each set's days, instead of the sets themselves")
    args = parser.parse_args()
    if args.samples:
        other_samples(args.folder, args.load, args.samples)
    else:
        the_sets(args.folder, args.load)


if __name__ == "__main__":
    main()

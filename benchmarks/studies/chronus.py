"""Deadlines in one cluster (Chronus' job sets): how much of the value do orders and the market obtain?

    python -m benchmarks.studies.chronus FOLDER_OF_THE_TRACE [--load 1.14]

Jobs become known when they are submitted, with their run times, deadlines and values; nothing is pre-empted. A job
is worth the value of the first deadline that it meets times its GPU-minutes; best-effort work is worth its value
whenever it ends. Every replay is checked by counting events anew. See docs/studies/deadlines-chronus.md.
"""

import argparse
import csv
import gzip
import time
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np

from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, Ints
from gridtie.market.engine.horizon import Horizon, widening
from gridtie.simulator.events import FILL, NEVER, STRICT, Jobs, Places, advance, fresh

SPAN = 14 * 24 * 60  # minutes that the sets span
EPOCH = 15  # minutes from one clearing to the next
ROUND = 5  # minutes from one moment at which jobs may start to the next: several free places serve a gang
SOON = 60  # minutes: who must start within them goes first
SLOTS = ((9, 10), (3, 30), (4, 60), (4, 180), (4, 360), (6, 720))
FOREVER = 10**7
OPEN_ENDED = 24 * 60  # the farthest planned start of work without a deadline


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


def by_rank(work: Work, key: Ints, capacity: int, *, strict: bool, drop: bool) -> Ints:
    """Start of each job, or -1, in an order that does not change."""
    latest = work.due[:, -1] - work.minutes
    order = np.argsort(key, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    nobody = np.full(len(order), -1, np.int64)
    jobs = Jobs(
        submit=work.submit, run=work.minutes, estimate=work.minutes, units=work.gpus, home=nobody, delay=0 * nobody,
        rank=rank, by_rank=order, group=0 * nobody, latest=latest if drop else np.full(len(order), NEVER),
    )  # fmt: skip
    places = Places(
        capacity=np.array([capacity]), speed=np.ones(1), group_first=np.array([0, 1]), group_site=np.array([0])
    )
    state = fresh(jobs, places)
    advance(jobs, places, state, STRICT if strict else FILL, NEVER, np.zeros(1, np.int64))
    return state.start


def by_market(work: Work, capacity: int, settings: EngineSettings) -> Ints:
    """A clearing of all that waits says, every EPOCH minutes, who is served and by when at the latest; every ROUND
    minutes room goes to these, then to the others: what may wait is kept for a lull."""
    horizon = widening(SLOTS)
    start = np.full(len(work.submit), -1, np.int64)
    latest = work.due[:, -1] - work.minutes
    waiting: list[int] = []
    plan: dict[int, int] = {}
    running: list[int] = []
    now, come = 0, 0
    while come < len(work.submit) or waiting:
        running = [job for job in running if start[job] + work.minutes[job] > now]
        while come < len(work.submit) and work.submit[come] <= now:
            waiting.append(come)
            come += 1
        waiting = [job for job in waiting if latest[job] >= now]
        if now % EPOCH == 0 and waiting:
            plan = planned(work, np.array(waiting), running, start, now, capacity, horizon, settings)
        begin(work, waiting, plan, latest, running, start, now, capacity - int(work.gpus[running].sum()))
        waiting = [job for job in waiting if start[job] < 0]
        now += ROUND
    return start


def begin(
    work: Work, waiting: list[int], plan: dict[int, int], latest: Ints, running: list[int], start: Ints, now: int,
    free: int,
) -> None:  # fmt: skip
    """Starts what has room: those the clearing serves before others, of these the ones that must start within SOON,
    the longest first, then by their latest start. For the first of the former that finds no room in time places
    are kept, as EASY keeps them: what would still run when enough of them are free takes only what is free beside it.
    """

    def turn(job: int) -> tuple[bool, bool, int]:
        last = plan.get(job, int(latest[job]))
        soon = last - now < SOON
        return job not in plan, not soon, -int(work.minutes[job]) if soon else last

    kept_from, beside = FOREVER, free
    for job in sorted(waiting, key=turn):
        gpus, end = int(work.gpus[job]), now + int(work.minutes[job])
        if gpus <= (free if end <= kept_from else min(free, beside)):
            start[job] = now
            running.append(job)
            free -= gpus
            beside -= gpus if end > kept_from else 0
        elif kept_from == FOREVER and job in plan and plan[job] - now < SOON:
            ends = start[running] + work.minutes[running]
            order = np.argsort(ends, kind="stable")
            there = free + np.cumsum(work.gpus[running][order])
            enough = int(np.searchsorted(there, gpus))
            if enough < len(order) and ends[order[enough]] <= plan[job]:
                kept_from, beside = int(ends[order[enough]]), int(there[enough]) - gpus


def planned(
    work: Work, waiting: Ints, running: list[int], start: Ints, now: int, capacity: int, horizon: Horizon,
    settings: EngineSettings,
) -> dict[int, int]:  # fmt: skip
    """The jobs that the clearing would serve, now or later, and the last start at which each is worth as much."""
    ends = start[running] + work.minutes[running] - now
    room = np.maximum(capacity - horizon.load(ends, work.gpus[running]), 0)
    length = horizon.lengths(work.minutes[waiting])
    end = now + horizon.edges[None, :-1] + work.minutes[waiting][:, None]
    job, slot = np.nonzero((length > 0) & (end <= work.due[waiting, -1:]) & (horizon.edges[:-1] <= OPEN_ENDED))
    value = work.value_at(waiting[job], end[job, slot]) * 1000
    index = np.int32
    none = np.zeros(0, np.int64)
    book = ColumnBook(
        capacity=room[None, :, None], tranche_pool=none.astype(index), tranche_units=none, tranche_ask=none,
        shape_use=work.gpus[waiting][:, None],
        class_first=np.searchsorted(job, np.arange(len(waiting) + 1)).astype(index),
        column_pool=np.zeros(len(job), index), column_shape=job.astype(index), column_value=value,
        column_delay=np.zeros(len(job), np.int64), column_start=slot.astype(index), column_due=slot.astype(index),
        column_end=slot.astype(index), column_length=length[job, slot].astype(index),
        job_class=np.arange(len(waiting), dtype=index),
    )  # fmt: skip
    cleared = clear(book, settings=settings)
    served = np.flatnonzero(cleared.choice >= 0)
    jobs = waiting[served]
    end = now + horizon.edges[cleared.start[served]] + work.minutes[jobs]
    tier = np.argmax(end[:, None] <= work.due[jobs], axis=1)
    return dict(zip(jobs.tolist(), (work.due[jobs, tier] - work.minutes[jobs]).tolist(), strict=True))


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--load", type=float, default=1.14)
    parser.add_argument("--passes", type=int, default=30)
    parser.add_argument("--sweeps", type=int, default=2)
    args = parser.parse_args()
    for name in ("slo", "mix2"):
        work = read(args.folder / f"philly_{name}.csv.gz")
        capacity = round(float((work.gpus * work.minutes).sum()) / SPAN / args.load)
        most = float(work.worth[:, 0].sum())
        laxity = work.due[:, -1] - work.minutes
        rules: dict[str, tuple[Ints, bool, bool]] = {
            "FIFO": (work.submit, True, False),
            "SJF, fill": (work.minutes, False, False),
            "EDF, fill": (work.due[:, -1], False, False),
            "SJF, hopeless dropped": (work.minutes, False, True),
            "EDF, hopeless dropped": (work.due[:, -1], False, True),
            "least laxity, hopeless dropped": (laxity, False, True),
            "longest first, hopeless dropped": (-work.minutes, False, True),
        }
        print(f"{name}: {len(work.submit):,} jobs, {capacity:,} GPUs, load {args.load}", flush=True)
        for rule, (key, strict, drop) in rules.items():
            report(rule, work, by_rank(work, key, capacity, strict=strict, drop=drop), capacity, most)
        began = time.process_time()
        settings = EngineSettings(passes=args.passes, sweeps=args.sweeps)
        report("market", work, by_market(work, capacity, settings), capacity, most)
        print(f"  market: {time.process_time() - began:.0f} CPU s", flush=True)
        print(f"  all known beforehand, divisible (LP): {ceiling(work, capacity) / most:.3f}", flush=True)


def report(rule: str, work: Work, start: Ints, capacity: int, most: float) -> None:
    checked(work, start, capacity)
    ran = np.flatnonzero(start >= 0)
    end = start[ran] + work.minutes[ran]
    value = work.value_at(ran, end)
    missed = 1.0 - float((value > 0).sum()) / len(start)
    print(f"  {rule:32} value {value.sum() / most:.3f}  missed {100 * missed:5.1f} %", flush=True)


if __name__ == "__main__":
    main()

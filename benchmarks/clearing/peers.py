"""What a user would pick instead, on the same books in the same run: orders of arrival and bid, and solvers.

    python -m benchmarks.clearing.peers [--jobs 1000 --pools 100] [--load 1.5] [--seeds 1 2 3] [--limit 60]

Each row: welfare as a share of our certified bound, wall and CPU seconds, peak memory of its process. Orders are
compiled like ours. HiGHS runs from our own lock; PDLP, CP-SAT and the min-cost flow from `.bench` (make bench-peers).
LP, PDLP, flow and POP (which sums LPs) split gangs: what they reach is no choice anybody could run. Their share says
how far they lie from our bound, which leaves out places that could not hold a gang even if they were empty; of the
relaxations only `HiGHS LP, places that hold it` leaves them out too. CP-SAT has both cores, every other solver one.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
from benchmarks.clearing.instances import Size, book
from benchmarks.peak import peak_mb
from benchmarks.stage import machine

from gridtie.market.engine.columns import ColumnBook

PEER = Path(".bench/bin/python")
RELAXATION = "HiGHS LP, places that hold it"
PEER_MODULE = "benchmarks.clearing.peer_solvers"
Ints = npt.NDArray[np.int64]


# ── orders ────────────────────────────────────────────────────────────────────────────────────────────────────────
@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _filled(order, first, pool, value, use, capacity, best_fit):  # type: ignore[no-untyped-def]
    """Welfare of serving jobs in an order, each where it is worth most, or under best_fit where least is left over."""
    free, total = capacity.copy(), 0
    for job in order:
        best, score = -1, -(2**62)
        for k in range(first[job], first[job + 1]):
            room = True
            for r in range(use.shape[1]):
                room &= use[job, r] <= free[pool[k], r]
            mine = use[job, 0] - free[pool[k], 0] if best_fit else value[k]
            if room and mine > score:
                best, score = k, mine
        if best >= 0:
            total += value[best]
            for r in range(use.shape[1]):
                free[pool[best], r] -= use[job, r]
    return total


def _orders(columns: ColumnBook) -> dict[str, Callable[[], float]]:
    use = columns.shape_use
    first = columns.class_first.astype(np.int64)
    best = np.zeros(columns.jobs, np.int64)
    owner = np.repeat(np.arange(columns.classes), np.diff(first))
    np.maximum.at(best, owner, columns.column_value)
    arrival = np.arange(columns.jobs)

    def run(order: Ints, best_fit: bool = False) -> float:
        return float(
            _filled(order, first, columns.column_pool, columns.column_value, use, columns.capacity[:, 0], best_fit)
        )

    return {
        "FIFO, best fit": lambda: run(arrival, True),
        "FIFO, best value": lambda: run(arrival),
        "biggest gang first": lambda: run(np.argsort(-use[:, 0], kind="stable")),
        "largest bid first": lambda: run(np.argsort(-best, kind="stable")),
        "bid per unit (Armada-like)": lambda: run(np.argsort(-best / use[:, 0], kind="stable")),
    }


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _ours(columns: ColumnBook) -> tuple[float, float]:
    """(welfare, bound)"""
    from gridtie.market.engine.clear import EngineSettings, clear

    found = clear(columns, settings=EngineSettings())
    return float(found.welfare), float(found.bound)


# ── linear programmes ─────────────────────────────────────────────────────────────────────────────────────────────
def _highs(columns: ColumnBook, method: str, limit_s: float) -> tuple[float, float]:
    """(welfare or optimum, bound) of one slot's programme in HiGHS; method: simplex | ipm | mip, or ipm-held, without
    places that could not hold a job even if they were empty."""
    import highspy

    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", limit_s)
    if method == "mip":
        highs.setOptionValue("mip_rel_gap", 0.001)
    else:
        highs.setOptionValue("solver", method.removesuffix("-held"))
    model = _programme(highspy, columns, whole=method == "mip")
    if method == "ipm-held":
        held = columns.shape_use[columns.column_shape] <= columns.capacity[columns.column_pool, 0]
        model.col_upper_ = held.all(axis=1).astype(np.float64)
    highs.passModel(model)
    highs.run()
    info = highs.getInfo()
    if method == "mip":
        if not np.isfinite(info.objective_function_value):
            raise TimeoutError("no choice found")
        return float(info.objective_function_value), float(info.mip_dual_bound)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise TimeoutError(highs.modelStatusToString(highs.getModelStatus()))
    return float(info.objective_function_value), float(info.objective_function_value)


def _programme(highspy, columns: ColumnBook, *, whole: bool):  # type: ignore[no-untyped-def]
    jobs, pools, resources, count = columns.jobs, columns.pools, columns.resources, columns.columns
    owner = np.repeat(np.arange(columns.classes), np.diff(columns.class_first))
    rows = np.empty((count, 1 + resources), np.int32)
    rows[:, 0] = owner
    rows[:, 1:] = jobs + columns.column_pool[:, None] * resources + np.arange(resources)
    entries = np.ones((count, 1 + resources))
    entries[:, 1:] = columns.shape_use[columns.column_shape]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, jobs + pools * resources
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = columns.column_value.astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.full(model.num_row_, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate((np.ones(jobs), columns.capacity[:, 0].reshape(-1).astype(np.float64)))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(count + 1, dtype=np.int32) * (1 + resources)
    model.a_matrix_.index_ = rows.reshape(-1)
    model.a_matrix_.value_ = entries.reshape(-1)
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * count
    return model


def _pop(columns: ColumnBook, parts: int, seed: int, limit_s: float) -> tuple[float, float]:
    """POP (SOSP 2021): jobs dealt at random into parts, each with its part of every capacity, an LP for each."""
    from dataclasses import replace

    dealt = np.random.default_rng(seed).integers(0, parts, columns.jobs)
    owner = np.repeat(np.arange(columns.classes), np.diff(columns.class_first))
    total = 0.0
    for part in range(parts):
        keep = dealt[owner] == part
        count = np.bincount(owner[keep], minlength=columns.classes)
        mine = replace(
            columns, capacity=(columns.capacity + part) // parts,
            class_first=np.append(0, np.cumsum(count)).astype(np.int32),
            **{field.name: getattr(columns, field.name)[keep] for field in fields(columns)
               if field.name.startswith("column_")},
        )  # fmt: skip
        total += _highs(mine, "ipm", limit_s)[0]
    return total, float("nan")


# ── each in a process of its own ──────────────────────────────────────────────────────────────────────────────────
def _child(pipe: Connection, size: Size, seed: int, name: str, limit_s: float) -> None:
    columns = book(size, seed)
    methods: dict[str, Callable[[], tuple[float, float]]] = {
        "ours": lambda: _ours(columns),
        "HiGHS LP, simplex": lambda: _highs(columns, "simplex", limit_s),
        "HiGHS LP, interior point": lambda: _highs(columns, "ipm", limit_s),
        RELAXATION: lambda: _highs(columns, "ipm-held", limit_s),
        "HiGHS MIP": lambda: _highs(columns, "mip", limit_s),
        **{f"POP, {k} parts": lambda k=k: _pop(columns, k, seed, limit_s) for k in (4, 8, 16)},  # type: ignore[misc]
        **{key: lambda order=order: (order(), float("nan")) for key, order in _orders(columns).items()},  # type: ignore[misc]
    }
    if name == "ours" or name in _orders(columns):
        methods[name]()  # compiled code is loaded once, not per clearing
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        welfare, bound = methods[name]()
    except TimeoutError:
        pipe.close()
        return
    took = time.perf_counter() - wall, time.process_time() - cpu
    pipe.send((welfare, bound, *took, peak_mb()))


LOCAL = (
    "ours", "FIFO, best fit", "FIFO, best value", "biggest gang first", "largest bid first",
    "bid per unit (Armada-like)", "HiGHS LP, simplex", "HiGHS LP, interior point", RELAXATION, "HiGHS MIP",
    "POP, 4 parts", "POP, 8 parts", "POP, 16 parts",
)  # fmt: skip
FOREIGN = ("PDLP", "CP-SAT", "min-cost flow")


def measured(size: Size, seed: int, name: str, limit_s: float) -> tuple[float, float, float, float, float] | None:
    """(welfare, bound, wall s, CPU s, peak MB), or None where it gave none within the limit."""
    if name in FOREIGN:
        return _foreign(size, seed, name, limit_s)
    here, there = get_context("spawn").Pipe()
    child = get_context("spawn").Process(target=_child, args=(there, size, seed, name, limit_s))
    child.start()
    there.close()  # so that a child that fails ends the wait
    try:
        answer = here.recv() if here.poll(limit_s * 4 + 60) else None
    except EOFError:
        answer = None
    if answer is None:
        child.kill()
    child.join()
    return answer


def _foreign(size: Size, seed: int, name: str, limit_s: float) -> tuple[float, float, float, float, float] | None:
    if not PEER.exists():
        return None
    columns = book(size, seed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "book.npz"
        np.savez(data, first=columns.class_first, pool=columns.column_pool, value=columns.column_value,
                 use=columns.shape_use, capacity=columns.capacity[:, 0])  # fmt: skip
        command = [PEER, "-m", PEER_MODULE, data, name, str(limit_s)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {name}: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}", file=sys.stderr)
        return None
    welfare, bound, wall, cpu, peak = json.loads(done.stdout.strip().splitlines()[-1])
    return welfare, bound, wall, cpu, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--pools", type=int, default=100)
    parser.add_argument("--load", type=float, default=1.5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each solver")
    parser.add_argument("--only", nargs="+", help="names of rows")
    args = parser.parse_args()
    size = Size(jobs=args.jobs, pools=args.pools, load=args.load)
    print(f"{size}, load {size.load}, medians of seeds {args.seeds}\nmachine: {machine()}")
    print(f"{'':<28} {'of our bound':>12} {'its bound':>10} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}")
    bounds = {}
    for seed in args.seeds:
        ours = measured(size, seed, "ours", args.limit)
        if ours is None:
            sys.exit(f"seed {seed} was not cleared: nothing to compare with")
        bounds[seed] = ours[1]
    for name in args.only or (*LOCAL, *FOREIGN):
        rows = [(bounds[seed], found) for seed in args.seeds if (found := measured(size, seed, name, args.limit))]
        if not rows:
            missing = " (make bench-peers)" if name in FOREIGN and not PEER.exists() else ""
            print(f"{name:<28} SKIPPED: no answer within the limit{missing}")
            continue
        share, own, *rest = np.median([(f[0] / b, f[1] / b, *f[2:]) for b, f in rows], axis=0)
        print(f"{name:<28} {share:>12.4f} {own:>10.4f} {rest[0]:>8.3f} {rest[1]:>8.3f} {rest[2]:>8.0f}")


if __name__ == "__main__":
    main()

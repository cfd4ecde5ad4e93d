"""How near anybody could come with several slots: `python -m benchmarks.clearing.whole_jobs JOBS POOLS [--seeds 1]`.

Small books of the same form as the large ones, as an integer programme in HiGHS, from the engine's own choice on: what
HiGHS finds beside it, and by how much it proves that the best choice of whole jobs lies below the engine's bound.

With `--exchanges N` of a book of any size: N times a few pools that share jobs (`--together`) are emptied and filled
anew by HiGHS, over all slots, beside everybody else, on places near their price; a job from elsewhere may come where it
is worth more.
"""

import argparse
import time
from dataclasses import replace

import highspy
import numpy as np
from benchmarks.clearing.instances import Size, book

from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Indexes, Ints

NEAR = 0.8  # of the price of its capacity: a place that is worth less than this to a job is left out of an exchange


def placements(columns: ColumnBook) -> tuple[Ints, Ints]:
    """(column, start) of each place that could hold its job if it were empty; capacity is alike in all slots."""
    windows = columns.column_end - columns.column_start + 1
    column = np.repeat(np.arange(columns.columns), windows)
    start = np.arange(len(column)) - np.repeat(np.cumsum(windows) - windows, windows) + columns.column_start[column]
    room = columns.capacity[columns.column_pool[column], start]
    holds = (columns.shape_use[columns.column_shape[column]] <= room).all(axis=1)
    return column[holds], start[holds]


def programme(columns: ColumnBook, column: Ints, start: Ints, *, whole: bool) -> highspy.HighsLp:
    pools, slots, resources = columns.capacity.shape
    count, owner = len(column), np.searchsorted(columns.class_first, column, side="right") - 1
    rows, at, uses = [owner], [np.arange(count)], [np.ones(count)]
    length = columns.column_length[column]
    for slot in range(int(length.max())):
        on = np.flatnonzero(slot < length)
        for r in range(resources):
            rows.append(columns.classes + (columns.column_pool[column[on]] * slots + start[on] + slot) * resources + r)
            at.append(on)
            uses.append(columns.shape_use[columns.column_shape[column[on]], r].astype(np.float64))
    row, where, use = np.concatenate(rows), np.concatenate(at), np.concatenate(uses)
    order = np.lexsort((row, where))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, columns.classes + pools * slots * resources
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = columns.column_value[column] / 1e6
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.full(model.num_row_, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate((np.ones(columns.classes), columns.capacity.reshape(-1).astype(np.float64)))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(where[order], np.arange(count + 1)).astype(np.int32)
    model.a_matrix_.index_, model.a_matrix_.value_ = row[order].astype(np.int32), use[order]
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * count
    return model


def solved(model: highspy.HighsLp, limit_s: float, begin: Indexes | None = None) -> tuple[float, float]:
    """(objective, the most that is possible)"""
    return found(model, limit_s, begin)[:2]


def found(model: highspy.HighsLp, limit_s: float, begin: Indexes | None = None) -> tuple[float, float, Indexes]:
    """The same, and what is taken."""
    highs = highspy.Highs()
    highs.silent()
    for name, value in (("threads", 1), ("time_limit", limit_s), ("mip_rel_gap", 0.0)):
        highs.setOptionValue(name, value)
    highs.passModel(model)
    if begin is not None:
        first = highspy.HighsSolution()
        first.col_value = begin.astype(np.float64).tolist()
        highs.setSolution(first)
    highs.run()
    info = highs.getInfo()
    taken = np.flatnonzero(np.array(highs.getSolution().col_value) > 0.5).astype(np.int32)
    return float(info.objective_function_value), float(info.mip_dual_bound), taken


class Exchanges:
    """A choice that gets better: each job is its own class, and nobody asks for anything."""

    def __init__(self, columns: ColumnBook, cleared: ColumnClearing, seed: int) -> None:
        self.columns, self.dice = columns, np.random.default_rng(seed)
        self.column, self.start = placements(columns)
        job = columns.class_first.searchsorted(self.column, side="right") - 1
        self.job, self.at = job, np.full(columns.jobs, -1)
        mine = np.flatnonzero((cleared.choice[job] == self.column) & (cleared.start[job] == self.start))
        self.at[job[mine]] = mine
        self.pool, self.value = columns.column_pool[self.column], columns.column_value[self.column]
        self.use, self.length = columns.shape_use[columns.column_shape[self.column]], columns.column_length[self.column]
        price = np.zeros((columns.pools, columns.slots + 1, columns.resources), np.int64)
        np.cumsum(cleared.price, axis=1, out=price[:, 1:])
        spent = price[self.pool, self.start + self.length] - price[self.pool, self.start]
        self.dear = self.value < NEAR * (self.use * spent).sum(axis=1)

    @property
    def welfare(self) -> int:
        return int(self.value[self.at[self.at >= 0]].sum())

    def some_pools(self, together: int) -> Ints:
        """One, and others that its jobs could use, the likelier the more of them there are."""
        one = self.dice.integers(self.columns.pools)
        could = np.bincount(self.pool[np.isin(self.job, self.job[self.pool == one])], minlength=self.columns.pools)
        could[one] = 0
        others = self.dice.choice(self.columns.pools, together - 1, replace=False, p=could / could.sum())
        return np.append(others, one)

    def exchange(self, pools: Ints, limit_s: float) -> tuple[float, float]:
        """(what it brought, the most that it could have on these places)"""
        ran = self.at[self.at >= 0]
        stays = ran[~np.isin(self.pool[ran], pools)]
        left, elsewhere = self.columns.capacity.copy(), np.zeros(self.columns.jobs, np.int64)
        elsewhere[self.job[stays]] = self.value[stays]
        for i in stays:
            left[self.pool[i], self.start[i] : self.start[i] + self.length[i]] -= self.use[i]
        more = self.value - elsewhere[self.job]
        has = self.at[self.job] == np.arange(len(self.job))
        may = np.flatnonzero(np.isin(self.pool, pools) & (more > 0) & (~self.dear | has))
        # A job has a value in a column however it starts; what it has elsewhere is the same for all of its columns.
        value = self.columns.column_value.copy()
        value[self.column[may]] = more[may]
        book = replace(self.columns, capacity=left, column_value=value)
        model = programme(book, self.column[may], self.start[may], whole=True)
        best, most, taken = found(model, limit_s, has[may])
        before = float(more[may[has[may]]].sum()) / 1e6
        if best > before:
            self.at[self.job[may[has[may]]]] = -1
            self.at[self.job[may[taken]]] = may[taken]
        return best - before, most - before


def exchanged(columns: ColumnBook, args: argparse.Namespace, seed: int) -> None:
    cleared = clear(columns, settings=EngineSettings(passes=60, sweeps=args.sweeps))
    exchanges = Exchanges(columns, cleared, seed)
    bound, gained, possible = cleared.bound / 1e6, 0.0, 0.0
    cpu = time.process_time()
    for _ in range(args.exchanges):
        brought, most = exchanges.exchange(exchanges.some_pools(args.together), args.limit)
        gained, possible = gained + brought, possible + most
    print(
        f"seed {seed}: {args.sweeps} sweeps {cleared.gap:.3%} below the bound, after {args.exchanges} exchanges over "
        f"{args.together} pools each {1 - exchanges.welfare / cleared.bound:.3%}; they brought {gained / bound:.3%}, "
        f"and no more than {possible / bound:.3%} was there; {time.process_time() - cpu:.0f} CPU s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", type=int)
    parser.add_argument("pools", type=int)
    parser.add_argument("--load", type=float, default=1.5)
    parser.add_argument("--slots", type=int, default=24)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--sweeps", type=int, default=300, help="of the choice that HiGHS begins with")
    parser.add_argument("--limit", type=float, default=150.0, help="seconds of wall time for HiGHS")
    parser.add_argument("--exchanges", type=int, default=0, help="over a few pools each, instead of the whole book")
    parser.add_argument("--together", type=int, default=2, help="pools of an exchange")
    args = parser.parse_args()
    size = Size(jobs=args.jobs, pools=args.pools, load=args.load, slots=args.slots)
    for seed in args.seeds:
        columns = book(size, seed)
        if args.exchanges:
            exchanged(columns, args, seed)
            continue
        usual = clear(columns, settings=EngineSettings(passes=60, sweeps=6))
        long = clear(columns, settings=EngineSettings(passes=200, sweeps=args.sweeps))
        column, start = placements(columns)
        relaxed, _ = solved(programme(columns, column, start, whole=False), args.limit)
        job = columns.class_first.searchsorted(column, side="right") - 1  # each job is its own class
        begin = (long.choice[job] == column) & (long.start[job] == start)
        cpu = time.process_time()
        best, most = solved(programme(columns, column, start, whole=True), args.limit, begin)
        cpu = time.process_time() - cpu
        bound = long.bound / 1e6
        fewer, more = (1 - one.welfare / 1e6 / bound for one in (usual, long))
        print(
            f"{size}, load {args.load}, seed {seed}: bound over LP {bound / relaxed - 1:.3%}; below the bound: "
            f"6 sweeps {fewer:.2%}, {args.sweeps} sweeps {more:.2%}, HiGHS from there "
            f"{1 - best / bound:.2%}, whole jobs at least {1 - most / bound:.2%}; {cpu:.0f} CPU s",
            flush=True,
        )


if __name__ == "__main__":
    main()

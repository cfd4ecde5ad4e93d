"""What the engine's prices are like on seeded books: whom they wrong, what they leave unsold, how they move.

    python -m benchmarks.studies.prices

At the published prices every job has a best place and every owner a wish to sell all that is priced. Where a clearing
is not the optimum of its own relaxation, some get neither: this counts them.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from benchmarks.clearing.bench import chosen
from benchmarks.clearing.instances import Size, book

from gridtie.adapters.threads import BlockThreads
from gridtie.market.engine.audit import faults
from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints

POOLS = (10_000, 2_500)
SIZE = Size(jobs=100_000, pools=10_000, load=1.5)
SEEDS = (1, 2, 3)
SWEEPS = 6
RESOURCES = ("accelerators", "cores", "memory")
SPARE = 1.5  # times the bidders of an epoch, for others to take their place
CHURNS = (0.0, 0.01, 0.05)
EPOCHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Shares of 1, each as its name says."""

    gap: float
    made_whole: float  # of the winners
    made_whole_welfare: float
    refused_in_the_money: float  # of all bidders
    refused_surplus: float  # what they would have gained, of welfare
    elsewhere: float  # winners who would gain more than a hundredth of their bid at another place
    elsewhere_room: float  # those of them for whom one of these places has room as things stand
    elsewhere_median: float  # of bid, what they would gain at the best place
    elsewhere_surplus: float  # what all winners would gain there, of welfare
    unsold: float  # at price, of welfare
    payment: float  # of welfare
    priced: tuple[float, ...]  # pools with a positive price, per resource


def prices_of(columns: ColumnBook, cleared: ColumnClearing) -> Prices:
    """Of books with one slot, no asks, and every job a class of its own."""
    price = cleared.price[:, 0, :]
    cost = (columns.shape_use[columns.column_shape] * price[columns.column_pool]).sum(axis=1)
    fits = (columns.shape_use[columns.column_shape] <= columns.capacity[columns.column_pool, 0, :]).all(axis=1)
    surplus = np.where(fits, columns.column_value - cost, 0)  # nobody is wronged by what cannot be had even alone
    best = np.zeros(columns.jobs, np.int64)
    np.maximum.at(best, np.repeat(np.arange(columns.jobs), np.diff(columns.class_first)), surplus)
    won = cleared.choice >= 0
    at = cleared.choice[won]
    used = np.zeros(price.shape, np.int64)
    np.add.at(used, columns.column_pool[at], columns.shape_use[columns.column_shape[at]])
    whole = cleared.made_whole[won]
    left, missed = best[~won], best[won] - np.maximum(surplus[at], 0)
    better = 100 * missed > columns.column_value[at]
    owner = np.repeat(np.arange(columns.jobs), np.diff(columns.class_first))
    free = columns.capacity[:, 0, :] - used
    room = (columns.shape_use[columns.column_shape] <= free[columns.column_pool]).all(axis=1)
    has = np.maximum(surplus[np.maximum(cleared.choice, 0)], 0)[owner]  # of those who won
    worth = columns.column_value[np.maximum(cleared.choice, 0)][owner]
    open_to = np.zeros(columns.jobs, bool)
    np.logical_or.at(open_to, owner, room & (100 * (surplus - has) > worth))
    return Prices(
        gap=cleared.gap, made_whole=float((whole > 0).mean()), made_whole_welfare=int(whole.sum()) / cleared.welfare,
        refused_in_the_money=float((left > 0).sum()) / columns.jobs,
        refused_surplus=int(left.sum()) / cleared.welfare,
        elsewhere=float(better.mean()),
        elsewhere_room=float(open_to[won].mean()),
        elsewhere_median=float(np.median((missed / columns.column_value[at])[better])),
        elsewhere_surplus=int(missed.sum()) / cleared.welfare,
        unsold=int((price * (columns.capacity[:, 0, :] - used)).sum()) / cleared.welfare,
        payment=int(cleared.payment.sum()) / cleared.welfare,
        priced=tuple(float(share) for share in (price > 0).mean(axis=0)),
    )  # fmt: skip


def moved(before: Ints, after: Ints, units: Ints) -> tuple[float, float]:
    """Change of the pools' accelerator price over its mean, both weighted by accelerators: the mean, and the 99th
    percentile."""
    change = np.abs(after - before) / float(np.average(before, weights=units))
    order = np.argsort(change)
    share = np.cumsum(units[order]) / units.sum()
    return float(np.average(change, weights=units)), float(change[order[int(np.searchsorted(share, 0.99))]])


def audited(columns: ColumnBook, threads: BlockThreads, before: Ints | None = None) -> ColumnClearing:
    cleared = clear(columns, settings=EngineSettings(sweeps=SWEEPS), prices_before=before, run_blocks=threads)
    if wrong := faults(columns, cleared):
        raise SystemExit(f"the checker refuses this clearing: {wrong[0]}")
    return cleared


def movement(size: Size, churn: float, threads: BlockThreads) -> tuple[float, ...]:
    """Means over epochs, each cleared from the prices before: change of price; and how far the same book, cleared from
    nothing, lies from it."""
    dice = np.random.default_rng(1)
    count = round(SPARE * size.jobs)
    everything = book(replace(size, jobs=count, load=SPARE * size.load), 1)
    units = everything.capacity[:, 0, 0]
    jobs: npt.NDArray[np.int64] = dice.permutation(count)
    before = audited(chosen(everything, np.sort(jobs[: size.jobs])), threads).price
    rows = []
    for _ in range(EPOCHS):
        leave = dice.permutation(size.jobs)[: round(churn * size.jobs)]
        arrive = size.jobs + dice.permutation(count - size.jobs)[: len(leave)]
        jobs[leave], jobs[arrive] = jobs[arrive], jobs[leave]
        columns = chosen(everything, np.sort(jobs[: size.jobs]))
        after, cold = audited(columns, threads, before).price, audited(columns, threads).price
        rows.append((*moved(before[:, 0, 0], after[:, 0, 0], units), *moved(cold[:, 0, 0], after[:, 0, 0], units)))
        before = after
    return tuple(np.array(rows).mean(axis=0).tolist())


def main() -> None:
    threads = BlockThreads(2)
    found = []
    for pools in POOLS:
        rows = []
        for seed in SEEDS:
            columns = book(replace(SIZE, pools=pools), seed)
            rows.append(prices_of(columns, audited(columns, threads)))
        found.append(rows)
    print("| at the prices, 100,000 jobs | " + " | ".join(f"{pools:,} pools" for pools in POOLS) + " |\n|---|---|---|")
    for name in (field for field in Prices.__slots__ if field != "priced"):
        means = [float(np.mean([getattr(row, name) for row in rows])) for rows in found]
        print(f"| {name.replace('_', ' ')} | " + " | ".join(f"{100 * mean:.2f} %" for mean in means) + " |")
    for r, resource in enumerate(RESOURCES):
        means = [float(np.mean([row.priced[r] for row in rows])) for rows in found]
        print(f"| pools that price {resource} | " + " | ".join(f"{100 * mean:.1f} %" for mean in means) + " |")
    print("\n| pools | churn | change, mean | p99 | from a cold start, mean | p99 |\n|---|---|---|---|---|---|")
    for pools in POOLS:
        for churn in CHURNS:
            four = " | ".join(f"{100 * of:.2f} %" for of in movement(replace(SIZE, pools=pools), churn, threads))
            print(f"| {pools:,} | {100 * churn:.0f} % | {four} |", flush=True)
    threads.close()


if __name__ == "__main__":
    main()

"""What the repair of a single slot looks at: of each job that may move the columns near its best, pool by pool.

Near at the prices, that is; and in each pool the densest of the others, to fill what is left.
"""

from dataclasses import dataclass

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for
from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.intake import Bools, Floats, Tableau

CROWD = 8.0  # running jobs per pool up to which the reach holds; of more, near is nearer
INSERTED = 100  # entries of a pool up to which they are sorted by insertion
FILLERS = 8  # columns of a pool that are looked at though they are not near


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """N entries (a job that sweeps may move, a column near its best), pool by pool, by falling value per size."""

    column: Indexes  # [N] of the tableau
    owner: Indexes  # [N] agent
    pool: Indexes  # [N]
    value: Floats  # [N] micro-units over the floor
    cost: Floats  # [N] of its capacity at the prices
    use: Ints  # [N, R]
    pool_first: Indexes  # [P + 1]
    first: Indexes  # [A + 1]
    # The same once more, agent by agent: where else may it run?
    entry: Indexes  # [N] entries of agent a: entry[first[a] : first[a + 1]]
    entry_pool: Indexes  # [N]
    entry_gain: Floats  # [N, 2] value, cost


def field(
    tableau: Tableau, dual: DualBound, reach: float, agent_class: Indexes, at: Ints, run_blocks: RunBlocks
) -> tuple[Field, Ints]:  # fmt: skip
    """The field and, for the columns in `at` [A], the entries [A]. Near is what lies within `reach` per size."""
    t, pools, agents = tableau, len(tableau.floor), len(agent_class)
    blocks = blocks_for(t.columns)
    cuts = np.searchsorted(t.first, np.linspace(0, t.columns, blocks + 1)).astype(np.int64)
    cuts[0], cuts[-1] = 0, t.classes
    agent_cuts = np.searchsorted(agent_class, cuts).astype(np.int64)
    crowd = max(float((at >= 0).sum()) / max(pools, 1), CROWD)
    alive, dense, least = _looked_at(t, dual, reach * (CROWD / crowd) ** 0.5, cuts, run_blocks)
    first, count = np.zeros(agents + 1, np.int32), np.zeros((blocks, pools), np.int64)

    def counted(b: int) -> None:
        _fill_up(dense[b], t.pool, t.shape, t.value, t.size, least, alive)
        _count(agent_cuts[b], agent_cuts[b + 1], t.first, t.pool, agent_class, at, alive, first, count[b])

    run_blocks(counted, blocks)
    np.cumsum(first, out=first)
    pool_first = np.concatenate(([0], np.cumsum(count.sum(axis=0)))).astype(np.int32)
    begin = pool_first[:-1] + np.cumsum(count, axis=0) - count
    total = int(first[-1])
    column, owner, pool, entry = (np.empty(total, np.int32) for _ in range(4))
    gain, entry_pool = np.empty((total, 2)), np.empty(total, np.int32)
    value, cost, use = np.empty(total), np.empty(total), np.empty((total, t.use.shape[1]), np.int64)
    stand = np.full(agents, -1, np.int64)
    # As they come, pool by pool: a key, what else is whole (column, owner, shape, stands there, entry), value and cost.
    key, row, worth = np.empty(total, np.int64), np.empty((total, 5), np.int32), np.empty((total, 2))

    def entered(b: int) -> None:
        _enter(
            agent_cuts[b], agent_cuts[b + 1], t.first, t.pool, t.shape, t.value, dual.surplus, t.size,
            agent_class, at, alive, first, begin[b], key, row, worth, entry_pool, gain,
        )  # fmt: skip

    run_blocks(entered, blocks)
    pool_cuts = np.searchsorted(pool_first, np.linspace(0, total, blocks + 1)).astype(np.int64)
    pool_cuts[0], pool_cuts[-1] = 0, pools

    def arranged(b: int) -> None:
        _arrange(
            pool_cuts[b], pool_cuts[b + 1], pool_first, key, row, worth, t.use, column, owner, pool, value, cost, use,
            entry, stand,
        )  # fmt: skip

    run_blocks(arranged, blocks)
    made = Field(
        column=column, owner=owner, pool=pool, value=value, cost=cost, use=use, pool_first=pool_first, first=first,
        entry=entry, entry_pool=entry_pool, entry_gain=gain,
    )  # fmt: skip
    return made, stand


def _looked_at(
    t: Tableau, dual: DualBound, width: float, cuts: Ints, run_blocks: RunBlocks
) -> tuple[Bools, list[Indexes], Floats]:
    """([K] what is near; of each block what may be dense enough; [P] how dense that is)"""
    blocks, pools = len(cuts) - 1, len(t.floor)
    top, alive = np.zeros((blocks, pools, FILLERS)), np.zeros(t.columns, np.bool_)
    dense, count = np.empty(t.columns, np.int32), np.zeros(blocks, np.int64)

    def near(b: int) -> None:
        count[b] = _near(
            cuts[b], cuts[b + 1], t.first, t.pool, t.shape, t.value, dual.surplus, dual.best, t.size,
            width, top[b], alive, dense,
        )  # fmt: skip

    run_blocks(near, blocks)
    least: Floats = np.sort(top.transpose(1, 0, 2).reshape(pools, -1), axis=1)[:, -FILLERS]
    return alive, [dense[t.first[cuts[b]] : t.first[cuts[b]] + count[b]] for b in range(blocks)], least


@njit(nogil=True)
def _near(  # type: ignore[no-untyped-def]
    begin, stop, first, pool, shape, value, surplus, best, size, width, top, alive, dense
):  # fmt: skip
    """Marks columns near the best of their class; `top` becomes the FILLERS highest densities of each pool's others.

    `dense`, from where the block's columns begin: those that were among the highest so far, so all that are in the end;
    returns how many.
    """
    least = np.zeros(len(top))  # top[:, -1], close together
    begun = first[begin]
    found = begun
    for c in range(begin, stop):
        for k in range(first[c], first[c + 1]):
            each = size[shape[k]]
            alive[k] = surplus[k] >= best[c] - width * each
            if alive[k]:
                continue
            p, density = pool[k], value[k] / each
            if density < least[p]:
                continue
            dense[found] = k
            found += 1
            n = FILLERS - 1
            while n > 0 and top[p, n - 1] < density:
                top[p, n] = top[p, n - 1]
                n -= 1
            top[p, n] = density
            least[p] = top[p, FILLERS - 1]
    return found - begun


@njit(nogil=True)
def _fill_up(dense, pool, shape, value, size, least, alive):  # type: ignore[no-untyped-def]
    for k in dense:
        alive[k] = alive[k] or value[k] / size[shape[k]] >= least[pool[k]]


@njit(nogil=True)
def _count(begin, stop, first, pool, agent_class, at, alive, entries, count):  # type: ignore[no-untyped-def]
    for a in range(begin, stop):
        n = 0
        for k in range(first[agent_class[a]], first[agent_class[a] + 1]):
            if alive[k] or at[a] == k:
                n += 1
                count[pool[k]] += 1
        entries[a + 1] = n


@njit(nogil=True)
def _enter(  # type: ignore[no-untyped-def]
    begin, stop, first, pool, shape, value, surplus, size, agent_class, at, alive, agent_first, slot, key, row, worth,
    entry_pool, gain,
):  # fmt: skip
    """Agent by agent; what lies pool by pool goes to the next slot of its pool. Keys sort by falling density."""
    single = np.empty(1, np.float32)
    bits = single.view(np.int32)
    for a in range(begin, stop):
        j = np.int64(agent_first[a])
        for k in range(first[agent_class[a]], first[agent_class[a] + 1]):
            if alive[k] or at[a] == k:
                n = slot[pool[k]]
                slot[pool[k]] += 1
                row[n, 0], row[n, 1], row[n, 2], row[n, 3], row[n, 4] = k, a, shape[k], at[a] == k, j
                worth[n, 0], worth[n, 1] = value[k], value[k] - surplus[k]
                single[0] = value[k] / size[shape[k]]  # positive: its bits as a whole number are in the same order
                key[n] = ((np.int64(2**31 - 1) - bits[0]) << 32) | n
                entry_pool[j] = pool[k]
                gain[j, 0], gain[j, 1] = worth[n, 0], worth[n, 1]
                j += 1


@njit(nogil=True)
def _arrange(  # type: ignore[no-untyped-def]
    begin, stop, pool_first, key, row, worth, shape_use, column, owner, pool, value, cost, use, entry, stand
):  # fmt: skip
    for p in range(begin, stop):
        _sort(key, pool_first[p], pool_first[p + 1])
        for n in range(pool_first[p], pool_first[p + 1]):
            m = key[n] & np.int64(2**32 - 1)
            column[n], owner[n], pool[n], entry[row[m, 4]] = row[m, 0], row[m, 1], p, n
            value[n], cost[n] = worth[m, 0], worth[m, 1]
            for r in range(use.shape[1]):
                use[n, r] = shape_use[row[m, 2], r]
            if row[m, 3]:
                stand[owner[n]] = n


@njit(nogil=True)
def _sort(key, begin, stop):  # type: ignore[no-untyped-def]
    """A pool has few entries, which straight insertion sorts fastest."""
    if stop - begin > INSERTED:
        key[begin:stop].sort()
        return
    for n in range(begin + 1, stop):
        one, m = key[n], n
        while m > begin and key[m - 1] > one:
            key[m] = key[m - 1]
            m -= 1
        key[m] = one

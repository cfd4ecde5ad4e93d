"""Who runs where, for a single slot: a first choice by regret, then sweeps that solve one pool after another.

A pool is solved as a knapsack over every job that might run there: those that do, those that run nowhere, and those
that run elsewhere and would leave room behind, worth `credit` times its price there: this is what lets whole chains of
jobs move. The credit falls from sweep to sweep, the more slowly the better: how many sweeps there will be has to be
known before the first. After the fall it begins again; the best choice of all sweeps is kept. Where an earlier clearing
put jobs, a pool that is full stays as it is until somebody leaves it for another.

Of a large book the pools are divided into as many districts as there are blocks, and in a sweep a job moves only
within its own: districts share nothing that a sweep writes, so threads may repair them side by side.
"""

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for, in_turn
from gridtie.market.engine.columns import Ints
from gridtie.market.engine.districts import plane
from gridtie.market.engine.dual_bound import DualBound
from gridtie.market.engine.field import field
from gridtie.market.engine.greedy import Placement, by_regret, room_at, steps_cost
from gridtie.market.engine.intake import Tableau
from gridtie.market.engine.knapsack import knapsack, read_off

AGENTS = 64  # jobs of a class that the sweeps may move; of a larger one, the rest stays where it was put first
WIDTH = 0.3  # reference prices per size: further below the best of its class, a column is not near
HELD_WIDTH = 0.1  # the same, where jobs already stand where an earlier clearing put them
STAY = 0.03  # reference prices per size: whose column has fallen further below the best does not keep it
QUICK, SLOW = (1.0, 0.75), (1.05, 0.65)  # from which credit to which it falls; slowly where there is time for it
SLOW_FROM = 6  # sweeps
HELD = (0.9, 0.7)  # where jobs already stand, which are not to be put out only to be put back
LINES = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0))  # across which the districts of a sweep are divided
TABLE = 1 << 20  # the largest knapsack table, in entries: larger pools are solved by order of profit


class Repair:
    """Sweeps over one clearing; `best` is the choice with the highest welfare so far."""

    def __init__(
        self, tableau: Tableau, dual: DualBound, reference: float, held: Ints | None = None,
        run_blocks: RunBlocks = in_turn, fall: int = 5,
    ) -> None:  # fmt: skip
        slow = fall >= SLOW_FROM
        first, last = HELD if held is not None else SLOW if slow else QUICK
        self.stands = held is not None
        self.credits = np.linspace(first, last, fall) if fall > 1 else np.array([(first + last) / 2])
        self.tableau, self.run = tableau, run_blocks
        opened = room_at(tableau, dual.price)[:, 0]
        self.open_units = opened[:, 0].copy()
        self.room = opened.copy()
        self.price = dual.price[:, 0].astype(np.float64)
        self.fixed = np.zeros(tableau.columns, np.int64)  # jobs on each column; the sweeps take theirs out
        spare = tableau.count.copy()
        if held is not None:
            _stay(
                np.flatnonzero(held), tableau.first, tableau.pool, tableau.shape, dual.surplus,
                dual.best, STAY * reference * tableau.size, held, tableau.use, self.fixed, spare, self.room,
            )  # fmt: skip
        _first_fill(
            by_regret(tableau, dual, spare), tableau.first, tableau.pool, tableau.shape, dual.surplus,
            tableau.use, self.fixed, spare, self.room,
        )  # fmt: skip
        agent_class, at = _agents(tableau.first, self.fixed, spare, tableau.count)
        reach = reference * (WIDTH if held is None else HELD_WIDTH)
        self.field, self.at = field(tableau, dual, reach, agent_class, at, run_blocks)
        self.blocks = blocks_for(tableau.columns)
        # A small book has time for many sweeps: each takes the pools in an order of its own.
        self.dice = np.random.default_rng(1) if slow and self.blocks == 1 else None
        if self.blocks > 1:
            self.plane = plane(tableau)
            self.home = _homes(self.field.first, self.field.entry_pool, self.field.entry_gain)
        self.fixed_value = int(self.fixed @ tableau.value)
        self.sweeps = 0
        self.best, self.welfare = self.at.copy(), self._welfare()

    def sweep(self) -> None:
        f, t = self.field, self.tableau
        district, agent_district = self._districts()
        credit = float(self.credits[self.sweeps % len(self.credits)])
        order = np.arange(len(district))[:: 1 - 2 * (self.sweeps % 2)]
        if self.dice:
            order = self.dice.permutation(len(district))

        def one(block: int) -> None:
            pools = order[district[order] == block]
            _sweep(
                pools, self.stands, block, agent_district, credit, f.owner, f.pool,
                f.value, f.cost, f.use, f.pool_first, f.first, f.entry, f.entry_pool, f.entry_gain, self.at, self.room,
                self.price, self.open_units, t.capacity, t.step_first, t.step_units, t.step_ask,
            )  # fmt: skip

        self.run(one, self.blocks)
        self.sweeps += 1
        if (welfare := self._welfare()) > self.welfare:
            self.welfare, self.best = welfare, self.at.copy()

    def _districts(self) -> tuple[Ints, Ints]:
        """([P], [A]) Pools and jobs of each block: those in a pool are in its district, others where they gain most.

        Lines in several directions, in turn: who reaches over one does not over the next.
        """
        pools, agents = len(self.tableau.floor), len(self.at)
        if self.blocks == 1:
            return np.zeros(pools, np.int64), np.zeros(agents, np.int64)
        along = self.plane @ np.array(LINES[self.sweeps % len(LINES)])
        order = np.argsort(along, kind="stable")
        filled = np.cumsum(np.diff(self.field.pool_first)[order])
        district = np.empty(pools, np.int64)
        district[order] = np.minimum((filled - 1) * self.blocks // filled[-1], self.blocks - 1)
        return district, district[np.where(self.at >= 0, self.field.pool[self.at], self.home)]

    def _welfare(self) -> int:
        t = self.tableau
        value = self.fixed_value + int(self.field.value[self.at[self.at >= 0]].astype(np.int64).sum())
        used = self.open_units - self.room[:, 0]
        return value - int(_asked(used, t.capacity, t.step_first, t.step_units, t.step_ask))

    def placement(self) -> Placement:
        count = self.fixed.copy()
        np.add.at(count, self.field.column[self.best[self.best >= 0]], 1)
        column = np.flatnonzero(count).astype(np.int32)
        return Placement(column=column, start=np.zeros(len(column), np.int32), count=count[column])


@njit(nogil=True)
def _agents(first, fixed, spare, count):  # type: ignore[no-untyped-def]
    """(class of each agent, its column or -1): all jobs of a small class, some of a large one. Taken out of `fixed`."""
    total = 0
    for c in range(len(count)):
        total += min(count[c], AGENTS)
    agent_class, at = np.empty(total, np.int32), np.full(total, -1, np.int64)
    a = 0
    for c in range(len(count)):
        left = min(count[c], AGENTS)
        idle = min(spare[c], left if count[c] <= AGENTS else left // 2)
        for _ in range(idle):
            agent_class[a] = c
            a += 1
        left -= idle
        for k in range(first[c], first[c + 1]):
            for _ in range(min(fixed[k], left)):
                agent_class[a], at[a] = c, k
                fixed[k] -= 1
                left -= 1
                a += 1
    return agent_class[:a].copy(), at[:a].copy()


@njit(nogil=True)
def _homes(first, entry_pool, entry_gain):  # type: ignore[no-untyped-def]
    """[A] the pool of each agent's best entry."""
    home = np.zeros(len(first) - 1, np.int32)
    for a in range(len(home)):
        best = -np.inf
        for j in range(first[a], first[a + 1]):
            if entry_gain[j, 0] - entry_gain[j, 1] > best:
                best, home[a] = entry_gain[j, 0] - entry_gain[j, 1], entry_pool[j]
    return home


@njit(nogil=True)
def _asked(used, capacity, step_first, step_units, step_ask):  # type: ignore[no-untyped-def]
    total = 0
    for p in range(len(used)):
        if step_first[p + 1] > step_first[p]:
            total += steps_cost(used[p], p, 0, capacity, step_first, step_units, step_ask)
    return total


@njit(nogil=True)
def _stay(  # type: ignore[no-untyped-def]
    columns, first, pool, shape, surplus, best, near, held, use, count, spare, room
):  # fmt: skip
    """Who held a column keeps it, while there is room, unless it is far from the best of its class today."""
    c = 0
    for k in columns:
        while first[c + 1] <= k:
            c += 1
        if surplus[k] < max(best[c] - near[shape[k]], 0.0):
            continue
        n = min(held[k], spare[c])
        for r in range(use.shape[1]):
            if n > 0 and use[shape[k], r] > 0:
                n = min(n, max(room[pool[k], r], 0) // use[shape[k], r])
        count[k] += n
        spare[c] -= n
        for r in range(use.shape[1]):
            room[pool[k], r] -= n * use[shape[k], r]


@njit(nogil=True)
def _first_fill(order, first, pool, shape, surplus, use, count, spare, room):  # type: ignore[no-untyped-def]
    """Each class by falling surplus, as long as that is not negative."""
    for c in order:
        while spare[c] > 0:
            top, at, most = np.int64(-1), -1, np.int64(0)
            for k in range(first[c], first[c + 1]):
                if surplus[k] > top:
                    n = spare[c]
                    for r in range(use.shape[1]):
                        if use[shape[k], r] > 0:
                            have, each = room[pool[k], r], use[shape[k], r]
                            n = min(n, have // each) if n > 1 else min(n, np.int64(have >= each))
                    if n > 0:
                        top, at, most = surplus[k], k, n
            if at < 0:
                break
            count[at] += most
            spare[c] -= most
            for r in range(use.shape[1]):
                room[pool[at], r] -= most * use[shape[at], r]


@njit(nogil=True)
def _has_room(n, p, use, room):  # type: ignore[no-untyped-def]
    lacks = 0
    for r in range(use.shape[1]):
        lacks += use[n, r] > room[p, r]
    return lacks == 0


@njit(nogil=True)
def _best_place(a, here, credit, ask, first, entry, entry_pool, entry_gain, use, room, slack):  # type: ignore[no-untyped-def]
    """(what agent a gains, net of the credited room it takes, where it does and finds room; that entry or -1)."""
    best, to = 0.0, -1
    for j in range(first[a], first[a + 1]):
        q = entry_pool[j]
        if slack[q] > 0 and q != here:
            gain = entry_gain[j, 0] - credit * entry_gain[j, 1]
            if gain > best:
                n = entry[j]
                gain = min(gain, entry_gain[j, 0] - ask[q] * use[n, 0])
                if gain > best and _has_room(n, q, use, room):
                    best, to = gain, n
    return best, to


@njit(nogil=True, error_model="numpy")
def _sweep(  # type: ignore[no-untyped-def]
    order, open_only, district, agent_district, credit, owner, pool, value, cost, use, pool_first, first, entry,
    entry_pool, entry_gain, at, room, price, open_units, capacity, step_first, step_units, step_ask,
):  # fmt: skip
    steps = (capacity, step_first, step_units, step_ask)
    ask = _asked_last(order, open_units, room, steps)
    hold = _holdings(district, agent_district, at, value, cost, pool, use, credit, ask)
    longest = np.int64(0)
    for p in range(len(pool_first) - 1):
        longest = max(longest, pool_first[p + 1] - pool_first[p])
    item, profit, net = np.empty(longest, np.int64), np.empty(longest), np.empty(longest)
    taken, weight = np.empty(longest, np.bool_), np.empty(longest, np.int64)
    budget, quota = np.empty(use.shape[1], np.int64), np.empty(65, np.int64)
    table, best = np.empty(TABLE // 64 + longest, np.uint64), np.empty(4096)
    held = np.empty((4096, use.shape[1]), np.int64)
    some = 1 if use.shape[0] == 0 or use[:, 0].min() == 0 else 0  # whoever needs nothing of resource 0 looks anywhere
    slack = np.zeros(len(room), np.int64)  # none in pools of other districts
    for p in order:
        slack[p] = room[p, 0] + some
    for p in order:
        if open_only and slack[p] <= 0:
            continue
        budget[:] = room[p]
        quota[:] = open_units[p]
        items, others, stay = _candidates(
            p, owner, pool, value, use, pool_first, at, hold, first, entry, entry_pool, entry_gain, credit, ask, room,
            slack, item, profit, weight, budget, quota,
        )  # fmt: skip
        if others == 0:
            continue
        _choose(items, item, profit, weight, net, use, budget, price[p], table, best, held, taken)
        total, sold = 0.0, np.int64(0)
        for j in range(items):
            if taken[j]:
                total += profit[j]
                sold += weight[j]
        if step_first[p + 1] > step_first[p]:
            # Units that bulk jobs hold count as well.
            base = open_units[p] - budget[0]
            total -= steps_cost(base + sold, p, 0, *steps)
            stay -= steps_cost(open_units[p] - room[p, 0], p, 0, *steps)
        if total <= stay + 0.5:
            continue
        _put_out(items, item, taken, owner, p, use, some, at, hold, room, slack)
        _seat(
            items, item, taken, owner, pool, p, value, cost, use, some, first, entry, entry_pool, entry_gain, credit,
            ask, at, hold, room, slack,
        )  # fmt: skip


@njit(nogil=True, error_model="numpy")
def _asked_last(order, open_units, room, steps):  # type: ignore[no-untyped-def]
    """By pool, what the last unit sold there asks above its floor."""
    ask = np.zeros(len(room))
    step_first = steps[1]
    for p in order:
        if step_first[p + 1] > step_first[p]:
            used = open_units[p] - room[p, 0]
            ask[p] = steps_cost(used, p, 0, *steps) - steps_cost(used - 1, p, 0, *steps)
    return ask


@njit(nogil=True, error_model="numpy")
def _holdings(district, agent_district, at, value, cost, pool, use, credit, ask):  # type: ignore[no-untyped-def]
    """By agent, what it has where it is, the room it would leave credited."""
    hold = np.zeros(len(at))
    for a in range(len(at)):
        if agent_district[a] != district:
            hold[a] = np.inf  # another thread's, who may be moving it: nothing here is worth that much
        elif at[a] >= 0:
            n = at[a]
            hold[a] = value[n] - max(credit * cost[n], ask[pool[n]] * use[n, 0])
    return hold


@njit(nogil=True, error_model="numpy", inline="always")
def _candidates(  # type: ignore[no-untyped-def]
    p, owner, pool, value, use, pool_first, at, hold, first, entry, entry_pool, entry_gain, credit, ask, room, slack,
    item, profit, weight, budget, quota,
):  # fmt: skip
    """(who is in pool `p` or may come, how many of them come, what those in it gain there); `budget` becomes the room
    that there is for them."""
    items, others, stay = np.int64(0), 0, 0.0  # a plain 0 would have what it is handed to compiled twice
    for n in range(pool_first[p], pool_first[p + 1]):
        a = owner[n]
        if value[n] - hold[a] < 0.0:
            continue
        if at[a] == n:
            gain = value[n] - _best_place(a, p, credit, ask, first, entry, entry_pool, entry_gain, use, room, slack)[0]
            for r in range(use.shape[1]):
                budget[r] += use[n, r]
            stay += gain
        elif _may_come(n, at[a], p, value[n] - hold[a], pool, use, quota):
            gain = value[n] - hold[a]
            others += 1
        else:
            continue
        item[items], profit[items], weight[items] = n, gain, use[n, 0]
        items += 1
    return items, others, stay


@njit(nogil=True, error_model="numpy", inline="always")
def _may_come(n, where, p, gain, pool, use, quota):  # type: ignore[no-untyped-def]
    """Whether who is at column `where`, or nowhere (-1), is a candidate for column `n` of pool `p`; counts it."""
    if gain == 0.0:
        return False
    if where >= 0:
        return pool[where] != p
    # Entries come by falling value per size: no more of one size than could run.
    kind = min(use[n, 0], 64)
    if quota[kind] < use[n, 0]:
        return False
    quota[kind] -= use[n, 0]
    return True


@njit(nogil=True, error_model="numpy")
def _choose(items, item, profit, weight, net, use, budget, price, table, best, held, taken):  # type: ignore[no-untyped-def]
    """Which of the items fit into `budget` for the highest profit: into `taken`."""
    for j in range(items):
        net[j] = profit[j]
        for r in range(1, use.shape[1]):
            net[j] -= use[item[j], r] * price[r]
    width = budget[0] + 1
    if width > len(best) or items * width > TABLE:
        _by_order(items, item, profit, use, budget, price, taken)
        return
    knapsack(items, weight, net, width, table, best, taken)
    for r in range(1, use.shape[1]):
        left = budget[r]
        for j in range(items):
            if taken[j]:
                left -= use[item[j], r]
        if left < 0:
            _tight_knapsack(items, item, weight, net, use, budget, table, best, held, taken)
            return


@njit(nogil=True, error_model="numpy", inline="always")
def _put_out(items, item, taken, owner, p, use, some, at, hold, room, slack):  # type: ignore[no-untyped-def]
    """Who was in pool `p` and is not taken runs nowhere."""
    for j in range(items):
        n = item[j]
        a = owner[n]
        if at[a] == n and not taken[j]:
            at[a], hold[a] = -1, 0.0
            _give_back(n, p, use, some, room, slack)


@njit(nogil=True, error_model="numpy", inline="always")
def _seat(  # type: ignore[no-untyped-def]
    items, item, taken, owner, pool, p, value, cost, use, some, first, entry, entry_pool, entry_gain, credit, ask, at,
    hold, room, slack,
):  # fmt: skip
    """Who is taken comes to pool `p`; who runs nowhere takes the best place that has room."""
    for j in range(items):
        n = item[j]
        a = owner[n]
        if taken[j] and at[a] != n:
            if at[a] >= 0:
                _give_back(at[a], pool[at[a]], use, some, room, slack)
            at[a], hold[a] = n, value[n] - max(credit * cost[n], ask[p] * use[n, 0])
            _take(n, p, use, some, room, slack)
    for j in range(items):
        a = owner[item[j]]
        if not taken[j] and at[a] == -1 and hold[a] == 0.0:
            gain, n = _best_place(a, np.int64(-1), credit, ask, first, entry, entry_pool, entry_gain, use, room, slack)
            if n >= 0:
                at[a], hold[a] = n, gain
                _take(n, pool[n], use, some, room, slack)


@njit(nogil=True, error_model="numpy", inline="always")
def _take(n, p, use, some, room, slack):  # type: ignore[no-untyped-def]
    for r in range(use.shape[1]):
        room[p, r] -= use[n, r]
    slack[p] = room[p, 0] + some


@njit(nogil=True, error_model="numpy", inline="always")
def _give_back(n, p, use, some, room, slack):  # type: ignore[no-untyped-def]
    for r in range(use.shape[1]):
        room[p, r] += use[n, r]
    slack[p] = room[p, 0] + some


@njit(nogil=True)
def _tight_knapsack(items, item, weight, net, use, budget, table, best, held, taken):  # type: ignore[no-untyped-def]
    """Over resource 0, each state keeping what its choice uses of the others, which must fit: no longer exact."""
    width = budget[0] + 1
    words = (width + 63) // 64
    resources = use.shape[1]
    best[:width] = 0.0
    held[:width] = 0
    for j in range(items):
        n, w, x = item[j], weight[j], net[j]
        row = table[j * words : (j + 1) * words]
        row[:] = 0
        if x <= 0.0:
            continue
        for g in range(width - 1, w - 1, -1):
            if best[g - w] + x > best[g]:
                fits = True
                for r in range(1, resources):
                    fits = fits and held[g - w, r] + use[n, r] <= budget[r]
                if fits:
                    best[g] = best[g - w] + x
                    for r in range(1, resources):
                        held[g, r] = held[g - w, r] + use[n, r]
                    row[g // 64] |= np.uint64(1) << np.uint64(g % 64)
    read_off(items, weight, int(np.argmax(best[:width])), words, table, taken)


@njit(nogil=True, error_model="numpy")
def _by_order(items, item, profit, use, budget, price, taken):  # type: ignore[no-untyped-def]
    """The choice for a pool too large for a table: by profit per priced use."""
    key = np.empty(items)
    for j in range(items):
        weight = 1e-9
        for r in range(use.shape[1]):
            weight += use[item[j], r] * (price[r] if price.sum() > 0.0 else 1.0)
        key[j] = -profit[j] / weight
    left = budget.copy()
    for j in np.argsort(key):
        n = item[j]
        taken[j] = profit[j] > 0.0
        for r in range(use.shape[1]):
            taken[j] = taken[j] and use[n, r] <= left[r]
        if taken[j]:
            for r in range(use.shape[1]):
                left[r] -= use[n, r]

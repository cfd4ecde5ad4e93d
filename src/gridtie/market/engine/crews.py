"""Who runs in each pool and slot, side by side in memory: the annealing looks through them at every proposal.

A slot's crew is a stretch of arrays, in no order: whoever leaves is replaced by the last. A job is in the crew of every
slot that it covers. What is needed to judge it lies beside it, since reading it where the options lie costs several
times as much as all the rest of a proposal.
"""

from typing import NamedTuple

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.intake import Floats

EJECTED = 512  # jobs that one proposal may put out


class Crews(NamedTuple):
    """Of pool p and slot t, the `running[p, t]` entries from first[p] + t width[p] on."""

    first: Ints  # [P + 1]
    width: Ints  # [P] most that could run at once
    running: Ints  # [P, T]
    job: Indexes  # [N]
    span: Indexes  # [N, 2] the slot it starts in, and the first one after it
    use: Floats  # [N, R] whole numbers
    gain: Floats  # [N, 2] value above the lowest ask, cost of the capacity at the prices
    node: Ints  # [A + 1]
    place: Ints  # [node[A]] entry of agent a in the i-th slot of its run: place[node[a] + i]


class Scratch(NamedTuple):
    """Where one proposal is worked out."""

    out: Ints  # [3, EJECTED] jobs put out, the options they had, the options they take
    short_at: Ints  # [T R, 2] slot and resource of each shortage
    short: Floats  # [T R, 2] how much is missing, and its price
    near: Ints  # [N] entries of those who might leave
    worth: Floats  # [N] what each of them has


def no_crews(first: Ints, at: Indexes, agent_class: Ints, use: Ints, capacity: Ints) -> Crews:
    """Nobody runs yet."""
    pools, slots, resources = capacity.shape
    most, idle = np.zeros(pools, np.int64), np.zeros(pools, np.int64)
    longest = np.zeros(len(first) - 1, np.int64)
    _eligible(first, at, use, np.bincount(agent_class, minlength=len(first) - 1), most, idle, longest)
    width = np.minimum(most, np.maximum(capacity[:, :, 0].max(axis=1), 0) + idle)
    begin = np.concatenate(([0], np.cumsum(width * slots)))
    node = np.concatenate(([0], np.cumsum(longest[agent_class])))
    entries = int(begin[-1])
    return Crews(
        begin, width, np.zeros((pools, slots), np.int64), np.empty(entries, np.int32), np.empty((entries, 2), np.int32),
        np.empty((entries, resources)), np.empty((entries, 2)), node, np.empty(int(node[-1]), np.int64),
    )  # fmt: skip


def scratch(crews: Crews) -> Scratch:
    slots = crews.running.shape[1]
    longest, rows = int(crews.width.max(initial=0)) * slots, slots * crews.use.shape[1]
    return Scratch(
        np.empty((3, EJECTED), np.int64), np.empty((rows, 2), np.int64), np.empty((rows, 2)),
        np.empty(longest, np.int64), np.empty(longest),
    )  # fmt: skip


@njit(nogil=True)
def _eligible(first, at, use, agents, most, idle, longest):  # type: ignore[no-untyped-def]
    """Agents with an option in a pool, those of them that use nothing of resource 0, and a class's longest run."""
    seen, free = np.full(len(most), -1, np.int64), np.full(len(most), -1, np.int64)
    for c in range(len(first) - 1):
        for o in range(first[c], first[c + 1]):
            p = at[o, 0]
            longest[c] = max(longest[c], at[o, 2])
            if seen[p] != c:
                seen[p] = c
                most[p] += agents[c]
            if use[at[o, 3], 0] == 0 and free[p] != c:
                free[p] = c
                idle[p] += agents[c]


@njit(nogil=True)
def join(job, o, at, use, gain, crews):  # type: ignore[no-untyped-def]
    p, s = at[o, 0], at[o, 3]
    for n in range(at[o, 2]):
        t = at[o, 1] + n
        i = crews.first[p] + t * crews.width[p] + crews.running[p, t]
        crews.job[i], crews.span[i, 0], crews.span[i, 1] = job, at[o, 1], at[o, 1] + at[o, 2]
        crews.gain[i, 0], crews.gain[i, 1] = gain[o, 0], gain[o, 1]
        for r in range(use.shape[1]):
            crews.use[i, r] = use[s, r]
        crews.place[crews.node[job] + n] = i
        crews.running[p, t] += 1


@njit(nogil=True)
def leave(job, o, at, crews):  # type: ignore[no-untyped-def]
    p = at[o, 0]
    for n in range(at[o, 2]):
        t = at[o, 1] + n
        crews.running[p, t] -= 1
        i, last = crews.place[crews.node[job] + n], crews.first[p] + t * crews.width[p] + crews.running[p, t]
        crews.job[i], crews.span[i, 0], crews.span[i, 1] = crews.job[last], crews.span[last, 0], crews.span[last, 1]
        crews.gain[i, 0], crews.gain[i, 1] = crews.gain[last, 0], crews.gain[last, 1]
        for r in range(crews.use.shape[1]):
            crews.use[i, r] = crews.use[last, r]
        crews.place[crews.node[crews.job[i]] + t - crews.span[i, 0]] = i


@njit(nogil=True, inline="always")
def draw(state):  # type: ignore[no-untyped-def]
    """xorshift64 (G. Marsaglia, 2003)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(nogil=True, error_model="numpy")
def in_the_way(job, o, at, use, chosen, room, crews, price, credit, random, bearable, work):  # type: ignore[no-untyped-def]
    """How many jobs must leave before `o` has room, or -1 if that is not enough, or if what they have is worth more
    than `bearable`; fills who and from where."""
    out, short_at, short, near, worth = work
    p, shorts = at[o, 0], 0
    for t in range(at[o, 1], at[o, 1] + at[o, 2]):
        for r in range(use.shape[1]):
            if use[at[o, 3], r] > room[p, t, r]:
                short_at[shorts, 0], short_at[shorts, 1] = t, r
                short[shorts, 0], short[shorts, 1] = use[at[o, 3], r] - room[p, t, r], price[p, t, r]
                shorts += 1
    if shorts == 0:
        return 0
    begin, stop, left = short_at[0, 0], short_at[shorts - 1, 0] + 1, 0
    for t in range(begin, stop):
        crew = crews.first[p] + t * crews.width[p]
        for i in range(crew, crew + crews.running[p, t]):
            if (t == begin or crews.span[i, 0] == t) and crews.job[i] != job:  # each of them once
                near[left], worth[left] = i, max(crews.gain[i, 0] - credit * crews.gain[i, 1], 0.0) + 1.0
                left += 1
    gone, lost = 0, 0.0
    while shorts > 0:
        pick, least, m = -1, np.inf, 0
        while m < left and gone < EJECTED:
            i = near[m]
            relief = 0.0
            for n in range(shorts):
                if crews.span[i, 0] <= short_at[n, 0] < crews.span[i, 1]:
                    relief += min(short[n, 0], crews.use[i, short_at[n, 1]]) * short[n, 1]
            if relief == 0.0:  # nor will it be more, when less is short
                left -= 1
                near[m], worth[m] = near[left], worth[left]
                continue
            # Chance keeps proposals from running into the same few again and again.
            u = (draw(random) >> np.uint64(40)) / 16777216.0
            loss = worth[m] / relief * (1.0 + u)
            if loss < least:
                pick, least = m, loss
            m += 1
        if pick < 0:
            return -1
        lost += worth[pick]
        if lost > bearable:
            return -1
        i = near[pick]
        left -= 1
        near[pick], worth[pick] = near[left], worth[left]
        out[0, gone], out[1, gone] = crews.job[i], chosen[crews.job[i]]
        gone += 1
        still = 0
        for n in range(shorts):
            t, r = short_at[n, 0], short_at[n, 1]
            missing = short[n, 0] - (crews.use[i, r] if crews.span[i, 0] <= t < crews.span[i, 1] else 0.0)
            if missing > 0.0:
                short_at[still, 0], short_at[still, 1] = t, r
                short[still, 0], short[still, 1] = missing, short[n, 1]
                still += 1
        shorts = still
    return gone

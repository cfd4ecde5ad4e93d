"""Who runs in each pool of several slots, side by side in memory: the annealing looks through them at every proposal.

A pool's crew is a stretch of arrays, in no order: whoever leaves is replaced by the last. What is needed to judge a job
lies beside it, since reading it where the options lie costs several times as much as all the rest of a proposal.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from gridtie.market.engine.columns import Indexes, Ints
from gridtie.market.engine.intake import Floats

EJECTED = 512  # jobs that one proposal may put out


class Crews(NamedTuple):
    """Of pool p, the `running[p]` entries from first[p] on."""

    first: Ints  # [P + 1]
    running: Ints  # [P]
    job: Indexes  # [N]
    span: Indexes  # [N, 2] the slot it starts in, and the first one after it
    use: Floats  # [N, R] whole numbers
    gain: Floats  # [N, 2] value above the lowest ask, cost of the capacity at the prices
    place: Ints  # [A] entry of each agent that runs


class Scratch(NamedTuple):
    """Where one proposal is worked out."""

    out: Ints  # [3, EJECTED] jobs put out, the options they had, the options they take
    short_at: Ints  # [T R, 2] slot and resource of each shortage
    short: Floats  # [T R, 2] how much is missing, and its price
    near: Ints  # [N] entries of those who might leave
    worth: Floats  # [N] what each of them has


def no_crews(pools: int, first: Ints, at: Indexes, agent_class: Ints, resources: int) -> Crews:
    """Nobody runs yet; a pool has room for every agent that has an option in it."""
    most = np.zeros(pools + 1, np.int64)
    _eligible(first, at, np.bincount(agent_class, minlength=len(first) - 1), most)
    begin = np.cumsum(most)
    entries = int(begin[-1])
    return Crews(
        begin, np.zeros(pools, np.int64), np.empty(entries, np.int32), np.empty((entries, 2), np.int32),
        np.empty((entries, resources)), np.empty((entries, 2)), np.full(len(agent_class), -1, np.int64),
    )  # fmt: skip


def scratch(crews: Crews, slots: int) -> Scratch:
    longest, rows = int(np.diff(crews.first).max(initial=0)), slots * crews.use.shape[1]
    return Scratch(
        np.empty((3, EJECTED), np.int64), np.empty((rows, 2), np.int64), np.empty((rows, 2)),
        np.empty(longest, np.int64), np.empty(longest),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _eligible(first, at, agents, most):  # type: ignore[no-untyped-def]
    """most[p + 1] becomes the number of agents with an option in pool p."""
    seen = np.full(len(most) - 1, -1, np.int64)
    for c in range(len(first) - 1):
        for o in range(first[c], first[c + 1]):
            if seen[at[o, 0]] != c:
                seen[at[o, 0]] = c
                most[at[o, 0] + 1] += agents[c]


@njit(cache=True, nogil=True)
def join(job, o, at, use, gain, crews):  # type: ignore[no-untyped-def]
    p, s = at[o, 0], at[o, 3]
    i = crews.first[p] + crews.running[p]
    crews.job[i], crews.span[i, 0], crews.span[i, 1] = job, at[o, 1], at[o, 1] + at[o, 2]
    crews.gain[i, 0], crews.gain[i, 1] = gain[o, 0], gain[o, 1]
    for r in range(use.shape[1]):
        crews.use[i, r] = use[s, r]
    crews.place[job] = i
    crews.running[p] += 1


@njit(cache=True, nogil=True)
def leave(job, p, crews):  # type: ignore[no-untyped-def]
    crews.running[p] -= 1
    i, last = crews.place[job], crews.first[p] + crews.running[p]
    crews.job[i], crews.span[i, 0], crews.span[i, 1] = crews.job[last], crews.span[last, 0], crews.span[last, 1]
    crews.gain[i, 0], crews.gain[i, 1] = crews.gain[last, 0], crews.gain[last, 1]
    for r in range(crews.use.shape[1]):
        crews.use[i, r] = crews.use[last, r]
    crews.place[crews.job[i]] = i


@njit(cache=True, nogil=True, inline="always")
def draw(state):  # type: ignore[no-untyped-def]
    """xorshift64 (G. Marsaglia, 2003)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(cache=True, nogil=True, error_model="numpy")
def in_the_way(job, o, at, use, chosen, room, crews, price, credit, random, work):  # type: ignore[no-untyped-def]
    """How many jobs must leave before `o` has room, or -1 if that is not enough; fills who and from where."""
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
    for i in range(crews.first[p], crews.first[p] + crews.running[p]):
        if crews.span[i, 0] < stop and crews.span[i, 1] > begin and crews.job[i] != job:
            near[left], worth[left] = i, max(crews.gain[i, 0] - credit * crews.gain[i, 1], 0.0) + 1.0
            left += 1
    gone = 0
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

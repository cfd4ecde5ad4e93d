"""Work with deadlines, placed backwards: each job as late as it is still in time; what may wait is kept for a lull.

At every round all that waits is placed anew beside what runs, in one order: what is worth most per unit and second
first, of equal worth the farthest deadline first. A job gets the latest place before its deadline, at whichever of its
sites has it; where none is free it tries again with its next value. What falls due starts. What is left free goes to
those whose places come soonest, unless that takes the place of another. Nobody has to forecast who comes next.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridtie.simulator.events import (
    NEVER,
    PLANNED,
    Ints,
    Jobs,
    Places,
    State,
    advance,
    begin_all,
    give_up,
    jit,
    next_event,
    occupies,
)

ROUND_S = 300  # from one plan to the next, and each slot of a plan: where slots do not begin with a round, places drift
SLOTS = 4096  # from now on; what may end later than that is placed at their end


class Aims(NamedTuple):
    """[A] moments by which jobs are worth something, in the order in which they are placed."""

    job: Ints
    due: Ints


class Plan(NamedTuple):
    """What is free, and where and when each waiting job would start."""

    free: Ints  # [S, T] units in each slot from now on
    site: Ints  # [J], or -1: no place
    slot: Ints  # [J]


def aims(first: Ints, due: Ints, value: Ints) -> Aims:
    """Of jobs whose steps are first[j] … first[j + 1]: worth `value` per unit and second when they end by `due`.

    A job without steps may end whenever it likes, after all others.
    """
    free = np.flatnonzero(np.diff(first) == 0)
    job = np.concatenate((np.repeat(np.arange(len(first) - 1), np.diff(first)), free))
    due = np.concatenate((due, np.full(len(free), NEVER)))
    value = np.concatenate((value, np.zeros(len(free), np.int64)))
    order = np.lexsort((job, -due, -value))
    return Aims(job=job[order], due=due[order])


def play(jobs: Jobs, places: Places, state: State, aimed: Aims, slot: int) -> None:
    """Plays every job to its end or until it is given up, by plans at multiples of `slot`, each of slots as long."""
    touched = np.zeros(len(places.capacity), np.int64)
    plan = empty(jobs, places)
    of_job = np.argsort(aimed.job, kind="stable")
    first = np.searchsorted(aimed.job[of_job], np.arange(len(jobs.submit) + 1))
    waiting = of_job[:0]  # aims, in their order
    seen, now = 0, 0
    while next_event(jobs, state) < NEVER or len(waiting):
        advance(jobs, places, state, PLANNED, now + 1, touched)
        come = int(state.mark[1])
        waiting = np.sort(np.concatenate((waiting, of_job[first[seen] : first[come]])))
        seen = come
        hopeless = np.unique(aimed.job[waiting])
        give_up(jobs, places, state, hopeless[(jobs.latest[hopeless] < now) & (state.site[hopeless] == -1)])
        waiting = waiting[state.site[aimed.job[waiting]] == -1]
        place_all(jobs, places, state, aimed, waiting, now, slot, plan)
        who = np.unique(aimed.job[waiting])
        placed = who[plan.site[who] >= 0]
        bring_forward(jobs, places, placed[np.lexsort((jobs.rank[placed], plan.slot[placed]))], slot, plan)
        starts = placed[plan.slot[placed] == 0]
        begin_all(jobs, places, state, starts, plan.site[starts], now, touched)
        waiting = waiting[state.site[aimed.job[waiting]] == -1]
        soonest = int(plan.slot[placed[plan.slot[placed] > 0]].min(initial=SLOTS))
        event = int(next_event(jobs, state))
        if event == NEVER and len(placed) == len(starts):  # nothing will free a place for who still waits
            give_up(jobs, places, state, np.unique(aimed.job[waiting]))
            break
        now = min(max(-(-event // slot), now // slot + 1), now // slot + soonest) * slot


def empty(jobs: Jobs, places: Places) -> Plan:
    count = len(jobs.submit)
    return Plan(np.zeros((len(places.capacity), SLOTS), np.int64), np.full(count, -1), np.full(count, -1))


@jit
def place_all(
    jobs: Jobs, places: Places, state: State, aimed: Aims, waiting: Ints, now: int, slot: int, plan: Plan
) -> None:
    """Each job of these aims gets the latest place there is, beside what runs and those before it."""
    _beside_what_runs(state, now, slot, plan.free)
    for aim in waiting:
        plan.site[aimed.job[aim]] = -1
    for aim in waiting:
        job = aimed.job[aim]
        if plan.site[job] >= 0:
            continue
        best = wide = -1
        for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
            site = places.group_site[at]
            lasts = occupies(jobs, places, job, site, jobs.estimate[job])
            width = _slots(lasts, slot)
            last = min((aimed.due[aim] - now - lasts) // slot, SLOTS - width)
            start = _latest(plan.free[site], last, width, jobs.units[job])
            if start > best or (start == best and start >= 0 and site == jobs.home[job]):
                best, wide = start, width
                plan.site[job] = site
        if best >= 0:
            plan.slot[job] = best
            _take(plan.free[plan.site[job]], best, wide, jobs.units[job])


@jit
def bring_forward(jobs: Jobs, places: Places, order: Ints, slot: int, plan: Plan) -> None:
    """Placed jobs start now, one after another, where they find room beside all other places; at home if they can."""
    for job in order:
        if plan.slot[job] == 0:
            continue
        units, own = jobs.units[job], plan.site[job]
        _take(plan.free[own], plan.slot[job], _width(jobs, places, job, own, slot), -units)
        found = -1
        for at in range(places.group_first[jobs.group[job]], places.group_first[jobs.group[job] + 1]):
            site = places.group_site[at]
            if plan.free[site, 0] < units or (found >= 0 and site != jobs.home[job]):
                continue
            if _latest(plan.free[site], 0, _width(jobs, places, job, site, slot), units) == 0:
                found = site
        if found >= 0:
            plan.site[job], plan.slot[job] = found, 0
        site = plan.site[job]
        _take(plan.free[site], plan.slot[job], _width(jobs, places, job, site, slot), units)


@jit
def _beside_what_runs(state: State, now: int, slot: int, free: npt.NDArray[np.int64]) -> None:
    """What has outrun its estimate counts as ending within the first slot."""
    free[:] = 0
    for site in range(len(free)):
        for i in range(state.plan_count[site]):
            after = _slots(max(state.plan_end[site, i] - now, 1), slot)
            if after < SLOTS:
                free[site, after] += state.plan_units[site, i]
        there = state.free[site]
        for at in range(SLOTS):
            there += free[site, at]
            free[site, at] = there


@jit
def _slots(seconds: int, slot: int) -> int:
    """How many slots that touches, at most all."""
    return min((seconds + slot - 1) // slot, SLOTS)


@jit
def _width(jobs: Jobs, places: Places, job: int, site: int, slot: int) -> int:
    return _slots(occupies(jobs, places, job, site, jobs.estimate[job]), slot)  # type: ignore[no-any-return]


@jit
def _latest(free: Ints, last: int, width: int, units: int) -> int:
    """The latest start up to `last` from which so many slots have room, or -1."""
    start = last
    at = start + width - 1
    while start >= 0:
        while at >= start and free[at] >= units:
            at -= 1
        if at < start:
            return start
        start = at - width
        at = start + width - 1
    return -1


@jit
def _take(free: Ints, start: int, width: int, units: int) -> None:
    for at in range(start, start + width):
        free[at] -= units

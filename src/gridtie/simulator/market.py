"""The market as a policy: the large engine clears, at every tick at which jobs wait, the places that are free.

Whoever comes while nobody waits at a site takes its place at once at the price posted there, the owner's ask; nobody
is ever asked more than he bids. At every site places are kept for the best bid that finds no room, as EASY keeps them
for the first to come: who would still run when it can start takes only what is free beside it (a resource of its own).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridtie.market.engine.clear import EngineSettings, clear
from gridtie.market.engine.columns import ColumnBook, ColumnClearing
from gridtie.simulator.capacity import Sites
from gridtie.simulator.events import HELD, NEVER, Ints, Jobs, Places, State, advance, begin_all, kept, next_event
from gridtie.simulator.policies import Draws

SETTINGS = EngineSettings(sweeps=2)  # books are small
DEPTH = 4  # times the free units of a site: bids beyond are not cleared


class Prices(NamedTuple):
    """What each job [J] pays per unit and hour, and the mean price over all units there after each clearing [N]."""

    paid: Ints
    moments: Ints
    means: Ints
    clearings: int


def play(
    jobs: Jobs, places: Places, state: State, sites: Sites, draws: Draws, *, tick_s: int, most_wait_s: float
) -> Prices:
    """Plays every job to its end, or until all together have waited longer than `most_wait_s`. Ticks are multiples of
    `tick_s`; one at which nothing has changed is left out."""
    touched = np.zeros(len(places.capacity), np.int64)
    asks = sites.price if len(sites.price) == len(places.capacity) else _mean_ask(sites)
    cleared = np.full(len(jobs.submit), -1, np.int64)
    posted = _mean(asks, places)  # what is paid while nobody waits
    moments, means = [int(jobs.submit[0])], [posted]
    clearings, tick = 0, int(NEVER)
    last = asks.reshape(-1, 1, 1)
    while True:
        advance(jobs, places, state, HELD, tick, touched)
        waiting = np.flatnonzero(state.site[: state.mark[1]] == -1)
        coming = next_event(jobs, state)
        if not len(waiting):
            if coming == NEVER:
                break
            if means[-1] != posted:  # the queue is gone: who comes now pays the ask
                moments.append(moments[-1] + tick_s)
                means.append(posted)
            tick = int(NEVER)
            continue
        due = (int(state.mark[0]) // tick_s + 1) * tick_s if tick == NEVER else tick
        if coming < due:
            tick = due
            continue
        promised = kept(jobs, places, state, due)
        book, pairs = book_of(jobs, places, state, draws, asks, waiting, promised)
        prices, some = asks, False
        if book is not None:
            before = np.zeros_like(book.capacity)
            before[:, :, : last.shape[2]] = last[:, :, : book.resources]
            found = clear(book, settings=SETTINGS, prices_before=before)
            last = found.price
            clearings += 1
            some = _start(jobs, places, state, found, waiting, pairs, due, touched, cleared)
            prices = np.maximum(found.price[:, 0, 0], asks)
        if clearings % 64 == 0 and _waited(jobs, state, due) > most_wait_s:
            break
        moments.append(due)
        means.append(_mean(prices, places))
        if not some and coming == NEVER:
            break
        tick = due + tick_s if some else (coming // tick_s + 1) * tick_s
    asked = asks[np.maximum(state.site, 0)]
    return Prices(np.where(cleared >= 0, cleared, asked), np.array(moments), np.array(means), clearings)


def _waited(jobs: Jobs, state: State, now: int) -> int:
    """Seconds so far, of all that have come; moving data not counted."""
    come = state.mark[1]
    until = np.where(state.start[:come] >= 0, state.start[:come], now)
    return int((until - jobs.submit[:come])[state.site[:come] >= -1].sum())


def book_of(
    jobs: Jobs, places: Places, state: State, draws: Draws, asks: Ints, waiting: Ints, promised: tuple[Ints, Ints]
) -> tuple[ColumnBook | None, tuple[Ints, Ints]]:
    """The free places and the jobs that wait, each with every site where it may start now; None where none can. Where
    something is `promised`, what is free beside it is a second resource.

    A column's value is what an hour of the place is worth: the bid, times the site's speed, less the share of the
    time that goes by moving data. On its own organisation's machines a job owes the ask to nobody, so it is added.
    """
    if jobs.units[waiting].min() > state.free.max():
        return None, (waiting[:0], waiting[:0])
    first, last = places.group_first[jobs.group[waiting]], places.group_first[jobs.group[waiting] + 1]
    sizes = last - first
    who = np.repeat(np.arange(len(waiting)), sizes)
    at = places.group_site[np.arange(len(who)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(first, sizes)]
    job = waiting[who]
    home = (jobs.home[job] == at) | (jobs.home[job] < 0)
    runs = jobs.estimate[job] / places.speed[at]
    occupied = np.maximum(np.ceil(runs).astype(np.int64), 1) + np.where(home, 0, jobs.delay[job])
    moments, beside = promised
    late = int(state.mark[0]) + occupied > moments[at]  # it would still be there when the promise is due
    room = np.where(late, np.minimum(state.free, beside)[at], state.free[at])
    fits = jobs.units[job] <= room
    if not fits.any():
        return None, (who[fits], at[fits])
    near = np.flatnonzero(fits)
    near = near[_near(jobs, who[near], 2 * at[near] + late[near], job[near], room[near], len(waiting))]
    who, at, job, home, runs, late = (of[near] for of in (who, at, job, home, runs, late))
    share = np.where(home, 1.0, runs / (runs + jobs.delay[job]))
    value = np.rint(draws.bid[job] * jobs.units[job] * places.speed[at] * share).astype(np.int64)
    value += np.where(home, asks[at] * jobs.units[job], 0)
    capacity, use = state.free.reshape(-1, 1, 1), jobs.units[job].reshape(-1, 1)
    if late.any():
        capacity = np.concatenate((capacity, beside.reshape(-1, 1, 1)), axis=2)
        use = np.column_stack((use, np.where(late, jobs.units[job], 0)))
    shapes, shape = np.unique(use, axis=0, return_inverse=True)
    zeros, pools = np.zeros(len(who), np.int32), len(places.capacity)
    book = ColumnBook(
        capacity=capacity,
        tranche_pool=np.arange(pools, dtype=np.int32), tranche_units=state.free.copy(), tranche_ask=asks,
        shape_use=shapes,
        class_first=np.concatenate(([0], np.cumsum(np.bincount(who, minlength=len(waiting))))).astype(np.int32),
        column_pool=at.astype(np.int32), column_shape=shape.reshape(-1).astype(np.int32), column_value=value,
        column_delay=np.zeros(len(who), np.int64), column_start=zeros, column_due=zeros, column_end=zeros,
        column_length=np.ones(len(who), np.int32), job_class=np.arange(len(waiting), dtype=np.int32),
    )  # fmt: skip
    return book, (who, at)


def _near(jobs: Jobs, who: Ints, at: Ints, job: Ints, room: Ints, waiting: int) -> npt.NDArray[np.bool_]:
    """Which pairs to clear: of jobs that, at one of their places, are among the best bids for a few times the room
    there. What bids less cannot win; a long queue would only be read again and again."""
    order = np.lexsort((jobs.rank[job], at))
    ahead = np.cumsum(jobs.units[job[order]]) - jobs.units[job[order]]
    first = np.searchsorted(at[order], at[order])
    close = ahead - ahead[first] < DEPTH * room[order]
    keep = np.zeros(waiting, bool)
    keep[who[order[close]]] = True
    return keep[who]


def _start(
    jobs: Jobs, places: Places, state: State, found: ColumnClearing, waiting: Ints, pairs: tuple[Ints, Ints], now: int,
    touched: Ints, cleared: Ints,
) -> bool:  # fmt: skip
    """Starts whom the clearing chose and notes what he pays; whether there was any."""
    chosen = np.flatnonzero(found.choice >= 0)
    who, where = waiting[chosen], pairs[1][found.choice[chosen]]
    begin_all(jobs, places, state, who, where, now, touched)
    cleared[who] = found.payment[chosen] // jobs.units[who]
    return bool(len(chosen))


def _mean(prices: Ints, places: Places) -> int:
    """Over all units there, rounded."""
    return round(float(np.average(prices, weights=places.capacity)))


def _mean_ask(sites: Sites) -> Ints:
    return np.array([round(float(np.average(sites.price, weights=sites.units)))])

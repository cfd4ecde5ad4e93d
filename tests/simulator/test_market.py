"""The market as a policy keeps places for whom it promised them, and lets nobody starve for his size."""

from dataclasses import replace

import numpy as np

from gridtie.simulator.capacity import PRICE, Sites
from gridtie.simulator.events import NEVER, Jobs, Places, begin_all, fresh, kept
from gridtie.simulator.policies import Assumptions, Draws
from gridtie.simulator.replay import replay
from gridtie.simulator.trace import Trace


def stream(jobs: int, *, gang_bid: int) -> tuple[Trace, Draws]:
    """Singles that keep eight places busy to nine tenths, and among them a gang that needs all eight."""
    chance = np.random.default_rng(7)
    submit, run = np.sort(chance.integers(0, 600 * jobs // 7, jobs)), chance.integers(300, 900, jobs)
    units, gang = np.ones(jobs, np.int64), jobs // 10
    units[gang] = 8
    nothing, none = np.zeros(0, np.int64), np.full(jobs, -1)
    trace = Trace(
        name="stream", unit="accelerators", submit=submit, run=run, units=units, limit=none, waited=none,
        organisation=0 * units, site=0 * units, organisations=("a",), sites=("a",),
        step_first=np.zeros(jobs + 1, np.int64), step_after=nothing, step_value=nothing,
    )  # fmt: skip
    bid = chance.integers(2 * PRICE, 3 * PRICE, jobs)
    bid[gang] = gang_bid
    return trace, Draws(moves=np.zeros(jobs), estimate=run, bid=bid)


def test_a_gang_that_bids_most_waits_no_longer_than_what_runs_when_it_comes() -> None:
    trace, draws = stream(1000, gang_bid=4 * PRICE)
    sites = Sites(rule="eight", units=np.array([8]), speed=np.ones(1), price=np.array([PRICE]))
    run, _ = replay(trace, sites, draws, Assumptions(), arrangement="merged", policy="market")
    assert run.wait[trace.units == 8] <= 900 + 2 * 60  # the longest run, and a tick before and after it
    assert run.wait[trace.units == 1].max() < 2 * 86_400


def test_whoever_wins_a_place_for_which_many_wait_pays_about_what_all_bid() -> None:
    """Four sites with the whole crowd at home at the first; what is free differs from tick to tick."""
    trace, draws = stream(400, gang_bid=3 * PRICE)
    trace = replace(trace, units=np.ones(400, np.int64), submit=trace.submit // 19, sites=("a", "b", "c", "d"))
    sites = Sites(rule="eights", units=np.full(4, 8), speed=np.ones(4), price=np.full(4, PRICE))
    draws = replace(draws, bid=np.full(400, 3 * PRICE))
    run, _ = replay(trace, sites, draws, Assumptions(), arrangement="federated", policy="market")
    crowded = (run.site > 0) & (run.wait > 0) & (run.start < np.sort(run.start)[-40])
    assert crowded.sum() > 200
    assert run.price[crowded].mean() > 2.8 * PRICE


def test_what_is_kept_is_for_the_best_bid_that_finds_no_room_and_counts_who_is_ahead() -> None:
    """Two of six places are free; the first in order takes one, the second needs four and has them when three end."""
    five = np.arange(5)
    jobs = Jobs(
        submit=0 * five, run=np.array([50, 90, 200, 10, 10]), estimate=np.array([50, 90, 200, 10, 10]),
        units=np.array([3, 1, 1, 4, 1]), home=0 * five, delay=0 * five, rank=five, by_rank=five, group=0 * five,
        latest=np.full(5, NEVER),
    )  # fmt: skip
    places = Places(np.array([6]), np.ones(1), np.array([0, 1]), np.array([0]))
    state = fresh(jobs, places)
    for job in five:
        state.words[0, 0] |= np.uint64(1 << job)
    state.heads[0, 0], state.waiting[0] = 1, 5
    begin_all(jobs, places, state, np.array([0, 1]), np.array([0, 0]), 0, np.zeros(1, np.int64))
    moments, beside = kept(jobs, places, state, 5)
    assert (moments.tolist(), beside.tolist()) == ([50], [1])  # at 50 five are free: four for the gang, one ahead

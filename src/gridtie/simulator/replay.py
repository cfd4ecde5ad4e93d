"""One replay at book depth: a trace, its sites, a way of sharing, a policy."""

import math
from typing import NamedTuple

import numpy as np

from gridtie.simulator import late
from gridtie.simulator.capacity import Sites
from gridtie.simulator.events import EASY, HELD, NEVER, PLANNED, Ints, advance, fresh
from gridtie.simulator.metrics import Played, played
from gridtie.simulator.policies import POLICIES, Assumptions, Draws, setting
from gridtie.simulator.trace import Trace


class Path(NamedTuple):
    """The mean price per unit and hour from each moment on [N]."""

    moments: Ints
    prices: Ints


def replay(
    trace: Trace, sites: Sites, draws: Draws, assumed: Assumptions, *, arrangement: str, policy: str,
    mobility: float = 1.0, tick_s: int = 60, most_mean_s: float = math.inf,
) -> tuple[Played, Path | None]:  # fmt: skip
    """Plays every job to its end. Away from home it pays the price posted there, or the one a clearing found. The
    market may stop once the mean wait is sure to exceed `most_mean_s`: some jobs then have not run (site -1)."""
    jobs, places = setting(trace, sites, draws, assumed, arrangement=arrangement, policy=policy, mobility=mobility)
    discipline = POLICIES[policy].discipline
    state = fresh(jobs, places, planned=discipline in (EASY, HELD, PLANNED))
    if discipline == HELD:
        from gridtie.simulator import market  # the engine, only for who clears

        found = market.play(jobs, places, state, sites, draws, tick_s=tick_s, most_wait_s=most_mean_s * trace.jobs)
        return played(jobs, state, found.paid), Path(found.moments, found.means)
    if discipline == PLANNED:
        due = trace.step_after + np.repeat(trace.submit, np.diff(trace.step_first))
        aimed = late.aims(trace.step_first, due, trace.step_value)
        late.play(jobs, places, state, aimed, max(tick_s, late.ROUND_S))
    else:
        advance(jobs, places, state, discipline, NEVER, np.zeros(len(places.capacity), np.int64))
    price = np.zeros(trace.jobs, np.int64)
    if arrangement == "federated":
        price = sites.price[np.maximum(state.site, 0)]
    return played(jobs, state, price), None

"""One replay at book depth: a trace, its sites, a way of sharing, a policy."""

import numpy as np

from gridtie.simulator.capacity import Sites
from gridtie.simulator.events import EASY, HELD, NEVER, advance, fresh
from gridtie.simulator.metrics import Played, played
from gridtie.simulator.policies import POLICIES, Assumptions, Draws, setting
from gridtie.simulator.trace import Trace


def replay(
    trace: Trace,
    sites: Sites,
    draws: Draws,
    assumed: Assumptions,
    *,
    arrangement: str,
    policy: str,
    mobility: float = 1,
) -> Played:
    """Plays every job to its end. Every job that runs away from home pays the price posted there."""
    jobs, places = setting(trace, sites, draws, assumed, arrangement=arrangement, policy=policy, mobility=mobility)
    discipline = POLICIES[policy].discipline
    state = fresh(jobs, places, planned=discipline == EASY)
    touched = np.zeros(len(places.capacity), np.int64)
    assert discipline != HELD
    advance(jobs, places, state, discipline, NEVER, touched)
    price = np.zeros(trace.jobs, np.int64)
    if arrangement == "federated":
        price = np.where(state.site >= 0, sites.price[np.maximum(state.site, 0)], 0)
    return played(jobs, state, price)

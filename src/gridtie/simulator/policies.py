"""What a policy is: the order in which jobs are served, the discipline of the queue, and what it gives up."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridtie.simulator.capacity import PRICE, Sites
from gridtie.simulator.events import EASY, FILL, HELD, NEVER, PLANNED, STRICT, Ints, Jobs, Places
from gridtie.simulator.trace import NONE, Trace

ARRANGEMENTS = ("silo", "federated", "merged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`drops`: a job that could no longer end in time for any value is given up when its turn comes."""

    order: str  # arrival, run, deadline, laxity or bid
    discipline: int
    drops: bool = False


POLICIES = {
    "fifo": Policy(order="arrival", discipline=STRICT),
    "easy": Policy(order="arrival", discipline=EASY),
    "fill": Policy(order="arrival", discipline=FILL),
    "sjf": Policy(order="run", discipline=STRICT),
    "sjf-fill": Policy(order="run", discipline=FILL),
    "sjf-drop": Policy(order="run", discipline=FILL, drops=True),
    "edf": Policy(order="deadline", discipline=FILL),
    "edf-drop": Policy(order="deadline", discipline=FILL, drops=True),
    "laxity": Policy(order="laxity", discipline=FILL),
    "laxity-drop": Policy(order="laxity", discipline=FILL, drops=True),
    "late": Policy(order="laxity", discipline=PLANNED, drops=True),
    "bid": Policy(order="bid", discipline=FILL),
    "market": Policy(order="bid", discipline=HELD),
}
NEEDS_DEADLINES = tuple(
    name for name, policy in POLICIES.items() if policy.order in ("deadline", "laxity") or policy.drops
)
PRICED = ("bid", "market")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """What chance decides of every job; drawn once per seed, the same under every policy."""

    moves: npt.NDArray[np.float64]  # [J] in [0, 1): it may leave home if this is below the mobility share
    estimate: Ints  # [J] seconds that policies see instead of its run time
    bid: Ints  # [J] micro-units per unit and hour that running elsewhere is worth at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """`error`: standard deviation of log(estimate / run time). Bids lie above the list price of 1.00 by a lognormal
    premium with median `premium` and `premium_sigma`: whether a job may move at all is the mobility's to say.
    `deadline`: every job is taken to be due this many times its run time after it came; None: as the log says."""

    estimates: str = "exact"  # exact, limits or error
    error: float = 0.0
    delay_s: int = 0
    premium: int = PRICE
    premium_sigma: float = 0.5
    bids: str = "lognormal"  # or flat: all alike; or log: the trace's own column
    eligible: str = "all"  # all, or observed: the sites at which a job's organisation has run
    deadline: float | None = None


def draw(trace: Trace, assumed: Assumptions, seed: int) -> Draws:
    moves, errors, bids = (np.random.default_rng([seed, stream]) for stream in range(3))
    estimate = trace.run.copy()
    if assumed.estimates == "limits":
        estimate = np.where(trace.limit > 0, trace.limit, trace.run)
    elif assumed.estimates == "error":
        factor = np.exp(assumed.error * errors.standard_normal(trace.jobs))
        estimate = np.maximum(np.rint(trace.run * np.minimum(factor, 1e6)), 1).astype(np.int64)
    sigma = assumed.premium_sigma if assumed.bids == "lognormal" else 0.0
    premium = assumed.premium * np.exp(sigma * bids.standard_normal(trace.jobs))
    bid = PRICE + np.rint(np.minimum(premium, 1e12)).astype(np.int64)
    if assumed.bids == "log" and trace.bid is not None:
        bid = trace.bid
    return Draws(moves=moves.random(trace.jobs), estimate=estimate, bid=bid)


def setting(
    trace: Trace, sites: Sites, draws: Draws, assumed: Assumptions, *, arrangement: str, policy: str, mobility: float
) -> tuple[Jobs, Places]:
    """The arrays that the event loop plays. Merged sites are one place, as fast as their units on average."""
    chosen = POLICIES[policy]
    rank = _ranks(trace, draws, chosen.order)
    latest = np.full(trace.jobs, NEVER, np.int64)
    if chosen.drops:
        last = trace.last_step
        latest = np.where(last == NONE, NEVER, trace.submit + last - draws.estimate)
    home, group, places = trace.site, trace.site, _alone(sites)
    if arrangement == "merged":
        speed = float(np.average(sites.speed, weights=sites.units))
        places = Places(np.array([sites.total]), np.array([speed]), np.array([0, 1]), np.array([0]))
        home, group = np.full(trace.jobs, NONE, np.int64), np.zeros(trace.jobs, np.int64)
    elif arrangement == "federated":
        group, places = _connected(trace, sites, draws, assumed, draws.moves < mobility, priced=policy in PRICED)
    jobs = Jobs(
        submit=trace.submit, run=trace.run, estimate=draws.estimate, units=trace.units, home=home,
        delay=np.full(trace.jobs, assumed.delay_s, np.int64), rank=rank, by_rank=np.argsort(rank), group=group,
        latest=latest,
    )  # fmt: skip
    return jobs, places


def _ranks(trace: Trace, draws: Draws, order: str) -> Ints:
    """[J] places in the order; equals by submission, then as they stand in the trace."""
    if order == "arrival":
        return np.arange(trace.jobs)
    due = trace.first_step
    until = np.where(due == NONE, NEVER, trace.submit + due)
    key = {
        "run": draws.estimate,
        "deadline": until,
        "laxity": np.where(due == NONE, NEVER, until - draws.estimate),
        "bid": -draws.bid,
    }[order]
    rank = np.empty(trace.jobs, np.int64)
    rank[np.argsort(key, kind="stable")] = np.arange(trace.jobs)
    return rank


def _alone(sites: Sites) -> Places:
    count = len(sites.units)
    return Places(sites.units, sites.speed, np.arange(count + 1), np.arange(count))


def _connected(
    trace: Trace, sites: Sites, draws: Draws, assumed: Assumptions, movable: npt.NDArray[np.bool_], *, priced: bool
) -> tuple[Ints, Places]:
    """Every job's group of sites: its home, and if it may move, where its organisation may run at a price it bids."""
    count, prices = len(sites.units), np.unique(sites.price)
    level = np.searchsorted(prices, draws.bid, side="right") if priced else np.full(trace.jobs, len(prices))
    owner = trace.organisation if assumed.eligible == "observed" else np.zeros(trace.jobs, np.int64)
    may = movable & (level > 0)
    at_home = np.where(may & (level == len(prices)), 0, trace.site)  # else home is among the sites anyway
    shape = (2, len(trace.organisations), len(prices) + 1, count)
    key = np.ravel_multi_index((may.astype(np.int64), np.where(may, owner, 0), np.where(may, level, 0), at_home), shape)
    found, group = np.unique(key, return_inverse=True)
    rows = zip(*np.unravel_index(found, shape), strict=True)
    ran = np.zeros((len(trace.organisations), count), bool)
    ran[trace.organisation, trace.site] = True
    lists = []
    for moves, of, affordable, at in rows:
        open_to = np.zeros(count, bool)
        if moves:
            open_to = sites.price <= prices[affordable - 1]
            if assumed.eligible == "observed":
                open_to = open_to & ran[of]
        if not moves or affordable < len(prices):
            open_to[at] = True
        lists.append(np.flatnonzero(open_to))
    first = np.concatenate(([0], np.cumsum([len(of) for of in lists])))
    return group.reshape(-1).astype(np.int64), Places(sites.units, sites.speed, first, np.concatenate(lists))

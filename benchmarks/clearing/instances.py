"""Seeded books of every size: what a national market might hold. No public trace carries bids, so values are assumed.

Sites lie on a plane of 4,000 × 3,000 km, 30 pools to a site; a pool has one of twelve accelerator models and a
lognormal number of 8-accelerator machines. Gangs follow the Philly-derived mix of Gavel's jobs; cores and GiB per
accelerator follow the pods of openb; run times (for several slots) follow Philly. 30 % of the jobs are bound to pools
within 1,500 km, 50 % to some of the models. A job may use up to 20 pools near its home that survive these limits.
Bids are lognormal around the model's reference price, times its speed to a power of the job's own; data moves at a
price per distance. `load` is the accelerators asked for over those there are (over all slots).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridtie.market.engine.columns import ColumnBook

MODELS = 12
UNIT = 1_000_000  # micro-units
GANGS = np.array([1, 2, 4, 8, 16, 32, 64])
GANG_SHARE = np.array([0.690, 0.035, 0.130, 0.125, 0.012, 0.006, 0.002])
CORES = np.array([1.0, 3.15, 4.0, 8.0, 9.81, 11.3, 11.4, 11.91, 15.2, 24.2])  # per accelerator, deciles of openb
GIBS = np.array([2.0, 5.47, 16.0, 24.0, 30.5, 46.0, 47.0, 48.0, 57.0, 123.0])
CORES_THERE = np.array([12, 12, 16, 52, 8])  # per accelerator, the machines of openb by the accelerators they hold
GIB_THERE = np.array([72, 144, 144, 384, 90])  # half as much again: at what openb has, memory would bind everywhere
MACHINE_SHARE = np.array([0.73, 0.03, 0.05, 0.13, 0.06])
RUN_HOURS = np.array([0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0, 1.5, 3.0, 9.7])  # twenty-quantiles of Philly, thinned
BID_SPREAD = 0.5
DRAWS, DRAWS_FEW = 19, 28  # pools drawn for a job; where there are few sites, more of them are drawn twice

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    jobs: int
    pools: int
    load: float
    slots: int = 1
    starts: int = 3  # starts in a window, with several slots

    def __str__(self) -> str:
        return f"{self.jobs:,} × {self.pools:,}" + (f" × {self.slots} slots" if self.slots > 1 else "")


def book(size: Size, seed: int) -> ColumnBook:
    rng = np.random.default_rng(seed)
    sites = max(size.pools // 30, 1)
    site_at = rng.uniform((0, 0), (4000, 3000), (sites, 2))
    pool_site = np.sort(np.arange(size.pools) % sites)
    pool_model = rng.integers(0, MODELS, size.pools)
    speed = np.geomspace(0.25, 4.0, MODELS)

    gang = rng.choice(GANGS, size.jobs, p=GANG_SHARE)
    bundle = rng.integers(0, len(CORES), size.jobs)
    use = np.stack([gang, np.ceil(gang * CORES[bundle]), np.ceil(gang * GIBS[bundle])], axis=1).astype(np.int64)
    hours = RUN_HOURS[rng.integers(0, len(RUN_HOURS), size.jobs)] * rng.lognormal(0, 0.2, size.jobs)
    length = np.clip(np.ceil(hours), 1, max(size.slots // 2, 1)).astype(np.int32) if size.slots > 1 else 1 + 0 * gang

    capacity = _capacity(rng, size, float((gang * length).sum()))
    job, pool, distance = _eligible(rng, size, site_at, pool_site, pool_model, gang, capacity[:, 0])
    power = rng.uniform(0, 1, size.jobs)
    bid = rng.lognormal(0, BID_SPREAD, size.jobs)
    moved = rng.lognormal(-2.5, 1.0, size.jobs) / 1000
    per_unit = bid[job] * speed[pool_model[pool]] ** power[job]
    value = (per_unit * gang[job] - moved[job] * distance) * length[job]
    keep = value > 0
    return _assembled(size, capacity, use, length.astype(np.int32), job[keep], pool[keep], value[keep], rng)


def _capacity(rng: np.random.Generator, size: Size, asked: float) -> Floats:
    """[P, 3], whole machines of 8, summing to about what the load says."""
    machines = rng.lognormal(0, 0.8, size.pools)
    machines *= asked / size.load / size.slots / 8 / machines.sum()
    accelerators = 8 * np.maximum(np.floor(machines + rng.uniform(0, 1, size.pools)), 1)
    kind = rng.choice(len(MACHINE_SHARE), size.pools, p=MACHINE_SHARE)
    return np.stack([accelerators, accelerators * CORES_THERE[kind], accelerators * GIB_THERE[kind]], axis=1)


def _eligible(
    rng: np.random.Generator, size: Size, site_at: Floats, pool_site: npt.NDArray[np.int64],
    pool_model: npt.NDArray[np.int64], gang: npt.NDArray[np.int64], accelerators: Floats,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:  # fmt: skip
    """(job, pool, kilometres) of every pair that may trade: at most 20 pools of a job, drawn from near its home."""
    home = rng.integers(0, len(site_at), size.jobs)
    between = np.linalg.norm(site_at[:, None] - site_at[None], axis=2)
    near = np.argsort(between, axis=1)  # sites by distance from each site
    first = np.searchsorted(pool_site, np.arange(len(site_at)))
    count = np.bincount(pool_site, minlength=len(site_at))
    rank = np.minimum(rng.geometric(0.15, (size.jobs, DRAWS if len(site_at) > 5 else DRAWS_FEW)) - 1, len(site_at) - 1)
    site = near[home[:, None], rank]
    pool = first[site] + rng.integers(0, 1 << 30, site.shape) % count[site]
    order = np.sort(pool, axis=1)
    fresh = np.ones(order.shape, bool)
    fresh[:, 1:] = order[:, 1:] != order[:, :-1]
    distance = between[home[:, None], pool_site[order]]
    bound = rng.uniform(size=size.jobs) < 0.3
    models = np.where(rng.uniform(size=(size.jobs, 1)) < 0.5, rng.uniform(size=(size.jobs, MODELS)) < 0.6, True)
    fits = fresh & (gang[:, None] <= accelerators[order]) & (~bound[:, None] | (distance <= 1500))
    fits &= models[np.arange(size.jobs)[:, None], pool_model[order]]
    fits &= np.cumsum(fits, axis=1) <= 20
    job, at = np.nonzero(fits)
    return job, order[job, at], distance[job, at]


def _assembled(
    size: Size, capacity: Floats, use: npt.NDArray[np.int64], length: npt.NDArray[np.int32],
    job: npt.NDArray[np.int64], pool: npt.NDArray[np.int64], value: Floats, rng: np.random.Generator,
) -> ColumnBook:  # fmt: skip
    first = np.searchsorted(job, np.arange(size.jobs + 1)).astype(np.int32)
    room = (size.slots - length).astype(np.int64)
    start = (rng.uniform(size=size.jobs) * (room + 1)).astype(np.int32)
    due = np.minimum(start + (size.starts - 1 if size.slots > 1 else 0), room).astype(np.int32)
    nothing = np.zeros(0, np.int64)
    return ColumnBook(
        capacity=np.repeat(np.floor(capacity).astype(np.int64)[:, None], size.slots, axis=1),
        tranche_pool=nothing.astype(np.int32), tranche_units=nothing, tranche_ask=nothing,
        shape_use=use, class_first=first, column_pool=pool.astype(np.int32), column_shape=job.astype(np.int32),
        column_value=np.rint(value * UNIT).astype(np.int64), column_delay=np.zeros(len(job), np.int64),
        column_start=start[job], column_due=due[job], column_end=due[job], column_length=length[job],
        job_class=np.arange(size.jobs, dtype=np.int32),
    )  # fmt: skip

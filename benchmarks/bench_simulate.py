"""How long a replay takes, beside a plain Python one: `python benchmarks/bench_simulate.py [PHILLY.csv.gz LCG.csv.gz]`.

Without traces it makes jobs of the same numbers and sizes from a seed. The baseline is what a user would write: one
queue per site, a heap of ends, first come first served. It places whoever comes after whom it serves at the same
moment, the compiled loop before, so that their waits differ a little.
"""

import heapq
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gridtie.simulator.capacity import Sites, sized
from gridtie.simulator.metrics import figures
from gridtie.simulator.policies import Assumptions, draw, setting
from gridtie.simulator.readers import read_trace
from gridtie.simulator.replay import replay
from gridtie.simulator.trace import Trace, in_days, joined, of_sites
from stage import table

PHILLY, LCG = "philly", "lcg"


def main(paths: Sequence[str]) -> None:
    if paths:
        philly, lcg = (joined([read_trace(Path(path))]) for path in paths)
        philly = in_days(of_sites(philly, least=100), 20, 80)
    else:
        philly, lcg = made(68_016, 11, 56, gangs=True), made(187_520, 170, 11, gangs=False)
    rows = []
    observed = Assumptions(eligible="observed")
    for name, trace, sites, assumed, goal in (
        (PHILLY, philly, sized(philly, "total=944" if paths else "load=0.6", step=8), Assumptions(), 2),
        (LCG, lcg, sized(lcg, "load=0.6"), observed, 30),
    ):
        for arrangement, policy in (
            ("silo", "fifo"), ("silo", "easy"), ("silo", "sjf"), ("federated", "fifo"), ("federated", "easy"),
            ("federated", "sjf"), ("merged", "easy"), ("federated", "market"),
        ):  # fmt: skip
            rows.append(measured(name, trace, sites, assumed, arrangement, policy, goal))
            print(*rows[-1], flush=True)
        begun = time.process_time()
        mean = plain(trace, sites, assumed)
        spent = time.process_time() - begun
        rows.append(
            (f"{name}: federated fifo, plain Python", f"{spent:.2f} CPU s, mean wait {mean:,.0f} s", "baseline")
        )
        print(*rows[-1], flush=True)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    source = "the traces given" if paths else "made jobs, not a real trace"
    table("Replays", rows, f"{source}; {machine}; compiled code is loaded from its cache before the clock starts")


def measured(
    name: str, trace: Trace, sites: Sites, assumed: Assumptions, arrangement: str, policy: str, goal: int
) -> tuple[str, str, str]:
    """Median of three, after one that loads the compiled code; of the market, one after it."""
    draws = draw(trace, assumed, 1)
    times = []
    for _ in range(2 if policy == "market" else 4):
        begun, wall = time.process_time(), time.perf_counter()
        run, _ = replay(trace, sites, draws, assumed, arrangement=arrangement, policy=policy)
        times.append((time.process_time() - begun, time.perf_counter() - wall))
    cpu, wall = (sorted(of)[len(of) // 2] for of in zip(*times[1:], strict=True))
    found = figures(trace, sites.total, run, arrangement=arrangement)
    what = f"{name}: {arrangement} {policy}, {trace.jobs:,} jobs, {len(trace.sites)} sites"
    said = f"{cpu:.2f} CPU s, {wall:.2f} s wall; mean wait {found.mean_s:,.0f} s, p95 {found.p95_s:,.0f} s"
    return what, said, f"goal {goal} s"


def plain(trace: Trace, sites: Sites, assumed: Assumptions) -> float:
    """First come first served at every site, as a user would write it; the mean wait."""
    jobs, places = setting(
        trace, sites, draw(trace, assumed, 1), assumed, arrangement="federated", policy="fifo", mobility=1
    )
    groups = [places.group_site[a:b].tolist() for a, b in zip(places.group_first, places.group_first[1:], strict=False)]
    submit, run, units, home, group = (of.tolist() for of in (jobs.submit, jobs.run, jobs.units, jobs.home, jobs.group))
    free, queues = sites.units.tolist(), [[] for _ in sites.units]
    ends: list[tuple[int, int, int]] = []
    started, waited, at = [False] * len(submit), 0, 0

    def start(job: int, site: int, now: int) -> None:
        nonlocal waited
        started[job] = True
        free[site] -= units[job]
        waited += now - submit[job]
        heapq.heappush(ends, (now + run[job], job, site))

    def serve(site: int, now: int) -> None:
        queue = queues[site]
        while queue and (started[queue[0]] or units[queue[0]] <= free[site]):
            job = heapq.heappop(queue)
            if not started[job]:
                start(job, site, now)

    while at < len(submit) or ends:
        now = min(submit[at] if at < len(submit) else 2**62, ends[0][0] if ends else 2**62)
        touched = set()
        while ends and ends[0][0] == now:
            _, job, site = heapq.heappop(ends)
            free[site] += units[job]
            touched.add(site)
        for site in sorted(touched):
            serve(site, now)
        while at < len(submit) and submit[at] == now:
            open_to = []
            for site in groups[group[at]]:
                while queues[site] and started[queues[site][0]]:
                    heapq.heappop(queues[site])
                if not queues[site] and units[at] <= free[site]:
                    open_to.append(site)
            if open_to:
                start(at, min(open_to, key=lambda s: (s != home[at], free[s])), now)
            else:
                for site in groups[group[at]]:
                    heapq.heappush(queues[site], at)
            at += 1
    return waited / len(submit)


def made(jobs: int, sites: int, days: int, *, gangs: bool) -> Trace:
    chance = np.random.default_rng(1)
    site = np.sort(chance.choice(sites, jobs, p=chance.dirichlet(np.full(sites, 0.7))))
    site[:sites] = np.arange(sites)
    chance.shuffle(site)
    sizes = chance.choice([1, 2, 4, 8, 16], jobs, p=[0.86, 0.05, 0.05, 0.03, 0.01]) if gangs else np.ones(jobs)
    run = np.minimum(np.exp(chance.normal(7.5, 2.0, jobs)), 30 * 86_400)
    names = tuple(f"s{i:03d}" for i in range(sites))
    return Trace(
        name="made", unit="accelerators", submit=np.sort(chance.integers(0, days * 86_400, jobs)),
        run=np.maximum(run, 1).astype(np.int64), units=sizes.astype(np.int64), limit=np.full(jobs, -1),
        waited=np.full(jobs, -1), organisation=site, site=site, organisations=names, sites=names,
        step_first=np.zeros(jobs + 1, np.int64), step_after=np.zeros(0, np.int64), step_value=np.zeros(0, np.int64),
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])

"""What book depth says about a case of system depth: the compiled event loop over the same jobs and sites.

Posted prices clear on arrival and let any job past one that finds no room, so the event loop's FILL is their policy.
Where a job has one site to go to, both depths must say the same to the microsecond. Where it has a choice, they choose
by different lights: the market by price, the event loop by home and by what is left over; then only means compare.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gridtie.simulator import events
from gridtie.simulator.system import SystemCase, SystemResult


@dataclass(frozen=True, slots=True)
class Agreement:
    """`alike`: jobs that both depths start at the same microsecond. Means in seconds, of the jobs that started."""

    jobs: int
    alike: int
    system_mean_s: float
    book_mean_s: float

    @property
    def difference(self) -> float:
        """Of the means, as a share of book depth's; both nothing: none."""
        apart = abs(self.system_mean_s - self.book_mean_s)
        return apart / self.book_mean_s if self.book_mean_s else float(apart > 0)


def agreement(result: SystemResult) -> Agreement:
    starts = book_starts(result.case)
    played = [one.start_us for one in result.outcomes]
    return Agreement(
        jobs=len(starts),
        alike=sum(one == other for one, other in zip(starts, played, strict=True)),
        system_mean_s=_mean_s(result.case, played),
        book_mean_s=_mean_s(result.case, starts),
    )


def book_starts(case: SystemCase) -> list[int | None]:
    """When the event loop starts each job, in microseconds, which are its whole seconds here; None: never."""
    order = sorted(range(len(case.jobs)), key=lambda number: (case.jobs[number].submit_us, number))
    jobs, places = _arrays(case, order)
    state = events.fresh(jobs, places, planned=False)
    events.advance(jobs, places, state, events.FILL, events.NEVER, np.zeros(len(case.pools), np.int64))
    found: list[int | None] = [None] * len(order)
    for at, number in enumerate(order):
        if state.start[at] >= 0:
            found[number] = int(state.start[at])
    return found


def _arrays(case: SystemCase, order: list[int]) -> tuple[events.Jobs, events.Places]:
    """A group of sites for each set of sites that some job may use."""
    everywhere = tuple(range(len(case.pools)))
    jobs = [case.jobs[number] for number in order]
    used = [everywhere if job.sites is None else job.sites for job in jobs]
    groups = sorted(set(used))
    count = len(jobs)

    def whole(values: Iterable[int]) -> events.Ints:
        return np.array(list(values), np.int64)

    lengths = whole(job.duration_us for job in jobs)
    return events.Jobs(
        submit=whole(job.submit_us for job in jobs),
        run=lengths,
        estimate=lengths,
        units=whole(job.accelerators for job in jobs),
        home=whole(job.home for job in jobs),
        delay=np.zeros(count, np.int64),
        rank=np.arange(count),
        by_rank=np.arange(count),
        group=whole(groups.index(sites) for sites in used),
        latest=np.full(count, events.NEVER),
    ), events.Places(
        capacity=whole(pool.accelerators for pool in case.pools),
        speed=np.ones(len(case.pools)),
        group_first=whole([0, *np.cumsum([len(group) for group in groups]).tolist()]),
        group_site=whole(at for group in groups for at in group),
    )


def _mean_s(case: SystemCase, starts: list[int | None]) -> float:
    waits = [at - job.submit_us for job, at in zip(case.jobs, starts, strict=True) if at is not None]
    return sum(waits) / len(waits) / 1e6 if waits else 0.0

"""The compiled event loop does what the plain one says, and keeps the promises of its disciplines."""

import numpy as np
import pytest

from gridtie.simulator.events import EASY, FILL, NEVER, STRICT, Jobs, Places, State, advance, fresh

DISCIPLINES = {"strict": STRICT, "easy": EASY, "fill": FILL}


def case(seed: int, *, sites: int, jobs: int = 60, exact: bool = True, drops: bool = False) -> tuple[Jobs, Places]:
    chance = np.random.default_rng(seed)
    capacity = chance.integers(1, 9, sites)
    home = chance.integers(0, sites, jobs)
    groups = [[site] for site in range(sites)] + [list(range(sites))]
    if sites > 2:
        groups.append([0, 2])
    submit = np.sort(chance.integers(0, 80, jobs))
    run = chance.integers(1, 40, jobs)
    rank = np.arange(jobs) if seed % 2 else chance.permutation(jobs)
    estimate = run if exact else np.maximum((run * chance.uniform(0.3, 3, jobs)).astype(np.int64), 1)
    latest = submit + chance.integers(0, 60, jobs) if drops else np.full(jobs, NEVER)
    group = np.where(chance.random(jobs) < 0.3, home, chance.integers(sites, len(groups), jobs))
    return (
        Jobs(submit, run, estimate, chance.integers(1, 7, jobs), home, chance.integers(0, 4, jobs), rank,
             np.argsort(rank), group, latest),
        Places(capacity, chance.choice([0.5, 1.0, 2.0], sites),
               np.concatenate(([0], np.cumsum([len(g) for g in groups]))), np.concatenate(groups)),
    )  # fmt: skip


def open_to(jobs: Jobs, places: Places, job: int) -> np.ndarray:
    group = jobs.group[job]
    return places.group_site[places.group_first[group] : places.group_first[group + 1]]


def replayed(jobs: Jobs, places: Places, discipline: int) -> State:
    state = fresh(jobs, places)
    assert not advance(jobs, places, state, discipline, NEVER, np.zeros(len(places.capacity), np.int64))
    return state


def reference(jobs: Jobs, places: Places, discipline: int) -> tuple[list[int], list[int]]:
    """The loop once more, as plainly as it can be said: [J] site (-2 dropped, -3 too large) and start of every job."""
    count, sites = len(jobs.submit), len(places.capacity)
    free = [int(c) for c in places.capacity]
    site, start = [-1] * count, [-1] * count
    running: list[tuple[int, int]] = []  # end, job
    waiting: set[int] = set()
    groups = [
        [int(s) for s in places.group_site[places.group_first[g] : places.group_first[g + 1]]]
        for g in range(len(places.group_first) - 1)
    ]

    def occupies(job: int, at: int, seconds: int) -> int:
        delay = 0 if jobs.home[job] in (at, -1) else int(jobs.delay[job])
        return delay + max(int(-(-seconds // places.speed[at])), 1)

    def queue(at: int) -> list[int]:
        return sorted((j for j in waiting if at in groups[jobs.group[j]]), key=lambda j: jobs.rank[j])

    def shadow(at: int, head: int, now: int) -> tuple[int, int]:
        room, need = free[at], int(jobs.units[head])
        plan = sorted(
            (start[j] + occupies(j, at, int(jobs.estimate[j])), int(jobs.units[j])) for _, j in running if site[j] == at
        )
        for i, (end, units) in enumerate(plan):
            room += units
            if room >= need:
                moment = max(end, now)
                room += sum(u for e, u in plan[i + 1 :] if e <= moment)
                return moment, room - need
        return now, 0

    def begin(job: int, at: int, now: int) -> None:
        headed = [s for s in groups[jobs.group[job]] if queue(s)[0] == job]
        waiting.discard(job)
        touched.update(s for s in headed if queue(s) and free[s] > 0)
        site[job], start[job] = at, now
        free[at] -= int(jobs.units[job])
        running.append((now + occupies(job, at, int(jobs.run[job])), job))

    def serve(at: int, now: int) -> None:
        """One walk along the queue."""
        head, moment, extra = None, 0, 0
        for job in queue(at):
            if free[at] <= 0:
                break
            if jobs.latest[job] < now:
                waiting.discard(job)
                site[job] = -2
            elif jobs.units[job] <= free[at]:
                late = head is not None and now + occupies(job, at, int(jobs.estimate[job])) > moment
                if not late or jobs.units[job] <= extra:
                    begin(job, at, now)
                    extra -= int(jobs.units[job]) if late else 0
            elif discipline == STRICT:
                break
            elif discipline == EASY and head is None:
                head = job
                moment, extra = shadow(at, job, now)

    def serve_touched(now: int) -> None:
        """Where something ended or the head of the queue left, until nothing more does."""
        while touched:
            for at in range(sites):
                if at in touched:
                    touched.discard(at)
                    serve(at, now)

    def may(job: int, at: int, now: int) -> bool:
        if jobs.units[job] > free[at]:
            return False
        first = queue(at)[0]
        if discipline == FILL or first == job:
            return True
        if discipline == STRICT:
            return False
        moment, extra = shadow(at, first, now)
        return int(jobs.units[job]) <= extra or now + occupies(job, at, int(jobs.estimate[job])) <= moment

    came, touched = 0, set[int]()
    while came < count or running:
        now = min([int(moment) for moment in jobs.submit[came : came + 1]] + [end for end, _ in running])
        for end, job in sorted(running):
            if end == now:
                running.remove((end, job))
                free[site[job]] += int(jobs.units[job])
                touched.add(site[job])
        arrived = []
        while came < count and jobs.submit[came] == now:
            if any(jobs.units[came] <= places.capacity[s] for s in groups[jobs.group[came]]):
                waiting.add(came)
                arrived.append(came)
            else:
                site[came] = -3
            came += 1
        serve_touched(now)
        for job in sorted(arrived, key=lambda j: jobs.rank[j]):
            if site[job] != -1:
                continue
            if jobs.latest[job] < now:
                waiting.discard(job)
                site[job] = -2
                continue
            here = [s for s in groups[jobs.group[job]] if may(job, s, now)]
            if here:
                best = min(
                    here,
                    key=lambda s: (
                        occupies(job, s, int(jobs.estimate[job])),
                        -1 if s == jobs.home[job] else free[s] - int(jobs.units[job]),
                    ),
                )
                begin(job, best, now)
        serve_touched(now)
    return site, start


@pytest.mark.parametrize("name", DISCIPLINES)
@pytest.mark.parametrize("seed", range(12))
def test_one_site_does_what_the_plain_loop_does(name: str, seed: int) -> None:
    jobs, places = case(seed, sites=1, exact=seed % 3 > 0, drops=name == "fill" and seed % 4 == 3)
    state = replayed(jobs, places, DISCIPLINES[name])
    site, start = reference(jobs, places, DISCIPLINES[name])
    assert state.site.tolist() == site, f"seed {seed}"
    assert state.start.tolist() == start, f"seed {seed}"


@pytest.mark.parametrize("name", ["strict", "fill"])
@pytest.mark.parametrize("seed", range(12))
def test_connected_sites_do_what_the_plain_loop_does(name: str, seed: int) -> None:
    jobs, places = case(100 + seed, sites=4, drops=name == "fill" and seed % 4 == 3)
    state = replayed(jobs, places, DISCIPLINES[name])
    site, start = reference(jobs, places, DISCIPLINES[name])
    assert state.site.tolist() == site, f"seed {seed}"
    assert state.start.tolist() == start, f"seed {seed}"


@pytest.mark.parametrize("name", DISCIPLINES)
@pytest.mark.parametrize("seed", range(20))
def test_no_site_ever_runs_more_than_it_has_and_every_job_that_fits_runs(name: str, seed: int) -> None:
    jobs, places = case(200 + seed, sites=4, exact=False)
    state = replayed(jobs, places, DISCIPLINES[name])
    assert (state.free == places.capacity).all()
    assert not state.waiting.any()
    for job in range(len(jobs.submit)):
        site = state.site[job]
        mine = open_to(jobs, places, job)
        if site == -3:
            assert (jobs.units[job] > places.capacity[mine]).all()
            continue
        assert site in mine
        assert state.start[job] >= jobs.submit[job]
        moment = state.start[job]
        there = (state.site == site) & (state.start <= moment) & (state.end > moment)
        assert jobs.units[there].sum() <= places.capacity[site]


@pytest.mark.parametrize("seed", range(20))
def test_nobody_overtakes_within_a_strict_queue(seed: int) -> None:
    jobs, places = case(301 + 2 * seed, sites=1)  # odd: in order of arrival
    state = replayed(jobs, places, STRICT)
    starts = state.start[state.site == 0]
    assert (np.diff(starts) >= 0).all()


@pytest.mark.parametrize("name", DISCIPLINES)
@pytest.mark.parametrize("seed", range(20))
def test_nobody_who_may_start_is_left_waiting(name: str, seed: int) -> None:
    """The first in line at a site waits only while it does not fit there, whatever the discipline; under FILL nobody
    waits that fits."""
    jobs, places = case(400 + seed, sites=4)
    state = replayed(jobs, places, DISCIPLINES[name])
    for moment in sorted({*jobs.submit.tolist(), *state.end[state.site >= 0].tolist()}):
        waits = (state.site >= 0) & (jobs.submit <= moment) & (state.start > moment)
        runs = (state.site >= 0) & (state.start <= moment) & (state.end > moment)
        for site, capacity in enumerate(places.capacity):
            free = capacity - jobs.units[runs & (state.site == site)].sum()
            line = sorted(
                (job for job in np.flatnonzero(waits) if site in open_to(jobs, places, job)),
                key=lambda job: jobs.rank[job],
            )
            for job in line if name == "fill" else line[:1]:
                assert jobs.units[job] > free, f"seed {400 + seed}, moment {moment}, site {site}"


@pytest.mark.parametrize("seed", range(20))
def test_backfilling_with_exact_estimates_never_delays_the_head_of_the_queue(seed: int) -> None:
    """Whenever a job stands first, what started past it has ended, or left it room, by the moment it was promised."""
    jobs, places = case(501 + 2 * seed, sites=1)
    state = replayed(jobs, places, EASY)
    capacity = int(places.capacity[0])
    ran = state.site == 0
    for moment in sorted({*jobs.submit.tolist(), *state.end[ran].tolist()}):
        waits = np.flatnonzero(ran & (jobs.submit <= moment) & (state.start > moment))
        if not len(waits):
            continue
        head = waits[0]
        runs = ran & (state.start <= moment) & (state.end > moment)
        ends = sorted({int(end) for end in state.end[runs]})
        promised = next(
            end for end in ends if capacity - jobs.units[runs & (state.end > end)].sum() >= jobs.units[head]
        )
        assert state.start[head] <= promised, f"seed {501 + 2 * seed}, moment {moment}"


@pytest.mark.parametrize("seed", range(10))
def test_the_order_in_which_alike_arrivals_are_listed_is_irrelevant_under_a_rank_of_their_own(seed: int) -> None:
    jobs, places = case(600 + 2 * seed, sites=4)  # even: ranks are not the order of the list
    listed = np.random.default_rng(seed).permutation(len(jobs.submit))
    listed = listed[np.argsort(jobs.submit[listed], kind="stable")]
    rank = jobs.rank[listed]
    shuffled = Jobs(
        *(field[listed] for field in jobs[:6]), rank, np.argsort(rank), jobs.group[listed], jobs.latest[listed]
    )
    one, other = replayed(jobs, places, FILL), replayed(shuffled, places, FILL)
    assert one.start[listed].tolist() == other.start.tolist()
    assert one.site[listed].tolist() == other.site.tolist()


def test_a_job_larger_than_every_site_it_may_use_is_named_and_the_rest_goes_on() -> None:
    one = np.ones(2, np.int64)
    jobs = Jobs(np.zeros(2, np.int64), one, one, np.array([9, 1]), np.zeros(2, np.int64), 0 * one, np.arange(2),
                np.arange(2), 0 * one, np.full(2, NEVER))  # fmt: skip
    places = Places(np.array([4]), np.ones(1), np.array([0, 1]), np.array([0]))
    assert replayed(jobs, places, STRICT).site.tolist() == [-3, 0]

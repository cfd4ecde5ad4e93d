"""Work placed backwards is in time, within capacity, and the same whatever order its rows have."""

import numpy as np
import pytest

from gridtie.simulator.events import NEVER, PLANNED, Ints, Jobs, Places, State, advance, fresh, occupies
from gridtie.simulator.late import SLOTS, Aims, Plan, aims, bring_forward, empty, place_all, play

SLOT = 5


def case(seed: int, *, sites: int = 1, jobs: int = 80, span: int = 300) -> tuple[Jobs, Places, Aims]:
    """Gangs and singles with one to three deadlines, all different, and some without; a third may go anywhere."""
    chance = np.random.default_rng(seed)
    submit, run = np.sort(chance.integers(0, span + 1, jobs)), chance.integers(1, 90, jobs)
    steps = chance.integers(0, 4, jobs)
    first = np.concatenate(([0], np.cumsum(steps)))
    owner = np.repeat(np.arange(jobs), steps)
    place = np.arange(len(owner)) - first[owner]
    due = (submit + run)[owner] + chance.permutation(len(owner)) + len(owner) * place
    value = 10 - 3 * place - chance.integers(0, 3, len(owner))
    latest = np.full(jobs, NEVER)
    latest[steps > 0] = due[first[1:][steps > 0] - 1] - run[steps > 0]
    rank = np.argsort(np.argsort(latest, kind="stable"), kind="stable")
    home = chance.integers(0, sites, jobs)
    group = np.where(chance.random(jobs) < 0.3, sites, home)
    places = Places(
        chance.integers(6, 9, sites), np.ones(sites), np.append(np.arange(sites + 1), 2 * sites),
        np.concatenate((np.arange(sites), np.arange(sites))),
    )  # fmt: skip
    table = Jobs(
        submit, run, run, chance.integers(1, 7, jobs), home, np.zeros(jobs, np.int64), rank, np.argsort(rank), group,
        latest,
    )  # fmt: skip
    return table, places, aims(first, due, value)


def played(jobs: Jobs, places: Places, aimed: Aims) -> State:
    state = fresh(jobs, places)
    play(jobs, places, state, aimed, SLOT)
    return state


def planned(jobs: Jobs, places: Places, aimed: Aims, now: int) -> tuple[State, Plan, Plan, Ints]:
    """What stands when all has come: the places, and then with some of them brought forward; who waits."""
    state = fresh(jobs, places)
    advance(jobs, places, state, PLANNED, now + 1, np.zeros(len(places.capacity), np.int64))
    plan = empty(jobs, places)
    place_all(jobs, places, state, aimed, np.arange(len(aimed.job)), now, SLOT, plan)
    before = Plan(*(of.copy() for of in plan))
    who = np.flatnonzero(plan.site >= 0)
    bring_forward(jobs, places, who[np.lexsort((jobs.rank[who], plan.slot[who]))], SLOT, plan)
    return state, before, plan, who


@pytest.mark.parametrize("sites", [1, 3])
@pytest.mark.parametrize("seed", range(12))
def test_who_runs_was_there_fits_and_is_in_time(seed: int, sites: int) -> None:
    jobs, places, aimed = case(seed, sites=sites)
    state = played(jobs, places, aimed)
    ran = state.site >= 0
    assert ran[jobs.latest == NEVER].all()  # who may end whenever he likes does not starve once all have come
    assert (state.site[~ran] == -2).all()
    assert (state.start[ran] >= jobs.submit[ran]).all()
    assert (state.start[ran] <= jobs.latest[ran]).all()
    assert (state.end[ran] == state.start[ran] + jobs.run[ran]).all()
    assert ((jobs.group[ran] == sites) | (state.site[ran] == jobs.home[ran])).all()
    for moment in state.start[ran]:
        there = ran & (state.start <= moment) & (state.end > moment)
        busy = np.bincount(state.site[there], weights=jobs.units[there], minlength=sites)
        assert (busy <= places.capacity).all()


@pytest.mark.parametrize("sites", [1, 3])
@pytest.mark.parametrize("seed", range(12))
def test_every_place_of_a_plan_is_in_time_and_beside_all_others_also_when_some_are_brought_forward(
    seed: int, sites: int
) -> None:
    jobs, places, aimed = case(seed, sites=sites, span=0)
    _, before, after, who = planned(jobs, places, aimed, 0)
    assert (after.slot[who] <= before.slot[who]).all()
    assert (after.slot[who] == 0).sum() >= (before.slot[who] == 0).sum()
    for plan in (before, after):
        assert (SLOT * plan.slot[who] <= jobs.latest[who]).all()
        load = np.zeros_like(plan.free)
        for job in who:
            width = -(-int(occupies(jobs, places, job, plan.site[job], jobs.run[job])) // SLOT)
            load[plan.site[job], plan.slot[job] : plan.slot[job] + width] += jobs.units[job]
        assert (load + plan.free == places.capacity[:, None]).all()
        assert plan.free.min() >= 0


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_what_trying_every_start_from_the_latest_down_gives(seed: int) -> None:
    jobs, places, aimed = case(seed, span=0)
    _, before, _, _ = planned(jobs, places, aimed, 0)
    free = np.full(SLOTS, places.capacity[0])
    slot: dict[int, int] = {}
    for job, due in zip(aimed.job.tolist(), aimed.due.tolist(), strict=True):
        width = -(-int(jobs.run[job]) // SLOT)
        last = min((due - int(jobs.run[job])) // SLOT, SLOTS - width)
        for start in range(last, -1, -1) if job not in slot else ():
            if (free[start : start + width] >= jobs.units[job]).all():
                free[start : start + width] -= jobs.units[job]
                slot[job] = start
                break
    assert slot == {int(job): int(before.slot[job]) for job in np.flatnonzero(before.site >= 0)}


@pytest.mark.parametrize("seed", range(6))
def test_rows_in_another_order_and_played_again_start_at_the_same_moments(seed: int) -> None:
    jobs, places, aimed = case(seed, span=0)
    start = played(jobs, places, aimed).start
    assert (played(jobs, places, aimed).start == start).all()
    new = np.random.default_rng(seed).permutation(len(start))  # where each row goes
    old = np.argsort(new)
    moved = jobs._replace(**{
        name: getattr(jobs, name)[old] for name in Jobs._fields if name != "by_rank"
    }, by_rank=new[jobs.by_rank])  # fmt: skip
    assert (played(moved, places, Aims(new[aimed.job], aimed.due)).start[new] == start).all()


def test_what_is_left_free_is_not_given_to_who_would_take_the_place_of_another() -> None:
    """Four of eight are busy until 30, and a gang of eight must start at 40. Of the singles, that of 50 would be in its
    way and waits until it has run; that of 20 starts at once."""
    jobs, places, aimed = four(due=np.array([30, 100, 1000, 1001]))
    assert played(jobs, places, aimed).start.tolist() == [0, 30, 90, 0]


def test_of_equal_worth_the_farthest_deadline_chooses_first_and_who_then_finds_no_place_in_time_is_given_up() -> None:
    """The gang of 60 due by 70 leaves no place for who must end by 30 or 60."""
    state = played(*four(due=np.array([30, 70, 60, 1001])))
    assert state.site.tolist() == [-2, 0, -2, 0]
    assert state.start.tolist() == [-1, 0, -1, 60]


def four(due: Ints) -> tuple[Jobs, Places, Aims]:
    run, none, rank = np.array([30, 60, 50, 20]), np.zeros(4, np.int64), np.argsort(np.argsort(due))
    jobs = Jobs(
        none, run, run, np.array([4, 8, 1, 1]), none, none, rank, np.argsort(rank), none, due - run
    )  # fmt: skip
    return (
        jobs,
        Places(np.array([8]), np.ones(1), np.array([0, 1]), np.array([0])),
        aims(np.arange(5), due, np.ones(4, np.int64)),
    )


def test_where_not_all_can_be_had_the_most_valued_per_unit_is_in_time_and_another_slips_to_its_next_value() -> None:
    """One accelerator, three jobs of 10 due by 20: two fit, and the third is still worth something by 60."""
    none, run = np.zeros(3, np.int64), np.full(3, 10)
    jobs = Jobs(none, run, run, none + 1, none, none, np.arange(3), np.arange(3), none, np.array([50, 10, 10]))
    places = Places(np.array([1]), np.ones(1), np.array([0, 1]), np.array([0]))
    state = played(jobs, places, aims(np.array([0, 2, 3, 4]), np.array([20, 60, 20, 20]), np.array([7, 3, 9, 8])))
    assert state.start[0] == 20
    assert sorted(state.start[1:].tolist()) == [0, 10]

"""Both depths tell one story: to the microsecond where a job has no choice of site, on average where it has one."""

from dataclasses import replace
from random import Random

import pytest

from gridtie.simulator.system import Pool, SystemCase, Work, simulate_system
from gridtie.simulator.system_book import agreement, book_starts
from gridtie.simulator.system_study import alone
from gridtie.values.money import Micros

SECOND = 1_000_000
YUAN = 1_000_000


def case_of(seed: int, *, jobs: int = 90, sites: int = 3) -> SystemCase:
    random, at, made = Random(seed), 0, []
    for _ in range(jobs):
        at += random.choice((0, 3, 30, 120)) * SECOND + random.randrange(SECOND)
        size, length = random.choice((1, 1, 2, 4, 8)), random.randrange(SECOND, 1200 * SECOND)
        home = random.randrange(sites)
        made.append(Work(f"lab {home}", at, length, size, home))
    pools = tuple(Pool(f"lab {number}", 8, Micros(YUAN)) for number in range(sites))
    return SystemCase(jobs=tuple(made), pools=pools, seed=seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_alone_every_job_starts_at_the_same_microsecond_at_both_depths(seed: int) -> None:
    result = simulate_system(alone(case_of(seed)))
    found = agreement(result)
    assert max(result.waits_us) > 0
    assert found.alike == found.jobs == 90
    assert found.difference == 0


def test_merged_into_one_site_every_job_starts_at_the_same_microsecond_at_both_depths() -> None:
    apart = case_of(3)
    jobs = tuple(replace(job, home=0) for job in apart.jobs)
    case = replace(apart, jobs=jobs, pools=(Pool("all", 24, Micros(YUAN)),))
    assert agreement(simulate_system(case)).alike == 90


@pytest.mark.parametrize("seed", [1, 2])
def test_with_a_choice_of_sites_the_mean_wait_of_both_depths_differs_by_less_than_a_tenth(seed: int) -> None:
    result = simulate_system(case_of(seed))
    found = agreement(result)
    print(found, found.difference)
    assert found.book_mean_s > 0
    assert found.difference < 0.1
    assert result.sound


def test_a_job_that_fits_nowhere_or_has_nowhere_to_go_never_starts_at_either_depth() -> None:
    jobs = (Work("a", 0, SECOND, 9), Work("guest", 0, SECOND, 1, -1, ()), Work("guest", 0, SECOND, 1))
    case = SystemCase(jobs=jobs, pools=(Pool("a", 8, Micros(YUAN)),))
    assert book_starts(case) == [None, None, 0]
    found = agreement(simulate_system(case))
    assert (found.alike, found.jobs, found.difference) == (3, 3, 0)

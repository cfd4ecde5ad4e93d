"""A trace through the whole exchange: its laws hold, it repeats itself, and it says what the market's nouns say."""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from gridtie.errors import InvalidInput
from gridtie.simulator.system import Outcome, Pool, SystemCase, SystemResult, Work, oversold, simulate_system
from gridtie.values.money import Micros

YUAN = 1_000_000
SECOND = 1_000_000


def case_of(seed: int, *, jobs: int = 60, mode: str = "posted", movable: float = 0.5) -> SystemCase:
    """Three organisations whose demand is above what they have, so that jobs wait and ask elsewhere."""
    random, at, made = Random(seed), 0, []
    for _ in range(jobs):
        at += random.choice((0, 1, 20, 90)) * SECOND
        bid = None if mode == "posted" else Micros(random.randrange(YUAN, 9 * YUAN))
        made.append(
            Work(
                organisation=f"lab {random.randrange(3)}",
                submit_us=at,
                duration_us=random.randrange(SECOND, 900 * SECOND),
                accelerators=random.choice((1, 1, 2, 4, 8)),
                home=(home := random.randrange(3)),
                sites=None if random.random() < movable else (home,),
                bid=bid,
            )
        )
    pools = tuple(Pool(f"lab {number}", 8, Micros((number + 1) * YUAN)) for number in range(3))
    return SystemCase(jobs=tuple(made), pools=pools, mode=mode, seed=seed)


def book_depth(case: SystemCase) -> list[Outcome]:
    """The same posted-price market in twenty lines: in turn, each job takes the cheapest site where it fits now."""
    free = [pool.accelerators for pool in case.pools]
    order = sorted(range(len(free)), key=lambda pool: (case.pools[pool].price, pool))
    found = [Outcome(None, None, None, Micros(0), 0)] * len(case.jobs)
    waiting: list[int] = []
    events = [(job.submit_us, 1, number, 0) for number, job in enumerate(case.jobs)]
    heapq.heapify(events)
    while events:
        at = events[0][0]
        while events and events[0][0] == at:
            _, arrives, number, pool = heapq.heappop(events)
            if arrives:
                waiting.append(number)
            else:
                free[pool] += case.jobs[number].accelerators
        for number in list(waiting):
            job = case.jobs[number]
            usable = [p for p in order if job.sites is None or p in job.sites]
            pool = next((p for p in usable if free[p] >= job.accelerators), -1)
            if pool >= 0:
                waiting.remove(number)
                free[pool] -= job.accelerators
                end = at + job.duration_us
                found[number] = Outcome(at, end, pool, cost(case.pools[pool].price, job), 1)
                heapq.heappush(events, (end, 0, number, pool))
    return found


def cost(price: int, job: Work) -> Micros:
    return Micros((2 * price * job.accelerators * job.duration_us + 3_600_000_000) // 7_200_000_000)


def placed(outcomes: Sequence[Outcome]) -> list[tuple[object, ...]]:
    return [(one.start_us, one.end_us, one.pool, one.paid, one.receipts) for one in outcomes]


@pytest.fixture(scope="module")
def played() -> SystemResult:
    return simulate_system(case_of(1))


@pytest.mark.parametrize("mode", ["posted", "auction", "welfare"])
def test_every_law_holds_over_the_whole_run(mode: str) -> None:
    result = simulate_system(case_of(4, mode=mode))
    assert [law.name for law in result.invariants if not law.holds] == []
    assert len(result.invariants) == 7
    assert result.sound
    assert max(result.waits_us) > 0
    assert sum(result.paid.values()) == sum(result.earned.values()) > 0
    assert result.rounds
    assert result.prices


@pytest.mark.parametrize("seed", [1, 2])
def test_both_depths_start_every_job_at_the_same_microsecond_at_the_same_site_for_the_same_money(seed: int) -> None:
    case = case_of(seed)
    assert placed(simulate_system(case).outcomes) == placed(book_depth(case))


def test_the_same_case_leaves_the_same_journal_byte_for_byte(played: SystemResult) -> None:
    again = simulate_system(case_of(1))
    assert again == played
    other = simulate_system(replace(case_of(1), seed=99))
    assert other.journal_sha256 != played.journal_sha256
    assert placed(other.outcomes) == placed(played.outcomes)


def test_the_large_engine_behind_the_tick_leaves_the_same_journal_again() -> None:
    case = case_of(7, jobs=30, mode="welfare")
    first, second = simulate_system(case), simulate_system(case)
    assert first == second
    assert first.sound
    for job, one in zip(case.jobs, first.outcomes, strict=True):
        assert job.bid is not None
        assert one.paid <= cost(job.bid, job)


def test_the_order_in_which_a_case_lists_its_jobs_changes_nothing_but_ties() -> None:
    case = case_of(5, jobs=30)
    apart = tuple(replace(job, submit_us=job.submit_us + number) for number, job in enumerate(case.jobs))
    forward = simulate_system(replace(case, jobs=apart))
    backward = simulate_system(replace(case, jobs=apart[::-1]))
    assert forward.sound
    assert backward.sound
    assert placed(backward.outcomes[::-1]) == placed(forward.outcomes)


def test_a_job_that_fits_nowhere_waits_with_the_exchanges_reason_and_pays_nothing() -> None:
    case = case_of(1, jobs=5)
    big = replace(case.jobs[0], accelerators=9, sites=None)
    result = simulate_system(replace(case, jobs=(big, *case.jobs[1:])))
    first = result.outcomes[0]
    assert (first.start_us, first.pool, first.paid, first.receipts) == (None, None, 0, 0)
    assert "9 × nv-a100-80" in first.reason
    assert result.sound
    assert len(result.waits_us) == 4


def test_a_job_that_may_not_move_waits_for_its_own_site_while_others_are_idle() -> None:
    hour = 3600 * SECOND
    jobs = (Work("a", 0, hour, 8, 0, (0,)), Work("a", 0, hour, 8, 0, (0,)), Work("a", 0, hour, 8, 0))
    pools = (Pool("a", 8, Micros(YUAN)), Pool("b", 8, Micros(2 * YUAN)))
    result = simulate_system(SystemCase(jobs=jobs, pools=pools))
    assert [one.pool for one in result.outcomes] == [0, 0, 1]
    assert [one.start_us for one in result.outcomes] == [0, hour, 0]
    assert result.paid == {"a": 32 * YUAN}
    assert result.earned == {"a": 16 * YUAN, "b": 16 * YUAN}


def test_a_job_that_has_no_site_and_may_not_move_never_runs() -> None:
    case = SystemCase(jobs=(Work("guest", 0, SECOND, 1, -1, ()),), pools=(Pool("a", 8, Micros(YUAN)),))
    [one] = simulate_system(case).outcomes
    assert one.start_us is None
    assert one.reason


def test_in_an_auction_a_bid_below_the_reserve_gets_nothing_and_nobody_pays_above_his_bid() -> None:
    case = case_of(2, mode="auction", movable=1.0)
    low = replace(case.jobs[0], bid=Micros(YUAN // 2))
    case = replace(case, jobs=(low, *case.jobs[1:]))
    result = simulate_system(case)
    assert result.outcomes[0].start_us is None
    for job, one in zip(case.jobs, result.outcomes, strict=True):
        assert job.bid is not None
        assert one.paid <= cost(job.bid, job)
        if one.start_us is not None:
            assert one.start_us % (30 * SECOND) == 0


def test_what_was_sold_twice_is_found() -> None:
    case = SystemCase(jobs=(Work("a", 0, 10, 5), Work("a", 0, 10, 5)), pools=(Pool("a", 8, Micros(0)),))
    ran = Outcome(0, 10, 0, Micros(0), 1)
    assert oversold(case, (ran, replace(ran, start_us=10, end_us=20))) == []
    assert oversold(case, (ran, replace(ran, start_us=9, end_us=19))) == [
        "site 0 has 8 accelerators and ran 10 at once"
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"jobs": ()},
        {"pools": ()},
        {"mode": "lottery"},
        {"jobs": (Work("a", 0, 0, 1),)},
        {"jobs": (Work("a", -1, 1, 1),)},
        {"jobs": (Work("a", 0, 1, 0),)},
        {"jobs": (Work("a", 0, 1, 1, bid=Micros(-1)),)},
        {"jobs": (Work("a", 0, 1, 1, sites=(1,)),)},
        {"jobs": (Work("a", 0, 1, 1, home=1),)},
        {"jobs": (Work("a", 0, 1, 1, home=-2),)},
        {"pools": (Pool("a", 0, Micros(1)),)},
        {"pools": (Pool("a", 1, Micros(-1)),)},
        {"pools": (Pool("a", 1, Micros(2**62)),)},
    ],
    ids=str,
)
def test_a_case_that_cannot_be_played_is_refused_with_the_place(broken: dict[str, object]) -> None:
    good = SystemCase(jobs=(Work("a", 0, 1, 1),), pools=(Pool("a", 1, Micros(1)),))
    with pytest.raises(InvalidInput) as refused:
        simulate_system(replace(good, **broken))  # type: ignore[arg-type]
    assert refused.value.problems


def test_names_of_a_trace_may_be_anything() -> None:
    name = "<b>Ünï组织</b>\n" * 3
    result = simulate_system(SystemCase(jobs=(Work(name, 0, SECOND, 1),), pools=(Pool(name, 1, Micros(YUAN)),)))
    assert result.sound
    assert set(result.paid) == {name}

"""The real exchange and agents under faults, on a clock of their own; docs/faults.md says what is injected."""

from dataclasses import replace
from typing import Any

import pytest

from faults import campaign
from faults import site as faults_site
from faults.campaign import judged, shrunk
from faults.inject import a_case
from faults.world import Case, Fault, Job, Play
from gridtie.clock import SystemClock
from gridtie.flow import advance_runs
from gridtie.flow.exchange import Exchange
from gridtie.flow.unit import Unit

SEEDS = range(1, 61)
LONG_SEEDS = range(31, 1031)
SMALL = Case(
    seed=1, sites=2, horizon=300.0, faults=(),
    jobs=(Job(1.0, 20, 2), Job(2.0, 40, 2, nodes=2), Job(3.0, 5, 1, exit_code=3), Job(4.0, 60, 1, cancel_after=20.0)),
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_a_quarter_of_an_hour_of_faults_loses_nothing_and_doubles_nothing(seed: int) -> None:
    verdict = judged(a_case(seed, hours=0.25))
    assert not verdict.findings, f"make simulate-faults SEED={seed} ARGS='--hours 0.25': " + "; ".join(verdict.findings)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_an_hour_of_faults_loses_nothing_and_doubles_nothing(seed: int) -> None:
    verdict = judged(a_case(seed))
    assert not verdict.findings, f"make simulate-faults SEED={seed}: " + "; ".join(verdict.findings)


def test_a_gang_that_waits_for_its_others_in_vain_is_billed_for_the_places_that_it_had() -> None:
    assert not judged(a_case(220)).findings


def test_the_same_seed_leaves_the_same_facts_at_the_same_times() -> None:
    case = a_case(7, hours=0.25)
    assert judged(case).digest == judged(case).digest
    assert judged(case).digest != judged(replace(case, seed=8)).digest


def test_what_a_campaign_says_it_played_is_all_that_it_spent_its_time_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A single seed is played twice."""
    monkeypatch.setattr(campaign, "judged", lambda _: campaign.Verdict((), "fact by fact", 3600.0, 1, 1))
    for seeds, hours in (("7", 2.0), ("7-9", 3.0)):
        monkeypatch.setattr("sys.argv", ["campaign", seeds])
        assert campaign.main() == 0
        assert f"{hours} h played" in capsys.readouterr().out


def _crash_at_commits(every: int) -> None:
    quiet = judged(SMALL)
    assert not quiet.findings
    for number, at in list(enumerate(quiet.fact_times))[::every]:
        how = (0.5, 0.9)[number // every % 2]  # before the commit, or after it
        verdict = judged(replace(SMALL, faults=(Fault(at - 1e-6, "commit", 0, 2.0, how),)))
        assert not verdict.findings, f"crash at {at} ({how}): " + "; ".join(verdict.findings)


def test_a_crash_at_a_commit_of_a_small_case_loses_and_doubles_nothing() -> None:
    _crash_at_commits(every=8)


@pytest.mark.long
def test_a_crash_at_any_commit_of_a_small_case_loses_and_doubles_nothing() -> None:
    _crash_at_commits(every=1)


JUMPS = Case(
    seed=2, sites=2, horizon=900.0, jobs=(Job(5.0, 600, 2, retries=2), Job(6.0, 180, 1, retries=2)),
    faults=(Fault(60.0, "jump", 0, 200.0, 0.49), Fault(120.0, "jump", 0, 400.0, 0.51),
            Fault(130.0, "jump", 1, 400.0, 0.99), Fault(300.0, "jump", 0, 500.0, 0.01)),
)  # fmt: skip


def test_a_wall_clock_that_is_set_an_hour_on_or_back_ends_no_run_and_changes_no_bill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not judged(JUMPS).findings
    monkeypatch.setattr(SystemClock, "_count", lambda clock: clock._wall_ns())
    assert any("only fell silent" in finding for finding in judged(JUMPS).findings)


def test_an_agent_that_begins_again_with_another_wall_clock_still_knows_how_long_its_run_took() -> None:
    """Its clock is 200 s ahead as the run begins, and right as it ends: 400 of 600 s were billed, and not signed."""
    ahead = Fault(5.0, "jump", 0, 60.0, 0.764)
    case = Case(seed=5, sites=1, horizon=700.0, jobs=(Job(20.0, 600, 2),),
                faults=(ahead, Fault(10.0, "agent", 0, 1.0), Fault(120.0, "agent", 0, 1.0)))  # fmt: skip
    assert judged(case).findings == ()


def test_a_restart_while_the_wall_clock_is_behind_loses_no_time_of_a_run() -> None:
    """Nothing is written for most of the minute before, so the newest fact alone would not tell."""
    case = Case(seed=6, sites=1, horizon=500.0, jobs=(Job(5.0, 180, 2),),
                faults=(Fault(20.0, "jump", 0, 300.0, 0.1), Fault(90.0, "server", 0, 20.0)))  # fmt: skip
    assert judged(case).findings == ()


def test_a_hello_is_heard_as_a_sync_is() -> None:
    """An agent begins again behind a line that lets its hello out and no answer in: its silence counts from there."""
    cut = Fault(80.0, "partition", 0, 5.2, 0.99), Fault(85.5, "partition", 0, 500.0, 0.5)
    case = Case(seed=4, sites=1, horizon=700.0, faults=(Fault(60.0, "agent", 0, 25.0), *cut),
                jobs=(Job(5.0, 600, 2, on_disconnect="replace"),))  # fmt: skip
    assert judged(case).findings == ()


def test_the_checks_find_a_site_that_lets_jobs_outlive_their_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a failing case is made as small as it can be."""
    ends = faults_site.Rank.ends

    def for_ever(rank: faults_site.Rank) -> tuple[float, str]:
        lease, rank.lease = rank.lease, float("inf")
        try:
            return ends(rank)
        finally:
            rank.lease = lease

    monkeypatch.setattr(faults_site.Rank, "ends", for_ever)
    cut = Fault(60.0, "partition", 0, 1200.0, 0.5)
    case = Case(
        seed=3, sites=2, horizon=1500.0,
        faults=(cut, Fault(1350.0, "server", 0, 3.0), Fault(1400.0, "mood", 1, 1, 0.1)),
        jobs=(Job(5.0, 20, 1), Job(30.0, 600, 8 // 2, nodes=2, on_disconnect="replace", retries=2)),
    )  # fmt: skip
    verdict = judged(case)
    assert any("began" in finding for finding in verdict.findings), verdict.findings
    small = shrunk(case, lambda less: any("began" in finding for finding in judged(less).findings))
    assert small.faults == (cut,)
    assert [job.seconds for job in small.jobs] == [600]


def test_the_checks_find_a_run_that_is_settled_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of receipts takes no second one of a run, so this law of it goes first."""
    found, settle = Play.found, advance_runs.settle_run

    def lawless(play: Play) -> None:
        found(play)
        for step in (
            "CREATE TABLE free AS SELECT * FROM receipt",
            "DROP TABLE receipt",
            "ALTER TABLE free RENAME TO receipt",
        ):
            play.server.database.write(lambda unit, step=step: unit.connection.exec_driver_sql(step), actor="nobody")

    def twice(unit: Unit, exchange: Exchange, job: Any, run: Any) -> None:
        settle(unit, exchange, job, run)
        settle(unit, exchange, job, run)

    monkeypatch.setattr(Play, "found", lawless)
    case = Case(seed=1, sites=1, horizon=60.0, faults=(), jobs=(Job(1.0, 20, 2),))
    assert judged(case).findings == ()
    monkeypatch.setattr(advance_runs, "settle_run", twice)
    findings = judged(case).findings
    assert any("has 2 receipts" in finding for finding in findings), findings
    assert any("is billed twice for the time" in finding for finding in findings), findings

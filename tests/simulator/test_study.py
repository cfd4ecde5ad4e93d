"""A study says what clusters gain by interconnecting, the same every time, in whole money and honest shares."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gridtie.errors import InvalidInput
from gridtie.simulator.capacity import demand, largest, scaled, sized
from gridtie.simulator.metrics import figures, paid
from gridtie.simulator.policies import POLICIES, Assumptions, draw
from gridtie.simulator.replay import replay
from gridtie.simulator.report import page
from gridtie.simulator.study import Plan, as_json, interval, run_study, without_equal
from gridtie.simulator.study_report import assumptions, report_data
from gridtie.simulator.trace import Trace, with_deadlines


def busy_and_idle(seed: int = 1, jobs: int = 400) -> Trace:
    """Two organisations: one with bursts that its own site cannot hold, one with room to spare."""
    chance = np.random.default_rng(seed)
    site = (np.arange(jobs) % 4 == 0).astype(np.int64)
    submit = np.sort(chance.integers(0, 100_000, jobs))
    submit[site == 0] -= submit[site == 0] % 20_000
    order = np.argsort(submit, kind="stable")
    none = np.zeros(0, np.int64)
    return Trace(
        name="two", unit="accelerators", submit=submit[order], run=chance.integers(60, 4000, jobs),
        units=chance.choice([1, 2, 4], jobs), limit=np.full(jobs, -1), waited=np.full(jobs, -1),
        organisation=site[order], site=site[order], organisations=("busy", "idle"), sites=("busy", "idle"),
        step_first=np.zeros(jobs + 1, np.int64), step_after=none, step_value=none,
    )  # fmt: skip


def test_connected_sites_wait_less_than_sites_alone_and_the_study_says_who_pays_whom() -> None:
    trace = busy_and_idle()
    plan = Plan(policies=("fifo", "market"), mobility=(0, 1), equal_wait=True)
    study = run_study(trace, sized(trace, "load=0.6"), plan)
    mean = {(cell.arrangement, cell.policy, cell.mobility): cell.figures.mean_s for cell in study.cells}
    assert mean["federated", "fifo", 1] < mean["silo", "fifo", 1]
    assert mean["federated", "fifo", 0] == mean["silo", "fifo", 1]
    assert mean["federated", "market", 1] < mean["silo", "fifo", 1]
    assert ("silo", "market", 1) not in mean
    assert study.compared == ("silo · fifo", "federated · market")
    assert sum(gain.paid for gain in study.gains) == sum(gain.earned or 0 for gain in study.gains) > 0
    assert all(
        equal.capacity <= equal.silo_capacity and equal.mean_s <= equal.silo_mean_s for equal in study.equal_wait
    )
    assert study.prices[0].times_s == tuple(sorted(study.prices[0].times_s))


def test_money_goes_to_sites_also_where_none_bears_an_organisations_name_and_to_nobody_in_one_pool() -> None:
    trace = replace(busy_and_idle(), organisations=("physics", "biology"))
    split = run_study(
        trace, sized(trace, "load=0.6"), Plan(policies=("easy", "market"), arrangements=("silo", "federated"))
    )
    assert [gain.earned for gain in split.gains] == [None, None]
    assert sum(gain.paid for gain in split.gains) == sum(row.earned for row in split.sites) > 0
    pool = run_study(
        trace, sized(trace, "load=0.6"), Plan(policies=("easy", "market"), arrangements=("silo", "merged"))
    )
    assert [gain.paid for gain in pool.gains] == [row.earned for row in pool.sites] == [0, 0]


def test_the_same_study_gives_the_same_bytes_and_its_page_stands() -> None:
    trace = busy_and_idle()
    plan = Plan(seeds=2, mobility=(0.5, 1), assumed=Assumptions(estimates="error", error=0.7, delay_s=60))
    one, two = (run_study(trace, sized(trace, "load=0.6"), plan) for _ in range(2))
    text = as_json(one, command="gridtie simulate x")
    assert text == as_json(two, command="gridtie simulate x")
    assert json.loads(text)["schema"] == "gridtie-study/1"
    assert "change of sharing and of the order of service" in page(report_data(one, command="x"))
    plain = run_study(trace, sized(trace, "load=0.6"), Plan(policies=("fifo",)))
    assert "order of service" not in page(report_data(plain, command="x"))
    assert "Seeds" in page(report_data(one, command="gridtie simulate x"))
    shown = report_data(one, command="x")
    assert shown.size_classes == ("1", "2–4")
    assert {row.share for row in shown.sizes if row.scope == "federated"} == {0.5, 1}
    assert all(mean is not None for row in shown.sizes for mean in row.means_s)
    assert "lognormal premium" in page(shown)
    flat = replace(one, plan=replace(one.plan, assumed=replace(one.plan.assumed, bids="flat")))
    assert "All bid alike" in page(report_data(flat, command="x"))
    moving = next(cell for cell in one.cells if cell.mobility == 0.5)
    assert moving.low_s is not None
    assert moving.high_s is not None
    assert moving.low_s <= moving.figures.mean_s <= moving.high_s


def test_a_market_whose_policy_is_not_the_last_has_its_prices_on_the_page_too() -> None:
    trace = busy_and_idle()
    study = run_study(trace, sized(trace, "load=0.9"), Plan(policies=("market", "easy")))
    assert [path.label for path in study.prices] == ["federated · market", "merged · market"]
    for path in study.prices:
        assert path.times_s == tuple(sorted(path.times_s))
        assert path.times_s[-1] >= study.span_s
        assert len(set(path.prices)) > 1
        assert path.prices[-1] == 1_000_000  # nobody waits at the end: what the owners ask


def test_where_nobody_ran_there_is_no_wait_and_nothing_gained() -> None:
    """Plans farther apart than any job can wait: all are given up."""
    trace = with_deadlines(replace(busy_and_idle(), submit=busy_and_idle().submit + 20_000), 3)
    plan = Plan(policies=("easy", "late"), tick_s=10**7, equal_wait=True, assumed=Assumptions(deadline=3))
    study = run_study(trace, sized(trace, "load=0.6"), plan)
    late = [cell for cell in study.cells if cell.policy == "late"]
    assert {(cell.figures.ran, cell.figures.mean_s, cell.figures.slowdown) for cell in late} == {(0, None, None)}
    assert all(gain.connected_s is None and gain.change is None for gain in study.gains)
    assert [gain.connected_never for gain in study.gains] == [gain.jobs for gain in study.gains]
    assert without_equal(study) == (("federated", "late"), ("merged", "late"))
    text = page(report_data(study, command="x"))
    for said in (
        "each job is due 3 times its run time", "期限为假设", "never ran", "从未运行", "late plans every 10,000,000 s",
        "federated&nbsp;·&nbsp;late: waits longer than the sites alone, or runs fewer jobs",
    ):  # fmt: skip
        assert said.replace("&nbsp;", " ") in text.replace("&nbsp;", " ")


def test_deadlines_of_the_log_are_said_to_be_its_own() -> None:
    trace = with_deadlines(busy_and_idle(), 3)
    said = [words.en for words in assumptions(run_study(trace, sized(trace, "load=0.6"), Plan(policies=("edf",))))]
    assert any("are the log's" in sentence for sentence in said)
    assert not any("assumed" in sentence for sentence in said)


def test_an_interval_of_waits_does_not_reach_below_none() -> None:
    trace = busy_and_idle(jobs=40)
    plan = Plan(policies=("easy",), mobility=(0.2, 0.5, 1), seeds=2)
    cells = run_study(trace, sized(trace, "load=0.9"), plan).cells
    assert any(cell.low_s == 0 for cell in cells)
    assert all(cell.low_s is None or 0 <= cell.low_s <= (cell.figures.mean_s or 0) for cell in cells)


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("arrangement", ["silo", "federated", "merged"])
def test_no_policy_runs_more_than_there_is(policy: str, arrangement: str) -> None:
    trace = with_deadlines(busy_and_idle(2), 3)
    sites = sized(trace, "load=0.8")
    assumed = Assumptions(delay_s=30)
    run, _ = replay(trace, sites, draw(trace, assumed, 1), assumed, arrangement=arrangement, policy=policy)
    capacity = np.array([sites.total]) if arrangement == "merged" else sites.units
    assert (run.ran | (run.site == -2)).all()
    for moment in run.start[run.ran]:
        there = run.ran & (run.start <= moment) & (run.end > moment)
        assert (np.bincount(run.site[there], weights=trace.units[there], minlength=len(capacity)) <= capacity).all()
    found = figures(trace, sites.total, run, arrangement=arrangement)
    assert found.missed is not None
    assert found.value is not None
    assert 0 <= found.missed <= 1
    assert 0 <= found.value <= 1
    assert found.utilisation <= 1
    if POLICIES[policy].drops:
        late = run.ran & (run.end > trace.submit + trace.last_step)
        assert not late[run.site == trace.site].any()  # what moves its data is not known to be late


def test_under_more_work_than_fits_placing_late_obtains_more_value_than_any_order_also_at_a_shorter_tick() -> None:
    assumed, value = Assumptions(), {}
    for seed in range(1, 4):
        trace = with_deadlines(busy_and_idle(seed), 3)
        sites, draws = sized(trace, "load=1.3"), draw(trace, assumed, 1)
        for policy, tick_s in [(name, 300) for name in POLICIES if POLICIES[name].drops] + [("late", 60)]:
            run, _ = replay(trace, sites, draws, assumed, arrangement="merged", policy=policy, tick_s=tick_s)
            found = figures(trace, sites.total, run, arrangement="merged").value
            value[policy, tick_s] = value.get((policy, tick_s), 0) + (found or 0)
    assert value.pop(("late", 60)) == value["late", 300]
    late = value.pop(("late", 300))
    assert all(late > other for other in value.values()), (late, value)


def test_in_the_market_nobody_pays_more_than_he_bids_nor_less_than_the_owner_asks() -> None:
    trace, assumed = busy_and_idle(3), Assumptions()
    sites, draws = sized(trace, "load=0.9"), draw(busy_and_idle(3), Assumptions(), 1)
    run, path = replay(trace, sites, draws, assumed, arrangement="federated", policy="market")
    away = run.site != trace.site
    assert away.any()
    assert (run.price[away] <= draws.bid[away]).all()
    assert (run.price[away] >= sites.price[run.site[away]]).all()
    assert path is not None
    assert (np.diff(path.moments) >= 0).all()
    assert (paid(trace, run)[~away] == 0).all()


def test_a_clearing_comes_at_most_a_tick_after_a_job_that_had_to_wait_could_run() -> None:
    """One site, one job at a time: the second starts at the first tick after the first has ended."""
    trace = busy_and_idle(4, jobs=8)
    one = Trace(**{
        **{name: getattr(trace, name) for name in trace.__slots__},
        "submit": np.array([0, 1, 500, 501, 900, 901, 902, 903]), "run": np.full(8, 50), "units": np.ones(8, np.int64),
        "site": np.zeros(8, np.int64), "organisation": np.zeros(8, np.int64), "sites": ("a",), "organisations": ("a",),
    })  # fmt: skip
    sites, assumed = scaled(one, sized(one, "total=1"), 1), Assumptions()
    run, _ = replay(one, sites, draw(one, assumed, 1), assumed, arrangement="merged", policy="market", tick_s=60)
    assert run.start.tolist()[:4] == [0, 60, 500, 600]
    assert sorted(run.start.tolist()[4:]) == [900, 960, 1020, 1080]


def test_capacity_follows_its_rule_and_never_undercuts_a_sites_largest_job() -> None:
    trace = busy_and_idle()
    total = sized(trace, "total=40", step=4)
    assert total.total <= 40
    assert (total.units % 4 == 0).all()
    assert (total.units >= largest(trace)).all()
    assert (sized(trace, "load=0.5").units >= demand(trace) / 0.5 - 0.5).all()
    assert sized(trace, "peak=0.5").total <= sized(trace, "peak=1").total
    assert scaled(trace, total, 0.01).total >= largest(trace).sum()


def test_a_log_shorter_than_its_jobs_asks_for_no_more_than_all_of_them_at_once_and_says_so() -> None:
    trace = busy_and_idle()
    moment = replace(trace, submit=np.full_like(trace.submit, trace.submit[0]), run=trace.run + 10**6)
    sites = sized(moment, "load=0.5")
    assert sites.total <= moment.units.sum() / 0.5 + len(sites.units)
    said = [row.en for row in assumptions(run_study(moment, sites, Plan(arrangements=("silo",), policies=("fifo",))))]
    assert any(row.startswith("Jobs last longer than the time within which they came") for row in said)


@pytest.mark.parametrize(
    "rule",
    ["load=0", "load=1e-310", "load=x", "peak=2", "total=1", "total=nan", "observed", "nothing", "load=", "peak=nan"],
)
def test_a_rule_for_capacity_that_makes_no_sense_is_refused(rule: str) -> None:
    with pytest.raises(InvalidInput):
        sized(busy_and_idle(), rule)


def test_a_log_that_asks_for_more_than_any_cluster_has_is_refused() -> None:
    trace = busy_and_idle()
    with pytest.raises(InvalidInput, match="two: 1 problem"):
        sized(replace(trace, units=trace.units * 10**12), "load=0.6")


def test_sites_of_a_file_have_speeds_and_prices_and_every_wrong_cell_is_named(tmp_path: Path) -> None:
    trace, path = busy_and_idle(), tmp_path / "sites.csv"
    path.write_text("site,units,speed,price\nbusy,16,0.5,0.80\nidle,8,2,1.25\n")
    sites = sized(trace, str(path))
    assert (sites.units.tolist(), sites.speed.tolist(), sites.price.tolist()) == (
        [16, 8], [0.5, 2.0], [800_000, 1_250_000],
    )  # fmt: skip
    path.write_text("site,units,speed,price\nbusy,-1,0,x\nother,8,2,1\n")
    with pytest.raises(InvalidInput) as caught:
        sized(trace, str(path))
    assert [(p.line, p.column) for p in caught.value.problems][:4] == [(2, 6), (2, 9), (2, 11), (3, 1)]
    assert "no line for 1 site(s): idle" in caught.value.problems[-1].message


@pytest.mark.parametrize(
    "plan",
    [
        Plan(policies=("edf",)), Plan(policies=("none",)), Plan(arrangements=("silo", "silo")), Plan(seeds=0),
        Plan(mobility=(1.5,)), Plan(mobility=(float("nan"),)), Plan(factors=(0,)), Plan(policies=()),
        Plan(assumed=Assumptions(estimates="limits")), Plan(policies=("market",), arrangements=("silo",)),
    ],
)  # fmt: skip
def test_a_study_that_cannot_be_is_refused_before_anything_runs(plan: Plan) -> None:
    trace = busy_and_idle()
    with pytest.raises(InvalidInput):
        run_study(trace, sized(trace, "load=0.6"), plan)


def test_the_interval_of_a_mean_is_students() -> None:
    low, high = interval([1.0, 2.0, 3.0])
    assert (low, high) == pytest.approx((2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5), abs=1e-9)
    assert interval([5.0]) == (None, None)


def test_a_search_of_equal_wait_replays_no_size_twice_and_says_what_is_left() -> None:
    trace, steps = busy_and_idle(), []
    plan = Plan(policies=("easy", "market"), arrangements=("silo", "federated"), equal_wait=True)
    study = run_study(trace, sized(trace, "load=0.6"), plan, progress=steps.append)
    what = [step.what for step in steps]
    assert len(set(what)) == len(what)
    assert all(step.policies[0] in step.what for step in steps)
    assert [equal.policy for equal in study.equal_wait] == ["easy", "market"]


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_search_of_equal_wait_ends_where_the_next_smaller_size_does_not_suffice(seed: int) -> None:
    trace = busy_and_idle(seed)
    trace = replace(trace, site=np.arange(400) % 6, sites=tuple("abcdef"))  # alike: all six grow at once
    sites = sized(trace, "load=0.4")
    plan = Plan(policies=("easy",), arrangements=("silo", "federated"), equal_wait=True)
    (found,) = run_study(trace, sites, plan).equal_wait
    least = 0.9 * float(demand(trace).sum()) / sites.total
    sizes = {scaled(trace, sites, share).total for share in np.linspace(least, 1, 2_000)}
    below = max((size for size in sizes if size < found.capacity), default=None)
    assert below is not None
    share = next(share for share in np.linspace(least, 1, 2_000) if scaled(trace, sites, share).total == below)
    run, _ = replay(
        trace, scaled(trace, sites, share), draw(trace, plan.assumed, 1), plan.assumed, arrangement="federated",
        policy="easy",
    )  # fmt: skip
    assert run.wait.mean() > found.silo_mean_s


def test_waits_by_size_add_up_and_other_weeks_spread_around_the_mean() -> None:
    trace = busy_and_idle(5)
    longer = replace(trace, submit=trace.submit * 40)
    cell = run_study(longer, sized(longer, "load=0.8"), Plan(policies=("easy",))).cells[0]
    assert sum(of.jobs for of in cell.sizes) == cell.figures.ran
    total = sum(of.jobs * of.mean_s for of in cell.sizes)
    assert total == pytest.approx(cell.figures.ran * cell.figures.mean_s)
    assert cell.log_low_s is not None
    assert cell.log_high_s is not None
    assert cell.log_low_s <= cell.figures.mean_s <= cell.log_high_s


def test_bids_may_be_the_logs_own_or_all_alike() -> None:
    trace = replace(busy_and_idle(), bid=np.arange(400))
    assert draw(trace, Assumptions(bids="log"), 1).bid.tolist() == list(range(400))
    assert set(draw(trace, Assumptions(bids="flat"), 1).bid) == {2_000_000}

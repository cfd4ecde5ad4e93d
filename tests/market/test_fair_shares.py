"""Fair shares against their own programme written out job by job, and against what can be seen without one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.errors import InvalidBook
from gridtie.market.fair_shares import OBJECTIVES, Demand, shares
from gridtie.market.solver import LinearProgramme, Unsolved, maximise


def demand(throughput, units, there, weight=None) -> Demand:
    return Demand(
        throughput=np.array(throughput, dtype=np.float64), units=np.array(units, dtype=np.int64),
        weight=np.array(weight or [1.0] * len(units)), there=np.array(there, dtype=np.int64),
    )  # fmt: skip


def random_demand(seed: int, jobs: int, kinds: int) -> Demand:
    rng = np.random.default_rng(seed)
    known = rng.uniform(0.5, 20, (4, kinds)) * (rng.uniform(size=(4, kinds)) < 0.8)
    known[:, 0] = np.maximum(known[:, 0], 1)
    kind = rng.integers(0, 4, jobs)
    return Demand(throughput=known[kind], units=rng.choice([1, 2, 4], jobs), weight=rng.choice([1.0, 2.0], jobs),
                  there=rng.integers(1, 6, kinds))  # fmt: skip


def written_out(demand: Demand, objective: str) -> float:
    """The optimum of the programme with a variable for every job and kind, nothing merged."""
    jobs, kinds = demand.throughput.shape
    equal_part = (demand.there / jobs) / (demand.there / jobs).sum()
    gain = demand.throughput * demand.weight[:, None]
    if objective == "max-min":
        gain = demand.throughput * (demand.units / demand.weight / (demand.throughput @ equal_part))[:, None]
    rows, limits = [], []
    for j in range(jobs):
        rows.append({j * kinds + k: 1.0 for k in range(kinds)})
        limits.append(1.0)
    for k in range(kinds):
        rows.append({j * kinds + k: float(demand.units[j]) for j in range(jobs)})
        limits.append(float(demand.there[k]))
    value = list(gain.reshape(-1))
    if objective == "max-min":
        for j in range(jobs):
            rows.append({jobs * kinds: 1.0, **{j * kinds + k: -gain[j, k] for k in range(kinds)}})
            limits.append(0.0)
        value = [0.0] * (jobs * kinds) + [1.0]
    programme = LinearProgramme(
        value=np.array(value), row_first=np.append(0, np.cumsum([len(row) for row in rows])),
        column=np.array([k for row in rows for k in row]),
        coefficient=np.array([v for row in rows for v in row.values()]), limit=np.array(limits),
    )  # fmt: skip
    return float(programme.value @ maximise(programme))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 3), st.sampled_from(OBJECTIVES))
def test_classes_reach_exactly_what_single_jobs_would(seed, jobs, kinds, objective):
    wanted = random_demand(seed, jobs, kinds)
    assert shares(wanted, objective).objective == pytest.approx(written_out(wanted, objective), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 3), st.sampled_from(OBJECTIVES))
def test_nobody_gets_more_than_all_of_its_time_and_nothing_is_given_twice(seed, jobs, kinds, objective):
    wanted = random_demand(seed, jobs, kinds)
    share = shares(wanted, objective).share
    assert (share >= 0).all()
    assert (share.sum(axis=1) <= 1 + 1e-9).all()
    assert (wanted.units @ share <= wanted.there + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 12), st.sampled_from(OBJECTIVES))
def test_more_units_never_lower_the_optimum_of_max_sum_and_order_never_matters(seed, jobs, objective):
    wanted = random_demand(seed, jobs, 2)
    order = np.random.default_rng(seed).permutation(jobs)
    mixed = replace(wanted, throughput=wanted.throughput[order], units=wanted.units[order], weight=wanted.weight[order])
    assert shares(mixed, objective).objective == pytest.approx(shares(wanted, objective).objective, rel=1e-9)
    more = replace(wanted, there=wanted.there + 1)
    assert shares(more, "max-sum").objective >= shares(wanted, "max-sum").objective * (1 - 1e-9)


def test_two_alike_on_one_unit_have_half_of_its_time_each():
    assert shares(demand([[3.0], [3.0]], [1, 1], [1])).share == pytest.approx(np.array([[0.5], [0.5]]))


def test_who_gains_most_from_the_fast_kind_gets_it():
    share = shares(demand([[1.0, 10.0], [1.0, 1.1]], [1, 1], [1, 1]), "max-sum").share
    assert share == pytest.approx(np.array([[0.0, 1.0], [1.0, 0.0]]))


def test_twice_the_weight_is_worth_twice_the_time_of_a_scarce_unit():
    found = shares(demand([[1.0], [1.0]], [1, 1], [1], [2.0, 1.0])).share
    assert found[0, 0] == pytest.approx(2 * found[1, 0])


def test_no_jobs_have_no_shares():
    found = shares(demand(np.zeros((0, 2)), [], [1, 1]))
    assert (found.share.shape, found.objective) == ((0, 2), 0.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"throughput": [[np.nan, 1.0]]}, "not a number"),
        ({"throughput": [[np.inf, 1.0]]}, "infinite"),
        ({"throughput": [[-1.0, 1.0]]}, "negative"),
        ({"throughput": [[0.0, 0.0]]}, "nothing that is there"),
        ({"throughput": [[1.0, 0.0]], "there": [0, 1]}, "nothing that is there"),
        ({"units": [0]}, "at least one unit"),
        ({"weight": [-1.0]}, "positive"),
        ({"there": [-1, 1]}, "negative"),
        ({"there": [1]}, "does not match"),
    ],
)
def test_figures_that_make_no_sense_are_refused_by_name(wrong, said):
    good = {"throughput": [[1.0, 1.0]], "units": [1], "there": [1, 1]}
    with pytest.raises(InvalidBook, match=said):
        shares(demand(**{**good, **wrong}))


def test_an_objective_nobody_knows_is_refused():
    with pytest.raises(InvalidBook, match="'best' is none of max-min, max-sum"):
        shares(demand([[1.0]], [1], [1]), "best")


def test_a_programme_without_an_optimum_says_so():
    with pytest.raises(Unsolved):
        maximise(LinearProgramme(value=np.ones(1), row_first=np.array([0, 1]), column=np.array([0]),
                                 coefficient=np.array([-1.0]), limit=np.array([1.0])))  # fmt: skip

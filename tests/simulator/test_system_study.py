"""A trace through the whole exchange, alone and connected, says what it did in the figures of book depth."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from gridtie.errors import InvalidInput
from gridtie.simulator.capacity import Sites
from gridtie.simulator.policies import Assumptions, draw
from gridtie.simulator.report import page
from gridtie.simulator.report_names import detail, law
from gridtie.simulator.system_study import (
    JOBS_MAX,
    SystemStudy,
    alone,
    as_json,
    path,
    played,
    report_data,
    study_system,
    system_case,
)
from gridtie.simulator.trace import Trace
from gridtie.values.money import Micros

NAMES = ("crowded", "idle <i>", "guest")


def trace_of(jobs: list[tuple[int, int, int, int]]) -> Trace:
    """Jobs as (submit, run, units, owner); the third organisation has no site and lives at the first one's."""
    submit, run, units, owner = (np.array(column, np.int64) for column in zip(*jobs, strict=True))
    none = np.full(len(jobs), -1, np.int64)
    return Trace(
        name="tiny", unit="accelerators", submit=submit, run=run, units=units, limit=none, waited=none,
        organisation=owner, site=np.where(owner == 2, 0, owner), organisations=NAMES, sites=NAMES[:2],
        step_first=np.zeros(len(jobs) + 1, np.int64), step_after=none[:0], step_value=none[:0],
    )  # fmt: skip


TRACE = trace_of(
    [
        *((1000 + n, 600, 4, 0) for n in range(10)),
        (1010, 60, 4, 2),
        (1020, 1, 99, 0),
        (5000, 60, 4, 1),
        (9000, 60, 4, 1),
    ]
)
SITES = Sites(rule="given", units=np.array([4, 8]), speed=np.ones(2), price=np.array([2_000_000, 1_000_000]))


def study_of(**more: object) -> SystemStudy:
    return study_system(TRACE, SITES, draw(TRACE, Assumptions(), 1), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def study() -> SystemStudy:
    return study_of()


def test_alone_nothing_leaves_home_and_connected_the_crowded_gain(study: SystemStudy) -> None:
    assert study.sound, study.laws()
    assert [one.name for one in study.laws() if law(one.name).zh.isascii()] == []
    assert [one.detail for one in study.laws() if re.search("[a-z]{4}", detail(one.detail).zh.split("链")[0])] == []
    assert len(study.laws()) == 15
    apart, connected = played(TRACE, study.alone), played(TRACE, study.connected)
    assert set(apart.site) == {0, 1, -3}
    assert (apart.site == TRACE.site)[apart.site >= 0].all()
    assert (connected.site != TRACE.site)[connected.site >= 0].any()
    assert (connected.start[connected.ran] >= TRACE.submit[connected.ran]).all()
    assert (connected.end - connected.start == TRACE.run)[connected.ran].all()
    gains = {gain.organisation: gain for gain in study.gains()}
    assert set(gains) == set(NAMES)
    assert gains["crowded"].connected_s < gains["crowded"].alone_s
    assert gains["idle <i>"].connected_s >= gains["idle <i>"].alone_s == 0


def test_figures_are_those_of_the_jobs_that_ran_and_name_what_could_not(study: SystemStudy) -> None:
    apart, connected = study.figures()
    assert (apart.ran, apart.unplaceable, connected.ran, connected.unplaceable) == (13, 1, 13, 1)
    waits = np.array(study.connected.waits_us) / 1e6
    assert connected.mean_s == pytest.approx(waits.mean())
    assert connected.mean_s < apart.mean_s
    assert apart.moved is None
    assert connected.moved is not None
    assert connected.moved > 0


def test_money_for_what_ran_away_from_home_is_what_others_earned(study: SystemStudy) -> None:
    gains = study.gains()
    assert sum(gain.paid or 0 for gain in gains) == sum(gain.earned or 0 for gain in gains) > 0
    away = [one.paid for job, one in zip(study.connected.case.jobs, study.connected.outcomes, strict=True)
            if one.pool is not None and one.pool != job.home]  # fmt: skip
    assert sum(away) == sum(gain.paid or 0 for gain in gains)


def test_the_page_and_the_record_say_the_same_and_are_the_same_bytes_again(study: SystemStudy) -> None:
    text, record = page(report_data(study, command="c")), as_json(study, command="c")
    again = study_of()
    assert page(report_data(again, command="c")) == text
    assert as_json(again, command="c") == record
    content = json.loads(record)
    assert content["runs"][1]["journal_sha256"] == study.connected.journal_sha256
    assert content["runs"][0]["book_depth"]["alike"] == TRACE.jobs
    assert study.connected.journal_sha256[:16] in text
    assert "One capacity was simulated" in text
    assert "idle &lt;i&gt;" in text
    assert "<i>" not in text


def test_an_auction_is_not_held_against_book_depth_which_has_none() -> None:
    study = study_of(mode="auction")
    assert study.by_book() is None
    assert len(study.laws()) == 14
    assert study.sound
    assert page(report_data(study, command="c"))
    assert json.loads(as_json(study, command="c"))["runs"][0]["book_depth"] is None


def test_what_may_move_is_drawn_by_the_seed_and_nothing_else() -> None:
    draws = draw(TRACE, Assumptions(), 5)
    none, half, every = (
        system_case(TRACE, SITES, draws, mobility=share, mode="posted", tick_s=30, seed=0) for share in (0.0, 0.5, 1.0)
    )
    assert none == alone(none) == alone(every)
    assert [job.sites is None for job in half.jobs] == (draws.moves < 0.5).tolist()
    assert all(job.sites is None for job in every.jobs)


def test_where_only_observed_sites_are_open_a_job_goes_where_its_organisation_runs() -> None:
    draws = draw(TRACE, Assumptions(), 1)
    case = system_case(TRACE, SITES, draws, mobility=1.0, mode="posted", tick_s=30, seed=0, eligible="observed")
    assert {job.organisation: job.sites for job in case.jobs} == {"crowded": (0,), "guest": (0,), "idle <i>": (1,)}


@pytest.mark.parametrize(
    ("trace", "sites", "more", "word"),
    [
        (TRACE, replace(SITES, speed=np.array([1.0, 2.0])), {}, "speeds"),
        (TRACE, SITES, {"mobility": 1.5}, "mobility"),
        (TRACE, SITES, {"mode": "lottery"}, "lottery"),
        (trace_of([(0, 1, 1, 0)] * (JOBS_MAX + 1)), SITES, {}, "--days"),
    ],
    ids=["speed", "mobility", "mode", "jobs"],
)
def test_what_the_exchange_cannot_play_is_refused_by_name(
    trace: Trace, sites: Sites, more: dict[str, object], word: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        study_system(trace, sites, draw(trace, Assumptions(), 1), **more)  # type: ignore[arg-type]
    assert any(word in str(problem) for problem in refused.value.problems)


def test_a_price_path_keeps_every_change_and_its_end() -> None:
    points = [(float(at), Micros(price)) for at, price in enumerate((5, 5, 5, 7, 7, 5, 5))]
    found = path(points, label="x")
    assert list(zip(found.times_s, found.prices, strict=True)) == [(0, 5), (3, 7), (5, 5), (6, 5)]
    assert path([], label="x").times_s == ()

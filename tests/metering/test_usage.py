from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gridtie.dispatch.run import RunReport
from gridtie.metering.usage import Billed, RunFacts, Usage, Waived, billable, reported_us
from gridtie.values.period import Period


def at(seconds: float) -> datetime:
    return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def span(start: float, end: float) -> Period:
    return Period(at(start), at(end))


RUN = RunFacts(state="succeeded", units=4, started_at=at(0), finished_at=at(90), ended_at=at(100))


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_a_run_that_ended_by_itself_is_billed_until_its_processes_ended(state):
    assert billable(replace(RUN, state=state)) == Usage((Billed(span(0, 90), 4),))


def test_without_a_finish_it_is_billed_until_it_was_over():
    assert billable(replace(RUN, finished_at=None)) == Usage((Billed(span(0, 100), 4),))


def test_a_lost_run_is_billed_until_its_last_checkpoint_and_the_rest_is_a_lost_interval():
    lost = replace(RUN, state="lost", finished_at=None, checkpoint_at=at(60))
    assert billable(lost) == Usage(
        (Billed(span(0, 60), 4),), (Waived(span(60, 100), "lost by the site; nothing later was saved"),)
    )


@pytest.mark.parametrize(
    ("checkpoint", "limit", "paid", "why"),
    [(60, 40, 40, "its time limit had passed"), (40, 60, 40, "lost by the site; nothing later was saved")],
)
def test_of_several_reasons_to_stop_billing_the_earliest_counts(checkpoint, limit, paid, why):
    lost = replace(RUN, state="lost", finished_at=None, checkpoint_at=at(checkpoint), limit_until=at(limit))
    assert billable(lost) == Usage((Billed(span(0, paid), 4),), (Waived(span(paid, 100), why),))


def test_a_lost_run_without_a_checkpoint_costs_nothing():
    assert billable(replace(RUN, state="lost", finished_at=None)).billed == ()


def test_a_run_that_never_started_or_was_rejected_costs_nothing_and_loses_nothing():
    assert billable(replace(RUN, started_at=None)) == Usage()
    assert billable(replace(RUN, state="rejected")) == Usage()


def test_a_stale_run_costs_nothing():
    usage = billable(replace(RUN, stale=True))
    assert usage == Usage((), (Waived(span(0, 90), "a newer run of the job had its place"),))


def test_a_site_that_reports_a_shorter_run_is_believed_and_a_longer_one_is_not():
    assert billable(replace(RUN, reported_us=30_000_000)).billed == (Billed(span(0, 30), 4),)
    assert billable(replace(RUN, reported_us=10**12)) == billable(RUN)


def test_interruptions_are_taken_out_once_even_where_they_overlap():
    holes = (Waived(span(20, 40), "preempted"), Waived(span(30, 50), "maintenance"), Waived(span(85, 999), "preempted"))
    usage = billable(replace(RUN, interruptions=holes))
    assert usage.billed == (Billed(span(0, 20), 4), Billed(span(50, 85), 4))
    assert usage.waived == (
        Waived(span(20, 40), "preempted"),
        Waived(span(40, 50), "maintenance"),
        Waived(span(85, 90), "preempted"),
    )


def test_each_allocation_is_billed_for_its_own_time_and_none_is_a_hole():
    usage = billable(replace(RUN, changes=((at(70), 8), (at(30), 0))))
    assert usage.billed == (Billed(span(0, 30), 4), Billed(span(70, 90), 8))
    assert usage.waived == (Waived(span(30, 70), "nothing was allocated"),)


def test_a_late_finish_is_timed_by_the_site_from_start_to_the_first_end():
    reports = [
        RunReport(seq=1, event="start", at=at(5)),
        RunReport(seq=2, event="finish", at=at(65)),
        RunReport(seq=3, event="succeed", at=at(80)),
    ]
    assert reported_us(reports) == 60_000_000
    assert reported_us(reports[:1]) is None
    assert reported_us([]) is None


def test_a_clock_that_stepped_back_says_nothing():
    assert reported_us([RunReport(seq=1, event="start", at=at(5)), RunReport(seq=2, event="fail", at=at(4))]) is None


@pytest.mark.parametrize("bound", ["limit_until", "stop_until"])
def test_an_end_that_a_site_holds_back_earns_nothing_beyond_the_time_it_had_to_obey(bound):
    usage = billable(replace(RUN, **{bound: at(50)}))
    assert usage.billed == (Billed(span(0, 50), 4),)
    assert [hole.period for hole in usage.waived] == [span(50, 90)]
    assert billable(replace(RUN, **{bound: at(95)})) == billable(RUN)

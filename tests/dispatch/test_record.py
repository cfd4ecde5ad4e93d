"""What the end of a run means for its job, and what a report of a site may hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.dispatch.job import DataUse, JobSpec, Retry
from gridtie.dispatch.placement import REASON_MAX, narrowed, report_from_json, report_to_json
from gridtie.dispatch.record import REJECTIONS_MAX, Job, Verdict, judge_end, lease_length, rest_until
from gridtie.dispatch.run import RunReport
from gridtie.errors import InvalidInput
from gridtie.values.ids import JobId, MemberId, OrganisationId

START = datetime(2026, 1, 1, tzinfo=UTC)


def job(*, retries: int = 0, on: tuple[str, ...] = ("site_lost", "preempted"), limit: int = 2) -> Job:
    return Job(
        id=JobId("job_1"), organisation=OrganisationId("org_1"), member=MemberId("member_1"), name="job",
        purpose="user",
        state="running", epoch=1, run=None, spec=JobSpec(run="true", retry=Retry(on=on, limit=limit)), files=(),
        checkpoint=(), after=None, retries=retries, created_at=START,
    )  # fmt: skip


def judged(given: Job, state: str, reason: str = "", code: int | None = None, *, rejections: int = 0) -> Verdict:
    return judge_end(given, state, reason, code, rejections=rejections)


def test_a_run_that_succeeded_ends_its_job_and_one_that_was_cancelled_too() -> None:
    assert judged(job(), "succeeded") == Verdict("succeed", "", "")
    assert judged(job(), "cancelled") == Verdict("cancel", "cancelled", "cancelled by its owner")
    assert judged(job(), "cancelled", "its budget is used up").reason == "its budget is used up"


def test_a_lost_run_goes_elsewhere_and_uses_up_a_retry_until_there_are_none() -> None:
    again = judged(job(retries=1), "lost", "lease")
    assert again == Verdict("requeue", "site_lost", "the site lost contact; it goes on elsewhere", True, True)
    last = judged(job(retries=2), "lost", "site")
    assert last == Verdict("fail", "site_lost", "the site lost it, and its 2 retries are used up")
    assert judged(job(on=()), "lost", "site").event == "fail"
    assert judged(job(on=("preempted",)), "lost", "preempted").event == "requeue"
    assert judged(job(on=("preempted",)), "lost", "site").event == "fail"


def test_a_rejection_goes_elsewhere_and_costs_no_retry_but_not_endlessly() -> None:
    again = judged(job(limit=0), "rejected", "no room", rejections=REJECTIONS_MAX - 1)
    assert again == Verdict("requeue", "rejected", "the site refused it: no room", False, True)
    assert judged(job(), "rejected", "no room", rejections=REJECTIONS_MAX).event == "fail"


def test_a_site_that_refuses_rests_twice_as_long_each_time_and_never_over_ten_minutes() -> None:
    pauses = [(rest_until(number, START) - START).total_seconds() for number in range(1, REJECTIONS_MAX + 1)]
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600]
    odd = START + timedelta(seconds=3, microseconds=1)  # ends together with what was refused a little later
    assert rest_until(1, odd) == rest_until(1, START + timedelta(seconds=10)) == START + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("exit", "its command ended with exit code 3"), ("setup", "its setup ended with exit code 3"),
     ("out_of_memory", "it used more memory than it asked for"), ("", "it failed"), ("odd", "odd")],
)  # fmt: skip
def test_a_fault_of_the_job_is_final_unless_its_retry_policy_names_it(reason: str, words: str) -> None:
    assert judged(job(), "failed", reason, 3) == Verdict("fail", reason or "failed", words)
    again = judged(job(on=("failure",)), "failed", reason, 3)
    assert (again.event, again.counts, again.exclude_site) == ("requeue", True, False)
    assert judged(job(on=(reason or "x", "x")), "failed", reason, 3).event == ("requeue" if reason else "fail")
    assert judged(job(on=("failure",), retries=2), "failed", reason, 3).event == "fail"


@pytest.mark.parametrize("reason", ["{code.__class__}", "{0}", "{nothing}", "{", "%s"])
def test_what_a_site_says_is_text_and_never_a_template(reason: str) -> None:
    assert judged(job(), "failed", reason, 1).reason == reason


def test_the_exchange_gives_a_run_up_only_after_an_honest_site_has_ended_it() -> None:
    stop, replaced, wait = timedelta(seconds=45), timedelta(seconds=90), timedelta(minutes=30)
    lengths = {p: lease_length(p, stop=stop, replace=replaced, wait=wait) for p in ("wait", "replace", "stop")}
    assert lengths == {"wait": (wait, wait + stop), "replace": (stop, replaced), "stop": (stop, replaced)}
    assert lease_length("stop", stop=stop, replace=timedelta(seconds=60), wait=wait) == (stop, 2 * stop)


def report(**more: Any) -> dict[str, Any]:
    return {**report_to_json(RunReport(seq=0, event="start", at=START)), **more}


def test_a_report_is_read_as_it_was_written() -> None:
    whole = RunReport(seq=7, event="fail", at=START, exit_code=255, reason="x" * REASON_MAX, detail="d", cpu_us=1,
                      memory_peak_bytes=2)  # fmt: skip
    assert report_from_json(report_to_json(whole)) == whole
    assert report_from_json(report()) == replace(whole, seq=0, event="start", exit_code=None, reason="", detail="",
                                                 cpu_us=0, memory_peak_bytes=0)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"seq": -1}, {"seq": True}, {"seq": 1.0}, {"cpu_us": 10**30}, {"memory_peak_bytes": 2**63}, {"exit_code": 256},
     {"exit_code": -9}, {"exit_code": "1"}, {"event": None}, {"reason": {}}, {"reason": "x" * (REASON_MAX + 1)},
     {"detail": 5}, {"at": "2026-01-01T00:00:00"}, {"at": 5}, {"more": 1}],
    ids=str,
)  # fmt: skip
def test_a_report_that_could_not_be_kept_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        report_from_json(report(**wrong))


@pytest.mark.parametrize(
    ("uses", "limits"),
    [
        ([], ()),
        ([(), ()], ()),
        ([("gz",)], ("gz",)),
        ([("CN",), ("CN-520100",)], ("CN-520100",)),
        ([("CN-520000",), (), ("CN-52", "CN-15")], ("CN-520000",)),
        ([("CN-520100",), ("CN-520000",)], ("CN-520100",)),
        ([("gz", "nmg"), ("gz",)], ("gz",)),
        ([("CN-52",), ("CN-15",)], ("nowhere",)),
        ([("CN-5",), ("CN-52",)], ("nowhere",)),
    ],
)
def test_of_several_datasets_only_what_all_of_them_allow_is_left(
    uses: list[tuple[str, ...]], limits: tuple[str, ...]
) -> None:
    assert narrowed([DataUse(name="d", stays_in=stay) for stay in uses]) == limits


def test_a_refusal_is_told_in_the_sites_own_words() -> None:
    refused = judge_end(job(), "rejected", "site", None, detail="Slurm: no such partition", rejections=1)
    assert refused.reason == "the site refused it: Slurm: no such partition"
    assert refused.exclude_site

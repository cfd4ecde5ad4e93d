"""A site reports what became of a run; the job, the money and the next step follow."""

from collections.abc import Sequence
from dataclasses import replace

from gridtie.dispatch.record import Job, Run, Verdict, judge_end, rest_until
from gridtie.dispatch.run import RunReport
from gridtie.errors import ForbiddenMove, OffsetMismatch, StaleEpoch
from gridtie.flow.cancel_job import stop_reason
from gridtie.flow.exchange import Exchange
from gridtie.flow.hand_data import check_finish, hand_data
from gridtie.flow.reopen_request import reopen_request, start_followers
from gridtie.flow.settle_run import settle_run
from gridtie.lifecycle import JOB, RUN
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId

DETAIL_MAX = 2000  # characters of a site's own words that are kept, and told in every list of jobs
_STAMPS = {"accept": "accepted_us", "start": "started_us", "finish": "finished_us"}


def take_reports(
    unit: Unit, exchange: Exchange, *, site: SiteId, key: RunId, epoch: int, reports: Sequence[RunReport]
) -> tuple[int, str]:
    """(the next sequence number, the run's state). Known reports are acknowledged, a gap is refused.

    Raises StaleEpoch when the run is not the job's current one or not this site's, OffsetMismatch on a gap.
    """
    run = unit.runs.get(key)
    if run.site != site or run.epoch != epoch:
        raise StaleEpoch(noun="run", key=key, given=epoch, current=run.epoch if run.site == site else "elsewhere")
    job = unit.jobs.get(run.job)
    for report in reports:
        if report.seq < run.next_seq:
            continue
        if job.epoch != epoch:
            raise StaleEpoch(noun="job", key=job.id, given=epoch, current=job.epoch)
        if report.seq > run.next_seq:
            raise OffsetMismatch(expected=run.next_seq, given=report.seq)
        unit.runs.add_report(run.id, report)
        run = replace(run, next_seq=report.seq + 1)
        if run.state in RUN.final:  # it absorbs what comes late
            unit.runs.set(run.id, next_seq=run.next_seq)
        else:
            job, run = advance_run(unit, exchange, job, run, report)
    return run.next_seq, run.state


def advance_run(unit: Unit, exchange: Exchange, job: Job, run: Run, report: RunReport) -> tuple[Job, Run]:
    """Applies one event to a live run; both as they are afterwards. Raises ForbiddenMove for one that is not in the
    table."""
    if not RUN.allows(run.state, report.event):
        raise ForbiddenMove(noun="run", state=run.state, event=report.event, allowed="see lifecycle.RUN")
    columns: dict[str, object] = {
        "next_seq": run.next_seq,
        "cpu_us": report.cpu_us,
        "memory_peak_bytes": report.memory_peak_bytes,
    }
    if stamp := _STAMPS.get(report.event):
        columns[stamp] = unit.at_us
    state = RUN.moves[run.state, report.event]
    if state in RUN.final:
        end_run(unit, exchange, job, run, report.event, reason=report.reason, exit_code=report.exit_code,
                detail=report.detail, columns=columns)  # fmt: skip
        return job, replace(run, state=state)
    unit.runs.move(run, report.event, **columns)
    if report.event == "start" and JOB.allows(job.state, "start"):
        known = unit.jobs.row(job.id)  # why it is being stopped, if it is; what it waited for is over
        why = ("", "") if known.reason_code == "waits" else (known.reason, known.reason_code)
        moved = unit.jobs.move(job.id, job.state, "start", reason=why[0], reason_code=why[1])
        job = replace(job, state=moved)
    unit.note(f"run.{state}", run.id, organisation=run.organisation, job=run.job, site=run.site, epoch=run.epoch)
    if report.event == "accept":
        hand_data(unit, exchange, job, run)
    if report.event == "finish":
        check_finish(unit, job)
    started = unit.at if report.event == "start" else run.started_at
    finished = unit.at if report.event == "finish" else run.finished_at
    return job, replace(run, state=state, started_at=started, finished_at=finished)


def end_run(
    unit: Unit,
    exchange: Exchange,
    job: Job,
    run: Run,
    event: str,
    *,
    reason: str,
    exit_code: int | None = None,
    detail: str = "",
    columns: dict[str, object] | None = None,
) -> None:
    """The run ends by `event`: settle it, then let the job succeed, fail, or look for another place."""
    detail = detail[:DETAIL_MAX]
    state = unit.runs.move(
        run, event, ended_us=unit.at_us, reason=reason, detail=detail, exit_code=exit_code, **(columns or {})
    )
    unit.note(
        f"run.{state}", run.id, organisation=run.organisation, job=run.job, site=run.site, epoch=run.epoch,
        reason=reason, exit_code=exit_code,
    )  # fmt: skip
    settle_run(unit, exchange, job, unit.runs.get(run.id))  # read again: with the times as they are kept
    unit.runs.release(run.id)
    rejections, displaced = unit.runs.rejections(job.id), run.displaced is not None
    verdict = judge_end(job, state, reason, exit_code, rejections=rejections, detail=detail, displaced=displaced)
    if run.cancel_at is not None and not displaced and verdict.event in ("requeue", "cancel"):
        # Also when the site was lost meanwhile: who asked to stop it does not want it started elsewhere.
        verdict = Verdict("cancel", "cancelled", stop_reason(unit, job.id))
    before = job.state
    if before in JOB.final:
        return
    if verdict.event == "succeed" and before == "placed":
        before = unit.jobs.move(job.id, before, "start")
    after = unit.jobs.move(job.id, before, verdict.event, reason=verdict.reason, reason_code=verdict.reason_code)
    if verdict.event == "requeue":
        unit.jobs.set(job.id, retries=job.retries + (1 if verdict.counts else 0))
        reopen_request(
            unit, job.id, excluded=run.site if verdict.exclude_site else None, run_before=run.id,
            rest_until=rest_until(rejections, unit.at) if state == "rejected" else None,
        )  # fmt: skip
    else:
        unit.jobs.set(job.id, exit_code=exit_code, ended_us=unit.at_us)
        start_followers(unit, job.id, succeeded=verdict.event == "succeed")
    unit.note(
        f"job.{after}", job.id, organisation=job.organisation, reason=verdict.reason,
        run=run.id, exit_code=exit_code,
    )  # fmt: skip

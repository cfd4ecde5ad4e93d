"""The owner changes his mind: a queued job ends at once, a placed one as soon as its site stopped it."""

from gridtie.flow.reopen_request import start_followers
from gridtie.lifecycle import JOB
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId

STOPPING = "being stopped: "


def stop_reason(unit: Unit, key: JobId) -> str:
    """Why a job that is being stopped is stopped."""
    reason: str = unit.jobs.row(key).reason
    return reason.removeprefix(STOPPING)


def cancel_job(unit: Unit, key: JobId, *, reason: str = "cancelled by its owner") -> str:
    """The job's state afterwards. Cancelling twice, or after the end, changes nothing."""
    job = unit.jobs.get(key)
    if job.state in JOB.final:
        return job.state
    if job.state == "queued":
        state = unit.jobs.move(key, job.state, "cancel", reason=reason, reason_code="cancelled")
        unit.jobs.set(key, ended_us=unit.at_us)
        unit.market.withdraw(key)
        start_followers(unit, key, succeeded=False)
        unit.note("job.cancelled", key, organisation=job.organisation, reason=reason)
        return state
    if job.run is not None:
        run = unit.runs.get(job.run)
        if run.cancel_at is None or run.displaced is not None:  # who was to go on elsewhere does not any more
            unit.runs.set(run.id, cancel_us=unit.at_us, displaced=None)
            unit.jobs.set(key, reason=f"{STOPPING}{reason}", reason_code="cancelling")
            unit.note("run.cancelling", run.id, organisation=job.organisation, job=key, site=run.site, reason=reason)
    return job.state

"""The owner of a development job enters its run: with a command, or to one of its ports."""

from gridtie.access import Actor
from gridtie.dispatch.run import RunPlan
from gridtie.errors import NotTheirs, SessionRefused
from gridtie.flow.exchange import Exchange
from gridtie.lifecycle import JOB
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId


def open_session(unit: Unit, exchange: Exchange, actor: Actor, key: JobId, *, rank: int, what: str) -> RunPlan:
    """The plan of the run that is entered. Raises NotTheirs for whoever did not submit it, SessionRefused."""
    job = unit.jobs.get(key)
    if job.member != actor.member:
        raise NotTheirs(role="another member", action=f"enter job {key}", whose="the member who submitted it")
    if not job.spec.interactive:
        raise SessionRefused(reason="the job does not allow it", fix_by="submit it with gridtie: {interactive: true}")
    if job.run is None or job.state != "running":
        over = job.state in JOB.final
        fix = "submit it again" if over else f"wait until it runs: gridtie status {key}"
        raise SessionRefused(reason=f"the job is {job.state}", fix_by=fix)
    run = unit.runs.get(job.run)
    if not 0 <= rank < len(run.plan.tasks):
        raise SessionRefused(reason=f"there is no rank {rank}", fix_by=f"it has {len(run.plan.tasks)}, from 0")
    if server := exchange.presence.elsewhere(run.site, unit.at):
        raise SessionRefused(
            reason="the agent of its site calls another server of this exchange, and a session lives in one",
            fix_by=f"the same there: GRIDTIE_EXCHANGE={server} gridtie exec {key}",
        )
    unit.note("run.entered", run.id, organisation=job.organisation, job=key, rank=rank, what=what)
    return run.plan

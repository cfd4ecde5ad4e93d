"""A job that lost its place goes back to the market; a job that waited for another may go there."""

from dataclasses import replace

from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, RunId, SiteId


def reopen_request(unit: Unit, job: JobId, *, excluded: SiteId | None, run_before: RunId) -> None:
    """Open again, and preferably not at the `excluded` site."""
    request = unit.market.request_of(job)
    sites = request.needs.excluded_sites
    if excluded is not None and excluded not in sites:
        sites = (*sites, excluded)
    unit.market.reopen(replace(request, needs=replace(request.needs, excluded_sites=sites), run_before=run_before))


def start_followers(unit: Unit, job: JobId, *, succeeded: bool) -> None:
    """Jobs of a chain that waited for `job`: opened when it succeeded, failed when it did not."""
    for follower in unit.jobs.waiting_for(job):
        if succeeded:
            unit.market.open_waiting(follower)
            unit.jobs.explain(follower, code="", reason="waits for the next round of the market", change="")
            continue
        record = unit.jobs.get(follower)
        words = f"it was to follow {job}, which did not succeed"
        unit.jobs.move(follower, record.state, "fail", reason=words, reason_code="predecessor-failed")
        unit.jobs.set(follower, ended_us=unit.at_us)
        unit.market.withdraw(follower)
        unit.note("job.failed", follower, organisation=record.organisation, reason=words)
        start_followers(unit, follower, succeeded=False)

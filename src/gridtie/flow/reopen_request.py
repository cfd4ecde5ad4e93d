"""A job that lost its place goes back to the market; a job that waited for another may go there."""

from dataclasses import replace
from datetime import datetime

from gridtie.data.limits import clashes
from gridtie.dispatch.artefact import FILES_MAX, handed_on, shelved
from gridtie.dispatch.record import Job
from gridtie.dispatch.run import BlobFile
from gridtie.flow.bring_data import data_files
from gridtie.market.request import Rest
from gridtie.store.job import files_to_json
from gridtie.store.journal import dump
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, RunId, SiteId


def reopen_request(
    unit: Unit, job: JobId, *, excluded: SiteId | None, run_before: RunId, rest_until: datetime | None = None
) -> None:
    """Open again, and not at the `excluded` site while another one offers what the job could run on.

    Where no other does, it may go there again, but not before `rest_until`.
    """
    request = unit.market.request_of(job)
    sites = request.needs.excluded_sites
    if excluded is not None and excluded not in sites:
        sites = (*sites, excluded)
        chips = {alternative.chip for alternative in request.needs.alternatives}
        offers = [offer for offer in unit.market.on_sale() if offer.chip in chips]
        others = {str(unit.resources.get(offer.resource).site) for offer in offers if offer.resource} - {excluded}
        if others <= set(sites):  # each of them has failed it once: it may try again, this one last
            sites = (excluded,) if others else ()
    resting = tuple(rest for rest in request.needs.resting if rest.until > unit.at and rest.site != excluded)
    if excluded is not None and rest_until is not None:
        resting = (*resting, Rest(site=excluded, until=rest_until))
    needs = replace(request.needs, excluded_sites=sites, resting=resting)
    unit.market.reopen(replace(request, needs=needs, run_before=run_before))


def start_followers(unit: Unit, job: JobId, *, succeeded: bool) -> None:
    """Jobs of a chain that waited for `job`: opened with its outputs when it succeeded, failed when it did not."""
    for follower in unit.jobs.waiting_for(job):
        record = unit.jobs.get(follower)
        words = f"it was to follow {job}, which did not succeed"
        if succeeded:
            words = _opened(unit, unit.jobs.get(job), record)
        if not words:
            continue
        unit.jobs.move(follower, record.state, "fail", reason=words, reason_code="predecessor-failed")
        unit.jobs.set(follower, ended_us=unit.at_us)
        unit.market.withdraw(follower)
        unit.note("job.failed", follower, organisation=record.organisation, reason=words)
        start_followers(unit, follower, succeeded=False)


def _opened(unit: Unit, before: Job, follower: Job) -> str:
    """Why it cannot go to the market with what the job before it left; '': it is there."""
    left: list[BlobFile] = []
    for rank, files in unit.runs.newest(before.run, "output").items() if before.run else ():
        left += shelved(files, rank)
    files = handed_on(follower.files, left)
    if len(files) > FILES_MAX:
        return f"{before.id} left so many files that it would start with {len(files):,}; at most {FILES_MAX:,}"
    if left and (problems := clashes(data_files(unit, follower), [file.path for file in files])):
        return f"what {before.id} left lies where its data is to lie: {problems[0].message}"
    if left:
        unit.jobs.set(follower.id, files=dump(files_to_json(files)))
    unit.market.open_waiting(follower.id, more_bytes=sum(file.size for file in left))
    unit.jobs.explain(follower.id, code="", reason="waits for the next round of the market", change="")
    return ""

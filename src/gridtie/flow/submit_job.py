"""A checked job enters the exchange: kept, asked for on the market, and acknowledged only once that is durable."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gridtie.data.limits import Brought
from gridtie.dispatch.contradictions import contradictions
from gridtie.dispatch.job import JobDocument, JobSpec
from gridtie.dispatch.placement import request_of
from gridtie.dispatch.record import Job
from gridtie.dispatch.run import BlobFile
from gridtie.errors import InvalidJobFile, Problem
from gridtie.flow.bring_data import bring_data, data_of, travelling
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_run import check_payers, price_cap
from gridtie.flow.tell_nowhere import tell_nowhere
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, MemberId, OrganisationId, RequestId
from gridtie.values.period import from_text

WAITS = "waits for the next round of the market"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What came with a job file: work directories, values for its environment, secrets.

    `files` are for every job of it, `files_of` for one of them by its number in the file.
    """

    organisation: OrganisationId
    member: MemberId
    files: tuple[BlobFile, ...] = ()
    files_of: Mapping[int, tuple[BlobFile, ...]] = field(default_factory=dict)
    envs: Mapping[str, str]
    secrets: Mapping[str, str]


def completed(document: JobDocument, given: Submission, source: str, *, name: str | None = None) -> tuple[JobSpec, ...]:
    """The jobs of a file with their environment filled in. Raises InvalidJobFile for what is still missing."""
    problems: list[Problem] = []
    specs: list[JobSpec] = []
    claimed = {name for spec in document.jobs for name in spec.secrets}  # by one of its jobs: the others do not get it
    for spec in document.jobs:
        known = set(given.envs) | set(given.secrets)
        missing = [name for name in spec.envs_required if name not in known]
        missing += [name for name in spec.secrets if name not in given.secrets]
        problems += [
            Problem(f"{name} has no value; give it with --env {name}=… or --secret {name}") for name in missing
        ]
        if not spec.run.strip() and not spec.variants:
            problems.append(Problem("nothing to run: the job has no `run`"))
        envs = {**dict(spec.envs), **given.envs}
        secrets = tuple(dict.fromkeys((*spec.secrets, *(name for name in given.secrets if name not in claimed))))
        named = name if name and len(document.jobs) == 1 else spec.name
        specs.append(replace(spec, name=named, envs=tuple(envs.items()), envs_required=(), secrets=secrets))
    if problems:
        raise InvalidJobFile(source=source, problems=problems)
    return tuple(specs)


def submit_document(
    unit: Unit, exchange: Exchange, document: JobDocument, specs: Sequence[JobSpec], given: Submission
) -> list[JobId]:
    """One job, or the jobs of a chain or a group, all or none. Raises QuotaExceeded, InsufficientFunds."""
    batch = unit.new_id("batch") if len(specs) > 1 else None
    made: list[JobId] = []
    for number, spec in enumerate(specs):
        after = made[-1] if made and document.kind == "chain" else None
        secrets = {name: value for name, value in given.secrets.items() if name in spec.secrets}
        own = replace(given, files=(*given.files, *given.files_of.get(number, ())), secrets=secrets)
        with at_its_place(document, number):
            made.append(submit_spec(unit, exchange, spec, own, notes=document.notes, batch=batch, after=after))
    return made


@contextmanager
def at_its_place(document: JobDocument, number: int) -> Iterator[None]:
    """What is refused of a job of the file is told with line and column."""
    try:
        yield
    except InvalidJobFile as refused:
        problems = document.placed(number, refused.problems)
        raise InvalidJobFile(source=document.source, problems=problems) from None


def check_spec(exchange: Exchange, spec: JobSpec, now: datetime) -> None:
    """Raises InvalidJobFile for what can never be: a start that cannot be booked, limits that exclude each other."""
    found = _of_start(spec, now, exchange.settings.booking_days)
    found += contradictions(spec, now, exchange.places.hub_of)
    if found:
        raise InvalidJobFile(source=spec.name or "job", problems=found)


def _of_start(spec: JobSpec, now: datetime, days: int) -> list[Problem]:
    found: list[Problem] = []
    if spec.start_at is None and spec.start_by is None:
        return found

    def wrong(key: str, problem: str) -> None:
        found.append(Problem(f"gridtie.{key}: {problem}", path=f"gridtie.{key}"))

    start, latest = (None if text is None else from_text(text) for text in (spec.start_at, spec.start_by))
    last, key = (start, "start_at") if latest is None else (latest, "start_by")
    if start is None:
        wrong("start_by", "it is the end of a window; say with start_at from when on it may start")
    elif latest is not None and latest <= start:
        lies = "is the same as" if latest == start else "lies before"
        wrong("start_by", f"it {lies} start_at: no window is left; make it later, or leave it out to start at start_at")
    if last is not None and last <= now:
        wrong(key, "it is over; leave it out to start as soon as possible")
    elif last is not None and last > now + timedelta(days=days):
        wrong(key, f"it is more than {days} days ahead, which is as far as this exchange books")
    if last is not None and spec.deadline is not None and from_text(spec.deadline) <= last:
        wrong(key, "it is not before the deadline")
    if spec.budget.by_bank:
        wrong(key, "hours of the compute bank cannot be booked; pay_with something else")
    return found


def submit_spec(
    unit: Unit,
    exchange: Exchange,
    spec: JobSpec,
    given: Submission,
    *,
    purpose: str = "user",
    sites: Sequence[str] = (),
    notes: Sequence[str] = (),
    batch: str | None = None,
    after: JobId | None = None,
) -> JobId:
    """One job. A certification job (`purpose`) is pinned to its `sites`, costs nothing and needs no certificate.

    Raises InvalidJobFile, DataDenied for data that it may not use, QuotaExceeded, InsufficientFunds.
    """
    brought: list[Brought] = []
    check_spec(exchange, spec, unit.at)
    if purpose == "user" and spec.data:
        spec, brought = bring_data(unit, spec, given.organisation, files=given.files)
        check_spec(exchange, spec, unit.at)
    exchange.open_jobs.admit(unit, given.organisation, exempt=purpose != "user")
    key = JobId(unit.new_id("job"))
    job = Job(
        id=key,
        organisation=given.organisation,
        member=given.member,
        name=spec.name or "job",
        purpose=purpose,
        state="queued",
        epoch=0,
        run=None,
        spec=spec,
        files=given.files,
        checkpoint=(),
        after=after,
        retries=0,
        created_at=unit.at,
    )
    cap = None
    if purpose == "user":
        check_payers(unit, job)
        cap = price_cap(unit, job)
    bytes_in = sum(file.size for file in given.files) + travelling(brought)
    request = request_of(job, RequestId(unit.new_id("req")), sites=sites, unit_price_cap=cap, bytes_in=bytes_in)
    reason, code = (f"follows {after}", "predecessor") if after else (WAITS, "")
    if purpose == "user" and (wall := tell_nowhere(unit, exchange, request)) is not None:
        reason, code = (f"{reason}; {wall.reason}", code) if after else (wall.reason, wall.code)
    unit.jobs.add(job, notes=notes, batch=batch, reason=reason, reason_code=code)
    sealed = {name: exchange.secrets.seal(value, f"{key}/{name}") for name, value in given.secrets.items()}
    unit.jobs.keep_secrets(key, sealed)
    unit.contracts.use(key, [use.contract for use in data_of(job) if use.contract])
    unit.market.ask(request, waiting=after is not None, pinned=bool(sites))
    unit.note("job.queued", key, organisation=job.organisation, name=job.name, purpose=purpose)
    return key

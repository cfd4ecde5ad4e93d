"""Jobs over HTTP: check, quote, submit, look, read, cancel."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from gridtie.access import Actor, authorize, scope
from gridtie.api.context import PAGE_DEFAULT, PAGE_MAX, answer, apart, exchange_of, read, write
from gridtie.api.deps import Allow
from gridtie.api.idempotency import idempotent_write
from gridtie.api.offers import instant
from gridtie.dispatch import jobfile
from gridtie.dispatch.artefact import FILES_MAX, safe_path
from gridtie.dispatch.job import JobDocument
from gridtie.dispatch.run import BlobFile
from gridtie.errors import InputTooLarge, InvalidJobFile, NotSignedIn, Problem
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.exchange import Exchange
from gridtie.flow.quote_job import quote_jobs
from gridtie.flow.submit_job import Submission, completed, submit_document
from gridtie.flow.unit import Unit
from gridtie.lifecycle import JOB
from gridtie.values.ids import JobId, OrganisationId
from gridtie.values.period import to_text
from gridtie.views.cost import cost_view
from gridtie.views.job import job_detail, job_events, job_page, listed

router = APIRouter(prefix="/v1", tags=["jobs"])

Text = Annotated[str, Field(max_length=16 << 20)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,254}$")]
Values = dict[Variable, Annotated[str, Field(max_length=65536, pattern=r"^[^\x00]*$")]]


class FileIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=1 << 50)]
    executable: bool = False
    job: Annotated[int | None, Field(ge=0, lt=256, description="Number in the job file; null: for every job.")] = None


class JobText(BaseModel):
    """A job file as it stands in the user's editor; errors name its lines."""

    model_config = ConfigDict(extra="forbid")
    source: Name = "job"
    text: Text
    envs: Values = Field(default_factory=dict)
    start_at: Annotated[str | None, Field(max_length=40)] = None  # instead of the file's gridtie.start_at
    start_by: Annotated[str | None, Field(max_length=40)] = None  # instead of the file's gridtie.start_by


class JobIn(JobText):
    secrets: Values = Field(default_factory=dict)
    files: list[FileIn] = Field(default_factory=list, max_length=FILES_MAX)
    name: Name | None = None


def parsed(exchange: Exchange, body: JobText) -> JobDocument:
    """Raises InvalidJobFile with every problem at its place, InputTooLarge."""
    raw = body.text.encode("utf-8", "surrogatepass")
    limit = exchange.settings.job_file_max_bytes
    if len(raw) > limit:
        raise InputTooLarge(source=body.source, limit=f"{limit} bytes")
    document = jobfile.parse(
        raw, source=body.source, chips=exchange.chips, environment=body.envs, hubs=exchange.places.hubs
    )
    if body.start_at is not None:
        start = to_text(instant(body.start_at, "start_at"))
        document = replace(document, jobs=tuple(replace(spec, start_at=start) for spec in document.jobs))
    if body.start_by is not None:
        latest = to_text(instant(body.start_by, "start_by"))
        document = replace(document, jobs=tuple(replace(spec, start_by=latest) for spec in document.jobs))
    return document


@router.post("/jobs/check", summary="Check a job file without submitting it")
async def check(request: Request, body: JobText, actor: Annotated[Actor, Depends(Allow("quote.read"))]) -> Response:
    """What it says, which files it needs, and which of its keys have no meaning here yet."""
    return answer(jobfile.summary(parsed(exchange_of(request), body)))


@router.post("/quotes", summary="What a job would cost, where, and why not elsewhere")
async def quote(request: Request, body: JobText, actor: Annotated[Actor, Depends(Allow("quote.read"))]) -> Response:
    exchange = exchange_of(request)
    document = parsed(exchange, body)
    assert actor.organisation is not None
    organisation = actor.organisation
    quotes = await apart(lambda: read(request, lambda unit: quote_jobs(unit, exchange, document, organisation)))
    return answer({"quotes": quotes, "notes": list(document.notes)})


@router.post("/jobs", status_code=201, summary="Submit a job file")
async def submit(request: Request, body: JobIn, actor: Annotated[Actor, Depends(Allow("job.submit"))]) -> Response:
    """One job, or several for a chain or a group. Acknowledged once it is on disk."""
    exchange = exchange_of(request)
    document = parsed(exchange, body)
    if actor.organisation is None or actor.member is None:
        raise NotSignedIn(reason="only a member can submit a job")
    shared, own = _files(exchange, body, len(document.jobs), actor.organisation)
    given = Submission(
        organisation=actor.organisation,
        member=actor.member,
        files=shared,
        files_of=own,
        envs=body.envs,
        secrets={**dict(document.secret_values), **body.secrets},
    )
    specs = completed(document, given, body.source, name=body.name)

    def work(unit: Unit) -> dict[str, Any]:
        made = submit_document(unit, exchange, document, specs, given)
        jobs = [{**listed(unit.jobs.row(key)._mapping), "site": None, "hub": None} for key in made]
        return {"jobs": jobs, "notes": list(document.notes)}

    return await idempotent_write(request, actor, work, status=201, required=True)


def _files(
    exchange: Exchange, body: JobIn, jobs: int, owner: OrganisationId
) -> tuple[tuple[BlobFile, ...], dict[int, tuple[BlobFile, ...]]]:
    """(files of every job, files of single ones).

    Raises InvalidJobFile for files that `owner` has not uploaded, or that would leave the work directory.
    """
    missing = [file.path for file in body.files if exchange.blobs.size(file.sha256, owner) != file.size]
    if missing:
        names = ", ".join(missing[:5])
        raise InvalidJobFile(source=body.source, problems=[Problem(f"not uploaded, or of another size: {names}")])
    if any(file.job is not None and file.job >= jobs for file in body.files):
        raise InvalidJobFile(source=body.source, problems=[Problem(f"a file names a job beyond the {jobs} there are")])
    sorted_out: dict[int | None, list[BlobFile]] = {}
    for f in body.files:
        file = BlobFile(path=safe_path(f.path), sha256=f.sha256, size=f.size, executable=f.executable)
        sorted_out.setdefault(f.job, []).append(file)
    shared = tuple(sorted_out.pop(None, ()))
    return shared, {number: tuple(files) for number, files in sorted_out.items() if number is not None}


@router.get("/jobs", summary="Jobs, newest first")
async def list_jobs(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("job.read"))],
    state: Annotated[list[str] | None, Query(max_length=10)] = None,
    name: Annotated[str | None, Query(max_length=200)] = None,
    purpose: Annotated[str | None, Query(max_length=20)] = None,
    cursor: Annotated[
        str | None, Query(pattern=r"^job_[0-9a-z]{1,40}$", description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Response:
    owner = scope(actor, "job.read").organisation
    states = [text for text in state or () if text in JOB.states]
    if state and not states:
        return answer({"items": [], "next": None})

    def look(unit: Unit) -> dict[str, Any]:
        return job_page(unit, organisation=owner, states=states, name=name, purpose=purpose, cursor=cursor, limit=limit)

    # No index holds names and purposes: such a search may read every job there is.
    page = await apart(lambda: read(request, look)) if name or purpose else read(request, look)
    return answer(page)


def own_job(unit: Unit, actor: Actor, text: str, action: str = "job.read") -> JobId:
    """The whole id of a job that `actor` may touch. Raises NotFound for somebody else's, NotAllowed."""
    key = unit.jobs.find(text, organisation=scope(actor, action).organisation)
    authorize(actor, action, unit.jobs.row(key).organisation, noun="job", key=text)
    return key


@router.get("/jobs/{job}", summary="One job with its whole story")
async def get_job(job: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.read"))]) -> Response:
    return answer(read(request, lambda unit: job_detail(unit, exchange_of(request), own_job(unit, actor, job))))


@router.post("/jobs/{job}/cancel", summary="Stop a job")
async def cancel(job: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.cancel"))]) -> Response:
    """A queued job ends at once; a running one as soon as its site stopped it. Doing it twice is harmless."""

    def work(unit: Unit) -> dict[str, Any]:
        key = own_job(unit, actor, job, "job.cancel")
        cancel_job(unit, key)
        return job_detail(unit, exchange_of(request), key)

    return answer(await write(request, actor, work))


@router.get("/jobs/{job}/events", summary="Everything that happened to it")
async def events(job: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.read"))]) -> Response:
    return answer(await apart(lambda: read(request, lambda unit: job_events(unit, own_job(unit, actor, job)))))


@router.get("/jobs/{job}/outputs", summary="The files it published")
async def outputs(job: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.read"))]) -> Response:
    def look(unit: Unit) -> list[dict[str, Any]]:
        row = unit.jobs.row(own_job(unit, actor, job))
        manifests = unit.runs.newest(row.run, "output") if row.run else {}
        return [
            {"path": f.path, "sha256": f.sha256, "size": f.size, "executable": f.executable, "rank": rank}
            for rank, files in sorted(manifests.items())
            for f in files
        ]

    return answer({"files": read(request, look)})


@router.get("/jobs/{job}/receipts", summary="What it cost")
async def receipts(job: str, request: Request, actor: Annotated[Actor, Depends(Allow("job.read"))]) -> Response:
    """Its receipts, and beside them what the data cost that was bought for it."""
    currency = exchange_of(request).settings.currency
    return answer(read(request, lambda unit: cost_view(unit, own_job(unit, actor, job), currency=currency)))

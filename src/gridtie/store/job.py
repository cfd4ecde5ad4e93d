"""Jobs: rows in and out."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, outerjoin, select, update

from gridtie.dispatch.job import spec_from_json, spec_to_json
from gridtie.dispatch.record import Job
from gridtie.dispatch.run import BlobFile
from gridtie.errors import Ambiguous, NotFound
from gridtie.lifecycle import JOB
from gridtie.store.journal import dump, load
from gridtie.store.schema import job, job_secret, run, site
from gridtie.store.session import Session
from gridtie.values.ids import JobId, MemberId, OrganisationId, RunId
from gridtie.values.period import from_us, to_us

# What a list shows: everything but the documents, so that a page stays cheap.
LISTED = [
    job.c[name]
    for name in (
        "id", "organisation", "member", "name", "purpose", "state", "epoch", "run", "reason", "reason_code", "change",
        "exit_code", "after", "batch", "retries", "hold_total", "created_us", "updated_us", "ended_us",
    )
]  # fmt: skip

_INSERT = insert(job)
_GET = select(job).where(job.c.id == bindparam("key"))
_RANGE = select(job.c.id).where(job.c.id >= bindparam("low"), job.c.id < bindparam("high")).limit(3)
_MOVE = (
    update(job)
    .where(job.c.id == bindparam("key"), job.c.state == bindparam("from_state"))
    .values(
        state=bindparam("state"),
        reason=bindparam("reason"),
        reason_code=bindparam("reason_code"),
        change=bindparam("change"),
        updated_us=bindparam("updated_us"),
    )
)
_SET = update(job).where(job.c.id == bindparam("key"))
_NEXT_EPOCH = _SET.values(epoch=job.c.epoch + 1, run=bindparam("run")).returning(job.c.epoch)
_EXPLAIN = (
    update(job)
    .where(job.c.id == bindparam("key"), job.c.state == "queued")
    .where(
        (job.c.reason != bindparam("why"))
        | (job.c.reason_code != bindparam("code"))
        | (job.c.change != bindparam("mend"))
    )
    .values(
        reason=bindparam("why"), reason_code=bindparam("code"), change=bindparam("mend"),
        updated_us=bindparam("updated_us"),
    )
)  # fmt: skip
_AFTER = select(job.c.id, job.c.state).where(job.c.after == bindparam("key"))
_OPEN_COUNT = select(func.count()).where(
    job.c.organisation == bindparam("organisation"), job.c.state.in_(sorted(JOB.live))
)
_ADD_SECRET = insert(job_secret)

_FILTERS = {
    "organisation": job.c.organisation == bindparam("organisation"),
    "state": job.c.state == bindparam("state"),
    "name": job.c.name == bindparam("name"),
    "purpose": job.c.purpose == bindparam("purpose"),
    "before": job.c.id < bindparam("before"),
}


@cache
def _page(*filters: str) -> "Select[Any]":
    placed = outerjoin(job, run, run.c.id == job.c.run).outerjoin(site, site.c.id == run.c.site)
    statement = select(*LISTED, site.c.name.label("site"), site.c.hub).select_from(placed)
    return statement.where(*(_FILTERS[key] for key in filters)).order_by(job.c.id.desc()).limit(bindparam("most"))


def files_to_json(files: Sequence[BlobFile]) -> list[dict[str, Any]]:
    return [{"path": f.path, "sha256": f.sha256, "size": f.size, "executable": f.executable} for f in files]


def files_from_json(data: Sequence[dict[str, Any]]) -> tuple[BlobFile, ...]:
    return tuple(BlobFile(**file) for file in data)


class JobRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Job, *, notes: Sequence[str], batch: str | None, reason: str, reason_code: str) -> None:
        now = self._session.at_us
        self._session.execute(
            _INSERT,
            {
                "id": record.id,
                "organisation": record.organisation,
                "member": record.member,
                "name": record.name,
                "purpose": record.purpose,
                "state": record.state,
                "epoch": 0,
                "document": dump(spec_to_json(record.spec)),
                "files": dump(files_to_json(record.files)),
                "notes": dump(list(notes)),
                "after": record.after,
                "batch": batch,
                "reason": reason,
                "reason_code": reason_code,
                "change": "",
                "retries": 0,
                "hold_total": 0,
                "created_us": to_us(record.created_at),
                "updated_us": now,
            },
        )

    def get(self, key: JobId) -> Job:
        row = self._session.execute(_GET, {"key": key}).first()
        if row is None:
            raise NotFound(noun="job", key=key)
        return _record(row)

    def row(self, key: JobId) -> Any:
        """Every column, for the views; raises NotFound."""
        row = self._session.execute(_GET, {"key": key}).first()
        if row is None:
            raise NotFound(noun="job", key=key)
        return row

    def find(self, text: str, *, organisation: OrganisationId | None) -> JobId:
        """The whole id for a unique short form, of one organisation (None: of any). Raises NotFound, Ambiguous."""
        key = text if text.startswith("job_") else f"job_{text}"
        statement = _RANGE if organisation is None else _RANGE.where(job.c.organisation == organisation)
        found = self._session.execute(statement, {"low": key, "high": key + "\x7f"}).scalars().all()
        if not found:
            raise NotFound(noun="job", key=text)
        if len(found) > 1 and found[0] != key:
            raise Ambiguous(noun="job", key=text, matches=", ".join(found))
        return JobId(found[0])

    def page(
        self,
        *,
        organisation: OrganisationId | None,
        states: Sequence[str],
        name: str | None,
        purpose: str | None,
        before: str | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        """Newest first: listed columns, and the `site` and `hub` of the run."""
        given: dict[str, Any] = {"organisation": organisation, "name": name, "purpose": purpose, "before": before}
        given = {key: value for key, value in given.items() if value} | {"most": limit}
        # State by state: together they would be looked for among all jobs, and what is running stands far back.
        parts = [{**given, "state": state} for state in dict.fromkeys(states)] or [given]
        found = [row for part in parts for row in self._rows(part)]
        return sorted(found, key=lambda row: str(row["id"]), reverse=True)[:limit]

    def _rows(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        found = self._session.execute(_page(*sorted(given.keys() & _FILTERS.keys())), given)
        names = tuple(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found]

    def move(
        self, key: JobId, state: str, event: str, *, reason: str = "", reason_code: str = "", change: str = ""
    ) -> str:
        """Guarded by the state it comes from. Raises ForbiddenMove, also when somebody else was faster."""
        target = JOB.move(state, event)
        parameters = {
            "key": key,
            "from_state": state,
            "state": target,
            "reason": reason,
            "reason_code": reason_code,
            "change": change,
            "updated_us": self._session.at_us,
        }
        changed = self._session.execute(_MOVE, parameters).rowcount
        if not changed:
            JOB.move("moved on", event)
        return target

    def set(self, key: JobId, **columns: Any) -> None:
        self._session.execute(_SET, {"key": key, "updated_us": self._session.at_us, **columns})

    def next_epoch(self, key: JobId, run: RunId) -> int:
        """One more run begins: the epoch grows, and every older one is stale from here on."""
        return int(self._session.execute(_NEXT_EPOCH, {"key": key, "run": run}).scalar_one())

    def explain(self, key: JobId, *, code: str, reason: str, change: str) -> None:
        """Why a queued job waits; writes nothing when that is already said."""
        parameters = {"key": key, "why": reason, "code": code, "mend": change, "updated_us": self._session.at_us}
        self._session.execute(_EXPLAIN, parameters)

    def waiting_for(self, key: JobId) -> list[JobId]:
        """Asked of `after` alone: with the state beside it SQLite goes through every job that is queued."""
        rows = self._session.execute(_AFTER, {"key": key})
        return [JobId(text) for text, state in rows if state == "queued"]

    def counts(self, organisation: OrganisationId | None) -> dict[str, int]:
        statement = select(job.c.state, func.count()).group_by(job.c.state)
        if organisation is not None:
            statement = statement.where(job.c.organisation == organisation)
        return dict(tuple(row) for row in self._session.execute(statement))

    def open_count(self, organisation: OrganisationId) -> int:
        return int(self._session.execute(_OPEN_COUNT, {"organisation": organisation}).scalar_one())

    def keep_secrets(self, key: JobId, sealed: dict[str, str]) -> None:
        for name, value in sealed.items():
            self._session.execute(_ADD_SECRET, {"job": key, "name": name, "sealed": value})

    def secrets(self, key: JobId) -> dict[str, str]:
        statement = select(job_secret.c.name, job_secret.c.sealed).where(job_secret.c.job == key)
        return dict(tuple(row) for row in self._session.execute(statement))


def _record(row: Any) -> Job:
    return Job(
        id=JobId(row.id),
        organisation=OrganisationId(row.organisation),
        member=MemberId(row.member),
        name=row.name,
        purpose=row.purpose,
        state=row.state,
        epoch=row.epoch,
        run=RunId(row.run) if row.run else None,
        spec=spec_from_json(load(row.document)),
        files=files_from_json(load(row.files)),
        checkpoint=files_from_json(load(row.checkpoint)) if row.checkpoint else (),
        after=JobId(row.after) if row.after else None,
        retries=row.retries,
        created_at=from_us(row.created_us),
    )

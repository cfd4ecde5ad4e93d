"""Runs, their reports, and what they published: rows in and out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from gridtie.dispatch.placement import plan_from_json, plan_to_json, report_from_json, report_to_json
from gridtie.dispatch.record import Booking, Run
from gridtie.dispatch.run import BlobFile, RunReport
from gridtie.errors import NotFound
from gridtie.lifecycle import RUN
from gridtie.store.dialect import one_of
from gridtie.store.job import files_from_json, files_to_json
from gridtie.store.journal import dump, load
from gridtie.store.schema import artefact, job, request, resource, run, run_event, site, trade
from gridtie.store.session import Session
from gridtie.values.ids import JobId, OrganisationId, ResourceId, RunId, SiteId, TradeId
from gridtie.values.money import Micros
from gridtie.values.period import from_us, to_us

_GET = select(run).where(run.c.id == bindparam("key"))
_OF_JOB = select(run).where(run.c.job == bindparam("job")).order_by(run.c.epoch)
_LIVE_AT_SITE = (
    select(run.c.id, run.c.job, run.c.epoch, run.c.state, run.c.cancel_us, run.c.assigned_us, run.c.waits_for)
    .add_columns(run.c.starts_us)
    .where(run.c.site == bindparam("site"), one_of(run.c.state, RUN.live))
    .order_by(run.c.id)
)
_ANY_LIVE = select(run.c.id).where(one_of(run.c.state, RUN.live)).limit(1)
_LIVE = (
    select(
        run.c.id, run.c.job, run.c.epoch, run.c.state, run.c.site, run.c.resource, run.c.allocation, run.c.assigned_us,
        run.c.started_us, run.c.units, run.c.price, run.c.organisation, run.c.plan, run.c.cancel_us,
        run.c.waits_for, run.c.until_us, run.c.starts_us,
    )
    .where(one_of(run.c.state, RUN.live))
    .order_by(run.c.id)
)  # fmt: skip
_LIVE_LEASES = (
    select(run.c.id, run.c.state, run.c.site, run.c.assigned_us, run.c.cancel_us, run.c.waits_for, run.c.starts_us)
    .where(one_of(run.c.state, RUN.live))
    .order_by(run.c.id)
)
_LIVE_HOLDS = (
    select(run.c.id, run.c.job, run.c.resource, run.c.started_us, run.c.units, run.c.price, job.c.hold_total)
    .join(job, job.c.id == run.c.job)
    .where(one_of(run.c.state, RUN.live), run.c.started_us.is_not(None), run.c.price > 0)
    .order_by(run.c.id)
)
_DISPLACEABLE = (
    select(run.c.id, run.c.checkpoint_us, run.c.price, trade.c.document.label("trade"),
           request.c.document.label("request"), job.c.document.label("spec"), job.c.retries)
    .join(trade, trade.c.id == run.c.trade)
    .join(request, request.c.job == run.c.job)
    .join(job, job.c.id == run.c.job)
    .where(run.c.state == "running", run.c.preemptible == 1, run.c.cancel_us.is_(None),
           run.c.checkpoint_us.is_not(None))
    .order_by(run.c.id)
)  # fmt: skip
_WAITING = select(run.c.id, run.c.waits_for).where(run.c.state == "assigned", run.c.waits_for != "[]")
AHEAD = and_(run.c.state == "assigned", run.c.starts_us.is_not(None), run.c.assigned_us < run.c.starts_us)
_BOOKED = (
    select(run.c.id, run.c.site, run.c.allocation, run.c.starts_us, run.c.cancel_us, resource.c.machines,
           resource.c.state.label("resource_state"), site.c.name.label("site_name"), site.c.state.label("site_state"))
    .join(resource, resource.c.id == run.c.resource)
    .join(site, site.c.id == run.c.site)
    .where(AHEAD)
    .order_by(run.c.starts_us, run.c.id)
)  # fmt: skip
_ADD = insert(run)
_SET = update(run).where(run.c.id == bindparam("key"))
_MOVE = _SET.where(run.c.epoch == bindparam("at_epoch"), run.c.state == bindparam("from_state"))
_FIRST_OUTPUT = _SET.where(run.c.first_output_us.is_(None))
_ADD_REPORT = insert(run_event)
_REJECTIONS = select(run.c.state).where(run.c.job == bindparam("job")).order_by(run.c.epoch.desc()).limit(32)
_PUBLISHED = select(artefact.c.sequence).where(
    artefact.c.run == bindparam("run"),
    artefact.c.kind == bindparam("kind"),
    artefact.c.rank == bindparam("rank"),
    artefact.c.sequence == bindparam("sequence"),
)
_PUBLISH = insert(artefact)
_PLACE = select(site.c.name, site.c.hub).join(run, run.c.site == site.c.id).where(run.c.id == bindparam("key"))


class RunRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, record: Run) -> None:
        allocation = [[t.machine, t.cpus, t.memory_bytes, t.disk_bytes, t.accelerators] for t in record.plan.tasks]
        self._session.execute(
            _ADD,
            {
                "id": record.id,
                "job": record.job,
                "organisation": record.organisation,
                "epoch": record.epoch,
                "site": record.site,
                "resource": record.resource,
                "trade": record.trade,
                "state": record.state,
                "plan": dump(plan_to_json(record.plan)),
                "allocation": dump(allocation),
                "unit": record.unit,
                "units": record.units,
                "price": record.price,
                "assigned_us": to_us(record.assigned_at),
                "preemptible": int(record.preemptible),
                "waits_for": dump(list(record.waits_for)),
                "until_us": None if record.until is None else to_us(record.until),
                "starts_us": None if record.booking is None else to_us(record.booking.starts_at),
                "booking": None if record.booking is None else _terms(record.booking),
            },
        )

    def row(self, key: RunId) -> Any:
        row = self._session.execute(_GET, {"key": key}).first()
        if row is None:
            raise NotFound(noun="run", key=key)
        return row

    def get(self, key: RunId) -> Run:
        return record_of(self.row(key))

    def ranks(self, key: RunId) -> int:
        """How many it has; the plan, which can be long, is not read."""
        return len(load(self.row(key).allocation))

    def of_job(self, key: JobId) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(_OF_JOB, {"job": key}).all()
        return rows

    def live_at(self, site: SiteId) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(_LIVE_AT_SITE, {"site": site}).all()
        return rows

    def live(self) -> Sequence[Any]:
        rows: Sequence[Any] = self._session.execute(_LIVE).all()
        return rows

    def live_leases(self) -> Sequence[Any]:
        """What a silent site is judged by, of each live run."""
        rows: Sequence[Any] = self._session.execute(_LIVE_LEASES).all()
        return rows

    def live_holds(self) -> Sequence[Any]:
        """What runs that have begun cost, and what is held for each of them; not those that are free."""
        rows: Sequence[Any] = self._session.execute(_LIVE_HOLDS).all()
        return rows

    def any_live(self) -> bool:
        return self._session.execute(_ANY_LIVE).first() is not None

    def displaceable(self) -> Sequence[Any]:
        """Those at work that a higher bid may displace, with trade, request and job: they have a checkpoint."""
        rows: Sequence[Any] = self._session.execute(_DISPLACEABLE).all()
        return rows

    def ahead(self) -> Sequence[Any]:
        """Those whose booked time has not come, first the next, with what is known of the place they booked."""
        rows: Sequence[Any] = self._session.execute(_BOOKED).all()
        return rows

    def release(self, ended: RunId) -> None:
        """Who waited for the machines of a run that has ended; his time to be taken begins with the last of them."""
        for row in self._session.execute(_WAITING).all():
            left = [key for key in load(row.waits_for) if key != ended]
            if len(left) < len(load(row.waits_for)):
                again = {} if left else {"assigned_us": self._session.at_us}
                self.set(RunId(row.id), waits_for=dump(left), **again)

    def move(self, record: Run, event: str, **columns: Any) -> str:
        """Guarded by epoch and state. Raises ForbiddenMove."""
        target = RUN.move(record.state, event)
        guard = {"key": record.id, "at_epoch": record.epoch, "from_state": record.state}
        if not self._session.execute(_MOVE, {**guard, "state": target, **columns}).rowcount:
            RUN.move("moved on", event)
        return target

    def set(self, key: RunId, **columns: Any) -> None:
        self._session.execute(_SET, {"key": key, **columns})

    def first_output(self, key: RunId) -> None:
        self._session.execute(_FIRST_OUTPUT, {"key": key, "first_output_us": self._session.at_us})

    def add_report(self, key: RunId, report: RunReport) -> None:
        row = {
            "run": key,
            "seq": report.seq,
            "event": report.event,
            "at_us": self._session.at_us,
            "document": dump(report_to_json(report)),
        }
        self._session.execute(_ADD_REPORT, row)

    def reports(self, key: RunId) -> list[RunReport]:
        """Everything its site reported, in order."""
        statement = select(run_event.c.document).where(run_event.c.run == key).order_by(run_event.c.seq)
        return [report_from_json(load(text)) for text in self._session.execute(statement).scalars()]

    def rejections(self, job: JobId) -> int:
        """Rejected runs since the last one that was not."""
        count = 0
        for state in self._session.execute(_REJECTIONS, {"job": job}).scalars():
            if state != "rejected":
                break
            count += 1
        return count

    def publish(self, record: Run, *, kind: str, rank: int, sequence: int, files: Sequence[BlobFile]) -> bool:
        """Keeps a manifest; False when that one is known already."""
        place = {"run": record.id, "kind": kind, "rank": rank, "sequence": sequence}
        if self._session.execute(_PUBLISHED, place).first():
            return False
        row = {
            **place,
            "job": record.job,
            "epoch": record.epoch,
            "manifest": dump(files_to_json(files)),
            "at_us": self._session.at_us,
        }
        self._session.execute(_PUBLISH, row)
        return True

    def newest(self, key: RunId, kind: str) -> dict[int, tuple[BlobFile, ...]]:
        """The newest manifest of each rank."""
        statement = (
            select(artefact.c.rank, artefact.c.manifest)
            .where(artefact.c.run == key, artefact.c.kind == kind)
            .order_by(artefact.c.rank, artefact.c.sequence)
        )
        return {row.rank: files_from_json(load(row.manifest)) for row in self._session.execute(statement)}

    def place(self, key: str) -> dict[str, str]:
        """Site name and hub of a run."""
        row = self._session.execute(_PLACE, {"key": key}).one()
        return {"site": row.name, "hub": row.hub}

    def counts(self) -> dict[str, int]:
        statement = select(run.c.state, func.count()).group_by(run.c.state)
        return dict(tuple(row) for row in self._session.execute(statement))


def record_of(row: Any) -> Run:
    def when(us: int | None) -> Any:
        return None if us is None else from_us(us)

    return Run(
        id=RunId(row.id),
        job=JobId(row.job),
        organisation=OrganisationId(row.organisation),
        epoch=row.epoch,
        site=SiteId(row.site),
        resource=ResourceId(row.resource),
        trade=TradeId(row.trade),
        state=row.state,
        plan=plan_from_json(load(row.plan)),
        unit=row.unit,
        units=row.units,
        price=Micros(row.price),
        next_seq=row.next_seq,
        cancel_at=when(row.cancel_us),
        assigned_at=from_us(row.assigned_us),
        started_at=when(row.started_us),
        finished_at=when(row.finished_us),
        ended_at=when(row.ended_us),
        checkpoint_at=when(row.checkpoint_us),
        exit_code=row.exit_code,
        reason=row.reason,
        preemptible=bool(row.preemptible),
        displaced=row.displaced,
        waits_for=tuple(RunId(key) for key in load(row.waits_for)),
        until=when(row.until_us),
        booking=booking_of(row),
    )


def _terms(booking: Booking) -> str:
    terms = {"ends_us": to_us(booking.ends_at), "notice_us": booking.notice // timedelta(microseconds=1)}
    return dump(terms | {"late_percent": booking.late_percent})


def booking_of(row: Any) -> Booking | None:
    if row.booking is None:
        return None
    terms = load(row.booking)
    return Booking(starts_at=from_us(row.starts_us), ends_at=from_us(terms["ends_us"]),
                   notice=timedelta(microseconds=terms["notice_us"]), late_percent=terms["late_percent"])  # fmt: skip

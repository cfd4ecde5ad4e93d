"""A run publishes files: a checkpoint to go on from, or its outputs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gridtie.data.release import overrun
from gridtie.dispatch.artefact import rank_of, shelved
from gridtie.dispatch.record import Job, Run
from gridtie.dispatch.run import BlobFile
from gridtie.errors import DataDenied, StaleEpoch
from gridtie.flow.bring_data import data_of, revoked
from gridtie.flow.exchange import Exchange
from gridtie.lifecycle import RUN
from gridtie.metering.usage import saved_at
from gridtie.store.job import files_to_json
from gridtie.store.journal import dump
from gridtie.store.unit import Unit
from gridtie.values.ids import RunId, SiteId
from gridtie.values.period import to_us


def publish_artefacts(
    unit: Unit,
    exchange: Exchange,
    *,
    site: SiteId,
    key: RunId,
    epoch: int,
    kind: str,
    rank: int,
    sequence: int,
    files: Sequence[BlobFile],
    ran_us: int | None = None,
) -> bool:
    """True when it is new. Only the newest epoch of a job may publish; raises StaleEpoch for any other, DataDenied for
    what the terms of its data do not release. `ran_us`: how long the run had run when a checkpoint was saved, by its
    site's clock; older agents do not say.

    Of a job's checkpoint, which its next run starts with, this rank's part is replaced; the other ranks keep theirs.
    """
    run = unit.runs.get(key)
    job = unit.jobs.get(run.job)
    if run.site != site or run.epoch != epoch or job.epoch != epoch or run.state in RUN.final:
        raise StaleEpoch(noun="run", key=key, given=epoch, current=job.epoch)
    check_release(unit, job, run, kind, files)
    if not unit.runs.publish(run, kind=kind, rank=rank, sequence=sequence, files=files):
        return False
    if kind == "checkpoint":
        others = [file for file in job.checkpoint if rank_of(file.path) != rank]
        merged = [*others, *shelved(files, rank)]
        saved_us = to_us(_saved_at(unit, exchange, run, ran_us))
        unit.runs.set(key, checkpoint_us=saved_us)
        unit.jobs.set(job.id, checkpoint=dump(files_to_json(merged)), checkpoint_us=saved_us)
    unit.note(f"run.{kind}", key, organisation=job.organisation, job=job.id, rank=rank, sequence=sequence,
              files=len(files), bytes=sum(f.size for f in files))  # fmt: skip
    return True


def _saved_at(unit: Unit, exchange: Exchange, run: Run, ran_us: int | None) -> datetime:
    """Never earlier than a checkpoint of the same run that counts already, of another rank perhaps."""
    lease = timedelta(microseconds=run.plan.lease_stop_us)
    lease_until = exchange.presence.heard(run.id, run.assigned_at) + lease
    saved = saved_at(arrived=unit.at, started=run.started_at, ran_us=ran_us, lease_until=lease_until)
    return saved if run.checkpoint_at is None else max(saved, run.checkpoint_at)


def check_release(unit: Unit, job: Job, run: Run, kind: str, files: Sequence[BlobFile]) -> None:
    """What a site's agent has looked into already, seen again from here: an agent that does not look releases nothing
    of another name, number or size. What a run left that ended while its contracts stood may go,
    also when they end before it is sent. Raises DataDenied."""
    if job.spec.release is None:
        return
    reason = "no checkpoint leaves its site"
    if kind == "output":
        ended_lawfully = run.state == "finishing" and run.cancel_at is None
        denial = None if ended_lawfully else revoked(unit, job)
        named = overrun(job.spec.release, [(file.path, file.size) for file in files])
        reason = named if denial is None else denial.reason
    if reason:
        names = " and ".join(use.name for use in data_of(job))
        raise DataDenied(dataset=names, reason=reason, change="only the terms of the data can release more")

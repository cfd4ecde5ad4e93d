"""A GA4GH TES task enters the exchange: as the job it became, and as the task it was."""

import hashlib

from gridtie.dispatch.run import BlobFile
from gridtie.dispatch.tes import Task
from gridtie.errors import InvalidTask, Problem
from gridtie.flow.exchange import Exchange
from gridtie.flow.submit_job import Submission, submit_spec
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, MemberId, OrganisationId


def keep_inputs(exchange: Exchange, task: Task, owner: OrganisationId, *, source: str = "task") -> tuple[BlobFile, ...]:
    """The files that travel with it. Raises InvalidTask for one that `owner` has not sent, StorageFull."""
    missing = [sha256 for _, sha256 in task.blobs if exchange.blobs.size(sha256, owner) is None]
    if missing:
        problems = [Problem(f"inputs: you have no file {sha256} on this exchange") for sha256 in missing]
        raise InvalidTask(source=source, problems=problems)
    files = [BlobFile(path=path, sha256=name, size=exchange.blobs.size(name, owner) or 0) for path, name in task.blobs]
    for path, text in task.contents:
        content = text.encode()
        name = hashlib.sha256(content).hexdigest()
        exchange.blobs.append(name, 0, len(content), content, owner)
        files.append(BlobFile(path=path, sha256=name, size=len(content)))
    return tuple(files)


def submit_task(
    unit: Unit, exchange: Exchange, task: Task, *, organisation: OrganisationId, member: MemberId,
    files: tuple[BlobFile, ...],
) -> JobId:  # fmt: skip
    """Raises QuotaExceeded, InsufficientFunds, VoucherUnusable."""
    given = Submission(organisation=organisation, member=member, files=files, envs={}, secrets={})
    key = submit_spec(unit, exchange, task.spec, given, notes=task.warnings)
    unit.tasks.add(key, organisation, task.document)
    return key

"""Jobs that came as GA4GH TES tasks: what they were as tasks, beside the job's own row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from gridtie.errors import NotFound
from gridtie.store.journal import dump, load
from gridtie.store.schema import job, tes_task
from gridtie.store.session import Session
from gridtie.values.ids import JobId, OrganisationId

_STATE = (job.c.state, job.c.reason_code, job.c.exit_code)


class TaskRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: JobId, organisation: OrganisationId, document: Mapping[str, Any]) -> None:
        row = {"job": key, "organisation": organisation, "name": document.get("name", ""),
               "tags": dump(document.get("tags", {})), "document": dump(document)}  # fmt: skip
        self._session.execute(insert(tes_task), row)

    def document(self, key: JobId) -> dict[str, Any]:
        """Raises NotFound for a job that did not come as a task."""
        found = self._session.execute(select(tes_task.c.document).where(tes_task.c.job == key)).scalar()
        if found is None:
            raise NotFound(noun="job", key=key)
        document: dict[str, Any] = load(found)
        return document

    def page(
        self, *, organisation: OrganisationId | None, states: Sequence[str] | None, prefix: str, before: str | None,
        limit: int,
    ) -> list[Any]:  # fmt: skip
        """Newest first: id, tags, and what its TES state follows from. `states` are those of jobs; None: any."""
        statement = select(tes_task.c.job, tes_task.c.tags, *_STATE).join(job, job.c.id == tes_task.c.job)
        if organisation is not None:
            statement = statement.where(tes_task.c.organisation == organisation)
        if states is not None:
            statement = statement.where(job.c.state.in_(states))
        if prefix:
            statement = statement.where(func.substr(tes_task.c.name, 1, len(prefix)) == prefix)
        if before:
            statement = statement.where(tes_task.c.job < before)
        return list(self._session.execute(statement.order_by(tes_task.c.job.desc()).limit(limit)))

"""What every noun's rows share: one connection inside one transaction, the unit's time, and who acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable

from gridtie.clock import Clock
from gridtie.store import journal
from gridtie.store.journal import Note
from gridtie.store.prepared import ask
from gridtie.values.period import to_us


@dataclass
class Session:
    """`at` is the one time of this unit of work; a reading session refuses writes in the database itself."""

    connection: Connection
    clock: Clock
    at: datetime
    actor: str
    notes: list[Note] = field(default_factory=list)
    _newest: tuple[int, str] | None = None  # number and hash of the newest fact, once this unit has written one

    @property
    def at_us(self) -> int:
        return to_us(self.at)

    def new_id(self, prefix: str) -> str:
        return self.clock.new_id(prefix)

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> Any:
        """A sequence of parameters runs the statement once for each."""
        return ask(self.connection, statement, parameters)

    def note(self, kind: str, subject: str, *, organisation: str | None = None, **data: Any) -> None:
        """Writes a fact to the journal; the live feed sees it after the commit."""
        note, digest = journal.append(
            self.connection,
            self._newest or journal.newest(self.connection),
            at_us=self.at_us,
            actor=self.actor,
            kind=kind,
            organisation=organisation,
            subject=subject,
            data=data,
        )
        self.notes.append(note)
        self._newest = note.seq, digest

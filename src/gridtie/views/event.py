"""The journal as the live feed shows it: what a member's organisation may know, or all of it."""

from typing import Any

from gridtie.access import Scope
from gridtie.store import journal
from gridtie.store.unit import Unit
from gridtie.values.period import from_us, to_text


def events_after(unit: Unit, scope: Scope, seq: int, *, count: int = 200) -> list[dict[str, Any]]:
    notes = journal.after(unit.connection, seq, organisation=scope.organisation, count=count)
    return [
        {
            "seq": note.seq,
            "at": to_text(from_us(note.at_us)),
            "kind": note.kind,
            "subject": note.subject,
            "organisation": note.organisation,
            "actor": note.actor,
            "data": note.data,
        }
        for note in notes
    ]

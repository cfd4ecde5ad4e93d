"""How many unfinished jobs an organisation may have, without counting them at every submit."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gridtie.errors import QuotaExceeded
from gridtie.store.journal import Note
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId


@dataclass
class OpenJobs:
    """At most so many are open: counted once, then only added to, and counted again before anybody is refused.

    Jobs that end, and submits that are rolled back, leave the bound too high, never too low; what other servers on
    the same database take in is heard a moment later, so that between them the limit may be passed by a few.
    """

    limit: int
    _at_most: dict[OrganisationId, int] = field(default_factory=dict)

    def admit(self, unit: Unit, organisation: OrganisationId, *, exempt: bool = False) -> None:
        """One job more. Raises QuotaExceeded, unless it is `exempt` (the exchange's own tests)."""
        known = self._at_most.get(organisation)
        if known is None or known >= self.limit:
            known = unit.jobs.open_count(organisation)
        if known >= self.limit and not exempt:
            raise QuotaExceeded(what_of="the number of unfinished jobs of one organisation", limit=self.limit)
        self._at_most[organisation] = known + 1

    def heard(self, notes: Iterable[Note]) -> None:
        """Jobs that were taken in, here or by another server: one too many is counted rather than one too few."""
        for note in notes:
            if note.kind == "job.queued" and note.organisation in self._at_most:
                self._at_most[OrganisationId(note.organisation)] += 1

"""Who is there, and what there is room for: leases, kept in memory so that an unchanged sync writes no row.

The database never learns of a renewal. After a restart every lease gets one full length again, so nobody is judged
for a silence that was ours.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.lifecycle import RUN
from gridtie.store.journal import Note
from gridtie.values.ids import RunId, SiteId

BRAKE_SITES_MIN = 3
BRAKE_WINDOW = timedelta(seconds=60)
_ENDINGS = frozenset(f"run.{state}" for state in RUN.final)


@dataclass
class Presence:
    """Thread-safe. `control` is the control lease of a site; `started_at` when this process began to listen."""

    control: timedelta
    started_at: datetime
    here: str = ""  # the address of this very server, as members reach it
    heard_room: Callable[[], None] = lambda: None  # called when another server heard of a site with more room, or back
    _through: dict[SiteId, str] = field(default_factory=dict)  # the other server that a site's agent called last
    _sites: dict[SiteId, datetime] = field(default_factory=dict)
    _runs: dict[RunId, datetime] = field(default_factory=dict)
    _told: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _lends: dict[SiteId, SiteCapacity] = field(default_factory=dict)
    _notes: dict[RunId, str] = field(default_factory=dict)
    _swept: datetime | None = None  # when what was told too long ago to matter was last dropped
    _braked_until: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def renew(self, site: SiteId, runs: Iterable[RunId], at: datetime, *, through: str = "") -> bool:
        """One sync arrived, here or `through` another server. True when the site was not connected before it."""
        with self._lock:
            before = self._sites.get(site)
            self._sites[site] = at
            self._through[site] = through
            for run in runs:
                self._runs[run] = at
        return before is None or at - before > self.control

    def begin_again(self, at: datetime) -> None:
        """Renewals may have been missed by us: every run's lease gets one full length again."""
        self.started_at = at

    def take_notes(self, notes: Mapping[RunId, str]) -> None:
        """Why runs that a site holds do not run yet; '' of those that do."""
        with self._lock:
            for run, note in notes.items():
                if note:
                    self._notes[run] = note
                else:
                    self._notes.pop(run, None)

    def take_capacity(self, site: SiteId, capacity: SiteCapacity | None) -> bool:
        """What a site shared with others says it can lend now. True when that grew.

        After a restart it is unknown until the site's next sync, and then counts as all that was declared, as it does
        for a site that shares with nobody; its own scheduler keeps what cannot start yet.
        """
        with self._lock:
            before = self._lends.get(site)
            if capacity is None:
                return self._lends.pop(site, None) is not None
            self._lends[site] = capacity
        if before is None:
            return False
        return any(_more(room, before.machines.get(name)) for name, room in capacity.machines.items())

    def lends(self, site: SiteId) -> SiteCapacity | None:
        return self._lends.get(site)

    def note(self, run: RunId) -> str:
        """Why a run that a site holds does not run yet, in the site's words."""
        return self._notes.get(run, "")

    def connected(self, site: SiteId, at: datetime) -> bool:
        """Whether its control lease is alive."""
        seen = self._sites.get(site)
        return seen is not None and at - seen <= self.control

    def elsewhere(self, site: SiteId, at: datetime) -> str:
        """The address of the other server that a connected site's agent calls; '' when it calls this one, or none."""
        return self._through.get(site, "") if self.connected(site, at) else ""

    def seen(self, site: SiteId) -> datetime | None:
        return self._sites.get(site)

    def heard(self, run: RunId, assigned_at: datetime) -> datetime:
        """The last renewal of `run`, its assignment, or our own start, whichever is latest."""
        return max(self._runs.get(run, self.started_at), self.started_at, assigned_at)

    def silent_for(self, run: RunId, assigned_at: datetime, at: datetime) -> timedelta:
        return at - self.heard(run, assigned_at)

    def committed(self, notes: Iterable[Note]) -> None:
        """Called by the writer thread after each commit: only then is a run certainly over, and may be forgotten."""
        ended = [RunId(note.subject) for note in notes if note.kind in _ENDINGS]
        with self._lock:
            for run in ended:
                self._runs.pop(run, None)
                self._notes.pop(run, None)

    def tell(self, run: str, what: str, at: datetime, *, again_after: timedelta) -> bool:
        """Whether `what` about `run` is news to its agent now; repeated only after a while (level-triggered)."""
        with self._lock:
            last = self._told.get((run, what))
            if last is not None and at - last < again_after:
                return False
            if self._swept is None or at - self._swept >= again_after:
                self._told = {key: told for key, told in self._told.items() if at - told < again_after}
                self._swept = at
            self._told[run, what] = at
        return True

    def brake(self, sites: Mapping[SiteId, bool], at: datetime) -> bool:
        """True while so many sites fell silent at once that the fault is rather ours: nothing is replaced then.

        `sites` are the active ones that were ever seen, with whether they are connected. At least three that are
        more than half of them, all fallen silent within the last minute, pull the brake until one control lease after
        that was last so. It need not hold longer: by then each keeper has ended what it may not run unheard.
        """
        recent = [site for site, up in sites.items() if not up and self._fell_silent(site, at)]
        if len(recent) >= BRAKE_SITES_MIN and len(recent) * 2 > len(sites):
            self._braked_until = at + self.control
        return self._braked_until is not None and at < self._braked_until

    def _fell_silent(self, site: SiteId, at: datetime) -> bool:
        seen = self._sites.get(site)
        return seen is not None and at - seen <= self.control + BRAKE_WINDOW


def _more(room: Room, before: Room | None) -> bool:
    return before is None or any(
        now > then
        for now, then in zip(
            (room.cpus, room.memory_bytes, room.accelerators),
            (before.cpus, before.memory_bytes, before.accelerators),
            strict=True,
        )
    )

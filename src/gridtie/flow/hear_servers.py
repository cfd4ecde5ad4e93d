"""Of several servers on one database each hears only the agents that call it; what the others need to know it tells.

Leases, which server an agent calls, and what a shared site can lend now. In words of the courier, which cost no row and
may be lost: every sync says them again. A word holds 8 kB, so long lists go in parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridtie.dispatch.site import Room, SiteCapacity
from gridtie.flow.exchange import Exchange
from gridtie.values.ids import RunId, SiteId
from gridtie.values.period import to_us

RENEWED, LENDS = "renewed", "lends"
WORD_RUNS, WORD_MACHINES, NOTE_CHARS = 20, 40, 100


def tell_renewed(exchange: Exchange, site: SiteId, notes: Mapping[RunId, str]) -> None:
    """`notes`: of every run it holds why it does not run yet, or ''."""
    presence = exchange.presence
    told = [(run, note[:NOTE_CHARS]) for run, note in notes.items()]
    for first in range(0, len(told) or 1, WORD_RUNS):
        part = told[first : first + WORD_RUNS]
        exchange.database.tell(RENEWED, [site, part, presence.here, presence.lends(site) is not None])


def words_of(site: SiteId, capacity: SiteCapacity, said_us: int) -> Iterator[list[Any]]:
    """`said_us` tells the parts of one sync from those of another."""
    rooms = [(name, room.cpus, room.memory_bytes, room.accelerators) for name, room in capacity.machines.items()]
    for first in range(0, len(rooms) or 1, WORD_MACHINES):
        part = rooms[first : first + WORD_MACHINES]
        yield [site, said_us, first, part, len(rooms), capacity.queue_wait_s, capacity.note[:NOTE_CHARS]]


def take_capacity(exchange: Exchange, site: SiteId, capacity: SiteCapacity | None) -> bool:
    """What a site said in its sync, here and for the others. True when that grew."""
    if capacity is not None:
        for word in words_of(site, capacity, to_us(exchange.clock.now())):
            exchange.database.tell(LENDS, word)
    return exchange.presence.take_capacity(site, capacity)


@dataclass
class CapacityParts:
    """Puts together what came in several words."""

    _rooms: dict[tuple[SiteId, int], dict[str, Room]] = field(default_factory=dict)

    def take(self, body: Sequence[Any]) -> tuple[SiteId, SiteCapacity] | None:
        """The whole once all parts are there, in order; what lost a part is told again soon."""
        key, said_us, first, rooms, count, wait_s, note = body
        site = SiteId(key)
        if first == 0:
            for old in [one for one in self._rooms if one[0] == site]:
                del self._rooms[old]
            self._rooms[site, said_us] = {}
        known = self._rooms.get((site, said_us))
        if known is None or len(known) != first:
            return None
        known.update({name: Room(*amounts) for name, *amounts in rooms})
        if len(known) < count:
            return None
        return site, SiteCapacity(machines=self._rooms.pop((site, said_us)), queue_wait_s=wait_s, note=note)


def hear_servers(exchange: Exchange) -> None:
    """What agents say to other servers on this database counts here as well."""
    presence, parts = exchange.presence, CapacityParts()

    def renewed(body: Sequence[Any]) -> None:
        site, runs, *more = body
        server, shared = more or ("", True)  # one that has not been updated yet says less
        notes = {RunId(run): str(note) for run, note in runs}
        presence.take_notes(notes)
        returned = presence.renew(SiteId(site), notes, exchange.clock.now(), through=str(server))
        if (not shared and presence.take_capacity(SiteId(site), None)) or returned:
            presence.heard_room()

    def lends(body: Sequence[Any]) -> None:
        if (whole := parts.take(body)) and presence.take_capacity(*whole):
            presence.heard_room()

    def again() -> None:
        presence.begin_again(exchange.clock.now())

    exchange.database.on_word(RENEWED, renewed, deaf=again)
    exchange.database.on_word(LENDS, lends, deaf=lambda: None)

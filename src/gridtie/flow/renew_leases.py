"""A site is heard: its control lease and those of the runs it holds begin anew."""

from collections.abc import Sequence
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.flow.sync_agent import Held
from gridtie.flow.unit import Unit
from gridtie.values.ids import RunId, SiteId

RENEWED = "renewed"
WORD_RUNS, NOTE_CHARS = 20, 100  # of what goes into one word between servers, which holds 8 kB


def renew_leases(
    unit: Unit, exchange: Exchange, site: SiteId, held: Sequence[Held], at_work: Sequence[Any] | None = None
) -> bool:
    """True when the site was not connected before. `at_work`: its live runs, where they are read already.

    What it says it holds counts only where the exchange agrees: a site must not keep another one's run alive, nor fill
    our memory with runs that do not exist.
    """
    live = {row.id: row.epoch for row in (unit.runs.live_at(site) if at_work is None else at_work)}
    mine = {item.run: item.note for item in held if live.get(item.run) == item.epoch}
    exchange.presence.take_notes(mine)
    told = [(run, note[:NOTE_CHARS]) for run, note in mine.items()]
    for first in range(0, len(told) or 1, WORD_RUNS):
        exchange.database.tell(RENEWED, [site, told[first : first + WORD_RUNS]])
    return exchange.presence.renew(site, mine, exchange.clock.now())


def hear_renewals(exchange: Exchange) -> None:
    """What agents say to other servers on this database counts here as well."""

    def renewed(body: Sequence[Any]) -> None:
        site, runs = body
        notes = {RunId(run): str(note) for run, note in runs}
        exchange.presence.take_notes(notes)
        exchange.presence.renew(SiteId(site), notes, exchange.clock.now())

    exchange.database.on_word(RENEWED, renewed, deaf=lambda: exchange.presence.begin_again(exchange.clock.now()))

"""A site is heard: its control lease and those of the runs it holds begin anew."""

from collections.abc import Iterable, Sequence
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.flow.hear_servers import tell_renewed
from gridtie.flow.sync_agent import Held
from gridtie.values.ids import SiteId


def renew_leases(exchange: Exchange, site: SiteId, held: Sequence[Held], at_work: Iterable[Any]) -> bool:
    """True when the site was not connected before. `at_work`: its live runs.

    What it says it holds counts only where the exchange agrees: a site must not keep another one's run alive, nor fill
    our memory with runs that do not exist.
    """
    live = {row.id: row.epoch for row in at_work}
    mine = {item.run: item.note for item in held if live.get(item.run) == item.epoch}
    exchange.presence.take_notes(mine)
    tell_renewed(exchange, site, mine)
    return exchange.presence.renew(site, mine, exchange.clock.now())

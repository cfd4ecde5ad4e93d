"""A round at posted prices is held while it may decide something new, and left out while it would repeat the last one.

Who waits was told why by the round that decided it, and that stands for as long as nothing it rests on has changed:
no row of the book, no site that fell silent or came back, no price of a tick, no moment of `market/moments.py`. Where
somebody was short of money or data, which no book shows, every round is held.
"""

from typing import Any

from gridtie.flow.clear_market import calendar_of, clear_market
from gridtie.flow.exchange import Exchange
from gridtie.flow.market_terms import prices_between, requests_of
from gridtie.flow.still_market import Decided
from gridtie.market.moments import next_moment
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId

MODE = "posted"


def hold_round(unit: Unit, exchange: Exchange) -> int:
    """How many requests were placed. Only a round that wrote nothing is remembered: what it read is what is stored."""
    outcome = clear_market(unit, exchange, MODE)
    exchange.still_market.last = _decided(unit, exchange) if outcome.still else None
    return outcome.placed


def may_decide(unit: Unit, exchange: Exchange) -> bool:
    """Whether a round would read anything that the last one did not. Reads only, and counts what is left out."""
    if exchange.still_market.last is None or not exchange.still_market.stands(_sight(unit, exchange), unit.at):
        return True
    exchange.still_market.left_out += 1
    return False


def _decided(unit: Unit, exchange: Exchange) -> Decided:
    requests = requests_of(unit, exchange.settings, MODE, pinned=False)
    return Decided(_sight(unit, exchange), unit.at, next_moment(requests, calendar_of(unit, exchange), unit.at))


def _sight(unit: Unit, exchange: Exchange) -> Any:
    """All that a round reads, but its time; what follows from that alone is told as it is now."""
    presence = exchange.presence

    def of_site(site: SiteId) -> Any:
        return presence.connected(site, unit.at), presence.lends(site)

    return unit.market.sight(MODE, of_site), prices_between(unit, exchange.settings)

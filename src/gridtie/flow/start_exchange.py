"""The server begins to listen: every lease got one full length again, and the journal says since when."""

from gridtie.flow.exchange import Exchange
from gridtie.store.unit import Unit


def start_exchange(unit: Unit, exchange: Exchange, version: str) -> None:
    unit.note("exchange.started", exchange.id, version=version)

"""The exchange about itself: who it is, whether it works, and the few figures of its status page."""

from collections.abc import Sequence
from typing import Any

from gridtie import __version__
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import encode, fingerprint
from gridtie.store.schema import SCHEMA_VERSION
from gridtie.store.unit import Unit
from gridtie.values.period import from_us, to_text


def exchange_view(exchange: Exchange) -> dict[str, Any]:
    public = exchange.signer.public_key
    return {
        "id": exchange.id,
        "name": exchange.settings.name,
        "level": exchange.settings.level,
        "version": __version__,
        "currency": exchange.settings.currency,
        "public_key": encode(public),
        "fingerprint": fingerprint(public),
        "settings": exchange.settings.public(),
        "roots": [{"prefix": exchange.settings.prefix, "key": encode(public)}],
    }


def health_view(exchange: Exchange, complaints: Sequence[str]) -> dict[str, Any]:
    return {
        "status": "degraded" if complaints else "ok",
        "complaints": list(complaints),
        "version": __version__,
        "exchange": exchange.id,
        "schema": SCHEMA_VERSION,
        "writer_queue": exchange.database.waiting,
    }


def figures(unit: Unit, exchange: Exchange) -> dict[str, Any]:
    """What the status page and the metrics show; nothing that belongs to one organisation."""
    connected = sum(exchange.presence.connected(site, unit.at) for site in unit.sites.active_ids())
    rounds = unit.market.rounds(before=None, limit=1)
    balances = unit.ledger.balances(None).values()
    return {
        "sites": unit.sites.counts(),
        "connected": connected,
        "jobs": unit.jobs.counts(None),
        # The quick half of `gridtie ledger verify`: what was debited in all was credited in all.
        "balanced": sum(b.debits for b in balances) == sum(b.credits for b in balances),
        "round": {"number": rounds[0].number, "at": to_text(from_us(rounds[0].at_us))} if rounds else None,
    }

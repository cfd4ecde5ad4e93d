"""The exchange about itself: who it is, whether it works, and the few figures of its status page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gridtie import __version__
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import encode, fingerprint
from gridtie.store.schema import SCHEMA_VERSION
from gridtie.store.unit import Unit
from gridtie.values.period import from_us, to_text

DAY = timedelta(days=1)


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


def clock_words(exchange: Exchange) -> list[str]:
    """A wall clock that was set ahead looks like an exchange that was away: only who runs it knows which it was. Said
    for a day after the start; that the two clocks differ, as long as they do."""
    words, started, ahead = [], exchange.presence.started_at, exchange.clock.ahead()
    away = (started - exchange.newest_fact) // DAY
    if away > 0 and exchange.clock.now() - started < DAY:
        words.append(
            f"at its start the clock stood {_days(away)} after the newest fact. If this exchange was not away for so "
            "long, stop it, put the machine's clock right and restore the newest backup: its time never runs back"
        )
    if ahead >= DAY:
        words.append(
            f"the machine's clock stands {_days(ahead // DAY)} before the exchange's, which never runs back. If it is "
            "the machine's that is right, stop the exchange and restore a backup from before; else put it right"
        )
    if -ahead >= DAY:
        words.append(
            f"the machine's clock stands {_days(-ahead // DAY)} after the exchange's, which follows it by 0.05 % of "
            "the time that passes, and at once when it is started anew. If it is wrong, put it right before that"
        )
    return words


def _days(count: int) -> str:
    return f"{count} day{'s' * (count > 1)}"


def health_view(exchange: Exchange, complaints: Sequence[str]) -> dict[str, Any]:
    return {
        "status": "degraded" if complaints else "ok",
        "complaints": list(complaints),
        "notes": clock_words(exchange),
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

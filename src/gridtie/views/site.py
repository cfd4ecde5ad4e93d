"""Sites and resources as the faces show them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from gridtie.access import Scope
from gridtie.dispatch.site import SiteCapacity
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode, fingerprint
from gridtie.registry.admission import Standing, market_gate, network_gate
from gridtie.registry.open_hours import in_words, open_hours_of
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId
from gridtie.values.period import from_us, to_text
from gridtie.views.party import page_of, when


def site_view(unit: Unit, exchange: Exchange, row: Any, *, whole: bool = False) -> dict[str, Any]:
    """One site; `whole` adds its inventory and its pools."""
    key = SiteId(row.id)
    seen = exchange.presence.seen(key)
    view = {
        "id": row.id,
        "name": row.name,
        "organisation": row.organisation,
        "hub": row.hub,
        "place": row.place,
        "depth": row.depth,
        "state": row.state,
        "note": row.note,
        "connected": exchange.presence.connected(key, unit.at),
        "last_seen": to_text(seen) if seen else None,
        "version": row.version,
        "fingerprint": _fingerprint(row.public_key),
        "policy": (policy := load(row.policy)),
        "lending": _lending(policy, unit.at),
        "created_at": when(row.created_us),
    }
    if whole:
        view["inventory"] = load(row.inventory) if row.inventory else None
        view["inventory_digest"] = row.inventory_digest
        view["lends"] = _lends(exchange.presence.lends(key))
        view["resources"] = [
            resource_view(unit, unit.resources.get(resource.id)) for resource in unit.resources.of_site(key)
        ]
    return view


def _lending(policy: dict[str, Any], at: datetime) -> str | None:
    hours = open_hours_of(policy)
    return None if hours is None else in_words(hours, at)


def _lends(capacity: SiteCapacity | None) -> dict[str, Any] | None:
    """What a site that others use too says it can lend now; None for one that is the exchange's alone."""
    if capacity is None:
        return None
    machines = {name: asdict(room) for name, room in capacity.machines.items()}
    return {"machines": machines, "queue_wait_s": capacity.queue_wait_s, "note": capacity.note}


def site_page(unit: Unit, exchange: Exchange, scope: Scope, *, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.sites.page(scope, after=cursor, limit=limit + 1)
    return page_of([site_view(unit, exchange, row) for row in rows], limit)


def standing_of(row: Any) -> Standing:
    """What the gates look at, from a resource's row with its site."""
    until = row.in_market_until_us
    return Standing(
        site_state=row.site_state,
        resource_state=row.state,
        identifier=row.identifier,
        described=row.descriptor is not None,
        revoked=row.state == "tombstone",
        valid_until=from_us(until) if until is not None else None,
    )


def resource_view(unit: Unit, row: Any) -> dict[str, Any]:
    """What any member may see of a pool: what it is and whether it may be sold, not which host it is."""
    network, market = network_gate(standing_of(row)), market_gate(standing_of(row), unit.at)
    machines = load(row.machines)
    return {
        "id": row.id,
        "identifier": row.identifier,
        "name": row.name,
        "site": row.site_name,
        "site_id": row.site,
        "organisation": row.organisation,
        "hub": row.hub,
        "place": row.place,
        "depth": row.depth,
        "class": row._mapping["class"],
        "chip": row.chip,
        "chip_memory_bytes": row.chip_memory_bytes,
        "isolation": row.isolation,
        "images": load(row.host).get("images", False),
        "machines": machines,
        "simulated_machines": load(row.host)["simulated_machines"],
        "in_network": not network,
        "in_market": not market,
        "closed_because": market,
        "certificate": row.certificate,
        "certified_until": when(row.in_market_until_us),
        "score": row.score,
        "latency_us": row.latency_us,
        "state": row.state,
        "updated_at": when(row.updated_us),
    }


def resource_page(unit: Unit, scope: Scope, *, site: SiteId | None, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.resources.page(scope, site_key=site, after=cursor, limit=limit + 1)
    return page_of([resource_view(unit, row) for row in rows], limit)


def _fingerprint(public_key: str | None) -> str | None:
    if public_key is None:
        return None
    return fingerprint(decode(public_key, length=PUBLIC_KEY_BYTES, subject="site"))

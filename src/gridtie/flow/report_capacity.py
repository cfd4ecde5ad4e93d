"""A site says what it has: pools are kept, compared with what was tested, and checked against their host."""

from collections.abc import Mapping, Sequence
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.registry.parts import share_of
from gridtie.registry.resource import Claim, Declaration, Machine, counted_twice, machines_to_json, overclaims
from gridtie.store.journal import dump, load
from gridtie.store.unit import Unit
from gridtie.values.ids import ResourceId, SiteId


def keep_inventory(unit: Unit, key: SiteId, inventory: Mapping[str, Any], digest: str) -> bool:
    """Keeps what the host has; True when it is not what was there before."""
    row = unit.sites.get(key)
    if row.inventory_digest == digest:
        return False
    unit.sites.set(key, inventory=dump(inventory), inventory_digest=digest)
    return row.inventory_digest is not None


def report_capacity(
    unit: Unit, exchange: Exchange, key: SiteId, declared: Sequence[Declaration], *, host_changed: bool = False
) -> list[str]:
    """Why this cannot be true, or an empty list when the pools are kept as declared.

    What changed since it was tested leaves the market until a re-test; what is gone keeps its identifier, empty.
    """
    if refusals := _false_claims(unit, key, declared, exchange.settings.slice_overcommit_percent):
        return refusals
    site = unit.sites.get(key)
    known = {row.name: row for row in unit.resources.of_site(key)}
    for one in declared:
        row = known.pop(one.name, None)
        if row is None:
            resource = ResourceId(unit.new_id("res"))
            unit.resources.add(resource, key, **_columns(one))
            unit.note("resource.reported", resource, organisation=site.organisation, site=key, name=one.name)
        elif row.state == "active":
            changed = _columns(one) != {name: getattr(row, name) for name in _columns(one)}
            if changed:
                unit.resources.set(ResourceId(row.id), descriptor=None, **_columns(one))
                unit.note("resource.reported", row.id, organisation=site.organisation, site=key, name=one.name)
            if host_changed or _tested(_columns(one)) != _tested({name: getattr(row, name) for name in _columns(one)}):
                close_market_gate(unit, row, site.organisation, "the host or its slice changed")
    for gone in known.values():
        if gone.state == "active" and load(gone.machines):
            unit.resources.set(ResourceId(gone.id), machines="[]", descriptor=None)
            close_market_gate(unit, gone, site.organisation, "the site does not offer it any more")
            unit.note("resource.retired", gone.id, organisation=site.organisation, site=key, name=gone.name)
    return []


def close_market_gate(unit: Unit, row: Any, organisation: str, why: str) -> None:
    """Voids what was certified; writes nothing when nothing was."""
    if voided := unit.certificates.void_of(ResourceId(row.id)):
        for certificate in voided:
            unit.note("certificate.revoked", certificate, organisation=organisation, resource=row.id, reason=why)
        unit.resources.set(ResourceId(row.id), certificate=None, score=None, latency_us=None, in_market_until_us=None)
        unit.note("resource.stale", row.id, organisation=organisation, site=row.site, reason=why)


def _false_claims(unit: Unit, key: SiteId, declared: Sequence[Declaration], cpu_percent: int) -> list[str]:
    """Slices of one host, and of the accelerators that are named, may not sum above it over all sites."""
    refusals: list[str] = []
    mine = [_claim_of(key, one) for one in declared]
    for host in sorted({one.host_digest for one in declared}):
        here = [claim for claim, one in zip(mine, declared, strict=True) if one.host_digest == host]
        theirs = [_kept_claim(row) for row in unit.resources.of_host(host) if row.site != key]
        refusals += overclaims(host, [*here, *theirs], cpu_percent=cpu_percent)
    if devices := sorted({device for claim in mine for device in claim.devices}):
        theirs = [_kept_claim(row) for row in unit.resources.of_devices(devices) if row.site != key]
        refusals += counted_twice([*mine, *theirs])
    return refusals


def _claim_of(site: SiteId, one: Declaration) -> Claim:
    return Claim(str(site), one.name, one.machines, one.host_cpus, one.host_memory_bytes, one.devices,
                 share_of(one.chip))  # fmt: skip


def _kept_claim(row: Any) -> Claim:
    about = load(row.host)
    machines = tuple(Machine(**machine) for machine in load(row.machines))
    devices = tuple(about.get("devices", ()))
    return Claim(row.site, row.name, machines, about["cpus"], about["memory_bytes"], devices, share_of(row.chip))


def _tested(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Less what no test looks at: whether jobs may bring images."""
    host = {name: value for name, value in load(columns["host"]).items() if name != "images"}
    return {**columns, "host": host}


def _columns(one: Declaration) -> dict[str, Any]:
    return {
        "name": one.name,
        "class": one.resource_class,
        "chip": one.chip,
        "chip_memory_bytes": one.chip_memory_bytes,
        "isolation": one.isolation,
        "machines": dump(machines_to_json(one.machines)),
        "host_digest": one.host_digest,
        "host": dump(
            {
                "cpus": one.host_cpus,
                "memory_bytes": one.host_memory_bytes,
                "simulated_machines": one.simulated_machines,
                **({"devices": list(one.devices)} if one.devices else {}),
                **({"images": True} if one.images else {}),
            }
        ),
    }

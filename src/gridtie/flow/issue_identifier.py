"""The network gate: a resource of an approved site gets its identifier, and a signed descriptor that says what it is.

The exchange signs as issuer of its prefix; the owner's key, to which it delegates the owner's part of the name, is in
this version kept by the exchange for the owner (adapters/signers/kept.py).
"""

from datetime import datetime, timedelta
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.identity import code, descriptor
from gridtie.identity.delegation import (
    DELEGATION,
    ISSUER,
    REVOCATION,
    Delegation,
    Revocation,
    delegation_envelope,
    read_delegation,
    revocation_envelope,
)
from gridtie.identity.descriptor import Descriptor, Metric
from gridtie.identity.resolution import Proof
from gridtie.identity.signing import Envelope
from gridtie.store.journal import dump, load
from gridtie.store.unit import Unit
from gridtie.values.canonical import digest
from gridtie.values.ids import OrganisationId, ResourceId, SiteId
from gridtie.values.period import from_text

DELEGATED_FOR = timedelta(days=365)
DESCRIBED_FOR = timedelta(days=90)
RENEWED_BEFORE = timedelta(days=30)


def identify_site(unit: Unit, exchange: Exchange, key: SiteId) -> None:
    """Every pool of an approved site: identified once, described anew when it changed or nears its end."""
    for row in unit.resources.of_site(key):
        if row.state == "active" and (row.descriptor is None or _near_end(load(row.descriptor), unit.at)):
            describe_resource(unit, exchange, ResourceId(row.id))


def describe_resource(unit: Unit, exchange: Exchange, key: ResourceId, *, status: str = "active") -> None:
    """Signs what the resource is now; gives it its identifier when it has none."""
    row = unit.resources.get(key)
    organisation = OrganisationId(row.organisation)
    owner = unit.parties.organisation(organisation).name
    delegate_to_owner(unit, exchange, organisation, owner)
    fresh = row.identifier is None
    name = _new_name(unit, exchange, row, owner) if fresh else row.identifier
    record = _record(unit, row, name, status)
    signed = descriptor.envelope(record).sign(descriptor.ROLE, exchange.owner_signer(organisation))
    unit.resources.set(key, identifier=name, descriptor=dump(signed.to_json()))
    if fresh:
        unit.note("resource.identified", key, organisation=organisation, identifier=name, site=row.site)


def delegate_to_owner(unit: Unit, exchange: Exchange, organisation: OrganisationId, owner: str) -> None:
    """Keeps a valid delegation of the owner's scope to the owner's key."""
    issuer = exchange.settings.prefix
    scope = f"{issuer}/{owner}"
    known = [read_delegation(data["payload"]) for data in unit.identities.about(DELEGATION, scope)]
    if any(one.valid_until - unit.at > RENEWED_BEFORE for one in known):
        return
    delegation = Delegation(
        scope=scope,
        key=exchange.owner_signer(organisation).public_key,
        issuer=issuer,
        valid_from=unit.at,
        valid_until=unit.at + DELEGATED_FOR,
    )
    signed = delegation_envelope(delegation).sign(ISSUER, exchange.signer)
    unit.identities.add(digest(signed.to_json()), kind=DELEGATION, subject=scope, envelope=signed.to_json())


def revoke_identifier(unit: Unit, exchange: Exchange, key: ResourceId, reason: str) -> None:
    """Voids the identifier for good. A signed tombstone and the revocation stay; doing it twice changes nothing."""
    row = unit.resources.get(key)
    if row.state == "tombstone":
        return
    unit.certificates.void_of(key)
    unit.resources.set(key, state="tombstone", in_market_until_us=None, certificate=None, score=None, latency_us=None)
    if row.identifier is not None:
        describe_resource(unit, exchange, key, status="tombstone")
        revocation = Revocation(subject=row.identifier, issuer=exchange.settings.prefix, at=unit.at, reason=reason)
        signed = revocation_envelope(revocation).sign(ISSUER, exchange.signer)
        document = signed.to_json()
        unit.identities.add(digest(document), kind=REVOCATION, subject=row.identifier, envelope=document)
    unit.note("resource.revoked", key, organisation=row.organisation, identifier=row.identifier, reason=reason)


def proof_of(unit: Unit, row: Any) -> Proof:
    """Everything a stranger needs to check the identifier of a described resource."""
    name = code.parse(row.identifier)
    scope = f"{name.prefix}/{name.owner}"
    valid = [
        Envelope.from_json(data, kind=DELEGATION)
        for data in unit.identities.about(DELEGATION, scope)
        if read_delegation(data["payload"]).valid_until > unit.at
    ]
    revoked = [
        Envelope.from_json(data, kind=REVOCATION)
        for subject in (row.identifier, scope)
        for data in unit.identities.about(REVOCATION, subject)
    ]
    described = Envelope.from_json(load(row.descriptor), kind=descriptor.KIND)
    return Proof(described, tuple(valid[-1:]), tuple(revoked))


def _new_name(unit: Unit, exchange: Exchange, row: Any, owner: str) -> str:
    kind = row._mapping["class"]
    taken = unit.resources.serials(f"{exchange.settings.prefix}/{owner}/{row.place}/{kind}/")
    return str(code.make(exchange.settings.prefix, owner, row.place, kind, f"{taken + 1:04d}"))


def _record(unit: Unit, row: Any, name: str, status: str) -> Descriptor:
    machines = load(row.machines)
    total = {
        "machines": len(machines),
        "cpus": sum(machine["cpus"] for machine in machines),
        "memory_bytes": sum(machine["memory_bytes"] for machine in machines),
        "disk_bytes": sum(machine["disk_bytes"] for machine in machines),
        "accelerators": sum(machine["accelerators"] for machine in machines),
    }
    metrics = []
    if row.score is not None:
        metrics.append(
            Metric(name="throughput_per_unit", value=row.score, unit="MFLOP/s", source="directly measured",
                   statistics="mean", density="dense")
        )  # fmt: skip
    if row.latency_us is not None:
        metrics.append(
            Metric(name="latency_to_exchange", value=row.latency_us, unit="us", source="directly measured",
                   statistics="mean")
        )  # fmt: skip
    return Descriptor(
        identifier=name,
        sequence=unit.at_us // 1000,
        status=status,
        site=row.site_name,
        hub=row.hub,
        chip=row.chip,
        isolation=row.isolation,
        total=total,
        available=_free(unit, row.id, machines, total),
        available_at=unit.at,
        metrics=tuple(metrics),
        certificate=row.certificate,
        offers=f"/v1/offers?chip={row.chip}&hub={row.hub}",
        valid_from=unit.at,
        valid_until=unit.at + DESCRIBED_FOR,
        hardware={"simulated_machines": load(row.host)["simulated_machines"]},
    )


def _free(unit: Unit, key: str, machines: list[Any], total: dict[str, int]) -> dict[str, int]:
    """The total less what runs hold at this instant; a machine counts while nothing of it is held."""
    held = [part for row in unit.runs.live() if row.resource == key for part in load(row.allocation)]
    free = {"machines": len(machines) - len({part[0] for part in held})}
    for at, name in enumerate(("cpus", "memory_bytes", "disk_bytes", "accelerators"), start=1):
        free[name] = total[name] - sum(part[at] for part in held)
    return {name: max(0, count) for name, count in free.items()}


def _near_end(document: Any, at: datetime) -> bool:
    return from_text(document["payload"]["valid_until"]) - at < RENEWED_BEFORE

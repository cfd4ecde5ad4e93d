"""The tests ended: they are judged, the exchange signs, the site signs, and only then the market gate opens."""

from typing import Any

from gridtie.errors import InvalidSignature, NotFound
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_identifier import describe_resource
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, decode
from gridtie.store.journal import dump, load
from gridtie.store.unit import Unit
from gridtie.values.canonical import canonical
from gridtie.values.ids import CertificateId, ResourceId, SiteId

KIND = "certificate"
EXCHANGE, SITE = "exchange", "site"


def countersign_certificate(unit: Unit, exchange: Exchange, site: SiteId, key: str, envelope: Envelope) -> bool:
    """The site's signature under what was measured opens the market gate. Repeating it changes nothing.

    Raises NotFound for a certificate that is not this site's, InvalidSignature for other content or another key.
    """
    row = unit.certificates.get(CertificateId(key))
    if row.site != site:
        raise NotFound(noun="certificate", key=key)
    if row.state != "awaiting-site":
        return bool(row.state == "valid")
    kept = Envelope.from_json(load(row.envelope), kind=KIND)
    if canonical(envelope.payload) != canonical(kept.payload):
        raise InvalidSignature(subject=KIND, reason="the site signed other content than the exchange did")
    public = decode(unit.sites.get(site).public_key or "", length=PUBLIC_KEY_BYTES, subject=SITE)
    envelope.check(SITE, public, exchange.verify)
    signed = Envelope(KIND, kept.payload, (kept.signature_of(EXCHANGE), envelope.signature_of(SITE)))
    unit.certificates.set(CertificateId(key), envelope=dump(signed.to_json()), state="valid")
    _open_market_gate(unit, exchange, row)
    return True


def _open_market_gate(unit: Unit, exchange: Exchange, row: Any) -> None:
    """The newest certificate counts; what it replaces is revoked."""
    resource = ResourceId(row.resource)
    for old in unit.certificates.others(resource, CertificateId(row.id)):
        unit.certificates.set(CertificateId(old), state="revoked")
        unit.note("certificate.revoked", old, organisation=row.organisation, resource=resource, reason="replaced")
    measured = load(row.envelope)["payload"]
    unit.resources.set(
        resource,
        certificate=row.id,
        score=measured.get("score"),
        latency_us=measured.get("latency_us"),
        in_market_until_us=row.expires_us,
    )
    unit.note("certificate.valid", row.id, organisation=row.organisation, resource=resource, site=row.site)
    describe_resource(unit, exchange, resource)

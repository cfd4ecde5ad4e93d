"""A site joins: a one-time token, a key made at the site, and a fingerprint that two people compare."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridtie.errors import FalseClaim, InvalidSignature, NotSignedIn, Refused
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_token import Issued, new_token
from gridtie.flow.report_capacity import keep_inventory, report_capacity
from gridtie.identity.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, decode, encode, fingerprint
from gridtie.lifecycle import SITE
from gridtie.registry.resource import Declaration
from gridtie.registry.site import signed_exchange_proof, signed_site_proof
from gridtie.registry.token import Token, matches, parse_token
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId

NONCE_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What an agent sends to enrol."""

    token: str
    public_key: str
    server_nonce: str
    proof: str
    version: str
    inventory: dict[str, Any]
    inventory_digest: str
    resources: tuple[Declaration, ...]


def invite_site(unit: Unit, exchange: Exchange, key: SiteId) -> tuple[Issued, str]:
    """A one-time token, and its printed form that names our key. Older unused ones are void from now on."""
    row = unit.sites.get(key)
    SITE.move(row.state, "enrol")
    unit.tokens.revoke_of_site(key)
    issued = new_token(unit, exchange, "enrol", timedelta(seconds=exchange.settings.enrolment_s), site=key)
    unit.note("site.invited", key, organisation=row.organisation, token=issued.id)
    return issued, f"{issued.text}.{fingerprint(exchange.signer.public_key)}"


def start_enrolment(unit: Unit, exchange: Exchange, token_id: str, client_nonce: str) -> dict[str, str]:
    """Proves our key to the agent before it sends the secret. Raises NotSignedIn for a token that is not good."""
    row = unit.tokens.get(token_id)
    if row is None or row.kind != "enrol" or row.revoked_us is not None:
        raise NotSignedIn(reason="no such enrolment token; ask for a fresh one")
    if row.expires_us <= unit.at_us and row.used_key is None:
        raise NotSignedIn(reason="this enrolment token has expired; ask for a fresh one")
    nonce = row.nonce or exchange.clock.random_bytes(NONCE_BYTES).hex()
    if row.nonce is None:
        unit.tokens.set_nonce(token_id, nonce)
    signature = exchange.signer.sign(signed_exchange_proof(token_id, client_nonce, nonce))
    return {
        "server_nonce": nonce,
        "exchange_key": encode(exchange.signer.public_key),
        "signature": encode(signature),
    }


def enrol_site(unit: Unit, exchange: Exchange, given: Application) -> SiteId:
    """The site of the token. Repeating with the same key changes nothing; another key is refused.

    Raises NotSignedIn (token), InvalidSignature (proof of possession), Refused (spent, or a host claimed twice).
    """
    token = parse_token(given.token)
    row = _good_token(unit, exchange, token)
    public = decode(given.public_key, length=PUBLIC_KEY_BYTES, subject="the agent's key")
    proof = decode(given.proof, length=SIGNATURE_BYTES, subject="the proof of the agent's key")
    if given.server_nonce != row.nonce:
        raise NotSignedIn(reason="the enrolment was started again meanwhile; start anew")
    if not exchange.verify(public, signed_site_proof(token.id, given.server_nonce), proof):
        raise InvalidSignature(subject="the agent's key", reason="its holder did not sign our nonce")
    key = SiteId(row.site)
    if row.used_key is not None:
        if row.used_key != given.public_key:
            raise Refused(reason="this enrolment token was used by another agent; ask for a fresh one")
        return key
    if unit.sites.with_key(given.public_key) not in (None, key):
        raise Refused(reason="this key belongs to another site; each agent makes its own")
    site = unit.sites.get(key)
    unit.tokens.spend(token.id, given.public_key)
    unit.sites.move(key, site.state, "enrol", public_key=given.public_key, version=given.version, boot=None,
                    boots_past="[]")  # fmt: skip
    keep_inventory(unit, key, given.inventory, given.inventory_digest)
    refusals = report_capacity(unit, exchange, key, given.resources)
    if refusals:
        raise FalseClaim(reason="; ".join(refusals))
    unit.note("site.enrolled", key, organisation=site.organisation, fingerprint=fingerprint(public))
    if unit.sites.policy(site).get("auto_approve"):
        unit.sites.move(key, "pending", "approve")
        unit.note("site.approved", key, organisation=site.organisation, by="the site's own policy")
    return key


def _good_token(unit: Unit, exchange: Exchange, token: Token) -> Any:
    row = unit.tokens.get(token.id)
    if not matches(token, exchange.pepper, row.secret_hmac if row else "") or row is None or row.kind != "enrol":
        raise NotSignedIn(reason="no such enrolment token")
    if row.revoked_us is not None:
        raise NotSignedIn(reason="this enrolment token was replaced by a newer one or revoked")
    if row.expires_us <= unit.at_us:
        raise NotSignedIn(reason="this enrolment token has expired; ask for a fresh one")
    return row

"""Walk a proof from a trusted root to a descriptor, or to the first reason why not. Works from a file, offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridtie.errors import GridtieError, InvalidInput, Problem
from gridtie.identity.code import parse
from gridtie.identity.delegation import (
    DELEGATION,
    ISSUER,
    REVOCATION,
    Delegation,
    covers,
    narrower,
    read_delegation,
    read_revocation,
)
from gridtie.identity.descriptor import KIND, ROLE, Descriptor, from_payload
from gridtie.identity.signing import Envelope, Verify, fingerprint

CHAIN_MAX = 16


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything needed to check one identifier: its descriptor, the delegations above it, and all revocations."""

    descriptor: Envelope
    delegations: tuple[Envelope, ...]
    revocations: tuple[Envelope, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "descriptor": self.descriptor.to_json(),
            "delegations": [envelope.to_json() for envelope in self.delegations],
            "revocations": [envelope.to_json() for envelope in self.revocations],
        }

    @staticmethod
    def from_json(data: object) -> "Proof":
        """Raises InvalidInput, InvalidSignature for anything that is not a proof."""
        if not isinstance(data, Mapping):
            raise InvalidInput(source="proof", problems=[Problem("not an object")])
        lists = [data.get("delegations"), data.get("revocations", [])]
        if not all(isinstance(entry, list) and len(entry) <= 10_000 for entry in lists):
            raise InvalidInput(source="proof", problems=[Problem("delegations and revocations must be lists")])
        delegations, revocations = lists
        return Proof(
            Envelope.from_json(data.get("descriptor"), kind=KIND),
            tuple(Envelope.from_json(item, kind=DELEGATION) for item in delegations or ()),
            tuple(Envelope.from_json(item, kind=REVOCATION) for item in revocations or ()),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain, for people: which scope, held by which key, until when."""

    scope: str
    fingerprint: str
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Resolved:
    descriptor: Descriptor
    chain: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    code: str
    reason: str
    descriptor: Descriptor | None = None  # of a tombstone: it still says what it was


def resolve(
    identifier: str, proof: Proof, roots: Mapping[str, bytes], at: datetime, verify: Verify
) -> Resolved | Unresolved:
    """`roots` maps issuer prefixes to the public keys one trusts. The first failing step is named.

    Raises InvalidIdentifier when `identifier` itself is malformed; everything wrong with the proof is an answer.
    """
    wanted = parse(identifier)
    try:
        descriptor = from_payload(proof.descriptor.payload)
        delegations = [(read_delegation(envelope.payload), envelope) for envelope in proof.delegations]
    except GridtieError as cause:
        return Unresolved("malformed", "; ".join(str(p) for p in cause.problems) or cause.message)
    if descriptor.identifier != str(wanted):
        return Unresolved("other-identifier", f"the descriptor is of {descriptor.identifier}")
    root = next((prefix for prefix in sorted(roots, key=len, reverse=True) if _under(wanted.prefix, prefix)), None)
    if root is None:
        return Unresolved("no-root", f"no trusted key for {wanted.prefix}")
    owner = f"{wanted.prefix}/{wanted.owner}"
    walked = _walk(root, roots[root], owner, delegations, proof.revocations, at, verify)
    if isinstance(walked, Unresolved):
        return walked
    key, chain, keys = walked
    return _check_descriptor(descriptor, proof, key, chain, keys, at, verify)


def _under(prefix: str, root: str) -> bool:
    return prefix == root or prefix.startswith(root + ".")


_Walk = tuple[bytes, tuple[Link, ...], dict[str, bytes]]


def _walk(
    root: str,
    root_key: bytes,
    owner: str,
    delegations: Sequence[tuple[Delegation, Envelope]],
    revocations: Sequence[Envelope],
    at: datetime,
    verify: Verify,
) -> _Walk | Unresolved:
    """From the root down to the owner's scope; the owner's key, the links, and the key of each scope passed."""
    scope, key = root, root_key
    links = [Link(root, fingerprint(root_key), None)]
    keys = {root: root_key}
    while scope != owner:
        step = next(
            (pair for pair in delegations
             if pair[0].issuer == scope and (pair[0].scope == owner or narrower(owner, pair[0].scope))),
            None,
        )  # fmt: skip
        if step is None or len(links) > CHAIN_MAX:
            return Unresolved("chain-broken", f"nothing leads from {scope} to {owner}")
        delegation, envelope = step
        try:
            envelope.check(ISSUER, key, verify)
        except GridtieError as cause:
            return Unresolved("bad-signature", f"{delegation.scope}: {cause.message}")
        if not delegation.valid_from <= at < delegation.valid_until:
            return Unresolved("expired", f"{delegation.scope} was delegated until {delegation.valid_until:%Y-%m-%d}")
        if reason := _revoked(delegation.scope, revocations, keys, at, verify):
            return Unresolved("revoked", f"{delegation.scope} was revoked: {reason}")
        scope, key = delegation.scope, delegation.key
        keys[scope] = key
        links.append(Link(scope, fingerprint(key), delegation.valid_until))
    return key, tuple(links), keys


def _revoked(
    subject: str, revocations: Sequence[Envelope], keys: Mapping[str, bytes], at: datetime, verify: Verify
) -> str | None:
    """The reason when the holder of a scope above took it back; a revocation by anybody else is ignored."""
    for envelope in revocations:
        try:
            revocation = read_revocation(envelope.payload)
            if revocation.subject != subject or revocation.at > at or revocation.issuer not in keys:
                continue
            envelope.check(ISSUER, keys[revocation.issuer], verify)
        except GridtieError:
            continue
        return revocation.reason
    return None


def _check_descriptor(
    descriptor: Descriptor,
    proof: Proof,
    key: bytes,
    chain: tuple[Link, ...],
    keys: Mapping[str, bytes],
    at: datetime,
    verify: Verify,
) -> Resolved | Unresolved:
    body = descriptor.identifier.rpartition("-")[0]
    if not covers(chain[-1].scope, body):
        return Unresolved("chain-broken", f"{chain[-1].scope} does not cover {descriptor.identifier}")
    if reason := _revoked(descriptor.identifier, proof.revocations, keys, at, verify):
        return Unresolved("revoked", f"{descriptor.identifier} was revoked: {reason}", descriptor)
    try:
        proof.descriptor.check(ROLE, key, verify)
    except GridtieError as cause:
        return Unresolved("bad-signature", cause.message)
    if descriptor.status != "active":
        return Unresolved(
            "tombstone", f"{descriptor.identifier} is a {descriptor.status}; it is never used again", descriptor
        )
    if not descriptor.valid_from <= at < descriptor.valid_until:
        return Unresolved("expired", f"the descriptor was valid until {descriptor.valid_until:%Y-%m-%d}", descriptor)
    return Resolved(descriptor, chain)

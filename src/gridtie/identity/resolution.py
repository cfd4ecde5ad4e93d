"""Walk a proof from a trusted root to a descriptor, or to the first reason why not. Works from a file, offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gridtie.errors import GridtieError, InvalidInput, Problem
from gridtie.identity.code import parse
from gridtie.identity.delegation import (
    DELEGATION,
    ISSUER,
    KEY,
    REVOCATION,
    Delegation,
    Revocation,
    narrower,
    read_delegation,
    read_revocation,
)
from gridtie.identity.descriptor import KIND, ROLE, Descriptor, from_payload
from gridtie.identity.signing import Envelope, Verify, encode, fingerprint
from gridtie.values.period import to_the_second

PROOF_MAX = 64  # delegations, and revocations, in one proof


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
        if not all(isinstance(entry, list) and len(entry) <= PROOF_MAX for entry in lists):
            raise InvalidInput(
                source="proof", problems=[Problem(f"delegations and revocations must be lists of at most {PROOF_MAX}")]
            )
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
    """`code` is one of malformed, other-identifier, no-root, chain-broken, bad-signature, not-yet, expired, revoked,
    tombstone; `reason` a sentence."""

    code: str
    reason: str
    descriptor: Descriptor | None = None  # genuine, but no longer in force: a tombstone still says what it was


def resolve(
    identifier: str, proof: Proof, roots: Mapping[str, bytes], at: datetime, verify: Verify
) -> Resolved | Unresolved:
    """`roots` maps scopes, mostly issuer prefixes, to the public keys one trusts; the longest that fits is taken.

    The first failing step is named. A descriptor comes with the answer only when its signature held.

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
    owner = f"{wanted.prefix}/{wanted.owner}"
    root = max((scope for scope in roots if scope == owner or narrower(owner, scope)), key=len, default=None)
    if root is None:
        return Unresolved("no-root", f"no trusted key for {wanted.prefix}")
    walk = _Walk(descriptor, proof, delegations, owner, at, verify)
    return walk.from_scope(root, roots[root], (Link(root, fingerprint(roots[root]), None),), {root: roots[root]})


class _Walk:
    """From a root down to the owner's scope and the descriptor, trying each delegation that leads there."""

    def __init__(
        self,
        descriptor: Descriptor,
        proof: Proof,
        delegations: Sequence[tuple[Delegation, Envelope]],
        owner: str,
        at: datetime,
        verify: Verify,
    ) -> None:
        self._descriptor, self._signed = descriptor, proof.descriptor
        self._delegations, self._owner, self._at, self._verify = delegations, owner, at, verify
        self._seen: set[tuple[str, bytes]] = set()
        self._revocations = [(envelope, _readable(envelope)) for envelope in proof.revocations]
        self._genuine: dict[tuple[int, bytes], bool] = {}

    def from_scope(
        self, scope: str, key: bytes, chain: tuple[Link, ...], keys: Mapping[str, bytes]
    ) -> Resolved | Unresolved:
        """`keys`: of every scope passed, `scope` among them. Each (scope, key) is tried once, so forks cost no more."""
        self._seen.add((scope, key))
        if scope == self._owner:
            return self._checked_descriptor(key, chain, keys)
        failed: Unresolved | None = None
        for delegation, envelope in self._delegations:
            below = delegation.scope
            if delegation.issuer != scope or not (below == self._owner or narrower(self._owner, below)):
                continue
            if (below, delegation.key) in self._seen:
                continue
            outcome = self._fault(delegation, envelope, key, keys) or self.from_scope(
                below,
                delegation.key,
                (*chain, Link(below, fingerprint(delegation.key), delegation.valid_until)),
                {**keys, below: delegation.key},
            )
            if isinstance(outcome, Resolved):
                return outcome
            if failed is None or (failed.descriptor is None and outcome.descriptor is not None):
                failed = outcome
        return failed or Unresolved("chain-broken", f"nothing leads from {scope} to {self._owner}")

    def _fault(
        self, delegation: Delegation, envelope: Envelope, key: bytes, keys: Mapping[str, bytes]
    ) -> Unresolved | None:
        scope = delegation.scope
        try:
            envelope.check(ISSUER, key, self._verify)
        except GridtieError as cause:
            return Unresolved("bad-signature", f"{scope}: {cause.message}")
        if fault := _outside(scope, "was delegated", delegation.valid_from, delegation.valid_until, self._at):
            return fault
        for subject, since in ((scope, delegation.valid_from), (KEY + encode(delegation.key), None)):
            if reason := self._revoked(subject, keys, since=since):
                return Unresolved("revoked", f"{subject} was revoked: {reason}")
        return None

    def _checked_descriptor(
        self, key: bytes, chain: tuple[Link, ...], keys: Mapping[str, bytes]
    ) -> Resolved | Unresolved:
        found = self._descriptor
        try:
            self._signed.check(ROLE, key, self._verify)
        except GridtieError as cause:
            return Unresolved("bad-signature", cause.message)
        if reason := self._revoked(found.identifier, keys):
            return Unresolved("revoked", f"{found.identifier} was revoked: {reason}", found)
        if found.status != "active":
            return Unresolved("tombstone", f"{found.identifier} is a {found.status}; it is never used again", found)
        fault = _outside(found.identifier, "is described", found.valid_from, found.valid_until, self._at)
        return replace(fault, descriptor=found) if fault else Resolved(found, chain)

    def _revoked(self, subject: str, keys: Mapping[str, bytes], *, since: datetime | None = None) -> str | None:
        """The reason when the holder of a scope passed took it back, after `since`; anybody else's word is ignored."""
        for index, (envelope, revocation) in enumerate(self._revocations):
            if revocation is None or revocation.subject != subject or revocation.at > self._at:
                continue
            if since is not None and since > revocation.at:
                continue
            if revocation.issuer in keys and self._is_genuine(index, envelope, keys[revocation.issuer]):
                return revocation.reason
        return None

    def _is_genuine(self, index: int, envelope: Envelope, key: bytes) -> bool:
        if (index, key) not in self._genuine:
            try:
                envelope.check(ISSUER, key, self._verify)
                self._genuine[index, key] = True
            except GridtieError:
                self._genuine[index, key] = False
        return self._genuine[index, key]


def _outside(name: str, verb: str, start: datetime, end: datetime, at: datetime) -> Unresolved | None:
    if at < start:
        return Unresolved("not-yet", f"{name} {verb} only from {to_the_second(start)}")
    if at >= end:
        return Unresolved("expired", f"{name} {verb} only until {to_the_second(end)}")
    return None


def _readable(envelope: Envelope) -> Revocation | None:
    try:
        return read_revocation(envelope.payload)
    except GridtieError:
        return None

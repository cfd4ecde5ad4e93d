"""Who may name things under a prefix: handed down by signature, like zones of the DNS, and taken back the same way.

A *scope* is an issuer prefix (`cn`, `cn.demo`) or an owner's name under one (`cn.demo/aurora`). Its holder
may delegate any narrower scope to another key, and the holder of an owner's scope signs the descriptors under it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, decode, encode
from gridtie.values.period import from_text, to_text

DELEGATION, REVOCATION = "delegation", "revocation"
ISSUER = "issuer"
KEY = "key:"  # before a public key in base64url: the subject that revokes it under every scope
_SCOPE = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """`issuer` hands `scope` to `key` (raw public key) for a time."""

    scope: str
    key: bytes
    issuer: str  # the wider scope under which it is handed down
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Takes back what `subject` names, from `at` on. Never undone.

    A scope: the delegations of it that began by then; a later one, to another key, stands. A key (KEY and its
    base64url): under every scope. An identifier: for good.
    """

    subject: str
    issuer: str
    at: datetime
    reason: str


def narrower(scope: str, within: str) -> bool:
    """Whether `scope` lies strictly below `within`: cn.demo below cn, cn.demo/aurora below cn.demo."""
    return scope != within and (scope.startswith(within + ".") or scope.startswith(within + "/")) and "/" not in within


def delegation_envelope(delegation: Delegation) -> Envelope:
    if not _SCOPE.fullmatch(delegation.scope) or not narrower(delegation.scope, delegation.issuer):
        problem = Problem(f"{delegation.scope!r} does not lie below {delegation.issuer!r}")
        raise InvalidInput(source="delegation", problems=[problem])
    return Envelope(
        DELEGATION,
        {
            "scope": delegation.scope,
            "key": encode(delegation.key),
            "issuer": delegation.issuer,
            "valid_from": to_text(delegation.valid_from),
            "valid_until": to_text(delegation.valid_until),
        },
    )


def revocation_envelope(revocation: Revocation) -> Envelope:
    return Envelope(
        REVOCATION,
        {
            "subject": revocation.subject,
            "issuer": revocation.issuer,
            "at": to_text(revocation.at),
            "reason": revocation.reason,
        },
    )


def read_delegation(data: Mapping[str, Any]) -> Delegation:
    """Raises InvalidInput when the payload is not a delegation that narrows."""
    try:
        made = Delegation(
            scope=data["scope"],
            key=decode(data["key"], length=PUBLIC_KEY_BYTES, subject="delegation"),
            issuer=data["issuer"],
            valid_from=from_text(data["valid_from"]),
            valid_until=from_text(data["valid_until"]),
        )
        if not _SCOPE.fullmatch(made.scope) or not narrower(made.scope, made.issuer):
            raise ValueError(f"{made.scope!r} does not lie below {made.issuer!r}")
        if made.valid_until <= made.valid_from:
            raise ValueError("it ends before it begins")
    except (KeyError, TypeError, ValueError, AttributeError) as cause:
        raise InvalidInput(source="delegation", problems=[Problem(f"not a delegation: {cause}")]) from cause
    return made


def read_revocation(data: Mapping[str, Any]) -> Revocation:
    try:
        texts = {name: data[name] for name in ("subject", "issuer", "reason")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("subject, issuer and reason must be text")
        return Revocation(at=from_text(data["at"]), **texts)
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInput(source="revocation", problems=[Problem(f"not a revocation: {cause}")]) from cause

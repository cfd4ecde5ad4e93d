"""The signed result: what it says, and how anyone checks it without asking anybody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Evidence
from gridtie.certification.generator import SUITE
from gridtie.certification.verdict import Judgement, TesterTimes
from gridtie.errors import InvalidSignature
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, Verify, decode, fingerprint
from gridtie.values.ids import CertificateId
from gridtie.values.period import from_text, to_text, to_the_second, to_us

KIND = "certificate"
ROLES = ("exchange", "site")
VALID_MOST = timedelta(days=30)


def payload(
    *,
    id: CertificateId,
    site: str,
    identifier: str | None,
    chip: str,
    host_digest: str,
    isolation: str,
    simulated: bool,
    challenge: Challenge,
    evidence: Sequence[Evidence],
    times: TesterTimes,
    judgement: Judgement,
    valid_from: datetime,
    valid_for: timedelta,
    exchange_key: str,
    site_key: str,
) -> dict[str, Any]:
    """What both sides sign. Keys are base64url. `simulated`: several machines of it share one host.

    Raises ValueError for a judgement that did not pass, or a validity beyond 30 days.
    """
    if not judgement.passed:
        raise ValueError("a certificate is made only of what passed")
    if not timedelta(0) < valid_for <= VALID_MOST:
        raise ValueError("a certificate is valid for at most 30 days")
    return {
        "certificate": id,
        "site": site,
        "resource": challenge.resource,
        "identifier": identifier,
        "chip": chip,
        "machines": challenge.plan.machines,
        "units": challenge.plan.units,
        "host_digest": host_digest,
        "isolation": isolation,
        "simulated_machines": simulated,
        "suite": SUITE,
        "profile": challenge.plan.profile,
        "program_digest": challenge.program_digest,
        "challenge": challenge.id,
        "nonce": challenge.nonce.hex(),
        "evidence": [part.digest for part in sorted(evidence, key=lambda part: part.rank)],
        "software": dict(min(evidence, key=lambda part: part.rank).host),
        "dispatched": to_text(times.dispatched),
        "answered": to_text(times.answered),
        "tester_elapsed_us": to_us(times.answered) - to_us(times.dispatched),
        "items": [item.to_json() for item in judgement.items],
        "score": judgement.score,
        "latency_us": judgement.latency_us,
        "valid_from": to_text(valid_from),
        "expires": to_text(valid_from + valid_for),
        "exchange_key": exchange_key,
        "site_key": site_key,
    }


def baseline_of(payload: Mapping[str, Any]) -> dict[str, float]:
    """Medians of an earlier certificate, as Claims.baseline wants them: those that were proven and had no claim."""
    return {
        item["name"]: item["spread"]["median"]
        for item in payload["items"]
        if item["basis"] == "self-baselined" and item["spread"] is not None
    }


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def verify(
    envelope: Envelope,
    *,
    at: datetime,
    verify: Verify,
    exchange_keys: Sequence[bytes] = (),
    evidence: Sequence[Evidence] = (),
) -> Verification:
    """Every check, passed or not; never stops at the first.

    `exchange_keys`: those you trust. Without one the certificate is checked against the key that it names itself, which
    proves that nothing was changed since, but not by whom it was made; the check says so.
    """
    claimed = envelope.payload
    checks = [_form(claimed)]
    named = str(claimed.get("exchange_key", ""))
    checks.append(_trust(named, exchange_keys))
    for role, key in (("exchange", named), ("site", str(claimed.get("site_key", "")))):
        checks.append(_signature(envelope, role, key, verify))
    if sorted(s.role for s in envelope.signatures) != sorted(ROLES):
        count = len(envelope.signatures)
        checks.append(
            Check("signatures", False, f"it bears {count}; it must be one of the exchange and one of the site")
        )
    checks.append(_time(claimed, at))
    if evidence:
        digests = [part.digest for part in sorted(evidence, key=lambda part: part.rank)]
        same = digests == claimed.get("evidence")
        checks.append(Check("evidence", same, "is what was judged" if same else "is not what was judged"))
    return Verification(tuple(checks))


_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_NEEDED = ("certificate", "site", "resource", "chip", "nonce", "evidence", "items", "valid_from", "expires",
           "exchange_key", "site_key", "program_digest")  # fmt: skip


def _form(claimed: Mapping[str, Any]) -> Check:
    missing = [name for name in _NEEDED if name not in claimed]
    if missing:
        return Check("form", False, f"lacks {', '.join(missing)}")
    if claimed.get("suite") != SUITE:
        return Check("form", False, f"is of suite {str(claimed.get('suite'))[:40]!r}; this version reads {SUITE}")
    names = [claimed["certificate"], claimed["resource"]]
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        # Also because they are printed: a name could hold what clears a terminal or writes a line of its own.
        return Check("form", False, "its certificate or resource is no name")
    return Check("form", True, f"certificate {names[0]} of resource {names[1]}")


def _trust(named: str, trusted: Sequence[bytes]) -> Check:
    try:
        key = decode(named, length=PUBLIC_KEY_BYTES, subject="exchange_key")
    except InvalidSignature as error:
        return Check("exchange", False, f"the key that it names is {error.params['reason']}")
    if not trusted:
        return Check("exchange", True, f"{fingerprint(key)} by its own word; compare it, or give --exchange-key")
    known = key in trusted
    return Check("exchange", known, f"{fingerprint(key)} {'is' if known else 'is not'} the one you trust")


def _signature(envelope: Envelope, role: str, key: str, verify: Verify) -> Check:
    try:
        raw = decode(key, length=PUBLIC_KEY_BYTES, subject=f"{role}_key")
        envelope.check(role, raw, verify)
    except InvalidSignature as error:
        return Check(f"{role} signature", False, str(error.params.get("reason", error.message)))
    except ValueError as error:  # a payload that has no canonical form was never signed
        return Check(f"{role} signature", False, str(error))
    return Check(f"{role} signature", True, f"by {fingerprint(raw)}")


def _time(claimed: Mapping[str, Any], at: datetime) -> Check:
    try:
        start, end = from_text(str(claimed.get("valid_from"))), from_text(str(claimed.get("expires")))
    except ValueError:
        return Check("validity", False, "its dates cannot be read")
    if not timedelta(0) < end - start <= VALID_MOST:
        return Check("validity", False, "its validity is not between 0 and 30 days")
    if at < start:
        return Check("validity", False, f"is valid only from {to_the_second(start)}")
    if at >= end:
        return Check("validity", False, f"expired on {to_the_second(end)}")
    return Check("validity", True, f"until {to_the_second(end)}")

"""Keys from fixed seeds, and one proof from the national root down to a resource of aurora's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.identity import descriptor as described
from gridtie.identity.code import make
from gridtie.identity.delegation import (
    ISSUER,
    Delegation,
    Revocation,
    delegation_envelope,
    revocation_envelope,
)
from gridtie.identity.descriptor import Descriptor, Metric
from gridtie.identity.resolution import Proof
from gridtie.identity.signing import Envelope

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


def key(number: int) -> Ed25519Signer:
    return Ed25519Signer(bytes([number]) * 32)


class World:
    """cn holds key 1 and delegates cn.demo to key 2, which delegates cn.demo/aurora to key 3."""

    at = AT
    national, demo, owner, stranger = key(1), key(2), key(3), key(9)
    name = str(make("cn.demo", "aurora", "CN-520100", "ai", "0001"))

    def __init__(self) -> None:
        self.roots = {"cn": self.national.public_key}

    def delegation(self, scope: str, issuer: str, holder: Any, by: Any, **changed: Any) -> Envelope:
        fields = {"valid_from": AT - YEAR, "valid_until": AT + YEAR, **changed}
        return delegation_envelope(Delegation(scope=scope, key=holder.public_key, issuer=issuer, **fields)).sign(
            ISSUER, by
        )

    def chain(self) -> tuple[Envelope, Envelope]:
        return (
            self.delegation("cn.demo", "cn", self.demo, self.national),
            self.delegation("cn.demo/aurora", "cn.demo", self.owner, self.demo),
        )

    def record(self, **changed: Any) -> Descriptor:
        fields: dict[str, Any] = {
            "identifier": self.name,
            "sequence": 7,
            "status": "active",
            "site": "aurora-north",
            "hub": "gz",
            "chip": "nv-a100-80",
            "isolation": "process",
            "total": {"machines": 2, "accelerators": 16},
            "available": {"machines": 1, "accelerators": 8},
            "available_at": AT,
            "metrics": (
                Metric(name="fp16", value=251.5, unit="TFLOP/s", source="directly measured", statistics="mean",
                       density="dense"),
                Metric(name="latency", value=1800, unit="us", source="directly measured", statistics="min"),
            ),
            "certificate": "cert_1",
            "offers": "/v1/offers?chip=nv-a100-80&hub=gz",
            "valid_from": AT - timedelta(days=1),
            "valid_until": AT + timedelta(days=90),
            "hardware": {"simulated_machines": False},
        }  # fmt: skip
        return Descriptor(**{**fields, **changed})

    def signed(self, by: Any = None, **changed: Any) -> Envelope:
        return described.envelope(self.record(**changed)).sign(described.ROLE, by or self.owner)

    def proof(self, **changed: Any) -> Proof:
        return Proof(self.signed(**changed), self.chain())

    def revocation(self, subject: str, issuer: str, by: Any, *, at: datetime = AT - timedelta(hours=1)) -> Envelope:
        return revocation_envelope(Revocation(subject=subject, issuer=issuer, at=at, reason="stolen")).sign(ISSUER, by)


@pytest.fixture
def world() -> World:
    return World()

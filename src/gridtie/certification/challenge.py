"""The question that is sent to a site: a plan, a nonce that nobody could know before, and where to meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.certification.generator import SUITE, seed
from gridtie.certification.plan import TestPlan

NONCE_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """`nonce` is used once: the exchange keeps it with the challenge's id and ends the challenge with its first
    answer."""

    id: str
    resource: str
    nonce: bytes
    program_digest: str
    plan: TestPlan

    @property
    def base_port(self) -> int:
        """Rank r listens on base_port + r; below the kernel's ephemeral range."""
        return 12_000 + int.from_bytes(seed(self.nonce, "port")[:4], "little") % 16_000

    def to_json(self) -> dict[str, Any]:
        """challenge.json, and how the store keeps it."""
        return {
            "suite": SUITE,
            "challenge": self.id,
            "resource": self.resource,
            "nonce": self.nonce.hex(),
            "program_digest": self.program_digest,
            "base_port": self.base_port,
            "plan": self.plan.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Challenge":
        """The inverse, for a challenge of our own making (the store)."""
        return make(
            id=data["challenge"],
            resource=data["resource"],
            nonce=bytes.fromhex(data["nonce"]),
            program_digest=data["program_digest"],
            plan=TestPlan.from_json(data["plan"]),
        )


def make(*, id: str, resource: str, nonce: bytes, program_digest: str, plan: TestPlan) -> Challenge:
    """`nonce`: 32 fresh random bytes of the exchange."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return Challenge(id=id, resource=resource, nonce=nonce, program_digest=program_digest, plan=plan)

"""The two gates: into the network (who it is, is proven) and into the market (what it can, is tested)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gates look at. `valid_until`: of the certificate that counts; None: there is none."""

    site_state: str
    resource_state: str
    identifier: str | None
    described: bool  # a signed descriptor is there
    revoked: bool  # its identifier carries a tombstone
    valid_until: datetime | None


def network_gate(standing: Standing) -> str:
    """Why it is closed, one sentence; empty when it is open."""
    if standing.revoked or standing.resource_state == "tombstone":
        return "its identifier was revoked"
    if standing.site_state in ("declared", "pending"):
        return "its site has not been approved yet"
    if standing.site_state not in ("active", "draining"):
        return f"its site is {standing.site_state}"
    if standing.identifier is None or not standing.described:
        return "it has no identifier yet"
    return ""


def market_gate(standing: Standing, at: datetime) -> str:
    """Why it is closed, one sentence; empty when it is open. Nothing untested is ever sold."""
    if reason := network_gate(standing):
        return reason
    if standing.valid_until is None:
        return "it has no valid certificate; certify it with `gridtie resource certify`"
    if standing.valid_until <= at:
        return f"its certificate expired on {standing.valid_until:%Y-%m-%d}"
    return ""

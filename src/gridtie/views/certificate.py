"""Certificates as the faces show them: evidence that any member may read and check offline."""

from typing import Any

from gridtie.access import Scope
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import ResourceId
from gridtie.values.period import from_us
from gridtie.views.party import page_of, when


def certificate_view(unit: Unit, row: Any, *, whole: bool = False) -> dict[str, Any]:
    """`state` says expired where the row still says valid: time, not a write, ends a certificate."""
    expired = row.state == "valid" and from_us(row.expires_us) <= unit.at
    view = {
        "id": row.id,
        "resource": row.resource,
        "identifier": row.identifier,
        "state": "expired" if expired else row.state,
        "valid_from": when(row.valid_from_us),
        "expires": when(row.expires_us),
    }
    if whole:
        view["envelope"] = load(row.envelope)
    return view


def certificate_page(unit: Unit, *, resource: ResourceId | None, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.certificates.page(Scope(None), resource_key=resource, before=cursor, limit=limit + 1)
    return page_of([certificate_view(unit, row) for row in rows], limit)

"""Organisations, members and tokens as the faces show them."""

from typing import Any

from gridtie.access import ROLES, Actor, Scope
from gridtie.store.unit import Unit
from gridtie.values.ids import MemberId, OrganisationId
from gridtie.values.period import from_us, to_text


def when(us: int | None) -> str | None:
    return None if us is None else to_text(from_us(us))


def page_of(items: list[dict[str, Any]], limit: int, key: str = "id") -> dict[str, Any]:
    """A page from up to limit + 1 items; `next` is the cursor of the following one or None."""
    return {"items": items[:limit], "next": items[limit - 1][key] if len(items) > limit else None}


def organisation_view(row: Any) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "created_at": when(row.created_us)}


def organisation_page(unit: Unit, scope: Scope, *, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.parties.organisations(scope, after=cursor, limit=limit + 1)
    return page_of([organisation_view(row) for row in rows], limit)


def member_view(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation": row.organisation,
        "name": row.name,
        "role": row.role,
        "created_at": when(row.created_us),
        "removed_at": when(row.revoked_us),
    }


def member_page(unit: Unit, organisation: OrganisationId, *, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.parties.members(organisation, after=cursor, limit=limit + 1)
    return page_of([member_view(row) for row in rows], limit)


def token_view(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "member": row.member,
        "label": row.label,
        "created_at": when(row.created_us),
        "expires": when(row.expires_us),
        "last_used": when(row.used_us),
        "revoked": when(row.revoked_us),
    }


def token_page(unit: Unit, scope: Scope, *, member: MemberId | None, cursor: str | None, limit: int) -> dict[str, Any]:
    rows = unit.tokens.page(scope, member_only=member, after=cursor, limit=limit + 1)
    return page_of([token_view(row) for row in rows], limit)


def whoami(unit: Unit, actor: Actor) -> dict[str, Any]:
    assert actor.member is not None
    assert actor.organisation is not None
    assert actor.token is not None
    member = unit.parties.member(actor.member)
    token: Any = unit.tokens.get(actor.token)
    return {
        "member": member.name,
        "member_id": member.id,
        "organisation": {"id": actor.organisation, "name": unit.parties.organisation(actor.organisation).name},
        "role": member.role,
        "roles": [role for role in ROLES if role in actor.roles],
        "token": {"id": actor.token, "kind": token.kind, "expires": when(token.expires_us)},
    }

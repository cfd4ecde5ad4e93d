"""Organisations and their members: rows in and out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from gridtie.access import Scope
from gridtie.errors import Ambiguous, NotFound
from gridtie.store.schema import member, organisation
from gridtie.store.session import Session
from gridtie.values.ids import MemberId, OrganisationId

_ORGANISATION = select(organisation).where(organisation.c.id == bindparam("key"))
_MEMBER = select(member).where(member.c.id == bindparam("key"))


class PartyRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add_organisation(self, key: OrganisationId, name: str) -> None:
        """Raises AlreadyExists (by the database) for a name that is taken."""
        self._session.execute(insert(organisation), {"id": key, "name": name, "created_us": self._session.at_us})

    def organisation(self, key: OrganisationId) -> Any:
        row = self._session.execute(_ORGANISATION, {"key": key}).first()
        if row is None:
            raise NotFound(noun="organisation", key=key)
        return row

    def organisation_named(self, name: str) -> OrganisationId | None:
        found = self._session.execute(select(organisation.c.id).where(organisation.c.name == name)).scalar()
        return OrganisationId(found) if found else None

    def find(self, text: str, scope: Scope) -> OrganisationId:
        """By id, name or unique short id, within `scope`. Raises NotFound, Ambiguous."""
        low = text if text.startswith("org_") else f"org_{text}"
        prefix = organisation.c.id.between(low, low + "\x7f")
        statement = select(organisation.c.id, organisation.c.name).where((organisation.c.name == text) | prefix)
        if scope.organisation is not None:
            statement = statement.where(organisation.c.id == scope.organisation)
        rows = self._session.execute(statement.order_by(organisation.c.id).limit(4)).all()
        exact = [row for row in rows if text in (row.id, row.name)]
        if not rows:
            raise NotFound(noun="organisation", key=text)
        if not exact and len(rows) > 1:
            raise Ambiguous(noun="organisation", key=text, matches=", ".join(row.name for row in rows))
        return OrganisationId((exact or rows)[0].id)

    def organisations(self, scope: Scope, *, after: str | None, limit: int) -> Sequence[Any]:
        statement = select(organisation).order_by(organisation.c.id).limit(limit)
        if scope.organisation is not None:
            statement = statement.where(organisation.c.id == scope.organisation)
        if after:
            statement = statement.where(organisation.c.id > after)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def names(self, keys: Sequence[str] | None) -> dict[str, str]:
        """Names of these organisations, for the views; None: of all."""
        statement = select(organisation.c.id, organisation.c.name)
        if keys is not None:
            statement = statement.where(organisation.c.id.in_(sorted(set(keys))))
        return dict(tuple(row) for row in self._session.execute(statement))

    # ── members ───────────────────────────────────────────────────────────────────────────────────────────────────
    def add_member(self, key: MemberId, *, organisation: OrganisationId, name: str, role: str) -> None:
        row = {"id": key, "organisation": organisation, "name": name, "role": role, "created_us": self._session.at_us}
        self._session.execute(insert(member), row)

    def member(self, key: MemberId) -> Any:
        row = self._session.execute(_MEMBER, {"key": key}).first()
        if row is None:
            raise NotFound(noun="member", key=key)
        return row

    def find_member(self, text: str, scope: Scope) -> Any:
        """The row for an id or a unique short id. Raises NotFound, Ambiguous."""
        low = text if text.startswith("member_") else f"member_{text}"
        statement = select(member).where(member.c.id.between(low, low + "\x7f")).order_by(member.c.id).limit(3)
        if scope.organisation is not None:
            statement = statement.where(member.c.organisation == scope.organisation)
        rows = self._session.execute(statement).all()
        if not rows:
            raise NotFound(noun="member", key=text)
        if len(rows) > 1 and rows[0].id != low:
            raise Ambiguous(noun="member", key=text, matches=", ".join(row.id for row in rows))
        return rows[0]

    def members(self, organisation: OrganisationId, *, after: str | None, limit: int) -> Sequence[Any]:
        statement = select(member).where(member.c.organisation == organisation).order_by(member.c.id).limit(limit)
        if after:
            statement = statement.where(member.c.id > after)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def member_count(self, organisation: OrganisationId) -> int:
        statement = select(func.count()).where(member.c.organisation == organisation, member.c.revoked_us.is_(None))
        return int(self._session.execute(statement).scalar_one())

    def owners(self, organisation: OrganisationId) -> int:
        """Members who can still manage the organisation."""
        statement = select(func.count()).where(
            member.c.organisation == organisation,
            member.c.revoked_us.is_(None),
            member.c.role.in_(["owner", "exchange-admin"]),
        )
        return int(self._session.execute(statement).scalar_one())

    def remove_member(self, key: MemberId) -> None:
        statement = update(member).where(member.c.id == key, member.c.revoked_us.is_(None))
        self._session.execute(statement.values(revoked_us=self._session.at_us))

    def member_named(self, organisation: OrganisationId, name: str) -> bool:
        statement = select(member.c.id).where(member.c.organisation == organisation, member.c.name == name)
        return self._session.execute(statement).first() is not None

"""Tokens: rows in and out. A secret never comes here, only its HMAC."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gridtie.access import Scope
from gridtie.errors import NotFound
from gridtie.store.schema import member, token
from gridtie.store.session import Session
from gridtie.values.ids import MemberId, SiteId

_WITH_MEMBER = (
    select(
        token,
        member.c.organisation,
        member.c.role,
        member.c.name.label("member_name"),
        member.c.revoked_us.label("member_revoked_us"),
    )
    .join(member, member.c.id == token.c.member)
    .where(token.c.id == bindparam("key"))
)
_GET = select(token).where(token.c.id == bindparam("key"))


class TokenRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, key: str, *, kind: str, secret_hmac: str, expires_us: int, label: str = "",
        member: MemberId | None = None, site: SiteId | None = None,
    ) -> None:  # fmt: skip
        row = {
            "id": key,
            "kind": kind,
            "member": member,
            "site": site,
            "label": label,
            "secret_hmac": secret_hmac,
            "created_us": self._session.at_us,
            "expires_us": expires_us,
        }
        self._session.execute(insert(token), row)

    def with_member(self, key: str) -> Any | None:
        """The token with its member's organisation and role; None when there is no such token of a member."""
        return self._session.execute(_WITH_MEMBER, {"key": key}).first()

    def get(self, key: str) -> Any | None:
        return self._session.execute(_GET, {"key": key}).first()

    def find(self, text: str, scope: Scope, *, member_only: MemberId | None) -> Any:
        """Of `scope` (and of one member, if given), by its whole id: ids are short, and revoking is final."""
        statement = (
            select(token, member.c.organisation).join(member, member.c.id == token.c.member).where(token.c.id == text)
        )
        if scope.organisation is not None:
            statement = statement.where(member.c.organisation == scope.organisation)
        if member_only is not None:
            statement = statement.where(token.c.member == member_only)
        row = self._session.execute(statement).first()
        if row is None:
            raise NotFound(noun="token", key=text)
        return row

    def page(self, scope: Scope, *, member_only: MemberId | None, after: str | None, limit: int) -> Sequence[Any]:
        statement = (
            select(token, member.c.organisation)
            .join(member, member.c.id == token.c.member)
            .order_by(token.c.id)
            .limit(limit)
        )
        if scope.organisation is not None:
            statement = statement.where(member.c.organisation == scope.organisation)
        if member_only is not None:
            statement = statement.where(token.c.member == member_only)
        if after:
            statement = statement.where(token.c.id > after)
        rows: Sequence[Any] = self._session.execute(statement).all()
        return rows

    def revoke(self, key: str) -> None:
        statement = update(token).where(token.c.id == key, token.c.revoked_us.is_(None))
        self._session.execute(statement.values(revoked_us=self._session.at_us))

    def revoke_of_member(self, key: MemberId) -> None:
        statement = update(token).where(token.c.member == key, token.c.revoked_us.is_(None))
        self._session.execute(statement.values(revoked_us=self._session.at_us))

    def revoke_of_site(self, key: SiteId) -> None:
        """Invitations that were not used yet."""
        statement = update(token).where(token.c.site == key, token.c.used_us.is_(None), token.c.revoked_us.is_(None))
        self._session.execute(statement.values(revoked_us=self._session.at_us))

    def used(self, key: str) -> None:
        self._session.execute(update(token).where(token.c.id == key).values(used_us=self._session.at_us))

    def spend(self, key: str, public_key: str) -> None:
        """An enrolment token was used by this key, and by no other from now on."""
        statement = update(token).where(token.c.id == key, token.c.used_us.is_(None))
        self._session.execute(statement.values(used_us=self._session.at_us, used_key=public_key))

    def set_nonce(self, key: str, nonce: str) -> None:
        self._session.execute(update(token).where(token.c.id == key).values(nonce=nonce))

"""Tokens are issued, shown once, and revoked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridtie.access import ADMIN, EXCHANGE_ROLES, OWNER, Actor, roles_of
from gridtie.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, Problem
from gridtie.flow.exchange import Exchange
from gridtie.registry.token import (
    DAYS,
    DAYS_MAX,
    ID_LENGTH,
    SECRET_BYTES,
    make_token,
    matches,
    parse_token,
    secret_hmac,
)
from gridtie.store.unit import Unit
from gridtie.values.ids import MemberId, OrganisationId, SiteId, TokenId
from gridtie.values.period import from_us, to_us


@dataclass(frozen=True, slots=True)
class Issued:
    id: str
    text: str  # shown once
    expires: datetime


def issue_token(
    unit: Unit, exchange: Exchange, actor: Actor, *, member: MemberId, kind: str, label: str, days: int | None
) -> Issued:
    """For oneself, or as an owner for a member of the own organisation. Raises NotAllowed, NotFound, InvalidInput."""
    problems = []
    if kind not in DAYS:
        problems.append(Problem(f"kind: one of {', '.join(DAYS)}", path="kind"))
    if days is not None and not 1 <= days <= DAYS_MAX:
        problems.append(Problem(f"days: 1 to {DAYS_MAX}", path="days"))
    if problems:
        raise InvalidInput(source="token", problems=problems)
    row = unit.parties.member(member)
    if row.revoked_us is not None:
        raise NotFound(noun="member", key=member)
    if member != actor.member:
        _check_for_other(actor, OrganisationId(row.organisation), row.role)
    span = timedelta(days=days or DAYS[kind])
    issued = new_token(unit, exchange, kind, span, label=label, member=member)
    unit.note("token.issued", issued.id, organisation=row.organisation, member=member, kind_of_token=kind)
    return issued


def new_token(
    unit: Unit, exchange: Exchange, kind: str, span: timedelta, *, label: str = "", member: MemberId | None = None,
    site: SiteId | None = None,
) -> Issued:  # fmt: skip
    token = make_token(kind, exchange.clock.random_bytes(ID_LENGTH + SECRET_BYTES))
    expires = unit.at + span
    unit.tokens.add(
        token.id, kind=kind, secret_hmac=secret_hmac(token, exchange.pepper), expires_us=to_us(expires), label=label,
        member=member, site=site,
    )  # fmt: skip
    return Issued(token.id, token.text, expires)


def revoke_token(unit: Unit, key: str) -> None:
    """Revoking twice changes nothing."""
    row = unit.tokens.get(key)
    if row is None or row.member is None:
        raise NotFound(noun="token", key=key)
    if row.revoked_us is None:
        unit.tokens.revoke(key)
        organisation = unit.parties.member(MemberId(row.member)).organisation
        unit.note("token.revoked", key, organisation=organisation, member=row.member)


def actor_of(unit: Unit, exchange: Exchange, text: str) -> tuple[Actor, datetime, datetime | None]:
    """Who a token speaks for, until when, and when it was last used. Raises NotSignedIn; reads only."""
    token = parse_token(text)
    row = unit.tokens.with_member(token.id)
    # The secret is compared even when there is no such token, so that the time says nothing about ids.
    if not matches(token, exchange.pepper, row.secret_hmac if row else "") or row is None or row.kind != token.kind:
        raise NotSignedIn(reason="no such token")
    if row.revoked_us is not None or row.member_revoked_us is not None:
        raise NotSignedIn(reason="this token was revoked")
    if row.expires_us <= unit.at_us:
        raise NotSignedIn(reason=f"this token expired on {from_us(row.expires_us):%Y-%m-%d}")
    actor = Actor(
        name=row.member,
        member=MemberId(row.member),
        organisation=OrganisationId(row.organisation),
        roles=roles_of(row.role),
        token=TokenId(row.id),
    )
    return actor, from_us(row.expires_us), from_us(row.used_us) if row.used_us else None


def _check_for_other(actor: Actor, organisation: OrganisationId, role: str) -> None:
    """An owner may make tokens for his members, but not for one who can more than he himself."""
    if ADMIN in actor.roles:
        return
    if organisation != actor.organisation:
        raise NotFound(noun="member", key="")
    if OWNER not in actor.roles or role in EXCHANGE_ROLES:
        raise NotAllowed(role=" and ".join(sorted(actor.roles)), action="make tokens for others", needed=OWNER)

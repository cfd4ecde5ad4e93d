"""Members come and go; who goes loses his tokens at once."""

from gridtie.access import Actor
from gridtie.errors import AlreadyExists, QuotaExceeded, Refused
from gridtie.flow.exchange import Exchange
from gridtie.registry.party import check_display_name, check_role
from gridtie.store.unit import Unit
from gridtie.values.ids import MemberId, OrganisationId


def add_member(
    unit: Unit, exchange: Exchange, actor: Actor, organisation: OrganisationId, *, name: str, role: str
) -> MemberId:
    """Raises InvalidInput, NotAllowed (roles of the exchange), AlreadyExists, QuotaExceeded."""
    name = check_display_name(name, source="member")
    check_role(actor, role)
    limit = exchange.settings.members_max
    if unit.parties.member_count(organisation) >= limit:
        raise QuotaExceeded(what_of="the number of members of one organisation", limit=limit)
    if unit.parties.member_named(organisation, name):
        raise AlreadyExists(noun="member", key=name)
    key = MemberId(unit.new_id("member"))
    unit.parties.add_member(key, organisation=organisation, name=name, role=role)
    unit.note("member.added", key, organisation=organisation, name=name, role=role)
    return key


def remove_member(unit: Unit, key: MemberId) -> None:
    """Removing twice changes nothing. Raises Refused for the last one who could manage the organisation."""
    row = unit.parties.member(key)
    if row.revoked_us is not None:
        return
    organisation = OrganisationId(row.organisation)
    if row.role in ("owner", "exchange-admin") and unit.parties.owners(organisation) == 1:
        raise Refused(reason="this is the last owner; add another one first")
    unit.parties.remove_member(key)
    unit.tokens.revoke_of_member(key)
    unit.note("member.removed", key, organisation=organisation)

"""The first step: an exchange with one organisation and one administrator, whose token is shown once."""

from datetime import timedelta

from gridtie.access import ADMIN
from gridtie.errors import AlreadyExists
from gridtie.flow.add_organisation import add_organisation
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_token import Issued, new_token
from gridtie.registry.token import DAYS
from gridtie.store.unit import Unit
from gridtie.values.ids import MemberId

FOUNDED = "exchange_founded"


def init_exchange(unit: Unit, exchange: Exchange, *, organisation: str, member: str = "admin") -> Issued:
    """Raises AlreadyExists the second time: an exchange has one beginning."""
    if unit.settings.get(FOUNDED) is not None:
        raise AlreadyExists(noun="exchange", key=exchange.settings.name)
    unit.settings.add(FOUNDED, str(unit.at_us))
    owner = add_organisation(unit, organisation)
    key = MemberId(unit.new_id("member"))
    unit.parties.add_member(key, organisation=owner, name=member, role=ADMIN)
    unit.note("exchange.founded", exchange.id, organisation=owner, name=exchange.settings.name, member=key)
    return new_token(unit, exchange, "user", timedelta(days=DAYS["user"]), label="first token", member=key)

"""An organisation takes part."""

from gridtie.access import Actor, scope
from gridtie.errors import AlreadyExists, NotSignedIn
from gridtie.registry.party import check_organisation_name
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId


def add_organisation(unit: Unit, name: str) -> OrganisationId:
    """Raises InvalidInput for a bad name, AlreadyExists for a taken one."""
    check_organisation_name(name)
    if unit.parties.organisation_named(name) is not None:
        raise AlreadyExists(noun="organisation", key=name)
    key = OrganisationId(unit.new_id("org"))
    unit.parties.add_organisation(key, name)
    unit.note("organisation.added", key, organisation=key, name=name)
    return key


def own_or_named(unit: Unit, actor: Actor, text: str | None) -> OrganisationId:
    """The organisation a call is about: the named one if the actor may see it, else his own. Raises NotFound."""
    if actor.organisation is None:
        raise NotSignedIn(reason="this needs an API token")
    return unit.parties.find(text, scope(actor, "organisation.read")) if text else actor.organisation

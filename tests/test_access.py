"""Who may do what: denied unless allowed; a stranger's question is answered as if nothing were there."""

import itertools

import pytest

from gridtie.access import (
    ACTIONS,
    EXCHANGE_ROLES,
    NOBODY,
    ORGANISATION_ROLES,
    PUBLIC,
    Actor,
    authorize,
    may,
    roles_of,
    scope,
)
from gridtie.errors import NotAllowed, NotFound, NotSignedIn
from gridtie.values.ids import OrganisationId

OWN, OTHER = OrganisationId("org_own"), OrganisationId("org_other")


def actor(role: str) -> Actor:
    return Actor(name="a", organisation=OWN, roles=roles_of(role))


@pytest.mark.parametrize(("role", "action"), list(itertools.product(ORGANISATION_ROLES, sorted(ACTIONS))))
def test_a_role_of_an_organisation_never_reaches_another_one(role: str, action: str) -> None:
    if PUBLIC not in ACTIONS[action]:
        assert not may(actor(role), action, OTHER)


def test_the_public_table_says_what_the_law_says() -> None:
    for role, action in itertools.product((*ORGANISATION_ROLES, *EXCHANGE_ROLES), sorted(ACTIONS)):
        allowed = PUBLIC in ACTIONS[action] or bool(roles_of(role) & ACTIONS[action])
        assert may(actor(role), action, OWN) is allowed


def test_who_may_not_see_is_told_that_it_is_not_there() -> None:
    with pytest.raises(NotFound):
        authorize(actor("owner"), "site.drain", OTHER, noun="site", key="x")
    with pytest.raises(NotAllowed, match="viewer may not site drain"):
        authorize(actor("viewer"), "site.drain", OWN, noun="site", key="x")
    with pytest.raises(NotSignedIn):
        authorize(NOBODY, "site.drain", OWN)
    authorize(NOBODY, "exchange.read")


def test_a_scope_is_ones_own_unless_one_runs_the_exchange() -> None:
    assert scope(actor("viewer"), "job.read").organisation == OWN
    assert scope(actor("auditor"), "job.read").organisation is None
    assert scope(actor("auditor"), "whoami").organisation is None
    with pytest.raises(NotAllowed):
        scope(actor("auditor"), "job.submit")

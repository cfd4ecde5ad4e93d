"""An owner names a cluster, and the few things that may change about it afterwards."""

from collections.abc import Mapping
from typing import Any

from gridtie.errors import AlreadyExists, InvalidIdentifier, InvalidInput, NotFound, Problem, QuotaExceeded
from gridtie.flow.exchange import Exchange
from gridtie.identity.code import make
from gridtie.registry.site import check_site, policy_problems
from gridtie.store.journal import dump
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, SiteId


def declare_site(
    unit: Unit,
    exchange: Exchange,
    *,
    organisation: OrganisationId,
    name: str,
    hub: str,
    place: str | None,
    depth: str,
    policy: Mapping[str, Any],
) -> SiteId:
    """Raises InvalidInput, AlreadyExists, QuotaExceeded. Without a `place` it is the hub's own."""
    check_site(name, depth, policy)
    place = _place_of(exchange, unit.parties.organisation(organisation).name, hub, place)
    if unit.sites.count_of(organisation) >= exchange.settings.sites_max:
        raise QuotaExceeded(what_of="the number of sites of one organisation", limit=exchange.settings.sites_max)
    if unit.sites.named(name):
        raise AlreadyExists(noun="site", key=name)
    key = SiteId(unit.new_id("site"))
    known = resolved_policy(unit, policy)
    unit.sites.add(key, name=name, organisation=organisation, hub=hub, place=place, depth=depth, policy=known)
    unit.note("site.declared", key, organisation=organisation, name=name, hub=hub, place=place, depth=depth)
    return key


def change_policy(unit: Unit, key: SiteId, policy: Mapping[str, Any]) -> None:
    """Replaces the rules that are given and keeps the others. Raises InvalidInput."""
    row = unit.sites.get(key)
    before = unit.sites.policy(row)
    if problems := policy_problems({**before, **policy}):  # hours need the zone that was named before
        raise InvalidInput(source="site", problems=problems)
    merged = {**before, **resolved_policy(unit, policy)}
    unit.sites.set(key, policy=dump(merged))
    unit.note("site.policy", key, organisation=row.organisation, policy=merged)


def resolved_policy(unit: Unit, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Organisations by id, however they were written. Raises InvalidInput for one that is not there.

    A rule that names nobody who exists would protect nothing, so a misspelt name is an error and not an empty rule.
    """
    problems: list[Problem] = []
    resolved = dict(policy)
    for rule in ("allowed_organisations", "trusted_organisations"):
        keys = []
        for text in policy.get(rule, ()):
            known = unit.parties.organisation_named(text) or (text if unit.parties.names([text]) else None)
            if known is None:
                problems.append(Problem(f"policy.{rule}: no organisation {text!r}", path=f"policy.{rule}"))
            else:
                keys.append(known)
        if rule in policy:
            resolved[rule] = keys
    if problems:
        raise InvalidInput(source="site", problems=problems)
    return resolved


def _place_of(exchange: Exchange, owner: str, hub: str, place: str | None) -> str:
    """The place as a code. Raises InvalidInput for a hub that is not in the table, a place of another hub, or one that
    could not stand in an identifier.
    """
    try:
        own = exchange.places.hub(hub).place
    except NotFound as unknown:
        hubs = "; ".join(f"{key} {exchange.places.hub(key).hub_name}" for key in exchange.places.hubs)
        problem = Problem(f"{unknown.message}; there are: {hubs}", path="hub")
        raise InvalidInput(source="site", problems=[problem]) from None
    if place is None:
        return own
    try:
        make(exchange.settings.prefix, owner, place, "general", "0000")  # no class has a longer name
    except InvalidIdentifier as wrong:
        raise InvalidInput(
            source="site", problems=[Problem(f"place: {wrong.params['reason']}", path="place")]
        ) from None
    if exchange.places.hub_of(place) not in (hub, None):
        problem = Problem(f"place: {place} lies in the hub {exchange.places.hub_of(place)}", path="place")
        raise InvalidInput(source="site", problems=[problem])
    return place

"""Owners put capacity up for sale; price lists of clouds stand beside it as listed offers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridtie.access import Actor, Scope, authorize
from gridtie.errors import GateClosed, InvalidInput, Problem
from gridtie.market.offer import Offer, Tranche
from gridtie.market.pricelist import ListedPrice
from gridtie.store.unit import Unit
from gridtie.values.ids import OfferId, OrganisationId, ResourceId
from gridtie.values.money import Micros, format_money
from gridtie.values.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    price: Micros
    window: Period
    units_min: int
    units_max: int | None
    spot: bool
    terms: str
    tranches: tuple[Tranche, ...] = ()


def post_offer(unit: Unit, actor: Actor, scope: Scope, resource: str, terms: OfferTerms) -> Offer:
    """`resource` is an id, identifier or short form. Raises NotFound, GateClosed before its identifier is issued."""
    row = unit.resources.find(resource, scope)
    authorize(actor, "offer.post", OrganisationId(row.organisation), noun="resource", key=resource)
    if row.identifier is None or row.state != "active":
        raise GateClosed(noun="resource", key=row.id, gate="network", reason="it has no identifier yet, or was revoked")
    if terms.units_max is not None and terms.units_max < terms.units_min:
        raise InvalidInput(source="offer", problems=[Problem("units_max is below units_min", path="units_max")])
    if terms.window.end <= unit.at:
        raise InvalidInput(source="offer", problems=[Problem("the window is over already", path="until")])
    if problems := list(_not_rising(terms)):
        raise InvalidInput(source="offer", problems=problems)
    offer = Offer(
        id=OfferId(unit.new_id("offer")),
        resource=ResourceId(row.id),
        owner=OrganisationId(row.organisation),
        chip=row.chip,
        hub=row.hub,
        price=terms.price,
        window=terms.window,
        units_min=terms.units_min,
        units_max=terms.units_max,
        spot=terms.spot,
        terms=terms.terms,
        tranches=terms.tranches,
    )
    unit.market.post(offer)
    unit.note("offer.posted", offer.id, organisation=row.organisation, resource=row.id, price=offer.price)
    return offer


def _not_rising(terms: OfferTerms) -> Iterator[Problem]:
    """Falling asks have no prices that support them: see `market/tranches.py`."""
    after, price = 0, terms.price
    for place, tranche in enumerate(terms.tranches):
        if tranche.after <= after:
            yield Problem(f"it begins after {tranche.after} units, not beyond the {after} of the one before",
                          path=f"tranches[{place}].after")  # fmt: skip
        if tranche.price <= price:
            yield Problem(f"{format_money(tranche.price)} is not more than the {format_money(price)} before it: the "
                          "more is in use, the more a unit costs; to sell much at once cheaply set units_min",
                          path=f"tranches[{place}].price")  # fmt: skip
        after, price = tranche.after, tranche.price


def import_offers(
    unit: Unit, organisation: OrganisationId, listed: Sequence[ListedPrice], *, until: datetime, source: str,
    conversions: Mapping[str, str],
) -> list[Offer]:  # fmt: skip
    """Listed offers replace this organisation's older ones of the same clouds. `conversions`: how prices of another
    currency were converted, in words."""
    clouds = {entry.listing.cloud for entry in listed}
    old = unit.market.offers(organisation=organisation)
    unit.market.withdraw_offers([o.id for o in old if o.listing is not None and o.listing.cloud in clouds])
    made = [
        Offer(
            id=OfferId(unit.new_id("offer")),
            resource=None,
            owner=organisation,
            chip=entry.chip,
            hub="",
            price=entry.price,
            window=Period(unit.at, until),
            terms="; ".join(filter(None, (f"listed by {source}", conversions.get(entry.listing.currency)))),
            listing=entry.listing,
        )
        for entry in listed
    ]
    unit.market.post(*made)
    unit.note("offer.imported", source[:200], organisation=organisation, offers=len(made), clouds=sorted(clouds))
    return made


def expire_offers(unit: Unit) -> int:
    """Offers whose window is over, also of those held back; how many."""
    over = [offer for offer in unit.market.offers(states=("open", "paused")) if offer.window.end <= unit.at]
    for offer in over:
        unit.market.move_offer(offer.id, "expire")
        unit.note("offer.expired", offer.id, organisation=offer.owner)
    return len(over)

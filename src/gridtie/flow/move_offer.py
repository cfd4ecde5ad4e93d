"""Withdraws, pauses and resumes an offer; what runs on it goes on."""

from gridtie.flow.unit import Unit
from gridtie.market.offer import Offer
from gridtie.store.market import offer_of


def move_offer(unit: Unit, offer: Offer, event: str) -> Offer:
    """The offer as it stands afterwards. Raises ForbiddenMove."""
    state = unit.market.move_offer(offer.id, event)
    unit.note(f"offer.{state}", offer.id, organisation=offer.owner)
    return offer_of(unit.market.offer_row(offer.id))

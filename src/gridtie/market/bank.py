"""The compute bank: idle certified capacity is deposited now and withdrawn elsewhere later, by performance, not price.

A deposit opens capacity for withdrawals. What a withdrawal uses of it is metered like every run and paid in reference
hours of its chip, from the account of who withdraws into the account of who deposited. So only what was really
delivered earns, and every hour on one account is missing on another. A unit-hour costs and earns

    rate = certified score of the resource ÷ reference score of its chip

reference hours. The reference is the score on the first certificate that this exchange ever issued for the chip. It
never changes, so an hour in the bank stands for the same work whenever it is withdrawn; and it scales all rates of a
chip alike, so it favours nobody. Hours of one chip do not buy another: their scores are of different precisions.
Nobody withdraws from himself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gridtie.market.offer import Capacity, Offer
from gridtie.values.ids import DepositId, OfferId, OrganisationId, ResourceId
from gridtie.values.money import MICROS_PER_UNIT, Micros, format_money
from gridtie.values.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """Capacity that its owner lets others withdraw during a period; `units_max` of one withdrawal, None: all of it."""

    id: DepositId
    resource: ResourceId
    owner: OrganisationId
    chip: str
    window: Period
    units_max: int | None = None
    state: str = "open"


def rate_of(score: int, reference: int) -> Micros:
    """Reference hours for one unit-hour, in millionths, rounded half up and at least one. Scores in MFLOP/s.

    Raises ValueError for a score that is not above zero.
    """
    if score <= 0 or reference <= 0:
        raise ValueError(f"there is no rate of {score} to {reference}: a score is above zero")
    return Micros(max(1, (2 * score * MICROS_PER_UNIT + reference) // (2 * reference)))


def explained(*, unit: str, score: int, reference: int, certificate: str) -> str:
    """How the rate follows, in one sentence. `certificate` is the one that set the reference."""
    return (
        f"1 {unit} = {format_money(rate_of(score, reference))} hours: certified {score} MFLOP/s per unit, "
        f"reference {reference} MFLOP/s by {certificate}"
    )


def withdrawable(
    deposits: Iterable[Deposit],
    capacities: Mapping[ResourceId, Capacity],
    references: Mapping[str, int],
    *,
    buyer: OrganisationId,
) -> tuple[Offer, ...]:
    """The deposits of everybody but `buyer` as offers whose price is their rate; what has no score now has no rate.

    `references` by chip. Any clearing rule that keeps to the sellers' prices can place withdrawals on them.
    """
    offers = []
    for deposit in deposits:
        capacity = capacities.get(deposit.resource)
        if capacity is None or deposit.owner == buyer or not capacity.score or not references.get(deposit.chip):
            continue
        if (capacity.owner, capacity.chip) != (deposit.owner, deposit.chip):  # it has changed hands or chips since
            continue
        offers.append(
            Offer(
                id=OfferId(deposit.id),
                resource=deposit.resource,
                owner=deposit.owner,
                chip=deposit.chip,
                hub=capacity.hub,
                price=rate_of(capacity.score, references[deposit.chip]),
                window=deposit.window,
                units_max=deposit.units_max,
                terms="deposited in the compute bank; the price is in reference hours",
            )
        )
    return tuple(offers)

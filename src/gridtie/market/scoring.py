"""What a pair costs in total, every term named, in micro-units for the expected time."""

from collections.abc import Mapping

from gridtie.market.eligibility import units_per_machine
from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Request
from gridtie.values.money import Micros, price_for

GB = 1_000_000_000


def cost_terms(request: Request, offer: Offer, alternative: int, parameters: Mapping[str, int]) -> dict[str, Micros]:
    """`compute`: price × units × expected time. `transfer`: bytes that travel × the book's rate per GB.

    `parameters['transfer_price_per_gb']` is the exchange's rate for moving data into a site (default 0: free).
    """
    wanted = request.needs.alternatives[alternative]
    units = units_per_machine(wanted) * request.needs.machines
    compute, _ = price_for(offer.price, units, request.expected_us)
    rate = parameters.get("transfer_price_per_gb", 0)
    transfer = Micros(-(-rate * request.transfer_bytes // GB))
    return {"compute": compute, "transfer": transfer} if transfer else {"compute": compute}


def total(terms: Mapping[str, Micros]) -> int:
    return sum(terms.values())


def preference(
    request: Request, offer: Offer, capacity: Capacity, alternative: int, terms: Mapping[str, Micros]
) -> tuple[int, int, int, str]:
    """Lower is better: the user's own order first, then total cost, then measured speed, then the offer's id."""
    rank = request.needs.alternatives[alternative].rank
    return (rank, total(terms), -(capacity.score or 0), offer.id)

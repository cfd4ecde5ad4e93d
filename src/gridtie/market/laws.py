"""The laws every clearing must keep, checked on each one in production. Shares no code with the rules."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from gridtie.market.clearing import Book, Clearing, Trade
from gridtie.market.offer import Offer
from gridtie.market.request import Request
from gridtie.values.ids import OfferId, RequestId

_HOUR_US = 3_600_000_000


def broken_laws(book: Book, clearing: Clearing) -> tuple[str, ...]:
    """A sentence per violation; () when the clearing is sound."""
    offers = {offer.id: offer for offer in book.offers}
    requests = {request.id: request for request in book.requests}
    return (
        *_outcomes(requests, clearing),
        *(law for trade in clearing.trades for law in _of_trade(trade, book, offers, requests)),
        *_capacity(book, clearing, requests),
        *_balance(clearing, offers, requests),
    )


def _outcomes(requests: Mapping[RequestId, Request], clearing: Clearing) -> Iterator[str]:
    """Every request ends in exactly one trade, or one refusal with its reason."""
    ended = Counter([trade.request for trade in clearing.trades] + [r.request for r in clearing.refusals])
    for key in requests:
        if ended[key] != 1:
            yield f"{key} has {ended[key]} outcomes instead of one"
    for key in ended:
        if key not in requests:
            yield f"{key} was never asked for"
    for refusal in clearing.refusals:
        if not refusal.reason or not refusal.code:
            yield f"{refusal.request} is refused without a reason"


def _of_trade(
    trade: Trade, book: Book, offers: Mapping[OfferId, Offer], requests: Mapping[RequestId, Request]
) -> Iterator[str]:
    request, offer, capacity = requests.get(trade.request), offers.get(trade.offer), book.capacities.get(trade.resource)
    if request is None or offer is None or capacity is None or trade.alternative >= len(request.needs.alternatives):
        yield f"a trade names {trade.request}, {trade.offer} and {trade.resource}, which are not all in the book"
        return
    wanted, needs = request.needs.alternatives[trade.alternative], request.needs
    per_machine = wanted.cpus if wanted.chip == "cpu" else wanted.accelerators
    if len(trade.machines) != needs.machines or len(set(trade.machines)) != len(trade.machines):
        yield f"{trade.request}: the gang of {needs.machines} is not whole"
    if trade.units != per_machine * needs.machines:
        yield f"{trade.request}: {trade.units} units are billed, {per_machine * needs.machines} asked for"
    if trade.units < offer.units_min or (offer.units_max is not None and trade.units > offer.units_max):
        yield f"{trade.offer} sells {trade.units} units, which it does not offer"
    if offer.resource != trade.resource or offer.state != "open" or not offer.window.contains(book.at):
        yield f"{trade.offer} is not open, or not for {trade.resource}"
    if wanted.chip != capacity.chip:
        yield f"{trade.request} gets another product than it asked for"
    if not (capacity.connected and capacity.in_market):
        yield f"{trade.request} is sent to {trade.resource}, which is silent or not admitted"
    stay = needs.data_places
    if stay and not any(capacity.hub == limit or capacity.place.startswith(limit) for limit in stay):
        yield f"{trade.request} takes data out of {' or '.join(stay)}"
    if trade.price < offer.price:
        yield f"{trade.offer} is sold below its reserve"
    limits = [limit for limit in (request.max_price, request.unit_price_cap) if limit is not None]
    if limits and trade.price > min(limits):
        yield f"{trade.request} pays above its limit"
    if wanted.max_hourly_cost is not None and trade.price * per_machine > wanted.max_hourly_cost:
        yield f"{trade.request} pays above its limit per machine"


def _capacity(book: Book, clearing: Clearing, requests: Mapping[RequestId, Request]) -> Iterator[str]:
    """No machine is sold beyond what is free on it."""
    used: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for trade in clearing.trades:
        request = requests.get(trade.request)
        if request is None or trade.alternative >= len(request.needs.alternatives):
            continue
        wanted = request.needs.alternatives[trade.alternative]
        amounts = (wanted.cpus, wanted.memory_bytes, wanted.disk_bytes, wanted.accelerators)
        for name in trade.machines:
            slot = used[trade.resource, name]
            used[trade.resource, name] = [a + b for a, b in zip(slot, amounts, strict=True)]
    for capacity in book.capacities.values():
        for machine in capacity.machines:
            have = (machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators)
            sold = used.pop((capacity.resource, machine.name), None)
            if sold is not None and any(s > max(h, 0) for s, h in zip(sold, have, strict=True)):
                yield f"machine {machine.name} of {capacity.resource} is sold beyond what is free"
    for resource, name in used:
        yield f"{resource} has no machine {name} to sell"


def _balance(
    clearing: Clearing, offers: Mapping[OfferId, Offer], requests: Mapping[RequestId, Request]
) -> Iterator[str]:
    """What buyers pay is what sellers get, to the micro-unit, and no seller gets less than his reserve.

    A payment is rounded once per trade, so a share may lack half a micro-unit per trade, and one for the division.
    """
    paid, sold = 0, Counter[str]()
    for trade in clearing.trades:
        request = requests.get(trade.request)
        if request is not None:
            paid += (trade.price * trade.units * request.expected_us + _HOUR_US // 2) // _HOUR_US
            sold[trade.offer] += trade.units * request.expected_us
    earned = sum(share.amount for share in clearing.shares)
    if paid != earned:
        yield f"buyers pay {paid}, sellers get {earned}"
    slack = (len(clearing.trades) + 1) * _HOUR_US
    for share in clearing.shares:
        offer = offers.get(share.offer)
        if offer is None or sold[share.offer] != share.unit_us:
            yield f"the share of {share.offer} is not what it sold"
        elif share.amount * _HOUR_US + slack < offer.price * share.unit_us:
            yield f"{share.offer} earns less than its reserve"

"""The laws every clearing must keep, checked on each one in production. Shares no code with the rules."""

from collections import Counter, defaultdict

from gridtie.market.clearing import Book, Clearing
from gridtie.values.ids import ResourceId


def broken_laws(book: Book, clearing: Clearing) -> tuple[str, ...]:
    """A sentence per violation; () when the clearing is sound."""
    broken: list[str] = []
    offers = {offer.id: offer for offer in book.offers}
    requests = {request.id: request for request in book.requests}
    used: dict[tuple[ResourceId, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    outcomes = Counter([trade.request for trade in clearing.trades] + [r.request for r in clearing.refusals])
    for key in requests:
        if outcomes[key] != 1:
            broken.append(f"{key} has {outcomes[key]} outcomes instead of one")
    for key in outcomes:
        if key not in requests:
            broken.append(f"{key} was never asked for")
    for trade in clearing.trades:
        request, offer = requests.get(trade.request), offers.get(trade.offer)
        if request is None or offer is None:
            broken.append(f"a trade names {trade.request} and {trade.offer}, which are not both in the book")
            continue
        wanted = request.needs.alternatives[trade.alternative]
        per_machine = wanted.cpus if wanted.chip == "cpu" else wanted.accelerators
        if len(trade.machines) != request.needs.machines or len(set(trade.machines)) != len(trade.machines):
            broken.append(f"{trade.request}: the gang of {request.needs.machines} is not whole")
        if trade.units != per_machine * request.needs.machines:
            broken.append(
                f"{trade.request}: {trade.units} units are billed, {per_machine * request.needs.machines} asked for"
            )
        if trade.price < offer.price:
            broken.append(f"{trade.offer} is sold below its reserve")
        limits = [limit for limit in (request.max_price, request.unit_price_cap) if limit is not None]
        if limits and trade.price > min(limits):
            broken.append(f"{trade.request} pays above its limit")
        if wanted.chip != book.capacities[trade.resource].chip or offer.resource != trade.resource:
            broken.append(f"{trade.request} gets another product than it asked for")
        for machine in trade.machines:
            amounts = (wanted.cpus, wanted.memory_bytes, wanted.disk_bytes, wanted.accelerators)
            slot = used[trade.resource, machine]
            used[trade.resource, machine] = [a + b for a, b in zip(slot, amounts, strict=True)]
    for (resource, name), amounts_used in used.items():
        free = [m for m in book.capacities[resource].machines if m.name == name]
        have = [free[0].cpus, free[0].memory_bytes, free[0].disk_bytes, free[0].accelerators] if free else [0] * 4
        if any(u > h for u, h in zip(amounts_used, have, strict=True)):
            broken.append(f"machine {name} of {resource} is sold beyond what is free")
    return tuple(broken)

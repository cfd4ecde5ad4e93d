"""Running work that may have to go: who of it competes for the place it has, and what its going costs.

A run whose job accepts that (`gridtie.preemptible`, or `use_spot` where it runs) and that has published a checkpoint
takes part in a round with its own bid for the place it holds. What it would have to do again counts for it: with a
restart that loses x of an hour it competes as if it bid 1 + x times as much. All other running work is fixed load.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from gridtie.market.clearing import Book, Displaced, Running, Trade
from gridtie.market.eligibility import given_back, units_per_machine
from gridtie.market.offer import MachineShape, Offer
from gridtie.market.request import Alternative, Request
from gridtie.market.tranches import set_back
from gridtie.values.ids import RequestId, ResourceId, RunId

HOUR_US = 3_600_000_000


def may_be_displaced(request: Request, alternative: int) -> bool:
    """Whether the job accepts to be displaced where it runs as that alternative."""
    if request.preemptible is not None:
        return request.preemptible
    return request.needs.alternatives[alternative].use_spot


def wanted_of(running: Running) -> Alternative:
    return running.request.needs.alternatives[running.alternative]


def opened(book: Book, fixed: Collection[RunId]) -> Book:
    """The book in which running work bids beside what waits, and its machines are free; but for those `fixed`."""
    bidding = tuple(running for running in book.running if running.run not in fixed)
    return replace(
        book,
        running=bidding,
        requests=(*book.requests, *(running.request for running in bidding)),
        offers=_set_back(book.offers, bidding),
        capacities={key: replace(capacity, machines=machines)
                    for (key, capacity), machines in zip(book.capacities.items(), freed(book, bidding), strict=True)},
    )  # fmt: skip


def _set_back(offers: tuple[Offer, ...], bidding: Iterable[Running]) -> tuple[Offer, ...]:
    """What running work holds is for sale at what its resource asks for the next unit."""
    units = Counter[ResourceId]()
    for one in bidding:
        units[one.resource] += units_per_machine(wanted_of(one)) * len(one.machines)
    return tuple(
        set_back(offer, units[offer.resource]) if offer.resource is not None and offer.resource in units else offer
        for offer in offers
    )


def freed(book: Book, gone: Iterable[Running]) -> list[tuple[MachineShape, ...]]:
    """Of each capacity the machines, with what these runs hold given back."""
    by_resource: dict[ResourceId, dict[str, list[Alternative]]] = {}
    for running in gone:
        machines = by_resource.setdefault(running.resource, {})
        for name in running.machines:
            machines.setdefault(name, []).append(wanted_of(running))
    found = []
    for key, capacity in book.capacities.items():
        back = by_resource.get(key, {})
        machines_now = []
        for machine in capacity.machines:
            for wanted in back.get(machine.name, ()):
                machine = given_back(machine, wanted)
            machines_now.append(machine)
        found.append(tuple(machines_now))
    return found


def displaced(book: Book, kept: Collection[RequestId], trades: Iterable[Trade]) -> tuple[Displaced, ...]:
    """Who of the running work in an opened book has to go, and which trades take its machines."""
    on: dict[tuple[str, str], list[RequestId]] = {}
    for trade in trades:
        for name in trade.machines:
            on.setdefault((trade.resource, name), []).append(trade.request)
    made = []
    for running in sorted(book.running, key=lambda running: running.run):
        if running.request.id not in kept:
            by = {request for name in running.machines for request in on.get((running.resource, name), ())}
            made.append(Displaced(run=running.run, request=running.request.id, by=tuple(sorted(by))))
    return tuple(made)


def together(gone: Iterable[Displaced]) -> list[tuple[set[RunId], set[RequestId]]]:
    """(runs, requests that take their places) that hang together: each group stands or falls as one."""
    groups: list[tuple[set[RunId], set[RequestId]]] = []
    for one in gone:
        runs, requests = {one.run}, set(one.by)
        apart = []
        for group in groups:
            if group[1] & requests:
                runs |= group[0]
                requests |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (runs, requests)]
    return groups


def worthless(gone: Iterable[Displaced], worth: Mapping[RequestId, int]) -> set[RunId]:
    """The runs of every group in which nobody takes the place, or those who do are together worth no more than those
    who have it. `worth`: above what is asked, restarts included."""
    lost: set[RunId] = set()
    of_run = {one.run: one.request for one in gone}
    for runs, requests in together(gone):
        if sum(worth[request] for request in requests) <= sum(worth[of_run[run]] for run in runs):
            lost |= runs
    return lost

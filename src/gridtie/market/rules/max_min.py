"""Max-min fairness on effective throughput: whoever would be served worst is served first.

The shares of time on each resource are the optimum of `fair_shares` for what waits now, at certified throughput (what
has no score counts as its chip's median, or as one), less by the time in which a run waits for its data. What moving
data costs in money decides as little as prices do. An organisation is entitled to its weight (`entitlement`),
divided over its open requests. Shares become places as in the rounds of D. Narayanan and others (OSDI 2020): pairs of
request and resource by falling share of time, each placed if there is room; unlike there nothing is remembered of
earlier rounds, since a run here keeps its place until it ends. Trades are at the seller's price: fairness decides the
order, not the price.
"""

from collections import Counter
from collections.abc import Mapping
from statistics import median_low

import numpy as np

from gridtie.market.clearing import Book, Clearing, Trade
from gridtie.market.eligibility import units_per_machine
from gridtie.market.entitlement import PPM, weights
from gridtie.market.fair_shares import Demand, shares
from gridtie.market.request import Request
from gridtie.market.scoring import turn
from gridtie.market.shelf import Candidate, Shelf, posted_prices, posted_shares
from gridtie.market.transport import Transport, transport_of
from gridtie.values.ids import RequestId, ResourceId
from gridtie.values.rule_names import MAX_MIN

LEAST_AT_WORK = 0.001


class MaxMin:
    name = MAX_MIN

    def __call__(self, book: Book) -> Clearing:
        shelf = Shelf(book)
        requests = sorted(book.requests, key=turn)
        wanted = {request.id: _cheapest(shelf, request) for request in requests}
        trades: list[Trade] = []
        served: set[RequestId] = set()
        for request, resource in _order(book, requests, wanted):
            if request.id in served:
                continue
            candidate = wanted[request.id][resource]
            machines, asks = shelf.room(request, candidate), shelf.asks(request, candidate)
            if machines is not None and (candidate.limit is None or asks <= candidate.limit):
                shelf.take(candidate, machines)
                trades.append(shelf.trade(request, candidate, machines, asks))
                served.add(request.id)
        refusals = tuple(shelf.refusal(request) for request in requests if request.id not in served)
        return Clearing(
            trades=tuple(trades), refusals=refusals, prices=posted_prices(book, trades),
            shares=posted_shares(shelf, trades),
        )  # fmt: skip


def _cheapest(shelf: Shelf, request: Request) -> dict[ResourceId, Candidate]:
    """Of each resource the candidate the request likes best."""
    found: dict[ResourceId, Candidate] = {}
    for candidate in shelf.ranked(request):
        found.setdefault(candidate.capacity.resource, candidate)
    return found


def _order(
    book: Book, requests: list[Request], wanted: Mapping[RequestId, Mapping[ResourceId, Candidate]]
) -> list[tuple[Request, ResourceId]]:
    """Pairs by falling share of time; equal shares in turn, then by resource."""
    asking = [request for request in requests if wanted[request.id]]
    resources = sorted({resource for request in asking for resource in wanted[request.id]})
    if not asking:
        return []
    at = {resource: i for i, resource in enumerate(resources)}
    there = np.array([_units_free(book, resource) for resource in resources], dtype=np.int64)
    score, transport = _scores(book), transport_of(book.parameters)
    throughput = np.zeros((len(asking), len(resources)))
    units = np.ones(len(asking), dtype=np.int64)
    for i, request in enumerate(asking):
        for resource, candidate in wanted[request.id].items():
            count = units_per_machine(candidate.wanted) * request.needs.machines
            units[i] = max(units[i], count)
            throughput[i, at[resource]] = score[resource] * count if count <= there[at[resource]] else 0
            throughput[i, at[resource]] *= _at_work(request, candidate, transport)
    able = throughput.max(axis=1) > 0
    share = np.zeros_like(throughput)
    weight = _weights(book, asking)
    if able.any():
        demand = Demand(throughput=throughput[able], units=units[able], weight=weight[able], there=there)
        share[able] = shares(demand).share
    pairs = [(i, at[resource], resource) for i, request in enumerate(asking) for resource in wanted[request.id]]
    pairs.sort(key=lambda pair: (-round(float(share[pair[0], pair[1]]), 9), pair[0], pair[1]))
    return [(asking[i], resource) for i, _, resource in pairs]


def _units_free(book: Book, resource: ResourceId) -> int:
    capacity = book.capacities[resource]
    return sum(machine.cpus if capacity.chip == "cpu" else machine.accelerators for machine in capacity.machines)


def _at_work(request: Request, candidate: Candidate, transport: Transport) -> float:
    """The part of its time in which it has its data; never nothing, or nobody would be served there at all."""
    run_us, fetch_us = request.expected_us, transport.time_us(request, candidate.capacity.hub)
    return max(round(run_us / (run_us + fetch_us), 6), LEAST_AT_WORK) if fetch_us else 1.0


def _scores(book: Book) -> dict[ResourceId, float]:
    """Certified throughput of a unit, over the median of its chip: what a job gets done there against elsewhere."""
    known: dict[str, list[int]] = {}
    for capacity in book.capacities.values():
        if capacity.score:
            known.setdefault(capacity.chip, []).append(capacity.score)
    usual = {chip: median_low(scores) for chip, scores in known.items()}
    return {key: float(capacity.score or usual.get(capacity.chip, 1)) for key, capacity in book.capacities.items()}


def _weights(book: Book, asking: list[Request]) -> "np.typing.NDArray[np.float64]":
    weight = weights(book)
    open_requests = Counter(request.organisation for request in asking)
    return np.array([weight[request.id] / PPM / open_requests[request.organisation] for request in asking])

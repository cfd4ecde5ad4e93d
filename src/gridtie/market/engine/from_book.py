"""A book of the exchange as the arrays of the large engine.

A pool is a resource; its four counted things are units for sale (accelerators or cores), cores beside accelerators,
memory and disk. A job is a request, a class is a kind of request, a column is one alternative at one resource, with the
dearest preference of the request for its cheapest offer there: an offer sells all of its resource, so a dearer offer
that a request has to take (it refuses spot, say) is worth less to it by the difference of the asks.

Spot (one slot): values, asks and prices are per hour, because what runs now competes by the hour for what is free now.
Several slots: they are for the whole run, in slots of `slot_us`.

What a column is worth, with U units, C the most it may be charged per unit-hour, a the ask of its offer:

    full    max(a·U, min(C·U·min(1, certified throughput ÷ reference), max_total ÷ run time))
    stated  a·U + min(full − a·U, what its favourite leaves at the asks, less its place in the order of preference)

Weights (`entitlement`) are over the smallest in the book: what a column is worth is its bid times that, so whoever
counts twice competes as if he bid twice as much. What he pays is limited by what he bid.

An offer in tranches makes the supply of its pool a rising curve; a is then the ask of the units that the request
would take if it were alone.

A request that names no limit has the dearest ask of the product as C. The favourite is the candidate that every other
rule would take in an idle market (the user's order, then total cost), so that an idle market gives just that. Whoever
loses by what was stated bids all of it (`Intake.restated`): nobody is refused at a price that he would have paid.
Moving data makes C smaller by what it costs there (`moving`, per unit-hour) above where it costs least, and the run
longer by the time it takes; what moving it costs everywhere decides nothing and is in the total alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate
from math import ceil, gcd
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.errors import InvalidBook
from gridtie.market.bids import Bidder, bidder_of
from gridtie.market.bookings import kept_free
from gridtie.market.clearing import Book, Running
from gridtie.market.displacement import wanted_of
from gridtie.market.eligibility import closing, holds, leaves, limit_of, units_per_machine
from gridtie.market.engine.columns import LARGEST, ColumnBook, Ints, checked
from gridtie.market.entitlement import weights
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Request
from gridtie.market.shelf import Candidate, Shelf
from gridtie.market.tranches import Ladder, dearest, ladder
from gridtie.values.ids import RequestId, ResourceId
from gridtie.values.period import from_text

HOUR_US = 3_600_000_000
MODES = ("welfare", "cost", "wait")
SLOTS_MAX = 96
_MICROSECOND = timedelta(microseconds=1)
_PARTS_MAX = 1 << 16  # a need is counted in at most so many parts of memory or disk
_PATIENCE = 100  # of several slots, a run loses this fraction of its worth per slot of waiting


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a clearing looks: parameters `slots` and `slot_us` of the book; one slot is the spot market."""

    slots: int
    slot_us: int

    @property
    def spot(self) -> bool:
        return self.slots == 1

    def length(self, run_us: int) -> int:
        return 1 if self.spot else min(max(-(-run_us // self.slot_us), 1), self.slots)


@dataclass(frozen=True, slots=True)
class Column:
    """What stands behind column k of the arrays. Money is per unit-hour."""

    candidate: Candidate
    units: int
    own: int  # what it bids by its own limits, however slow the place is and whatever it asks
    limit: int  # the most that it may be charged there
    counted: int  # as what that competes: times its weight over the smallest of the book
    turn: int  # as what its own bid does
    run_us: int  # expected, at the certified speed, once its data has come
    moving: int  # what its data costs there above where it costs least


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The arrays, and who is behind them. `first[j]` is the first column of job j, `count[j]` how many it has."""

    arrays: ColumnBook  # its classes come in pairs: as stated, and in full
    horizon: Horizon
    mode: str
    requests: tuple[Request, ...]  # of job j: in an order that no name and no place in the book decides
    pools: tuple[ResourceId, ...]
    columns: tuple[Column, ...]  # of both classes of a pair
    memory_unit: int  # bytes
    disk_unit: int
    bidders: tuple[Bidder, ...]  # of job j
    weighed: bool  # somebody counts more than another
    running: Mapping[RequestId, Running]  # those of the jobs that run already, for the place they hold

    def restated(self, jobs: "Ints | Sequence[int]") -> "Intake":
        """The same, with these jobs bidding in full."""
        classes = self.arrays.job_class.copy()
        classes[np.asarray(jobs, np.int64)] |= 1
        return replace(self, arrays=replace(self.arrays, job_class=classes))

    def holding_back(self) -> npt.NDArray[np.bool_]:
        """[J] who states less somewhere than he would bid there."""
        first, value = self.arrays.class_first, self.arrays.column_value
        less = np.array(
            [
                bool((value[first[c] : first[c + 1]] < value[first[c + 1] : first[c + 2]]).any())
                for c in range(0, self.arrays.classes, 2)
            ],
            bool,
        )
        kind = self.arrays.job_class
        held: npt.NDArray[np.bool_] = (kind % 2 == 0) & less[kind // 2]
        return held

    def own(self, choice: Ints) -> Ints:
        """[J] the same places, as columns of the jobs' own classes: the engine merges equal classes and names one."""
        arrays, made = self.arrays, choice.copy()
        for job in np.flatnonzero(choice >= 0).tolist():
            chosen, own = int(choice[job]), self.columns_of(job)
            if chosen not in own:
                made[job] = next(k for k in own if _same(arrays, k, chosen))
        return made

    def columns_of(self, job: int) -> range:
        kind = self.arrays.job_class[job]
        return range(int(self.arrays.class_first[kind]), int(self.arrays.class_first[kind + 1]))


def _same(arrays: ColumnBook, one: int, other: int) -> bool:
    return all(
        getattr(arrays, f"column_{name}")[one] == getattr(arrays, f"column_{name}")[other]
        for name in ("pool", "shape", "value", "delay", "start", "due", "end", "length")
    )


def horizon_of(parameters: Mapping[str, Any]) -> Horizon:
    """Raises InvalidBook for what is no number of slots or no length."""
    slots, slot_us = parameters.get("slots", 1), parameters.get("slot_us", HOUR_US)
    for name, value in (("slots", slots), ("slot_us", slot_us)):
        if type(value) is not int:
            raise InvalidBook(field=name, message=f"it is a whole number, not {str(value)[:40]!r}")
    return Horizon(min(max(slots, 1), SLOTS_MAX), max(slot_us, 1))


def from_book(book: Book, shelf: Shelf) -> Intake:
    """Of every request what it may use and has room for now; what no price can be computed with exactly stays out.

    Raises InvalidBook for parameters that mean nothing.
    """
    horizon, mode = horizon_of(book.parameters), book.parameters.get("mode", MODES[0])
    if mode not in MODES:
        raise InvalidBook(field="mode", message=f"it is one of {', '.join(MODES)}, not {str(mode)[:40]!r}")
    requests = tuple(sorted(book.requests, key=lambda request: _lot(book.round, request)))
    kinds: dict[object, int] = {}
    of_kind: list[Bidder] = []
    running = {one.request.id: one for one in book.running}
    limited = any(capacity.booked or capacity.opening is not None for capacity in book.capacities.values())
    kind_of = [
        kinds.setdefault(
            (_kind(one, mode), one.limit_us if limited else None, one.id if one.id in running else ""), len(kinds)
        )
        for one in requests
    ]
    for kind, request in zip(kind_of, requests, strict=True):
        if kind == len(of_kind):
            held = running.get(request.id)
            of_kind.append(bidder_of(shelf, request, now=horizon.spot) if held is None else _holder(shelf.book, held))
    pools = tuple(sorted({c.capacity.resource for bidder in of_kind for c in bidder.candidates}))
    pricing = _Pricing(book, shelf, horizon, mode, pools, len(requests))
    found = [pricing.columns(bidder, running.get(bidder.request.id)) for bidder in of_kind]
    arrays, memory_unit, disk_unit = _arrays(book, horizon, pools, found, kind_of, pricing)
    bidders = tuple(replace(of_kind[kind], request=one) for kind, one in zip(kind_of, requests, strict=True))
    flat = tuple(column for kind in found for _ in (0, 1) for column, _ in kind)
    return Intake(arrays=arrays, horizon=horizon, mode=mode, requests=requests, pools=pools, columns=flat,
                  memory_unit=memory_unit, disk_unit=disk_unit, bidders=bidders, running=running,
                  weighed=len(set(pricing.weight.values())) > 1)  # fmt: skip


def _holder(book: Book, running: Running) -> Bidder:
    """Who runs bids for his own place alone: what he would get elsewhere is decided once he is there no more."""
    wanted, capacity = wanted_of(running), book.capacities[running.resource]
    offer = next(offer for offer in book.offers if offer.id == running.offer)
    own = limit_of(running.request, wanted)
    candidate = Candidate(offer, capacity, running.alternative, wanted, max(running.price, own or 0), offer.price)
    return Bidder(running.request, (candidate,), {candidate.product: max(running.price, own or 0)}, (0, ""))


def _lot(round_: str, request: Request) -> tuple[str, str]:
    """Ties fall by a hash of round and id, so that no name buys a place."""
    return sha256(f"{round_}\n{request.id}".encode()).hexdigest(), request.id


def _kind(request: Request, mode: str) -> object:
    """Requests of one kind have the same columns, worth the same."""
    own = (request.arrived_at, request.priority) if mode == "wait" else ()
    return (request.needs, request.organisation, request.max_price, request.max_total, request.unit_price_cap,
            request.expected_us, request.transfer_bytes, request.origins, request.deadline, own)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Worth:
    """Of a column, in the money of one hour (spot) or of the whole run: as stated, in full, and its window."""

    stated: int
    full: int
    delay: int
    start: int
    due: int
    end: int
    length: int


class _Pricing:
    """What columns are worth in one book."""

    def __init__(
        self, book: Book, shelf: Shelf, horizon: Horizon, mode: str, pools: Sequence[ResourceId], jobs: int
    ) -> None:
        self.book, self.shelf, self.horizon, self.mode = book, shelf, horizon, mode
        self.supply: dict[ResourceId, Ladder] = {}  # the lowest asks of any open offer that has a column
        self._offers: set[str] = set()  # that it holds
        self._slow: dict[ResourceId, tuple[int, int]] = {}
        self._machines: dict[object, int] = {}
        total = sum(sum(machine_units(book.capacities[pool])) for pool in pools)
        self.value_max = LARGEST // (4 * max(jobs, 1))
        self.ask_max = LARGEST // (4 * max(total * horizon.slots, 1))  # of its pool's capacity
        self.slot_us = HOUR_US if horizon.spot else horizon.slot_us
        self.weight = weights(book)
        self.lightest = min(self.weight.values(), default=1)

    def columns(self, bidder: Bidder, held: Running | None) -> list[tuple[Column, _Worth]]:
        best: dict[tuple[ResourceId, int], tuple[Column, Offer]] = {}
        costs = [self._moving(bidder.request, one) for one in bidder.candidates] if bidder.request.origins else []
        least = min(costs, default=Fraction())
        for candidate in bidder.candidates:  # the one it likes best first
            key = (candidate.capacity.resource, candidate.alternative)
            if key not in best and (column := self._column(bidder, candidate, least)) is not None:
                best[key] = column, candidate.offer
        for (pool, _), (_, offer) in best.items():
            if offer.id not in self._offers:
                self._offers.add(offer.id)
                self.supply[pool] = min(ladder(offer), self.supply.get(pool, ladder(offer)))
        made = [column for column, _ in best.values()]
        if held is not None:  # what it would have to do again counts for it
            most = self.value_max // max(held.request.needs.machines * units_per_machine(wanted_of(held)), 1)
            made = [replace(column, counted=min(column.counted + column.counted * held.lost_us // HOUR_US,
                                                max(most, column.counted))) for column in made]  # fmt: skip
        windows = [(column, self._worth(bidder.request, column)) for column in made]
        kept = [(column, worth) for column, worth in windows if worth.start <= worth.end]
        made = [column for column, _ in kept]
        return list(zip(made, self._stated(made, [worth for _, worth in kept]), strict=True))

    def _moving(self, request: Request, candidate: Candidate) -> Fraction:
        """Per unit-hour of the run that was expected; asked only where some data lies in a known hub."""
        units = units_per_machine(candidate.wanted) * request.needs.machines
        cost = self.shelf.tariff.moving(request, candidate.offer, candidate.capacity, units)
        return Fraction(cost * HOUR_US, max(units * request.expected_us, 1))

    def _column(self, bidder: Bidder, candidate: Candidate, least: Fraction) -> Column | None:
        """None: too dear to be counted exactly. A limit is never below the ask: its offer was let through by it."""
        request, bid, ask = bidder.request, bidder.bid(candidate), candidate.ask
        units = units_per_machine(candidate.wanted) * request.needs.machines
        slow, fast = self._slowness(request, candidate)
        fetch_us = self.shelf.tariff.transport.time_us(request, candidate.capacity.hub)
        run_us = max(request.expected_us * slow // fast, 1) + fetch_us
        moving = ceil(self._moving(request, candidate) - least) if request.origins else 0
        most = self.value_max * HOUR_US // (units * self.horizon.length(run_us) * self.slot_us)  # per unit-hour
        if dearest(candidate.offer) > min(self.ask_max, most):
            return None
        own, limit = bid, max(min(bid, bid * fast // slow, most) - moving, 0)
        if request.max_total is not None:
            own = min(own, request.max_total * HOUR_US // (units * max(request.expected_us, 1)))
            limit = min(limit, request.max_total * HOUR_US // (units * run_us))
        counted = min(self._weighed(request, limit), most)
        return Column(candidate, units, own, max(ask, limit), max(ask, counted), self._weighed(request, own), run_us,
                      moving)  # fmt: skip

    def _slowness(self, request: Request, candidate: Candidate) -> tuple[int, int]:
        """Of a request for one kind of machine it depends on the place alone."""
        capacity = candidate.capacity
        if len(request.needs.alternatives) > 1:
            return self.shelf.tariff.slowness(request, capacity, candidate.alternative)
        found = self._slow.get(capacity.resource)
        if found is None:
            found = self._slow[capacity.resource] = self.shelf.tariff.slowness(request, capacity, candidate.alternative)
        return found

    def _weighed(self, request: Request, worth: int) -> int:
        return worth * self.weight[request.id] // self.lightest

    def _worth(self, request: Request, column: Column) -> _Worth:
        length = self.horizon.length(column.run_us)
        hours = length * self.slot_us  # that are paid, in microseconds
        full = self._in_full(request, column, hours)
        if self.horizon.spot:
            return _Worth(full, full, 0, 0, 0, 0, 1)
        end, due = self.horizon.slots - length, 0
        if (closes := closing(request, column.candidate.capacity)) is not None:  # it fits where it begins now
            gone = leaves(request, column.candidate.capacity, self.book.at) or closes
            end = max(min(end, (closes - gone) // (self.slot_us * _MICROSECOND)), 0)
        if request.deadline is not None:
            left = (request.deadline - self.book.at) // (self.slot_us * _MICROSECOND)
            end = max(min(end, left), 0)
            due = max(min(end, left - length), 0)
        delay, start = max(full // _PATIENCE, 1), self._machines_from(request, column)
        full -= delay * max(start - due, 0)
        return _Worth(full, full, delay, start, max(due, start), end, length)

    def _machines_from(self, request: Request, column: Column) -> int:
        """The first slot in which as many machines as it has ranks are expected free, each for a whole rank: of a pool
        only the sum is counted. Before version 7 it was not asked."""
        capacity, wanted, ranks = column.candidate.capacity, column.candidate.wanted, request.needs.machines
        key = (capacity.resource, wanted, ranks)
        if self.book.version < 7:
            return 0
        if key not in self._machines:
            free = {machine.name for machine in kept_free(capacity, self.book.at, None) if holds(machine, wanted)}
            until: Mapping[str, str] = self.book.parameters.get("busy_until", {}).get(capacity.resource, {})
            first = [_slot_after(from_text(until[machine.name]), self.book.at, self.horizon)
                     for machine in capacity.machines_total
                     if machine.name in until and machine.name not in free and holds(machine, wanted)]  # fmt: skip
            found = sorted([0] * len(free) + first)
            self._machines[key] = found[ranks - 1] if ranks <= len(found) else self.horizon.slots
        return self._machines[key]

    def _in_full(self, request: Request, column: Column, paid_us: int) -> int:
        if self.mode == "cost":  # one equal amount for every unit, above every ask: what differs is what it costs
            highest = max((top for offer in self.book.offers if (top := dearest(offer)) <= self.ask_max), default=0)
            even = max(2 * highest + 1 - column.moving, column.candidate.ask)
            worth = min(self._weighed(request, even), self.value_max // column.units)
        elif self.mode == "wait":  # highest response ratio: one that waited long for a short run goes first
            waited = max((self.book.at - request.arrived_at) // _MICROSECOND, 0) + column.run_us
            through = column.run_us + (column.candidate.capacity.queue_wait_s or 0) * 1_000_000  # its site's own queue
            ratio = min(1000 * waited // through, 1_000_000_000) * (1 + min(max(request.priority, 0), 100))
            return min(self._weighed(request, ratio), self.value_max)
        else:
            worth = column.counted
        return min(worth * column.units * paid_us // HOUR_US, self.value_max)

    def _stated(self, made: Sequence[Column], worth: Sequence[_Worth]) -> list[_Worth]:
        if self.mode != "welfare" or not made:
            return list(worth)
        found: list[_Worth] = []
        favourite = 0
        for place, (column, full) in enumerate(zip(made, worth, strict=True)):
            asked = -(-column.candidate.ask * column.units * full.length * self.slot_us // HOUR_US)
            left = max(full.full - asked, 0)
            favourite = left if place == 0 else favourite
            stated = min(full.full, asked + max(min(left, favourite - place), 0))
            found.append(replace(full, stated=stated))
        return found

    def net(self, column: Column, value: int, length: int) -> int:
        """Less what its own offer asks above the lowest of the pool: the engine knows only that."""
        if self.mode == "wait":
            return value
        above = column.candidate.offer.price - self.supply[column.candidate.capacity.resource][0][1]
        return value - -(-above * column.units * length * self.slot_us // HOUR_US)

    def tranches(self, pool: ResourceId) -> list[tuple[int, int]]:
        """(units, ask per unit and slot) of the pool; the last has the rest. Waiting has no price."""
        steps = self.supply.get(pool, ((0, 0),))
        if self.mode == "wait":
            steps = ((0, 0),)
        ends = [*(after for after, _ in steps[1:]), steps[-1][0]]
        return [(end - after, price * self.slot_us // HOUR_US) for (after, price), end in zip(steps, ends, strict=True)]


def _arrays(
    book: Book, horizon: Horizon, pools: Sequence[ResourceId], found: Sequence[Sequence[tuple[Column, _Worth]]],
    kind_of: Sequence[int], pricing: _Pricing,
) -> tuple[ColumnBook, int, int]:  # fmt: skip
    pool_at = {pool: at for at, pool in enumerate(pools)}
    rows = [row for kind in found for row in kind]
    wanted = [(column.candidate.wanted, column.units, column) for column, _ in rows]
    memory_unit = _part([w.memory_bytes for w, _, _ in wanted])
    disk_unit = _part([w.disk_bytes for w, _, _ in wanted])
    shapes: dict[tuple[int, ...], int] = {}
    shape = [shapes.setdefault(_use(w, units, memory_unit, disk_unit), len(shapes)) for w, units, _ in wanted]
    at, pairs = 0, []  # rows of each class: a kind as stated, then in full
    for kind in found:
        pairs += [(at + n, full) for full in (False, True) for n in range(len(kind))]
        at += len(kind)
    value = [
        pricing.net(rows[n][0], rows[n][1].full if full else rows[n][1].stated, rows[n][1].length) for n, full in pairs
    ]
    lengths = [len(kind) for kind in found for _ in (0, 1)]
    tranches = [(at, *step) for at, pool in enumerate(pools) for step in pricing.tranches(pool)]
    arrays = ColumnBook(
        capacity=_capacity(book, horizon, pools, memory_unit, disk_unit),
        tranche_pool=_indexes(at for at, _, _ in tranches),
        tranche_units=_ints(units for _, units, _ in tranches),
        tranche_ask=_ints(asked for _, _, asked in tranches),
        shape_use=_ints(shapes or [(0, 0, 0, 0)]).reshape(-1, 4),
        class_first=_indexes(accumulate(lengths, initial=0)),
        column_pool=_indexes(pool_at[rows[n][0].candidate.capacity.resource] for n, _ in pairs),
        column_shape=_indexes(shape[n] for n, _ in pairs),
        column_value=_ints(value),
        column_delay=_ints(rows[n][1].delay for n, _ in pairs),
        column_start=_indexes(rows[n][1].start for n, _ in pairs),
        column_due=_indexes(rows[n][1].due for n, _ in pairs),
        column_end=_indexes(rows[n][1].end for n, _ in pairs),
        column_length=_indexes(rows[n][1].length for n, _ in pairs),
        job_class=_indexes(2 * kind for kind in kind_of),
    )
    return checked(arrays), memory_unit, disk_unit


def _part(needs: Sequence[int]) -> int:
    """Bytes in one part: the largest that divides every need, unless that makes more than _PARTS_MAX of one."""
    return max(gcd(*needs), -(-max(needs, default=0) // _PARTS_MAX), 1)


def _use(wanted: Alternative, units: int, memory_unit: int, disk_unit: int) -> tuple[int, int, int, int]:
    """Of the whole gang; memory and disk in whole parts, as of the pool: whoever fits by bytes fits by parts."""
    by_core = wanted.chip == "cpu"
    machines = units // max(units_per_machine(wanted), 1)
    memory, disk = wanted.memory_bytes // memory_unit, wanted.disk_bytes // disk_unit
    return units, 0 if by_core else wanted.cpus * machines, memory * machines, disk * machines


def _capacity(book: Book, horizon: Horizon, pools: Sequence[ResourceId], memory_unit: int, disk_unit: int) -> Ints:
    """[P, T, 4]. With several slots a machine that is busy counts from the slot on in which it is expected free. What
    is booked for later is load in all of them."""
    made = np.zeros((len(pools), horizon.slots, 4), np.int64)
    for at, pool in enumerate(pools):
        capacity = book.capacities[pool]
        made[at, :] = _sum(kept_free(capacity, book.at, None), capacity.chip, memory_unit, disk_unit)
        until: Mapping[str, str] = book.parameters.get("busy_until", {}).get(pool, {})
        if horizon.spot or not until:
            continue
        free = {machine.name: machine for machine in capacity.machines}
        for machine in capacity.machines_total:
            if machine.name in until:
                first = _slot_after(from_text(until[machine.name]), book.at, horizon)
                gained = _sum([machine], capacity.chip, memory_unit, disk_unit)
                had = _sum([free[machine.name]] if machine.name in free else [], capacity.chip, memory_unit, disk_unit)
                made[at, first:] += gained - had
    return made


def _slot_after(time: datetime, at: datetime, horizon: Horizon) -> int:
    waited = (time - at) // _MICROSECOND
    return min(max(-(-waited // horizon.slot_us), 1), horizon.slots)


def _sum(machines: Sequence[MachineShape], chip: str, memory_unit: int, disk_unit: int) -> Ints:
    free = [machine for machine in machines if machine.cpus >= 0]
    cores = sum(machine.cpus for machine in free)
    units = cores if chip == "cpu" else sum(max(machine.accelerators, 0) for machine in free)
    memory = sum(max(machine.memory_bytes, 0) // memory_unit for machine in free)
    disk = sum(max(machine.disk_bytes, 0) // disk_unit for machine in free)
    return np.array([units, cores, memory, disk], np.int64)


def machine_units(capacity: Capacity) -> list[int]:
    return [max(m.cpus if capacity.chip == "cpu" else m.accelerators, 0) for m in capacity.machines_total]


def _ints(values: Any) -> Ints:
    return np.array(list(values), np.int64)


def _indexes(values: Any) -> Any:
    return np.array(list(values), np.int32)

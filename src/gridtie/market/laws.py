"""The laws every clearing must keep, checked on each one in production. Shares no code with the rules."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from gridtie.market.clearing import Book, Clearing, Trade
from gridtie.market.eligibility import image_of, variant_of
from gridtie.market.offer import Capacity, Offer
from gridtie.market.request import Alternative, Request
from gridtie.values.ids import OfferId, RequestId

_HOUR_US = 3_600_000_000
_ISOLATION = {"none": 0, "sandbox": 1, "container": 2, "scheduler": 3, "vm": 4}
_Product = tuple[str, str, str]


def broken_laws(book: Book, clearing: Clearing) -> tuple[str, ...]:
    """A sentence per violation; () when the clearing is sound."""
    offers = {offer.id: offer for offer in book.offers}
    requests = {request.id: request for request in book.requests}
    lasts = _lasts(book, clearing, requests)
    return (
        *_outcomes(requests, clearing),
        *(law for trade in clearing.trades for law in _of_trade(trade, book, offers, requests)),
        *_displaced(book, clearing),
        *_capacity(book, clearing, requests),
        *_booked(book, clearing, requests),
        *_tranches(book, clearing),
        *_reserves(book, clearing, requests),
        *_balance(clearing, offers, lasts),
        *_prices(book, clearing, lasts),
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
    if request is None or offer is None or capacity is None or not _named(request, trade):
        yield f"a trade names {trade.request}, {trade.offer} and {trade.resource}, which are not all in the book"
        return
    wanted, needs = request.needs.alternatives[trade.alternative], request.needs
    per_machine = _per_machine(wanted)
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
    if any(rest.site == capacity.site and book.at < rest.until for rest in needs.resting):
        yield f"{trade.request} is sent back to {capacity.site_name} before its pause is over"
    yield from _of_owner(trade, request, offer, capacity, book)
    stay = needs.data_places
    if stay and not any(limit == capacity.hub or _holds(limit, capacity.place) for limit in stay):
        yield f"{trade.request} takes data out of {' or '.join(stay)}"
    if trade.price < offer.price:
        yield f"{trade.offer} is sold below its reserve"
    limits = [limit for limit in (request.max_price, request.unit_price_cap) if limit is not None]
    parts = int(wanted.chip.partition("/")[2] or 1)  # of a card: limits are for a whole one
    if limits and trade.price * parts > min(limits):
        yield f"{trade.request} pays above its limit"
    if wanted.max_hourly_cost is not None and trade.price * per_machine > wanted.max_hourly_cost:
        yield f"{trade.request} pays above its limit per machine"
    if request.deadline is not None and book.at >= request.deadline:
        yield f"{trade.request} trades after its deadline"
    if trade.cost_terms.get("compute") != _payment(trade, request.expected_us):
        yield f"{trade.request} is told another cost than it pays"


def _per_machine(wanted: Alternative) -> int:
    return wanted.cpus if wanted.chip == "cpu" else wanted.accelerators


def _holds(limit: str, place: str) -> bool:
    """Whether `place` lies in `limit`: the same country, and in China the same pairs of digits until zeros follow."""
    (country, _, code), (other, _, inner) = limit.partition("-"), place.partition("-")
    if country != "CN":
        return country == other and code in ("", inner)
    pairs = [(code[at : at + 2], inner[at : at + 2]) for at in range(0, len(code), 2)]
    while pairs and pairs[-1][0] == "00":
        pairs.pop()
    return country == other and all(mine == its for mine, its in pairs)


def _named(request: Request, trade: Trade) -> bool:
    return 0 <= trade.alternative < len(request.needs.alternatives)


def _of_owner(trade: Trade, request: Request, offer: Offer, capacity: Capacity, book: Book) -> Iterator[str]:
    """What protects the owner and the job, whatever the price."""
    needs, wanted = request.needs, request.needs.alternatives[trade.alternative]
    allowed = {*capacity.allowed_organisations, capacity.owner}
    if capacity.allowed_organisations and request.organisation not in allowed:
        yield f"{trade.request} is lent {trade.resource} against its owner's policy"
    if needs.purpose and needs.purpose in capacity.denied_purposes:
        yield f"{trade.request} is lent {trade.resource} for {needs.purpose}, which its owner denies"
    if request.organisation != capacity.owner:
        yield from _of_lending(trade, request, capacity, book)
    if _ISOLATION[capacity.isolation] < _ISOLATION[needs.isolation_min]:
        yield f"{trade.request} is isolated by {capacity.isolation} only"
    if needs.images and not capacity.images and image_of(needs, variant_of(needs, capacity) or ""):
        yield f"{trade.request} is sent where no container images run"
    if offer.spot and not wanted.use_spot:
        yield f"{trade.request} is sent to capacity that may be taken back"
    if {capacity.site, capacity.site_name} & set(needs.excluded_sites):
        yield f"{trade.request} is sent back to {capacity.site_name}, where it was lost or refused"


def _of_lending(trade: Trade, request: Request, capacity: Capacity, book: Book) -> Iterator[str]:
    """What its owner lends to others: some classes of work, at some times. Before version 6 of the rules: as if nobody
    waited in a queue of its own."""
    kind = "interactive" if request.needs.interactive else "batch" if request.needs.machines == 1 else "gang"
    if capacity.work_classes and kind not in capacity.work_classes:
        yield f"{trade.request} is lent {trade.resource} for {kind} work, which its owner does not lend for"
    lent = capacity.opening
    if lent is None:
        return
    at, queue_s = book.at, (capacity.queue_wait_s or 0) if book.version > 5 else 0
    booked = request.start_at is not None and request.start_at >= at
    stays = request.expected_us if booked else request.limit_us
    if at < lent.begins or (
        lent.ends is not None
        and (stays is None or at + timedelta(seconds=queue_s, microseconds=stays, minutes=5) > lent.ends)
    ):
        yield f"{trade.request} is sent to {trade.resource} at a time that its owner does not lend"


def _capacity(book: Book, clearing: Clearing, requests: Mapping[RequestId, Request]) -> Iterator[str]:
    """No machine is sold beyond what is free on it."""
    waiting = {request for gone in clearing.displaced for request in gone.by}
    at_once, in_all = _Amounts(), _Amounts()
    for trade in clearing.trades:
        request = requests.get(trade.request)
        if request is None or not _named(request, trade):
            continue
        for name in trade.machines:
            in_all.add(trade.resource, name, request.needs.alternatives[trade.alternative])
            if trade.request not in waiting:
                at_once.add(trade.resource, name, request.needs.alternatives[trade.alternative])
    back, gone = _Amounts(), {one.run for one in clearing.displaced}
    for running in book.running:
        for name in running.machines if running.run in gone else ():
            back.add(running.resource, name, running.request.needs.alternatives[running.alternative])
    for capacity in book.capacities.values():
        for machine in capacity.machines:
            key = (capacity.resource, machine.name)
            have = (machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators)
            more = [a + b for a, b in zip(have, back.of(key), strict=True)]
            if any(s > max(h, 0) for s, h in zip(at_once.of(key), have, strict=True)) or any(
                s > max(h, 0) for s, h in zip(in_all.of(key), more, strict=True)
            ):
                yield f"machine {machine.name} of {capacity.resource} is sold beyond what is free"
            in_all.known.pop(key, None)
    for resource, name in in_all.known:
        yield f"{resource} has no machine {name} to sell"


class _Amounts:
    """Cores, memory, disk and accelerators by machine."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[int, ...]] = {}

    def add(self, resource: str, machine: str, wanted: Alternative) -> None:
        amounts = (wanted.cpus, wanted.memory_bytes, wanted.disk_bytes, wanted.accelerators)
        self.known[resource, machine] = tuple(a + b for a, b in zip(self.of((resource, machine)), amounts, strict=True))

    def of(self, key: tuple[str, str]) -> tuple[int, ...]:
        return self.known.get(key, (0, 0, 0, 0))


def _displaced(book: Book, clearing: Clearing) -> Iterator[str]:
    """Only who accepts it has to go, once, and for those who take his very machines."""
    running = {one.run: one for one in book.running}
    on = {(trade.request, trade.resource, name) for trade in clearing.trades for name in trade.machines}
    for run, times in Counter(one.run for one in clearing.displaced).items():
        if run not in running or times != 1 or run in clearing.fixed:
            yield f"{run} is displaced, which was not to be"
    for one in clearing.displaced:
        held = running.get(one.run)
        if held is None:
            continue
        wanted = held.request.needs.alternatives[held.alternative]
        if not (wanted.use_spot if held.request.preemptible is None else held.request.preemptible):
            yield f"{one.run} is displaced, and its job does not accept that"
        takers = {request for request in one.by
                  if any((request, held.resource, name) in on for name in held.machines)}  # fmt: skip
        if not takers or takers != set(one.by) or one.request != held.request.id:
            yield f"{one.run} is displaced by requests that do not take its machines"


def _reserves(book: Book, clearing: Clearing, requests: Mapping[RequestId, Request]) -> Iterator[str]:
    """What a pool keeps for its owner goes to nobody else."""
    out = {one.run for one in clearing.displaced}
    gone = [(one.resource, len(one.machines) * _per_machine(one.request.needs.alternatives[one.alternative]))
            for one in book.running if one.run in out]  # fmt: skip
    others = Counter[str]()
    for trade in clearing.trades:
        request, capacity = requests.get(trade.request), book.capacities.get(trade.resource)
        if request is not None and capacity is not None and request.organisation != capacity.owner:
            others[trade.resource] += trade.units
    for capacity in book.capacities.values():
        if not capacity.reserved_percent:
            continue
        there, free = (sum(m.cpus if capacity.chip == "cpu" else m.accelerators for m in part)
                       for part in (capacity.machines_total, capacity.machines))  # fmt: skip
        free += sum(units for resource, units in gone if resource == capacity.resource)
        missing = capacity.reserved_percent * there - 100 * capacity.owner_units
        if others[capacity.resource] > 0 and 100 * (free - others[capacity.resource]) < missing:
            yield f"{capacity.resource} is sold beyond what its owner lends"


def _booked(book: Book, clearing: Clearing, requests: Mapping[RequestId, Request]) -> Iterator[str]:
    """Whoever may still be there when a booking begins leaves room for it."""
    for capacity in book.capacities.values():
        for first in capacity.booked:
            used = _Amounts()
            for one in capacity.booked:
                if one.machine == first.machine and one.start <= first.start < one.end:
                    used.add("", "", Alternative(chip="", cpus=one.cpus, memory_bytes=one.memory_bytes,
                                                 disk_bytes=one.disk_bytes, accelerators=one.accelerators))  # fmt: skip
            promised = used.of(("", ""))
            for trade in clearing.trades:
                request = requests.get(trade.request)
                if request is None or trade.resource != capacity.resource or first.machine not in trade.machines:
                    continue
                if request.limit_us is None or book.at + timedelta(microseconds=request.limit_us) > first.start:
                    used.add("", "", request.needs.alternatives[trade.alternative])
            free = next((m for m in capacity.machines if m.name == first.machine), None)
            have = (free.cpus, free.memory_bytes, free.disk_bytes, free.accelerators) if free else (0, 0, 0, 0)
            taken = used.of(("", ""))
            if taken != promised and any(u > max(h, 0) for u, h in zip(taken, have, strict=True)):
                yield f"machine {first.machine} of {capacity.resource} is sold beyond what is booked of it"


def _tranches(book: Book, clearing: Clearing) -> Iterator[str]:
    """Whichever of its trades are still running, they pay what so many units ask: asks rise, so it is enough that of
    the trades that pay least any number does. What displaced runs gave back asks what the next unit did."""
    out = {one.run for one in clearing.displaced}
    back = Counter[str]()
    for one in book.running:
        if one.run in out:
            back[one.resource] += len(one.machines) * _per_machine(one.request.needs.alternatives[one.alternative])
    for offer in book.offers:
        if not offer.tranches:
            continue
        trades = sorted((trade.price, trade.units) for trade in clearing.trades if trade.offer == offer.id)
        steps = [(0, offer.price), *((one.after + back[offer.resource or ""], one.price) for one in offer.tranches)]
        paid = sold = 0
        for price, units in trades:
            paid, sold = paid + price * units, sold + units
            dearer = zip(steps, [(0, 0), *steps], strict=False)
            if paid < sum((price - before) * max(sold - after, 0) for (after, price), (_, before) in dearer):
                yield f"{offer.id} sells {sold} units for less than its tranches ask"
                break


def _lasts(book: Book, clearing: Clearing, requests: Mapping[RequestId, Request]) -> dict[RequestId, int]:
    """For how many microseconds money is held: as long as a run is expected to take where it was sold, by what was
    certified there and elsewhere, no longer than its time limit or its booking. Before version 2: as it asked."""
    certified: dict[str, list[int]] = {}
    for capacity in book.capacities.values():
        certified.setdefault(capacity.chip, []).extend([capacity.score] if capacity.score else [])
    usual = {chip: sorted(scores)[(len(scores) - 1) // 2] for chip, scores in certified.items() if scores}
    found = {}
    for trade in clearing.trades:
        request, there = requests.get(trade.request), book.capacities.get(trade.resource)
        if request is None or there is None or not _named(request, trade):
            continue
        found[request.id] = request.expected_us
        if book.version > 1:
            own, whole = _slower(request, request.needs.alternatives[trade.alternative], there, usual)
            ends = (request.expected_us * own + whole - 1) // whole
            if request.start_at is not None and request.start_at >= book.at:
                ends = min(ends, request.expected_us)
            found[request.id] = ends if request.limit_us is None else min(ends, request.limit_us)
    return found


def _slower(request: Request, wanted: Alternative, there: Capacity, usual: Mapping[str, int]) -> tuple[int, int]:
    """By how much a run there takes longer: against the model it likes best of those measured, machine for machine,
    within a factor of 256; of one model within a factor of 4."""
    if not there.score or not usual.get(wanted.chip):
        return 1, 1
    typical = usual[wanted.chip]
    score = max(1, typical // 4, min(there.score, 4 * typical))
    first = min((one for one in request.needs.alternatives if one.chip in usual), key=lambda one: one.rank)
    if "cpu" in (first.chip, wanted.chip) or first.chip == wanted.chip:
        return typical, score
    meant = usual[first.chip] * _per_machine(first)
    return meant, max(1, meant // 256, min(score * _per_machine(wanted), 256 * meant))


def _balance(clearing: Clearing, offers: Mapping[OfferId, Offer], lasts: Mapping[RequestId, int]) -> Iterator[str]:
    """What buyers pay is what sellers get, to the micro-unit, and no seller gets less than his reserve.

    A payment is rounded once per trade, so a share may lack half a micro-unit per trade, and one for the division.
    """
    paid, sold = 0, Counter[str]()
    for trade in clearing.trades:
        if trade.request in lasts:
            paid += _payment(trade, lasts[trade.request])
            sold[trade.offer] += trade.units * lasts[trade.request]
    earned = sum(share.amount for share in clearing.shares)
    if paid != earned:
        yield f"buyers pay {paid}, sellers get {earned}"
    slack = (len(clearing.trades) + 1) * _HOUR_US
    for key, times in Counter(share.offer for share in clearing.shares).items():
        if times != 1:
            yield f"{key} has {times} shares instead of one"
    for unpaid in sorted(sold.keys() - {share.offer for share in clearing.shares}):
        yield f"{unpaid} sold, and gets no share"
    for share in clearing.shares:
        offer = offers.get(share.offer)
        if offer is None or sold[share.offer] != share.unit_us:
            yield f"the share of {share.offer} is not what it sold"
        elif share.amount * _HOUR_US + slack < offer.price * share.unit_us:
            yield f"{share.offer} earns less than its reserve"


def _payment(trade: Trade, lasts_us: int) -> int:
    return (trade.price * trade.units * lasts_us + _HOUR_US // 2) // _HOUR_US


def _prices(book: Book, clearing: Clearing, lasts: Mapping[RequestId, int]) -> Iterator[str]:
    """One published price per product traded, for the units traded, which nobody pays more than; its sellers get what
    its buyers pay."""
    units, owed, dearest = Counter[_Product](), Counter[_Product](), dict[_Product, int]()
    for trade in clearing.trades:
        capacity = book.capacities.get(trade.resource)
        if capacity is not None and trade.request in lasts:
            product = _product(capacity)
            units[product] += trade.units
            owed[product] += _payment(trade, lasts[trade.request])
            dearest[product] = max(trade.price, dearest.get(product, 0))
    of_offer = {offer.id: book.capacities.get(offer.resource) for offer in book.offers if offer.resource is not None}
    for share in clearing.shares:
        if (capacity := of_offer.get(share.offer)) is not None:
            owed[_product(capacity)] -= share.amount
    for product, left in owed.items():
        if left:
            yield f"buyers of {' '.join(product)} pay {left} more than its sellers get"
    published = Counter((price.chip, price.hub, price.isolation) for price in clearing.prices)
    if published.keys() != units.keys() or any(times > 1 for times in published.values()):
        yield "the prices published are not those of the products traded"
    for price in clearing.prices:
        product = (price.chip, price.hub, price.isolation)
        if price.units != units[product]:
            yield f"{price.units} units of {' '.join(product)} are published, {units[product]} traded"
        if dearest.get(product, 0) > price.price:
            yield f"somebody pays more for {' '.join(product)} than the price published"


def _product(capacity: Capacity) -> _Product:
    return (capacity.chip, capacity.hub, capacity.isolation)

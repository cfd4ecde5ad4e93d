"""Random books of the market, small and scarce, and the naive reckoning that tests hold the rules against.

Everything under "naive" is written from what the rules promise and shares no code with them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from math import ceil

from hypothesis import strategies as st

from gridtie.market.book import clearing_to_json
from gridtie.market.clearing import Book, Clearing, Trade
from gridtie.market.offer import Capacity, Listing, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request, Rest
from gridtie.registry.open_hours import Opening
from gridtie.values.canonical import canonical
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000
ISOLATION = ("none", "sandbox", "container", "scheduler", "vm")
PLACES = {"h1": "CN-52", "h2": "CN-15"}


# ── random books ──────────────────────────────────────────────────────────────────────────────────────────────────
def a_book(seed: int, resources: int, requests: int, mode: str = "posted") -> Book:
    """Small, and scarce enough that some requests lose; each obstacle of the market stands in a few of the pairs."""
    dice = random.Random(seed)
    capacities = {f"res_{n}": a_capacity(dice, n) for n in range(resources)}
    offers = [an_offer(dice, n, dice.choice(list(capacities.values()))) for n in range(resources + 2)]
    if dice.random() < 0.3:
        offers.append(a_listing())
    asked = tuple(a_request(dice, n, mode) for n in range(requests))
    parameters = {"transfer_price_per_gb": dice.choice((0, 0, 70_001))}
    lent = random.Random(f"lent {seed}")  # of its own: whoever looks for a book by its seed finds it as it was
    capacities = {key: lent_at_times(lent, one) for key, one in capacities.items()}
    asked = tuple(replace(r, needs=replace(r.needs, interactive=lent.random() < 0.1)) for r in asked)
    return Book(round=str(seed % 97), at=AT, offers=tuple(offers), capacities=capacities, requests=asked,
                parameters=parameters)  # fmt: skip


def seldom(dice: random.Random, usual, *others, chance=0.1):
    return dice.choice(others) if dice.random() < chance else usual


MINUTES = timedelta(minutes=1)
OPENINGS = tuple(
    Opening(begins=AT + begins * MINUTES, ends=ends and AT + ends * MINUTES, again=ends and AT + 900 * MINUTES,
            longest_us=longest and longest * 60_000_000, zone="UTC", opens="noon", closes="soon", reopens="later")
    for begins, ends, longest in ((0, 65, 65), (0, 64, 720), (0, 125, None), (30, 400, 720), (0, None, None))
)  # fmt: skip


def lent_at_times(dice: random.Random, capacity: Capacity) -> Capacity:
    classes = seldom(dice, (), ("batch",), ("batch", "gang"), ("interactive",))
    return replace(capacity, opening=seldom(dice, None, *OPENINGS), work_classes=classes)


def a_capacity(dice: random.Random, n: int) -> Capacity:
    chip, hub = dice.choice(("a", "a", "b", "cpu")), dice.choice(("h1", "h1", "h2"))
    total = tuple(
        MachineShape(name=f"m{i}", cpus=dice.choice((4, 8)), memory_bytes=dice.choice((8, 16)), disk_bytes=10,
                     accelerators=0 if chip == "cpu" else dice.choice((1, 2, 4)))
        for i in range(dice.randint(1, 3))
    )  # fmt: skip
    free = tuple(
        replace(m, cpus=dice.randint(0, m.cpus), accelerators=dice.randint(0, m.accelerators))
        if dice.random() < 0.3 else m for m in total
    )  # fmt: skip
    return Capacity(
        resource=f"res_{n}", identifier=f"cn.x/{n}", site=f"site_{n}", site_name=f"s{n}", owner=f"org_{n % 3}",
        hub=hub, place=PLACES[hub], chip=chip, chip_memory_bytes=0 if chip == "cpu" else 80,
        isolation=seldom(dice, "container", "none", "sandbox", "vm", chance=0.3),
        depth=seldom(dice, "schedulable", "orderable", chance=0.05), in_market=dice.random() > 0.05,
        connected=dice.random() > 0.05, score=seldom(dice, 100, None, 50, 130, 900, chance=0.5),
        latency_us=seldom(dice, 900, None, 90_000), machines=free, machines_total=total,
        allowed_organisations=seldom(dice, (), ("org_1",), chance=0.05),
        denied_purposes=seldom(dice, (), ("mining",)),
    )  # fmt: skip


def an_offer(dice: random.Random, n: int, of: Capacity) -> Offer:
    window = Period(AT - timedelta(hours=1), AT + timedelta(hours=9))
    late = Period(AT + timedelta(hours=1), AT + timedelta(hours=9))
    return Offer(
        id=f"offer_{n}", resource=of.resource, owner=of.owner, chip=seldom(dice, of.chip, "a", "b", chance=0.05),
        hub=of.hub, price=dice.choice((0, 1, 999_999, 1_000_000, 1_500_000, 2_000_003, 7_000_000)),
        window=seldom(dice, window, late, chance=0.05), units_min=seldom(dice, 1, 2),
        units_max=seldom(dice, None, 2, 4), spot=dice.random() < 0.1,
    )  # fmt: skip


def a_listing() -> Offer:
    listing = Listing(cloud="azure", region="westeurope", instance="NC2", accelerator_name="A", accelerators=2, vcpus=8,
                      memory_bytes=64, price_per_hour=2_000_000, spot_price_per_hour=None, currency="CNY")  # fmt: skip
    window = Period(AT - timedelta(hours=1), AT + timedelta(hours=9))
    return Offer(id="offer_zz", resource=None, owner="org_9", chip="a", hub="", price=1_000_000, window=window,
                 listing=listing)  # fmt: skip


def an_alternative(dice: random.Random) -> Alternative:
    chip = dice.choice(("a", "a", "b", "cpu"))
    return Alternative(
        chip=chip, accelerators=0 if chip == "cpu" else dice.choice((1, 1, 2, 4)), cpus=dice.choice((1, 2, 4)),
        memory_bytes=seldom(dice, 0, 12), disk_bytes=seldom(dice, 0, 6, 11),
        chip_memory_bytes=seldom(dice, 0, 96, chance=0.05), hubs=seldom(dice, (), ("h2",)),
        places=seldom(dice, (), ("CN-52",)), sites=seldom(dice, (), ("s0", "site_1", "res_2"), chance=0.05),
        max_hourly_cost=seldom(dice, None, 3_000_001, 5_000_000, chance=0.2), use_spot=dice.random() < 0.5,
        rank=seldom(dice, 0, 1, 2, chance=0.2),
    )  # fmt: skip


def a_request(dice: random.Random, n: int, mode: str) -> Request:
    needs = Needs(
        alternatives=tuple(an_alternative(dice) for _ in range(seldom(dice, 1, 2, 3, chance=0.4))),
        machines=seldom(dice, 1, 2, 3, chance=0.3), isolation_min=seldom(dice, "none", "sandbox", "container", "vm"),
        hubs=seldom(dice, (), ("h1",)), places=seldom(dice, (), ("CN-15",)),
        data_places=seldom(dice, (), ("h1",), ("CN-15", "CN-31")), max_latency_us=seldom(dice, None, 1000),
        certified=dice.random() < 0.3, excluded_sites=seldom(dice, (), ("s1",), ("site_0",)),
        purpose=seldom(dice, "", "mining"),
        resting=seldom(dice, (), (Rest(site="site_1", until=AT + timedelta(seconds=5)), Rest(site="site_2", until=AT))),
    )  # fmt: skip
    prices = (1_000_000, 1_700_000, 2_500_000, 8_000_001)
    limits = prices if mode == "auction" else (None, None, *prices)
    return Request(
        id=f"req_{n}", job=f"job_{n}", organisation=f"org_{dice.randint(0, 3)}", needs=needs, mode=mode,
        max_price=seldom(dice, dice.choice(limits), None), expected_us=dice.choice((HOUR_US, 7, 5_400_000_001)),
        transfer_bytes=seldom(dice, 0, 1, 3_000_000_001), arrived_at=AT - timedelta(seconds=dice.randint(0, 3)),
        deadline=seldom(dice, None, AT, AT + timedelta(hours=2)), priority=seldom(dice, 0, 5),
        unit_price_cap=seldom(dice, None, 1_500_000), limit_us=seldom(dice, None, HOUR_US, 2 * HOUR_US),
    )  # fmt: skip


seeds = st.integers(0, 2**32)
posted_books = st.builds(a_book, seeds, st.integers(1, 6), st.integers(0, 9))
auctions = st.builds(a_book, seeds, st.integers(1, 6), st.integers(0, 9), st.just("auction"))
lone = st.builds(a_book, seeds, st.integers(1, 6), st.just(1))


# ── naive ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def units_of(wanted: Alternative, needs: Needs) -> int:
    return (wanted.cpus if wanted.chip == "cpu" else wanted.accelerators) * needs.machines


def fits(machine: MachineShape, wanted: Alternative) -> bool:
    have = (machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators)
    return all(h >= w for h, w in zip(have, sizes(wanted), strict=True))


def sizes(wanted: Alternative) -> tuple[int, int, int, int]:
    return wanted.cpus, wanted.memory_bytes, wanted.disk_bytes, wanted.accelerators


def able(machines: list[MachineShape], wanted: Alternative, needs: Needs, others=()) -> list[str] | None:
    """Which machines a gang gets: where least is lost to the others, then the fullest."""
    found = sorted(
        (lost(taken([m], m.name, wanted)[0], wanted.chip, others) - lost(m, wanted.chip, others), m.accelerators,
         m.cpus, m.memory_bytes, m.name) for m in machines if fits(m, wanted)
    )  # fmt: skip
    return [name for *_, name in found][: needs.machines] if len(found) >= needs.machines else None


def lost(machine: MachineShape, chip: str, others) -> int:
    """Units free there, times the ranks of others for which the machine is too small now."""
    free = machine.cpus if chip == "cpu" else machine.accelerators
    asked = {(r.id, sizes(a)): (a, r.needs.machines) for r in others for a in r.needs.alternatives if a.chip == chip}
    return free * sum(ranks for a, ranks in asked.values() if not fits(machine, a))


def obstacles(request: Request, wanted: Alternative, offer: Offer, book: Book, free) -> set[str]:
    """Everything at once that stands between one alternative and one offer."""
    needs, capacity = request.needs, book.capacities.get(offer.resource)
    if wanted.chip != offer.chip:
        return {"chip"}
    if capacity is None:
        return {"listed-only"}
    units = units_of(wanted, needs)
    per_machine = units // needs.machines
    holding = sum(fits(m, wanted) for m in capacity.machines_total)
    inside = capacity.place.startswith
    found = {
        "offer-closed": not offer.window.start <= AT < offer.window.end or capacity.chip != offer.chip,
        "not-schedulable": capacity.depth != "schedulable",
        "not-admitted": not capacity.in_market,
        "owner-policy": (
            capacity.allowed_organisations != ()
            and request.organisation not in (*capacity.allowed_organisations, capacity.owner)
        )
        or (needs.purpose != "" and needs.purpose in capacity.denied_purposes)
        or (
            capacity.work_classes != ()
            and request.organisation != capacity.owner
            and ("interactive" if needs.interactive else ("batch", "gang")[needs.machines > 1])
            not in capacity.work_classes
        ),
        "chip-memory": 0 < capacity.chip_memory_bytes < wanted.chip_memory_bytes,
        "place": any(hubs != () and capacity.hub not in hubs for hubs in (needs.hubs, wanted.hubs))
        or any(places != () and not inside(places) for places in (needs.places, wanted.places)),
        "data-place": needs.data_places != ()
        and not any(capacity.hub == limit or inside(limit) for limit in needs.data_places),
        "site": wanted.sites != () and not {capacity.site, capacity.site_name, capacity.resource} & set(wanted.sites),
        "isolation": ISOLATION.index(capacity.isolation) < ISOLATION.index(needs.isolation_min),
        "certificate": needs.certified and capacity.score is None,
        "latency": needs.max_latency_us is not None and (capacity.latency_us or 10**12) > needs.max_latency_us,
        "spot": offer.spot and not wanted.use_spot,
        "size": holding == 0,
        "gang": holding < needs.machines,
        "units": not offer.units_min <= units <= (offer.units_max or units),
        "price": request.max_price is not None and offer.price > request.max_price,
        "hourly-cost": wanted.max_hourly_cost is not None and offer.price * per_machine > wanted.max_hourly_cost,
        "voucher-price": request.unit_price_cap is not None and offer.price > request.unit_price_cap,
        "deadline": request.deadline is not None and request.deadline <= AT,
        "excluded": bool({capacity.site, capacity.site_name} & set(needs.excluded_sites)),
        "hours": request.organisation != capacity.owner and not lent(request, capacity.opening),
        "resting": any(rest.site == capacity.site and rest.until > AT for rest in needs.resting),
        "disconnected": not capacity.connected,
        "busy": able(free[capacity.resource], wanted, needs) is None,
    }
    return {code for code, stands in found.items() if stands}


def lent(request: Request, opening: Opening | None) -> bool:
    """Whether all the time that it may be there, five minutes more than its limit, is within what is lent now."""
    stays = None if request.limit_us is None else timedelta(microseconds=request.limit_us) + 5 * MINUTES
    if opening is None or (opening.longest_us is None and opening.ends is None):
        return True
    longest = timedelta.max if opening.longest_us is None else timedelta(microseconds=opening.longest_us)
    return opening.begins <= AT and stays is not None and stays <= min(longest, opening.ends - AT)


def all_free(book: Book) -> dict[str, list[MachineShape]]:
    return {key: list(capacity.machines) for key, capacity in book.capacities.items()}


def taken(machines: list[MachineShape], names, wanted: Alternative) -> list[MachineShape]:
    return [
        replace(
            m, cpus=m.cpus - wanted.cpus, memory_bytes=m.memory_bytes - wanted.memory_bytes,
            disk_bytes=m.disk_bytes - wanted.disk_bytes, accelerators=m.accelerators - wanted.accelerators,
        ) if m.name in names else m
        for m in machines
    ]  # fmt: skip


def left_after(book: Book, trades) -> dict[str, list[MachineShape]]:
    free, asked = all_free(book), {request.id: request for request in book.requests}
    for trade in trades:
        wanted = asked[trade.request].needs.alternatives[trade.alternative]
        free[trade.resource] = taken(free[trade.resource], trade.machines, wanted)
    return free


def choices(request: Request, book: Book, free) -> Iterator[tuple[Offer, Capacity, int, Alternative]]:
    for offer in book.offers:
        for index, wanted in enumerate(request.needs.alternatives):
            if not obstacles(request, wanted, offer, book, free):
                yield offer, book.capacities[offer.resource], index, wanted


def cost(request: Request, offer: Offer, capacity: Capacity, wanted: Alternative, book: Book) -> int:
    """In exact fractions, rounded where money is: compute half up, speed down, transfer up."""
    hours = Fraction(request.expected_us, HOUR_US)
    compute = int(offer.price * units_of(wanted, request.needs) * hours + Fraction(1, 2))
    slowed = compute * slowness(request, capacity, wanted, book)
    return int(slowed) + ceil(Fraction(book.parameters["transfer_price_per_gb"] * request.transfer_bytes, 10**9))


def slowness(request: Request, capacity: Capacity, wanted: Alternative, book: Book) -> Fraction:
    """What a job is expected to take means the machine it likes best of those measured; another model is slower or
    faster by its certificate."""
    if not capacity.score:
        return Fraction(1)
    own = middle(book, capacity.chip)
    score = min(max(capacity.score, own // 4, 1), own * 4)
    measured = [one for one in request.needs.alternatives if middle(book, one.chip)]
    meant = min(measured, key=lambda one: one.rank) if measured else wanted
    if meant.chip == wanted.chip or "cpu" in (meant.chip, wanted.chip):
        return Fraction(own, score)
    asked = middle(book, meant.chip) * (units_of(meant, request.needs) // request.needs.machines)
    able = score * (units_of(wanted, request.needs) // request.needs.machines)
    return Fraction(asked, min(max(able, asked // 256, 1), asked * 256))


def lasts(trade: Trade, request: Request, book: Book) -> int:
    """Microseconds that are sold: as expected there, or as long as its time limit lets it."""
    wanted = request.needs.alternatives[trade.alternative]
    there = ceil(request.expected_us * slowness(request, book.capacities[trade.resource], wanted, book))
    return there if request.limit_us is None else min(there, request.limit_us)


def middle(book: Book, chip: str) -> int:
    """The lower median of what is certified for a chip; 0 where nothing is."""
    scores = sorted(c.score for c in book.capacities.values() if c.chip == chip and c.score)
    return scores[(len(scores) - 1) // 2] if scores else 0


def limit(request: Request, wanted: Alternative) -> int | None:
    per_machine = units_of(wanted, request.needs) // request.needs.machines
    hourly = None if wanted.max_hourly_cost is None else wanted.max_hourly_cost // per_machine
    return min((x for x in (request.max_price, request.unit_price_cap, hourly) if x is not None), default=None)


def product(capacity: Capacity) -> tuple[str, str, str]:
    return capacity.chip, capacity.hub, capacity.isolation


def bids(request: Request, book: Book) -> dict[tuple[str, str, str], int]:
    """The highest bid for each product of which something was free and fitting when the round began."""
    found = defaultdict(int)
    for offer, capacity, _, wanted in choices(request, book, all_free(book)):
        bid = limit(request, wanted)
        found[product(capacity)] = max(found[product(capacity)], offer.price if bid is None else bid)
    return dict(found)


def bid_of(trade: Trade, request: Request, book: Book) -> int:
    own = limit(request, request.needs.alternatives[trade.alternative])
    return bids(request, book)[product(book.capacities[trade.resource])] if own is None else own


def payment(trade: Trade, request: Request, book: Book) -> int:
    return int(Fraction(trade.price * trade.units * lasts(trade, request, book), HOUR_US) + Fraction(1, 2))


def written(clearing: Clearing) -> bytes:
    return canonical(clearing_to_json(clearing))


def small_auction(seed: int) -> Book:
    """One product, machines of 4 and 8, gangs of one machine with 1 to 8 units, one bid each, all for an hour."""
    dice = random.Random(seed)
    window = Period(AT, AT + timedelta(hours=9))
    base = next(c for c in (a_capacity(random.Random(n), 0) for n in count()) if c.chip == "a")
    open_to_all = replace(base, depth="schedulable", in_market=True, connected=True, score=None, denied_purposes=(),
                          allowed_organisations=())  # fmt: skip
    capacities, offers = {}, []
    for n in range(3):
        machine = MachineShape(name="m", cpus=64, memory_bytes=1, disk_bytes=1, accelerators=dice.choice((4, 8)))
        capacities[f"res_{n}"] = replace(open_to_all, resource=f"res_{n}", machines=(machine,),
                                         machines_total=(machine,))  # fmt: skip
        offers.append(Offer(id=f"offer_{n}", resource=f"res_{n}", owner="org", chip="a", hub=base.hub,
                            price=dice.randint(500_000, 1_500_000), window=window))  # fmt: skip
    asked = []
    for n in range(9):
        wanted = Alternative(chip="a", accelerators=dice.choice((1, 1, 2, 2, 4, 8)))
        needs = Needs(alternatives=(wanted,), certified=False, isolation_min="none")
        bid = int(1_000_000 * dice.lognormvariate(0.4, 0.6))
        asked.append(Request(id=f"req_{n}", job=f"job_{n}", organisation=f"org_{n}", needs=needs, mode="auction",
                             max_price=bid, arrived_at=AT))  # fmt: skip
    return Book(round=str(seed), at=AT, offers=tuple(offers), capacities=capacities, requests=tuple(asked))


def most_welfare(book: Book) -> int:
    """Exhaustive: every request is left out or put on any machine."""
    best: dict[tuple[int, ...], int] = {
        tuple(book.capacities[offer.resource].machines[0].accelerators for offer in book.offers): 0
    }
    for request in book.requests:
        units, bid = request.needs.alternatives[0].accelerators, request.max_price
        following = dict(best)
        for free, welfare in best.items():
            for n, offer in enumerate(book.offers):
                if free[n] >= units:
                    rest = (*free[:n], free[n] - units, *free[n + 1 :])
                    following[rest] = max(following.get(rest, 0), welfare + units * (bid - offer.price))
        best = following
    return max(best.values())

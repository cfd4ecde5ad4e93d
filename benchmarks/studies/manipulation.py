"""What one bidder gains by not bidding what his job is and is worth: `python benchmarks/studies/manipulation.py`.

Random books of one product: pools of machines with eight accelerators, reserves uniform around 1.00, gangs of 1 to 8 on
one machine, values lognormal. Everybody bids truly; then one bidder at a time tries what is named below, all others as
before, and the round is cleared again. His gain is what his accelerators are worth to him less what he pays, against
the same when he was true, as a share of what his job is worth. STUDY_BOOKS and STUDY_SEED choose how many, and which.

    shade   his bid times each of ten factors; the best for him counts
    split   a job of n accelerators that need not run together, handed in as n jobs of one
    merge   four such jobs of one accelerator, handed in as a gang of four
    pad     twice the accelerators he needs (at most 8)
"""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gridtie.market.clearing import Book, ClearingRule
from gridtie.market.laws import broken_laws
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request
from gridtie.market.rules import RULES
from gridtie.values.ids import JobId, OfferId, OrganisationId, RequestId, ResourceId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)
SEED = int(os.environ.get("STUDY_SEED", "1"))
BOOKS = int(os.environ.get("STUDY_BOOKS", "12"))
TRIED = 8  # bidders of a book
FACTORS = (0.5, 0.7, 0.8, 0.9, 0.95, 1.05, 1.2, 1.5, 2.0, 3.0)
SIZES = ((40, 8), (160, 32))  # requests, machines of eight


@dataclass(frozen=True)
class Job:
    """`units` accelerators, each worth `value` an hour; `need` of them do all the work."""

    units: int
    value: int
    need: int


def a_book(seed: int, requests: int, machines: int) -> Book:
    dice = random.Random(seed)
    pools = max(machines // 4, 2)
    capacities = {}
    offers = []
    for n in range(pools):
        there = tuple(_machine(i) for i in range(machines // pools))
        key = ResourceId(f"res_{n}")
        capacities[key] = Capacity(
            resource=key, identifier=f"cn.study/{n}", site=SiteId(f"site_{n}"), site_name=f"s{n}",
            owner=OrganisationId(f"seller_{n}"), hub="h", place="CN-52", chip="a", isolation="container",
            depth="schedulable", in_market=True, connected=True, score=1000, machines=there, machines_total=there,
        )  # fmt: skip
        offers.append(Offer(id=OfferId(f"offer_{n}"), resource=key, owner=OrganisationId(f"seller_{n}"), chip="a",
                            hub="h", price=Micros(dice.randint(500_000, 1_500_000)),
                            window=Period(AT, AT + timedelta(days=1))))  # fmt: skip
    asked = [
        request(f"{n}", dice.choice((1, 1, 1, 2, 2, 4, 8)), int(1_000_000 * dice.lognormvariate(0.4, 0.6)), f"org_{n}")
        for n in range(requests)
    ]
    return Book(round=str(seed), at=AT, offers=tuple(offers), capacities=capacities, requests=tuple(asked))


def _machine(n: int) -> MachineShape:
    return MachineShape(name=f"m{n}", cpus=128, memory_bytes=1 << 40, disk_bytes=1 << 42, accelerators=8)


def request(name: str, units: int, bid: int, organisation: str) -> Request:
    needs = Needs(alternatives=(Alternative(chip="a", accelerators=units),))
    return Request(id=RequestId(f"req_{name}"), job=JobId(f"job_{name}"), organisation=OrganisationId(organisation),
                   needs=needs, mode="auction", max_price=Micros(bid), arrived_at=AT)  # fmt: skip


def utility(rule: ClearingRule, book: Book, own: Mapping[RequestId, Job]) -> int:
    """What the bidder's accelerators are worth to him, less what he pays for all that he got, per hour."""
    clearing = rule(book)
    assert broken_laws(book, clearing) == (), broken_laws(book, clearing)
    won = [trade for trade in clearing.trades if trade.request in own]
    return sum(own[t.request].need * own[t.request].value - t.units * t.price for t in won)


def with_requests(book: Book, without: Sequence[RequestId], made: Sequence[Request]) -> Book:
    kept = [one for one in book.requests if one.id not in without]
    return replace(book, requests=(*kept, *made))


def units_of(one: Request) -> int:
    return one.needs.alternatives[0].accelerators


def bid_of(one: Request) -> int:
    assert one.max_price is not None
    return one.max_price


def own_jobs(requests: Sequence[Request], value: int, need: int | None = None) -> dict[RequestId, Job]:
    return {one.id: Job(units_of(one), value, need or units_of(one)) for one in requests}


def shade(rule: ClearingRule, book: Book, one: Request) -> float | None:
    value = bid_of(one)
    own = own_jobs([one], value)
    true = utility(rule, book, own)
    tried = [
        utility(rule, with_requests(book, [one.id], [replace(one, max_price=Micros(int(value * factor)))]), own)
        for factor in FACTORS
    ]
    return (max(tried) - true) / (units_of(one) * value)


def split(rule: ClearingRule, book: Book, one: Request) -> float | None:
    if units_of(one) == 1:
        return None
    value = bid_of(one)
    parts = [request(f"{one.id}.{n}", 1, value, one.organisation) for n in range(units_of(one))]
    true = utility(rule, book, own_jobs([one], value))
    tried = utility(rule, with_requests(book, [one.id], parts), own_jobs(parts, value))
    return (tried - true) / (units_of(one) * value)


def merge(rule: ClearingRule, book: Book, one: Request) -> float | None:
    value = bid_of(one)
    parts = [request(f"{one.id}.{n}", 1, value, one.organisation) for n in range(4)]
    whole = request(f"{one.id}.w", 4, value, one.organisation)
    true = utility(rule, with_requests(book, [one.id], parts), own_jobs(parts, value))
    tried = utility(rule, with_requests(book, [one.id], [whole]), own_jobs([whole], value))
    return (tried - true) / (4 * value)


def pad(rule: ClearingRule, book: Book, one: Request) -> float | None:
    if units_of(one) > 4:
        return None
    value, need = bid_of(one), units_of(one)
    true = utility(rule, book, own_jobs([one], value))
    # He pays for twice as much: more than half his value each would be a loss when he wins.
    wide = request(f"{one.id}.p", 2 * need, value // 2, one.organisation)
    tried = utility(rule, with_requests(book, [one.id], [wide]), own_jobs([wide], value, need))
    return (tried - true) / (need * value)


STRATEGIES: dict[str, Callable[[ClearingRule, Book, Request], float | None]] = {
    "shade": shade, "split": split, "merge": merge, "pad": pad,
}  # fmt: skip


def main() -> None:
    print(f"seed {SEED}, {BOOKS} books of each size, {TRIED} bidders of each")
    print("| rule | bids × accelerators | strategy | tried | gain over 0.1 % | mean | mean of those | p99 | most |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in ("best-welfare", "uniform-price"):
        for requests, machines in SIZES:
            begun = time.process_time()
            gains: dict[str, list[float]] = {strategy: [] for strategy in STRATEGIES}
            for n in range(BOOKS):
                book = a_book(1000 * SEED + n, requests, machines)
                for one in random.Random(n).sample(book.requests, TRIED):
                    for strategy, attempt in STRATEGIES.items():
                        if (gain := attempt(RULES[name], book, one)) is not None:
                            gains[strategy].append(gain)
            for strategy, found in gains.items():
                print(row(name, f"{requests} × {machines * 8}", strategy, found))
            print(f"<!-- {name} {requests}: {time.process_time() - begun:.1f} CPU s -->")


def row(name: str, size: str, strategy: str, gains: Sequence[float]) -> str:
    """Of shading the best factor counts, truth included: its gain is never negative."""
    found = sorted(max(gain, 0.0) if strategy == "shade" else gain for gain in gains)
    up = [gain for gain in found if gain > 0.001]
    last = found[min(int(0.99 * len(found)), len(found) - 1)]
    share, mean = len(up) / len(found), sum(found) / len(found)
    of_gains = sum(up) / len(up) if up else 0.0
    return (
        f"| {name} | {size} | {strategy} | {len(found)} | {share:.1%} | {mean:+.2%} | {of_gains:.2%} | "
        f"{last:.2%} | {found[-1]:.2%} |"
    )


if __name__ == "__main__":
    main()

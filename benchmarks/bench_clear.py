"""Clearing 1,000 and 10,000 requests over 100 offers by both rules, in one process: `python benchmarks/bench_clear.py`.

Four chips, five hubs, a hundred sites of four machines with eight accelerators; BENCH_REQUESTS names other sizes. Each
outcome is held to the laws that production checks, or it fails.
"""

import os
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from gridtie.market.clearing import Book
from gridtie.market.laws import broken_laws
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request
from gridtie.market.rules import RULES
from gridtie.values.ids import JobId, OfferId, OrganisationId, RequestId, ResourceId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import Period
from stage import table

AT = datetime(2026, 5, 1, tzinfo=UTC)
SIZES = [int(size) for size in os.environ.get("BENCH_REQUESTS", "1000,10000").split(",")]
ROUNDS = 3


def a_book(requests: int) -> Book:
    dice = random.Random(1)
    capacities = {ResourceId(f"res_{n}"): _capacity(dice, n) for n in range(100)}
    offers = tuple(
        Offer(id=OfferId(f"offer_{n}"), resource=key, owner=capacity.owner, chip=capacity.chip, hub=capacity.hub,
              price=Micros(dice.randint(500_000, 2_000_000)), window=Period(AT, AT + timedelta(days=1)))
        for n, (key, capacity) in enumerate(capacities.items())
    )  # fmt: skip
    asked = tuple(_request(dice, n) for n in range(requests))
    return Book(round="1", at=AT, offers=offers, capacities=capacities, requests=asked)


def _capacity(dice: random.Random, n: int) -> Capacity:
    machines = tuple(
        MachineShape(name=f"m{i}", cpus=128, memory_bytes=1 << 40, disk_bytes=1 << 42, accelerators=8) for i in range(4)
    )
    return Capacity(
        resource=ResourceId(f"res_{n}"), identifier=f"cn.bench/{n}", site=SiteId(f"site_{n}"), site_name=f"s{n}",
        owner=OrganisationId(f"org_{n}"), hub=f"h{n % 5}", place="CN-52", chip=f"chip{n % 4}", isolation="container",
        depth="schedulable", in_market=True, connected=True, score=dice.randint(900, 1100), machines=machines,
        machines_total=machines,
    )  # fmt: skip


def _request(dice: random.Random, n: int) -> Request:
    wanted = Alternative(chip=f"chip{dice.randrange(4)}", accelerators=dice.choice((1, 2, 4, 8)), cpus=4)
    return Request(
        id=RequestId(f"req_{n}"), job=JobId(f"job_{n}"), organisation=OrganisationId(f"org_{n % 50}"), mode="auction",
        needs=Needs(alternatives=(wanted,), machines=dice.choice((1, 1, 1, 2, 4))), arrived_at=AT,
        max_price=Micros(dice.randint(1_000_000, 6_000_000)),
    )  # fmt: skip


def main() -> None:
    rows = []
    for size in SIZES:
        book = a_book(size)
        for name, rule in RULES.items():
            spent, worked = [], []
            for _ in range(ROUNDS):
                begun, busy = time.perf_counter(), time.process_time()
                cleared = rule(book)
                spent.append(time.perf_counter() - begun)
                worked.append(time.process_time() - busy)
            if broken := broken_laws(book, cleared):
                raise SystemExit(f"{name}: {broken[0]}")
            units = sum(trade.units for trade in cleared.trades)
            cpu_s = statistics.median(worked)
            rows.append((f"{size} requests, {name}",
                         f"{statistics.median(spent):.2f} s, CPU {cpu_s:.2f} s ({1000 * cpu_s / size:.2f} ms each)",
                         f"{len(cleared.trades)} trades of {units} units out of 3200"))  # fmt: skip
    table("Clearing over 100 offers", rows, note=f"medians of {ROUNDS}")


if __name__ == "__main__":
    main()

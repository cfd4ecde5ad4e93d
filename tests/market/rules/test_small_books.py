"""Small books are cleared to the best there is, on their very machines: against every outcome that could be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from gridtie.market.clearing import Book
from gridtie.market.laws import broken_laws
from gridtie.market.rules import RULES
from gridtie.market.rules.welfare import audit
from gridtie.values.period import to_text

M = 1_000_000
Free = Mapping[str, tuple[tuple[int, int], ...]]  # accelerators and cores of each machine
ROUNDED = 10  # micro-units: the engine counts worth per hour, rounded down


def drawn(made: Any, seed: int, bids: int, slots: int = 1) -> Book:
    """One or two pools of one or two machines, half of them busy; gangs of one or two ranks."""
    dice = np.random.default_rng(seed)
    capacities, offers, busy = [], [], dict[str, dict[str, str]]()
    for n in range(int(dice.integers(1, 3))):
        machines = [
            replace(made.MACHINE, name=f"m{m}", accelerators=int(dice.integers(1, 5)), cpus=int(dice.choice((8, 64))))
            for m in range(int(dice.integers(1, 3)))
        ]
        free = [machine for machine in machines if dice.random() < 0.5]
        until = {m.name: to_text(made.AT + timedelta(minutes=int(dice.integers(1, 120)))) for m in machines
                 if m not in free}  # fmt: skip
        busy |= {f"res_{n}": until}
        capacities.append(made.capacity(n, machines=tuple(free), machines_total=tuple(machines)))
        offers.append(made.offer(n, price=int(dice.integers(0, 3)) * M))
    requests = [
        made.request(
            k, made.wanted(accelerators=int(dice.integers(1, 5)), cpus=int(dice.choice((0, 4, 8)))), mode="auction",
            organisation=f"org_{k}", max_price=int(dice.integers(1, 12)) * M,
            expected_us=int(dice.integers(10, 120)) * 60_000_000, needs={"machines": int(dice.choice((1, 1, 2)))},
        )
        for k in range(bids)
    ]  # fmt: skip
    ahead = {"slots": slots, "slot_us": 1_800_000_000, "busy_until": busy} if slots > 1 else {}
    return made.book(capacities, offers, requests, **ahead)  # type: ignore[no-any-return]


def most(book: Book) -> int:
    """Bids less asks per hour of the best outcome: each gang whole, on machines of its own for each rank, or not."""
    asks = {offer.resource: offer.price for offer in book.offers}

    def best(at: int, free: Free) -> int:
        if at == len(book.requests):
            return 0
        request = book.requests[at]
        wanted, found = request.needs.alternatives[0], best(at + 1, free)
        for pool, machines in free.items():
            able = [n for n, (a, c) in enumerate(machines) if a >= wanted.accelerators and c >= wanted.cpus]
            for taken in combinations(able, request.needs.machines):
                left = tuple((a - wanted.accelerators, c - wanted.cpus) if n in taken else (a, c)
                             for n, (a, c) in enumerate(machines))  # fmt: skip
                above = (request.max_price or 0) - asks[pool]  # type: ignore[index]
                if above >= 0:
                    gained = above * wanted.accelerators * request.needs.machines
                    found = max(found, gained + best(at + 1, {**free, pool: left}))
        return found

    return best(0, {key: tuple((m.accelerators, m.cpus) for m in one.machines)
                    for key, one in book.capacities.items()})  # fmt: skip


@pytest.mark.parametrize("bids", [3, 6])
def test_no_outcome_of_a_small_book_is_worth_more_than_the_one_that_is_found(made: Any, bids: int) -> None:
    for seed in range(120):
        book = drawn(made, seed, bids)
        clearing = RULES["best-welfare"](book)
        assert broken_laws(book, clearing) == (), f"seed {seed}"
        assert audit(book, clearing) == (), f"seed {seed}"
        assert clearing.reckoning is not None
        assert most(book) - ROUNDED <= clearing.reckoning.welfare <= most(book), f"seed {seed}"


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.timeout(60)
def test_the_search_ends_however_many_ways_there_are_to_place_a_gang(made: Any, alike: bool) -> None:
    """64 machines and gangs of 21 ranks: of a pool that is alike all over, 10^16 sets of machines that are one."""
    machines = tuple(replace(made.MACHINE, name=f"m{n}", cpus=64 + n * (not alike)) for n in range(64))
    capacity = made.capacity(machines=machines, machines_total=machines)
    bids = [made.request(n, made.wanted(accelerators=5), mode="auction", organisation=f"org_{n}", max_price=9 * M,
                         needs={"machines": 21 + n % 2}) for n in range(8)]  # fmt: skip
    book = made.book([capacity], requests=bids)
    clearing = RULES["best-welfare"](book)
    assert broken_laws(book, clearing) == ()
    assert len(clearing.trades) >= 2


def test_a_gang_is_planned_for_when_it_has_machines_and_not_for_when_a_pool_has_its_sum(made: Any) -> None:
    """Four accelerators of one machine are free now, and two gangs of two ranks could be counted into them."""
    machines = tuple(replace(made.MACHINE, name=name, accelerators=4) for name in ("m0", "m1"))
    until = {"res_0": {"m1": to_text(made.AT + timedelta(minutes=40))}}
    capacity = made.capacity(machines=machines[:1], machines_total=machines)
    request = made.request(1, made.wanted(accelerators=2), mode="auction", max_price=9 * M, needs={"machines": 2},
                           expected_us=1_800_000_000)  # fmt: skip
    book = made.book([capacity], requests=[request], slots=4, slot_us=1_800_000_000, busy_until=until)
    clearing = RULES["best-welfare"](book)
    assert audit(book, clearing) == ()
    assert clearing.reckoning is not None
    assert [(one.request, one.slot) for one in clearing.reckoning.planned] == [("req_1", 2)]
    assert [refusal.code for refusal in clearing.refusals] == ["later"]


def test_of_several_slots_little_is_lost_to_gangs_that_find_no_machines(made: Any) -> None:
    worth, bound = 0, 0
    for seed in range(120):
        book = drawn(made, seed, 3, slots=4)
        clearing = RULES["best-welfare"](book)
        assert audit(book, clearing) == (), f"seed {seed}"
        assert clearing.reckoning is not None
        worth, bound = worth + clearing.reckoning.welfare, bound + clearing.reckoning.bound
    print(f"{worth / bound:.3f} of the bound")
    assert worth >= 0.9 * bound

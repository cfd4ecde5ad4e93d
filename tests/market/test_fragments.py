"""A rank goes to the machine whose rest the others in the book can still use."""

from dataclasses import replace

from gridtie.market.eligibility import place_gang
from gridtie.market.fragments import Mix
from gridtie.market.rules import RULES


def machines(made, **cpus: int):
    return tuple(replace(made.MACHINE, name=name, accelerators=4, cpus=count) for name, count in cpus.items())


def growth(requests, wanted):
    """As the first of the requests asks."""
    return Mix(requests, wanted.chip).growth(requests[0].needs, wanted)


def test_the_cores_that_others_need_beside_accelerators_are_left_to_them(made):
    free = machines(made, m0=16, m1=64)
    heavy, light = made.wanted(accelerators=1, cpus=16), made.wanted(accelerators=1, cpus=8)
    others = [made.request(n, light) for n in range(1, 8)]
    assert place_gang(free, heavy, 1) == ("m0",)  # best fit: three accelerators there without a core
    assert place_gang(free, heavy, 1, growth([made.request(0, heavy), *others], heavy)) == ("m1",)


def test_a_request_alone_in_its_book_is_placed_by_best_fit(made):
    free = tuple(replace(made.MACHINE, name=f"m{n}", accelerators=n) for n in (5, 3, 4))
    wanted = made.wanted(accelerators=2)
    assert place_gang(free, wanted, 2, growth([made.request(0, wanted, needs={"machines": 2})], wanted)) == ("m3", "m4")


def test_where_cores_are_sold_fragments_are_cores(made):
    free = machines(made, m0=12, m1=20)
    small, large = made.wanted(chip="cpu", accelerators=0, cpus=8), made.wanted(chip="cpu", accelerators=0, cpus=12)
    book = [made.request(0, small), made.request(1, large)]
    assert place_gang(free, small, 1) == ("m0",)
    assert place_gang(free, small, 1, growth(book, small)) == ("m1",)


def test_a_round_serves_more_of_its_book_than_best_fit_would(made):
    """One task with many cores and seven with few, on eight accelerators: best fit strands three of them."""
    there = machines(made, m0=16, m1=64)
    heavy = made.request(0, made.wanted(accelerators=1, cpus=16), priority=1)
    light = [made.request(n, made.wanted(accelerators=1, cpus=4)) for n in range(1, 8)]
    book = made.book([made.capacity(machines=there, machines_total=there)], requests=[heavy, *light])
    for name in ("posted-price", "max-min"):
        assert len(RULES[name](book).trades) == 8

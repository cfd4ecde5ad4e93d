"""Parts of cards on the market: no card holds more than it is, and what fits nowhere else is left its room."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridtie.market.laws import broken_laws
from gridtie.market.rules import RULES
from gridtie.registry.parts import SHARES, needed


def cleared(made, share: int, cards: int, sizes: list[Fraction], rule: str = "posted-price"):
    """Who wants these parts of a card, from a pool of so many cards; {card: [parts]} of who got one."""
    chip = f"a100/{share}"
    machines = tuple(replace(made.MACHINE, name=f"m{n}", accelerators=share) for n in range(cards))
    pool = made.capacity(chip=chip, machines=machines, machines_total=machines)
    mode = {"mode": "auction"} if rule != "posted-price" else {}
    wants = [made.request(n, made.wanted(chip=chip, accelerators=needed(size, share)), **mode)
             for n, size in enumerate(sizes)]  # fmt: skip
    book = made.book([pool], [made.offer(chip=chip)], wants)
    clearing = RULES[rule](book)
    assert broken_laws(book, clearing) == ()
    held: dict[str, list[int]] = {}
    for trade in clearing.trades:
        [card] = trade.machines
        held.setdefault(card, []).append(trade.units)
    return held


SIZES = st.lists(st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.sampled_from(SHARES), cards=st.integers(1, 4), sizes=SIZES,
       rule=st.sampled_from(["posted-price", "uniform-price"]))  # fmt: skip
def test_no_card_ever_holds_more_than_itself_and_nobody_waits_beside_room_for_him(made, share, cards, sizes, rule):
    held = cleared(made, share, cards, sizes, rule)
    assert all(sum(parts) <= share for parts in held.values())
    got = Counter(part for parts in held.values() for part in parts)
    waits = Counter(needed(size, share) for size in sizes) - got
    most = share if len(held) < cards else max(share - sum(parts) for parts in held.values())
    assert not waits or min(waits) > most


def test_small_parts_leave_the_room_that_large_ones_of_the_same_book_need(made):
    held = cleared(made, 10, 2, [Fraction(4, 10), Fraction(4, 10), Fraction(6, 10), Fraction(6, 10)])
    assert sorted(sorted(parts) for parts in held.values()) == [[4, 6], [4, 6]]


def test_parts_of_one_size_fill_a_card_before_they_begin_another(made):
    held = cleared(made, 4, 3, [Fraction(1, 4)] * 5)
    assert sorted(len(parts) for parts in held.values()) == [1, 4]

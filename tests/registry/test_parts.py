"""Parts of a chip: written in one way, counted in whole numbers, and never more of a card than there is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.errors import InvalidInput
from gridtie.registry.parts import SHARES, cards, is_part, needed, part_of, share_of, unit_of, whole_of
from gridtie.registry.resource import Claim, Machine, counted_twice, parse_declarations

CHIPS = frozenset({"cpu", "nv-t4"})


@given(st.sampled_from(SHARES), st.fractions(min_value=Fraction(1, 1000), max_value=1))
def test_so_many_parts_hold_what_was_asked_and_one_less_would_not(share: int, fraction: Fraction) -> None:
    count = needed(fraction, share)
    assert Fraction(count - 1, share) < fraction <= Fraction(count, share) <= 1
    assert cards(count, part_of("nv-t4", share)) == 1


@pytest.mark.parametrize("share", SHARES)
def test_a_part_is_written_in_one_way_and_read_back(share: int) -> None:
    name = part_of("nv-t4", share)
    assert (whole_of(name), share_of(name), is_part(name, CHIPS), unit_of(name)) == ("nv-t4", share, True, "part-hour")


@pytest.mark.parametrize("text", ["nv-t4", "nv-t4/1", "nv-t4/02", "nv-t4/6", "nv-t4/", "cpu/2", "t5/2", "nv-t4/2/2"])
def test_nothing_else_is_a_part(text: str) -> None:
    assert not is_part(text, CHIPS)


def machine(parts: int) -> Machine:
    return Machine(name="m0", cpus=1, memory_bytes=1, disk_bytes=0, accelerators=parts)


def test_four_quarters_of_one_card_are_no_false_claim_and_five_are() -> None:
    one = frozenset({"aa"})
    assert counted_twice([Claim("s", "p", (machine(4),), 8, 100, tuple(one), 4)]) == []
    assert counted_twice([Claim("s", "p", (machine(5),), 8, 100, tuple(one), 4)]) != []


def test_a_machine_with_more_parts_than_a_card_has_is_refused() -> None:
    pool = {"name": "p", "class": "ai", "chip": "nv-t4/4", "chip_memory_bytes": 0, "isolation": "sandbox",
            "machines": [{"name": "m0", "cpus": 1, "memory_bytes": 1, "disk_bytes": 0, "accelerators": 5}],
            "host_digest": "sha256:" + "0" * 64, "host_cpus": 1, "host_memory_bytes": 1,
            "simulated_machines": False}  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        parse_declarations([pool], CHIPS)
    assert "no more than 4 parts" in refused.value.problems[0].message
    pool["machines"][0]["accelerators"] = 4  # type: ignore[index]
    assert parse_declarations([pool], CHIPS)[0].chip == "nv-t4/4"

"""The judgement of an agent's calls: numbers at most once, one boot alive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.registry.site import WINDOW, SeqWindow, check_boot, policy_problems


@given(st.lists(st.integers(min_value=0, max_value=3000), max_size=300))
def test_a_number_is_admitted_once_and_only_within_the_window(numbers: list[int]) -> None:
    window, seen, highest = SeqWindow(), set(), -1
    for number in numbers:
        expected = number not in seen and number > highest - WINDOW
        assert window.admit(number) is expected
        if expected:
            seen.add(number)
            highest = max(highest, number)


def test_a_replaced_boot_that_speaks_again_is_a_clone() -> None:
    assert check_boot("b", current="b", past=["a"], greeting=False) == "known"
    assert check_boot("a", current="b", past=["a"], greeting=False) == "clone"
    assert check_boot("a", current="b", past=["a"], greeting=True) == "clone"
    assert check_boot("c", current="b", past=["a"], greeting=True) == "fresh"
    assert check_boot("c", current="b", past=["a"], greeting=False) == "unknown"


@pytest.mark.parametrize(
    ("reserve", "problems"), [(0, 0), (100, 0), (101, 1), (-1, 1), (50.5, 1), ("half", 1), (True, 1)]
)
def test_an_owner_keeps_a_whole_per_cent_of_his_pools(reserve: object, problems: int) -> None:
    assert len(policy_problems({"reserved_percent": reserve})) == problems

"""The judgement of an agent's calls: numbers at most once, one boot alive."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.registry.site import WINDOW, Greeted, SeqWindow, boot_of, check_boot, policy_problems


@given(st.lists(st.integers(min_value=0, max_value=3000), max_size=300))
def test_a_number_is_admitted_once_and_only_within_the_window(numbers: list[int]) -> None:
    window, seen, highest = SeqWindow(), set(), -1
    for number in numbers:
        expected = number not in seen and number > highest - WINDOW
        assert window.admit(number) is expected
        if expected:
            seen.add(number)
            highest = max(highest, number)


NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS, MINUTES = timedelta(seconds=1), timedelta(minutes=1)


def test_a_replaced_boot_that_speaks_again_is_a_clone() -> None:
    greeted = [Greeted("a", None), Greeted("b", NOW)]
    judged = partial(check_boot, greeted=greeted, at=NOW + SECONDS)
    assert judged("b", greeting=False) == "known"
    assert judged("a", greeting=False) == "clone"
    assert judged("a", greeting=True) == "clone"
    assert judged("c", greeting=True) == "fresh"
    assert judged("c", greeting=False) == "unknown"
    assert check_boot("c", greeted=[], at=NOW, greeting=True) == "fresh"


def test_a_call_of_a_process_before_is_late_for_a_minute_and_then_a_clones() -> None:
    first, second, third = (boot_of(start, chance * 32) for start, chance in ((7, "a"), (8, "b"), (9, "c")))
    assert len(second) == 32
    greeted = [Greeted(first, NOW - MINUTES), Greeted(third, NOW)]  # the hello of the second is still on its way
    for boot, later in ((first, "clone"), (second, "fresh")):
        assert check_boot(boot, greeted=greeted, at=NOW + SECONDS, greeting=True) == "late"
        assert check_boot(boot, greeted=greeted, at=NOW + 2 * MINUTES, greeting=True) == later
    assert check_boot(third, greeted=greeted, at=NOW, greeting=False) == "known"


def test_a_copy_of_an_agents_folder_is_a_clone_at_once() -> None:
    mine, copied = boot_of(8, "a" * 32), boot_of(8, "b" * 32)
    assert check_boot(mine, greeted=[Greeted(mine, NOW), Greeted(copied, NOW)], at=NOW, greeting=False) == "clone"


@pytest.mark.parametrize(
    ("reserve", "problems"), [(0, 0), (100, 0), (101, 1), (-1, 1), (50.5, 1), ("half", 1), (True, 1)]
)
def test_an_owner_keeps_a_whole_per_cent_of_his_pools(reserve: object, problems: int) -> None:
    assert len(policy_problems({"reserved_percent": reserve})) == problems

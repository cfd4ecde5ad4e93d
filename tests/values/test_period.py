"""Moments: exact for programs, to the second for people."""

import pytest

from gridtie.values.period import from_text, to_text, to_the_second


def test_a_moment_is_kept_to_the_microsecond_and_read_to_the_second() -> None:
    exact = "2026-11-27T21:33:12.695758Z"
    assert to_text(from_text(exact)) == exact
    assert to_the_second(exact) == "2026-11-27 21:33:12 UTC"
    assert to_the_second(from_text(exact)) == to_the_second(exact)
    assert to_the_second("2026-11-28T05:33:12+08:00") == "2026-11-27 21:33:12 UTC"


@pytest.mark.parametrize(
    "text", ["2026-11-28T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-28 noon"]
)
def test_what_is_no_moment_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=text[:4]):
        from_text(text)

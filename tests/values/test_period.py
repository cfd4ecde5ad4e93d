"""Moments: exact for programs, to the second for people."""

from gridtie.values.period import from_text, to_text, to_the_second


def test_a_moment_is_kept_to_the_microsecond_and_read_to_the_second() -> None:
    exact = "2026-11-27T21:33:12.695758Z"
    assert to_text(from_text(exact)) == exact
    assert to_the_second(exact) == "2026-11-27 21:33:12 UTC"
    assert to_the_second(from_text(exact)) == to_the_second(exact)
    assert to_the_second("2026-11-28T05:33:12+08:00") == "2026-11-27 21:33:12 UTC"

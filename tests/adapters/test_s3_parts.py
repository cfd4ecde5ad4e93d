"""Parts that grow into a file: whatever came twice, early or in other pieces, what is read has no hole."""

from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.s3_parts import cover, end_of, part_key, part_of


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=25), st.integers(0, 80))
def test_the_cover_reaches_exactly_as_far_as_the_bytes_without_a_hole(spans: list[tuple[int, int]], limit: int) -> None:
    held = {place for start, length in spans for place in range(start, start + length)}
    end = next(place for place in range(200) if place not in held)
    parts = [part_of(part_key("f", start, length), length) for start, length in spans]
    for wanted in (None, limit):
        steps = cover(parts, wanted)
        assert end_of(steps) == (end if wanted is None else min(end, wanted))
        place = 0
        for part, first, count in steps:
            assert (part.start + first, count > 0, first + count <= part.length) == (place, True, True)
            place += count

"""Of findings that overlap the surer stays, however many there are."""

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.spans import Span, resolved

SPANS = st.builds(lambda start, length, score, kind: Span(start, start + length, kind, score, "r"),
                  st.integers(0, 30), st.integers(1, 6), st.sampled_from([50, 85]), st.sampled_from("AB"))  # fmt: skip


@given(st.lists(SPANS, max_size=30))
def test_what_stays_is_what_a_look_at_all_pairs_leaves(spans: list[Span]) -> None:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (-one.score, one.start - one.end, one.start, one.kind)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    assert resolved(spans) == sorted(kept)


def test_a_text_of_very_many_findings_takes_no_time_beyond_their_number() -> None:
    began = process_time()
    assert len(resolved(Span(n * 8, n * 8 + 7, "EMAIL", 85, "email") for n in range(100_000))) == 100_000
    assert process_time() - began < 5


def test_an_address_gives_way_to_a_longer_one_that_holds_it_and_nothing_else() -> None:
    street, whole = Span(4, 9, "ADDRESS", 65, "street"), Span(4, 20, "ADDRESS", 58, "whole")
    name = Span(12, 18, "NAME", 60, "name")
    assert resolved([street, whole]) == [whole]
    assert resolved([street, whole, name]) == [street, name]
    assert resolved([street, Span(4, 9, "ADDRESS", 58, "other")]) == [street]

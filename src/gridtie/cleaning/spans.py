"""What a detector says: where something personal stands, of which kind, and how sure it is."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]` in code points of the original text. `score` 0 to 100; `rule` names the rule that found it."""

    start: int
    end: int
    kind: str
    score: int
    rule: str


def resolved(spans: Iterable[Span]) -> list[Span]:
    """No two of them overlap, in order of place. The surer one stays, then the longer, then the earlier."""
    spans = list(spans)
    if len(spans) < 2:
        return spans
    kept: list[Span] = []  # in order of place, so that only neighbours can overlap: a text may hold very many
    for span in sorted(spans, key=lambda one: (-one.score, one.start - one.end, one.start, one.kind, one.rule)):
        place = bisect_left(kept, span)
        if all(span.end <= other.start or other.end <= span.start for other in kept[max(0, place - 1) : place + 1]):
            kept.insert(place, span)
    return kept

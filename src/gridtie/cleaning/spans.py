"""What a detector says: where something personal stands, of which kind, and how sure it is."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

ADDRESS = "ADDRESS"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]` in code points of the original text. `score` 0 to 100; `rule` names the rule that found it."""

    start: int
    end: int
    kind: str
    score: int
    rule: str


def resolved(spans: Iterable[Span]) -> list[Span]:
    """No two of them overlap, in order of place. The surer one stays, then the longer, then the earlier; but an address
    gives way to a longer one that holds it, and nothing else that stays: a street is no whole address."""
    spans = list(spans)
    if len(spans) < 2:
        return spans
    kept: list[Span] = []  # in order of place, so that only neighbours can overlap: a text may hold very many
    for span in sorted(spans, key=lambda one: (-one.score, one.start - one.end, one.start, one.kind, one.rule)):
        place = bisect_left(kept, span)
        if all(span.end <= other.start or other.end <= span.start for other in kept[max(0, place - 1) : place + 1]):
            kept.insert(place, span)
        elif span.kind == ADDRESS:
            low = bisect_left(kept, span.start, key=lambda one: one.end - 1)
            high = bisect_left(kept, span.end, key=lambda one: one.start)
            if all(one.kind == ADDRESS and _within(one, span) for one in kept[low:high]):
                kept[low:high] = [span]
    return kept


def _within(one: Span, other: Span) -> bool:
    return other.start <= one.start and one.end <= other.end and one.end - one.start < other.end - other.start

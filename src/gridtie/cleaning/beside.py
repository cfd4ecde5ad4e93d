"""What the neighbour says: a day beside a passport's number is one of birth, though no word says so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from gridtie.cleaning.rule import Rule
from gridtie.cleaning.spans import Span

Neighbours = Mapping[str, Sequence[Rule]]
BEFORE = "before"  # the way of a rule that looks to the left


def by_kind(rules: Sequence[Rule]) -> Neighbours:
    """The rules of the source `beside`, by the kind that their candidates stand beside."""
    made: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for kind in rule.anchors if rule.source == "beside" else ():
            made[kind].append(rule)
    return made


def beside(text: str, spans: Sequence[Span], rules: Neighbours) -> Iterator[tuple[int, int, Rule]]:
    """Where candidates stand right behind one of these spans, or right before it; in order of place."""
    for span in spans:
        for rule in rules.get(span.kind, ()):
            if rule.way == BEFORE:
                match = rule.shape.search(text, max(0, span.start - rule.before), span.start)
            else:
                match = rule.shape.match(text, span.end)
            if match:
                yield *match.span("it"), rule

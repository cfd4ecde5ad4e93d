"""What the neighbour and the line say: a day beside a passport's number is one of birth, though no word says so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from gridtie.cleaning.rule import Rule
from gridtie.cleaning.spans import Span

Neighbours = Mapping[str, Sequence[Rule]]
BEFORE = "before"  # the way of a rule that looks to the left
TEXT = "text"  # that of one that looks at all lines of a text which is full of what is personal, too
FULL = "full"  # that of one that looks at nothing but such texts
THICK = 300  # code points of such a text, for each thing that is personal
OF_NOBODY = frozenset({"IPV4", "IPV6", "MAC"})  # stand in public texts too
FAR = 160  # code points of a line on both sides


def by_kind(rules: Sequence[Rule], source: str = "beside", *, full: bool = False) -> Neighbours:
    """The rules of this source, by the kind that their candidates stand beside; with those for full texts alone, or
    without."""
    made: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for kind in rule.anchors if rule.source == source and (full or rule.way != FULL) else ():
            made[kind].append(rule)
    return made


def beside(text: str, spans: Sequence[Span], rules: Neighbours) -> Iterator[tuple[int, int, Rule]]:
    """Where candidates stand right behind one of these spans, or right before it; in order of place."""
    for span in spans:
        for rule in rules.get(span.kind, ()):
            if rule.way == BEFORE:
                if rule.ends and not rule.ends.search(text, max(0, span.start - 2), span.start):
                    continue
                match = rule.shape.search(text, max(0, span.start - rule.before), span.start)
            else:
                match = rule.shape.match(text, span.end)
            if match:
                yield *match.span("it"), rule


def in_line(
    text: str, spans: Sequence[Span], rules: Neighbours, in_full: Neighbours
) -> Iterator[tuple[int, int, Rule]]:
    """Where candidates stand in a line with one of these spans, and not too far from it; each once. Of a text that is
    full of what is personal, `in_full` are asked instead."""
    done: dict[str, int] = {}
    asked: dict[str, int] = {}
    if full := thick(text, of_people(spans), THICK):
        rules = in_full
    for span in spans:
        if span.kind not in rules:
            continue
        line = text.find("\n", span.end, span.end + FAR)
        high = min(len(text), span.end + FAR) if line < 0 else line
        if high <= asked.get(span.kind, 0):
            continue
        asked[span.kind] = high
        low = max(text.rfind("\n", max(0, span.start - FAR), span.start) + 1, span.start - FAR, 0)
        for rule in rules[span.kind]:
            seen = done.get(rule.id, 0)
            if high <= seen:
                continue
            first, last = (0, len(text)) if full and rule.way in (TEXT, FULL) else (low, high)
            done[rule.id] = last
            if rule.then and not rule.then.search(text, first, last):
                continue
            for match in rule.shape.finditer(text, first, last):
                if match.end("it") > seen:
                    yield *match.span("it"), rule


def of_people(spans: Sequence[Span]) -> list[Span]:
    """What of it is of somebody."""
    return [span for span in spans if span.kind not in OF_NOBODY]


def thick(text: str, spans: Sequence[Span], each: int) -> bool:
    """Whether at least two things are personal, not names alone, and one for `each` so many code points of the text."""
    enough = len(spans) >= 2 and len(text) <= each * len(spans)
    return enough and any(span.kind != "NAME" for span in spans)

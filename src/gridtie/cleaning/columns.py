"""Tables written as text: what the head of a column says holds for the cells below it."""

import re
from collections.abc import Iterator

from gridtie.cleaning.checks import CHECKS
from gridtie.cleaning.rule import COUNTS_FROM, Rule
from gridtie.cleaning.spans import Span

MOST_HEAD, MOST_ROWS = 400, 2_000  # code points of the first line, and lines below it
HEAD_CELL = 16  # code points of one head
_ASIDE = " \t\r\u3000\"'*`"  # around what a cell says
_MARKS = "\t|,;｜"
_RULED = re.compile(r"[|:+\-\s]*")  # the line of Markdown between head and cells
_BLANKS = re.compile(r"[^ \u3000]+")
Cell = tuple[int, int]


def below(text: str, start: int, end: int, rule: Rule) -> Iterator[Span]:
    """Of the column whose head `text[start:end]` is, every cell that has the rule's shape; nothing in other text."""
    first = text.rfind("\n", max(0, start - MOST_HEAD), start) + 1
    last = text.find("\n", end, end + MOST_HEAD)
    if last < 0 or (first == 0 and start > MOST_HEAD):
        return
    mark = next((letter for letter in _MARKS if letter in text[first:last]), " ")
    heads = _cells(text, first, last, mark)
    number = next((place for place, (low, high) in enumerate(heads) if low <= start and end <= high), -1)
    if number < 0 or sum(low < high for low, high in heads) < 2 or heads[number][1] - heads[number][0] > HEAD_CELL:
        return
    if mark == " " and (len(heads) < 3 or any(letter.isdecimal() for letter in text[first:last])):
        return
    for _ in range(MOST_ROWS):
        first, last = last + 1, text.find("\n", last + 1)
        last = len(text) if last < 0 else last
        if first >= last:
            return
        if _RULED.fullmatch(text, first, last):
            continue
        cells = _cells(text, first, last, mark)
        if len(cells) != len(heads) and (mark != " " or len(cells) < len(heads)):  # blanks part numbers, too
            return
        low, high = cells[number]
        if rule.shape.fullmatch(text, low, high) and (not rule.check or CHECKS[rule.check](text[low:high])):
            yield Span(low, high, rule.kind, max(rule.score, COUNTS_FROM), rule.id)
        elif mark == " ":  # prose and forms have blanks, too
            return


def _cells(text: str, first: int, last: int, mark: str) -> list[Cell]:
    """Where the cells of a line begin and end, blanks and quotes aside."""
    if mark == " ":
        return [match.span() for match in _BLANKS.finditer(text, first, last)]
    made = []
    while first <= last:
        end = text.find(mark, first, last)
        end = last if end < 0 else end
        low, high = first, end
        while low < high and text[low] in _ASIDE and text[low] != mark:
            low += 1
        while high > low and text[high - 1] in _ASIDE:
            high -= 1
        made.append((low, high))
        first = end + 1
    return made

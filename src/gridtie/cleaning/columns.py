"""Tables written as text: what the head of a column says holds for the cells below it, and for values of SQL."""

import re
from collections.abc import Iterator
from itertools import chain

from gridtie.cleaning.checks import CHECKS
from gridtie.cleaning.rule import COUNTS_FROM, Rule
from gridtie.cleaning.spans import Span

MOST_HEAD, MOST_ROWS = 400, 2_000  # code points of the first line, and lines below it
HEAD_CELL = 16  # code points of one head
_ASIDE = " \t\r\u3000\"'*`"  # around what a cell says
_MARKS = "\t|,;；｜"
_RULED = re.compile(r"[|:+\-\s]*")  # the line of Markdown between head and cells
_BLANKS = re.compile(r"[^ \u3000]+")
WIDE = "  "
_TWO_BLANKS, _DIGIT = re.compile("[ \u3000]{2}"), re.compile(r"\d")
_WIDE = re.compile(r"[^ \u3000](?:[^ \u3000]|[ \u3000](?![ \u3000]))*")  # cells that two blanks and more part
_VALUES = re.compile(r"\)\s{0,8}(?i:values?)\s{0,8}(?=\()")
_VALUE = re.compile(r"\s{0,8}(?:'((?:[^'\\\n]|''|\\.){0,400})'|\"([^\"\n]{0,400})\"|([^,()'\"\n]{0,80}?))\s{0,8}([,)])")
_TAGS_BEHIND = re.compile(r"[^<>\n]{0,16}</t[hd]>")
_TAGGED = re.compile(r"<t[hd](?:\s[^<>]{0,80})?>\s{0,4}((?:[^<]|<(?!/?t[hdr][ >])){0,400}?)\s{0,4}</t[hd]>")
_ROW_ENDS = "</tr"
_COPIED = re.compile(r"\)\s{1,4}(?i:from stdin)[^;\n]{0,60};\n")
_THOUSANDS = re.compile(r"[0-9],[0-9]{3}[.,][0-9]")
_NEXT = re.compile(r"\s{0,8},\s{0,8}(?=\()")
Cell = tuple[int, int]


def below(text: str, start: int, end: int, rule: Rule) -> Iterator[Span]:
    """Of the column whose head `text[start:end]` is, every cell that has the rule's shape; nothing in other text."""
    for row, places, strict in _rows(text, start, end):
        for low, high in dict.fromkeys(row[place] for place in places):
            if rule.shape.fullmatch(text, low, high) and (not rule.check or CHECKS[rule.check](text[low:high])):
                yield Span(low, high, rule.kind, max(rule.score, COUNTS_FROM), rule.id)
                break
        else:
            if not strict:  # prose and forms have blanks, too
                return


def _rows(text: str, start: int, end: int) -> Iterator[tuple[list[Cell], tuple[int, ...], bool]]:
    """The cells of every row, which of them stand below the head, and whether they can be nothing but cells. Where
    blanks part them, names do too: then it is as far from the left or from the right as its head is."""
    close = text.find(")", end, end + MOST_HEAD)
    if close >= 0 and (values := _VALUES.match(text, close)) and (first := _within_brackets(text, start)):
        yield from _inserted(text, start, end, first, close, values.end())
        return
    if close >= 0 and (copied := _COPIED.match(text, close)) and (first := _within_brackets(text, start)):
        heads = cells_of(text, first, close, ",")
        number = _place(heads, start, end)
        yield from ((row, (number,), True) for row in _lines(text, copied.end() - 1, "\t", len(heads)) if number >= 0)
        return
    if _TAGS_BEHIND.match(text, end):
        yield from _tagged(text, start, end)
        return
    first = text.rfind("\n", max(0, start - MOST_HEAD), start) + 1
    last = text.find("\n", end, end + MOST_HEAD)
    if last < 0 or (first == 0 and start > MOST_HEAD):
        return
    line = text[first:last]
    marks = [letter for letter in _MARKS if letter in line][:1]
    if marks and not _goes_on(text, last, marks[0], line.count(marks[0])):
        return
    if not marks and _DIGIT.search(line):
        return
    for mark in marks or ([WIDE, " "] if _TWO_BLANKS.search(line) else [" "]):
        heads = cells_of(text, first, last, mark)
        number = _place(heads, start, end)
        if number < 0 or (not marks and len(heads) < 3):
            continue
        rows = _lines(text, last, mark, len(heads))
        if row := next(rows, None):
            places = (number, number - len(heads)) if mark == " " else (number,)
            yield from ((cells, places, mark != " ") for cells in chain([row], rows))
            return


def _goes_on(text: str, last: int, mark: str, many: int) -> bool:
    """Whether the next line could have as many cells: nearly none has, where the line above is no head."""
    following = text.find("\n", last + 1)
    following = len(text) if following < 0 else following
    count = text.count(mark, last + 1, following)
    return count == many or (count > many and _has_more(text, last + 1, following))


def _has_more(text: str, first: int, last: int) -> bool:
    """Whether the line may have more marks than it has cells: in quotes, or within an amount."""
    return text.find('"', first, last) >= 0 or _THOUSANDS.search(text, first, last) is not None


def _place(heads: list[Cell], start: int, end: int) -> int:
    number = next((place for place, (low, high) in enumerate(heads) if low <= start and end <= high), -1)
    few = sum(low < high for low, high in heads) < 2
    return -1 if few or heads[number][1] - heads[number][0] > HEAD_CELL else number


def _lines(text: str, last: int, mark: str, many: int) -> Iterator[list[Cell]]:
    """The cells of the lines behind `last`, as long as there are as many of them as heads."""
    for _ in range(MOST_ROWS):
        first, last = last + 1, text.find("\n", last + 1)
        last = len(text) if last < 0 else last
        if first >= last:
            return
        if is_ruled(text, first, last):
            continue
        cells = cells_of(text, first, last, mark)
        if len(cells) < many or (len(cells) > many and mark != " " and not _THOUSANDS.search(text, first, last)):
            return  # blanks part numbers, too
        yield cells


def _tagged(text: str, start: int, end: int) -> Iterator[tuple[list[Cell], tuple[int, ...], bool]]:
    """Of `<tr><th>Phone</th>…</tr><tr><td>…`."""
    first, last = text.rfind("<tr", max(0, start - MOST_HEAD), start), text.find(_ROW_ENDS, end, end + MOST_HEAD)
    heads = [cell.span(1) for cell in _TAGGED.finditer(text, first, last)] if 0 <= first < last else []
    number = _place(heads, start, end) if heads else -1
    for _ in range(MOST_ROWS if number >= 0 else 0):
        first, last = last, text.find(_ROW_ENDS, last + 1, last + 8 * MOST_HEAD)
        cells = [cell.span(1) for cell in _TAGGED.finditer(text, first, last)] if last >= 0 else []
        if len(cells) != len(heads):
            return
        yield cells, (number,), True


def _within_brackets(text: str, start: int) -> int:
    """Where what stands in the brackets around this begins; 0 where there are none."""
    low = max(0, start - MOST_HEAD)
    first = text.rfind("(", low, start)
    return first + 1 if first > text.rfind(")", low, start) else 0


def _inserted(
    text: str, start: int, end: int, first: int, close: int, at: int
) -> Iterator[tuple[list[Cell], tuple[int, ...], bool]]:
    """Of `(name, phone) VALUES ('…', '…'), (…)`."""
    heads = cells_of(text, first, close, ",")
    number = _place(heads, start, end)
    for _ in range(MOST_ROWS if number >= 0 else 0):
        cells: list[Cell] = []
        at += 1
        while value := _VALUE.match(text, at):
            cells.append(value.span(next(one for one in (1, 2, 3) if value[one] is not None)))
            at = value.end()
            if value[4] == ")":
                break
        if len(cells) != len(heads):
            return
        yield cells, (number,), True
        if not (following := _NEXT.match(text, at)):
            return
        at = following.end()


def is_ruled(text: str, first: int, last: int) -> bool:
    """Whether the line only parts the head from the cells, as in Markdown."""
    return first < last and _RULED.fullmatch(text, first, last) is not None


def cells_of(text: str, first: int, last: int, mark: str) -> list[Cell]:
    """Where the cells of a line begin and end, blanks and quotes aside."""
    if mark in (WIDE, " "):
        return [match.span() for match in (_WIDE if mark == WIDE else _BLANKS).finditer(text, first, last)]
    made = []
    final = text.rfind('"' + mark, first, last)  # a cell behind it need not search the line for its own
    while first <= last:
        end = _cell_end(text, first, last, mark, final)
        low, high = first, end
        while low < high and text[low] in _ASIDE and text[low] != mark:
            low += 1
        while high > low and text[high - 1] in _ASIDE:
            high -= 1
        made.append((low, high))
        first = end + 1
    return made


def _cell_end(text: str, first: int, last: int, mark: str, final: int) -> int:
    """What stands in quotes is one cell, whatever marks are in it; the last quote before a mark stands at `final`."""
    start = first
    if text.startswith('"', first) and final > first:
        start = text.find('"' + mark, first + 1, last)
    elif text.startswith('"', first) and text.endswith('"', first, last):
        start = last
    end = text.find(mark, start, last)
    return last if end < 0 else end

"""What the rest of a text says of a value: the cells of a column are all what most of them are, a list goes on as it
began, and a whole name is one wherever it stands again."""

import re
from collections.abc import Iterator, Mapping, Sequence

from gridtie.cleaning.checks import CHECKS
from gridtie.cleaning.columns import MOST_ROWS, cells_of, is_ruled
from gridtie.cleaning.spans import Span

NUMBERS = frozenset(
    {"USPHONE", "PHONE", "LANDLINE", "MOBILE", "SSN", "BANK", "CARD", "PASSPORT", "MRN", "LOCAL_NUMBER", "QQ"}
)
_PHONES = frozenset({"USPHONE", "PHONE", "LANDLINE", "MOBILE"})
LISTED = frozenset({"USPHONE", "PHONE", "LANDLINE", "MOBILE", "BANK", "CARD", "PASSPORT", "MRN", "LOCAL_NUMBER"})
DAY, NAME, AMERICAN = "DOB", "NAME", "USPHONE"
FEW_ROWS = 40  # above a row in which its heads are looked for
MOST = 2_000  # code points of a text in which names are looked for again: longer ones name authors, not people meant
SCORE, RULE_COLUMN, RULE_LIST, RULE_AGAIN = 50, "like-its-column", "like-its-list", "name-again"
_MARKS, _ASIDE = "\t|,;；｜", " \r\u3000\"'*`"
_WIDE, _END = "  ", ""  # what parts cells: two blanks; or only the last word of a line is looked at
_DIGIT, _LETTERS = re.compile("[0-9]"), re.compile("[A-Za-z]+")
_GOES_ON = (
    r"""["')）]?(?:[ ]?[,，;；/|、&][ ]?|[ ](?:or|and|&)[ ]|[ ]?[和及或][ ]?"""
    r"""|[ ]{0,4}\r?\n[ ]{0,8}(?:[-*•·][ ]{0,3}|[0-9]{1,2}[.)）、][ ]{0,3})?)["'(（]?"""
)
_CELLS = frozenset(",;；|/\t")
_MAY_GO_ON = frozenset("\"')） ,，;；/|、&和及或\r\n")
# In a list of lines of a word and a number.
_OTHER_LINE = re.compile(
    r"(?:单号|订单号?|编号|流水号?|案号|批号|货号|型号|order|invoice|ref|tracking|ticket|serial|case|policy|claim"
    r"|booking|docket|incident|report|record|batch|lot|licen[cs]e|permit|account)"
    r"(?: ?(?:no\.?|number|id|#))?[ \u3000:：.#]{0,4}$",
    re.IGNORECASE,
)
_A_NAME = re.compile(r"[A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ž.'’-]*(?:,? [A-ZÀ-ÞĀ-Ž][A-Za-zÀ-ž.'’-]*){1,3}|[一-鿿]{2,4}")
Cell = tuple[int, int]
Lines = dict[tuple[int, str], tuple[Sequence[Cell], int]]


def again(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Every place where a whole name stands once more; no Chinese one, for characters are names of poets and places
    as often as not."""
    if len(text) > MOST:
        return
    known = {span.start for span in spans}
    sure = (one for one in spans if one.kind == NAME and text[one.start] < "\u3000")
    for name in dict.fromkeys(text[span.start : span.end] for span in sure):
        if " " not in name or "\n" in name:
            continue
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if at not in known and not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield Span(at, end, NAME, SCORE, RULE_AGAIN)
            at = text.find(name, end)


def listed(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """What follows a number of some kind in a list, written as that is."""
    known = {span.start for span in spans}
    for span in spans:
        if span.kind not in LISTED:
            continue
        value = text[span.start : span.end]
        if text[span.end : span.end + 1] not in _MAY_GO_ON:
            continue
        if sum(map(str.isdecimal, value)) < 7:
            continue
        like = re.compile(f"{_GOES_ON}(?P<it>{_as_written(value)})(?![0-9A-Za-z]|[-.][0-9])")
        end = span.end
        while (match := like.match(text, end)) and match.start("it") not in known:
            joint = text[end : match.start("it")]
            if value.isdecimal() and (joint in _CELLS or (span.kind == AMERICAN and _another_row(text, joint, match))):
                break  # bare digits behind a mark alone may be the next column, and before one the next row
            yield Span(*match.span("it"), span.kind, SCORE, RULE_LIST)
            end = match.end("it")


def _another_row(text: str, joint: str, match: re.Match[str]) -> bool:
    return "\n" in joint and text[match.end("it") : match.end("it") + 1] not in "\r\n"


def in_columns(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The other cells of a column in which enough was found, where they are written as what was found."""
    if "\n" not in text:
        return
    found = {(span.start, span.end): span for span in spans}
    lines: Lines = {}
    done: set[tuple[str, Cell]] = set()
    for span in spans:
        cell = span.start, span.end
        mark = _mark(text, span) if span.kind in NUMBERS or span.kind in (DAY, NAME) else None
        if mark is None or (mark, cell) in done or (mark == _END and span.kind not in NUMBERS):
            continue
        column = _column(text, cell, mark, lines)
        done.update((mark, one) for one in column)
        if len(column) > 1:
            like = _like(text, column, found, span)
            yield from like if mark != _END else (one for one in like if not _is_other(text, one.start))


def heads(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, list[str]]]:
    """Which of these spans, by number, stand in columns that have a head, and what that says, in lower case. Of a day
    in a row that its own commas part otherwise all heads."""
    lines: Lines = {}
    known: dict[tuple[str, Cell], str] = {}
    for number, span in enumerate(spans):
        cell = span.start, span.end
        mark = _mark(text, span) if "\n" in text else None
        if mark is None or mark == _END:
            continue
        if (mark, cell) not in known:
            column = sorted(_column(text, cell, mark, lines)) or [cell]
            top = text[slice(*column[0])]
            known.update(((mark, one), "" if any(map(str.isdecimal, top)) else top.lower()) for one in column)
        if head := known[mark, cell]:
            yield number, [head]
        elif span.kind == DAY and mark != _WIDE and (named := _all_heads(text, cell, mark)):
            yield number, named


def unlike(text: str, spans: Sequence[Span]) -> Iterator[int]:
    """Which of these spans, by number, are telephones that only half of their column could be: those are numbers of
    something else, a third of which look so by chance."""
    lines: Lines = {}
    known: dict[tuple[str, Cell], bool] = {}
    for number, span in enumerate(spans):
        cell = span.start, span.end
        mark = _mark(text, span) if span.kind == AMERICAN and "\n" in text else None
        if mark is None or mark == _END:
            continue
        if (mark, cell) not in known:
            column = _column(text, cell, mark, lines) or [cell]
            written = [text[slice(*one)] for one in column]
            bare = [one for one in written if len(one) == len(text[slice(*cell)]) and one.isdecimal()]
            odd = sum(not CHECKS["american_telephone"](one) for one in bare)
            known.update(((mark, one), 2 * odd >= len(bare)) for one in column)
        if known[mark, cell]:
            yield number


def _is_other(text: str, start: int) -> bool:
    """Whether the word before says that the number is none of a person."""
    return _OTHER_LINE.search(text, text.rfind("\n", 0, start) + 1, start) is not None


def _all_heads(text: str, cell: Cell, mark: str) -> list[str]:
    """Of the first line that is parted like that, no further up than there are rows."""
    first = text.rfind("\n", 0, cell[0]) + 1
    for _ in range(FEW_ROWS):
        above = text.rfind("\n", 0, max(0, first - 1)) + 1
        if first == 0 or mark not in text[above : first - 1]:
            break
        first = above
    line = text[first : text.find("\n", first)]
    said = mark in line and not any(map(str.isdecimal, line)) and first < cell[0] - len(line)
    return [head.strip(_ASIDE).lower() for head in line.split(mark)] if said else []


def _named_rows(text: str, found: Mapping[Cell, Span]) -> set[int]:
    """Where the lines begin in which something else than a name was found: no head of a table is one."""
    return {text.rfind("\n", 0, start) for (start, _), span in found.items() if span.kind != NAME}


def _like(text: str, column: Sequence[Cell], found: Mapping[Cell, Span], one: Span) -> Iterator[Span]:
    written = _A_NAME if one.kind == NAME else re.compile(_as_written(text[one.start : one.end]))
    alike = [cell for cell in column if written.fullmatch(text, *cell)]
    kinds = _PHONES if one.kind in _PHONES else {one.kind}
    sure = sum(cell in found and found[cell].kind in kinds for cell in alike)
    if sure * (2 if one.kind == NAME else 3) < len(alike):
        return
    rows = _named_rows(text, found) if one.kind == NAME else set()
    for cell in alike:
        if cell not in found and (one.kind != NAME or text.rfind("\n", 0, cell[0]) in rows):
            yield Span(*cell, one.kind, SCORE, RULE_COLUMN)


def _as_written(value: str) -> str:
    """An expression for what has digits and letters where this has them."""
    whole = re.escape(value)
    return _DIGIT.sub(
        "[0-9]", _LETTERS.sub(lambda run: "[A-Za-z]+" if len(run[0]) > 2 else f"[A-Za-z]{{{len(run[0])}}}", whole)
    )


def _mark(text: str, span: Span) -> str | None:
    """What parts the cell that the span is from the others of its line; None where it is no cell."""
    low, high = span.start, span.end
    while low and text[low - 1] in _ASIDE and text[low - 1] not in _MARKS:
        low -= 1
    while high < len(text) and text[high] in _ASIDE and text[high] not in _MARKS:
        high += 1
    left, right = text[low - 1] if low else "\n", text[high] if high < len(text) else "\n"
    for one, other in ((left, right), (right, left)):
        if one in _MARKS and other in (one, "\n"):
            return one
    if "  " in text[low : span.start] and right == "\n":
        return _WIDE
    if "  " in text[span.end : high] and (left == "\n" or "  " in text[low : span.start]):
        return _WIDE
    return _END if right == "\n" and low < span.start else None


def _column(text: str, cell: Cell, mark: str, lines: Lines) -> list[Cell]:
    """The cells above and below that one, as long as there are as many of them in a line."""
    first = text.rfind("\n", 0, cell[0]) + 1
    own, following = _line(text, first, mark, lines)
    if cell not in own:
        return []
    place, column = own.index(cell), [cell]
    low = first
    while low and len(column) < MOST_ROWS:
        low = text.rfind("\n", 0, low - 1) + 1
        cells, _ = _line(text, low, mark, lines)
        if cells and len(cells) != len(own):
            break
        column.extend(cells[place : place + 1])
    while following <= len(text) and len(column) < 2 * MOST_ROWS:
        cells, following = _line(text, following, mark, lines)
        if cells and len(cells) != len(own):
            break
        column.extend(cells[place : place + 1])
    return column


def _line(text: str, first: int, mark: str, lines: Lines) -> tuple[Sequence[Cell], int]:
    """The cells of the line that begins there (none where it only parts head and cells), and where the next begins."""
    if (first, mark) not in lines:
        last = text.find("\n", first)
        last = len(text) if last < 0 else last
        lines[first, mark] = [] if is_ruled(text, first, last) else _cells(text, first, last, mark), last + 1
    return lines[first, mark]


def _cells(text: str, first: int, last: int, mark: str) -> list[Cell]:
    if mark != _END:
        return cells_of(text, first, last, mark)
    end = last
    while end > first and text[end - 1] in _ASIDE:
        end -= 1
    word = max(text.rfind(blank, first, end) for blank in " \u3000\n") + 1
    return [(word, end)] if first < word < end else [(first, first)]

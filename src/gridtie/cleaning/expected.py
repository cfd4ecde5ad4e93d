"""Which characters can stand where in what an expression matches: enough to tell, without asking it, of most places
that it matches nothing there. Too many may be said, never too few.

A table has a row for each of the first places, and in it the characters by their code points; its last column stands
for all that are beyond, and for the end of the text."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

_parse = import_module("re._parser").parse
ASCII = 128
Table = npt.NDArray[np.bool_]
Members = Callable[[str, Any, bool, int], npt.NDArray[np.bool_]]


def expected(expression: str, places: int) -> Table:
    """For each of the first places of a match, which ASCII characters can stand there, if it is so long."""
    table = np.zeros((places, ASCII + 1), np.bool_)
    tree, small = parsed(expression)
    walk(tree, 1, table, small)
    return table


def follows(expression: str, places: int, known: int) -> Table:
    """Which characters, of so many, can stand from where the expression matches on, be it nothing."""
    table, (tree, small) = np.zeros((places, known + 1), np.bool_), parsed(expression)
    ends = walk(tree, 1, table, small)
    for place in _places(ends, places):
        table[place:] = True
    for name, said in items(tree):
        if name != "ASSERT_NOT":
            break
        direction, inner = said
        if direction == 1 and len(inner) == 1:
            (one,) = items(inner)
            if _certain(*one):
                table[0, :ASCII] &= ~members(*one, small, ASCII)[:ASCII]
    return table


def _certain(name: str, said: Any) -> bool:
    """Whether of such an item no more is said than it takes."""
    return name == "LITERAL" or (name == "IN" and all(inner in ("LITERAL", "RANGE") for inner, _ in items(said)))


def widths(expression: str) -> tuple[int, int]:
    """The least and the most characters of a match."""
    least, most = _parse(expression).getwidth()
    return int(least), int(most)


def classes(pattern: str) -> list[str]:
    """Of a row of characters and classes of them, the characters of each; empty for any other expression."""
    made = []
    for name, said in items(_parse(pattern)):
        inside = [("LITERAL", said)] if name == "LITERAL" else list(items(said)) if name == "IN" else []
        if not inside or any(inner not in ("LITERAL", "RANGE") for inner, _ in inside):
            return []
        ranges = (range(of[0], of[1] + 1) if inner == "RANGE" else (of,) for inner, of in inside)
        made.append("".join(chr(code) for each in ranges for code in each))
    return made


def parsed(expression: str) -> tuple[Any, bool]:
    """Its tree, and whether case is ignored."""
    tree = _parse(expression)
    return tree, tree.state.flags & re.IGNORECASE != 0


def items(row: Any) -> Iterator[tuple[str, Any]]:
    return ((str(name), said) for name, said in row)


def ignoring(said: Any, small: bool) -> bool:
    """Whether case is ignored in a group."""
    return (small or said[1] & re.IGNORECASE != 0) and not said[2] & re.IGNORECASE


def walk(row: Any, begins: int, table: Table, small: bool, of: Members | None = None) -> int:
    """Marks what a match can have that begins at one of these places, given as bits; gives where what follows it can
    begin. `of`: which columns an item has, if not as `members`."""
    of = of or members
    for name, said in items(row):
        if not begins:
            return 0
        if name == "BRANCH":
            begins = _any(walk(one, begins, table, small, of) for one in said[1])
        elif name == "SUBPATTERN":
            begins = walk(said[3], begins, table, ignoring(said, small), of)
        elif name == "ATOMIC_GROUP":
            begins = walk(said, begins, table, small, of)
        elif name.endswith("_REPEAT"):
            begins = _repeated(said, begins, table, small, of)
        elif name not in ("ASSERT", "ASSERT_NOT", "AT"):
            stands = of(name, said, small, table.shape[1] - 1)
            for place in range(len(table)):
                if begins >> place & 1:
                    table[place] |= stands
            known = name in ("LITERAL", "NOT_LITERAL", "ANY", "IN")
            begins = begins << 1 if known else -(begins & -begins)  # anything may be as long as it likes
            begins &= (1 << len(table)) - 1
            if not known:
                table[_places(begins, len(table))] = True
    return begins


def ends(row: Any, table: Table, small: bool) -> bool:
    """Marks in the first row what the last character of a match can be; gives whether there must be one."""
    for name, said in reversed(list(items(row))):
        if name == "BRANCH":
            ways = [ends(one, table, small) for one in said[1]]  # all of them, for each marks its own
            must = all(ways)
        elif name == "SUBPATTERN":
            must = ends(said[3], table, ignoring(said, small))
        elif name == "ATOMIC_GROUP":
            must = ends(said, table, small)
        elif name.endswith("_REPEAT"):
            must = ends(said[2], table, small) and said[0] > 0
        elif name in ("ASSERT", "ASSERT_NOT", "AT"):
            must = False
        else:
            table[0] |= members(name, said, small, table.shape[1] - 1)
            must = name in ("LITERAL", "NOT_LITERAL", "ANY", "IN")
        if must:
            return True
    return False


def _any(ends: Iterator[int]) -> int:
    made = 0
    for one in ends:
        made |= one
    return made


def _places(bits: int, many: int) -> list[int]:
    return [place for place in range(many) if bits >> place & 1]


def _repeated(said: tuple[Any, Any, Any], begins: int, table: Table, small: bool, of: Members) -> int:
    least, most, inner = said
    for _ in range(min(int(least), len(table) + 1)):
        begins = walk(inner, begins, table, small, of)
    ends = begins
    for _ in range(min(int(most) - int(least), len(table) + 1)):
        begins = walk(inner, begins, table, small, of)
        if begins | ends == ends:
            break
        ends |= begins
    return ends


def members(name: str, said: Any, small: bool, known: int) -> npt.NDArray[np.bool_]:
    """Of one item that takes one character; all for what is not known to be less."""
    if name not in ("LITERAL", "IN"):
        return np.ones(known + 1, np.bool_)
    made = np.zeros(known + 1, np.bool_)
    inside = [(name, said)] if name == "LITERAL" else list(items(said))
    negated = inside[0][0] == "NEGATE"
    if negated and any(inner == "CATEGORY" for inner, _ in inside):
        made[:] = True
        return made
    for inner, of in inside:
        if inner == "CATEGORY":
            made |= _category(str(of), known)
        elif inner != "NEGATE":
            low, high = (of, of) if inner == "LITERAL" else of
            made[min(low, known) : min(high, known) + 1] = True
            if small:
                made[[ord(chr(code).swapcase()) for code in range(low, min(high + 1, ASCII))]] = True
    if negated:
        made = ~made
        made[known] = True
    if small:
        made[ASCII:] = True
    return made


@cache
def _category(name: str, known: int) -> npt.NDArray[np.bool_]:
    """Of `\\d`, `\\s` and `\\w`; all for those that say what something is not."""
    tell = {"CATEGORY_DIGIT": str.isdecimal, "CATEGORY_SPACE": str.isspace, "CATEGORY_WORD": _in_word}.get(name)
    made = np.ones(known + 1, np.bool_)
    if tell:
        made[:known] = [tell(chr(code)) for code in range(known)]
    return made


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"

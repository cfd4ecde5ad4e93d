"""What must stand behind an anchor, told of many places by one kernel, without asking an expression.

An expression becomes an automaton of a few positions (Glushkov 1961) that takes all that it matches. What cannot be
told from one character to the next makes it take more: looks around and references are left out, what may come often
may come at will, and what is beyond the last position counts as matched. So what it refuses is nothing, and what it
lets through is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.expected import follows, ignoring, items, members, parsed
from gridtie.cleaning.sweep import BITS, PLANE, POSITIONS, Places, Thens

COPIES = 2  # of what is repeated; more of them are any number
_ONE = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_NOTHING_TAKEN = ("AT", "ASSERT", "ASSERT_NOT")
Item = tuple[str, Any, bool]  # with whether case is ignored
Part = tuple[int, int, bool]  # positions that it can begin and end at, as bits, and whether it can be nothing
Switches = npt.NDArray[np.bool_]
_NOTHING: Part = (0, 0, True)


class Sorts:
    """Of characters: they are of one sort where no item of some expressions tells them apart. `of`: the sort of each;
    `one_of`: one of each sort; `many`: how many sorts there are."""

    def __init__(self, expressions: Iterable[tuple[Any, bool]], apart: Iterable[Switches] = ()) -> None:
        """`apart`: of other things what characters they take, none of which are of one sort with others."""
        self._trees = [row for row, _ in expressions]  # held, for their parts are known by where they lie
        distinct: dict[tuple[str, str, bool], Item] = {}
        known: dict[tuple[str, int, bool], tuple[str, str, bool]] = {}
        folded = np.zeros(PLANE + 1, np.uint64)
        for name, said, small in chain.from_iterable(_leaves(row, small) for row, small in expressions):
            key = known[_place(name, said, small)] = name, repr(said), small
            if key not in distinct:
                distinct[key] = name, said, small
                folded = folded * np.uint64(0x9E3779B97F4A7C15) + members(name, said, small, PLANE)
        for row in apart:
            folded = folded * np.uint64(0x9E3779B97F4A7C15) + row
        _, first, sorts = np.unique(folded, return_index=True, return_inverse=True)
        self.of, self.one_of, self.many = sorts.astype(np.int32), first, first.size
        rows = {key: members(*item, PLANE)[first] for key, item in distinct.items()}  # anew: all of them are 50 MB
        self._rows = {place: rows[key] for place, key in known.items()}

    def taken(self, name: str, said: Any, small: bool, _: int = 0) -> Switches:
        """Of which sorts an item takes one."""
        return self._rows[_place(name, said, small)] if name in _ONE else np.ones(self.many, np.bool_)


def _place(name: str, said: Any, small: bool) -> tuple[str, int, bool]:
    return name, said if isinstance(said, int) else id(said), small


class Automaton:
    """Of one expression; `first` and `accept` are positions, as bits: none where nothing could be refused."""

    def __init__(self, row: Any, small: bool, sorts: Sorts) -> None:
        self._sorts = sorts
        self.taken: list[Switches] = []
        self.follows: list[int] = []
        made = _NOTHING
        for item in _flat(row, small):
            known = len(self.taken)
            try:
                made = self._joined(made, self._part(*item))
            except _Full:
                del self.taken[known:], self.follows[known:]
                break
        self.first, self.accept = (0, 0) if made[2] else made[:2]

    def _joined(self, one: Part, other: Part) -> Part:
        self._link(one[1], other[0])
        return one[0] | other[0] * one[2], other[1] | one[1] * other[2], one[2] and other[2]

    def _link(self, last: int, first: int) -> None:
        for place in range(last.bit_length()):
            if last >> place & 1:
                self.follows[place] |= first

    def _position(self, taken: Switches) -> Part:
        if len(self.taken) == POSITIONS:
            raise _Full
        self.taken.append(taken)
        self.follows.append(0)
        return 1 << len(self.taken) - 1, 1 << len(self.taken) - 1, False

    def _part(self, name: str, said: Any, small: bool) -> Part:
        if name in _ONE:
            return self._position(self._sorts.taken(name, said, small))
        if name in _NOTHING_TAKEN:
            return _NOTHING
        if name == "BRANCH":
            parts = [self._sequence(way, small) for way in said[1]]
            first = last = 0
            for one in parts:
                first, last = first | one[0], last | one[1]
            return first, last, any(one[2] for one in parts)
        if name == "SUBPATTERN":
            return self._sequence(said[3], ignoring(said, small))
        if name == "ATOMIC_GROUP":
            return self._sequence(said, small)
        if name.endswith("_REPEAT"):
            return self._repeated(int(said[0]), int(said[1]), said[2], small)
        first, last, _ = self._position(
            np.ones(self._sorts.many, np.bool_)
        )  # what a group took: any number of anything
        self._link(last, first)
        return first, last, True

    def _sequence(self, row: Any, small: bool) -> Part:
        made = _NOTHING
        for name, said in items(row):
            made = self._joined(made, self._part(name, said, small))
        return made

    def _repeated(self, least: int, most: int, inner: Any, small: bool) -> Part:
        made, at_will = _NOTHING, most > COPIES
        for number in range(min(max(least, 1), COPIES) if at_will else most):
            first, last, empty = self._sequence(inner, small)
            if at_will:
                self._link(last, first)
            made = self._joined(made, (first, last, empty or number >= least))
        return made


class _Full(Exception):
    """No position is left."""


def _flat(row: Any, small: bool) -> Iterator[Item]:
    """The items of a row, those of groups in it among them, so that it can be cut between any two."""
    for name, said in items(row):
        if name == "SUBPATTERN":
            yield from _flat(said[3], ignoring(said, small))
        else:
            yield name, said, small


def _leaves(row: Any, small: bool) -> Iterator[Item]:
    """All that takes a character in a row; anything for what a group took, and the like."""
    for name, said in items(row):
        if name == "BRANCH":
            for way in said[1]:
                yield from _leaves(way, small)
        elif name == "SUBPATTERN":
            yield from _leaves(said[3], ignoring(said, small))
        elif name == "ATOMIC_GROUP" or name.endswith("_REPEAT"):
            yield from _leaves(said if name == "ATOMIC_GROUP" else said[2], small)
        elif name not in _NOTHING_TAKEN:
            yield (name, said, small) if name in _ONE else ("ANY", None, small)


def thens_of(asked: Sequence[str]) -> tuple[Thens, Places]:
    """Of what must stand behind words, '' for nothing; and of each character its sort there."""
    trees = [parsed(one) for one in asked if one]
    anything = np.ones(PLANE + 1, np.bool_)
    begins = [follows(one, 1, PLANE)[0] if one else anything for one in asked]
    sorts = Sorts(trees, begins)
    made = iter([Automaton(*tree, sorts) for tree in trees])
    behind = np.array([row[sorts.one_of] for row in begins], np.uint8)
    taken = np.zeros((len(asked), sorts.many), np.uint64)
    onward = np.zeros((len(asked), POSITIONS // BITS, 1 << BITS), np.uint64)
    borders = np.zeros((len(asked), 2), np.uint64)
    inside = np.arange(1 << BITS, dtype=np.uint64)
    for number, then in enumerate(asked):
        if not then:
            continue
        one = next(made)
        borders[number] = one.first, one.accept
        for place, (takes, follow) in enumerate(zip(one.taken, one.follows, strict=True)):
            taken[number] |= takes * np.uint64(1 << place)
            onward[number, place // BITS] |= (inside >> np.uint64(place % BITS) & np.uint64(1)) * np.uint64(follow)
    return (behind, taken, onward, borders), sorts.of

"""Which rules certainly find nothing at their anchors: told of many places by one kernel, without asking an expression.

An expression becomes an automaton of a few positions (Glushkov 1961) that takes all that it matches. What cannot be
told from one character to the next makes it take more: looks around and references are left out, what may come often
may come at will, a costly part is a row of classes, and what is beyond the last position counts as matched. So what it
refuses is nothing, and what it lets through is asked for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit
from gridtie.cleaning.expected import ignoring, items, members, parsed, walk
from gridtie.cleaning.rule import Rule
from gridtie.cleaning.sweep import PLANE, Codes, Masks, Net, Places

POSITIONS, CHUNK = 64, 8  # of an automaton, as bits; of which so many are looked up at once
COPIES = 2  # of what is repeated; more of them are any number
COSTLY = 8, 4  # positions that a part of an expression may have in an automaton that has room for all of it
ROW = 16  # characters up to which a part that costs more is a row of classes; else it is any number of all of them
NONE = -1  # instead of an automaton: it lets everything through
_ONE = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_NOTHING_TAKEN = ("AT", "ASSERT", "ASSERT_NOT")
Item = tuple[str, Any, bool]  # with whether case is ignored
Part = tuple[int, int, bool]  # positions that it can begin and end at, as bits, and whether it can be nothing
Switches = npt.NDArray[np.bool_]
_NOTHING: Part = (0, 0, True)


class Sorts:
    """Of characters: they are of one sort where no item of some expressions tells them apart. `of`: the sort of each;
    `many`: how many sorts there are."""

    def __init__(self, expressions: Iterable[tuple[Any, bool]]) -> None:
        self._trees = [row for row, _ in expressions]  # held, for their parts are known by where they lie
        distinct: dict[tuple[str, str, bool], Item] = {}
        known: dict[tuple[str, int, bool], tuple[str, str, bool]] = {}
        folded = np.zeros(PLANE + 1, np.uint64)
        for name, said, small in chain.from_iterable(_leaves(row, small) for row, small in expressions):
            key = known[_place(name, said, small)] = name, repr(said), small
            if key not in distinct:
                distinct[key] = name, said, small
                folded = folded * np.uint64(0x9E3779B97F4A7C15) + members(name, said, small, PLANE)
        _, first, sorts = np.unique(folded, return_index=True, return_inverse=True)
        self.of, self.many = sorts.astype(np.int32), first.size
        rows = {key: members(*item, PLANE)[first] for key, item in distinct.items()}  # anew: all of them are 50 MB
        self._rows = {place: rows[key] for place, key in known.items()}

    def taken(self, name: str, said: Any, small: bool, _: int = 0) -> Switches:
        """Of which sorts an item takes one."""
        return self._rows[_place(name, said, small)] if name in _ONE else np.ones(self.many, np.bool_)


def _place(name: str, said: Any, small: bool) -> tuple[str, int, bool]:
    return name, said if isinstance(said, int) else id(said), small


class Automaton:
    """Of one expression; `first` and `accept` are positions, as bits: none where nothing could be refused. `whole`:
    there was room for all of it."""

    def __init__(self, row: Any, small: bool, sorts: Sorts, costly: int) -> None:
        """`costly`: positions that a part of it may have, to be taken as it is."""
        self._sorts, self._costly = sorts, costly
        self.taken: list[Switches] = []
        self.follows: list[int] = []
        self.whole, made = True, _NOTHING
        for item in _flat(row, small):
            known = len(self.taken)
            try:
                part = self._part(*item, POSITIONS)
            except _Full:
                self._forget(known)
                self.whole = False
                break
            made = self._joined(made, part)
        self.first, self.accept = (0, 0) if made[2] else made[:2]

    def _joined(self, one: Part, other: Part) -> Part:
        self._link(one[1], other[0])
        return one[0] | other[0] * one[2], other[1] | one[1] * other[2], one[2] and other[2]

    def _link(self, last: int, first: int) -> None:
        for place in range(last.bit_length()):
            if last >> place & 1:
                self.follows[place] |= first

    def _forget(self, known: int) -> None:
        del self.taken[known:], self.follows[known:]

    def _position(self, taken: Switches) -> Part:
        if len(self.taken) == POSITIONS:
            raise _Full
        self.taken.append(taken)
        self.follows.append(0)
        return 1 << len(self.taken) - 1, 1 << len(self.taken) - 1, False

    def _part(self, name: str, said: Any, small: bool, costly: int) -> Part:
        """What costs too much as it is, is taken less exactly."""
        if name in _ONE:
            return self._position(self._sorts.taken(name, said, small))
        if name in _NOTHING_TAKEN:
            return _NOTHING
        known = len(self.taken)
        try:
            made = self._exactly(name, said, small)
        except _Full:
            if self._costly == POSITIONS:
                raise
        else:
            if made and len(self.taken) - known <= costly:
                return made
        self._forget(known)
        return self._roughly(name, said, small)

    def _exactly(self, name: str, said: Any, small: bool) -> Part | None:
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
        return self._repeated(int(said[0]), int(said[1]), said[2], small) if name.endswith("_REPEAT") else None

    def _sequence(self, row: Any, small: bool) -> Part:
        made = _NOTHING
        for name, said in items(row):
            made = self._joined(made, self._part(name, said, small, self._costly))
        return made

    def _repeated(self, least: int, most: int, inner: Any, small: bool) -> Part:
        made, at_will = _NOTHING, most > COPIES
        for number in range(min(max(least, 1), COPIES) if at_will else most):
            first, last, empty = self._sequence(inner, small)
            if at_will:
                self._link(last, first)
            made = self._joined(made, (first, last, empty or number >= least))
        return made

    def _roughly(self, name: str, said: Any, small: bool) -> Part:
        """By what can stand at each of its places; of what may be long, any number of anything in it."""
        table = np.zeros((ROW + 1, self._sorts.many), np.bool_)
        ends = walk([(name, said)], 1, table, small, self._sorts.taken)
        if table[ROW].any():
            inside = [self._sorts.taken(*one) for one in _leaves([(name, said)], small)]
            first, last, _ = self._position(np.any(inside, axis=0))
            self._link(last, first)
            return first, last, bool(ends & 1)
        made, last = _NOTHING, 0
        for place in range(ends.bit_length() - 1):
            made = self._joined(made, self._position(table[place]))
            last |= made[1] * (ends >> place + 1 & 1)
        return made[0], last, bool(ends & 1)


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


def _automata(row: Any, small: bool, sorts: Sorts) -> list[Automaton]:
    """As exact as may be; where that has no room for all of it, one more that has."""
    made = [Automaton(row, small, sorts, POSITIONS)]
    for costly in COSTLY:
        if not made[-1].whole:
            made[1:] = [Automaton(row, small, sorts, costly)]
    return [one for one in made if one.first]


class Refuter:
    """Of rules that are asked at anchors, by their numbers."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        asked = [(rule.then, rule.shape if rule.source == "pattern" else None) for rule in rules]
        patterns = [one for one in dict.fromkeys(chain.from_iterable(asked)) if one]
        trees = [(parsed(one), one.flags & re.IGNORECASE != 0) for one in patterns]
        sorts, made = Sorts(trees), list[Automaton]()
        known: dict[re.Pattern[str] | None, tuple[int, int]] = {None: (NONE, NONE)}
        for pattern, tree in zip(patterns, trees, strict=True):
            some = _automata(*tree, sorts)
            first, second = [*range(len(made), len(made) + len(some)), NONE, NONE][:2]
            known[pattern] = first, second
            made.extend(some)
        self._rules = np.array(
            [(*known[then], *known[shape], rule.before, rule.after)
             for rule, (then, shape) in zip(rules, asked, strict=True)], np.int32
        ).reshape(-1, 6)  # fmt: skip
        self._sorts = sorts.of
        self._masks = np.zeros((len(made), sorts.many), np.uint64)
        self._steps = np.zeros((len(made), POSITIONS // CHUNK, 1 << CHUNK), np.uint64)
        self._borders = np.array([(one.first, one.accept, one.whole) for one in made], np.uint64).reshape(-1, 3)
        chunks = np.arange(1 << CHUNK, dtype=np.uint64)
        for number, one in enumerate(made):
            for place, (taken, follows) in enumerate(zip(one.taken, one.follows, strict=True)):
                self._masks[number] |= taken * np.uint64(1 << place)
                inside = chunks >> np.uint64(place % CHUNK) & np.uint64(1)
                self._steps[number, place // CHUNK] |= inside * np.uint64(follows)

    def left(self, codes: Codes, starts: Masks, ends: Masks, rows: Places, groups: Places, asked: Places) -> Places:
        """Which row and which rule is still to be asked, one behind the other. `rows`: a group, and where its anchor
        begins and ends; `starts` and `ends` of the text that each is in. The rules of a group are
        `asked[groups[group] : groups[group + 1]]`."""
        out = np.empty((int((groups[rows[:, 0] + 1] - groups[rows[:, 0]]).sum()), 2), np.int32)
        count = left(
            codes, starts, ends, rows, groups, asked, self._rules, self._sorts, self._masks, self._steps,
            self._borders, out,
        )  # fmt: skip
        return out[:count]


@njit(cache=True, nogil=True)
def left(
    codes: Codes, starts: Masks, ends: Masks, rows: Places, groups: Places, asked: Places, rules: Places,
    sorts: Places, masks: Net, steps: Net, borders: Net, out: Places,
) -> int:  # fmt: skip
    """How many pairs are left in `out`."""
    count = 0
    for row in range(len(rows)):
        group, start, end = rows[row]
        for place in range(groups[group], groups[group + 1]):
            rule = rules[asked[place]]
            low, high = max(starts[row], start - rule[4]), min(ends[row], end + rule[5])
            could = True
            for number in range(4):
                one = rule[number]
                if could and one >= 0:
                    if number < 2:  # what stands right behind the anchor
                        could = taken(codes, end, end, ends[row], sorts, masks[one], steps[one], borders[one])
                    else:
                        could = taken(codes, low, start, high, sorts, masks[one], steps[one], borders[one])
            if could:
                out[count, 0], out[count, 1] = row, asked[place]
                count += 1
    return count


@njit(cache=True, nogil=True)
def taken(
    codes: Codes, low: int, over: int, high: int, sorts: Places, masks: Net, steps: Net, borders: Net
) -> bool:  # fmt: skip
    """Whether an automaton takes something that begins from `low` to `over`, and ends behind that: one that is not
    whole, whatever then follows."""
    first, accept, whole = borders
    state, none = np.uint64(0), np.uint64(0)
    for at in range(low, high):
        reached = first if at <= over else none
        chunk = 0
        while state:
            reached |= steps[chunk, state & np.uint64((1 << CHUNK) - 1)]
            state >>= np.uint64(CHUNK)
            chunk += 1
        state = reached & masks[sorts[min(codes[at], PLANE)]]
        if state & accept and (at >= over or not whole):
            return True
        if at >= over and not state:
            return False
    return False

"""Where to look at all: the few places of texts at which something personal can stand."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import sweep
from gridtie.cleaning.automata import thens_of
from gridtie.cleaning.block import Block, Numbers
from gridtie.cleaning.expected import classes, expected, widths
from gridtie.cleaning.normal import ODD_CHARACTERS
from gridtie.cleaning.numerals import VALUES
from gridtie.cleaning.rule import Rule
from gridtie.cleaning.sweep import ASCII, PLANE, Codes, Kinds, Places

# Between digits as people part them. Brackets are parts of telephone numbers; a comma or a colon always ends a group.
JOINTS = " -.()·/_\u00a0\u3000（）" + "".join(map(chr, range(0x2010, 0x2016)))
_RANGE = re.compile("(.)-(.)")
_STEP = re.compile(
    r"(?:\\(?P<escaped>[^\w])|\[(?P<members>[^\]\\^]+)\]|(?P<letter>[^\\\[\](){}?*+|.^$]))(?:\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]+))?\})?"
)
_MOST_WORDS = 1 << 12  # of one row of classes
_MOST_STEPS = 62  # classes of all patterns together, as bits of a mask
Step = tuple[frozenset[str], int, int]
Anchored = tuple[int, int, int, Rule]  # in which text, where it begins and ends there
Kernel = Callable[..., tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Of a block: which texts are to be normalised first; starts and ends of groups of five digits or more; where each
    digit and numeral is; and every anchor of every rule. What is in a text to be normalised is not complete."""

    odd: frozenset[int]
    clusters: Places
    said: Places
    anchored: Iterator[Anchored]


class Anchors:
    """The anchors of all rules, found together. What is no word, nor one class and another, nor a row of classes, is
    searched by itself."""

    def __init__(self, rules: Sequence[Rule], kernel: Kernel | None = None) -> None:
        """`kernel`: `sweep`, or what does the same."""
        self._kernel = kernel or sweep.sweep
        self._flags = np.zeros(PLANE + 1, np.uint8)
        self._flags[PLANE] = sweep.ODD
        further = sweep.TWO | (sweep.TWO | sweep.STEP | sweep.THREE) << sweep.THEN  # what nothing more is known of
        self._net = np.full(sweep.NETS, further << sweep.THEN, np.uint32)
        words: dict[tuple[str, str], list[Rule]] = defaultdict(list)
        patterns: dict[str, list[Rule]] = defaultdict(list)
        for letters, flag in (("0123456789", sweep.DIGIT), (JOINTS, sweep.JOINT), (ODD_CHARACTERS, sweep.ODD),
                              ("".join(VALUES), sweep.NUMERAL)):  # fmt: skip
            for letter in letters:
                self._flags[ord(letter)] |= flag
        for rule in rules:
            for anchor in rule.anchors:
                for word in _words_of(anchor):
                    words[word, rule.then_text].append(rule)
                if not _words_of(anchor):
                    patterns[anchor.removeprefix("re:")].append(rule)
        self._file_patterns(patterns)
        self._file_words(words)

    def _file_words(self, filed: dict[tuple[str, str], list[Rule]]) -> None:
        """In chains by the hash of their first characters, up to four."""
        kinds = self._file_thens([then for _, then in filed])
        lengths = np.array([len(word) for word, _ in filed], np.int32)
        self._letters = np.array([ord(letter) for word, _ in filed for letter in word] or [0], np.uint32)
        self._words, self._heads = np.zeros((len(filed) + 1, 5), np.int32), np.zeros(sweep.HEADS, np.int32)
        self._words[1:, 1] = np.cumsum(lengths) - lengths
        self._words[1:, 2], self._words[1:, 3] = lengths, [kinds[then] for _, then in filed]
        self._words[:, 4] = -1, *(ord(word[-1]) for word, _ in filed)
        for number, head in enumerate(self._begin([word for word, _ in filed], lengths).tolist(), start=1):
            self._words[number, 0], self._heads[head] = self._heads[head], number
        self._asked.extend(map(tuple, filed.values()))

    def _begin(self, words: Sequence[str], lengths: Places) -> Codes:
        """Notes how these words begin; gives where each of them is in `_heads`."""
        letters = np.array([[ord(letter) for letter in word[:4].ljust(4, "\0")] for word in words], np.uint32)
        one, other, third, fourth = letters.reshape(-1, 4).T
        self._flags[one[lengths == 1]] |= np.uint8(sweep.ALONE)
        longer = lengths > 2
        groups = np.uint32(1) << (7 * other + third) % np.uint32(sweep.GROUPS)
        self._knot(np.full(one.size, sweep.TWO, np.uint32), lengths == 2, (one, other))
        self._knot(np.full(one.size, sweep.THREE, np.uint32), lengths == 3, (one, other, third))
        self._knot(groups, lengths > 3, (one, other, third, fourth))
        self._begun = np.zeros(sweep.HEADS, np.uint8)
        knots = sweep.knots(one, other)
        rows = np.where(longer, sweep.rows(knots, sweep.knots(other, third)), sweep.pairs(one, other) % sweep.HEADS)
        by_four = sweep.rows(knots, sweep.knots(third, fourth))
        self._begun[rows[lengths == 2]] |= np.uint8(sweep.OF_TWO)
        self._begun[rows[lengths == 3]] |= np.uint8(sweep.OF_THREE)
        self._begun[rows[lengths > 3]] |= np.uint8(sweep.LONGER)
        self._begun[by_four[lengths > 3]] |= np.uint8(sweep.BY_FOUR)
        return np.where(lengths > 3, by_four, rows)

    def _knot(self, kinds: Kinds, which: npt.NDArray[np.bool_], letters: Sequence[Codes]) -> None:
        """Adds to the net what kinds of things begin with these characters, their first, their second and so on."""
        for place, (one, other) in enumerate(pairwise(letters)):
            kinds_there = kinds[which] << np.uint32(place * sweep.THEN)
            np.bitwise_or.at(self._net, sweep.knots(one[which], other[which]), kinds_there)

    def _file_thens(self, thens: Iterable[str]) -> dict[str, int]:
        """Which row of `_thens` is of each."""
        asked = list(dict.fromkeys(thens)) or [""]
        self._thens, self._sorts = thens_of(asked)
        return {then: number for number, then in enumerate(asked)}

    def _file_patterns(self, patterns: dict[str, list[Rule]]) -> None:
        self._members, self._leads = np.zeros(ASCII + 1, np.int64), np.zeros((3, ASCII + 1), np.int64)
        self._asked: list[tuple[Rule, ...]] = []  # of every pattern, and then of every word
        self._searched: list[tuple[re.Pattern[str], tuple[Rule, ...]]] = []
        steps: list[tuple[int, int]] = []
        firsts = [0]
        for pattern, group in patterns.items():
            row = _steps_of(pattern)
            expression = re.compile(pattern)
            if not row or len(steps) + len(row) > _MOST_STEPS or widths(pattern)[0] < 2:
                self._searched.append((expression, tuple(group)))
                continue
            stand = expected(pattern, min(3, widths(pattern)[0]))
            self._knot_steps([np.flatnonzero(row) for row in stand])
            self._leads[: len(stand)] |= np.where(stand, 1 << len(firsts) - 1, 0)
            self._leads[len(stand) :] |= 1 << len(firsts) - 1
            for letters, least, most in row:
                for letter in letters:
                    self._members[ord(letter)] |= 1 << len(steps)
                steps.append((least, most))
            firsts.append(len(steps))
            self._asked.append(tuple(group))
        self._steps, self._firsts = np.array(steps or [(0, 0)], np.int32), np.array(firsts, np.int32)

    def _knot_steps(self, stand: Sequence[Numbers]) -> None:
        """Of a pattern that has these characters at its first places."""
        step = np.uint32(sweep.STEP)
        for shift, (one, other) in zip((0, sweep.THEN), pairwise(stand), strict=False):
            pairs = np.repeat(one, other.size), np.tile(other, one.size)
            self._net[sweep.knots(*(codes.astype(np.uint32) for codes in pairs))] |= step << np.uint32(shift)
        if len(stand) == 2:
            self._net |= step << np.uint32(sweep.THEN)

    def look(self, block: Block) -> Seen:
        size = block.codes.size
        clusters, said = (np.empty(size + 1, np.int32) for _ in range(2))
        odd, anchored = np.empty(len(block.texts), np.int32), np.empty(3 * (size // 64 + 32), np.int32)
        matched, grouped, read, strange = self._sweep(block, anchored, clusters, said, odd)
        if matched > anchored.size:
            anchored = np.empty(matched, np.int32)
            self._sweep(block, anchored, clusters, said, odd)
        return Seen(
            frozenset(odd[:strange].tolist()), clusters[:grouped], said[:read],
            self._anchored(block, anchored[:matched].reshape(-1, 3)),
        )  # fmt: skip

    def _sweep(
        self, block: Block, anchored: Places, clusters: Places, said: Places, odd: Places
    ) -> tuple[int, int, int, int]:
        return self._kernel(
            block.codes, self._net, self._flags, self._begun, self._heads, self._words, self._letters, self._thens,
            self._sorts, self._leads, self._members, self._steps, self._firsts, anchored, clusters, said, block.starts,
            odd,
        )  # fmt: skip

    def _anchored(self, block: Block, rows: Places) -> Iterator[Anchored]:
        numbers = block.numbers(rows[:, 1])
        own = rows[:, 1:] - block.starts[numbers, None]
        columns = numbers.tolist(), rows[:, 0].tolist(), *own.T.tolist()  # a list a row would be many to collect
        for number, group, start, end in zip(*columns, strict=True):
            for rule in self._asked[group]:
                if rule.then is None or rule.then.match(block.texts[number], end):
                    yield number, start, end, rule
        for searched, group in self._searched:
            for number, text in enumerate(block.texts):
                for match in searched.finditer(text):
                    for rule in group:
                        if rule.then is None or rule.then.match(text, match.end()):
                            yield number, match.start(), match.end(), rule


def _words_of(anchor: str) -> list[str]:
    """A word itself; all words of `re:[abc][A-C]`; nothing for other patterns."""
    if not anchor.startswith("re:"):
        return [anchor]
    row = classes(anchor.removeprefix("re:"))
    return list(map("".join, product(*row))) if len(row) > 1 and math.prod(map(len, row)) <= _MOST_WORDS else []


def _steps_of(pattern: str) -> list[Step]:
    r"""Of a row of ASCII classes and letters, such as `\.[0-9]{1,3}\.`, each with the least and the most of it; empty
    for any other pattern, and where a step could take what the next one needs."""
    row: list[Step] = []
    at = 0
    while match := _STEP.match(pattern, at):
        letters = frozenset(match["escaped"] or match["letter"] or _spelled(match["members"]))
        least = int(match["least"] or 1)
        row.append((letters, least, int(match["most"] or least)))
        at = match.end()
    open_ended = any(one[1] != one[2] and one[0] & other[0] for one, other in pairwise(row))
    plain = at == len(pattern) and all(letters and max(letters) < chr(ASCII) for letters, _, _ in row)
    return row if row and plain and row[0][1] and not open_ended else []


def _spelled(inside: str) -> str:
    """All characters of a class without its brackets: `A-C` becomes `ABC`."""
    return _RANGE.sub(lambda both: "".join(map(chr, range(ord(both[1]), ord(both[2]) + 1))), inside)

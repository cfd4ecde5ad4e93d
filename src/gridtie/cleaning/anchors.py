"""Where to look at all: the few places of a text at which something personal can stand."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from gridtie.cleaning.normal import ODD_CHARACTERS
from gridtie.cleaning.rule import Rule
from gridtie.cleaning.sweep import ALONE, DIGIT, FIRST, JOINT, LONG, ODD, PAIRS, PLANE, SHORT, four, pair, sweep

# Between digits as people part them. Brackets are parts of telephone numbers; a comma or a colon always ends a group.
JOINTS = " -.()·/_\u00a0\u3000（）" + "".join(map(chr, range(0x2010, 0x2016)))
_TWO_CLASSES = re.compile(r"\[([^\]\\]+)\]\[([^\]\\]+)\]")
_RANGE = re.compile("(.)-(.)")


class Anchors:
    """The anchors of all rules, found together. What is no word, nor one class and another, is searched by itself."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._flags = np.zeros(PLANE, np.uint8)
        self._pairs, self._fours = np.zeros(PAIRS, np.uint8), np.zeros(PAIRS, np.uint8)
        self._alone: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._starting: dict[str, list[tuple[str, Rule]]] = defaultdict(list)  # by the first two characters
        patterns: dict[str, list[Rule]] = defaultdict(list)
        for letters, flag in (("0123456789", DIGIT), (JOINTS, JOINT), (ODD_CHARACTERS, ODD)):
            for letter in letters:
                self._flags[ord(letter)] |= flag
        for rule in rules:
            for anchor in rule.anchors:
                for word in _words_of(anchor):
                    self._file(word, rule)
                if not _words_of(anchor):
                    patterns[anchor.removeprefix("re:")].append(rule)
        self._patterns = [(re.compile(pattern), tuple(group)) for pattern, group in patterns.items()]

    def _file(self, word: str, rule: Rule) -> None:
        if len(word) == 1:
            self._flags[ord(word)] |= ALONE
            self._alone[word].append((word, rule))
        else:
            self._flags[ord(word[0])] |= FIRST
            codes = np.array([ord(letter) for letter in word], np.uint32)
            self._pairs[pair(codes[0], codes[1])] |= LONG if len(word) >= 4 else SHORT
            if len(word) >= 4:
                self._fours[four(codes, 0)] = True
            self._starting[word[:2]].append((word, rule))

    def look(self, text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int, Rule]]] | None:
        """Groups of five digits or more, and every anchor of every rule; None for a text to be normalised first."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        places, clusters = np.empty(codes.size + 1, np.int32), np.empty(codes.size + 1, np.int32)
        found, grouped, odd = sweep(codes, self._flags, self._pairs, self._fours, places, clusters)
        if odd:
            return None
        ends = clusters[:grouped].tolist()
        groups = list(zip(ends[::2], ends[1::2], strict=True))
        return groups, list(self._anchored(text, places[:found].tolist()))

    def _anchored(self, text: str, places: list[int]) -> Iterator[tuple[int, int, Rule]]:
        for at in places:
            for word, rule in self._alone.get(text[at], ()):
                yield at, at + len(word), rule
            for word, rule in self._starting.get(text[at : at + 2], ()):
                if text.startswith(word, at):
                    yield at, at + len(word), rule
        for pattern, group in self._patterns:
            for match in pattern.finditer(text):
                for rule in group:
                    yield match.start(), match.end(), rule


def _words_of(anchor: str) -> list[str]:
    """A word itself; all pairs of `re:[abc][A-C]`; nothing for other patterns."""
    if not anchor.startswith("re:"):
        return [anchor]
    match = _TWO_CLASSES.fullmatch(anchor.removeprefix("re:"))
    if match is None:
        return []
    return [one + other for one, other in product(_spelled(match[1]), _spelled(match[2]))]


def _spelled(inside: str) -> str:
    """All characters of a class without its brackets: `A-C` becomes `ABC`."""
    return _RANGE.sub(lambda both: "".join(map(chr, range(ord(both[1]), ord(both[2]) + 1))), inside)

"""Where to look at all: the few places of a text at which something personal can stand.

Nearly all text is neither digits nor marks, so whatever touches every character decides the speed. Three kinds of pass
touch all of it: one for groups of digits, one for all anchors that begin with a Han character (or are a bare `@`), and
one search for each other word or literal-led pattern, which runs at the speed of memory.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from gridtie.cleaning.rule import Rule

# Digits as people part them. Brackets are parts of telephone numbers; a comma or a colon always ends a group.
JOINTS = " \\-.()·/_\u00a0\u2010-\u2015\u3000（）"
MOST_JOINTS = 3
LEAST_DIGITS = 5
_CLUSTER = re.compile(f"[0-9](?:[{JOINTS}]{{0,{MOST_JOINTS}}}[0-9]){{{LEAST_DIGITS - 1},}}")
_CLASS = re.compile(r"\[((?:[^\]\\])+)\]")
Found = Callable[[str, int], int]  # the end of the anchor that begins here, or -1


class Anchors:
    """The anchors of all rules, by what finds them fastest."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_first: dict[str, list[tuple[Found, Rule]]] = defaultdict(list)
        self._words: dict[str, list[Rule]] = defaultdict(list)
        self._patterns: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            for anchor in rule.anchors:
                self._file(anchor, rule)
        letters = "".join(sorted(self._by_first))
        self._class = re.compile(f"[{re.escape(letters)}]") if letters else None
        self._compiled = [(re.compile(anchor), tuple(group)) for anchor, group in self._patterns.items()]

    def _file(self, anchor: str, rule: Rule) -> None:
        if not anchor.startswith("re:"):
            if anchor[0].isascii() and anchor != "@":
                self._words[anchor].append(rule)
            else:
                self._by_first[anchor[0]].append((_word(anchor), rule))
            return
        pattern = anchor.removeprefix("re:")
        head = _CLASS.match(pattern)
        if head and "-" not in head[1] and not head[1].isascii():
            find = _pattern(re.compile(pattern))
            for letter in head[1]:
                self._by_first[letter].append((find, rule))
        else:
            self._patterns[pattern].append(rule)

    def clusters(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each group of five digits or more with at most three joints between any two."""
        return [match.span() for match in _CLUSTER.finditer(text)]

    def places(self, text: str) -> Iterator[tuple[int, int, Rule]]:
        """Start and end of every anchor of every rule."""
        if self._class is not None:
            for match in self._class.finditer(text):
                start = match.start()
                for find, rule in self._by_first[match[0]]:
                    end = find(text, start)
                    if end >= 0:
                        yield start, end, rule
        for word, rules in self._words.items():
            at = text.find(word)
            while at >= 0:
                for rule in rules:
                    yield at, at + len(word), rule
                at = text.find(word, at + len(word))
        for pattern, group in self._compiled:
            for match in pattern.finditer(text):
                for rule in group:
                    yield match.start(), match.end(), rule


def _word(word: str) -> Found:
    if len(word) == 1:
        return lambda _text, start: start + 1
    return lambda text, start: start + len(word) if text.startswith(word, start) else -1


def _pattern(pattern: re.Pattern[str]) -> Found:
    def find(text: str, start: int) -> int:
        match = pattern.match(text, start)
        return match.end() if match else -1

    return find

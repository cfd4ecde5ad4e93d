"""Where to look at all: the few places of a text at which something personal can stand."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np

from gridtie.cleaning import sweep as kernel
from gridtie.cleaning.normal import ODD_CHARACTERS
from gridtie.cleaning.rule import Rule
from gridtie.cleaning.sweep import ASCII, PAIRS, PLANE, THREE, TWO, Codes, Places

# Between digits as people part them. Brackets are parts of telephone numbers; a comma or a colon always ends a group.
JOINTS = " -.()·/_\u00a0\u3000（）" + "".join(map(chr, range(0x2010, 0x2016)))
_TWO_CLASSES = re.compile(r"\[([^\]\\]+)\]\[([^\]\\]+)\]")
_RANGE = re.compile("(.)-(.)")
_STEP = re.compile(
    r"(?:\\(?P<escaped>[^\w])|\[(?P<members>[^\]\\^]+)\]|(?P<letter>[^\\\[\](){}?*+|.^$]))(?:\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]+))?\})?"
)
_MOST_STEPS = 62  # classes of all patterns together, as bits of a mask
Step = tuple[frozenset[str], int, int]
Anchored = tuple[int, int, Rule]


class Anchors:
    """The anchors of all rules, found together. What is no word, nor one class and another, nor a row of classes, is
    searched by itself."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._flags = np.zeros(PLANE, np.uint8)
        self._pairs, self._more = np.zeros(PAIRS, np.uint8), np.zeros(PAIRS, np.uint8)
        self._hot = np.zeros(ASCII * ASCII, np.uint8)
        self._exact, self._latin = np.zeros(PAIRS, np.uint32), np.zeros(ASCII * ASCII, np.uint8)
        self._alone: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._starting: dict[str, list[tuple[str, Rule]]] = defaultdict(list)  # by the first two characters
        patterns: dict[str, list[Rule]] = defaultdict(list)
        for letters, flag in (("0123456789", kernel.DIGIT), (JOINTS, kernel.JOINT), (ODD_CHARACTERS, kernel.ODD)):
            for letter in letters:
                self._flags[ord(letter)] |= flag
        for rule in rules:
            for anchor in rule.anchors:
                for word in _words_of(anchor):
                    self._file(word, rule)
                if not _words_of(anchor):
                    patterns[anchor.removeprefix("re:")].append(rule)
        self._file_patterns(patterns)
        single = np.repeat(self._flags[:ASCII] & (kernel.DIGIT | kernel.ODD | kernel.ALONE), ASCII)
        self._hot |= single | self._latin

    def _file(self, word: str, rule: Rule) -> None:
        if len(word) == 1:
            self._flags[ord(word)] |= kernel.ALONE
            self._alone[word].append((word, rule))
        else:
            self._flags[ord(word[0])] |= kernel.FIRST
            codes = np.array([ord(letter) for letter in word], np.uint32)
            place = kernel.pair(codes[0], codes[1])
            self._flags[ord(word[1])] |= kernel.SECOND
            if len(word) == 2:
                own = codes[0] << np.uint32(16) ^ codes[1]
                self._exact[place] = 0 if self._pairs[place] & TWO and self._exact[place] != own else own
                self._pairs[place] |= TWO
            elif len(word) == 3:
                self._pairs[place] |= THREE
                self._more[kernel.three(codes, 0)] |= THREE
            else:
                self._pairs[place] |= kernel.FOUR
                self._more[kernel.four(codes, 0)] |= kernel.FOUR
            if word[:2].isascii():
                self._latin[codes[0] << 7 | codes[1]] |= (TWO, THREE, kernel.FOUR)[min(len(word), 4) - 2]
            self._starting[word[:2]].append((word, rule))

    def _file_patterns(self, patterns: dict[str, list[Rule]]) -> None:
        self._members = np.zeros(ASCII, np.int64)
        self._stepped: list[tuple[Rule, ...]] = []
        self._searched: list[tuple[re.Pattern[str], tuple[Rule, ...]]] = []
        steps: list[tuple[int, int]] = []
        firsts = [0]
        for pattern, group in patterns.items():
            row = _steps_of(pattern)
            if not row or len(steps) + len(row) > _MOST_STEPS:
                self._searched.append((re.compile(pattern), tuple(group)))
                continue
            (letters, _, most), after = row[0], row[1] if len(row) > 1 else (frozenset[str](), 0, 0)
            seconds = [ord(letter) for letter in after[0]] if most == 1 and after[1] else list(range(ASCII))
            for letter in letters:
                self._flags[ord(letter)] |= kernel.STEP
                self._hot[[ord(letter) << 7 | second for second in seconds]] = 1
            for letters, least, most in row:
                for letter in letters:
                    self._members[ord(letter)] |= 1 << len(steps)
                steps.append((least, most))
            firsts.append(len(steps))
            self._stepped.append(tuple(group))
        self._steps, self._firsts = np.array(steps or [(0, 0)], np.int32), np.array(firsts, np.int32)

    def look(self, text: str) -> tuple[Codes, Places, Iterator[Anchored]] | None:
        """The text's code points, starts and ends of its groups of five digits or more, and every anchor of every
        rule; None for a text to be normalised first."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        places, clusters = np.empty(codes.size + 1, np.int32), np.empty(codes.size + 1, np.int32)
        stepped = np.empty(64, np.int32)
        found, grouped, matched, odd = self._sweep(codes, places, clusters, stepped)
        if odd:
            return None
        if matched > stepped.size:
            stepped = np.empty(matched, np.int32)
            self._sweep(codes, places, clusters, stepped)
        return codes, clusters[:grouped], self._anchored(text, places[:found].tolist(), stepped[:matched].tolist())

    def _sweep(self, codes: Codes, places: Places, clusters: Places, stepped: Places) -> tuple[int, int, int, bool]:
        return kernel.sweep(
            codes, self._hot, self._flags, self._latin, self._pairs, self._more, self._exact, self._members,
            self._steps, self._firsts, places, clusters, stepped,
        )  # fmt: skip

    def _anchored(self, text: str, places: list[int], stepped: list[int]) -> Iterator[Anchored]:
        return (
            (start, end, rule)
            for start, end, rule in self._begun(text, places, stepped)
            if rule.then is None or rule.then.match(text, end)
        )

    def _begun(self, text: str, places: list[int], stepped: list[int]) -> Iterator[Anchored]:
        for at in places:
            for word, rule in self._alone.get(text[at], ()):
                yield at, at + len(word), rule
            for word, rule in self._starting.get(text[at : at + 2], ()):
                if text.startswith(word, at):
                    yield at, at + len(word), rule
        for number, start, end in zip(stepped[::3], stepped[1::3], stepped[2::3], strict=True):
            for rule in self._stepped[number]:
                yield start, end, rule
        for pattern, group in self._searched:
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

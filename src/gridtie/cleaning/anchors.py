"""Where to look at all: the few places of texts at which something personal can stand."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import sweep
from gridtie.cleaning.block import Block
from gridtie.cleaning.expected import follows
from gridtie.cleaning.normal import ODD_CHARACTERS
from gridtie.cleaning.numerals import VALUES
from gridtie.cleaning.rule import Rule
from gridtie.cleaning.sweep import ASCII, PAIRS, PLANE, Places

# Between digits as people part them. Brackets are parts of telephone numbers; a comma or a colon always ends a group.
JOINTS = " -.()·/_\u00a0\u3000（）" + "".join(map(chr, range(0x2010, 0x2016)))
_TWO_CLASSES = re.compile(r"\[([^\]\\]+)\]\[([^\]\\]+)\]")
_RANGE = re.compile("(.)-(.)")
_STEP = re.compile(
    r"(?:\\(?P<escaped>[^\w])|\[(?P<members>[^\]\\^]+)\]|(?P<letter>[^\\\[\](){}?*+|.^$]))(?:\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]+))?\})?"
)
_MOST_STEPS = 62  # classes of all patterns together, as bits of a mask
Step = tuple[frozenset[str], int, int]
Anchored = tuple[int, int, int, Rule]  # in which text, where it begins and ends there
Gate = Callable[[str, int], object]
Kernel = Callable[..., tuple[int, int, int, int, int]]


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
        self._flags = np.zeros(PLANE, np.uint8)
        self._pairs, self._hot = np.zeros(PAIRS, np.uint8), np.zeros(ASCII * ASCII, np.uint8)
        self._alone: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._starting: dict[str, list[tuple[str, Rule]]] = defaultdict(list)  # by the first two characters
        self._rules = rules
        patterns: dict[str, list[Rule]] = defaultdict(list)
        for letters, flag in (("0123456789", sweep.DIGIT), (JOINTS, sweep.JOINT), (ODD_CHARACTERS, sweep.ODD),
                              ("".join(VALUES), sweep.NUMERAL)):  # fmt: skip
            for letter in letters:
                self._flags[ord(letter)] |= flag
        gates: dict[str, dict[str, None]] = defaultdict(dict)  # by the first character, what else must stand there
        for rule in rules:
            for anchor in rule.anchors:
                for first, rest in _parts_of(anchor):
                    gates[first][rest + _then(rule)] = None
                for word in _words_of(anchor):
                    self._file(word, rule)
                if not _words_of(anchor):
                    patterns[anchor.removeprefix("re:")].append(rule)
        self._gates: dict[str, Gate] = {
            first: re.compile(f"{re.escape(first)}(?:{'|'.join(rests)})").match for first, rests in gates.items()
        }
        self._file_patterns(patterns)
        self._file_words()
        self._hot |= np.repeat(self._flags[:ASCII] & (sweep.DIGIT | sweep.ODD | sweep.ALONE), ASCII)

    def _file(self, word: str, rule: Rule) -> None:
        if len(word) == 1:
            self._flags[ord(word)] |= sweep.ALONE
            self._alone[word].append((word, rule))
        else:
            self._flags[ord(word[0])] |= sweep.FIRST
            self._flags[ord(word[1])] |= sweep.SECOND
            self._starting[word[:2]].append((word, rule))

    def _file_words(self) -> None:
        """All words of two characters and more, in chains by the hash of the first two."""
        anyhow = np.ones(ASCII + 1, np.bool_)
        following = {rule.then: follows(rule.then) if rule.then else anyhow for rule in self._rules}
        behind: dict[str, npt.NDArray[np.bool_]] = {}
        for word, rule in (each for filed in self._starting.values() for each in filed):
            behind[word] = following[rule.then] | behind.get(word, False)
        kinds = {row.tobytes(): number for number, row in enumerate(behind.values())}
        self._net = self._flags.astype(np.uint64)
        self._behind = np.zeros((len(behind) + 1, ASCII + 1), np.uint8)
        self._letters = np.array([ord(letter) for word in behind for letter in word], np.uint32)
        self._words, self._heads = np.zeros((len(behind) + 1, 4), np.int32), np.zeros(PAIRS, np.int32)
        begin = 0
        for number, (word, row) in enumerate(behind.items(), start=1):
            hashed = sweep.pair(ord(word[0]), ord(word[1]))
            kind = kinds[row.tobytes()]
            self._words[number] = self._heads[hashed], begin, len(word), kind
            self._heads[hashed], self._pairs[hashed], self._behind[kind] = number, 1, row
            begin += len(word)
            sweep.knot(self._net, word)
            if word[:2].isascii():
                self._hot[ord(word[0]) << 7 | ord(word[1])] = 1

    def _file_patterns(self, patterns: dict[str, list[Rule]]) -> None:
        self._members = np.zeros(ASCII + 1, np.int64)
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
                self._flags[ord(letter)] |= sweep.STEP
                self._hot[[ord(letter) << 7 | second for second in seconds]] = 1
            for letters, least, most in row:
                for letter in letters:
                    self._members[ord(letter)] |= 1 << len(steps)
                steps.append((least, most))
            firsts.append(len(steps))
            self._stepped.append(tuple(group))
        self._steps, self._firsts = np.array(steps or [(0, 0)], np.int32), np.array(firsts, np.int32)

    def look(self, block: Block) -> Seen:
        size = block.codes.size
        places, clusters, said = (np.empty(size + 1, np.int32) for _ in range(3))
        odd, stepped = np.empty(len(block.texts), np.int32), np.empty(3 * (size // 96 + 32), np.int32)
        found, grouped, read, matched, strange = self._sweep(block, places, clusters, said, stepped, odd)
        if matched > stepped.size:
            stepped = np.empty(matched, np.int32)
            self._sweep(block, places, clusters, said, stepped, odd)
        return Seen(
            frozenset(odd[:strange].tolist()), clusters[:grouped], said[:read],
            self._anchored(block, places[:found], stepped[:matched].reshape(-1, 3)),
        )  # fmt: skip

    def _sweep(
        self, block: Block, places: Places, clusters: Places, said: Places, stepped: Places, odd: Places
    ) -> tuple[int, int, int, int, int]:
        return self._kernel(
            block.codes, self._hot, self._net, self._flags, self._pairs, self._heads, self._words, self._letters,
            self._behind, self._members, self._steps, self._firsts, places, clusters, said, stepped, block.starts, odd,
        )  # fmt: skip

    def _anchored(self, block: Block, places: Places, stepped: Places) -> Iterator[Anchored]:
        return (
            (number, start, end, rule)
            for number, start, end, rule in self._begun(block, places, stepped)
            if rule.then is None or rule.then.match(block.texts[number], end)
        )

    def _begun(self, block: Block, places: Places, stepped: Places) -> Iterator[Anchored]:
        numbers = block.numbers(places)
        for number, at in zip(numbers.tolist(), (places - block.starts[numbers]).tolist(), strict=True):
            text = block.texts[number]
            gate = self._gates.get(text[at])
            if gate and gate(text, at):
                for word, rule in self._alone.get(text[at], ()):
                    yield number, at, at + len(word), rule
                for word, rule in self._starting.get(text[at : at + 2], ()):
                    if text.startswith(word, at):
                        yield number, at, at + len(word), rule
        numbers = block.numbers(stepped[:, 1])
        own = stepped[:, 1:] - block.starts[numbers, None]
        for number, pattern, (start, end) in zip(numbers.tolist(), stepped[:, 0].tolist(), own.tolist(), strict=True):
            for rule in self._stepped[pattern]:
                yield number, start, end, rule
        for searched, group in self._searched:
            for number, text in enumerate(block.texts):
                for match in searched.finditer(text):
                    for rule in group:
                        yield number, match.start(), match.end(), rule


def _parts_of(anchor: str) -> Iterator[tuple[str, str]]:
    """The first characters of an anchor that is a word or pairs of two classes, with what must follow each."""
    classes = _classes_of(anchor)
    if classes:
        for first in _spelled(classes[1]):
            yield first, f"[{classes[2]}]"
    elif not anchor.startswith("re:"):
        yield anchor[0], re.escape(anchor[1:])


def _then(rule: Rule) -> str:
    """What must stand behind an anchor, as part of a larger expression."""
    if rule.then is None or rule.then.groups:
        return ""
    small = rule.then.flags & re.IGNORECASE
    return f"(?i:{rule.then.pattern.removeprefix('(?i)')})" if small else f"(?:{rule.then.pattern})"


def _classes_of(anchor: str) -> re.Match[str] | None:
    return _TWO_CLASSES.fullmatch(anchor.removeprefix("re:")) if anchor.startswith("re:") else None


def _words_of(anchor: str) -> list[str]:
    """A word itself; all pairs of `re:[abc][A-C]`; nothing for other patterns."""
    if not anchor.startswith("re:"):
        return [anchor]
    match = _classes_of(anchor)
    return [one + other for one, other in product(_spelled(match[1]), _spelled(match[2]))] if match else []


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

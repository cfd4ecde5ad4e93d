"""Detecting: a text in, spans out. What becomes of them is decided elsewhere, and applied elsewhere again.

A scan says the same of a text whatever was scanned before or beside it: many texts are swept together, and every rule
is asked about its own text alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gridtie.cleaning.alike import again, heads, in_columns, listed, unlike
from gridtie.cleaning.anchors import Anchors
from gridtie.cleaning.beside import beside, by_kind, in_line
from gridtie.cleaning.block import MOST, Block, Codes, blocks
from gridtie.cleaning.checks import CHECKS
from gridtie.cleaning.columns import below
from gridtie.cleaning.compiled import COMPILED
from gridtie.cleaning.normal import normalised, says_characters
from gridtie.cleaning.numerals import Reader, Said, runs, words
from gridtie.cleaning.passes import ran, sifted, swept
from gridtie.cleaning.rule import COUNTS_FROM, LEFT, RIGHT, Rule, RuleSet
from gridtie.cleaning.sieve import NUMBER, Sieve, sift
from gridtie.cleaning.spans import Span, resolved
from gridtie.cleaning.sweep import sweep
from gridtie.cleaning.tagger import Tagger

LEVELS = 3  # of entities that say the characters of entities
_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_RUN = re.compile("[0-9]+")
_ODD_JOINT = re.compile("[^ -]|[ -]{2,}")
# A number, and a word about what comes next; right behind it in Chinese, which parts no words, but for a unit.
_ANSWERED = re.compile(r"[0-9][0-9.,]{2,}(?:(?:[^\w.\-]|_){1,3}(?=[^\W\d_])|(?=[一-鿿])(?![年月日元号]))")
_IN_FOURS = re.compile("(?:[0-9]{4}[ -])+[0-9]{1,4}")
_WEB = re.compile(r"(?:://|www\.)[^\s\"'<>()一-鿿]*$")
_WEB_MARKS = frozenset("/=_-&?.")
_CELL, _CELLS = 64, 20_000  # code points of a text that may come again, as cells of a table do; how many are known
Runs = Sequence[tuple[int, int]]


class Scanner:
    """Rules, and a tagger of names where one is given, made ready. Building one costs some milliseconds; it may be used
    by any number of processes."""

    def __init__(self, rules: RuleSet, tagger: Tagger | None = None, *, compiled: bool = COMPILED) -> None:
        """`compiled`: by kernels, else by passes of NumPy."""
        self.rules = rules
        self._tagger = tagger
        self._sieve = Sieve(rules.rules, sift if compiled else sifted)
        self._reader = Reader(rules.rules, runs if compiled else ran)
        anchored = [rule for rule in rules.rules if rule.anchors and rule.source not in ("beside", "line")]
        self._anchors = Anchors(anchored, sweep if compiled else swept)
        self._beside, self._in_line = by_kind(rules.rules), by_kind(rules.rules, "line")
        self._in_full = by_kind(rules.rules, "line", full=True)
        self._headed = {rule.id: rule for rule in rules.rules if rule.headed}
        self._known: dict[str, tuple[Span, ...]] = {}
        self._rooms: list[Codes] = []  # for code points: a processor takes longer to get one than to fill it

    def scan(self, text: str) -> list[Span]:
        """Everything personal in the text, in order of place, without overlaps."""
        return self.scan_all([text])[0]

    def scan_all(self, texts: Sequence[str]) -> list[list[Span]]:
        """The same of each of these texts, for less than by one at a time: most of all for short ones."""
        fresh = list(dict.fromkeys(text for text in texts if len(text) <= _CELL and text not in self._known))
        longer = [text for text in texts if len(text) > _CELL]
        found = iter(self._spans([*fresh, *longer], self._tagger))
        cells = {text: tuple(next(found)) for text in fresh}
        made = [
            next(found) if len(text) > _CELL else list(cells.get(text) or self._known.get(text, ())) for text in texts
        ]
        if len(self._known) + len(cells) > _CELLS:
            self._known.clear()
        self._known.update(cells)
        return made

    def by_rules(self, text: str) -> list[Span]:
        """What is found without the tagger."""
        return self._spans([text], None)[0]

    def _spans(self, texts: Sequence[str], tagger: Tagger | None) -> list[list[Span]]:
        return [spans for some in blocks(texts) for spans in self._spans_of(some, tagger)]

    def _spans_of(self, texts: Sequence[str], tagger: Tagger | None, levels: int = LEVELS) -> list[list[Span]]:
        """Of one block. Texts to be normalised first are another one, in which little odd is left: an entity may say
        characters of another, and what says so more than `levels` deep is taken as it is written."""
        room = self._rooms.pop() if self._rooms else np.empty(MOST, np.uint32)
        made, odd = self._spans_in(Block.of(texts, room), tagger, normalise=levels > 0)
        self._rooms.append(room)
        if odd:
            numbers = sorted(odd)
            narrow = [normalised(texts[number]) for number in numbers]
            found_there = self._spans_of([text for text, *_ in narrow], tagger, levels - 1)
            for number, (_, starts, ends), spans in zip(numbers, narrow, found_there, strict=True):
                made[number] = spans if starts is None or ends is None else [
                    Span(starts[s.start], ends[s.end - 1], s.kind, s.score, s.rule) for s in spans
                ]  # fmt: skip
        return made

    def _spans_in(
        self, block: Block, tagger: Tagger | None, *, normalise: bool
    ) -> tuple[list[list[Span]], frozenset[int]]:
        """Of each text, nothing for those that are to be normalised first; and which these are."""
        odd, found = self._found(block, normalise=normalise)
        made = [
            resolved(_whole(text, found[number])) if number in found else [] for number, text in enumerate(block.texts)
        ]
        if tagger is not None:
            for number, names in tagger.spans_of(block, made, odd).items():
                made[number] = resolved([*made[number], *names])
        for number, spans in enumerate(made):
            if spans:
                made[number] = self._beside_and_alike(block.texts[number], spans)
        return made, odd

    def _beside_and_alike(self, text: str, spans: list[Span]) -> list[Span]:
        spans = self._under_their_heads(text, spans)
        seen: list[Span] = []
        for look in (again, in_columns, self._neighbours, in_columns, listed):
            if look is in_columns:
                if spans is seen:  # nothing has come since it found nothing
                    continue
                seen = spans
            if more := list(look(text, spans)):
                spans = resolved([*spans, *more])
        return spans

    def _under_their_heads(self, text: str, spans: list[Span]) -> list[Span]:
        """Without what the head of its column says to be something else."""
        weak = [span for span in spans if span.rule in self._headed] if "\n" in text else []
        wrong = {weak[number] for number, said in heads(text, weak) if _another(said, self._headed[weak[number].rule])}
        wrong.update(weak[number] for number in unlike(text, weak))
        return [span for span in spans if span not in wrong] if wrong else spans

    def _neighbours(self, text: str, spans: Sequence[Span]) -> list[Span]:
        places = [*beside(text, spans, self._beside), *in_line(text, spans, self._in_line, self._in_full)]
        judged = [_judged(text, start, end, text[start:end], rule) for start, end, rule in places]
        return self._under_their_heads(text, [span for span in judged if span])

    def _found(self, block: Block, *, normalise: bool) -> tuple[frozenset[int], dict[int, list[Span]]]:
        """Which texts are to be normalised first; and by number, what any rule finds in the others."""
        seen = self._anchors.look(block)
        coded = (number for number, text in enumerate(block.texts) if says_characters(text))
        odd = seen.odd.union(coded) if normalise else frozenset[int]()
        found: dict[int, list[Span]] = defaultdict(list)
        for number, kind, start, end, rules in self._sieve.sift(block, seen.clusters) if seen.clusters.size else ():
            if number not in odd:
                ask = _numbers if kind == NUMBER else _token
                found[number].extend(ask(block.texts[number], start, end, rules))
        for number, start, end, rule in seen.anchored:
            if number not in odd:
                if rule.source == "column":
                    found[number].extend(below(block.texts[number], start, end, rule))
                elif rule.source == "spelled":
                    for said in words(block.texts[number], start, end):
                        found[number].extend(_said(block.texts[number], said, (rule,)))
                elif span := _around(block.texts[number], start, end, rule):
                    found[number].append(span)
        for number, said, rules in self._reader.read(block, seen.said) if seen.said.size else ():
            if number not in odd:
                found[number].extend(_said(block.texts[number], said, rules))
        return odd, found


def _token(text: str, start: int, end: int, rules: Iterable[Rule]) -> Iterator[Span]:
    for rule in rules:
        match = rule.shape.match(text, start)
        if match and match.end() >= end and not (match.end() < len(text) and text[match.end()] in _ALNUM):
            span = _judged(text, start, match.end(), match[0], rule)
            if span:
                yield span


def _numbers(text: str, start: int, end: int, rules: Iterable[Rule]) -> Iterator[Span]:
    runs = [match.span() for match in _RUN.finditer(text, start, end)]
    bare = "".join([text[a:b] for a, b in runs])
    for rule in rules:
        if rule.shape.fullmatch(bare) and _written_so(text, runs, rule) and _free(text, start, end, rule):
            span = _judged(text, _with_bracket(text, start, end), end, bare, rule)
            if span:
                yield span


def _whole(text: str, found: list[Span]) -> list[Span]:
    """Without parts of longer accounts: of a number that is written in fours, a part may pass a check by chance, and
    score more than the whole that a word announces."""
    whole = [
        span for span in found if span.kind in ("BANK", "CARD") and _IN_FOURS.fullmatch(text, span.start, span.end)
    ]
    if len(whole) < 2:
        return found
    parts = {
        part
        for part in whole
        for span in whole
        if span.start <= part.start and part.end <= span.end and part.end - part.start < span.end - span.start
    }
    return [span for span in found if span not in parts]


def _written_so(text: str, runs: Runs, rule: Rule) -> bool:
    if len(runs) == 1:
        return rule.unparted
    lengths = [b - a for a, b in runs]
    joints = [text[runs[i][1] : runs[i + 1][0]] for i in range(len(runs) - 1)]
    if rule.written:  # of two strokes none is behind an area code: `810/990/9000` are three things
        return "-".join(map(str, lengths)) in rule.written and joints.count("/") < 2
    return min(lengths) >= 2 and len(set(joints)) == 1 and not _ODD_JOINT.search(joints[0])


def _free(text: str, start: int, end: int, rule: Rule) -> bool:
    """No letter, digit or decimal point touches the number, but a word that says what it is may: `tel13800138000`."""
    if start:
        before = text[start - 1]
        if before in _WEB_MARKS and _in_web(text, start):
            return rule.context is not None and _nearest(rule.context, left := _before(text, start)) >= len(left) - 1
        if before in _DIGITS or (before == "." and start > 1 and text[start - 2] in _DIGITS):
            return False
        if before in _ALNUM and not (
            rule.context and _nearest(rule.context, left := _before(text, start)) == len(left)
        ):
            return False
    if end < len(text):
        after = text[end]
        if after in _ALNUM:
            return False
        return not (after == "." and end + 1 < len(text) and text[end + 1] in _DIGITS) and after not in "%％"
    return True


def _in_web(text: str, start: int) -> bool:
    """Whether a web address goes on to here."""
    low = max(0, start - 200)
    known = text.find("://", low, start) >= 0 or text.find("www.", low, start) >= 0  # nearly never
    return known and _WEB.search(text, low, start) is not None


def _with_bracket(text: str, start: int, end: int) -> int:
    """A number's own opening bracket and plus belong to it: `(021) 8371`, `+86 138`."""
    if start and text[start - 1] in "(（" and any(mark in text[start:end] for mark in ")）"):
        start -= 1
    return start - 1 if start and text[start - 1] == "+" else start


def _around(text: str, start: int, end: int, rule: Rule) -> Span | None:
    """The shape around `text[start:end]`, covering its first character."""
    low, high = max(0, start - rule.before), end + rule.after
    look, it, within = rule.looking
    match = look(text, low, high)
    while match and match.end() <= start:
        low = match.end() + (match.end() == match.start(it))
        match = look(text, low, high)
    if match is None or match.start(it) > start:
        return None
    begin, end = match.span(within)
    return _judged(text, begin, end, text[begin:end], rule)


def _said(text: str, said: Said, rules: Iterable[Rule]) -> Iterator[Span]:
    for rule in rules:
        if rule.way in ("", said.way) and rule.shape.fullmatch(said.digits):
            span = _judged(text, said.start, said.end, said.digits, rule)
            if span:
                yield span


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _judged(text: str, start: int, end: int, bare: str, rule: Rule) -> Span | None:
    score = rule.score
    if rule.check and not CHECKS[rule.check](bare):
        if not rule.unchecked:
            return None
        score = rule.unchecked
    left = _before(text, start) if rule.context or (rule.refuse and not rule.sure) else ""
    near = _nearest(rule.context, left) if rule.context else -1
    if (near >= 0 and near >= len(left) - rule.gap) or (rule.right and rule.right.search(_behind(text, end))):
        score += rule.adds
    if score < COUNTS_FROM:
        return None
    if not rule.sure:
        # What a line above ends with names no number of this one, nor what has had its own number.
        refused = _nearest(rule.refuse, left) if rule.refuse else -1
        if refused > max(near, left.rfind("\n")) and refused > _nearest(_ANSWERED, left):
            return None
        if rule.refuse_right and rule.refuse_right.match(_behind(text, end).lstrip()):
            return None
    if rule.tail and (behind := rule.tail.match(text, end)):
        end = behind.end()
    return Span(start, end, rule.kind, min(score, 100), rule.id)


def _another(heads: Sequence[str], rule: Rule) -> bool:
    """Whether heads name another thing than the rule's."""
    named = rule.context is not None and any(map(rule.context.search, heads))
    return not named and rule.refuse is not None and any(map(rule.refuse.search, heads))


def _before(text: str, start: int) -> str:
    """What stands before, in lower case: the line itself, and the end of the line above."""
    window = text[max(0, start - LEFT) : start].lower()
    line = window.rfind("\n", 0, max(0, window.rfind("\n")))
    return window[line + 1 :]


def _behind(text: str, end: int) -> str:
    window = text[end : end + RIGHT].lower()
    line = window.find("\n")
    return window if line < 0 else window[:line]


def _nearest(words: re.Pattern[str], window: str) -> int:
    """Where the last of these words ends in the window, also one that begins within another: `my social security`; -1
    where there is none."""
    end, at = -1, 0
    while match := words.search(window, at):
        end, at = max(end, match.end()), match.start() + 1
    return end

"""Numbers however they are written: digits of any script, numerals, words, parted by anything.

Where digits and numerals are was seen when anchors were looked for; of their runs only those are read that some rule
could find. What a run says is given as plain digits, whole and by its evenly parted pieces, for rules to judge.
"""

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.block import APART, Block
from gridtie.cleaning.compiled import njit
from gridtie.cleaning.expected import widths
from gridtie.cleaning.rule import LEFT, RIGHT, Rule
from gridtie.cleaning.sieve import Words, nearby
from gridtie.cleaning.sweep import PLANE, Codes, Flags, Masks, Places

HAN = ("零〇○", "一壹幺弌", "二贰貳两弍", "三叁參弎", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖勾")
ENGLISH = ("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TIMES = {"double": 2, "triple": 3}
LEAST, LEAST_PLAIN, MOST = 5, 6, 60  # digits of a run: one of numerals, one of digits alone, and any
MOST_MARKS = 4
MOST_RULES = 62  # that have a bit of their own; the last one stands for all others
CALLED = 1 << MOST_RULES  # the bit of a word of any rule
SURE = 17  # plain digits that a check character can tell by itself
JOINT, ASIDE = 3, 14  # characters between two digits, and those with something in brackets, a tag or an entity
BETWEEN = "杠横空格"  # said aloud between digits: 138空格0013
LARGE = "十百千万亿拾佰仟点"  # behind a numeral they make it a quantity
NOTHING, PLAIN, NUMERAL, OPENING, OTHER = 0, 1, 2, 3, 4
DIGITS, NUMERALS, WORDS = "digits", "numerals", "words"  # ways of writing
_NO_START = frozenset(LARGE + string.ascii_letters + string.digits)
Kinds = npt.NDArray[np.uint8]


def _values() -> dict[str, str]:
    made = {"洞": "0"}
    for code in range(0x80, PLANE):
        digit = unicodedata.digit(chr(code), None)
        if digit is not None:
            made[chr(code)] = str(digit)
    return made | {letter: str(digit) for digit, letters in enumerate(HAN) for letter in letters}


VALUES = _values()
SPOKEN = {word: str(digit) for digit, words in enumerate(ENGLISH) for word in words.split()}


def _kinds() -> Kinds:
    made = np.zeros(PLANE, np.uint8)
    for code in range(PLANE):
        letter = chr(code)
        made[code] = NUMERAL if letter in VALUES else OTHER if letter.isalnum() else NOTHING
    made[0x30:0x3A] = PLAIN
    for letter in BETWEEN:
        made[ord(letter)] = NOTHING
    for letter in "(（[【<&":
        made[ord(letter)] = OPENING
    return made


KINDS = _kinds()
_ASIDES = r"(?:&[#\w]{2,7};|<[^<>]{0,10}>|[（(\[【][^（()）\[\]【】0-9]{1,10}[）)\]】])"
_WORD = f"(?i:(?:{'|'.join(TIMES)})[ -])?(?i:{'|'.join(sorted(SPOKEN, key=len, reverse=True))})"
_DIGIT = f"[0-9{''.join(VALUES)}]"
_JOINTS = rf"(?:{_ASIDES}{{1,2}}|[^\w]{{1,{JOINT}}}|_{{1,2}}|[{BETWEEN}]{{1,2}})"
_BLANKS = re.compile("[ \u3000]+")
_ONE = re.compile(f"(?:{_DIGIT}|{_WORD})")
_PLAIN, _RUN = re.compile(r"[0-9\W_]*"), re.compile("[0-9]+")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")  # of a machine
_GOES_ON = re.compile(f"[{LARGE}0-9A-Za-z]|[,.:/-][0-9]")
_CHECK = re.compile(rf"{_JOINTS}?[Xx叉](?![0-9A-Za-z])")
_NUMBER = re.compile(f"{_DIGIT}(?:{_JOINTS}?{_DIGIT})+")
_SPELLED = re.compile(f"(?<![A-Za-z])(?:{_WORD}|{_DIGIT})(?:[ ,.…/_|\n-]{{0,4}}(?:{_WORD}|{_DIGIT})){{4,}}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Said:
    """`digits` is what `text[start:end]` says."""

    start: int
    end: int
    digits: str
    way: str


@njit(cache=True, nogil=True)
def runs(
    codes: Codes, at: Places, kinds: Kinds, fits: Masks, small: Codes, begins: Flags, words: Masks, always: int,
    out: Masks,
) -> int:  # fmt: skip
    """Where a run of digits begins and ends, whether it may be something whatever stands before it, and which rules
    could find something in it, into `out`; how many there are. Those without room are not written. One that may be
    something only behind a word is left out where there is none.

    `at`: the places of digits and numerals. `fits`: the rules for so many of them. The rest as `nearby` has it.
    """
    found, digits, groups, odd, mixed = 0, 0, 0, 0, False
    known, hits = np.zeros(4, np.int64), np.empty((1 << 9, 2), np.int64)
    for number in range(at.size + 1):
        place = at[number] if number < at.size else codes.size + ASIDE + 1
        if digits and _parted(codes, at[number - 1], place, kinds):
            start, end = at[number - digits], at[number - 1] + 1
            if MOST >= digits >= (LEAST if odd > 1 else LEAST_PLAIN) and (odd > 1 or groups > 1):
                mask, sure, near = fits[MOST if mixed else digits], odd > 1 or digits >= SURE, 0
                if mask & ~always or not sure:
                    low, high = max(0, start - LEFT), min(codes.size, end + RIGHT + JOINT + 1)
                    if 2 * (high - low) > len(hits):
                        known[:], hits = 0, np.empty((2 * (high - low), 2), np.int64)
                    near = nearby(codes, low, high, small, begins, words, known, hits)
                    mask &= always | near
                if mask and (sure or (always | near) & CALLED):
                    if found < out.shape[0]:
                        out[found, 0], out[found, 1], out[found, 2], out[found, 3] = start, end, sure, mask
                    found += 1
            digits, groups, odd, mixed = 0, 0, 0, False
        if number == at.size:
            break
        if digits == 0 and (number + LEAST > at.size or at[number + LEAST - 1] - place > (LEAST - 1) * ASIDE):
            continue  # too few come before one that is too far away
        parted = digits > 0 and place > at[number - 1] + 1
        for between in range(at[number - 1] + 1, place if parted else 0):
            mixed = mixed or _kind(codes, between, kinds) == OTHER
        groups += digits == 0 or parted
        odd += _kind(codes, place, kinds) == NUMERAL
        digits += 1
    return found


@njit(cache=True, nogil=True)
def _kind(codes: Codes, at: int, kinds: Kinds) -> int:
    if codes[at] < PLANE:
        return int(kinds[codes[at]])
    return APART if codes[at] == APART else NOTHING


@njit(cache=True, nogil=True)
def _parted(codes: Codes, last: int, place: int, kinds: Kinds) -> bool:
    """Whether what stands between two digits ends a run."""
    aside = False
    if place - last > ASIDE:
        return True
    for between in range(last + 1, place):
        kind = _kind(codes, between, kinds)
        if kind == OPENING:
            aside = aside or between - last <= 2
        elif kind == APART or (kind == OTHER and not aside):
            return True
    return place - last > (ASIDE if aside else JOINT + 1)


class Reader:
    """Of the rules that look at numbers however they are written."""

    def __init__(self, rules: Sequence[Rule], kernel: Callable[..., int] | None = None) -> None:
        """`kernel`: `runs`, or what does the same."""
        self._kernel = kernel or runs
        self._rules = [rule for rule in rules if rule.source == "spelled"]
        self._widths = [widths(rule.shape_text) for rule in self._rules]
        called = sorted({word for rule in self._rules for word in rule.words})
        self._called = re.compile("|".join(map(re.escape, called)) or "(?!)")
        self._words, self._fits = Words(), np.zeros(MOST + 1, np.int64)
        for number, rule in enumerate(self._rules):
            self._words.file(rule, 1 << min(number, MOST_RULES - 1))
            self._fits[max(0, self._widths[number][0] - 1) :] |= 1 << min(number, MOST_RULES - 1)  # an X may follow
        for word in called:
            if len(word) > 1 or word < chr(PLANE):
                self._words.note(word, CALLED)
            else:
                self._words.always |= CALLED
        self._known: dict[tuple[int, int, str], tuple[Rule, ...]] = {}

    def read(self, block: Block, at: Places) -> Iterator[tuple[int, Said, tuple[Rule, ...]]]:
        """By number of the text, what its runs of digits and numerals say, and the rules that could find that. Plain
        ones with fewer than `SURE` digits are left out where none of the words of any rule stands before or within.

        `at`: the places of digits and numerals.
        """
        out = np.empty((64 + at.size // 32, 4), np.int64)
        found = self._runs(block.codes, at, out)
        if found > len(out):
            out = np.empty((found, 4), np.int64)
            self._runs(block.codes, at, out)
        rows = out[:found]
        for number, row in zip(block.numbers(rows[:, 0]).tolist(), rows.tolist(), strict=True):
            text, begin = block.texts[number], int(block.starts[number])
            first, last, sure, mask = row[0] - begin, row[1] - begin, row[2], row[3]
            if sure or self._called.search(text[max(0, first - LEFT) : last].lower()):
                of = partial(self._of, mask)
                for run in _NUMBER.finditer(text, first, last):
                    for said in _read(text, *run.span(), of):
                        if rules := of(len(said.digits), said.way):
                            yield number, said, rules

    def _runs(self, codes: Codes, at: Places, out: Masks) -> int:
        words = self._words
        return self._kernel(codes, at, KINDS, self._fits, words.small, words.begins, words.masks, words.always, out)

    def _of(self, mask: int, length: int, way: str) -> tuple[Rule, ...]:
        key = mask, length, way
        if key not in self._known:
            self._known[key] = tuple(
                rule for number, (rule, (least, most)) in enumerate(zip(self._rules, self._widths, strict=True))
                if mask >> min(number, MOST_RULES - 1) & 1 and rule.way in ("", way) and least <= length <= most
            )  # fmt: skip
        return self._known[key]


def words(text: str, start: int, end: int) -> Iterator[Said]:
    """What the row of number words says that `text[start:end]` stands in."""
    for run in _SPELLED.finditer(text, max(0, start - 100), min(len(text), end + 140)):
        if run.end() > start:
            if run.start() <= start:
                yield from _read(text, *run.span())
            return


def _read(
    text: str, start: int, end: int, wanted: Callable[[int, str], object] = lambda *_: True
) -> Iterator[Said]:  # fmt: skip
    """The run as a whole, then every piece of it that is parted evenly, where there are more than one.

    `wanted`: whether anything asks for so many digits, written in this way; some may come nonetheless."""
    if start and text[start - 1] in _NO_START:
        return
    plain = text[start:end].isascii() and _PLAIN.fullmatch(text, start, end)
    if plain:
        ones = [(at, at + 1, text[at]) for run in _RUN.finditer(text, start, end) for at in range(*run.span())]
    else:
        ones = [(one.start(), one.end(), _digits(one.group())) for one in _ONE.finditer(text, start, end)]
    joints = [_BLANKS.sub(" ", text[a[1] : b[0]]) if a[1] < b[0] else "" for a, b in pairwise(ones)]
    for low, high in _pieces(joints):
        row = ones[low:high]
        if plain:
            if not (wanted(high - low, DIGITS) or wanted(high - low + 1, DIGITS)):  # an X may follow
                continue
            way = DIGITS
        else:
            spoken = sum(text[a].isascii() and text[a].isalpha() for a, _, _ in row)
            way = WORDS if spoken >= 3 else DIGITS if all(text[a:b].isascii() for a, b, _ in row) else NUMERALS
        yield from _whole(text, row, way)


def _pieces(joints: list[str]) -> Iterator[tuple[int, int]]:
    """From and to which of the digits: all of them, then what each kind of joint holds together."""
    yield 0, len(joints) + 1
    marks = dict.fromkeys(joints)
    for mark in list(marks)[:MOST_MARKS] if len(marks) > 1 else ():
        first = 0
        for at, joint in enumerate([*joints, "end"], start=1):
            if joint and joint != mark:
                if at - first >= LEAST:
                    yield first, at
                first = at


def _whole(text: str, row: list[tuple[int, int, str]], way: str) -> Iterator[Said]:
    start, end = row[0][0], row[-1][1]
    if way == DIGITS and _ADDRESS.fullmatch(text, start, end):
        return
    said = "".join(digits for _, _, digits in row)
    if len(said) == 17 and (check := _CHECK.match(text, end)):
        said, end = said + "X", check.end()
    if not _GOES_ON.match(text, end):
        yield Said(start, end, said, way)


def _digits(one: str) -> str:
    if one.isascii() and one.isdecimal():
        return one
    if one in VALUES:
        return VALUES[one]
    *times, word = re.split("[ -]", one.lower())
    return SPOKEN[word] * (TIMES[times[0]] if times else 1)

"""Numbers however they are written: digits of any script, numerals, words, parted by anything.

Where a run of them could be is found in one pass over the code points; only such runs are read. What a run says is
given as plain digits, whole and by its evenly parted pieces, for rules to judge.
"""

import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.block import APART, Block
from gridtie.cleaning.compiled import njit
from gridtie.cleaning.rule import LEFT
from gridtie.cleaning.sweep import PLANE, Codes, Places

HAN = ("零〇○", "一壹幺弌", "二贰貳两弍", "三叁參弎", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖勾")
ENGLISH = ("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TIMES = {"double": 2, "triple": 3}
LEAST, LEAST_PLAIN, MOST = 5, 6, 60  # digits of a run: one of numerals, one of digits alone, and any
MOST_MARKS = 4
SURE = 17  # plain digits that a check character can tell by itself
JOINT, ASIDE = 3, 14  # characters between two digits, and those with something in brackets, a tag or an entity
LARGE = "十百千万亿拾佰仟点"  # behind a numeral they make it a quantity
NOTHING, PLAIN, NUMERAL, OPENING, OTHER = 0, 1, 2, 3, 4
DIGITS, NUMERALS, WORDS = "digits", "numerals", "words"  # ways of writing
_ALNUM = string.ascii_letters + string.digits
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
    for letter in "(（[【<&":
        made[ord(letter)] = OPENING
    return made


KINDS = _kinds()
_ASIDES = r"(?:&[#\w]{2,7};|<[^<>]{0,10}>|[（(\[【][^（()）\[\]【】0-9]{1,10}[）)\]】])"
_WORD = f"(?i:(?:{'|'.join(TIMES)})[ -])?(?i:{'|'.join(sorted(SPOKEN, key=len, reverse=True))})"
_DIGIT = f"[0-9{''.join(VALUES)}]"
_JOINTS = rf"(?:{_ASIDES}{{1,2}}|[^\w]{{1,{JOINT}}}|_{{1,2}})"
_BLANKS = re.compile("[ \u3000]+")
_ONE = re.compile(f"(?:{_DIGIT}|{_WORD})")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")  # of a machine
_GOES_ON = re.compile(f"[{LARGE}0-9A-Za-z]|[,.:/-][0-9]")
_CHECK = re.compile(rf"{_JOINTS}?[Xx叉](?![0-9A-Za-z])")
_NUMBER = re.compile(f"{_DIGIT}(?:{_JOINTS}?{_DIGIT})+")
_SPELLED = re.compile(f"(?<![A-Za-z])(?:{_WORD}|{_DIGIT})(?:[ ,.-]{{0,3}}(?:{_WORD}|{_DIGIT})){{4,}}(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Said:
    """`digits` is what `text[start:end]` says."""

    start: int
    end: int
    digits: str
    way: str


@njit(cache=True, nogil=True)
def runs(codes: Codes, kinds: Kinds, out: Places) -> int:
    """Where a run of digits begins and ends, and whether it may be something whatever stands before it, into `out`; how
    many there are. Those without room are not written."""
    found, digits, groups, odd, start, last, aside = 0, 0, 0, 0, 0, 0, False
    for at in range(codes.size + 1):
        kind = APART
        if at < codes.size:
            kind = kinds[codes[at]] if codes[at] < PLANE else APART if codes[at] == APART else NOTHING
        if kind == NOTHING or (digits == 0 and kind >= OPENING):
            continue
        if kind == OPENING:
            aside = aside or at - last <= 2
            continue
        if digits and (at - last > (ASIDE if aside else JOINT + 1) or (kind == OTHER and not aside) or kind == APART):
            if MOST >= digits >= (LEAST if odd > 1 else LEAST_PLAIN) and (odd > 1 or groups > 1):
                if found < out.shape[0]:
                    out[found, 0], out[found, 1], out[found, 2] = start, last + 1, odd > 1 or digits >= SURE
                found += 1
            digits, groups, odd, aside = 0, 0, 0, False
        if kind >= OTHER:
            continue
        if digits == 0:
            start = at
        groups += digits == 0 or at > last + 1
        odd += kind == NUMERAL
        digits, last, aside = digits + 1, at, False
    return found


def numbers(block: Block, called: re.Pattern[str], *, compiled: bool) -> Iterator[tuple[int, Said]]:
    """By number of the text, what its runs of digits and numerals say. Plain ones with fewer than `SURE` digits are
    left out where none of the words `called` stands before or within them.

    `compiled`: by the kernel alone, else by a pass of NumPy first.
    """
    rows = _runs(block.codes) if compiled else _passed(block.codes)
    for number, (first, last, sure) in zip(block.numbers(rows[:, 0]).tolist(), rows.tolist(), strict=True):
        text, begin = block.texts[number], int(block.starts[number])
        if not sure:
            window = text[max(0, first - begin - LEFT) : last - begin].lower()
            if not called.search(window):
                continue
        for run in _NUMBER.finditer(text, first - begin, last - begin):
            for said in _read(text, *run.span()):
                yield number, said


def _runs(codes: Codes) -> Places:
    out = np.empty((64, 3), np.int32)
    found = runs(codes, KINDS, out)
    if found > len(out):
        out = np.empty((found, 3), np.int32)
        runs(codes, KINDS, out)
    return out[:found]


def _passed(codes: Codes) -> Places:
    """The kernel's answer, asked only about rows of digits near each other that are enough for a run."""
    kinds = KINDS.take(codes, mode="clip")
    at = np.flatnonzero((kinds == PLAIN) | (kinds == NUMERAL))
    rows = [np.empty((0, 3), np.int32)]
    firsts = np.flatnonzero(np.diff(at, prepend=-2 * ASIDE) > ASIDE)
    if firsts.size:
        lasts = np.append(firsts[1:], at.size)
        odd = np.add.reduceat((kinds[at] == NUMERAL).view(np.uint8), firsts, dtype=np.int64)
        parted = at[lasts - 1] - at[firsts] >= lasts - firsts
        some = np.flatnonzero((lasts - firsts >= LEAST) & ((odd > 1) | parted))
        for low, high in zip(at[firsts[some]].tolist(), (at[lasts[some] - 1] + 1).tolist(), strict=True):
            rows.append(_runs(codes[low:high]) + np.array([low, low, 0], np.int32))
    return np.concatenate(rows)


def words(text: str, start: int, end: int) -> Iterator[Said]:
    """What the row of number words says that `text[start:end]` stands in."""
    for run in _SPELLED.finditer(text, max(0, start - 100), min(len(text), end + 140)):
        if run.end() > start:
            if run.start() <= start:
                yield from _read(text, *run.span())
            return


def _read(text: str, start: int, end: int) -> Iterator[Said]:
    """The run as a whole, then every piece of it that is parted evenly, where there are more than one."""
    if start and text[start - 1] in LARGE + _ALNUM:
        return
    ones = [(one.start(), one.end(), _digits(one.group())) for one in _ONE.finditer(text, start, end)]
    joints = [_BLANKS.sub(" ", text[a[1] : b[0]]) for a, b in pairwise(ones)]
    for low, high in _pieces(joints):
        row = ones[low:high]
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

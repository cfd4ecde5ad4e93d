"""One way of writing for what can be written in many, with the way back to the original's code points.

Letters and digits that are full-width, mathematical or in circles, and small marks become ASCII, one for one; signs
that take no room, and strokes through a character, are left out; an entity of a character that values are made of
becomes it. Nothing else changes: what a rule says about the text it says about the original.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence

import numpy as np

from gridtie.cleaning.sweep import BEHIND_THEM, MATHEMATICAL

_TAKES_NO_ROOM = "\u00ad\u034f\u115f\u1160\u180e\u3164\ufeff\uffa0\u20e3" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
)
# What makes a text worth normalising. Full-width brackets, commas and colons are ordinary Chinese punctuation.
_WIDE_MARKS = "\uff20\uff0b\uff0d\uff0e" + "".join(
    chr(code) for first in (0xFF10, 0xFF21, 0xFF41) for code in range(first, first + (10 if first == 0xFF10 else 26))
)
_OTHER_DIGITS = "".join(map(chr, (*range(0x0660, 0x066A), *range(0x06F0, 0x06FA))))  # of Arabic and Persian
_THIN = "".join(map(chr, (*range(0x2002, 0x200B), 0x202F)))
# Letters; digits in circles are read as numerals, for they count things.
_CIRCLED = "".join(map(chr, range(0x24B6, 0x24EA)))
_SMALL = {"\ufe52": ".", "\ufe58": "-", "\ufe62": "+", "\ufe63": "-", "\ufe6b": "@", "\uff61": "。"}
_STRUCK = "".join(map(chr, range(0x0334, 0x0339)))  # strokes through a character
ODD_CHARACTERS = _WIDE_MARKS + _TAKES_NO_ROOM + _OTHER_DIGITS + _THIN + _CIRCLED + "".join(_SMALL) + _STRUCK
_EMPTY = re.compile(f"[{_STRUCK}{_TAKES_NO_ROOM}\ufe0f]+")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {ord(blank): 0x20 for blank in "\u00a0\u3000" + _THIN}
_WIDE |= {ord(digit): 0x30 + at % 10 for at, digit in enumerate(_OTHER_DIGITS)}
_WIDE |= {ord(small): ord(plain) for small, plain in _SMALL.items()}
_WIDE |= {
    code: ord(plain)
    for code in (*map(ord, _CIRCLED), *range(MATHEMATICAL, BEHIND_THEM))
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain.isascii()
}
_NARROW = np.arange(sys.maxunicode + 1, dtype=np.uint32)
_NARROW[list(_WIDE)] = list(_WIDE.values())

# Characters as pages and addresses of the web write them. Quotes and blanks stay: they are in every page, and part what
# stands beside them as well as any other character.
_SAID = re.compile("&(?:#(?:[xX]([0-9a-fA-F]{2})|([0-9]{2,3}))|(commat|period|plus));")
_PLUS = re.compile("%2[Bb](?=[0-9])")
_NAMED = {"commat": "@", "period": ".", "plus": "+"}
_OF_VALUES = frozenset("@.+-()0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def says_characters(text: str) -> bool:
    """Whether an entity or a percent sign stands for a character of a value."""
    if "%" in text and _PLUS.search(text):
        return True
    return "&" in text and any(_meant(one) for one in _SAID.finditer(text))


def _meant(said: re.Match[str]) -> str:
    """The character; '' where it stays as it is written."""
    sixteen, ten, name = said.groups()
    mark = _NAMED[name] if name else chr(int(ten) if ten else int(sixteen, 16))
    return mark if mark in _OF_VALUES else ""


def normalised(text: str) -> tuple[str, Sequence[int], Sequence[int]] | tuple[str, None, None]:
    """The text in one way of writing, and for each of its characters where it begins and ends in the original.

    None where every place is its own.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    narrow = _NARROW.take(codes).tobytes().decode("utf-32-le", "surrogatepass")
    gaps = [(gap.start(), gap.end(), "") for gap in _EMPTY.finditer(narrow)]
    gaps += [(said.start(), said.end(), mark) for said in _SAID.finditer(narrow) if (mark := _meant(said))]
    gaps += [(*plus.span(), "+") for plus in _PLUS.finditer(narrow)]
    if not gaps:
        return narrow, None, None
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for low, high, mark in [*sorted(gaps), (len(narrow), len(narrow), "")]:
        pieces.append(narrow[at:low] + mark)
        starts.extend(range(at, low))
        ends.extend(range(at + 1, low + 1))
        if mark:
            starts.append(low)
            ends.append(high)
        at = high
    return "".join(pieces), starts, ends

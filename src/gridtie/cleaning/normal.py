"""One way of writing for what can be written in many, with the way back to the original's code points.

Letters and digits that are full-width, mathematical or in circles, and small marks become ASCII, one for one; signs
that take no room, and strokes through a character, are left out. Nothing else changes: what a rule says about the text
it says about the original.
"""

import re
import unicodedata
from collections.abc import Sequence

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
_CIRCLED = "".join(
    map(chr, range(0x24B6, 0x24EA))
)  # letters; digits in circles are read as numerals, for they count things
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


def normalised(text: str) -> tuple[str, Sequence[int] | None]:
    """The text in one way of writing, and for each of its places (its end included) the place in the original.

    None where every place is its own.
    """
    narrow = text.translate(_WIDE)
    if _EMPTY.search(narrow) is None:
        return narrow, None
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for gap in _EMPTY.finditer(narrow):
        pieces.append(narrow[at : gap.start()])
        places.extend(range(at, gap.start()))
        at = gap.end()
    pieces.append(narrow[at:])
    places.extend(range(at, len(narrow) + 1))
    return "".join(pieces), places

"""One way of writing for what can be written in many, with the way back to the original's code points.

Full-width letters, digits and the marks that stand inside numbers and addresses become ASCII, one for one; characters
that take no room are left out. Nothing else changes: what a rule says about the text it says about the original.
"""

import re
from collections.abc import Sequence

# What must be looked for. Full-width brackets, commas and colons are ordinary Chinese punctuation, and no reason.
_ODD = re.compile(
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff20\uff0b\uff0d\uff0e\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]"
)
_EMPTY = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def is_plain(text: str) -> bool:
    return text.isascii() or _ODD.search(text) is None


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

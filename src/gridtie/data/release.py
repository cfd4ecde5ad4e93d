"""What may leave a job that came to data: decided of each file, from its name and its bytes, before anything is sent.

A release of figures bounds what can leave and keeps records from leaving as records. It cannot know what a number
stands for: a job that means to can write a record in figures, up to the files and bytes that its terms allow.
"""

import json
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from gridtie.data.terms import NOWHERE
from gridtie.dispatch.run import Release

NOTICE_MAX = 1 << 14
DEPTH_MAX = 8  # of figures
VALUES_MAX = 10_000
LIST_MAX = 1_000  # entries of a list: a curve, not a column
ROWS_MAX = 100  # of a table of numbers, each way
WORDS_MAX = 1_000
WORD_MAX, HAN_MAX = 32, 8  # characters: of ASCII, and where one says as much as a syllable
DIGITS_MAX = 17  # of a number as it is written: what a double can tell apart
NUMBER_MAX = 8  # digits in a row within a word: a day, not the number of a person or a card
EXPONENT_MAX = 3  # digits after the e: of what a double can tell apart, too
_WORD = re.compile(rf"[\w.:/%+-]{{0,{WORD_MAX}}}")
_NAME = re.compile(r"[0-9A-Za-z._-]{1,64}")


def refusal(release: Release, path: str, content: bytes, *, files: int, sent: int) -> str:
    """Why this file does not leave; '' where it may. `files` and `sent`: how many files and bytes left before it."""
    if not any(_matches(path, pattern) for pattern in release.files):
        return f"only {' and '.join(_patterns(release)) or 'nothing'} may leave"
    if files >= release.files_max:
        return f"only {release.files_max} files may leave"
    if sent + len(content) > release.bytes_max:
        return f"only {release.bytes_max:,} bytes may leave in all"
    if not release.figures:
        return ""
    if not all(_NAME.fullmatch(part) for part in path.split("/")):
        return "the name of a file that leaves has letters, digits, '.', '_' and '-', and at most 64 of them"
    if _long_number(path):
        return f"the name of a file that leaves has at most {NUMBER_MAX} digits in a row"
    return unlike_figures(content)


def overrun(release: Release, files: Iterable[tuple[str, int]]) -> str:
    """What of a manifest (path, size) the terms do not release, as far as it can be seen without the files."""
    sizes = dict(files)
    strange = [path for path in sizes if not any(_matches(path, pattern) for pattern in release.files)]
    if strange or len(sizes) > release.files_max or sum(sizes.values()) > release.bytes_max:
        return f"at most {release.files_max} files of {', '.join(_patterns(release)) or 'no name'} with " \
               f"{release.bytes_max:,} bytes in all may leave"  # fmt: skip
    return ""


def told_of_release(offset: int, part: bytes) -> bool:
    """Whether this can be what an agent says instead of such a run's output, and not the output itself."""
    lines = part.decode("utf-8", "replace").splitlines()
    return offset + len(part) <= NOTICE_MAX and all(
        line.startswith("[gridtie: ") and line[-1:] == "]" for line in lines
    )


def unlike_figures(content: bytes) -> str:
    """Why it holds more than figures: JSON of numbers under names. '' where it does not.

    Refused: what is no JSON; text that is no short word; a long number in a word; a list of objects, for that is what
    records look like; lists and tables larger than a curve or a matrix of figures; more values or words than those of
    a report.
    """
    try:
        found = json.loads(content, object_pairs_hook=_Pairs, parse_int=_number, parse_float=_number,
                           parse_constant=_no_number)  # fmt: skip
    except _Unlike as unlike:
        return str(unlike)
    except (ValueError, RecursionError):
        return "it is no JSON"
    try:
        _Tally().take(found, 1)
    except _Unlike as unlike:
        return str(unlike)
    return ""


class _Unlike(Exception):
    """Why it is not figures."""


class _Pairs(list[tuple[str, Any]]):
    """An object with all that stands in it: of a key that stands twice, a reader sees the last alone."""


class _Tally:
    """Counts values and words. Each raises _Unlike for the first that figures do not have."""

    def __init__(self) -> None:
        self._values = self._words = 0

    def take(self, value: Any, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise _Unlike(f"it is nested deeper than {DEPTH_MAX}")
        if isinstance(value, _Pairs):
            for key, item in value:
                self._word(key)
                self.take(item, depth + 1)
        elif isinstance(value, list):
            self._list(value)
        elif isinstance(value, str):
            self._word(value)
        else:
            self._more(1)

    def _list(self, value: list[Any]) -> None:
        if any(isinstance(item, _Pairs) for item in value):
            raise _Unlike("it has a list of objects, as records are written")
        rows = [item for item in value if isinstance(item, list)]
        if rows:
            if len(value) > ROWS_MAX or any(len(row) > ROWS_MAX for row in rows):
                raise _Unlike(f"it has a table larger than {ROWS_MAX} by {ROWS_MAX}")
            if len(rows) < len(value) or any(isinstance(one, str | list) for row in rows for one in row):
                raise _Unlike("it has a table of more than numbers")
            self._more(sum(len(row) for row in rows))
            return
        if len(value) > LIST_MAX:
            raise _Unlike(f"it has a list of more than {LIST_MAX:,} values")
        for item in value:
            if isinstance(item, str):
                self._word(item)
        self._more(len(value))

    def _more(self, count: int) -> None:
        self._values += count
        if self._values > VALUES_MAX:
            raise _Unlike(f"it holds more than {VALUES_MAX:,} values")

    def _word(self, text: str) -> None:
        self._words += 1
        if self._words > WORDS_MAX:
            raise _Unlike(f"it holds more than {WORDS_MAX:,} words")
        if not _WORD.fullmatch(text) or (not text.isascii() and len(text) > HAN_MAX):
            raise _Unlike(f"it has text that is no word of at most {WORD_MAX} characters ({HAN_MAX} beyond ASCII)")
        if _long_number(text):
            raise _Unlike(f"it has a word with more than {NUMBER_MAX} digits")


def _long_number(text: str) -> bool:
    """Whatever stands between its digits."""
    return re.search(rf"\d{{{NUMBER_MAX + 1}}}", re.sub(r"[._:/%+-]", "", text)) is not None


def _number(text: str) -> float:
    digits, _, exponent = text.lower().partition("e")
    if len(re.sub(r"[^0-9]", "", digits).lstrip("0")) > DIGITS_MAX:
        raise _Unlike(f"it has a number of more than {DIGITS_MAX} digits")
    if len(exponent.lstrip("+-")) > EXPONENT_MAX:
        raise _Unlike(f"it has a number with more than {EXPONENT_MAX} digits after its e")
    return float(text)


def _no_number(text: str) -> NoReturn:
    raise _Unlike(f"{text} is no number of JSON")


def _matches(path: str, pattern: str) -> bool:
    """A pattern without '/' is of a file's name, wherever it lies; with it, of the whole path, part by part."""
    if pattern == NOWHERE:
        return False
    if "/" not in pattern:
        return fnmatchcase(path.rpartition("/")[2], pattern)
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(fnmatchcase(*pair) for pair in zip(parts, wanted, strict=True))


def _patterns(release: Release) -> list[str]:
    return [pattern for pattern in release.files if pattern != NOWHERE]

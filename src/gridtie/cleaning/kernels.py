"""The loops over every character of a corpus: kernels over UTF-8 bytes, compiled once.

Texts come as `numpy.frombuffer(text.encode(), numpy.uint8)`; a Han character is three bytes and one character. They are
decoded once, into counts and into the squeezed text from which all shingles are made.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit

Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]
SHINGLE = 5  # characters
BINS = 128
EMPTY = np.uint32(0xFFFFFFFF)
# Of a text, in this order.
CHARACTERS, LETTERS, DIGITS, HAN, KANA, HANGUL, CYRILLIC, ARABIC, SPACES, SYMBOLS, OTHERS, NULS, CLASSES = range(13)
PLANE = 1 << 16
LINE_END = 10


@njit(cache=True, nogil=True)
def _mixed(value: np.uint64) -> np.uint64:  # finaliser of splitmix64 (Steele, Lea, Flood 2014)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _next(text: Bytes, at: int) -> tuple[int, int]:
    """The code point that begins at a byte, and where the next one begins. The text is well-formed UTF-8."""
    first = int(text[at])
    if first < 0x80:
        return first, at + 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | int(text[at + 1]) & 0x3F, at + 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (int(text[at + 1]) & 0x3F) << 6 | int(text[at + 2]) & 0x3F, at + 3
    high = (first & 0x07) << 18 | (int(text[at + 1]) & 0x3F) << 12
    return high | (int(text[at + 2]) & 0x3F) << 6 | int(text[at + 3]) & 0x3F, at + 4


@njit(cache=True, nogil=True)
def _class_of(code: int) -> int:
    if code < 0x80:
        if 97 <= (code | 32) <= 122:
            return LETTERS
        if 48 <= code <= 57:
            return DIGITS
        if code == 0:
            return NULS
        return SPACES if code in (9, 10, 11, 12, 13, 32) else SYMBOLS
    if 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x323AF:
        return HAN
    if 0x3040 <= code <= 0x30FF:
        return KANA
    if 0xAC00 <= code <= 0xD7A3:
        return HANGUL
    if 0x0400 <= code <= 0x052F:
        return CYRILLIC
    if 0x0600 <= code <= 0x06FF:
        return ARABIC
    if 0x00C0 <= code <= 0x024F:
        return LETTERS
    if code == 0x3000 or code == 0x00A0:
        return SPACES
    # General and CJK punctuation, full-width marks, arrows to dingbats, emoji.
    marks = 0x2000 <= code <= 0x2BFF or 0x3001 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF
    return SYMBOLS if marks or 0x1F000 <= code <= 0x1FAFF or code == 0xFFFD else OTHERS


@njit(cache=True, nogil=True)
def _classes() -> Bytes:
    table = np.empty(PLANE, np.uint8)
    for code in range(PLANE):
        table[code] = _class_of(code)
    return table


@cache
def _table() -> Bytes:
    return _classes()


def squeezed(text: Bytes) -> tuple[list[int], Codes]:
    """How many characters of each class, their number first; and the text without blanks and marks, Latin letters
    small."""
    counts, out = np.zeros(CLASSES, np.int64), np.empty(text.size, np.uint32)
    made = _squeeze(text, _table(), counts, out)
    return counts.tolist(), out[:made]


@njit(cache=True, nogil=True)
def _squeeze(text: Bytes, table: Bytes, counts: Counts, out: Codes) -> int:
    at, made = 0, 0
    while at < text.size:
        code = int(text[at])
        if code < 0x80:
            at += 1
        else:
            code, at = _next(text, at)
        kind = int(table[code]) if code < PLANE else _class_of(code)
        counts[kind] += 1
        out[made] = code | 32 if 65 <= code <= 90 else code
        made += kind < SPACES or kind == OTHERS
    counts[CHARACTERS] = counts.sum()
    return made


def packed(words: Iterable[str]) -> Counts:
    return np.array(sorted(int.from_bytes(word.encode("ascii"), "big") for word in words), np.int64)


@njit(cache=True, nogil=True)
def _is_blank(code: int) -> bool:
    """As `str.split` has it."""
    if code < 0x80:
        return 9 <= code <= 13 or 28 <= code <= 32
    narrow = code == 0x85 or code == 0xA0 or code == 0x1680 or 0x2000 <= code <= 0x200A
    return narrow or code == 0x2028 or code == 0x2029 or code == 0x202F or code == 0x205F or code == 0x3000


@njit(cache=True, nogil=True)
def words_among(text: Bytes, known: Counts, characters: int, most: int) -> tuple[int, int]:
    """How many of the first words of a text, in its first characters, are known; and how many there are, `most` at
    most. `known`: words of seven ASCII letters or fewer, as `packed` has them."""
    at, read, words, found, word, size = 0, 0, 0, 0, 0, 0
    while words < most:
        ended = at >= text.size or read >= characters
        code = 32
        if not ended:
            code, at = _next(text, at)
            read += 1
        if not _is_blank(code):
            size += 1
            letter = code | 32 if 65 <= code <= 90 else code
            word = word << 8 | letter if letter < 0x80 and size < 8 and word >= 0 else -1
        elif size:
            words += 1
            for one in known:
                found += one == word
            word, size = 0, 0
        if ended:
            break
    return found, words


@njit(cache=True, nogil=True)
def lines_in(text: Bytes) -> tuple[int, int]:
    """How many lines there are with something on them, and how many different ones, by hashes of them."""
    many, size, start, lines, different = 1, 2, 0, 0, 0
    for byte in text:
        many += byte == LINE_END
    while size < 2 * many:
        size *= 2
    table = np.zeros(size, np.uint64)
    while start < text.size:
        end = start
        while end < text.size and text[end] != LINE_END:
            end += 1
        at, code = start, 32
        while at < end and _is_blank(code):
            code, at = _next(text, at)
        if not _is_blank(code):
            lines += 1
            hashed = _hashed(text, start, end) | np.uint64(1)
            place = int(hashed >> np.uint64(1)) & (size - 1)
            while table[place] != 0 and table[place] != hashed:
                place = (place + 1) & (size - 1)
            different += table[place] == 0
            table[place] = hashed
        start = end + 1
    return lines, different


@njit(cache=True, nogil=True)
def _hashed(text: Bytes, start: int, end: int) -> np.uint64:
    made, at = np.uint64(end - start), start
    while at + 8 <= end:
        eight = np.uint64(0)
        for step in range(8):  # one load, as a compiler has it
            eight |= np.uint64(text[at + step]) << np.uint64(8 * step)
        made = (made ^ eight) * np.uint64(0x9E3779B97F4A7C15)
        made ^= made >> np.uint64(32)
        at += 8
    for place in range(at, end):
        made = made << np.uint64(8) ^ made >> np.uint64(56) ^ np.uint64(text[place])
    return _mixed(made)


@njit(cache=True, nogil=True)
def shingles(squeezed: Codes, length: int) -> npt.NDArray[np.uint64]:
    """Hashes of all runs of so many characters: a polynomial over the code points, rolled on by one character, modulo
    2^64, then mixed."""
    out = np.empty(max(0, squeezed.size - length + 1), np.uint64)
    base, top = np.uint64(0x9E3779B97F4A7C15), np.uint64(1)
    for _ in range(length):
        top *= base
    rolled = np.uint64(0)
    for at in range(squeezed.size):
        rolled = rolled * base + np.uint64(squeezed[at])
        if at >= length:
            rolled -= np.uint64(squeezed[at - length]) * top
        if at >= length - 1:
            out[at - length + 1] = _mixed(rolled)
    return out


@njit(cache=True, nogil=True)
def signature(squeezed: Codes) -> npt.NDArray[np.uint32]:
    """One-permutation MinHash (Li, Owen, Zhang 2012) over character shingles, empty bins filled by rotation
    (Shrivastava, Li 2014). All EMPTY for a text too short for one."""
    bins = np.full(BINS, EMPTY, np.uint32)
    hashes = shingles(squeezed, SHINGLE)
    for hashed in hashes:
        place = int(hashed >> np.uint64(57))
        value = np.uint32(hashed & np.uint64(0xFFFFFFFE))
        if value < bins[place]:
            bins[place] = value
    if hashes.size == 0:
        return bins
    filled = bins.copy()
    for place in range(BINS):
        step = 0
        while bins[(place + step) % BINS] == EMPTY:
            step += 1
        if step:
            filled[place] = np.uint32(
                _mixed(np.uint64(bins[(place + step) % BINS]) + np.uint64(step)) & np.uint64(0xFFFFFFFE)
            )
    return filled


@njit(cache=True, nogil=True)
def keyed(signatures: Codes, bands: int) -> npt.NDArray[np.uint64]:
    """Of each signature as many hashes, none of them 0, each of its own share of it."""
    rows, width = signatures.shape
    made = np.empty((rows, bands), np.uint64)
    for row in range(rows):
        for band in range(bands):
            folded = np.uint64(band)
            for place in range(band * width // bands, (band + 1) * width // bands):
                folded = _mixed(folded * np.uint64(31) + np.uint64(signatures[row, place]))
            made[row, band] = folded | np.uint64(1)
    return made


@njit(cache=True, nogil=True)
def agreements(signatures: Codes, rows: npt.NDArray[np.int32], own: Codes) -> Counts:
    """At how many places each of these rows has what `own` has."""
    made = np.zeros(rows.size, np.int64)
    for number in range(rows.size):
        row, same = signatures[rows[number]], 0
        for place in range(own.size):
            same += row[place] == own[place]
        made[number] = same
    return made


@njit(cache=True, nogil=True)
def common(one: Codes, other: Codes, least: int) -> int:
    """How many two sorted rows have in common; where it cannot be so many as `least`, what was found by then."""
    here, there, both, apart = 0, 0, 0, one.size + other.size - 2 * least
    while here < one.size and there < other.size and here + there - 2 * both <= apart:
        both += one[here] == other[there]
        smaller = one[here] <= other[there]
        there += one[here] >= other[there]
        here += smaller
    return both


@njit(cache=True, nogil=True)
def repeated(squeezed: Codes, length: int) -> float:
    """The share of runs of so many characters that stood before in the text."""
    hashes = shingles(squeezed, length)
    if hashes.size == 0:
        return 0.0
    size = 1
    while size < 2 * hashes.size:
        size *= 2
    table = np.zeros(size, np.uint64)
    again = 0
    for one in hashes:
        hashed = one | np.uint64(1)
        place = int(hashed >> np.uint64(1)) & (size - 1)
        while table[place] != 0 and table[place] != hashed:
            place = (place + 1) & (size - 1)
        if table[place] == hashed:
            again += 1
        table[place] = hashed
    return again / hashes.size


@njit(cache=True, nogil=True)
def pairs_at(codes: npt.NDArray[np.uint32], filter_: npt.NDArray[np.bool_], out: npt.NDArray[np.int64]) -> int:
    """Places of pairs of characters whose hash the filter knows; how many. `out` is as long as the text."""
    found, mask = 0, filter_.size - 1
    for at in range(codes.size - 1):
        if filter_[pair_hash(codes[at], codes[at + 1]) & mask]:
            out[found] = at
            found += 1
    return found


@njit(cache=True, nogil=True)
def pair_hash(one: int, other: int) -> int:
    return (int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7

"""The loops over every character of a corpus: kernels over UTF-8 bytes, compiled once.

Texts come as `numpy.frombuffer(text.encode(), numpy.uint8)`; a Han character is three bytes and one character.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

Bytes = npt.NDArray[np.uint8]
SHINGLE = 5  # characters
BINS = 128
EMPTY = np.uint32(0xFFFFFFFF)
# Of a text, in this order.
CHARACTERS, LETTERS, DIGITS, HAN, KANA, HANGUL, CYRILLIC, ARABIC, SPACES, SYMBOLS, OTHERS, NULS, CLASSES = range(13)


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
def classes(text: Bytes) -> npt.NDArray[np.int64]:
    """How many characters of each class; their number first."""
    counts = np.zeros(CLASSES, np.int64)
    at = 0
    while at < text.size:
        code, at = _next(text, at)
        counts[CHARACTERS] += 1
        counts[_class_of(code)] += 1
    return counts


@njit(cache=True, nogil=True)
def _shingles(text: Bytes, length: int, out: npt.NDArray[np.uint64]) -> int:
    """Hashes of all runs of so many characters, blanks and marks left out, Latin letters small; how many there are.

    A polynomial over the code points, rolled on by one character, modulo 2^64, then mixed.
    """
    base, top = np.uint64(0x9E3779B97F4A7C15), np.uint64(1)
    for _ in range(length):
        top *= base
    recent = np.zeros(length, np.uint64)
    rolled, seen, made, at = np.uint64(0), 0, 0, 0
    while at < text.size:
        code, at = _next(text, at)
        kind = _class_of(code)
        if kind in (SPACES, SYMBOLS, NULS):
            continue
        if 65 <= code <= 90:
            code |= 32
        place = seen % length
        old, recent[place] = recent[place], np.uint64(code)
        rolled = rolled * base + np.uint64(code) - old * top
        seen += 1
        if seen >= length:
            out[made] = _mixed(rolled)
            made += 1
    return made


@njit(cache=True, nogil=True)
def shingles(text: Bytes, length: int) -> npt.NDArray[np.uint64]:
    out = np.empty(text.size, np.uint64)
    return out[: _shingles(text, length, out)].copy()


@njit(cache=True, nogil=True)
def signature(text: Bytes, scratch: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    """One-permutation MinHash (Li, Owen, Zhang 2012) over character shingles, empty bins filled by rotation
    (Shrivastava, Li 2014). All EMPTY for a text too short for one. `scratch` is as long as the text at least."""
    bins = np.full(BINS, EMPTY, np.uint32)
    made = _shingles(text, SHINGLE, scratch)
    for number in range(made):
        hashed = scratch[number]
        place = int(hashed >> np.uint64(57))
        value = np.uint32(hashed & np.uint64(0xFFFFFFFE))
        if value < bins[place]:
            bins[place] = value
    if made == 0:
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
def repeated(text: Bytes, length: int) -> float:
    """The share of runs of so many characters that stood before in the text."""
    hashes = np.empty(text.size, np.uint64)
    made = _shingles(text, length, hashes)
    if made == 0:
        return 0.0
    size = 1
    while size < 2 * made:
        size *= 2
    table = np.zeros(size, np.uint64)
    again = 0
    for number in range(made):
        hashed = hashes[number] | np.uint64(1)
        place = int(hashed >> np.uint64(1)) & (size - 1)
        while table[place] != 0 and table[place] != hashed:
            place = (place + 1) & (size - 1)
        if table[place] == hashed:
            again += 1
        table[place] = hashed
    return again / made


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

"""Kernels of `kernels.py` and one of `tagging.py` as passes of NumPy, for machines without a compiler: same names, same
results. What each gives and why stands there."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
# As in kernels.py.
SHINGLE, BINS, EMPTY, CLASSES = 5, 128, np.uint32(0xFFFFFFFF), 12
_CHARACTERS, _LETTERS, _DIGITS, _HAN, _KANA, _HANGUL, _CYRILLIC, _ARABIC, _SPACES, _SYMBOLS, _OTHERS, _NULS = range(12)
_HAN_FLAG, _SURNAME, _DOUBLE, _LOWER, _UPPER, _DIGIT = 1, 2, 4, 8, 16, 32  # as in tagging.py
_RANGES = (  # later ones stand above earlier ones
    (0x2000, 0x2BFF, _SYMBOLS), (0x3001, 0x303F, _SYMBOLS), (0xFF00, 0xFFEF, _SYMBOLS), (0x1F000, 0x1FAFF, _SYMBOLS),
    (0xFFFD, 0xFFFD, _SYMBOLS), (0x3000, 0x3000, _SPACES), (0x00A0, 0x00A0, _SPACES), (0x00C0, 0x024F, _LETTERS),
    (0x0600, 0x06FF, _ARABIC), (0x0400, 0x052F, _CYRILLIC), (0xAC00, 0xD7A3, _HANGUL), (0x3040, 0x30FF, _KANA),
    (0x4E00, 0x9FFF, _HAN), (0x3400, 0x4DBF, _HAN), (0x20000, 0x323AF, _HAN), (0, 0x7F, _SYMBOLS), (9, 13, _SPACES),
    (32, 32, _SPACES), (0, 0, _NULS), (48, 57, _DIGITS), (65, 90, _LETTERS), (97, 122, _LETTERS),
)  # fmt: skip
_KINDS = np.full(0x110000, _OTHERS, np.uint8)
for _low, _high, _kind in _RANGES:
    _KINDS[_low : _high + 1] = _kind
_LEFT_OUT = np.isin(np.arange(CLASSES), (_SPACES, _SYMBOLS, _NULS))


def _codes(text: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)


def _mixed(value: Hashes) -> Hashes:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _classes() -> npt.NDArray[np.uint8]:
    return _KINDS[:0x10000].copy()


def _squeeze(
    text: npt.NDArray[np.uint8], _table: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint32],
) -> int:  # fmt: skip
    codes = _codes(text)
    kinds = _KINDS[codes]
    counts[:] = np.bincount(kinds, minlength=CLASSES)
    counts[_CHARACTERS] = codes.size
    codes = codes[~_LEFT_OUT[kinds]]
    out[: codes.size] = np.where((codes >= 65) & (codes <= 90), codes | 32, codes)
    return int(codes.size)


def shingles(squeezed: npt.NDArray[np.uint32], length: int) -> Hashes:
    wide = squeezed.astype(np.uint64)
    made = max(0, wide.size - length + 1)
    rolled = np.zeros(made, np.uint64)
    for step in range(length):  # Horner's rule for all places at once
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + wide[step : step + made]
    return _mixed(rolled)


def signature(squeezed: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    hashes = shingles(squeezed, SHINGLE)
    bins = np.full(BINS, EMPTY, np.uint32)
    if not hashes.size:
        return bins
    np.minimum.at(bins, (hashes >> np.uint64(57)).astype(np.int64), (hashes & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    filled = np.flatnonzero(bins != EMPTY)
    places = np.arange(BINS)
    following = filled[np.searchsorted(filled, places) % filled.size]
    steps = ((following - places) % BINS).astype(np.uint64)
    borrowed = _mixed(bins[following].astype(np.uint64) + steps) & np.uint64(0xFFFFFFFE)
    return np.where(steps == 0, bins, borrowed.astype(np.uint32)).astype(np.uint32)


def keyed(signatures: npt.NDArray[np.uint32], bands: int) -> Hashes:
    width = signatures.shape[1]
    made = np.tile(np.arange(bands, dtype=np.uint64), (len(signatures), 1))
    for band in range(bands):
        for place in range(band * width // bands, (band + 1) * width // bands):
            made[:, band] = _mixed(made[:, band] * np.uint64(31) + signatures[:, place].astype(np.uint64))
    made |= np.uint64(1)
    return made


def agreements(
    signatures: npt.NDArray[np.uint32], rows: npt.NDArray[np.int32], own: npt.NDArray[np.uint32]
) -> npt.NDArray[np.int64]:  # fmt: skip
    return np.asarray(np.count_nonzero(signatures[rows] == own, axis=1), np.int64)


def common(one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32], least: int) -> int:
    return np.intersect1d(one, other, assume_unique=True).size if min(one.size, other.size) >= least else 0


def repeated(squeezed: npt.NDArray[np.uint32], length: int) -> float:
    hashes = shingles(squeezed, length) | np.uint64(1)
    return (hashes.size - np.unique(hashes).size) / hashes.size if hashes.size else 0.0


def pairs_at(
    codes: npt.NDArray[np.uint32], filter_: npt.NDArray[np.bool_], out: npt.NDArray[np.int64]
) -> int:  # fmt: skip
    found = np.flatnonzero(filter_[_pairs(codes) & np.uint64(filter_.size - 1)])
    out[: found.size] = found
    return int(found.size)


def _pairs(codes: npt.NDArray[np.uint32]) -> Hashes:
    wide = codes.astype(np.uint64)
    return (wide[:-1] * np.uint64(0x9E3779B1) ^ wide[1:] * np.uint64(0x85EBCA6B)) >> np.uint64(7)


def beginnings(
    codes: npt.NDArray[np.uint32], low: int, high: int, flags: npt.NDArray[np.uint8], out: npt.NDArray[np.int32]
) -> int:  # fmt: skip
    around = np.zeros(high - low + 2, np.uint8)  # with the character before and the one behind
    first, last = max(0, low - 1), min(codes.size, high + 1)
    around[first - low + 1 : last - low + 1] = np.where(
        codes[first:last] < flags.size, flags.take(codes[first:last], mode="clip"), 0
    )
    own, touched = around[1:-1], around[:-2] & np.uint8(_LOWER | _UPPER | _DIGIT) != 0
    chinese = own & np.uint8(_SURNAME | _DOUBLE) != 0
    begins = np.where(chinese, around[2:] & np.uint8(_HAN_FLAG) != 0, (own & np.uint8(_UPPER) != 0) & ~touched)
    found = np.flatnonzero(begins) + low
    out[: found.size] = found
    return int(found.size)


def lines_in(text: npt.NDArray[np.uint8]) -> tuple[int, int]:
    lines = list(filter(str.strip, text.tobytes().decode("utf-8").split("\n")))
    return len(lines), len(set(lines))


_MADE = (_classes, _squeeze, shingles, signature, keyed, agreements, common, repeated, pairs_at, beginnings, lines_in)
KERNELS: Mapping[str, Callable[..., Any]] = {made.__name__: made for made in _MADE}

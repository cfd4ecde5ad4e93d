"""One pass over every character of a text for all that any rule looks for: groups of digits, and where anchors begin.

Nearly all text is neither, so this pass decides the speed of a scan. It is a kernel over code points with a table of
2^16 flags; a character beyond the Basic Multilingual Plane begins nothing.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

PLANE = 1 << 16
DIGIT, JOINT, ODD, ALONE, FIRST = 1, 2, 4, 8, 16  # flags of a character
MOST_JOINTS = 3
LEAST_DIGITS = 5
PAIRS = 1 << 18
SHORT, LONG = 1, 2  # of a pair: begins a word of two or three characters, of four or more
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]


@njit(cache=True, nogil=True)
def pair(one: int, other: int) -> int:
    return ((int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7) & (PAIRS - 1)


@njit(cache=True, nogil=True)
def four(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), pair(codes[at + 2], codes[at + 3]))


@njit(cache=True, nogil=True)
def sweep(
    codes: Codes, flags: Flags, pairs: Flags, fours: Flags, places: Places, clusters: Places
) -> tuple[int, int, bool]:
    """How many anchor places, how many numbers in `clusters` (start and end of each), and whether an odd character is
    there: then the text must be normalised first, and the rest is not complete.

    `places` and `clusters` are as long as the text, and one more.
    """
    found, grouped = 0, 0
    digits, start, last = 0, 0, 0  # of the group that is open: how many, where it began, where its last digit stands
    size = codes.size
    for at in range(size):
        code = codes[at]
        flag = flags[code] if code < PLANE else 0
        if flag == 0:
            if digits:
                if digits >= LEAST_DIGITS:
                    clusters[grouped], clusters[grouped + 1] = start, last + 1
                    grouped += 2
                digits = 0
            continue
        if flag & ODD:
            return 0, 0, True
        if flag & DIGIT:
            if digits == 0:
                start = at
            digits, last = digits + 1, at
        elif digits and (not flag & JOINT or at - last > MOST_JOINTS):
            if digits >= LEAST_DIGITS:
                clusters[grouped], clusters[grouped + 1] = start, last + 1
                grouped += 2
            digits = 0
        if flag & ALONE:
            places[found] = at
            found += 1
        elif flag & FIRST and at + 1 < size:
            begins = pairs[pair(code, codes[at + 1])]
            if begins & SHORT or (begins and at + 3 < size and fours[four(codes, at)]):
                places[found] = at
                found += 1
    if digits >= LEAST_DIGITS:
        clusters[grouped], clusters[grouped + 1] = start, last + 1
        grouped += 2
    return found, grouped, False

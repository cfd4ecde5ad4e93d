"""One pass over every character of a text for all that any rule looks for: groups of digits, and where anchors begin.

Nearly all text is neither, so this pass decides the speed of a scan. It is a kernel over code points with a table of
2^16 flags; a character beyond the Basic Multilingual Plane begins nothing, and only mathematical digits are odd.
"""

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit

PLANE = 1 << 16
MATHEMATICAL, BEHIND_THEM = 0x1D400, 0x1D800  # letters and digits in other letterings
DIGIT, JOINT, ODD, ALONE, FIRST, STEP, SECOND = 1, 2, 4, 8, 16, 32, 64  # flags of a character
MOST_JOINTS = 3
LEAST_DIGITS = 5
PAIRS = 1 << 18
TWO, THREE, FOUR = 1, 2, 4  # of a pair: begins a word of so many characters, of four or more
ASCII = 128
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Masks = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def pair(one: int, other: int) -> int:
    return ((int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7) & (PAIRS - 1)


@njit(cache=True, nogil=True)
def three(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), codes[at + 2])


@njit(cache=True, nogil=True)
def four(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), pair(codes[at + 2], codes[at + 3]))


@njit(cache=True, nogil=True)
def sweep(
    codes: Codes,
    hot: Flags,
    flags: Flags,
    latin: Flags,
    pairs: Flags,
    more: Flags,
    exact: Codes,
    members: Masks,
    steps: Places,
    firsts: Places,
    places: Places,
    clusters: Places,
    stepped: Places,
    starts: Masks,
    odd: Places,
) -> tuple[int, int, int, int]:
    """How many anchor places, how many numbers in `clusters` (start and end of each) and in `stepped` (pattern, start
    and end of each), and how many texts in `odd` have an odd character: such a text must be normalised first, and the
    rest of it is not looked at.

    `codes` and `starts` as a block has them. `places` and `clusters` are as long as the codes, and one more; `odd` as
    long as there are texts. What has no room in `stepped` is counted and not written. `hot` says whether the first of
    two ASCII characters may begin anything, `latin` how long the words are that begin with them, `pairs` the same of
    the hash of any two, `exact` which two they are if no others have that hash, `more` of three and of four the same as
    `pairs`. `members` and `steps` as `end_of` has them; `firsts`: the first step of each pattern, and the number of
    steps.
    """
    found, grouped, matched, strange = 0, 0, 0, 0
    digits, start, last = 0, 0, 0  # of the group that is open: how many, where it began, where its last digit stands
    size = codes.size
    past = np.zeros(firsts.size, np.int32)  # matches of one pattern do not overlap
    following = 0
    while following < size:
        at = following
        following += 1
        code = codes[at]
        after = codes[at + 1] if at + 1 < size else ASCII
        if digits == 0 and code < ASCII and after < ASCII and not hot[code << 7 | after]:
            continue
        flag = flags[code] if code < PLANE else ODD if MATHEMATICAL <= code < BEHIND_THEM else 0
        if flag == 0:
            if digits:
                if digits >= LEAST_DIGITS:
                    clusters[grouped], clusters[grouped + 1] = start, last + 1
                    grouped += 2
                digits = 0
            continue
        if flag & ODD:
            odd[strange] = np.searchsorted(starts, at, side="right") - 1
            following = starts[odd[strange] + 1]
            strange, digits = strange + 1, 0
            continue
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
            if code < ASCII and after < ASCII:
                begins = latin[code << 7 | after]
            elif after < PLANE and flags[after] & SECOND:
                begins = pairs[pair(code, after)]
            else:
                begins = 0
            if begins and is_word(codes, at, begins, more, exact):
                places[found] = at
                found += 1
        if flag & STEP:
            classes = members[code]
            for number in range(firsts.size - 1):
                if classes >> firsts[number] & 1 and at >= past[number]:
                    end = end_of(codes, at, members, steps, firsts[number], firsts[number + 1])
                    if end:
                        past[number] = end
                        if matched + 3 <= stepped.size:
                            stepped[matched], stepped[matched + 1], stepped[matched + 2] = number, at, end
                        matched += 3
    if digits >= LEAST_DIGITS:
        clusters[grouped], clusters[grouped + 1] = start, last + 1
        grouped += 2
    return found, grouped, matched, strange


@njit(cache=True, nogil=True)
def is_word(codes: Codes, at: int, begins: int, more: Flags, exact: Codes) -> bool:
    """Whether a word begins here, of the first two characters of which `pairs` said this; rarely where none does."""
    if begins & TWO:
        own = int(exact[pair(codes[at], codes[at + 1])])
        if own == 0 or own == int(codes[at]) << 16 ^ int(codes[at + 1]):
            return True
    if begins & THREE and at + 2 < codes.size and more[three(codes, at)] & THREE:
        return True
    return begins & FOUR != 0 and at + 3 < codes.size and more[four(codes, at)] & FOUR != 0


@njit(cache=True, nogil=True)
def end_of(codes: Codes, at: int, members: Masks, steps: Places, first: int, last: int) -> int:
    """Where a pattern that begins here ends; 0 where it does not match.

    Its steps are `steps[first:last]`, each the least and the most characters of its class; `members` says of each ASCII
    character in the classes of which steps it is, by bits. A step takes all it can get: what follows it is no member.
    """
    for step in range(first, last):
        taken = 0
        while taken < steps[step, 1] and at < codes.size and codes[at] < ASCII:
            if not members[codes[at]] >> step & 1:
                break
            taken += 1
            at += 1
        if taken < steps[step, 0]:
            return 0
    return at

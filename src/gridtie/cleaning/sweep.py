"""One pass over every character of a text for all that any rule looks for: groups of digits, and where anchors begin.

Nearly all text is neither, so this pass decides the speed of a scan. It is a kernel over code points with a table of
2^16 flags; a character beyond the Basic Multilingual Plane begins nothing, and only mathematical digits are odd.
"""

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit

PLANE = 1 << 16
MATHEMATICAL, BEHIND_THEM = 0x1D400, 0x1D800  # letters and digits in other letterings
DIGIT, JOINT, ODD, ALONE, FIRST, STEP, SECOND, NUMERAL = 1, 2, 4, 8, 16, 32, 64, 128  # flags of a character
MOST_JOINTS = 3
LEAST_DIGITS = 5
PAIRS = 1 << 18
ASCII = 128
MESHES, KNOTS = 18, (8, 26, 44)  # kinds of words, and the bits of a character that may be first, second, third of them
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Masks = npt.NDArray[np.int64]
Net = npt.NDArray[np.uint64]


@njit(cache=True, nogil=True)
def pair(one: int, other: int) -> int:
    return ((int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7) & (PAIRS - 1)


@njit(cache=True, nogil=True)
def four(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), pair(codes[at + 2], codes[at + 3]))


def knot(net: Net, word: str) -> None:
    """Adds a word of two characters and more to a net: of each character its flags, and in words of which kinds it can
    be the first, the second and the third. Where all three have a kind in common, a word of that kind may begin."""
    second = ord(word[1])
    kind = 9 + second % 9 if len(word) > 2 else second % 7 if word.isascii() else 7 + (second >= ASCII)
    for letter, bits in zip(word, KNOTS, strict=False):
        net[ord(letter)] |= np.uint64(1 << bits + kind)
    if len(word) == 2:
        net |= np.uint64(1 << KNOTS[2] + kind)


@njit(cache=True, nogil=True)
def sweep(
    codes: Codes,
    hot: Flags,
    _net: Net,
    flags: Flags,
    pairs: Flags,
    heads: Places,
    words: Places,
    letters: Codes,
    behind: Flags,
    members: Masks,
    steps: Places,
    firsts: Places,
    places: Places,
    clusters: Places,
    said: Places,
    stepped: Places,
    starts: Masks,
    odd: Places,
) -> tuple[int, int, int, int, int]:
    """How many anchor places, how many numbers in `clusters` (start and end of each), in `said` (where each digit and
    numeral is) and in `stepped` (pattern, start and end of each), and how many texts in `odd` have an odd character:
    such a text must be normalised first, and the rest of it is not looked at.

    `codes` and `starts` as a block has them. `places`, `clusters` and `said` are as long as the codes, and one more;
    `odd` as long as there are texts. What has no room in `stepped` is counted and not written. `hot` says whether the
    first of two ASCII characters may begin anything, `_net` what passes have instead, `pairs` whether any two of this
    hash begin a word, `heads` which is the first such one; the others as `is_word` has them. `members` and `steps` as
    `end_of` has them; `firsts`: the first step of each pattern, and the number of steps.
    """
    found, grouped, read, matched, strange = 0, 0, 0, 0, 0
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
        if flag & (DIGIT | NUMERAL):
            said[read] = at
            read += 1
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
        elif flag & FIRST and after < PLANE and flags[after] & SECOND:
            hashed = pair(code, after)
            if pairs[hashed] and is_word(codes, at, heads[hashed], words, letters, behind):
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
    return found, grouped, read, matched, strange


@njit(cache=True, nogil=True)
def is_word(codes: Codes, at: int, word: int, words: Places, letters: Codes, behind: Flags) -> bool:
    """Whether a word begins here, and what can stand behind it.

    `words[word]`: the next word of the same hash, none for 0; where its own letters begin in `letters`, and how many
    there are; and the row of `behind` that has what can stand there, all that is not ASCII as one.
    """
    while word:
        begin, length = words[word, 1], words[word, 2]
        same = at + length <= codes.size
        place = 0
        while same and place < length:
            same = codes[at + place] == letters[begin + place]
            place += 1
        if same:
            following = codes[at + length] if at + length < codes.size else ASCII
            if behind[words[word, 3], following if following < ASCII else ASCII]:
                return True
        word = words[word, 0]
    return False


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

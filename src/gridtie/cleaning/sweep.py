"""One pass over every character of a text for all that any rule looks for: groups of digits, and where anchors begin.

Nearly all text is neither, so this pass decides the speed of a scan. It is a kernel over code points: a net holds back
most places, and a table of 2^16 flags says what the others are. A character beyond the Basic Multilingual Plane begins
nothing, and only mathematical digits are odd.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import njit

PLANE = 1 << 16
MATHEMATICAL, BEHIND_THEM = 0x1D400, 0x1D800  # letters and digits in other letterings
DIGIT, JOINT, ODD, ALONE, NUMERAL = 1, 2, 4, 8, 16  # flags of a character
MOST_JOINTS = 3
LEAST_DIGITS = 5
PAIRS = 1 << 18
ASCII = 128
SINGLE = DIGIT | ODD | ALONE | NUMERAL
# Kinds of beginnings: of words of two characters, of longer ones, of patterns; and the bits of a character in them.
TWO, LONG, STEP, MESHES = 0, 9, 18, 21
FIRSTS, SECONDS, THIRDS = 1, 22, 43
# What begins with a row of characters, by its hash: a word of two, of three, a longer one; and one by its first four.
OF_TWO, OF_THREE, LONGER, BY_FOUR = 1, 2, 4, 8
HEADS = 1 << 16
LAST = BEHIND_THEM  # of a net, which has nothing for it and all behind
CHUNK = 1 << 12
BEHIND = 3  # characters behind a word that are looked at
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Masks = npt.NDArray[np.int64]
Net = npt.NDArray[np.uint64]


@njit(cache=True, nogil=True)
def pair(one: int, other: int) -> int:
    return ((int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7) & (PAIRS - 1)


@njit(cache=True, nogil=True)
def three(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), codes[at + 2])


@njit(cache=True, nogil=True)
def four(codes: Codes, at: int) -> int:
    return pair(pair(codes[at], codes[at + 1]), pair(codes[at + 2], codes[at + 3]))


_MESH = tuple(np.uint64(bits) for bits in (FIRSTS, SECONDS, THIRDS, (1 << MESHES) - 1))
_ANY, _ONE = ~np.uint64(0), np.uint64(1)
_LONGS = np.uint64((1 << STEP - LONG) - 1 << LONG)
_SORTS = tuple(np.uint64(bits) for bits in ((1 << LONG) - 1, _LONGS, (1 << MESHES - STEP) - 1 << STEP, 1 << MESHES))


def knot(net: Net, kind: int, *stand: Sequence[int] | npt.NDArray[np.integer]) -> None:
    """Adds to a net what begins with one of these characters, behind which one of these stands, and of these. Where
    three characters in a row have a kind in common, something of that kind may begin."""
    for place, bits in enumerate((FIRSTS, SECONDS, THIRDS)):
        net[stand[place] if place < len(stand) else slice(None)] |= np.uint64(1 << bits + kind)


@njit(cache=True, nogil=True)
def sweep(
    codes: Codes, net: Net, flags: Flags, begun: Flags, heads: Places, words: Places, letters: Codes, behind: Flags,
    sorts: Places, leads: Masks, members: Masks, steps: Places, firsts: Places, anchored: Places, clusters: Places,
    said: Places, starts: Masks, odd: Places,
) -> tuple[int, int, int, int]:  # fmt: skip
    """How many numbers in `anchored` (pattern or word, start and end of each), in `clusters` (start and end of each),
    in `said` (where each digit and numeral is), and how many texts in `odd` have an odd character: such a text must be
    normalised first, and the rest of it is not looked at.

    `codes` and `starts` as a block has them. `clusters` and `said` are as long as the codes, and one more; `odd` as
    long as there are texts. What has no room in `anchored` is counted and not written. `net` as `knot` makes it, with
    a bit of its own for what counts by itself. `begun` by hashes, as `OF_TWO` and the others have it; `leads`: which
    patterns can have an ASCII character at their first, second and third place, as bits. `heads`, `words`, `letters`,
    `behind` and `sorts` as `chained` has them, `members` and `steps` as `end_of`; `firsts`: the first step of each
    pattern, and the number of steps; words count on from there.
    """
    grouped, read, matched, strange = 0, 0, 0, 0
    digits, start, last = 0, 0, 0  # of the group that is open: how many, where it began, where its last digit stands
    past = np.zeros(firsts.size, np.int32)  # matches of one pattern do not overlap
    caught, kinds, following = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.uint64), 0
    twos, longs, stepping, single = _SORTS
    for low in range(0, codes.size, CHUNK):
        for number in range(catch(codes, low, net, begun, leads, caught, kinds)):
            at, kind = caught[number], kinds[number]
            if at < following:
                continue
            code = int(codes[at])
            if kind & single:
                flag = flags[code] if code < PLANE else ODD
                if flag & DIGIT and digits and joined(codes, last, at, flags):
                    digits, last = digits + 1, at
                elif flag & (DIGIT | ODD):
                    if digits >= LEAST_DIGITS:
                        clusters[grouped], clusters[grouped + 1] = start, last + 1
                        grouped += 2
                    digits, start, last = 1, at, at
                if flag & ODD:
                    odd[strange] = np.searchsorted(starts, at, side="right") - 1
                    following = starts[odd[strange] + 1]
                    strange, digits = strange + 1, 0
                    continue
                if flag & (DIGIT | NUMERAL):
                    said[read] = at
                    read += 1
                if flag & ALONE:
                    word = heads[pair(code, 0) % HEADS]
                    matched = chained(
                        codes, at, word, words, letters, behind, sorts, firsts.size - 1, anchored, matched
                    )
            if kind & twos and at + 1 < codes.size:
                word = heads[pair(code, codes[at + 1]) % HEADS]
                matched = chained(codes, at, word, words, letters, behind, sorts, firsts.size - 1, anchored, matched)
            if kind & longs and at + 2 < codes.size:
                word = heads[three(codes, at) % HEADS]
                matched = chained(codes, at, word, words, letters, behind, sorts, firsts.size - 1, anchored, matched)
            if kind & stepping:
                could = led(codes, at, leads)
                for pattern in range(firsts.size - 1):
                    if could >> pattern & 1 and at >= past[pattern]:
                        end = end_of(codes, at, members, steps, firsts[pattern], firsts[pattern + 1])
                        if end:
                            past[pattern] = end
                            matched = put(anchored, matched, pattern, at, end)
    if digits >= LEAST_DIGITS:
        clusters[grouped], clusters[grouped + 1] = start, last + 1
        grouped += 2
    return matched, grouped, read, strange


@njit(cache=True, nogil=True)
def catch(codes: Codes, low: int, net: Net, begun: Flags, leads: Masks, out: Places, kinds: Net) -> int:
    """How many places from `low` on, of as many as `out` is long, may be the beginning of something; they are put
    there, and of what kinds they are. No branch hangs on what a character is."""
    first, second, third, all_of_them = _MESH
    twos, longs, stepping, single = _SORTS
    found = 0
    here = net[min(codes[low], LAST)]
    after = net[min(codes[low + 1], LAST)] if low + 1 < codes.size else _ANY
    for at in range(low, min(low + out.size, codes.size)):
        behind = net[min(codes[at + 2], LAST)] if at + 2 < codes.size else _ANY
        kind = here >> first & after >> second & behind >> third & all_of_them | (here & _ONE) * single
        out[found], kinds[found] = at, kind
        found += kind != 0
        here, after = after, behind
    kept = 0
    for number in range(found):
        at, kind, sure = out[number], kinds[number], single
        if kind & twos and at + 1 < codes.size and begun[pair(codes[at], codes[at + 1]) % HEADS] & OF_TWO:
            sure |= twos
        if kind & longs and at + 2 < codes.size:
            begins = begun[three(codes, at) % HEADS]
            if begins & OF_THREE or (
                begins & LONGER and at + 3 < codes.size and begun[four(codes, at) % HEADS] & BY_FOUR
            ):
                sure |= longs
        if kind & stepping and led(codes, at, leads):
            sure |= stepping
        out[kept], kinds[kept] = at, kind & sure
        kept += kind & sure != 0
    return kept


@njit(cache=True, nogil=True)
def led(codes: Codes, at: int, leads: Masks) -> int:
    """The patterns that such characters can begin."""
    could = leads[0, min(codes[at], ASCII)]
    for step in range(1, min(len(leads), codes.size - at)):
        could &= leads[step, min(codes[at + step], ASCII)]
    return int(could)


@njit(cache=True, nogil=True)
def put(out: Places, count: int, which: int, start: int, end: int) -> int:
    """How many numbers there are now."""
    if count + 3 <= out.size:
        out[count], out[count + 1], out[count + 2] = which, start, end
    return count + 3


@njit(cache=True, nogil=True)
def joined(codes: Codes, last: int, at: int, flags: Flags) -> bool:
    """Whether two digits are of one group."""
    if at - last > MOST_JOINTS + 1:
        return False
    between = last + 1
    while between < at and codes[between] < PLANE and flags[codes[between]] & JOINT:
        between += 1
    return between == at


@njit(cache=True, nogil=True)
def chained(
    codes: Codes, at: int, word: int, words: Places, letters: Codes, behind: Flags, sorts: Places, before: int,
    out: Places, count: int,
) -> int:  # fmt: skip
    """Puts every word of a chain that begins here, if what follows can stand behind it.

    `word` is the first one, as `heads` has it by the hash of one, two or three characters. `words[word]`: the next of
    the chain, none for 0; where its own letters begin in `letters`, and how many there are; and the rows of `behind`
    that have what sorts of characters can stand at the places there, with `sorts` of each character. They are numbered
    from `before` on.
    """
    while word:
        begin, length = words[word, 1], words[word, 2]
        place = 0
        while place < length and at + place < codes.size and codes[at + place] == letters[begin + place]:
            place += 1
        if place == length:
            step = 0
            while step < BEHIND:
                place = at + length + step
                following = sorts[min(codes[place], PLANE)] if place < codes.size else sorts[PLANE]
                if not behind[words[word, 3], step, following]:
                    break
                step += 1
            if step == BEHIND:
                count = put(out, count, before + word - 1, at, at + length)
        word = words[word, 0]
    return count


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

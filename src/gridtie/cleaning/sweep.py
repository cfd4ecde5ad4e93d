"""One pass over every character of a text for all that any rule looks for: groups of digits, and where anchors begin.

Nearly all text is neither, so this pass decides the speed of a scan. It is a kernel over code points: a net of pairs of
characters holds back most places, and a table of 2^16 flags says what counts by itself. A character beyond the Basic
Multilingual Plane begins nothing, and only mathematical digits are odd.
"""

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.block import APART
from gridtie.cleaning.compiled import njit

PLANE = 1 << 16
MATHEMATICAL, BEHIND_THEM = 0x1D400, 0x1D800  # letters and digits in other letterings
DIGIT, JOINT, ODD, ALONE, NUMERAL = 1, 2, 4, 8, 16  # flags of a character; those beyond the plane have one more place
MOST_JOINTS = 3
LEAST_DIGITS = 5
PAIRS = 1 << 18
ASCII = 128
SINGLE = DIGIT | ODD | ALONE | NUMERAL
# What may begin with a pair of characters: a longer word, of one of so many groups by their second and third character;
# a word of three characters; a pattern; a word of two. The same bits further up say of what the pair may be the second
# and the third character, and once more of what the third and the fourth. So where three pairs, each of which begins
# with the other character of the one before, have a bit in common, something of that kind may begin.
GROUPS = 7
THREE, STEP, TWO = 1 << GROUPS, 2 << GROUPS, 4 << GROUPS
LONG = STEP - 1  # three characters and more
THEN, COUNTS = GROUPS + 3, 8 << GROUPS  # how much further up; and of a place, that its character counts by itself
ENDS = (1 << 3 * THEN) - (1 << THEN)  # stands behind the last pair of all
NETS = 1 << 16
# What begins with a row of characters, by its hash: a word of two, of three, a longer one (which is looked up by its
# first four then); and one by its first four.
OF_THREE, LONGER, BY_FOUR, OF_TWO = 1, 2, 4, 8
HEADS = 1 << 17
CHUNK = 1 << 12
# Of what must stand behind words: what can be its first character; and of an automaton for it which positions take a
# character, what they lead to by eight of them, and the first and the last ones, all as bits (`automata.py`).
Thens = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]
POSITIONS, BITS = 64, 8  # of an automaton; of which so many are looked up at once
REACH = 64  # characters behind a word that are looked at
Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Masks = npt.NDArray[np.int64]
Net = npt.NDArray[np.uint64]
Kinds = npt.NDArray[np.uint32]
_ONE, _OTHER, _DOWN, _MORE = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(16), np.uint32(0x9E35)
_SEVEN, LAST_PAIR = np.uint32(7), np.uint32(PAIRS - 1)


def paired(one: int, other: int) -> int:
    return ((int(one) * 0x9E3779B1 ^ int(other) * 0x85EBCA6B) >> 7) & (PAIRS - 1)


pair = njit(cache=True, nogil=True)(paired)


@njit(cache=True, nogil=True)
def knot(one: np.uint32, other: np.uint32) -> np.uint32:
    """As `pair`, in a way that is done for many places at once."""
    return (np.uint32(np.uint32(one * _ONE) ^ np.uint32(other * _OTHER)) >> _SEVEN) & LAST_PAIR


def pairs(one: Codes, other: Codes | np.uint32) -> Codes:
    """As `pair`, of which bits 7 to 24 are all."""
    return ((one * np.uint32(0x9E3779B1) ^ other * np.uint32(0x85EBCA6B)) >> np.uint32(7)) & np.uint32(PAIRS - 1)


def knots(one: Codes, other: Codes) -> Codes:
    """The places of pairs of characters in a net."""
    return (one * _ONE ^ other * _OTHER) >> _DOWN


def rows(one: Codes, other: Codes) -> Codes:
    """The places of longer rows of characters in `begun` and `heads`, by the knots of two pairs in each: of its first
    and its second character, and of those one or two further on."""
    return (one * _MORE + other) % np.uint32(HEADS)


@njit(cache=True, nogil=True)
def sweep(
    codes: Codes, net: Kinds, flags: Flags, begun: Flags, heads: Places, words: Places, letters: Codes, thens: Thens,
    sorts: Places, leads: Masks, members: Masks, steps: Places, firsts: Places, anchored: Places, clusters: Places,
    said: Places, starts: Masks, odd: Places,
) -> tuple[int, int, int, int]:  # fmt: skip
    """How many numbers in `anchored` (pattern or word, start and end of each), in `clusters` (start and end of each),
    in `said` (where each digit and numeral is), and how many texts in `odd` have an odd character: such a text must be
    normalised first, and the rest of it need not be looked at.

    `codes` and `starts` as a block has them. `clusters` and `said` are as long as the codes, and one more; `odd` as
    long as there are texts. What has no room in `anchored` is counted and not written. `net` by the knot of a pair,
    with bits as `STEP` and the others say. `begun` as `OF_TWO` and the others have it, by rows, which `heads` is by,
    too; for words of one and of two characters a row is what `pair` has for them. `leads`: which patterns can have an
    ASCII character at their first, second and third place, as bits. `members` and `steps` as `end_of` has them;
    `firsts`: the first step of each pattern, and the number of steps; words count on from there.

    `heads`: the first word of the chain of each row; 0 for none. `words`: of each the next of its chain, where its own
    letters begin in `letters`, how many there are, which of `thens` must stand behind it, and its last letter; `sorts`:
    of each character in `thens`.
    """
    grouped, read, matched, strange = 0, 0, 0, 0
    digits, start, last = 0, 0, 0  # of the group that is open: how many, where it began, where its last digit stands
    past = np.zeros(firsts.size, np.int32)  # matches of one pattern do not overlap
    knots, kinds, patterns = np.empty(CHUNK + 2, np.uint32), np.empty(CHUNK + 2, np.uint32), firsts.size - 1
    alone, stepping, begins = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32), np.empty((4 * CHUNK, 2), np.int32)
    some, spelled = np.empty((3, CHUNK), np.int32), np.empty((4 * CHUNK, 2), np.int32)
    following = 0
    for low in range(0, codes.size, CHUNK):
        meshed(codes, low, net, flags, knots, kinds)
        singles, worded, stepped = caught(codes, low, knots, kinds, begun, leads, some, alone, begins, stepping)
        for number in range(singles):
            at = alone[number]
            if at < following:
                continue
            code = codes[at]
            flag = flags[min(code, PLANE)]
            if flag & DIGIT:
                if digits and (at == last + 1 or joined(codes, last, at, flags)):
                    digits, last = digits + 1, at
                else:
                    if digits >= LEAST_DIGITS:
                        clusters[grouped], clusters[grouped + 1] = start, last + 1
                        grouped += 2
                    digits, start, last = 1, at, at
            if flag & (DIGIT | NUMERAL):
                said[read] = at
                read += 1
            if flag & ALONE:
                begins[worded, 0], begins[worded, 1] = at, pair(code, 0) % HEADS
                worded += 1
            if flag & ODD and (code < PLANE or MATHEMATICAL <= code < BEHIND_THEM):
                odd[strange] = np.searchsorted(starts, at, side="right") - 1
                following = starts[odd[strange] + 1]
                strange += 1
        for number in range(worded):
            begins[number, 1] = heads[begins[number, 1]]
        while worded:
            ending, worded = ended(codes, begins, worded, words, thens, sorts, spelled)
            for number in range(ending):
                at, word = spelled[number, 0], spelled[number, 1]
                if stands(codes, at, word, words, letters, thens, sorts):
                    matched = put(anchored, matched, patterns + word - 1, at, at + words[word, 2])
        for number in range(stepped):
            at = stepping[number]
            could, pattern = led(codes, at, leads), 0
            while could:
                if could & 1 and at >= past[pattern]:
                    end = end_of(codes, at, members, steps, firsts[pattern], firsts[pattern + 1])
                    if end:
                        past[pattern] = end
                        matched = put(anchored, matched, pattern, at, end)
                could, pattern = could >> 1, pattern + 1
    if digits >= LEAST_DIGITS:
        clusters[grouped], clusters[grouped + 1] = start, last + 1
        grouped += 2
    return matched, grouped, read, strange


@njit(cache=True, nogil=True)
def meshed(codes: Codes, low: int, net: Kinds, flags: Flags, knots: Codes, kinds: Kinds) -> None:
    """Of `CHUNK` places from `low` on the knots of the pairs there, and of what kinds they are. One thing at a time, so
    that it is done for many places at once."""
    size = min(CHUNK, codes.size - low)
    many = min(CHUNK + 2, codes.size - low - 1)
    here, after = codes[low : low + many], codes[low + 1 : low + 1 + many]
    for place in range(many):
        knots[place] = np.uint32(np.uint32(here[place] * _ONE) ^ np.uint32(after[place] * _OTHER)) >> _DOWN
    knots[many : size + 2] = 0
    for place in range(many):
        kinds[place] = net[knots[place]]
    kinds[many : size + 2] = ENDS
    for place in range(size):
        kinds[place] &= kinds[place + 1] >> np.uint32(THEN) & kinds[place + 2] >> np.uint32(2 * THEN)
    here = codes[low : low + size]
    for place in range(size):
        counts = flags[min(here[place], np.uint32(PLANE))] & np.uint8(SINGLE) != 0
        kinds[place] |= np.uint32(counts) << np.uint32(THEN)


@njit(cache=True, nogil=True)
def caught(
    codes: Codes, low: int, knots: Codes, kinds: Kinds, begun: Flags, leads: Masks, some: Places, alone: Places,
    begins: Places, stepping: Places,
) -> tuple[int, int, int]:  # fmt: skip
    """How many places count by themselves, how many words may begin and how many patterns; they are put there, words
    with their places in `heads`. No branch hangs on what a character is, and what is asked of few places is asked when
    the others are gone. `some` holds the places in between."""
    found, singles, worded, stepped = 0, 0, 0, 0
    for place in range(min(CHUNK, codes.size - low)):
        some[0, found] = place
        found += kinds[place] != 0
    longer, twos, steps = 0, 0, 0
    for number in range(found):
        place = some[0, number]
        kind = kinds[place]
        alone[singles] = low + place
        singles += kind >> THEN
        some[1, longer] = some[2, twos] = stepping[steps] = place
        row = (knots[place] * _MORE + knots[place + 1]) % HEADS
        longer += (kind & LONG != 0) & (begun[row] & (OF_THREE | LONGER) != 0)
        twos += kind & TWO != 0
        steps += kind & STEP != 0
    for number in range(longer):
        place = some[1, number]
        knot = knots[place]
        row = (knot * _MORE + knots[place + 1]) % HEADS
        four = (knot * _MORE + knots[place + 2]) % HEADS
        begins[worded, 0], begins[worded, 1] = low + place, row
        worded += begun[row] & OF_THREE != 0
        begins[worded, 0], begins[worded, 1] = low + place, four
        worded += (begun[row] & LONGER != 0) & (begun[four] & BY_FOUR != 0)
    for number in range(twos):
        at = low + some[2, number]
        row = pair(codes[at], codes[min(at + 1, codes.size - 1)]) % HEADS
        begins[worded, 0], begins[worded, 1] = at, row
        worded += begun[row] & OF_TWO != 0
    for number in range(steps):
        at = low + stepping[number]
        stepping[stepped] = at
        stepped += led(codes, at, leads) != 0
    return singles, worded, stepped


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
def ended(
    codes: Codes, begins: Places, many: int, words: Places, thens: Thens, sorts: Places, out: Places
) -> tuple[int, int]:  # fmt: skip
    """Puts into `out` which of so many words have their last letter, and behind it what can begin what must follow; and
    into `begins` the next word of each chain, with its place. How many of both. No branch hangs on a word."""
    behind, some, left, on = thens[0], 0, 0, 0
    for number in range(many):
        at, word = begins[number, 0], begins[number, 1]
        end = at + words[word, 2]
        out[some, 0], out[some, 1] = at, word
        some += (end <= codes.size) & (codes[min(end, codes.size) - 1] == words[word, 4])
        begins[on, 0], begins[on, 1] = at, words[word, 0]
        on += words[word, 0] != 0
    for number in range(some):
        at, word = out[number, 0], out[number, 1]
        end = at + words[word, 2]
        code = min(codes[min(end, codes.size - 1)], np.uint32(PLANE)) if end < codes.size else np.uint32(PLANE)
        out[left, 0], out[left, 1] = at, word
        left += behind[words[word, 3], sorts[code]] != 0
    return left, on


@njit(cache=True, nogil=True)
def stands(codes: Codes, at: int, word: int, words: Places, letters: Codes, thens: Thens, sorts: Places) -> bool:
    """Whether a word that has its last letter stands here, and what follows it can stand behind it."""
    begin, left = words[word, 1], words[word, 2] - 1
    while left > 0 and codes[at + left - 1] == letters[begin + left - 1]:  # the first ones nearly always do
        left -= 1
    return left == 0 and could_follow(codes, at + words[word, 2], words[word, 3], thens, sorts)


@njit(cache=True, nogil=True)
def could_follow(codes: Codes, at: int, row: int, thens: Thens, sorts: Places) -> bool:
    """Whether what must stand from here on could: never no where it does."""
    behind, taken, onward, borders = thens
    if not behind[row, sorts[min(codes[at], PLANE)] if at < codes.size else sorts[PLANE]]:
        return False
    reached, accept = borders[row, 0], borders[row, 1]
    if not accept:
        return True
    for place in range(at, min(at + REACH, codes.size)):
        code = codes[place]
        if code == APART:
            return False
        state = reached & taken[row, sorts[min(code, PLANE)]]
        if state & accept:
            return True
        if not state:
            return False
        reached = led_on(onward, row, state)
    return at + REACH < codes.size


@njit(cache=True, nogil=True)
def led_on(onward: Net, automaton: int, state: np.uint64) -> np.uint64:
    """The positions that an automaton can reach from these."""
    reached, bits = np.uint64(0), 0
    while state:
        reached |= onward[automaton, bits, state & np.uint64((1 << BITS) - 1)]
        state >>= np.uint64(BITS)
        bits += 1
    return reached


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

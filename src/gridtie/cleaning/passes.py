"""`sweep` and `sift` as passes of NumPy, for machines without a compiler: the same places, the same sieve. What each
gives and why stands there."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import sieve, sweep
from gridtie.cleaning.rule import LEFT, RIGHT
from gridtie.cleaning.sweep import ASCII, DIGIT, JOINT, ODD, PAIRS, PLANE, Codes, Flags, Masks, Places

CHUNK = 1 << 15  # code points of a pass: what it makes stays near the processor
Numbers = npt.NDArray[np.int64]


def _pairs(one: Codes, other: Codes) -> Codes:
    """As `sweep.pair`, of which bits 7 to 24 are all."""
    return ((one * np.uint32(0x9E3779B1) ^ other * np.uint32(0x85EBCA6B)) >> np.uint32(7)) & np.uint32(PAIRS - 1)


def _kinds(codes: Codes, table: Flags) -> Flags:
    """Characters beyond the plane are as its last place, which is no character."""
    return table.take(codes, mode="clip")


# ── sweep ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def swept(
    codes: Codes, _hot: Flags, flags: Flags, _latin: Flags, pairs: Flags, more: Flags, exact: Codes, members: Masks,
    steps: Places, firsts: Places, places: Places, clusters: Places, stepped: Places, starts: Masks, odd: Places,
) -> tuple[int, int, int, int]:  # fmt: skip
    none = np.empty(0, np.int64)
    digits, begun, strange, matches = [none], [none], [none], [none]
    single = np.uint8(ODD | DIGIT | sweep.ALONE | sweep.STEP)
    for low in range(0, codes.size, CHUNK):
        chunk = codes[low : low + CHUNK + 1]
        kinds = _kinds(chunk[:CHUNK], flags)
        some = np.flatnonzero(kinds & single != 0)
        kinds = kinds[some]
        some += low
        for flag, places_of in ((ODD, strange), (DIGIT, digits), (sweep.ALONE, begun), (sweep.STEP, matches)):
            places_of.append(some[kinds & np.uint8(flag) != 0])
        wide = np.flatnonzero(
            chunk[:CHUNK] - np.uint32(sweep.MATHEMATICAL) < sweep.BEHIND_THEM - sweep.MATHEMATICAL
        )  # below, it turns over
        strange.append(wide + low)
        begun.append(_words(codes, low, chunk, pairs, more, exact))
    found = np.unique(np.concatenate(begun))
    places[: found.size] = found
    grouped = _groups(codes, np.concatenate(digits), flags)
    clusters[: grouped.size] = grouped
    rows = _stepped(codes, np.concatenate(matches), members, steps, firsts)
    if 3 * len(rows) <= stepped.size:
        stepped[: 3 * len(rows)] = rows.ravel()
    texts = np.unique(np.searchsorted(starts, np.concatenate(strange), side="right") - 1)
    odd[: texts.size] = texts
    return found.size, grouped.size, 3 * len(rows), texts.size


def _words(codes: Codes, low: int, chunk: Codes, pairs: Flags, more: Flags, exact: Codes) -> Numbers:
    """Where words of two characters and more begin; `chunk` is what stands from `low` on, and one character more. By
    hashes alone, so a few that the kernel would not give are among them."""
    hashes = _pairs(chunk[:-1], chunk[1:])
    begins = pairs.take(hashes)
    at = np.flatnonzero(begins != 0)
    begins, hashes = begins[at], hashes[at]
    at += low
    found = []
    for bit, further in ((sweep.TWO, 1), (sweep.THREE, 2), (sweep.FOUR, 3)):
        could = np.flatnonzero(begins & np.uint8(bit) != 0)
        place, pair = at[could], hashes[could]
        if further == 1:
            own = exact[pair]
            whole = (own == 0) | (own == (codes[place] << np.uint32(16) ^ codes[place + 1]))
        else:
            behind = codes.take(place + 2, mode="clip")
            if further == 3:
                behind = _pairs(behind, codes.take(place + 3, mode="clip"))
            whole = more[_pairs(pair, behind)] & np.uint8(bit) != 0
        found.append(place[whole])
    return np.concatenate(found)


def _groups(codes: Codes, digits: Numbers, flags: Flags) -> Numbers:
    """Start and end of each group of digits, one behind the other."""
    if not digits.size:
        return digits
    gaps = np.diff(digits)
    parted = gaps > sweep.MOST_JOINTS + 1
    for step in range(1, sweep.MOST_JOINTS + 1):
        between = np.flatnonzero(~parted & (gaps > step))
        parted[between] = _kinds(codes[digits[between] + step], flags) & np.uint8(JOINT) == 0
    firsts = np.concatenate([[0], np.flatnonzero(parted) + 1])
    lasts = np.concatenate([firsts[1:], [digits.size]])
    enough = lasts - firsts >= sweep.LEAST_DIGITS
    return np.column_stack([digits[firsts[enough]], digits[lasts[enough] - 1] + 1]).ravel()


def _stepped(codes: Codes, at: Numbers, members: Masks, steps: Places, firsts: Places) -> Numbers:
    """Pattern, start and end of each match, in order of the starts."""
    rows = [np.empty((0, 3), np.int64)]
    # Of a pattern that begins with one character, the next bit is that of its second step: most fail there, together.
    short, begin = 0, 0
    for first, last in pairwise(firsts.tolist()):
        begin |= 1 << first
        short |= int(last - first > 1 and steps[first, 1] == 1 and steps[first + 1, 0] > 0) << first
    behind = codes.take(at + 1, mode="clip")
    second = members.take(behind, mode="clip") * ((behind < ASCII) & (at + 1 < codes.size))
    classes = members[codes[at]] & begin & (second >> 1 | ~short)
    some = np.flatnonzero(classes != 0)
    at, classes = at[some], classes[some]
    for number in range(firsts.size - 1):
        first, last = firsts[number], firsts[number + 1]
        starts, ends = _ends(codes, at[classes >> first & 1 != 0], members, steps[first:last], int(first))
        past, kept = 0, []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if start >= past:
                past = end
                kept.append((number, start, end))
        rows.append(np.array(kept, np.int64).reshape(-1, 3))
    found = np.concatenate(rows)
    return found[np.lexsort((found[:, 0], found[:, 1]))]


def _ends(codes: Codes, at: Numbers, members: Masks, steps: Places, bit: int) -> tuple[Numbers, Numbers]:
    """Of these places those at which a pattern of these steps begins, and where it ends."""
    ends = at
    for step, (least, most) in enumerate(steps.tolist()):
        on = np.ones(at.size, np.bool_)
        for number in range(most):
            inside = codes.take(ends, mode="clip")
            taking = members.take(inside, mode="clip") >> (bit + step) & 1 != 0
            taking &= (ends < codes.size) & (inside < ASCII)
            if number < least:
                at, ends, on = at[taking], ends[taking] + 1, on[taking]
            else:
                on &= taking
                ends = ends + on
    return at, ends


# ── sift ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def sifted(
    codes: Codes, clusters: Places, kinds: Flags, small: Codes, begins: Flags, words: Masks, numbers: Masks,
    ways: Masks, tokens: Masks, always: int, evenly: int, out: Masks,
) -> int:  # fmt: skip
    starts, ends = clusters[::2].astype(np.int64), clusters[1::2].astype(np.int64)
    owner, low, high = _runs(codes, starts, ends, kinds)
    rows = [
        *_numbers(codes, owner, low, high, kinds, numbers, ways, evenly),
        _tokens(codes, owner, low, high, kinds, tokens),
    ]
    found = np.concatenate(rows)
    touched = np.unique(found[:, 0])
    could = np.zeros(starts.size, np.int64)
    could[touched] = always | _nearby(codes, starts[touched], ends[touched], small, begins, words)
    found[:, 4] &= could[found[:, 0]]
    found = found[found[:, 4] != 0]
    if len(found) <= len(out):
        out[: len(found)] = found[:, 1:]
    return len(found)


def _spread(starts: Numbers, ends: Numbers) -> Numbers:
    """Every place from each start to before its end, one behind the other."""
    lengths = ends - starts
    return np.repeat(ends - np.cumsum(lengths), lengths) + np.arange(lengths.sum())


def _runs(codes: Codes, starts: Numbers, ends: Numbers, kinds: Flags) -> tuple[Numbers, Numbers, Numbers]:
    """Digits that touch each other: in which group, where they begin and end."""
    at, owner = _spread(starts, ends), np.repeat(np.arange(starts.size), ends - starts)
    digit = _kinds(codes[at], kinds) & np.uint8(sieve.IS_DIGIT) != 0
    at, owner = at[digit], owner[digit]
    if not at.size:
        return owner, at, at
    new = np.ones(at.size, np.bool_)
    new[1:] = (np.diff(at) != 1) | (np.diff(owner) != 0)
    firsts = np.flatnonzero(new)
    return owner[firsts], at[firsts], at[np.append(firsts[1:], at.size) - 1] + 1


def _numbers(
    codes: Codes, owner: Numbers, low: Numbers, high: Numbers, kinds: Flags, numbers: Masks, ways: Masks, evenly: int
) -> Iterator[Numbers]:
    """Group, kind, start, end and rules of every row of runs that could be one number."""
    beside = owner[1:] == owner[:-1]
    gap = codes.take(high[:-1], mode="clip")
    single = beside & (low[1:] == high[:-1] + 1)
    tight = np.zeros(owner.size + 1, np.bool_)  # of the joint before each run
    tight[1:-1] = single & (_kinds(gap, kinds) & np.uint8(sieve.IS_TIGHT) != 0)
    even = single & ((gap == sieve.BLANK) | (gap == sieve.HYPHEN))
    behind = _kinds(codes.take(high, mode="clip"), kinds) & np.uint8(sieve.IS_ALNUM) != 0
    open_ended = (behind & (high < codes.size)) | tight[1:]
    lengths = high - low
    first = np.flatnonzero(~tight[:-1])
    none, one = np.zeros_like(first), np.ones_like(first)
    rows = np.stack([first, none, one * sieve.MOST_DIGITS, one, one])  # first run, digits, least, evenly, folded
    for more in range(sieve.MOST_RUNS):
        rows = rows[:, rows[0] + more < owner.size]
        last = rows[0] + more
        rows[1] += lengths[last]
        rows[2] = np.minimum(rows[2], lengths[last])
        rows[3] &= even[last - 1] if more else 1
        rows[4] = (rows[4] * 37 + lengths[last]) % 1_000_003
        here = (owner[last] == owner[rows[0]]) & (rows[1] <= sieve.MOST_DIGITS)
        rows, last = rows[:, here], last[here]
        if not last.size:
            return
        first, digits, least, evenly_parted, folded = rows
        masks = numbers[digits, min(more, 1)]
        if more:
            masks = masks & (ways[folded % ways.size] | np.where((least >= 2) & (evenly_parted == 1), evenly, 0))
        kept = (masks != 0) & ~open_ended[last]
        yield np.column_stack([owner[first], np.full(first.size, sieve.NUMBER), low[first], high[last], masks])[kept]


def _tokens(codes: Codes, owner: Numbers, low: Numbers, high: Numbers, kinds: Flags, tokens: Masks) -> Numbers:
    """The letters and digits around every run, as many as belong to a token. What parts two runs of a group is none, so
    no token has more than one."""
    start, end = low.copy(), high.copy()
    for ends, step, most in ((start, -1, sieve.HEAD), (end, 1, sieve.TAIL)):
        moving = np.arange(ends.size)
        for _ in range(most):
            beyond = ends[moving] + min(step, 0)
            inside = (beyond >= 0) & (beyond < codes.size)
            touched = _kinds(codes.take(beyond, mode="clip"), kinds) & np.uint8(sieve.IS_ALNUM) != 0
            moving = moving[inside & touched]
            if not moving.size:
                break
            ends[moving] += step
    masks = tokens[np.minimum(end - start, tokens.size - 1)]
    found = np.column_stack([owner, np.full(owner.size, sieve.TOKEN), start, end, masks])
    return np.asarray(found[masks != 0], np.int64)


def _nearby(codes: Codes, starts: Numbers, ends: Numbers, small: Codes, begins: Flags, words: Masks) -> Numbers:
    """Of each group the rules of which a word begins around it; some that have none may be among them."""
    low = np.maximum(0, starts - LEFT - 2 - sieve.HEAD)
    high = np.minimum(codes.size, ends + RIGHT + sieve.TAIL)
    made = np.zeros(low.size, np.int64)
    if not low.size:
        return made
    apart = np.ones(low.size, np.bool_)  # windows that overlap are one
    apart[1:] = low[1:] > high[:-1]
    firsts = np.flatnonzero(apart)
    at = _spread(low[firsts], high[np.append(firsts[1:], low.size) - 1])
    at = at[at < codes.size - 1]
    one, other = (_lower(codes[at + step], small) for step in (0, 1))
    hashes = _pairs(one, other)
    begun = begins.take(hashes)
    hits = np.flatnonzero(begun != 0)
    at, hashes, begun = at[hits], hashes[hits], begun[hits]
    masks = np.where(begun & np.uint8(sweep.TWO) != 0, words[0, hashes % words.shape[1]], 0)
    four = np.flatnonzero((begun & np.uint8(sweep.FOUR) != 0) & (at + 3 < codes.size))
    behind = _pairs(_lower(codes[at[four] + 2], small), _lower(codes[at[four] + 3], small))
    masks[four] |= words[1, _pairs(hashes[four], behind) % words.shape[1]]
    at, masks = at[masks != 0], masks[masks != 0]
    first, last = np.searchsorted(at, low), np.searchsorted(at, high)
    some = np.flatnonzero(first < last)
    if some.size:
        bounds = np.column_stack([first[some], last[some]]).ravel()
        made[some] = np.bitwise_or.reduceat(np.append(masks, 0), bounds)[::2]
    return made


def _lower(codes: Codes, small: Codes) -> Codes:
    return np.where(codes < PLANE, small.take(codes, mode="clip"), codes)

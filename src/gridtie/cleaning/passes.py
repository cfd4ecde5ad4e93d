"""`sweep`, `sift` and `runs` as passes of NumPy, for machines without a compiler: the same places, the same sieve. What
each gives and why stands there."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import numerals, sieve, sweep
from gridtie.cleaning.block import APART
from gridtie.cleaning.rule import LEFT, RIGHT
from gridtie.cleaning.sweep import (
    ASCII,
    DIGIT,
    JOINT,
    NUMERAL,
    ODD,
    PLANE,
    Codes,
    Flags,
    Kinds,
    Masks,
    Places,
    Thens,
    pairs,
)

CHUNK = 1 << 15  # code points of a pass: what it makes stays near the processor
Numbers = npt.NDArray[np.int64]
Switches = npt.NDArray[np.bool_]


def _kinds(codes: Codes, table: Flags) -> Flags:
    """Characters beyond the plane are as its last place, which is no character."""
    return table.take(codes, mode="clip")


# ── sweep ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def swept(
    codes: Codes, net: Kinds, flags: Flags, begun: Flags, heads: Places, words: Places, letters: Codes, thens: Thens,
    sorts: Places, leads: Masks, members: Masks, steps: Places, firsts: Places, anchored: Places, clusters: Places,
    said: Places, starts: Masks, odd: Places,
) -> tuple[int, int, int, int]:  # fmt: skip
    alone, stepping, twos, (longer, rows_of_longer) = _caught(codes, net, flags, begun)
    flagged = _kinds(codes[alone], flags)
    strange = alone[flagged & np.uint8(ODD) != 0]
    beyond = codes[strange]
    strange = strange[(beyond < PLANE) | ((beyond >= sweep.MATHEMATICAL) & (beyond < sweep.BEHIND_THEM))]
    texts = np.unique(np.searchsorted(starts, strange, side="right") - 1)
    odd[: texts.size] = texts
    grouped = _groups(codes, alone[flagged & np.uint8(DIGIT) != 0], flags)
    clusters[: grouped.size] = grouped
    numbers = alone[flagged & np.uint8(DIGIT | NUMERAL) != 0]
    said[: numbers.size] = numbers
    single = alone[flagged & np.uint8(sweep.ALONE) != 0]
    rows_of_twos = pairs(codes[twos], codes[twos + 1])
    begin = np.flatnonzero(begun.take(rows_of_twos % begun.size) & np.uint8(sweep.OF_TWO))
    begun_at = (single, pairs(codes[single], np.uint32(0))), (twos[begin], rows_of_twos[begin])
    rows = np.concatenate([
        _stepped(codes, stepping, leads, members, steps, firsts),
        *(
            _words(codes, at, heads.take(row % heads.size), words, letters, thens, sorts, firsts.size - 1)
            for at, row in (*begun_at, (longer, rows_of_longer))
        ),
    ])  # fmt: skip
    if rows.size <= anchored.size:
        anchored[: rows.size] = rows.ravel()
    return rows.size, grouped.size, numbers.size, texts.size


def _caught(
    codes: Codes, net: Kinds, flags: Flags, begun: Flags
) -> tuple[Numbers, Numbers, Numbers, tuple[Numbers, Numbers]]:  # fmt: skip
    """What counts by itself; and where a pattern, a word of two characters or a longer one may begin, these with their
    rows."""
    found: list[list[Numbers]] = [[np.empty(0, np.int64)] for _ in range(5)]
    counts = flags & np.uint8(sweep.SINGLE) != 0
    for low in range(0, codes.size, CHUNK):
        here = codes[low : low + CHUNK]
        knots, meshed = np.zeros(here.size + 2, np.uint32), np.full(here.size + 2, sweep.ENDS, np.uint32)
        both = codes[low : low + CHUNK + 3]
        made = knots[: both.size - 1]
        made[:] = sweep.knots(both[:-1], both[1:])[: made.size]
        net.take(made, mode="clip", out=meshed[: made.size])
        kinds = meshed[: here.size] & meshed[1:-1] >> np.uint32(sweep.THEN) & meshed[2:] >> np.uint32(2 * sweep.THEN)
        places = np.flatnonzero(kinds)
        kinds = kinds[places]
        longer, rows = _longer(places[kinds & np.uint32(sweep.LONG) != 0], knots, begun)
        stepping, twos = (places[kinds & np.uint32(kind) != 0] for kind in (sweep.STEP, sweep.TWO))
        alone = np.flatnonzero(counts.take(here, mode="clip"))
        for known, new in zip(found, (alone + low, stepping + low, twos + low, longer + low, rows), strict=True):
            known.append(new)
    alone, stepping, twos, longer, rows = map(np.concatenate, found)
    return alone, stepping, twos, (longer, rows)


def _longer(at: Numbers, knots: Codes, begun: Flags) -> tuple[Numbers, Numbers]:
    """At which of these places words of three characters and more may begin, and their rows."""
    first = knots[at]
    rows = sweep.rows(first, knots[at + 1])
    begins = begun.take(rows, mode="clip")
    of_three, could = (np.flatnonzero(begins & np.uint8(kind)) for kind in (sweep.OF_THREE, sweep.LONGER))
    fours = sweep.rows(first[could], knots[at[could] + 2])
    sure = np.flatnonzero(begun.take(fours, mode="clip") & np.uint8(sweep.BY_FOUR))
    return np.concatenate([at[of_three], at[could[sure]]]), np.concatenate([rows[of_three], fours[sure]]).astype(
        np.int64
    )


def _words(
    codes: Codes, at: Numbers, word: Places, words: Places, letters: Codes, thens: Thens, sorts: Places, before: int
) -> Numbers:  # fmt: skip
    """Number, start and end of every word that begins at one of these places."""
    nexts, begins, lengths, rows, _ = np.ascontiguousarray(words.T)
    found = [np.empty((0, 3), np.int64)]
    while (some := np.flatnonzero(word)).size:
        at, word = at[some], word[some]
        live = _spelled(codes, at, begins[word], lengths[word], letters)
        found.append(np.column_stack([word[live] + (before - 1), at[live], at[live] + lengths[word[live]]]))
        word = nexts[word]
    made = np.concatenate(found)  # asked together what follows: that costs by the step, hardly by the place
    return made[could_follow(codes, made[:, 2], rows[made[:, 0] - (before - 1)], thens, sorts)]


def could_follow(codes: Codes, at: Numbers, rows: Numbers, thens: Thens, sorts: Places) -> Switches:
    """As the kernel of that name."""
    behind, taken, onward, borders = thens
    here = np.where(at < codes.size, codes.take(at, mode="clip"), PLANE)
    could: Switches = behind[rows, sorts[np.minimum(here, PLANE)]] != 0
    some = np.flatnonzero(could & (borders[rows, 1] != 0))
    could[some] = False
    reached = borders[rows[some], 0]
    for step in range(sweep.REACH):
        inside = at[some] + step < codes.size
        some, reached = some[inside], reached[inside]
        here = codes[at[some] + step]
        state = reached & taken[rows[some], sorts[np.minimum(here, PLANE)]]
        state[here == APART] = 0
        accepted = state & borders[rows[some], 1] != 0
        could[some[accepted]] = True
        on = (state != 0) & ~accepted
        some, state = some[on], state[on]
        if not some.size:
            return could
        reached = np.zeros(some.size, np.uint64)
        for bits in range(onward.shape[1]):
            left = state >> np.uint64(bits * sweep.BITS)
            if not left.any():
                break
            reached |= onward[rows[some], bits, (left & np.uint64((1 << sweep.BITS) - 1)).astype(np.int64)]
    could[some[at[some] + sweep.REACH < codes.size]] = True
    return could


def _spelled(codes: Codes, at: Numbers, begin: Numbers, length: Numbers, letters: Codes) -> Numbers:
    """Which of these places have all letters of these words."""
    live = np.flatnonzero(at + length <= codes.size)
    for place in range(int(length.max(initial=0))):
        here = codes.take(at[live] + place, mode="clip") == letters.take(begin[live] + place, mode="clip")
        live = live[here | (place >= length[live])]
        if not live.size:
            break
    return live


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


def _stepped(codes: Codes, at: Numbers, leads: Masks, members: Masks, steps: Places, firsts: Places) -> Numbers:
    """Pattern, start and end of each match."""
    rows = [np.empty((0, 3), np.int64)]
    could = leads[0].take(codes[at], mode="clip")
    for step in range(1, len(leads)):
        behind = leads[step].take(codes.take(at + step, mode="clip"), mode="clip")
        could = could & np.where(at + step < codes.size, behind, -1)
    for number in range(firsts.size - 1):
        first, last = firsts[number], firsts[number + 1]
        starts, ends = _ends(codes, at[could >> number & 1 != 0], members, steps[first:last], int(first))
        past, kept = 0, []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if start >= past:
                past = end
                kept.append((number, start, end))
        rows.append(np.array(kept, np.int64).reshape(-1, 3))
    return np.concatenate(rows)


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
    ways: Masks, tokens: Masks, leading: Masks, letters: Masks, touched: Masks, always: int, evenly: int, luhn: int,
    resident: int, out: Masks,
) -> int:  # fmt: skip
    starts, ends = clusters[::2].astype(np.int64), clusters[1::2].astype(np.int64)
    digits, owner, low, high = _runs(codes, starts, ends, kinds)
    rows = [
        *_numbers(codes, digits, owner, low, high, kinds, numbers, ways, leading, touched, evenly, luhn),
        _tokens(codes, owner, low, high, kinds, tokens, letters, resident),
    ]
    found = np.concatenate(rows)
    touched = np.unique(found[:, 0])
    could = np.zeros(starts.size, np.int64)
    could[touched] = always | _nearby(
        codes, starts[touched] - LEFT - 2 - sieve.HEAD, ends[touched] + RIGHT + sieve.TAIL, small, begins, words
    )
    found[:, 4] &= could[found[:, 0]]
    found = found[found[:, 4] != 0]
    if len(found) <= len(out):
        out[: len(found)] = found[:, 1:]
    return len(found)


def _spread(starts: Numbers, ends: Numbers) -> Numbers:
    """Every place from each start to before its end, one behind the other."""
    lengths = ends - starts
    return np.repeat(ends - np.cumsum(lengths), lengths) + np.arange(lengths.sum())


def _runs(codes: Codes, starts: Numbers, ends: Numbers, kinds: Flags) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """What every digit is worth; and of those that touch each other: in which group, where they begin and end."""
    at, owner = _spread(starts, ends), np.repeat(np.arange(starts.size), ends - starts)
    digit = _kinds(codes[at], kinds) & np.uint8(sieve.IS_DIGIT) != 0
    at, owner = at[digit], owner[digit]
    if not at.size:
        return at, owner, at, at
    new = np.ones(at.size, np.bool_)
    new[1:] = (np.diff(at) != 1) | (np.diff(owner) != 0)
    firsts = np.flatnonzero(new)
    return codes[at].astype(np.int64) - 48, owner[firsts], at[firsts], at[np.append(firsts[1:], at.size) - 1] + 1


def _numbers(
    codes: Codes, worth: Numbers, owner: Numbers, low: Numbers, high: Numbers, kinds: Flags, numbers: Masks,
    ways: Masks, leading: Masks, touched: Masks, evenly: int, luhn: int,
) -> Iterator[Numbers]:  # fmt: skip
    """Group, kind, start, end and rules of every row of runs that could be one number."""
    beside = owner[1:] == owner[:-1]
    gap = codes.take(high[:-1], mode="clip")
    single = beside & (low[1:] == high[:-1] + 1)
    tight = np.zeros(owner.size + 1, np.bool_)  # of the joint before each run
    tight[1:-1] = single & (_kinds(gap, kinds) & np.uint8(sieve.IS_TIGHT) != 0)
    even = single & ((gap == sieve.BLANK) | (gap == sieve.HYPHEN))
    behind = _kinds(codes.take(high, mode="clip"), kinds) & np.uint8(sieve.IS_ALNUM) != 0
    open_ended = (behind & (high < codes.size)) | tight[1:]
    before = codes.take(low - 1, mode="clip")
    letter = (_kinds(before, kinds) & np.uint8(sieve.IS_ALNUM) != 0) & (low > 0)
    free = np.where(letter, touched.take(before, mode="clip"), -1)
    lengths = high - low
    begins = np.cumsum(lengths) - lengths  # of each run, the place of its first digit among all
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
        masks = masks & free[first]
        kept = np.flatnonzero((masks != 0) & ~open_ended[last])
        first, last, masks = first[kept], last[kept], masks[kept]
        masks = _led(worth, begins[first], digits[kept], masks, leading, luhn)
        yield np.column_stack([owner[first], np.full(first.size, sieve.NUMBER), low[first], high[last], masks])[
            masks != 0
        ]


def _led(worth: Numbers, begins: Numbers, digits: Numbers, masks: Masks, leading: Masks, luhn: int) -> Masks:
    for place in range(sieve.LEADING):
        known = leading[place, worth.take(begins + place, mode="clip")]
        masks = masks & np.where(digits > place, known, -1)
    asked = np.flatnonzero(masks & luhn)
    total = np.zeros(asked.size, np.int64)
    for place in range(int(digits[asked].max(initial=0))):
        digit = worth.take(begins[asked] + digits[asked] - 1 - place, mode="clip") * (1 + place % 2)
        total += np.where(digits[asked] > place, digit - 9 * (digit > 9), 0)
    masks[asked[total % 10 != 0]] &= ~luhn
    return masks


def _tokens(
    codes: Codes, owner: Numbers, low: Numbers, high: Numbers, kinds: Flags, tokens: Masks, letters: Masks,
    resident: int,
) -> Numbers:  # fmt: skip
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
    some = np.flatnonzero(masks != 0)
    owner, start, end, masks = owner[some], start[some], end[some], masks[some]
    for place in range(sieve.LETTERS):
        inside = codes.take(start + place, mode="clip").clip(max=ASCII - 1)
        masks &= np.where(end - start > place, letters[place, inside], -1)
    asked = np.flatnonzero((masks & resident != 0) & (end - start == sieve.RESIDENT))
    total, weight = np.zeros(asked.size, np.int64), 1
    for place in range(1, sieve.RESIDENT + 1):
        total += (codes[end[asked] - place].astype(np.int64) - 48).clip(max=10) * weight
        weight = weight * 2 % 11
    masks[asked[total % 11 != 1]] &= ~resident
    found = np.column_stack([owner, np.full(owner.size, sieve.TOKEN), start, end, masks])
    return np.asarray(found[masks != 0], np.int64)


def _nearby(codes: Codes, low: Numbers, high: Numbers, small: Codes, begins: Flags, words: Masks) -> Numbers:
    """Of each window, in order, the rules of which a word begins in it; some that have none may be among them."""
    low, high = np.maximum(0, low), np.minimum(codes.size, high)
    made = np.zeros(low.size, np.int64)
    if not low.size:
        return made
    apart = np.ones(low.size, np.bool_)  # windows that overlap are one
    apart[1:] = low[1:] > high[:-1]
    firsts = np.flatnonzero(apart)
    at = _spread(low[firsts], high[np.append(firsts[1:], low.size) - 1])
    at = at[at < codes.size]
    one, other = (_lower(codes.take(at + step, mode="clip"), small) for step in (0, 1))
    hashes = pairs(one, other)
    begun, alone = begins.take(hashes), small.take(codes[at], mode="clip") & sieve.ALONE != 0
    hits = np.flatnonzero((begun != 0) | alone)
    at, hashes, begun = at[hits], hashes[hits], begun[hits]
    masks = np.where(alone[hits], words[sieve.PIECES + 1].take(one[hits], mode="clip"), 0)
    some = np.flatnonzero((begun & np.uint8(sieve.OF_THREE) != 0) & (at + 2 < codes.size))
    one, other = (_lower(codes[at[some] + step], small) for step in (1, 2))
    masks[some] = words[sieve.PIECES, pairs(hashes[some], pairs(one, other)) % words.shape[1]]
    some = np.flatnonzero(begun & np.uint8(sieve.BY_PAIRS))
    for piece in range(sieve.PIECES):
        known = words[piece, hashes[some] % words.shape[1]]
        masks[some] |= known & sieve.RULES
        behind = at[some] + 2 * piece + 2
        some = some[(known < 0) & (behind + 1 < codes.size)]
        one, other = (_lower(codes[at[some] + 2 * piece + step], small) for step in (2, 3))
        hashes[some] = pairs(hashes[some], pairs(one, other))
    at, masks = at[masks != 0], masks[masks != 0]
    first, last = np.searchsorted(at, low), np.searchsorted(at, high)
    some = np.flatnonzero(first < last)
    if some.size:
        bounds = np.column_stack([first[some], last[some]]).ravel()
        made[some] = np.bitwise_or.reduceat(np.append(masks, 0), bounds)[::2]
    return made


def _lower(codes: Codes, small: Codes) -> Codes:
    return np.where(codes < PLANE, small.take(codes, mode="clip") & sieve.CHARACTER, codes)


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def ran(
    codes: Codes, at: Places, kinds: Flags, fits: Masks, small: Codes, begins: Flags, words: Masks, always: int,
    out: Masks,
) -> int:  # fmt: skip
    if not at.size:
        return 0
    places = at.astype(np.int64)
    parted, mixed = _parted(codes, places, kinds)
    firsts = np.concatenate([[0], np.flatnonzero(parted) + 1])
    lasts = np.append(firsts[1:], places.size) - 1
    digits = lasts - firsts + 1
    odd = np.add.reduceat(_kinds(codes[places], kinds) == numerals.NUMERAL, firsts, dtype=np.int64)
    least = np.where(odd > 1, numerals.LEAST, numerals.LEAST_PLAIN)
    enough = (digits >= least) & (digits <= numerals.MOST) & ((odd > 1) | (places[lasts] - places[firsts] >= digits))
    firsts, lasts, digits, odd = firsts[enough], lasts[enough], digits[enough], odd[enough]
    foreign = np.append(0, np.cumsum(mixed))
    masks = fits[np.where(foreign[lasts] > foreign[firsts], numerals.MOST, digits)]
    start, end = places[firsts], places[lasts] + 1
    near = _nearby(codes, start - LEFT, end + RIGHT + numerals.JOINT + 1, small, begins, words)
    masks &= always | near
    sure = (odd > 1) | (digits >= numerals.SURE)
    kept = (masks != 0) & (sure | ((always | near) & numerals.CALLED != 0))
    found = np.column_stack([start, end, sure, masks])[kept]
    if len(found) <= len(out):
        out[: len(found)] = found
    return len(found)


def _parted(codes: Codes, at: Numbers, kinds: Flags) -> tuple[Switches, Switches]:
    """Of what stands between each digit and the next: whether it ends a run, and whether a letter is in it."""
    gaps = np.diff(at)
    parted, mixed, aside = gaps > numerals.ASIDE, np.zeros(gaps.size, np.bool_), np.zeros(gaps.size, np.bool_)
    some = np.flatnonzero(~parted)
    for step in range(1, numerals.ASIDE):
        some = some[(gaps[some] > step) & ~parted[some]]
        between = codes[at[some] + step]
        kind = _kinds(between, kinds)
        aside[some] |= (kind == numerals.OPENING) & (step <= 2)
        other = kind == numerals.OTHER
        parted[some] |= (other & ~aside[some]) | (between == APART)
        mixed[some] |= other
    return parted | (gaps > np.where(aside, numerals.ASIDE, numerals.JOINT + 1)), mixed

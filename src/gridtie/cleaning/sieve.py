"""Which groups of digits, and which runs of letters and digits beside them, any rule could find: nearly none of them.

A rule that has too low a score by itself needs one of its words nearby; numbers are parted as few rules want them. Both
can be told in a kernel, so that the rules themselves are asked about few places. What the sieve lets through may still
be nothing; what it keeps back is nothing for certain.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from gridtie.cleaning.block import Block
from gridtie.cleaning.compiled import njit
from gridtie.cleaning.expected import ASCII, expected
from gridtie.cleaning.rule import COUNTS_FROM, LEFT, RIGHT, Rule
from gridtie.cleaning.sweep import LAST_PAIR, PAIRS, PLANE, Codes, Flags, Masks, Places, knot, pair, paired

MOST_RUNS, MOST_DIGITS = 9, 21  # of one number
HEAD, TAIL = 24, 40  # letters and digits that belong to a token before and behind the digits
TIGHT = ".-·_‐‑‒–—―"  # a number does not end at one of these alone
IS_TIGHT, IS_DIGIT, IS_ALNUM = 1, 2, 4
BLANK, HYPHEN = 32, 45
PIECES = 6  # pairs of characters that a word is known by, at most
BY_PAIRS, OF_THREE = 1, 2  # words that a pair of characters begins
CHARACTER, ALONE = np.uint32((1 << 21) - 1), np.uint32(1 << 24)
RULES = (1 << 63) - 1  # of what such pairs stand for; the bit above says that a longer word begins so
_BITS = 62  # rules that have a bit of their own; the last one stands for all others
_HASHES = 1 << 16
_LONGEST = HEAD + TAIL + MOST_DIGITS  # from here on all tokens count as equally long
NUMBER, TOKEN = 0, 1
LEADING, LETTERS = 6, 18  # digits of a number, and characters of a token, that are looked at by themselves
RESIDENT = 18  # characters of an identity number with the check of ISO 7064 MOD 11-2
Found = tuple[int, int, int, int, tuple[Rule, ...]]


class Words:
    """By hashes of how they begin, which rules each word counts for. `always`: the rules that need none."""

    def __init__(self) -> None:
        self.always = 0
        self.begins = np.zeros(PAIRS, np.uint8)
        # By the first two characters, by the first four, …; and by all of three, and by one alone.
        self.masks = np.zeros((PIECES + 2, _HASHES), np.int64)
        self.small = small()  # with `ALONE` at characters that are words

    def file(self, rule: Rule, bit: int) -> None:
        beyond = any(len(word) == 1 and ord(word) >= PLANE for word in rule.words)
        if max(rule.score, rule.unchecked) >= COUNTS_FROM or beyond:
            self.always |= bit
        for word in rule.words if not self.always & bit else ():
            self.note(word, bit)

    def note(self, word: str, bit: int) -> None:
        """That a word, which is no character beyond the plane alone, stands for these bits."""
        codes = list(map(ord, word))
        if len(word) == 1:
            self.masks[PIECES + 1, codes[0]] |= bit
            self.small = np.where(self.small & CHARACTER == codes[0], self.small | ALONE, self.small)
            return
        last = min(PIECES, len(word) // 2) - 1
        place = paired(codes[0], codes[1])
        if len(word) == 3:
            self.begins[place] |= OF_THREE
            self.masks[PIECES, paired(place, paired(codes[1], codes[2])) % _HASHES] |= bit
            return
        self.begins[place] |= BY_PAIRS
        for piece in range(last):
            self.masks[piece, place % _HASHES] |= ~RULES
            place = paired(place, paired(codes[2 * piece + 2], codes[2 * piece + 3]))
        self.masks[last, place % _HASHES] |= bit


class Sieve:
    """Of the rules that look at digits and tokens."""

    def __init__(self, rules: Sequence[Rule], kernel: Callable[..., int] | None = None) -> None:
        """`kernel`: `sift`, or what does the same."""
        self._kernel = kernel or sift
        self._rules = [rule for rule in rules if rule.source in ("digits", "token")]
        self._known: dict[int, tuple[Rule, ...]] = {}
        self._kinds = np.zeros(PLANE, np.uint8)
        self._words = Words()
        self._numbers = np.zeros((MOST_DIGITS + 1, 2), np.int64)  # by digits; unparted and parted
        self._written = np.zeros(_HASHES, np.int64)
        self._tokens = np.zeros(_LONGEST + 1, np.int64)
        self._leading = np.zeros((LEADING, 10), np.int64)
        self._letters = np.zeros((LETTERS, ASCII), np.int64)
        self._touched = np.zeros(
            ASCII, np.int64
        )  # by the letter before a number: a word that it ends says what that is
        self._luhn = self._resident = self._evenly = 0
        for letters, kind in ((TIGHT, IS_TIGHT), ("0123456789", IS_DIGIT | IS_ALNUM)):
            for letter in letters:
                self._kinds[ord(letter)] |= kind
        for first in "Aa":
            self._kinds[ord(first) : ord(first) + 26] |= IS_ALNUM
        for number, rule in enumerate(self._rules):
            self._file(rule, 1 << min(number, _BITS - 1))
            if number < _BITS - 1 and not rule.unchecked:
                self._luhn |= int(rule.check == "luhn") << number
                self._resident |= int(rule.check in ("resident_id", "foreigner_id")) << number

    def _file(self, rule: Rule, bit: int) -> None:
        self._words.file(rule, bit)
        if rule.source == "token":
            least, most = rule.lengths or (0, _LONGEST)
            self._tokens[least : most + 1] |= bit
            if most >= _LONGEST:
                self._tokens[-1] |= bit
            self._letters[expected(rule.shape_text, LETTERS)[:, :ASCII]] |= bit
            return
        self._leading[expected(rule.shape_text, LEADING)[:, ord("0") : ord("9") + 1]] |= bit
        for last in {letter for word in rule.words for letter in (word[-1], word[-1].upper()) if letter < chr(ASCII)}:
            self._touched[ord(last)] |= bit
        for count in rule.digits:
            if count <= MOST_DIGITS:
                self._numbers[count] |= [bit if rule.unparted else 0, bit]
        for way in rule.written:
            self._written[written(np.array([int(length) for length in way.split("-")], np.int64))] |= bit
        if not rule.written:
            self._evenly |= bit

    def sift(self, block: Block, clusters: Places) -> Iterator[Found]:
        """In which text; `NUMBER` or `TOKEN`; where in that text it begins and ends, and the rules that could
        find it. `clusters`: as `sweep` found them."""
        out = np.empty((2 * clusters.size + 32, 4), np.int64)
        count = self._sift(block.codes, clusters, out)
        if count > len(out):
            out = np.empty((count, 4), np.int64)
            count = self._sift(block.codes, clusters, out)
        numbers = block.numbers(out[:count, 1])
        out[:count, 1:3] -= block.starts[numbers, None]
        for number, kind, start, end, mask in zip(numbers.tolist(), *out[:count].T.tolist(), strict=True):
            yield number, kind, start, end, self._of(mask)

    def _sift(self, codes: Codes, clusters: Places, out: Masks) -> int:
        words = self._words
        return self._kernel(
            codes, clusters, self._kinds, words.small, words.begins, words.masks, self._numbers, self._written,
            self._tokens, self._leading, self._letters, self._touched, words.always, self._evenly, self._luhn,
            self._resident, out,
        )  # fmt: skip

    def _of(self, mask: int) -> tuple[Rule, ...]:
        if mask not in self._known:
            self._known[mask] = tuple(
                rule for number, rule in enumerate(self._rules) if mask >> min(number, _BITS - 1) & 1
            )
        return self._known[mask]


@cache
def small() -> Codes:
    """Of each character the small one, for those whose small one is longer its first."""
    return np.array([ord(chr(code).lower()[0]) for code in range(PLANE)], np.uint32)


@njit(cache=True, nogil=True)
def written(lengths: Masks) -> int:
    """A place for a way of parting digits."""
    folded = 1
    for length in lengths:
        folded = (folded * 37 + length) % 1_000_003
    return folded % _HASHES


@njit(cache=True, nogil=True)
def nearby(
    codes: Codes, low: int, high: int, small: Codes, begins: Flags, words: Masks, known: Masks, hits: Masks
) -> int:
    """The rules of which a word begins from `low` to `high`, as a mask; some that have none may be in it.

    What is known of the last window spares work where the next one begins no earlier. It is in `known`, which begins
    as zeros: which of `hits` is the first that counts, how many there are, up to where they are, and where that window
    began. `hits` (where a word begins, and its rules) is twice as long as a window.
    """
    first, count, start, last = known
    if low < last:
        first, count, start = 0, 0, 0
    start = max(low, start)
    while first < count and hits[first, 0] < low:
        first += 1
    if count + high - start > len(hits):
        for number in range(first, count):
            hits[number - first] = hits[number]
        first, count = 0, count - first
    count = noted(codes, start, high, small, begins, words, hits, count)
    known[0], known[1], known[2], known[3] = first, count, max(start, high), low
    mask = 0
    for number in range(first, count):
        mask |= hits[number, 1]
    return mask


@njit(cache=True, nogil=True)
def noted(
    codes: Codes, start: int, end: int, small: Codes, begins: Flags, words: Masks, hits: Masks, count: int
) -> int:
    """Puts into `hits` where words begin from `start` to `end`, and their rules; how many there are then."""
    size = max(0, min(codes.size, end + 2 * PIECES) - start)
    window = np.empty(size + 1, np.uint32)
    for at in range(start, start + size):
        window[at - start] = small[codes[at]] if codes[at] < PLANE else codes[at]
    window[size] = 0
    knotted(window)
    for at in range(min(end - start, size)):
        place, piece, behind, mask = window[at] & LAST_PAIR, 0, at + 2, 0
        if window[at] & ALONE:
            mask |= words[PIECES + 1, small[codes[start + at]] & CHARACTER]
        begun = begins[place]
        if begun & OF_THREE and behind < size:
            mask |= words[PIECES, pair(place, window[at + 1] & LAST_PAIR) % _HASHES]
        known = words[0, place % _HASHES] if begun & BY_PAIRS else 0
        while known:
            mask |= known
            if known > 0 or behind + 1 >= size:
                break
            place, piece, behind = pair(place, window[behind] & LAST_PAIR), piece + 1, behind + 2
            known = words[piece, place % _HASHES]
        if mask & RULES:
            hits[count, 0], hits[count, 1] = start + at, mask & RULES
            count += 1
    return count


@njit(cache=True, nogil=True)
def knotted(codes: Codes) -> None:
    """Puts in place of each character what `pair` has for it and the next, with `ALONE` if it has that; the last one is
    left as it is."""
    for at in range(codes.size - 1):
        one, other = codes[at] & CHARACTER, codes[at + 1] & CHARACTER
        codes[at] = knot(one, other) | codes[at] & ALONE


@njit(cache=True, nogil=True)
def kind_at(codes: Codes, at: int, kinds: Flags) -> int:
    return int(kinds[codes[at]]) if codes[at] < PLANE else 0


@njit(cache=True, nogil=True)
def sift(
    codes: Codes,
    clusters: Places,
    kinds: Flags,
    small: Codes,
    begins: Flags,
    words: Masks,
    numbers: Masks,
    ways: Masks,
    tokens: Masks,
    leading: Masks,
    letters: Masks,
    touched: Masks,
    always: int,
    evenly: int,
    luhn: int,
    resident: int,
    out: Masks,
) -> int:
    """How many; those that have no room in `out` are counted, perhaps too often, and not written."""
    count, widest = 0, 0
    for cluster in range(0, clusters.size, 2):
        widest = max(widest, clusters[cluster + 1] - clusters[cluster])
    runs = np.empty((widest, 2), np.int64)
    known, hits = np.zeros(4, np.int64), np.empty((2 * (LEFT + 2 + HEAD + widest + RIGHT + TAIL), 2), np.int64)
    for cluster in range(0, clusters.size, 2):
        start, end = clusters[cluster], clusters[cluster + 1]
        before, asked, low, high = count, 0, codes.size, 0
        many = _runs(codes, start, end, kinds, runs)
        count = _numbers(codes, runs[:many], kinds, numbers, ways, leading, touched, evenly, luhn, out, count)
        count = _tokens(codes, runs[:many], kinds, tokens, letters, resident, out, count)
        for row in range(before, min(count, len(out))):
            if out[row, 3] & ~always:
                # A sign and a bracket before a number belong to it, so its window may begin a little earlier.
                asked, low = 1, min(low, out[row, 1] - LEFT - 2)
                high = max(high, end + RIGHT + TAIL if out[row, 0] == TOKEN else out[row, 2] + RIGHT)
        if asked and count <= len(out):
            low, high = max(0, low), min(codes.size, high)
            could = always | nearby(codes, low, high, small, begins, words, known, hits)
            kept = before
            for row in range(before, count):
                if out[row, 3] & could:
                    out[kept], out[kept, 3] = out[row], out[row, 3] & could
                    kept += 1
            count = kept
    return count


@njit(cache=True, nogil=True)
def _runs(codes: Codes, start: int, end: int, kinds: Flags, runs: Masks) -> int:
    many = 0
    for at in range(start, end):
        if kind_at(codes, at, kinds) & IS_DIGIT:
            if many and runs[many - 1, 1] == at:
                runs[many - 1, 1] = at + 1
            else:
                runs[many, 0], runs[many, 1] = at, at + 1
                many += 1
    return many


@njit(cache=True, nogil=True)
def _numbers(
    codes: Codes, runs: Masks, kinds: Flags, numbers: Masks, ways: Masks, leading: Masks, touched: Masks, evenly: int,
    luhn: int, out: Masks, count: int,
) -> int:  # fmt: skip
    lengths = np.empty(MOST_RUNS, np.int64)
    for first in range(len(runs)):
        if first and _tight(codes, runs[first - 1, 1], runs[first, 0], kinds):
            continue
        digits, least, evenly_parted, free, before = 0, MOST_DIGITS, True, -1, runs[first, 0] - 1
        if before >= 0 and kind_at(codes, before, kinds) & IS_ALNUM:
            free = touched[codes[before]]
        for last in range(first, min(len(runs), first + MOST_RUNS)):
            length = runs[last, 1] - runs[last, 0]
            lengths[last - first] = length
            digits, least = digits + length, min(least, length)
            if digits > MOST_DIGITS:
                break
            if last > first:
                joint = runs[last - 1, 1]
                evenly_parted &= runs[last, 0] == joint + 1 and (codes[joint] == BLANK or codes[joint] == HYPHEN)
            if runs[last, 1] < codes.size and kind_at(codes, runs[last, 1], kinds) & IS_ALNUM:
                continue
            if last + 1 < len(runs) and _tight(codes, runs[last, 1], runs[last + 1, 0], kinds):
                continue
            if first == last:
                mask = numbers[digits, 0]
            else:
                mask = numbers[digits, 1]
                if mask:
                    mask &= ways[written(lengths[: last - first + 1])] | (evenly if least >= 2 and evenly_parted else 0)
            mask &= free
            if mask:
                mask = _led(codes, runs[first, 0], runs[last, 1], mask, leading, luhn)
            if mask:
                if count < len(out):
                    out[count, 0], out[count, 1], out[count, 2], out[count, 3] = (
                        NUMBER, runs[first, 0], runs[last, 1], mask,
                    )  # fmt: skip
                count += 1
    return count


@njit(cache=True, nogil=True)
def _led(codes: Codes, start: int, end: int, mask: int, leading: Masks, luhn: int) -> int:
    """Of these rules those that such digits could fit, by the first of them and by Luhn's sum."""
    place = 0
    for at in range(start, end):
        digit = int(codes[at]) - 48
        if 0 <= digit < 10:
            mask &= leading[place, digit]
            place += 1
            if mask == 0 or place == LEADING:
                break
    if mask & luhn:
        total, place = 0, 0
        for at in range(end - 1, start - 1, -1):
            digit = int(codes[at]) - 48
            if 0 <= digit < 10:
                digit *= 1 + place % 2
                total += digit - 9 if digit > 9 else digit
                place += 1
        if total % 10:
            mask &= ~luhn
    return mask


@njit(cache=True, nogil=True)
def _spelled_so(codes: Codes, start: int, end: int, mask: int, letters: Masks, resident: int) -> int:
    """Of these rules those that a token of such characters could fit, and by the check of an identity number."""
    for place in range(min(end - start, LETTERS)):
        mask &= letters[place, codes[start + place]]
        if mask == 0:
            return 0
    if mask & resident and end - start == RESIDENT:
        total, weight = 0, 1
        for at in range(end - 1, start - 1, -1):
            digit = int(codes[at]) - 48
            total += (10 if digit > 9 else digit) * weight  # only an X can be last, and no letter before it
            weight = weight * 2 % 11
        if total % 11 != 1:
            mask &= ~resident
    return mask


@njit(cache=True, nogil=True)
def _tight(codes: Codes, start: int, end: int, kinds: Flags) -> bool:
    return end == start + 1 and kind_at(codes, start, kinds) & IS_TIGHT != 0


@njit(cache=True, nogil=True)
def _tokens(
    codes: Codes, runs: Masks, kinds: Flags, tokens: Masks, letters: Masks, resident: int, out: Masks, count: int
) -> int:
    past = -1
    for number in range(len(runs)):
        start, end = runs[number, 0], runs[number, 1]
        if start < past:
            continue
        head, tail = 0, 0
        while head < HEAD and start - head > 0 and kind_at(codes, start - head - 1, kinds) & IS_ALNUM:
            head += 1
        while tail < TAIL and end + tail < codes.size and kind_at(codes, end + tail, kinds) & IS_ALNUM:
            tail += 1
        start, end = start - head, end + tail
        past = end
        mask = tokens[min(end - start, len(tokens) - 1)]
        if mask:
            mask = _spelled_so(codes, start, end, mask, letters, resident)
        if mask:
            if count < len(out):
                out[count, 0], out[count, 1], out[count, 2], out[count, 3] = TOKEN, start, end, mask
            count += 1
    return count

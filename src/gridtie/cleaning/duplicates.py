"""Which records say again what an earlier one said: exactly, or nearly.

Exact is SHA-256 of the text. Near is found by bands of MinHash signatures, so that only records that share a band are
compared, and decided by the Jaccard likeness of their character shingles. A record that is like an earlier one that
stays does not stay itself; one that is only like others that do not stay, stays. So what is dropped is always much like
something that is kept. All of it depends on the texts and their order alone.

Texts of one template share bands by the thousand. So a record is compared with no more than some: by its rarest bands
first, which are what it has in common with few; by each band with the first that stay, those included that stand for
what was dropped; and exactly with those alone whose signatures agree most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import kernels
from gridtie.cleaning.compiled import njit

Signatures = npt.NDArray[np.uint32]  # one row a record
Shingles = npt.NDArray[np.uint32]  # 32 bits of the hash of each, sorted, each once
Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint64]
Held = npt.NDArray[Any]
BANDS, ROWS = 16, 8  # of a signature of 128: likeness 0.8 shares a band with 0.95, 0.5 with 0.06
OF_A_BAND, SIGNATURES, EXACTLY = 64, 256, 64  # that stay, with which one record is compared at most
TOGETHER = 10_000  # signatures that keys are made of at once
MARGIN = 0.2  # of an estimate by signatures, whose standard error is some 0.04 for 128 shingles and more
STAYS, UNDECIDED = -1, -2  # instead of the number of the one, among those that stay, that a record is like


def shingles(encoded: bytes) -> Shingles:
    _, squeezed = kernels.squeezed(np.frombuffer(encoded, np.uint8))
    hashes = (kernels.shingles(squeezed, kernels.SHINGLE) >> np.uint64(32)).astype(np.uint32)
    hashes.sort()
    distinct: Shingles = hashes[np.diff(hashes, prepend=~hashes[:1]) != 0]
    return distinct


def again(digests: Sequence[bytes]) -> dict[int, int]:
    """Of each record whose text stood before, by place: the place of the first that has it."""
    first: dict[bytes, int] = {}
    return {place: first[digest] for place, digest in enumerate(digests) if first.setdefault(digest, place) != place}


def keys_of(signatures: Signatures) -> Keys:
    """One of each band, equal where bands are; of a text that is too short for a shingle none but 0."""
    made = np.zeros((len(signatures), BANDS), np.uint64)
    for low in range(0, len(signatures), TOGETHER):  # what lies on a disk is never in memory as a whole
        here = np.ascontiguousarray(signatures[low : low + TOGETHER])
        some = np.flatnonzero(here[:, 0] != kernels.EMPTY)
        made[low + some] = kernels.keyed(here[some], BANDS)
    return made


@dataclass(frozen=True, slots=True)
class Candidates:
    """Records of which each shares a band with another: their places, in order; the numbers of the bands that each
    shares, rarest first, `STAYS` for none; and how many share each."""

    places: Numbers
    bands: Places
    sizes: Numbers

    @classmethod
    def of(cls, keys: Keys, left: npt.NDArray[np.bool_]) -> "Candidates":
        """`left`: which records are not dropped anyway."""
        places = np.flatnonzero(left & (keys[:, 0] != 0))
        bands, sizes = np.empty((places.size, BANDS), np.int32), np.zeros(0, np.int64)
        for band in range(BANDS):
            _, which, counts = np.unique(keys[places, band], return_inverse=True, return_counts=True)
            shared = counts > 1
            bands[:, band] = np.where(shared, np.cumsum(shared) - 1 + sizes.size, -1)[which]
            sizes = np.concatenate([sizes, counts[shared]])
        some = (bands >= 0).any(axis=1)
        places, bands = places[some], bands[some]
        order = np.argsort(np.where(bands >= 0, np.append(sizes, 0)[bands], places.size + 1), axis=1, kind="stable")
        return cls(places, np.take_along_axis(bands, order, axis=1), sizes)


class Comparison:
    """Of candidates, given in their order and as many at once as one likes, which are like one that stays."""

    def __init__(self, some: Candidates, least: float, longer: Callable[[Held, int, int], Held] | None = None) -> None:
        """`longer`: an array that begins with so many of another one and has room for so many more; asked for what is
        held of those that stay, most of all that is held."""
        self._bands, self._least, self._longer = some.bands, least, longer or longer_in_memory
        self._taken = self._kept = 0
        self._begins = np.concatenate([[0], np.cumsum(np.minimum(some.sizes, OF_A_BAND))]).astype(np.int64)
        self._known = np.zeros(some.sizes.size, np.int32)  # of each band, how many of `_members` there are
        self._members = np.zeros(int(self._begins[-1]), np.int32)
        self._seen = np.zeros(0, np.int64)
        self._signatures = np.zeros((0, BANDS * ROWS), np.uint32)
        self._said, self._ends = np.zeros(0, np.uint32), np.zeros(1, np.int64)

    def take(self, signatures: Signatures, said: Sequence[Shingles], decided: Places) -> Places:
        """The number, among those that stay, of what each of the next candidates is like, or `STAYS`. What was
        `decided` once is not decided again, and of what does not stay nothing need be said."""
        ends = np.cumsum([0, *map(len, said)], dtype=np.int64)
        self._make_room(len(said), int(ends[-1]))
        made = decided.copy()
        bands = self._bands[self._taken : self._taken + len(said)]
        self._kept = compare(
            self._taken, bands, self._begins, self._known, self._members, self._seen,
            np.ascontiguousarray(signatures), np.concatenate([*said, np.zeros(0, np.uint32)]), ends,
            self._signatures, self._said, self._ends, self._kept, self._least, made,
        )  # fmt: skip
        self._taken += len(said)
        return made

    def _make_room(self, records: int, shingles: int) -> None:
        self._seen = longer_in_memory(self._seen, self._kept, records)
        self._signatures = self._longer(self._signatures, self._kept, records)
        self._said = self._longer(self._said, int(self._ends[self._kept]), shingles)
        self._ends = longer_in_memory(self._ends, self._kept + 1, records)


def longer_in_memory(held: Held, used: int, more: int) -> Held:
    if used + more <= len(held):
        return held
    made = np.zeros((max(used + more, 2 * used), *held.shape[1:]), held.dtype)
    made[:used] = held[:used]
    return made


@njit(cache=True, nogil=True)
def compare(
    first: int, bands: Places, begins: Numbers, known: Places, members: Places, seen: Numbers,
    signatures: Signatures, said: Shingles, ends: Numbers,
    kept_signatures: Signatures, kept_said: Shingles, kept_ends: Numbers, kept: int, least: float, made: Places,
) -> int:  # fmt: skip
    """How many stay now; `made` has what is decided. Numbered from `first` on are all candidates, for `seen`."""
    near = np.empty(SIGNATURES, np.int32)
    for at in range(len(bands)):
        own = said[ends[at] : ends[at + 1]]
        if made[at] == UNDECIDED:
            count = _gathered(first + at + 1, bands[at], begins, known, members, seen, near)
            agreed = kernels.agreements(kept_signatures, near[:count], signatures[at])
            made[at] = _likest(near, agreed, own, kept_said, kept_ends, least)
        stays = made[at] == STAYS
        if stays:
            kept_signatures[kept] = signatures[at]
            kept_ends[kept + 1] = kept_ends[kept] + own.size
            kept_said[kept_ends[kept] : kept_ends[kept + 1]] = own
            kept += 1
        _file(kept - 1 if stays else made[at], bands[at], begins, known, members)
    return kept


@njit(cache=True, nogil=True)
def _gathered(
    number: int, bands: Places, begins: Numbers, known: Places, members: Places, seen: Numbers, near: Places
) -> int:
    """How many that stay are known by these bands, each once; they are put into `near`."""
    count = 0
    for band in bands:
        if band < 0:
            break
        for place in range(begins[band], begins[band] + known[band]):
            if count == near.size:
                return count
            if seen[members[place]] != number:
                seen[members[place]] = number
                near[count] = members[place]
                count += 1
    return count


@njit(cache=True, nogil=True)
def _likest(
    near: Places, agreed: Numbers, own: Shingles, kept_said: Shingles, kept_ends: Numbers, least: float
) -> int:  # fmt: skip
    """The first that is like it by `least`, asked in the order in which their signatures agree."""
    for _ in range(min(EXACTLY, agreed.size)):
        best = int(np.argmax(agreed))
        if agreed[best] < (least - MARGIN) * BANDS * ROWS:
            break
        agreed[best] = -1
        other = kept_said[kept_ends[near[best]] : kept_ends[near[best] + 1]]
        both = kernels.common(own, other, int(np.ceil(least / (1 + least) * (own.size + other.size) - 1e-9)))
        if both >= least * (own.size + other.size - both):
            return int(near[best])
    return STAYS


@njit(cache=True, nogil=True)
def _file(number: int, bands: Places, begins: Numbers, known: Places, members: Places) -> None:
    """By each of these bands, where there is room, one that stays is known."""
    for band in bands:
        if band < 0:
            break
        end = begins[band] + known[band]
        if end < begins[band + 1] and not np.any(members[begins[band] : end] == number):
            members[end] = number
            known[band] += 1

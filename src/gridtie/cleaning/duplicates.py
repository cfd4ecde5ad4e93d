"""Which records say again what an earlier one said: exactly, or nearly.

Exact is SHA-256 of the text. Near is found by bands of MinHash signatures, so that only records that share a band are
compared, and decided by the Jaccard likeness of their character shingles. A record that is like an earlier one that
stays does not stay itself; one that is only like others that do not stay, stays. So what is dropped is always much like
something that is kept, and a template with thousands of fillings is compared with its first alone. All of it depends on
the texts and their order alone.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gridtie.cleaning import kernels

BANDS, ROWS = 16, 8  # of a signature of 128: likeness 0.8 shares a band with 0.95, 0.5 with 0.06
Signatures = npt.NDArray[np.uint32]  # one row a record
Shingles = npt.NDArray[np.uint64]  # sorted, each once


def shingles(encoded: bytes) -> Shingles:
    _, squeezed = kernels.squeezed(np.frombuffer(encoded, np.uint8))
    return np.unique(kernels.shingles(squeezed, kernels.SHINGLE))


def likeness(one: Shingles, other: Shingles) -> float:
    """Jaccard: what both have among what either has."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / max(1, one.size + other.size - both)


def again(digests: Sequence[bytes]) -> dict[int, int]:
    """Of each record whose text stood before, by place: the place of the first that has it."""
    first: dict[bytes, int] = {}
    return {place: first[digest] for place, digest in enumerate(digests) if first.setdefault(digest, place) != place}


def alike(signatures: Signatures, skip: Iterable[int] = ()) -> list[tuple[int, ...]]:
    """Groups of records of which each shares a band with another of the group, in order; candidates, not yet compared.

    `skip`: records that are dropped anyway. One that is too short for a shingle is in no group.
    """
    left = np.setdiff1d(np.flatnonzero(signatures[:, 0] != kernels.EMPTY), np.fromiter(skip, np.int64))
    joined = Joined()
    for band in range(BANDS):
        rows = np.ascontiguousarray(signatures[left, band * ROWS : (band + 1) * ROWS])
        keys = rows.view(np.dtype((np.void, ROWS * 4))).ravel()
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        for number in np.flatnonzero(same).tolist():
            joined.join(int(left[order[number]]), int(left[order[number + 1]]))
    return joined.groups()


def nearly_again(groups: Sequence[tuple[int, ...]], known: Mapping[int, Shingles], least: float) -> dict[int, int]:
    """Of each record that is like an earlier one that stays by `least`: the place of that one, the first of them."""
    found: dict[int, int] = {}
    for group in groups:
        stays: list[int] = []
        for place in group:
            first = next((one for one in stays if _like(known[one], known[place], least)), None)
            if first is None:
                stays.append(place)
            else:
                found[place] = first
    return found


def _like(one: Shingles, other: Shingles, least: float) -> bool:
    """Sizes too far apart are not compared: likeness is at most the smaller by the larger."""
    small, large = sorted((one.size, other.size))
    return small >= least * large and likeness(one, other) >= least


class Joined:
    """Union-find: who is together with whom. The smallest member stands for all."""

    def __init__(self) -> None:
        self._up: dict[int, int] = {}

    def top(self, one: int) -> int:
        while (above := self._up.get(one, one)) != one:
            self._up[one] = self._up.get(above, above)
            one = above
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.top(one), self.top(other)))
        self._up.setdefault(low, low)
        self._up[high] = low

    def groups(self) -> list[tuple[int, ...]]:
        """Of two or more, each in order, the groups in order of their first."""
        found: dict[int, list[int]] = {}
        for one in sorted(self._up):
            found.setdefault(self.top(one), []).append(one)
        return [tuple(group) for group in found.values() if len(group) > 1]

"""Comparing across all parts: which records say again what an earlier one said. What is decided is marked segment by
segment, so a run that begins again compares none of it a second time."""

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from gridtie.cleaner.files import Part
from gridtie.cleaner.work import Task, digests, mark, marked, shingles_in, signatures_of
from gridtie.cleaning.duplicates import STAYS, UNDECIDED, Candidates, Comparison, Numbers, Places, again, keys_of
from gridtie.errors import InputChanged

TOGETHER = 1_000  # candidates that are compared at once
SEGMENT = 20_000  # candidates of which the decisions are kept together, at least
COMPARED = Path("work", "compared")
DUPLICATE, NEAR = "duplicate", "near-duplicate"
NOTHING = np.zeros(0, np.uint32)


def across(
    task: Task, parts: Sequence[Part], keys: Sequence[str], records: Sequence[int],
    told: Callable[[str, int, float], None],
) -> list[dict[int, str]]:  # fmt: skip
    """Duplicates among all records that are worth keeping, as reasons by part and place. `told`: the stage (`checking`
    while what was decided is only taken up), up to which part, and how much of that one."""
    policy = task.policy()
    starts = np.concatenate([[0], np.cumsum(records)]).astype(np.int64)
    worth = np.zeros(int(starts[-1]), np.bool_)
    said: list[bytes] = []
    for start, key in zip(starts[:-1].tolist(), keys, strict=True):
        for place, digest in enumerate(digests(task, key), start=start):
            if digest is not None:
                worth[place] = True
                said.append(digest)
    found: dict[int, str] = {}
    if policy.exact:
        places = np.flatnonzero(worth)
        found = dict.fromkeys(places[list(again(said))].tolist(), DUPLICATE)
        worth[list(found)] = False
    if policy.near and worth.any():
        some = Candidates.of(np.concatenate([keys_of(signatures_of(task, key)) for key in keys]), worth)
        decided = _Decided(task, keys, some.places.size).all(
            lambda known: _compared(task, parts, keys, starts, some, known, told)
        )
        found |= dict.fromkeys(some.places[decided != STAYS].tolist(), NEAR)
    dropped: list[dict[int, str]] = [{} for _ in parts]
    for place, reason in found.items():
        part = int(np.searchsorted(starts, place, side="right")) - 1
        dropped[part][place - int(starts[part])] = reason
    return dropped


def _compared(
    task: Task, parts: Sequence[Part], keys: Sequence[str], starts: Numbers, some: Candidates, known: Places,
    told: Callable[[str, int, float], None],
) -> Iterator[Places]:  # fmt: skip
    """The decisions on all candidates, so many at a time. `known`: those that were kept."""
    comparison, taken = Comparison(some, task.policy().near), 0
    for number, (part, key) in enumerate(zip(parts, keys, strict=True)):
        low, high = int(starts[number]), int(starts[number + 1])
        end = int(np.searchsorted(some.places, high))
        here, own = some.places[taken:end] - low, known[taken:end]
        texts = shingles_in(task, part, frozenset(here[own < 0].tolist()))
        signatures = signatures_of(task, key)
        for at in range(0, here.size, TOGETHER):
            now, rows = own[at : at + TOGETHER], here[at : at + TOGETHER]
            told("comparing" if now[-1] == UNDECIDED else "checking", number, float(rows[0]) / (high - low))
            said = [next(texts, None) if one < 0 else NOTHING for one in now.tolist()]
            if any(one is None for one in said):
                raise InputChanged(path=part.path)
            yield comparison.take(signatures[rows], [one for one in said if one is not None], now)
        taken = end


class _Decided:
    """What was decided on candidates, in their order, kept in segments: each a file that says how many come before."""

    def __init__(self, task: Task, keys: Sequence[str], many: int) -> None:
        policy = task.policy()
        said = json.dumps([policy.exact, policy.near, *keys]).encode()
        self._name, self._folder = sha256(said).hexdigest()[:24], task.out / COMPARED
        self._known = np.full(many, UNDECIDED, np.int32)
        self._kept = 0
        while self._kept < many and (before := marked(self._segment(self._kept))):
            segment = np.array(before["decided"], np.int32)
            self._known[self._kept : self._kept + segment.size] = segment
            self._kept += segment.size

    def _segment(self, start: int) -> Path:
        return self._folder / f"{self._name}-{start:012d}.json"

    def all(self, compared: Callable[[Places], Iterator[Places]]) -> Places:
        at = 0
        for some in compared(self._known) if self._kept < self._known.size else ():
            self._known[at : at + some.size] = some
            at += some.size
            if at - self._kept >= SEGMENT or (at == self._known.size and at > self._kept):
                mark(self._segment(self._kept), {"decided": self._known[self._kept : at].tolist()})
                self._kept = at
        return self._known

"""Comparing across all parts: which records say again what an earlier one said. What is decided is marked segment by
segment, so a run that begins again compares none of it a second time."""

import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from mmap import MADV_DONTNEED, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import numpy.typing as npt

from gridtie.cleaner.files import HALF, Part
from gridtie.cleaner.work import Task, digests, mark, marked, shingles_in, signatures_of
from gridtie.cleaning.duplicates import (
    STAYS,
    UNDECIDED,
    Candidates,
    Comparison,
    Held,
    Numbers,
    Places,
    again,
    keys_of,
)
from gridtie.errors import InputChanged

TOGETHER = 1_000  # candidates that are compared at once
IN_MEMORY, GROWS = 1 << 26, 1 << 26  # bytes of what is compared with; and by how many its room grows, at most
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
    found = _exactly(task, keys, starts, worth)
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


def _exactly(task: Task, keys: Sequence[str], starts: Numbers, worth: npt.NDArray[np.bool_]) -> dict[int, str]:
    """Those whose text stood before, where the policy drops them; notes which records are worth keeping at all."""
    said: list[bytes] = []
    for start, key in zip(starts[:-1].tolist(), keys, strict=True):
        for place, digest in enumerate(digests(task, key), start=start):
            if digest is not None:
                worth[place] = True
                said.append(digest)
    if not task.policy().exact:
        return {}
    return dict.fromkeys(np.flatnonzero(worth)[list(again(said))].tolist(), DUPLICATE)


def _compared(
    task: Task, parts: Sequence[Part], keys: Sequence[str], starts: Numbers, some: Candidates, known: Places,
    told: Callable[[str, int, float], None],
) -> Iterator[Places]:  # fmt: skip
    """The decisions on all candidates, so many at a time. `known`: those that were kept."""
    held = _OnDisk(task.out / COMPARED)
    comparison, taken = Comparison(some, task.policy().near, held.longer), 0
    for number, (part, key) in enumerate(zip(parts, keys, strict=True)):
        low, high = int(starts[number]), int(starts[number + 1])
        end = int(np.searchsorted(some.places, high))
        here, own = some.places[taken:end] - low, known[taken:end]
        texts = shingles_in(task, part, frozenset(here[own < 0].tolist()))
        for at in range(0, here.size, TOGETHER):
            now, rows = own[at : at + TOGETHER], here[at : at + TOGETHER]
            told("comparing" if now[-1] == UNDECIDED else "checking", number, float(rows[0]) / (high - low))
            said = [next(texts, None) if one < 0 else NOTHING for one in now.tolist()]
            if any(one is None for one in said):
                raise InputChanged(path=part.path)
            signatures = signatures_of(task, key)[rows]  # opened anew, else all of them are soon in memory
            yield comparison.take(signatures, [one for one in said if one is not None], now)
            held.leave_memory()
        taken = end


class _OnDisk:
    """Arrays whose room is in files without a name: what is held of those that stay is several times as much as their
    texts, and of a run of any size no more than `IN_MEMORY` of it stays in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[int, tuple[IO[bytes], mmap]] = {}  # by the addresses of the arrays

    def longer(self, held: Held, used: int, more: int) -> Held:
        """Raises OSError for a full disk."""
        if used + more <= len(held):
            return held
        fresh = TemporaryFile  # without a with: it is open as long as its array is
        file, _ = self._files.pop(held.ctypes.data, None) or (fresh(dir=self._folder, prefix=HALF), None)
        row = held.dtype.itemsize * math.prod(held.shape[1:])
        rows = used + max(more, min(used, GROWS // row))
        os.posix_fallocate(file.fileno(), 0, rows * row)  # a page that finds no room later would end the process
        room = mmap(file.fileno(), rows * row)
        made: Held = np.frombuffer(room, held.dtype).reshape(rows, *held.shape[1:])
        self._files[made.ctypes.data] = file, room
        return made

    def leave_memory(self) -> None:
        if sum(len(room) for _, room in self._files.values()) > IN_MEMORY:
            for _, room in self._files.values():
                room.madvise(MADV_DONTNEED)


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

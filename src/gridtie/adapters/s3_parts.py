"""A file in a bucket that grows: one object for each part, named by where it begins and how long it is.

Objects cannot be appended to, and two servers may take the same part twice. So no part is ever written over by
another: the name holds the length, and what reads walks over the parts that lead furthest.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


def part_key(folder: str, start: int, length: int) -> str:
    return f"{folder}/{start:016d}-{length}"


def part_of(key: str, size: int) -> Part:
    return Part(key, int(key.rpartition("/")[2].partition("-")[0]), size)


def cover(parts: Sequence[Part], limit: int | None = None, place: int = 0) -> list[tuple[Part, int, int]]:
    """(part, first byte wanted of it, how many): without holes from `place` as far as the parts lead, or to `limit`."""
    steps: list[tuple[Part, int, int]] = []
    waiting = sorted(parts, key=lambda part: (part.start, part.end))
    index, best = 0, None
    while limit is None or place < limit:
        while index < len(waiting) and waiting[index].start <= place:
            best = waiting[index] if best is None or waiting[index].end > best.end else best
            index += 1
        if best is None or best.end <= place:
            break
        end = best.end if limit is None else min(best.end, limit)
        steps.append((best, place - best.start, end - place))
        place = end
    return steps


def end_of(steps: Sequence[tuple[Part, int, int]]) -> int:
    return sum(count for _, _, count in steps)

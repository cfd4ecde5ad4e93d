"""How kernels are split: into a fixed number of blocks, whoever runs them; sums are taken in their order."""

from collections.abc import Callable

#: Calls the function once with each of 0 … count - 1, in any order, on any thread, and returns when all are done.
RunBlocks = Callable[[Callable[[int], object], int], None]

#: Columns from which on a kernel is split; a smaller one is over before a second thread has begun.
SPLIT_FROM = 65_536
BLOCKS = 2


def in_turn(work: Callable[[int], object], count: int) -> None:
    for block in range(count):
        work(block)


def blocks_for(columns: int) -> int:
    return BLOCKS if columns >= SPLIT_FROM else 1

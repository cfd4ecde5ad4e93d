"""Blocks of a kernel on several threads: kernels release the interpreter, and no sum depends on the threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class BlockThreads:
    """Runs the blocks of `gridtie.market.engine.blocks.RunBlocks` side by side."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="blocks")

    def __call__(self, work: Callable[[int], object], count: int) -> None:
        if count == 1:
            work(0)
        else:
            list(self._pool.map(work, range(count)))

    def close(self) -> None:
        self._pool.shutdown()

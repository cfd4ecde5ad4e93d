"""Several texts as one row of code points, so that what is looked for in every character is looked for in many texts at
once: a page, a cell and a number cost by their length, not by the call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridtie.cleaning.compiled import COMPILED

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
APART = 0x110000  # stands between two texts; no character, so nothing that is looked for reaches over it
MOST = 1 << (18 if COMPILED else 20)  # code points of a block of more than one text


@dataclass(frozen=True, slots=True)
class Block:
    """`starts`: where each text begins in `codes`, and where one more would."""

    texts: Sequence[str]
    codes: Codes
    starts: Numbers

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Block":
        codes = np.array("\0".join(texts) or "\0").reshape(1).view(np.uint32)  # NumPy keeps text as code points
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
        codes[starts[1:-1] - 1] = APART
        return cls(texts, codes[: max(0, starts[-1] - 1)], starts)

    def numbers(self, places: npt.NDArray[np.integer]) -> Numbers:
        """In which text each of these places is."""
        return np.searchsorted(self.starts, places, side="right") - 1


def blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in their order, as many together as have room in a block; a longer one by itself."""
    first, size = 0, 0
    for number, text in enumerate(texts):
        if size and size + len(text) > MOST:
            yield texts[first:number]
            first, size = number, 0
        size += len(text) + 1
    if size:
        yield texts[first:]

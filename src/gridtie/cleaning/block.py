"""Several texts as one row of code points, so that what is looked for in every character is looked for in many texts at
once: a page, a cell and a number cost by their length, not by the call."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
APART = 0x110000  # stands between two texts; no character, so nothing that is looked for reaches over it
APIECE = 200  # code points of a text from which on it is put down by itself: shorter ones are joined first
MOST = 1 << 21  # code points of a block of more than one text: each begins with tables that lie far from the processor

# Straight from the text to where it is wanted, in half the time that joining all and letting NumPy copy that takes.
_as_code_points = ctypes.pythonapi.PyUnicode_AsUCS4
_as_code_points.argtypes = [ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int]
_as_code_points.restype = ctypes.c_void_p


@dataclass(frozen=True, slots=True)
class Block:
    """`starts`: where each text begins in `codes`, and where one more would."""

    texts: Sequence[str]
    codes: Codes
    starts: Numbers

    @classmethod
    def of(cls, texts: Sequence[str], room: Codes | None = None) -> "Block":
        """`room`: where the code points may be, if there is room enough; what another block had there is gone then."""
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
        enough = room is not None and starts[-1] <= room.size
        codes = room[: starts[-1]] if room is not None and enough else np.empty(starts[-1], np.uint32)
        _put(codes, texts if starts[-1] > APIECE * len(texts) else ["\0".join(texts)])
        codes[starts[1:-1] - 1] = APART
        return cls(texts, codes[: max(0, starts[-1] - 1)], starts)

    def numbers(self, places: npt.NDArray[np.integer]) -> Numbers:
        """In which text each of these places is."""
        return np.searchsorted(self.starts, places, side="right") - 1


def _put(codes: Codes, texts: Sequence[str]) -> None:
    """The code points of each text, and room for one between two."""
    at, room = codes.ctypes.data, codes.size
    for text in texts:
        _as_code_points(text, at, room, 0)
        at, room = at + 4 * len(text) + 4, room - len(text) - 1


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

"""Time in slots that widen with distance: near starts are planned to the minute, far ones by the quarter day.

Times are whole units (say minutes) from now on. Work covers a slot if it covers at least half of it, and always the
one it starts in: far slots then carry about what is expected, near ones about what is certain.
"""

from dataclasses import dataclass

import numpy as np

from gridtie.market.engine.columns import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Slot t runs from edges[t] to edges[t + 1]; edges[0] is 0, now."""

    edges: Ints  # [T + 1] ascending

    @property
    def slots(self) -> int:
        return len(self.edges) - 1

    def lengths(self, work: Ints) -> Ints:
        """[J, T] how many slots work of `work` [J] units of time covers if it starts with slot t, or 0 if the horizon
        ends before it."""
        ends = self.edges[:-1] + work[:, None]
        length = self._covered(ends) - np.arange(self.slots)
        return np.where(ends <= self.edges[-1], np.maximum(length, 1), 0)

    def load(self, ends: Ints, units: Ints) -> Ints:
        """[T] units taken in each slot by what runs now, until `ends` [N]."""
        covered = np.minimum(np.maximum(self._covered(ends), 1), self.slots)
        freed = np.bincount(covered, weights=units, minlength=self.slots + 1).astype(np.int64)
        return int(units.sum()) - np.cumsum(freed)[:-1]

    def _covered(self, ends: Ints) -> Ints:
        """How many slots have their middle before `ends`."""
        middles = (self.edges[:-1] + self.edges[1:] + 1) // 2
        return np.searchsorted(middles, ends, side="right")


def widening(steps: tuple[tuple[int, int], ...]) -> Horizon:
    """The horizon of (how many slots, of which width) one after another."""
    widths = np.repeat([width for _, width in steps], [count for count, _ in steps])
    return Horizon(edges=np.concatenate(([0], np.cumsum(widths))).astype(np.int64))

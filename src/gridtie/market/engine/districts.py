"""Which pools lie near each other, as the book shows it: those that the same classes may use.

Two coordinates of each pool such that pools that share many classes lie close: the smoothest functions on the graph of
pools and classes, by power iteration (spectral partitioning; M. Fiedler 1973). A line across this plane divides the
pools into two districts that can be repaired side by side, since few jobs reach over it.
"""

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.columns import Indexes
from gridtie.market.engine.intake import Floats, Tableau

ROUNDS = 16
SAMPLE = 1 << 15  # columns that a round reads, about


def plane(tableau: Tableau) -> Floats:
    """[P, 2] coordinates, from a sample of the classes."""
    pools = len(tableau.floor)
    place = np.empty((pools, 2))
    grain = np.arange(pools, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # anything that follows no order
    place[:, 0] = (grain >> np.uint64(40)).astype(np.float64)
    place[:, 1] = ((grain * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(40)).astype(np.float64)
    _smooth(place, tableau.first, tableau.pool, max(tableau.columns // SAMPLE, 1))
    return place


@njit(nogil=True)
def _smooth(place: Floats, first: Indexes, pool: Indexes, stride: int) -> None:
    pools = len(place)
    reach = np.full(pools, 1e-9)
    for c in range(0, len(first) - 1, stride):
        for k in range(first[c], first[c + 1]):
            reach[pool[k]] += 1.0
    spread = np.empty((pools, 2))
    for turn in range(ROUNDS + 1):
        # Orthogonal to what is the same everywhere, and to each other; of length 1.
        for d in range(2):
            for e in range(-1, d):
                dot, norm = 0.0, 0.0
                for p in range(pools):
                    other = 1.0 if e < 0 else place[p, e]
                    dot += reach[p] * place[p, d] * other
                    norm += reach[p] * other * other
                for p in range(pools):
                    place[p, d] -= dot / max(norm, 1e-300) * (1.0 if e < 0 else place[p, e])
            norm = 0.0
            for p in range(pools):
                norm += reach[p] * place[p, d] ** 2
            for p in range(pools):
                place[p, d] /= np.sqrt(max(norm, 1e-300))
        if turn == ROUNDS:
            break
        spread[:] = 0.0
        for c in range(0, len(first) - 1, stride):
            x, y = 0.0, 0.0
            for k in range(first[c], first[c + 1]):
                x += place[pool[k], 0]
                y += place[pool[k], 1]
            each = 1.0 / max(first[c + 1] - first[c], 1)
            for k in range(first[c], first[c + 1]):
                spread[pool[k], 0] += x * each
                spread[pool[k], 1] += y * each
        for p in range(pools):
            place[p, 0] = spread[p, 0] / reach[p]
            place[p, 1] = spread[p, 1] / reach[p]

"""The exact knapsack over one resource, in place: nothing is allocated."""

import numpy as np

from gridtie.brought import njit


@njit(nogil=True)
def knapsack(items, weight, net, width, table, best, taken):  # type: ignore[no-untyped-def]
    """`taken[j]`: the items that are worth most and weigh less than `width`; `best[g]`: what those of at most g can be.

    Exact. `table` holds a bit for each item and weight. Profits and `best` are both whole numbers, or both are not.
    """
    words = (width + 63) // 64
    best[:width] = 0.0
    for j in range(items):
        w, x = weight[j], net[j]
        row = table[j * words : (j + 1) * words]
        row[:] = 0
        if x <= 0.0:
            continue
        for word in range(words - 1, w // 64 - 1, -1):
            low, bits = max(w, 64 * word), np.uint64(0)
            for g in range(min(width, 64 * word + 64) - 1, low - 1, -1):  # without a branch: nobody could foresee it
                gain, same = best[g - w] + x, best[g]
                bits = (bits << np.uint64(1)) | np.uint64(gain > same)
                best[g] = max(gain, same)
            row[word] = bits << np.uint64(low - 64 * word)
    read_off(items, weight, width - 1, words, table, taken)


@njit(nogil=True)
def read_off(items, weight, g, words, table, taken):  # type: ignore[no-untyped-def]
    for j in range(items - 1, -1, -1):
        taken[j] = (table[j * words + g // 64] >> np.uint64(g % 64)) & np.uint64(1) != 0
        if taken[j]:
            g -= weight[j]

"""One pass of the price ascent over a single slot, at up to four resources: sixteen classes abreast.

Classes are laid out in groups of sixteen *lanes*, so that every step of a pass (surplus, maximum, exponential, sum) is
one vector operation over the lanes; a group is as long as its longest class, and classes of about equal length share
one. Values are float32 in reference prices: the dual bound is taken elsewhere, in whole numbers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for
from gridtie.market.engine.intake import Tableau
from gridtie.market.engine.vectors import LANES, gains, weigh

Singles = npt.NDArray[np.float32]
RESOURCES = 4
WINDOW = 512  # classes among which equal lengths are gathered; more would spread a group over many pools
NOTHING = np.float32(-1e9)  # the value of a column that fills a lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """G groups of sixteen classes; group g holds columns at first[g] … first[g + 1], sixteen by sixteen."""

    first: npt.NDArray[np.int64]  # [G + 1]
    pool: npt.NDArray[np.uint32]  # [L]
    value: Singles  # [L]
    use: Singles  # four planes of sixteen: for each sixteen columns if `mixed`, else for each group
    mixed: bool  # a class has columns of several shapes
    count: Singles  # [G, 16] jobs, 0 in lanes without a class
    size: Singles  # [G, 16]


def lanes(tableau: Tableau, reference: float, run_blocks: RunBlocks) -> Lanes:
    width = np.diff(tableau.first).astype(np.int64)
    order = np.argsort((np.arange(len(width)) // WINDOW << 32) + width, kind="stable")
    groups = -(-len(order) // LANES)
    longest = np.maximum.reduceat(width[order], np.arange(0, len(order), LANES)) if groups else np.zeros(0, np.int64)
    first = np.concatenate(([0], np.cumsum(longest * LANES)))
    mixed = bool(_is_mixed(tableau.first, tableau.shape))
    pool, value = np.zeros(first[-1], np.uint32), np.full(first[-1], NOTHING)
    use = np.zeros(RESOURCES * (first[-1] if mixed else groups * LANES), np.float32)
    count, sizes = np.zeros((groups, LANES), np.float32), np.ones((groups, LANES), np.float32)
    each = np.zeros((len(tableau.use), RESOURCES), np.float32)
    each[:, : tableau.use.shape[1]] = tableau.use
    blocks = blocks_for(tableau.columns)
    cuts = np.linspace(0, groups, blocks + 1).astype(np.int64) * LANES

    def one(block: int) -> None:
        _lay(
            cuts[block], min(cuts[block + 1], len(order)), order, first, tableau.first, tableau.pool, tableau.shape,
            tableau.value, 1.0 / reference, each, tableau.size, tableau.count, mixed, pool, value, use, count, sizes,
        )  # fmt: skip

    run_blocks(one, blocks)
    return Lanes(first=first, pool=pool, value=value, use=use, mixed=mixed, count=count, size=sizes)


@njit(nogil=True)
def _is_mixed(first, shape):  # type: ignore[no-untyped-def]
    for c in range(len(first) - 1):
        for k in range(first[c] + 1, first[c + 1]):
            if shape[k] != shape[first[c]]:
                return True
    return False


@njit(nogil=True)
def _lay(  # type: ignore[no-untyped-def]
    begin, stop, order, group_first, first, pool, shape, value, unit, each, size, jobs, mixed, lane_pool, lane_value,
    use, count, sizes,
):  # fmt: skip
    for i in range(begin, stop):
        c, g, lane = order[i], i // LANES, i % LANES
        at = group_first[g] + lane
        count[g, lane] = jobs[c]
        sizes[g, lane] = size[shape[first[c]]]
        for k in range(first[c], first[c + 1]):
            lane_pool[at] = pool[k]
            lane_value[at] = value[k] * unit
            if mixed or k == first[c]:
                row = (at - lane) // LANES if mixed else g
                for r in range(RESOURCES):
                    use[(row * RESOURCES + r) * LANES + lane] = each[shape[k], r]
            at += LANES


@njit(nogil=True, error_model="numpy", fastmath={"contract", "nnan", "nsz"})
def lane_pass(  # type: ignore[no-untyped-def]
    begin, stop, first, pool, value, use, mixed, count, size, price, temperature, demand
):  # fmt: skip
    """The groups' part of the Lagrangian. `demand` [P, 8] receives loads and, beside them, their curvature.

    Harmless fast maths: contracting a product and a sum, and no NaN, which no finite value gives.
    """
    demand[:] = 0.0
    longest = 0
    for g in range(begin, stop):
        longest = max(longest, first[g + 1] - first[g])
    weight = np.empty(longest + LANES, np.float32)
    best = np.empty(LANES, np.float32)
    scale = np.empty(LANES, np.float32)
    total = np.empty(LANES, np.float32)
    one = np.float32(1.0)
    lagrangian = 0.0
    for g in range(begin, stop):
        a, b = first[g], first[g + 1]
        for n in range(LANES):
            best[n] = 0.0
            total[n] = 0.0
            scale[n] = one / (np.float32(temperature) * size[g, n])
            weight[longest + n] = 0.0
        at_use = g * RESOURCES * LANES
        for at in range(a, b, LANES):
            if mixed:
                at_use = at * RESOURCES
            gains(value, pool, use, price, weight, best, at, at_use, at - a)
        weigh(weight, best, scale, total, longest)  # staying out
        for at in range(0, b - a, LANES):
            weigh(weight, best, scale, total, at)
        for n in range(LANES):
            lagrangian += count[g, n] * best[n]
            total[n] = one / total[n]
        for at in range(0, b - a, LANES):
            if mixed:
                at_use = (a + at) * RESOURCES
            for n in range(LANES):
                x = weight[at + n] * total[n]
                if x < np.float32(1e-3):
                    continue
                bend = count[g, n] * x * (one - x) * scale[n]
                x *= count[g, n]
                u = use[at_use + n]
                v = use[at_use + LANES + n]
                w = use[at_use + 2 * LANES + n]
                z = use[at_use + 3 * LANES + n]
                p = pool[a + at + n]
                d0, d1 = demand[p, 0] + x * u, demand[p, 1] + x * v
                d2, d3 = demand[p, 2] + x * w, demand[p, 3] + x * z
                d4, d5 = demand[p, 4] + bend * u * u, demand[p, 5] + bend * v * v
                d6, d7 = demand[p, 6] + bend * w * w, demand[p, 7] + bend * z * z
                demand[p, 0], demand[p, 1], demand[p, 2], demand[p, 3] = d0, d1, d2, d3
                demand[p, 4], demand[p, 5], demand[p, 6], demand[p, 7] = d4, d5, d6, d7
    return lagrangian

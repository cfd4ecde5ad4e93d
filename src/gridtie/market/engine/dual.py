"""Prices by smoothed dual ascent.

The Lagrangian L(y) = supply(y) + Σ_class count · max(0, max_k (v_k - use_k · y)) bounds the welfare from above for any
y ≥ 0. Every pass lets each class choose softly at a temperature, sums expected loads l and their curvature h, and moves
y by a diagonal Newton step (l - c) / (w h + …) with momentum; the temperature falls. The weight w is the number of
rows that a column touches, which makes the diagonal dominate.
Source: entropic smoothing of the dual (Nesterov 2005) with a diagonally scaled Newton step; weights as in separable
approximations for column-coupled problems.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gridtie.brought import njit
from gridtie.market.engine.blocks import RunBlocks, blocks_for, in_turn
from gridtie.market.engine.intake import Bools, Floats, Tableau
from gridtie.market.engine.lanes import RESOURCES, lane_pass, lanes

FIRST_TEMPERATURE, LAST_TEMPERATURE = 0.6, 0.006  # of the reference price
COOLING = 0.9  # the share of the passes over which the temperature falls
FIRST_MOMENTUM, LAST_MOMENTUM = 0.4, 0.8
STEP_LIMIT = 1.0  # temperatures
SAMPLE = 4  # one in so many classes is asked first
STIFFNESS = 0.05  # curvature of a row that nobody is undecided about, in capacities per temperature
# Prices before are those of another book if a whole step would lower the Lagrangian by more than so many temperatures
# of what is asked for at them, or their passes together by more than this share of it. A cooler start counts as one at
# the least temperature: where a twentieth of a book has changed, its prices move by more than so small a one.
FOREIGN_STEP = 0.25
FOREIGN_FALL = 0.01
FOREIGN_LEAST = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Ascent:
    price: Floats  # [P, T, R] micro-units over the floor
    reference: float  # micro-units per unit of resource 0 and slot at which demand would equal capacity
    passes: int


#: (prices in references, temperature) → the classes' part of the Lagrangian, loads and curvature [P, T or more, R].
Pass = Callable[[Floats, float], tuple[float, Floats, Floats]]


def ascend(
    tableau: Tableau, passes: int, run_blocks: RunBlocks, before: Floats | None = None, warm_passes: int = 0,
    warm_temperature: float = 0.08,
) -> Ascent:  # fmt: skip
    """`before` are prices over the floor to start from, for `warm_passes` from `warm_temperature` on. Where these find
    that it was another book that they cleared, it starts from one price for all, as if there had been none."""
    reference = reference_price(tableau, run_blocks)
    bound = bounding(tableau, run_blocks)
    climb = _Climb(tableau, reference, bound, run_blocks)
    if before is None or not climb.led_on(np.where(bound, 0.0, before / reference), warm_temperature, warm_passes):
        climb.led_on(_level(tableau, bound), FIRST_TEMPERATURE, passes, trusted=True)
    return Ascent(price=climb.best * reference, reference=reference, passes=climb.passes)


class _Climb:
    """Keeps the prices with the lowest Lagrangian of all its passes."""

    def __init__(self, tableau: Tableau, reference: float, bound: Bools, run_blocks: RunBlocks) -> None:
        resources = tableau.capacity.shape[2]
        narrow = tableau.capacity.shape[1] == 1 and resources <= RESOURCES
        self.one_pass = (_lane_passes if narrow else _slot_passes)(tableau, reference, run_blocks)
        self.bound, self.rows = bound, 1.75 if resources > 1 else 1.0
        self.supply = tableau.capacity.astype(np.float64)
        self.steps = (tableau.step_first, tableau.step_units, tableau.step_ask / reference)
        self.tableau = tableau
        self.best, self.lowest, self.passes = np.zeros(tableau.capacity.shape), np.inf, 0

    def led_on(self, price: Floats, hottest: float, passes: int, *, trusted: bool = False) -> bool:
        """Whether such prices may be believed to have led to where more passes would lead; it moves them in place.

        From prices that are not trusted it goes no further if a whole step would change much at once. They are not
        believed either if the passes changed much: then there was a longer way to go than so few can.
        """
        move = np.zeros_like(price)
        first = np.inf
        if self.passes == 0:
            self.best[:] = price
        for index in range(passes):
            along = min(index / max(COOLING * (passes - 1), 1), 1.0)
            temperature = hottest * (LAST_TEMPERATURE / hottest) ** along
            momentum = FIRST_MOMENTUM + (LAST_MOMENTUM - FIRST_MOMENTUM) * along
            lagrangian, load, curve = self.one_pass(price, temperature)
            lagrangian += supply_worth(price, self.tableau.capacity, *self.steps)
            self.passes += 1
            if lagrangian < self.lowest:
                self.lowest = lagrangian
                self.best[:] = price
            fall, idle = _step(
                price, move, load, curve, self.supply, *self.steps, self.bound, temperature, momentum, self.rows
            )
            if index == 0:
                first = lagrangian
                if not trusted and fall > FOREIGN_STEP * max(temperature, FOREIGN_LEAST) * (lagrangian - idle):
                    return False
        return first <= (1.0 + FOREIGN_FALL) * self.lowest


def _lane_passes(tableau: Tableau, reference: float, run_blocks: RunBlocks) -> Pass:
    laid = lanes(tableau, reference, run_blocks)
    pools, _, resources = tableau.capacity.shape
    blocks = blocks_for(len(laid.pool))
    cuts = np.searchsorted(laid.first, np.linspace(0, len(laid.pool), blocks + 1)).astype(np.int64)
    cuts[-1] = len(laid.count)
    demand = np.empty((blocks, pools, 2 * RESOURCES), np.float32)
    sums = np.empty(blocks)
    flat = np.zeros((pools, RESOURCES), np.float32)

    def one_pass(price: Floats, temperature: float) -> tuple[float, Floats, Floats]:
        flat[:, :resources] = price[:, 0]

        def block(index: int) -> None:
            sums[index] = lane_pass(
                cuts[index], cuts[index + 1], laid.first, laid.pool, laid.value, laid.use, laid.mixed, laid.count,
                laid.size, flat.reshape(-1), temperature, demand[index],
            )  # fmt: skip

        run_blocks(block, blocks)
        for index in range(1, blocks):
            demand[0] += demand[index]
        load = demand[0, :, None, :resources].astype(np.float64)
        curve = demand[0, :, None, RESOURCES : RESOURCES + resources].astype(np.float64)
        return float(sums.sum()), load, curve

    return one_pass


def _slot_passes(tableau: Tableau, reference: float, run_blocks: RunBlocks) -> Pass:
    pools, slots, resources = tableau.capacity.shape
    blocks = blocks_for(tableau.columns)
    cuts = np.searchsorted(tableau.first, np.linspace(0, tableau.columns, blocks + 1)).astype(np.int64)
    cuts[-1] = tableau.classes
    value = (tableau.value / reference).astype(np.float32)
    delay = (tableau.delay / reference).astype(np.float32)
    use = tableau.use.astype(np.float64)
    load = np.empty((blocks, pools, slots + 1, resources))
    curve = np.empty((blocks, pools, slots + 1, resources))
    sums = np.empty(blocks)
    summed = np.zeros((pools, slots + 1, resources))

    def one_pass(price: Floats, temperature: float) -> tuple[float, Floats, Floats]:
        np.cumsum(price, axis=1, out=summed[:, 1:])

        def block(index: int) -> None:
            sums[index] = _pass(
                cuts[index], cuts[index + 1], tableau.first, tableau.pool, tableau.shape, value, delay, tableau.start,
                tableau.due, tableau.end, tableau.length, use, tableau.size, tableau.count, summed, temperature,
                load[index], curve[index],
            )  # fmt: skip

        run_blocks(block, blocks)
        for index in range(1, blocks):
            load[0] += load[index]
            curve[0] += curve[index]
        return float(sums.sum()), load[0], curve[0]

    return one_pass


def reference_price(tableau: Tableau, run_blocks: RunBlocks = in_turn) -> float:
    """The price per size and slot at which all pools together would be sold out; 1 if nobody bids."""
    if tableau.columns == 0:
        return 1.0
    best, asked = np.zeros(tableau.classes), np.zeros(tableau.classes)
    blocks = blocks_for(tableau.columns)
    cuts = np.linspace(0, tableau.classes, blocks + 1).astype(np.int64)

    def one(block: int) -> None:
        _densest(
            cuts[block], cuts[block + 1], tableau.first, tableau.shape, tableau.length, tableau.value, tableau.size,
            tableau.count, best, asked,
        )  # fmt: skip

    run_blocks(one, blocks)
    order = np.argsort(-best)
    filled = np.cumsum(asked[order])
    total = float(tableau.capacity[:, :, 0].sum()) or float(tableau.capacity.sum(axis=(0, 1)).max())
    at = int(np.searchsorted(filled, total))
    middle = float(best[order[np.searchsorted(filled, filled[-1] / 2)]])
    return float(best[order[at]]) if at < len(order) else 0.5 * middle


@njit(nogil=True)
def _densest(begin, stop, first, shape, length, value, size, count, best, asked):  # type: ignore[no-untyped-def]
    """The best value per size and slot of each class, and the least that all its jobs ask for."""
    for c in range(begin, stop):
        least = np.inf
        for k in range(first[c], first[c + 1]):
            amount = size[shape[k]] * length[k]
            best[c] = max(best[c], value[k] / amount)
            least = min(least, amount)
        asked[c] = least * count[c]


def _level(tableau: Tableau, bound: Bools) -> Floats:
    price = np.zeros(tableau.capacity.shape)
    price[:, :, 0] = 1.0
    return np.where(bound, 0.0, price)


def bounding(tableau: Tableau, run_blocks: RunBlocks = in_turn) -> Bools:
    """[P, T, R] True where all that could ever be asked fits: its price is 0, and stays there."""
    blocks = blocks_for(tableau.columns)
    cuts = np.linspace(0, tableau.classes, blocks + 1).astype(np.int64)
    asked = np.zeros((blocks, *tableau.capacity.shape))

    def one(block: int) -> None:
        _ask_for_all(
            cuts[block], cuts[block + 1], tableau.first, tableau.pool, tableau.shape, tableau.start, tableau.end,
            tableau.length, tableau.use, tableau.count, asked[block],
        )  # fmt: skip

    def now(block: int) -> None:
        _ask_now(
            cuts[block], cuts[block + 1], sampled, unsure, tableau.first, tableau.pool, tableau.shape, tableau.use,
            tableau.count, asked[block, :, 0],
        )  # fmt: skip

    if tableau.capacity.shape[1] > 1:
        run_blocks(one, blocks)
    else:
        # A few of the classes mostly ask for more than there is already; the others are counted where they do not.
        sampled, unsure = True, np.ones(len(tableau.capacity), np.bool_)
        run_blocks(now, blocks)
        sampled, unsure = False, (asked.sum(axis=0) <= tableau.capacity).any(axis=(1, 2))
        run_blocks(now, blocks)
    free: Bools = asked.sum(axis=0) <= tableau.capacity
    stepped = np.diff(tableau.step_first) > 0
    free[stepped, :, 0] = False
    return free


@njit(nogil=True)
def _ask_for_all(begin, stop, first, pool, shape, start, end, length, use, count, asked):  # type: ignore[no-untyped-def]
    """Of the columns of a class at one pool only one is ever taken: the largest use of each slot is asked for."""
    peak = np.zeros(asked.shape[1:])
    for c in range(begin, stop):
        low, high = peak.shape[0], 0
        for k in range(first[c], first[c + 1]):
            if high == 0 and start[k] == end[k] and (k + 1 == first[c + 1] or pool[k + 1] != pool[k]):
                for t in range(start[k], start[k] + length[k]):  # as with the peak, but the class's only use there
                    for r in range(use.shape[1]):
                        asked[pool[k], t, r] += float(count[c]) * use[shape[k], r]
                continue
            low, high = min(low, start[k]), max(high, end[k] + length[k])
            for t in range(start[k], end[k] + length[k]):
                for r in range(use.shape[1]):
                    peak[t, r] = max(peak[t, r], use[shape[k], r])
            if k + 1 < first[c + 1] and pool[k + 1] == pool[k]:
                continue
            for t in range(low, high):
                for r in range(use.shape[1]):
                    asked[pool[k], t, r] += float(count[c]) * peak[t, r]
                    peak[t, r] = 0.0
            low, high = peak.shape[0], 0


@njit(nogil=True)
def _ask_now(begin, stop, sampled, unsure, first, pool, shape, use, count, asked):  # type: ignore[no-untyped-def]
    """The same of a single slot, in some pools, for every SAMPLE-th class or for all but these."""
    peak = np.zeros(use.shape[1], np.int64)
    for c in range(begin, stop):
        if ((c - begin) % SAMPLE == 0) != sampled:
            continue
        for k in range(first[c], first[c + 1]):
            p = pool[k]
            if not unsure[p]:
                continue
            last = k + 1 == first[c + 1] or pool[k + 1] != p
            for r in range(use.shape[1]):
                peak[r] = max(peak[r], use[shape[k], r])
                if last:
                    asked[p, r] += float(count[c]) * peak[r]
                    peak[r] = 0


@njit(nogil=True)
def _pass(  # type: ignore[no-untyped-def]
    begin, stop, first, pool, shape, value, delay, start, due, end, length, use, size, count, summed, temperature,
    load, curve,
):  # fmt: skip
    """The classes' part of the Lagrangian; loads and curvature as differences over slots, then summed up."""
    resources = use.shape[1]
    load[:] = 0.0
    curve[:] = 0.0
    most = 1
    for c in range(begin, stop):
        options = 0
        for k in range(first[c], first[c + 1]):
            options += end[k] - start[k] + 1
        most = max(most, options)
    surplus = np.empty(most)
    total = 0.0
    for c in range(begin, stop):
        best, i = 0.0, 0
        for k in range(first[c], first[c + 1]):
            p, s = pool[k], shape[k]
            for t in range(start[k], end[k] + 1):
                gain = value[k] - delay[k] * max(t - due[k], 0)
                for r in range(resources):
                    gain -= use[s, r] * (summed[p, t + length[k], r] - summed[p, t, r])
                surplus[i] = gain
                best = max(best, gain)
                i += 1
        total += count[c] * best
        k0 = first[c]
        scale = 1.0 / (temperature * size[shape[k0]] * length[k0])
        weight = np.exp(-best * scale)
        for n in range(i):
            surplus[n] = np.exp((surplus[n] - best) * scale)
            weight += surplus[n]
        i = 0
        for k in range(first[c], first[c + 1]):
            p, s = pool[k], shape[k]
            for t in range(start[k], end[k] + 1):
                x = surplus[i] / weight
                i += 1
                if x < 1e-4:
                    continue
                bend = count[c] * x * (1.0 - x) * scale * length[k]
                for r in range(resources):
                    a = use[s, r]
                    load[p, t, r] += count[c] * x * a
                    load[p, t + length[k], r] -= count[c] * x * a
                    curve[p, t, r] += bend * a * a
                    curve[p, t + length[k], r] -= bend * a * a
    for p in range(load.shape[0]):
        for t in range(1, load.shape[1]):
            for r in range(resources):
                load[p, t, r] += load[p, t - 1, r]
                curve[p, t, r] += curve[p, t - 1, r]
    return total


@njit(nogil=True)
def supply_worth(price, capacity, step_first, step_units, step_ask):  # type: ignore[no-untyped-def]
    """What the supply would earn above its asks at these prices: exact where they are whole numbers."""
    total = 0
    for p in range(price.shape[0]):
        for t in range(price.shape[1]):
            for r in range(price.shape[2]):
                total += capacity[p, t, r] * price[p, t, r]
            for m in range(step_first[p], step_first[p + 1]):
                total -= step_units[m, t] * min(price[p, t, 0], step_ask[m])
    return total


@njit(nogil=True)
def _step(  # type: ignore[no-untyped-def]
    price, move, load, curve, capacity, step_first, step_units, step_ask, bound, temperature,
    momentum, rows,
):  # fmt: skip
    """Moves `price` in place. Steps of supply open softly, at the same temperature.

    Returns by how much the Lagrangian would fall along whole steps if it were bent everywhere as it is here, and what
    is left over at the prices (less what is asked for and not there).
    """
    fall = idle = 0.0
    for p in range(price.shape[0]):
        for t in range(price.shape[1]):
            for r in range(price.shape[2]):
                if bound[p, t, r]:
                    continue
                room, bend = capacity[p, t, r], rows * curve[p, t, r]
                if r == 0:
                    for m in range(step_first[p], step_first[p + 1]):
                        open_share = 1.0 / (1.0 + np.exp(-(price[p, t, 0] - step_ask[m]) / temperature))
                        room -= step_units[m, t] * (1.0 - open_share)
                        bend += step_units[m, t] * open_share * (1.0 - open_share) / temperature
                change = (load[p, t, r] - room) / (bend + STIFFNESS * max(capacity[p, t, r], 1.0) / temperature)
                spare = room - load[p, t, r]
                idle += spare * price[p, t, r]
                far = price[p, t, r] if spare > 0.0 else 1.0
                fall += abs(spare) * far if abs(spare) >= bend * far else spare * spare / bend
                change = min(max(change, -STEP_LIMIT * temperature), STEP_LIMIT * temperature)
                move[p, t, r] = momentum * move[p, t, r] + change
                moved = max(price[p, t, r] + move[p, t, r], 0.0)
                move[p, t, r] = moved - price[p, t, r]
                price[p, t, r] = moved
    return fall, idle

"""The large engine: a book of bids in arrays becomes a feasible choice, whole prices, and a proof of how good it is."""

from dataclasses import dataclass

import numpy as np

from gridtie.market.engine.blocks import RunBlocks, in_turn
from gridtie.market.engine.certificate import certify
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints, checked
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.greedy import greedy
from gridtie.market.engine.intake import tableau as intake
from gridtie.market.engine.settlement import cleared, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The same counts give the same bytes. Repair ends early where the gap is small enough."""

    passes: int = 28  # of the price ascent
    warm_passes: int = 10  # of it, when it starts from prices before
    sweeps: int = 6  # of the repair, at most
    gap: float = 0.0  # at which repair may end


def clear(
    book: ColumnBook,
    *,
    settings: EngineSettings,
    prices_before: Ints | None = None,
    run_blocks: RunBlocks | None = None,
) -> ColumnClearing:
    """A feasible clearing of any book that `checked` accepts; raises InvalidBook for others.

    `prices_before` [P, T, R] are those of an earlier clearing of the same pools and slots.
    """
    checked(book)
    run = run_blocks or in_turn
    tableau = intake(book)
    before = None
    if prices_before is not None:
        before = np.maximum(prices_before, 0).astype(np.float64)
        before[:, :, 0] = np.maximum(before[:, :, 0] - tableau.floor[:, None], 0)
    passes = settings.passes if before is None else settings.warm_passes
    certificate = certify(tableau, ascend(tableau, passes, run, before), run)
    placement, welfare = settled(tableau, certificate, greedy(tableau, certificate))
    return cleared(book, tableau, certificate, placement, welfare, passes, 0)

"""The large engine: a book of bids in arrays becomes a feasible choice, whole prices, and a proof of how good it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gridtie.errors import InvalidBook
from gridtie.market.engine.blocks import RunBlocks, in_turn
from gridtie.market.engine.columns import ColumnBook, ColumnClearing, Ints, checked
from gridtie.market.engine.dual import ascend
from gridtie.market.engine.dual_bound import DualBound, dual_bound
from gridtie.market.engine.greedy import Placement, greedy
from gridtie.market.engine.held import held_before
from gridtie.market.engine.hurdles import ceiling
from gridtie.market.engine.intake import Tableau
from gridtie.market.engine.intake import tableau as intake
from gridtie.market.engine.leftovers import with_leftovers
from gridtie.market.engine.primal import Repair
from gridtie.market.engine.settlement import cleared, settled
from gridtie.market.engine.slots_anew import anew
from gridtie.market.engine.slots_primal import SlotRepair


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The same counts give the same bytes."""

    passes: int = 28  # of the price ascent
    rounds: int = 0  # of the search for hurdles that prove a lower ceiling, where there is a single slot
    warm_passes: int = 8  # of it, when it starts from prices before,
    warm_temperature: float = 0.08  # at so much of the reference price: the cooler, the less the book has changed
    sweeps: int = 5  # of the repair, at most
    fall: int = 5  # sweeps for which the repair of a single slot plans
    gap: float = 0.0  # at which the repair may end
    leftovers: bool = True  # what the repair leaves free goes to whoever it left out


def _always() -> bool:
    return True


def clear(
    book: ColumnBook,
    *,
    settings: EngineSettings,
    prices_before: Ints | None = None,
    choice_before: Ints | None = None,
    run_blocks: RunBlocks | None = None,
    goes_on: Callable[[], bool] = _always,
) -> ColumnClearing:
    """A feasible clearing of any book that `checked` accepts; raises InvalidBook for others.

    `prices_before` [P, T, R] are those of an earlier clearing of the same pools and slots: any whole numbers will do,
    but other shapes are refused as well. `choice_before` [J] is the column of this book that a job held in it, or -1:
    the repair starts from what of that is still feasible. With several slots, or a column that is not the job's, it
    raises InvalidBook. `goes_on` is asked before each sweep of the repair: a caller whose time is up answers no. The
    clearing counts its passes and sweeps, and the same counts give the same bytes, with the same `fall`.
    """
    checked(book)
    run = run_blocks or in_turn
    tableau = intake(book, run)
    held = None if choice_before is None else held_before(book, tableau, choice_before, run)
    before = None
    if prices_before is not None:
        _check_prices(book, prices_before)
        before = np.maximum(prices_before, 0).astype(np.float64)
        before[:, :, 0] = np.maximum(before[:, :, 0] - tableau.floor[:, None], 0)
    ascent = ascend(tableau, settings.passes, run, before, settings.warm_passes, settings.warm_temperature)
    dual = dual_bound(tableau, ascent, run)
    limit = ceiling(tableau, dual, ascent.reference, settings.rounds, run)
    enough = limit.height * (1.0 - settings.gap)
    placement, sweeps = _placed(tableau, dual, ascent.reference, enough, settings, held, run, goes_on)
    placement, welfare = settled(tableau, dual, placement)
    if book.slots > 1 and sweeps and welfare < enough:
        other = settled(tableau, dual, anew(tableau, dual, placement, settings.passes, run))
        placement, welfare = max((placement, welfare), other, key=lambda one: one[1])
    if settings.leftovers and welfare < limit.height:
        placement, welfare = with_leftovers(tableau, dual, placement, welfare)
    return cleared(book, tableau, dual, limit, placement, welfare, ascent.passes, sweeps)


def _check_prices(book: ColumnBook, prices: Ints) -> None:
    if prices.shape != book.capacity.shape:
        message = f"their shape is {prices.shape}, but that of pools, slots and resources is {book.capacity.shape}"
        raise InvalidBook(field="prices_before", message=message)
    if prices.dtype != np.int64:
        raise InvalidBook(field="prices_before", message=f"they are {prices.dtype}, not int64: round them first")


def _placed(
    tableau: Tableau, dual: DualBound, reference: float, enough: float, settings: EngineSettings,
    held: Ints | None, run: RunBlocks, goes_on: Callable[[], bool],
) -> tuple[Placement, int]:  # fmt: skip
    if tableau.columns == 0:
        return greedy(tableau, dual), 0
    several = tableau.capacity.shape[1] > 1
    repair = (
        SlotRepair(tableau, dual, reference, settings.sweeps, run)
        if several
        else Repair(tableau, dual, reference, held, run, settings.fall)
    )
    while repair.sweeps < settings.sweeps and repair.welfare < enough and goes_on():
        repair.sweep()
    return repair.placement(), repair.sweeps

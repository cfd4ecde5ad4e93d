"""The one home of the solver of linear programmes: HiGHS, simplex on one thread, so the same input has one answer."""

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearProgramme:
    """Maximise value · x where rows · x ≤ limit and x ≥ 0. Row r holds entries row_first[r] … row_first[r + 1]."""

    value: Floats  # [N]
    row_first: Ints  # [M + 1]
    column: Ints  # [E]
    coefficient: Floats  # [E]
    limit: Floats  # [M]


class Unsolved(ArithmeticError):
    """The programme has no optimum: unbounded, or figures beyond what doubles can carry."""


def maximise(programme: LinearProgramme) -> Floats:
    """An optimal x. Raises Unsolved."""
    highspy: Any = importlib.import_module("highspy")  # dear to load, and only some rules need it
    highs = highspy.Highs()
    highs.silent()
    for option, setting in (("threads", 1), ("solver", "simplex"), ("random_seed", 0)):
        highs.setOptionValue(option, setting)
    highs.passModel(_model(highspy, programme))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Unsolved(highs.modelStatusToString(highs.getModelStatus()))
    return np.asarray(highs.getSolution().col_value, dtype=np.float64)


def _model(highspy: Any, programme: LinearProgramme) -> Any:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.value), len(programme.limit)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = programme.value
    model.col_lower_ = np.zeros(len(programme.value))
    model.col_upper_ = np.full(len(programme.value), highspy.kHighsInf)
    model.row_lower_ = np.full(len(programme.limit), -highspy.kHighsInf)
    model.row_upper_ = programme.limit
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = programme.row_first.astype(np.int32)
    model.a_matrix_.index_ = programme.column.astype(np.int32)
    model.a_matrix_.value_ = programme.coefficient
    return model

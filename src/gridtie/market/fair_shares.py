"""Shares of time on each kind of unit, fair or most productive by what a job really gets done there.

Objectives on effective throughput, after D. Narayanan and others, "Heterogeneity-Aware Cluster Scheduling Policies
for Deep Learning Workloads" (OSDI 2020). Job j runs a share x[j, k] of the time on kind k, at throughput[j, k], on
units[j] of it at once. Over x ≥ 0, sum_k x[j, k] ≤ 1 and sum_j units[j] · x[j, k] ≤ there[k]:

    max-min   maximise the smallest of  units[j] / weight[j] · sum_k throughput[j, k] x[j, k] / equal[j]
    max-sum   maximise  sum_j weight[j] · sum_k throughput[j, k] x[j, k]

where equal[j] is what j would get done in an equal part of every kind. Jobs alike in all figures have an optimum in
which they have alike shares (the programme is convex and does not tell them apart), so they are one class with a
multiplicity: exact, and the programme is as small as the number of classes.
"""

from dataclasses import dataclass

import numpy as np

from gridtie.errors import InvalidBook
from gridtie.market.solver import Floats, Ints, LinearProgramme, Unsolved, maximise

OBJECTIVES = ("max-min", "max-sum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """J jobs, K kinds of unit."""

    throughput: Floats  # [J, K] of the whole job; 0: cannot run there
    units: Ints  # [J] at once
    weight: Floats  # [J] how much of the whole a job is entitled to, against others
    there: Ints  # [K] units of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    share: Floats  # [J, K] of the time
    objective: float
    classes: int


def shares(demand: Demand, objective: str = "max-min") -> Shares:
    """The optimum. Raises InvalidBook for figures that have none."""
    if objective not in OBJECTIVES:
        raise InvalidBook(field="objective", message=f"{objective!r} is none of {', '.join(OBJECTIVES)}")
    _check(demand)
    if not len(demand.units):
        return Shares(share=np.zeros((0, len(demand.there))), objective=0.0, classes=0)
    throughput, units, weight, count, member = _classes(demand)
    if objective == "max-min":
        equal = throughput @ _equal_part(demand.there, len(demand.units))
        gain = throughput * (units / weight / equal)[:, None]
    else:
        gain = throughput * (weight * count)[:, None]
    programme = _programme(gain, units * count, demand.there, fair=objective == "max-min")
    try:
        x = maximise(programme)
    except Unsolved as unsolved:
        raise InvalidBook(field="throughput", message=f"no optimum was found ({unsolved})") from None
    share = np.clip(x[: gain.size].reshape(gain.shape), 0, 1)
    reached = (gain * share).sum(axis=1)
    best = float(reached.min() if objective == "max-min" else reached.sum())
    return Shares(share=share[member], objective=best, classes=len(units))


def _check(demand: Demand) -> None:
    jobs, kinds = demand.throughput.shape
    for name, array in (("throughput", demand.throughput), ("weight", demand.weight)):
        if not np.isfinite(array).all():
            raise InvalidBook(field=name, message="a figure is not a number, or infinite")
    if len(demand.units) != jobs or len(demand.weight) != jobs or len(demand.there) != kinds:
        raise InvalidBook(field="throughput", message=f"{jobs} × {kinds} does not match the other arrays")
    for name, wrong, message in (
        ("throughput", demand.throughput < 0, "it must not be negative"),
        ("units", demand.units < 1, "a job uses at least one unit"),
        ("weight", demand.weight <= 0, "it must be positive"),
        ("there", demand.there < 0, "it must not be negative"),
        ("throughput", jobs > 0 and (demand.throughput * (demand.there > 0)).max(axis=1, initial=0) <= 0,
         "this job can run on nothing that is there"),
    ):  # fmt: skip
        if np.any(wrong):
            raise InvalidBook(field=f"{name}[{int(np.argwhere(wrong)[0][0])}]", message=message)


def _classes(demand: Demand) -> tuple[Floats, Floats, Floats, Floats, Ints]:
    """(throughput, units, weight, how many jobs) of each class, and the class of each job."""
    rows = np.column_stack((demand.throughput, demand.units, demand.weight))
    _, example, member, count = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    units, weight = demand.units[example].astype(np.float64), demand.weight[example]
    return demand.throughput[example], units, weight, count.astype(np.float64), member.reshape(-1).astype(np.int64)


def _equal_part(there: Ints, jobs: int) -> Floats:
    """[K] the time on each kind of a job that has an equal part of everything, but never more than all of its time."""
    part = there / jobs
    return np.asarray(part / max(float(part.sum()), 1e-300))


def _programme(gain: Floats, units: Floats, there: Ints, *, fair: bool) -> LinearProgramme:
    """Rows: time of each class, units of each kind, and for a fair one that no class is below the level, x[C * K]."""
    classes, kinds = gain.shape
    own = np.arange(classes * kinds).reshape(classes, kinds)
    columns = [own.reshape(-1), own.T.reshape(-1)]
    coefficients = [np.ones(classes * kinds), np.tile(units, kinds)]
    lengths = [np.full(classes, kinds), np.full(kinds, classes)]
    limits = [np.ones(classes), there.astype(np.float64)]
    if fair:
        level = np.full((classes, 1), classes * kinds)
        columns.append(np.hstack((level, own)).reshape(-1))
        coefficients.append(np.hstack((np.ones((classes, 1)), -gain)).reshape(-1))
        lengths.append(np.full(classes, kinds + 1))
        limits.append(np.zeros(classes))
    value = np.append(np.zeros(gain.size), 1.0) if fair else gain.reshape(-1)
    return LinearProgramme(
        value=value, row_first=np.append(0, np.cumsum(np.concatenate(lengths))).astype(np.int64),
        column=np.concatenate(columns).astype(np.int64), coefficient=np.concatenate(coefficients),
        limit=np.concatenate(limits),
    )  # fmt: skip

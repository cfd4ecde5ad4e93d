"""Which machine of a pool takes which task, so that what stays free can still be used.

A machine with four accelerators free and no core left sells none of them; ten accelerators with a tenth free each
serve nobody who wants a whole one. The fragments of a machine are what of its free accelerators a task drawn from the
mix that is asked for could not use: all of them if it does not fit, else those with less free than it wants of each.
Placing every task where fragments grow least is Q. Weng and others, "Beware of Fragmentation: Scheduling GPU-Sharing
Workloads with Fragmentation Gradient Descent" (USENIX ATC 2023). Tasks without accelerators are left out of the mix:
they would call everything a fragment, everywhere alike.

Here a pool is arrays, and accelerators have parts. The jobs of an exchange ask for whole ones: `fragments` is the same
measure for the machines of its books.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.errors import InvalidBook

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RULES = ("random", "best-fit", "gradient")
WHOLE = 1000
ACCELERATORS_MAX = 62  # of a machine: they are kept as bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """N machines; unused places of `free` are 0."""

    cpu: Ints  # [N] thousandths of a core
    memory: Ints  # [N] MiB
    free: Ints  # [N, A] thousandths of each accelerator
    model: Ints  # [N] 0 … 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """T tasks of K kinds."""

    kind: Ints  # [K, 5] cpu, memory, accelerators, thousandths of each, mask of models that will do (0: any)
    of: Ints  # [T] the kind of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    machine: Ints  # [T] -1: found no room
    taken: Ints  # [T] its accelerators there, as bits
    left: Pool  # what stays free


def pack(pool: Pool, tasks: Tasks, order: Ints, rule: str, *, weight: Floats | None = None,
         draw: Floats | None = None) -> Packing:  # fmt: skip
    """Places the tasks of `order`, one at a time and for good.

    `weight` [K] is the mix that fragments are measured by, as parts of the whole (default: the tasks themselves);
    `draw` [T] in [0, 1) chooses for 'random'. Raises InvalidBook.
    """
    _check(pool, tasks, order, rule)
    kernel: Any = importlib.import_module("gridtie.market.packing_kernel")
    count = len(tasks.of)
    left = Pool(cpu=pool.cpu.copy(), memory=pool.memory.copy(), free=pool.free.copy(), model=pool.model)
    machine, taken = np.full(count, -1, np.int64), np.zeros(count, np.int64)
    kernel.place(
        left.cpu, left.memory, left.free, left.model, tasks.kind, mix_of(tasks) if weight is None else weight,
        tasks.of, order, RULES.index(rule), np.zeros(count) if draw is None else draw, machine, taken,
    )  # fmt: skip
    return Packing(machine=machine, taken=taken, left=left)


def improved(tasks: Tasks, packing: Packing, value: Floats, *, passes: int = 32) -> Packing:
    """The same packing after exchanges of one task for one waiting that is worth more; never worth less.

    `value` [K] is what serving a task of that kind is worth. Raises InvalidBook.
    """
    if len(value) != len(tasks.kind) or not np.isfinite(value).all() or np.any(value < 0):
        raise InvalidBook(field="value", message="each kind needs a finite value from 0 on")
    kernel: Any = importlib.import_module("gridtie.market.packing_kernel")
    machine, taken = packing.machine.copy(), packing.taken.copy()
    left = Pool(cpu=packing.left.cpu.copy(), memory=packing.left.memory.copy(), free=packing.left.free.copy(),
                model=packing.left.model)  # fmt: skip
    kernel.exchange(left.cpu, left.memory, left.free, left.model, tasks.kind, value, tasks.of, machine, taken, passes)
    return Packing(machine=machine, taken=taken, left=left)


def mix_of(tasks: Tasks) -> Floats:
    """[K] the part of each kind among the tasks that want accelerators."""
    count = np.bincount(tasks.of, minlength=len(tasks.kind)) * (tasks.kind[:, 2] > 0)
    return np.asarray(count / max(int(count.sum()), 1))


def big_first(tasks: Tasks) -> Ints:
    """Whole book in view: most accelerators first, whole ones before parts, then the scarce: most cores, most memory;
    ties in the order given. What is small fills what the big left open."""
    kind = tasks.kind[tasks.of]
    return np.lexsort((-kind[:, 1], -kind[:, 0], -kind[:, 2] * kind[:, 3])).astype(np.int64)


def _check(pool: Pool, tasks: Tasks, order: Ints, rule: str) -> None:
    if rule not in RULES:
        raise InvalidBook(field="rule", message=f"{rule!r} is none of {', '.join(RULES)}")
    machines, kinds = len(pool.cpu), len(tasks.kind)
    if pool.free.ndim != 2 or len(pool.memory) != machines or len(pool.free) != machines or len(pool.model) != machines:
        raise InvalidBook(field="free", message=f"its length differs from the {machines} machines of cpu")
    if pool.free.shape[1] > ACCELERATORS_MAX:
        raise InvalidBook(field="free", message=f"a machine has at most {ACCELERATORS_MAX} accelerators")
    if tasks.kind.ndim != 2 or tasks.kind.shape[1] != 5:
        raise InvalidBook(field="kind", message="a kind has five figures")
    whole = tasks.kind[:, 3]
    for name, wrong, message in (
        ("cpu", pool.cpu < 0, "it must not be negative"),
        ("memory", pool.memory < 0, "it must not be negative"),
        ("free", (pool.free < 0) | (pool.free > WHOLE), f"it must be from 0 to {WHOLE}"),
        ("model", (pool.model < 0) | (pool.model > 62), "it must be from 0 to 62"),
        ("kind", tasks.kind < 0, "it must not be negative"),
        ("kind", whole > WHOLE, f"it takes at most {WHOLE} thousandths of each accelerator"),
        ("kind", (tasks.kind[:, 2] > 0) != (whole > 0), "accelerators and thousandths of each go together"),
        ("kind", (tasks.kind[:, 2] > 1) & (whole < WHOLE), "only one accelerator can be shared"),
        ("of", (tasks.of < 0) | (tasks.of >= kinds), f"there are only {kinds} kinds, from 0 on"),
        ("order", (order < 0) | (order >= len(tasks.of)), f"there are only {len(tasks.of)} tasks, from 0 on"),
    ):
        if np.any(wrong):
            raise InvalidBook(field=f"{name}[{int(np.argwhere(wrong)[0][0])}]", message=message)
    if len(np.unique(order)) != len(order):
        raise InvalidBook(field="order", message="it names a task twice")

"""The loops of `packing`, compiled. Only `packing` imports this, when it is called: a compiler is dear to load.

State of a pool, changed in place: cpu[N], memory[N], free[N, A] thousandths of each accelerator, model[N]. A kind of
task k asks for kind[k] = (cpu, memory, accelerators, thousandths of each, mask of models; 0: any).
"""

from typing import Any

import numpy as np

from gridtie import brought

RANDOM, BEST_FIT, GRADIENT = 0, 1, 2
WHOLE = 1000


def _jit(function: Any) -> Any:
    return brought.njit(nogil=True)(function)


@_jit
def _able(cpu: int, memory: int, free: Any, model: int, wanted: Any) -> bool:
    """Whether a task of that kind fits on a machine in that state."""
    if cpu < wanted[0] or memory < wanted[1] or (wanted[4] and not (wanted[4] >> model) & 1):
        return False
    have = 0
    for a in range(len(free)):
        if free[a] >= wanted[3]:
            have += 1
    return have >= wanted[2]  # type: ignore[no-any-return]


@_jit
def fragments(cpu: int, memory: int, free: Any, model: int, kind: Any, weight: Any) -> float:
    """Expected thousandths of accelerators on this machine that a task drawn from the mix could not use."""
    there = 0
    for a in range(len(free)):
        there += free[a]
    lost = 0.0
    for k in range(len(kind)):
        if weight[k] == 0.0 or kind[k, 2] == 0 or there == 0:
            continue
        if not _able(cpu, memory, free, model, kind[k]):
            lost += weight[k] * there
        else:
            for a in range(len(free)):
                if free[a] < kind[k, 3]:
                    lost += weight[k] * free[a]
    return lost


@_jit
def _take(cpu: Any, memory: Any, free: Any, n: int, wanted: Any, first: int) -> int:
    """Takes what the task wants of machine n, beginning at accelerator `first`. The accelerators taken, as bits."""
    cpu[n] -= wanted[0]
    memory[n] -= wanted[1]
    bits, left = 0, wanted[2]
    for a in range(first, free.shape[1]):
        if left and free[n, a] >= wanted[3]:
            free[n, a] -= wanted[3]
            bits |= 1 << a
            left -= 1
    return bits


@_jit
def give_back(cpu: Any, memory: Any, free: Any, n: int, wanted: Any, bits: int) -> None:
    cpu[n] += wanted[0]
    memory[n] += wanted[1]
    for a in range(free.shape[1]):
        if (bits >> a) & 1:
            free[n, a] += wanted[3]


@_jit
def _first(free: Any, wanted: Any) -> int:
    """For a part of one accelerator the fullest one that still has room for it, else the first."""
    if wanted[2] != 1 or wanted[3] == WHOLE:
        return 0
    best = -1
    for a in range(len(free)):
        if free[a] >= wanted[3] and (best < 0 or free[a] < free[best]):
            best = a
    return best


@_jit
def _gradient(cpu: Any, memory: Any, free: Any, model: Any, n: int, k: int, kind: Any, weight: Any) -> Any:
    """(growth of fragments if a task of kind k came to machine n, the accelerator at which that is least)."""
    before = fragments(cpu[n], memory[n], free[n], model[n], kind, weight)
    wanted = kind[k]
    if wanted[2] != 1 or wanted[3] == WHOLE:
        bits = _take(cpu, memory, free, n, wanted, 0)
        after = fragments(cpu[n], memory[n], free[n], model[n], kind, weight)
        give_back(cpu, memory, free, n, wanted, bits)
        return after - before, 0
    best, at = np.inf, -1
    for a in range(free.shape[1]):
        if free[n, a] < wanted[3]:
            continue
        same = False
        for b in range(a):
            same = same or free[n, b] == free[n, a]
        if same:
            continue
        bits = _take(cpu, memory, free, n, wanted, a)
        after = fragments(cpu[n], memory[n], free[n], model[n], kind, weight)
        give_back(cpu, memory, free, n, wanted, bits)
        if after - before < best:
            best, at = after - before, a
    return best, at


@_jit
def _alike(cpu: Any, memory: Any, free: Any, model: Any, n: int, m: int) -> bool:
    same = cpu[n] == cpu[m] and memory[n] == memory[m] and model[n] == model[m]
    for a in range(free.shape[1]):
        same = same and free[n, a] == free[m, a]
    return same  # type: ignore[no-any-return]


@_jit
def place(
    cpu: Any, memory: Any, free: Any, model: Any, kind: Any, weight: Any, of: Any, order: Any, rule: int, draw: Any,
    machine: Any, taken: Any,
) -> None:  # fmt: skip
    """Places tasks of[i], i in `order`, one at a time; machine[i] and taken[i] (bits) are written, -1 where none fits.

    The growth of fragments is kept for each pair of kind and machine until that machine changes. draw[i] in [0, 1)
    chooses among the machines that fit when the rule is RANDOM.
    """
    machines, kinds = len(cpu), len(kind)
    version = np.zeros(machines, np.int64)
    known = np.full((kinds, machines), -1, np.int64)  # the version that `growth` is of
    growth = np.zeros((kinds, machines))
    where = np.zeros((kinds, machines), np.int64)
    fitting = np.zeros(machines, np.int64)
    for i in order:
        k = of[i]
        wanted = kind[k]
        best, least, last, count = -1, np.inf, -1, 0
        for n in range(machines):
            if not _able(cpu[n], memory[n], free[n], model[n], wanted):
                continue
            score = 0.0
            if rule == RANDOM:
                fitting[count] = n
                count += 1
                continue
            for a in range(free.shape[1]):
                score += free[n, a]
            if rule == GRADIENT:
                if known[k, n] != version[n]:
                    if last >= 0 and _alike(cpu, memory, free, model, n, last):
                        growth[k, n], where[k, n] = growth[k, last], where[k, last]
                    else:
                        growth[k, n], where[k, n] = _gradient(cpu, memory, free, model, n, k, kind, weight)
                    known[k, n] = version[n]
                last = n
                score = growth[k, n] + score * 1e-9  # of equal growths the fullest machine
            else:
                score += cpu[n] * 1e-9
            if score < least:
                best, least = n, score
        if rule == RANDOM and count:
            best = fitting[int(draw[i] * count)]
        if best < 0:
            continue
        first = where[k, best] if rule == GRADIENT else _first(free[best], wanted)
        machine[i] = best
        taken[i] = _take(cpu, memory, free, best, wanted, first)
        version[best] += 1


@_jit
def _best_waiting(
    cpu: Any, memory: Any, free: Any, model: Any, n: int, kind: Any, value: Any, waiting: Any, floor: float
) -> int:
    """The kind of a waiting task that is worth most, and more than `floor`, and fits on machine n; -1 if none is."""
    best = -1
    for k in range(len(kind)):
        if waiting[k] < 0 or value[k] <= floor or (best >= 0 and value[k] <= value[best]):
            continue
        if _able(cpu[n], memory[n], free[n], model[n], kind[k]):
            best = k
    return best


@_jit
def exchange(
    cpu: Any, memory: Any, free: Any, model: Any, kind: Any, value: Any, of: Any, machine: Any, taken: Any,
    passes: int,
) -> int:  # fmt: skip
    """Puts a waiting task in the place of one that is worth less, or into what is free, where that gains; machine after
    machine until a pass gains nothing. The passes made. `machine` and `taken` hold a packing and are changed."""
    machines, tasks = len(cpu), len(of)
    below = np.full(tasks, -1, np.int64)  # the next task on the same machine, or of the same kind and waiting
    top = np.full(machines, -1, np.int64)
    waiting = np.full(len(kind), -1, np.int64)
    for i in range(tasks - 1, -1, -1):
        if machine[i] >= 0:
            below[i], top[machine[i]] = top[machine[i]], i
        else:
            below[i], waiting[of[i]] = waiting[of[i]], i
    for made in range(passes):
        gained = False
        for n in range(machines):
            while True:
                out, before, come = -1, -1, _best_waiting(cpu, memory, free, model, n, kind, value, waiting, 0.0)
                gain = value[come] if come >= 0 else 0.0
                previous, i = -1, top[n]
                while i >= 0:
                    wanted = kind[of[i]]
                    give_back(cpu, memory, free, n, wanted, taken[i])
                    least = value[of[i]] + gain
                    k = _best_waiting(cpu, memory, free, model, n, kind, value, waiting, least)
                    cpu[n] -= wanted[0]
                    memory[n] -= wanted[1]
                    for a in range(free.shape[1]):
                        if (taken[i] >> a) & 1:
                            free[n, a] -= wanted[3]
                    if k >= 0:
                        out, before, come, gain = i, previous, k, value[k] - value[of[i]]
                    previous, i = i, below[i]
                if come < 0:
                    break
                if out >= 0:
                    give_back(cpu, memory, free, n, kind[of[out]], taken[out])
                    if before >= 0:
                        below[before] = below[out]
                    else:
                        top[n] = below[out]
                    machine[out], taken[out] = -1, 0
                new = waiting[come]
                waiting[come] = below[new]
                if out >= 0:
                    below[out], waiting[of[out]] = waiting[of[out]], out
                taken[new] = _take(cpu, memory, free, n, kind[come], _first(free[n], kind[come]))
                machine[new], below[new], top[n] = n, top[n], new
                gained = True
        if not gained:
            return made
    return passes

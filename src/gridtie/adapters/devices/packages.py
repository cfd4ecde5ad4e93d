"""Packages of two dies that a tool lists as two devices: they are bought, cooled and sold as one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from gridtie.registry.inventory import Accelerator

GIB = 1 << 30


def joined(
    devices: Sequence[Accelerator], is_die: Callable[[Accelerator], bool], keys: Sequence[str] = ()
) -> tuple[Accelerator, ...]:
    """Both dies as one accelerator with `dies` 2, in the place and with the addresses of the first.

    Two dies belong together when their package key is the same, else their serial number, else when they are
    neighbours in the tool's order, the first at an even place. A die whose other half is not visible stays, with
    an empty `lookup`: half a package is not what its name is sold as.
    """
    found: list[Accelerator] = []
    waiting: tuple[Accelerator, str] | None = None
    for one, key in zip(devices, keys or [""] * len(devices), strict=True):
        if not is_die(one):
            found.append(one)
        elif waiting is not None and _same(waiting, (one, key)):
            found[-1] = _package(waiting[0], one)
            waiting = None
        else:
            waiting = (one, key)
            found.append(replace(one, lookup=""))
    return tuple(replace(one, index=index) for index, one in enumerate(found))


def _same(first: tuple[Accelerator, str], second: tuple[Accelerator, str]) -> bool:
    if first[1] and second[1]:
        return first[1] == second[1]
    if first[0].serial and second[0].serial:
        return first[0].serial == second[0].serial
    return second[0].index == first[0].index + 1 and first[0].index % 2 == 0


def _package(first: Accelerator, second: Accelerator) -> Accelerator:
    sizes = (first.memory_bytes, second.memory_bytes)
    loads = [load for load in (first.utilisation_percent, second.utilisation_percent) if load is not None]
    return replace(
        first,
        dies=2,
        memory_bytes=None if None in sizes else sum(size or 0 for size in sizes),
        utilisation_percent=max(loads, default=None),
    )

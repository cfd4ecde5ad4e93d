"""How well the rest of a book could still use what a rank leaves free on a machine.

The measure of `packing` (fragmentation gradient descent) where accelerators are whole: of what is free on a machine,
all is lost to a shape that does not fit there, nothing to one that does.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from gridtie.market.offer import MachineShape
from gridtie.market.request import Alternative, Needs, Request

SHAPES_MAX = 64  # of a book; the rarer ones hardly weigh

_Shape = tuple[int, int, int, int]  # cpus, memory_bytes, disk_bytes, accelerators


class Mix:
    """What all requests of a book ask for on machines of one chip. Fragments are counted in units of that chip:
    accelerators, or cores where cores are sold. Remembers what it has worked out; its answers do not change."""

    def __init__(self, requests: Iterable[Request], chip: str) -> None:
        weight: Counter[_Shape] = Counter()
        for request in requests:
            for shape in {_shape(wanted) for wanted in request.needs.alternatives if wanted.chip == chip}:
                weight[shape] += request.needs.machines
        commonest = sorted(weight.items(), key=lambda item: (-item[1], item[0]))
        self._weight = dict(commonest[:SHAPES_MAX])
        self._unit = 0 if chip == "cpu" else 3
        self._known: dict[_Shape, int] = {}

    def growth(self, needs: Needs, wanted: Alternative) -> Callable[[MachineShape], int]:
        """By how much fragments grow when a rank comes to a machine, as the rest of the book sees it: a request does
        not count itself, so alone in its book it has no opinion."""
        asked = _shape(wanted)
        mine = {_shape(one) for one in needs.alternatives if one.chip == wanted.chip} & self._weight.keys()

        def fragments(free: _Shape) -> int:
            out = self._kept_out(free) - needs.machines * sum(not _holds(free, shape) for shape in mine)
            return free[self._unit] * out

        def grown(machine: MachineShape) -> int:
            free = (machine.cpus, machine.memory_bytes, machine.disk_bytes, machine.accelerators)
            cpus, memory, disk, accelerators = (have - take for have, take in zip(free, asked, strict=True))
            return fragments((cpus, memory, disk, accelerators)) - fragments(free)

        return grown

    def _kept_out(self, free: _Shape) -> int:
        """How many ranks of the whole book do not fit."""
        out = self._known.get(free)
        if out is None:
            out = sum(weight for shape, weight in self._weight.items() if not _holds(free, shape))
            self._known[free] = out
        return out


def _shape(wanted: Alternative) -> _Shape:
    return (wanted.cpus, wanted.memory_bytes, wanted.disk_bytes, wanted.accelerators)


def _holds(free: _Shape, shape: _Shape) -> bool:
    return free[0] >= shape[0] and free[1] >= shape[1] and free[2] >= shape[2] and free[3] >= shape[3]

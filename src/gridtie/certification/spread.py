"""What many samples say: never one number."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Percentiles by nearest rank; mad is the median distance from the median."""

    n: int
    median: float
    min: float
    max: float
    p5: float
    p95: float
    mad: float

    def to_json(self) -> dict[str, float | int]:
        return asdict(self)


def spread(values: Sequence[float]) -> Spread:
    """Of at least one finite value."""
    ordered = sorted(values)
    middle = median(ordered)
    return Spread(
        n=len(ordered),
        median=middle,
        min=ordered[0],
        max=ordered[-1],
        p5=_rank(ordered, 0.05),
        p95=_rank(ordered, 0.95),
        mad=median(abs(value - middle) for value in ordered),
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

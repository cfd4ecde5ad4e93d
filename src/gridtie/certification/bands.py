"""The bands of acceptance, as bands.toml beside this file states them: constants of the software, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_BAND_OF_KIND = {
    "matmul": "matmul",
    "memory-bandwidth": "memory-bandwidth",
    "device-memory-bandwidth": "memory-bandwidth",
    "memory-capacity": "memory-capacity",
    "device-memory-capacity": "memory-capacity",
    "link": "link",
    "all-reduce": "link",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    passes: float
    warns: float
    tolerance: float

    def state(self, ratio: float) -> str:
        """pass, warn, fail or unexplained, for measured over claimed."""
        if ratio > 1 + self.tolerance:
            return "unexplained"
        if ratio >= self.passes:
            return "pass"
        return "warn" if ratio >= self.warns else "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    by_kind: dict[str, Band]
    baseline: Band
    share_min_cpu: float
    share_min_accelerator: float
    share_max: float
    limit_tolerance: float


@cache
def bands() -> Bands:
    data = tomllib.loads((files("gridtie.certification") / "bands.toml").read_text(encoding="utf-8"))
    read = {
        name: Band(passes=row["pass"], warns=row["warn"], tolerance=row["tolerance"])
        for name, row in data.items()
        if name != "time"
    }
    return Bands(by_kind={k: read[v] for k, v in _BAND_OF_KIND.items()}, baseline=read["baseline"], **data["time"])

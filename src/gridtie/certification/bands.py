"""The bands of acceptance; bands.toml beside this file is their one source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

_BAND_OF = {
    "matrix": "compute",
    "memory.copy": "memory-bandwidth",
    "memory.triad": "memory-bandwidth",
    "memory.capacity": "memory-capacity",
    "peers.latency": "peer-latency",
    "peers": "link",
    "exchange": "link",
}


@dataclass(frozen=True, slots=True)
class Band:
    """Shares of what is claimed; the last three bound what a sample counts for. bands.toml says by what."""

    passes: float
    warns: float
    most: float
    sustained: float
    floor: float
    run: float

    def state(self, ratio: float) -> str:
        """pass, warn, fail or unexplained."""
        if ratio > self.most:
            return "unexplained"
        if ratio >= self.passes:
            return "pass"
        return "warn" if ratio >= self.warns else "fail"


Bands = Mapping[str, Band]


def read_bands(text: str) -> Bands:
    return {
        name: Band(row["pass"], row["warn"], row["most"], row["sustained"], row["floor"], row["run"])
        for name, row in tomllib.loads(text).items()
    }


def band_of(bands: Bands, item: str, *, baseline: bool) -> Band:
    """`baseline`: the reference is an earlier certificate of the same machine, not a claim."""
    kind = _BAND_OF.get(item) or _BAND_OF.get(item.partition(".")[0]) or "service"
    return bands["baseline" if baseline and kind != "memory-capacity" else kind]

"""How one Ray cluster is used: what the operator writes at `gridtie agent join --scheduler ray --set …`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.reading import gathered, wrong_url
from gridtie.errors import InvalidInput
from gridtie.registry.parts import SHARES
from gridtie.values.quantity import parse_bytes

ABOUT: Mapping[str, str] = {
    "url": "the cluster's dashboard, e.g. http://10.0.0.5:8265 (needed)",
    "shared": "folder that this host and every node see under the same path (needed)",
    "token": "file with the cluster's token, read anew at each call, where it wants one",
    "cluster": "a name for the cluster that outlives a restart of its head (default: Ray's own id, which does not)",
    "nodes": "only these nodes, by name or address, with commas between",
    "chips": "chips.TYPE=CHIP: what an accelerator type of Ray (or gpu, npu, where it names none) is in the registry",
    "parts": "in how many equal parts cards are lent, of nodes that have one card; Ray gives out fractions (default 1)",
    "python": "Python that has Ray, on the head (default python3)",
    "disk": "scratch of one machine, as declared to buyers (default 20GB)",
    "timeout": "seconds that one call may take (default 20)",
    "every": "seconds between two looks at the queue (default 2)",
    "patience": "seconds that a run may wait in the queue before it goes elsewhere (default 600)",
}
_NEEDED = ("url", "shared")


@dataclass(frozen=True, slots=True, kw_only=True)
class RaySettings:
    url: str
    shared: Path
    chips: Mapping[str, str]
    token: str = ""
    cluster: str = ""
    nodes: str = ""
    parts: str = "1"
    python: str = "python3"
    disk: str = "20GB"
    timeout: float = 20.0
    every: float = 2.0
    patience: float = 600.0

    @property
    def disk_bytes(self) -> int:
        return parse_bytes(self.disk, default_unit="GB")

    @property
    def share(self) -> int:
        return int(self.parts)

    @property
    def only(self) -> frozenset[str]:
        return frozenset(filter(None, (name.strip().lower() for name in self.nodes.split(","))))

    @staticmethod
    def read(data: Mapping[str, Any]) -> "RaySettings":
        """Raises InvalidInput naming every problem, and every key there is."""
        values, problems = gathered(data, about=ABOUT, needed=_NEEDED, tables=("chips",), wrong_text=_wrong_text)
        if problems:
            raise InvalidInput(source="the settings of ray", problems=problems)
        return RaySettings(**{**values, "shared": Path(values["shared"]), "url": values["url"].rstrip("/")})


def _wrong_text(key: str, value: str) -> str:
    if not value.isprintable():
        return "one line of text"
    if key == "parts" and value not in {"1", *map(str, SHARES)}:
        return f"1, {', '.join(map(str, SHARES))}"
    if key == "url":
        return wrong_url(value)
    if key in ("shared", "token") and value and not Path(value).is_absolute():
        return "an absolute path"
    return ""
